"""Read a file in a process apart, with an address-space limit and a time limit.

A workbook is a program's input of unbounded kind: a cell in the last corner of a sheet, or an archive that lies about
its size, asks for more memory than there is. The process that reads it may die; the audit says so and goes on.
"""

from __future__ import annotations

import atexit
import subprocess
import sys
from importlib import import_module
from multiprocessing.connection import Connection, Pipe
from pathlib import Path
from threading import Lock
from types import ModuleType

from mrvaudit.errors import InputError
from mrvaudit.ingest.block import Block

# Beyond what interpreter and libraries map at the start: of any file, for each byte of it, and at most.
MEMORY_BYTES, MEMORY_PER_BYTE, MOST_MEMORY_BYTES = 640 << 20, 40, 3 << 30
SECONDS, SECONDS_PER_MB = 4.0, 3.0
# How long the reading process may take to start, which depends on the machine and not on the file.
START_SECONDS = 60.0

_Reply = list[Block] | InputError


class _Child:
    """The reading process, started when first needed and again after it died.

    Started by command and not as a worker of `multiprocessing`: that would import the main module of whoever calls.
    """

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._here: Connection | None = None

    def ask(self, module: str, path: Path, seconds: float) -> _Reply | None:
        """What the reader gives; None where the process died or took longer."""
        here = self._connection()
        try:
            here.send((module, path))
            if here.poll(seconds):
                reply: _Reply = here.recv()
                return reply
        except (EOFError, OSError):
            pass
        self.stop()
        return None

    def _connection(self) -> Connection:
        if self._here is None or self._process is None or self._process.poll() is not None:
            self.stop()
            self._here, there = Pipe()
            number = there.fileno()
            # By an import, not `-m`: the package imports this module too, and Python would warn that it runs twice.
            command = [sys.executable, "-c", f"from {__name__} import serve; serve({number})"]
            # What a dying library prints is nothing that a user could act on: the refusal says what to do.
            quiet = subprocess.DEVNULL
            self._process = subprocess.Popen(command, pass_fds=(number,), stdin=quiet, stderr=quiet)
            there.close()
            if self._here.poll(START_SECONDS):
                self._here.recv()
        return self._here

    def stop(self) -> None:
        """End the process, whatever it is doing."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        if self._here is not None:
            self._here.close()
        self._process = self._here = None


class _Children:
    """Reading processes: each is asked by one thread at a time, and a new one is started where none is free."""

    def __init__(self) -> None:
        self._free: list[_Child] = []
        self._all: list[_Child] = []
        self._lock = Lock()

    def ask(self, module: str, path: Path, seconds: float) -> _Reply | None:
        """As `_Child.ask`, by one that is free."""
        with self._lock:
            child = self._free.pop() if self._free else self._new()
        try:
            return child.ask(module, path, seconds)
        finally:
            with self._lock:
                self._free.append(child)

    def _new(self) -> _Child:
        child = _Child()
        self._all.append(child)
        return child

    def stop(self) -> None:
        """End all of them."""
        for child in self._all:
            child.stop()


_CHILDREN = _Children()


def stop() -> None:
    """End the reading processes; the next file gets a new one."""
    _CHILDREN.stop()


atexit.register(stop)


def read(module: ModuleType, path: Path) -> list[Block]:
    """Blocks of the file as the module's `read` gives them; InputError where it cannot within memory and time.

    On a system that cannot hand a pipe to a process it is read here, without these bounds.
    """
    if sys.platform == "win32":
        return _blocks(module, path)
    seconds = SECONDS + SECONDS_PER_MB * path.stat().st_size / 1e6
    reply = _CHILDREN.ask(module.__name__, path, seconds)
    if isinstance(reply, InputError):
        raise reply
    if reply is None:
        raise InputError(
            path.name,
            "读取时超出内存或时间上限，未采用",
            "reading it takes more memory or time than is allowed; it was not used",
            read=f"{path.stat().st_size} bytes",
            todo_zh="请检查是否有远离数据区的单元格，另存为新的工作簿或 CSV 后重新提交",
            todo_en="look for cells far from the data, save it as a new workbook or CSV, and submit it again",
        )
    return reply


def _blocks(module: ModuleType, path: Path) -> list[Block]:
    found: list[Block] = module.read(path)
    return found


def serve(number: int) -> None:
    """Answer on the pipe of this number until the other side is gone."""
    there = Connection(number)
    mapped = _mapped()
    there.send(number)
    while True:
        try:
            module, path = there.recv()
            reader = import_module(module)
        except EOFError:
            return
        try:
            _limit(mapped, path.stat().st_size)
            there.send(_blocks(reader, path))
        except InputError as fault:
            there.send(fault)
        except MemoryError:
            return
        except BaseException as fault:  # a library written in another language may panic, which is no Exception
            there.send(_failed(path, fault))


def _failed(path: Path, fault: BaseException) -> InputError:
    return InputError(
        path.name,
        "读取时出错，未采用（可能损坏）",
        "reading it failed; it was not used (it may be damaged)",
        read=f"{type(fault).__name__}: {fault}"[:120],
        todo_zh="请用 Excel 或 WPS 打开检查，另存为 xlsx 后重新提交",
        todo_en="open it in a spreadsheet program, save it as xlsx and submit it again",
    )


def _mapped() -> int:
    """Bytes of address space in use; 0 where the system does not say."""
    size = Path("/proc/self/statm")
    if not size.exists():
        return 0
    import resource

    return int(size.read_text(encoding="ascii").split()[0]) * resource.getpagesize()


def _limit(mapped: int, size: int) -> None:
    """What was mapped at the start and what a file of this size may ask for; no core file."""
    try:
        import resource
    except ImportError:  # not a POSIX system: the limit on time is left
        return
    limit = mapped + min(MOST_MEMORY_BYTES, MEMORY_BYTES + MEMORY_PER_BYTE * size)
    resource.setrlimit(resource.RLIMIT_AS, (limit, mapped + MOST_MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
