"""One process beside the run, for what needs heavy libraries: it imports them while the records are being read.

Growing a hundred small trees is a matter of the interpreter, not of arithmetic: threads would wait for each other.
"""

from __future__ import annotations

import importlib
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from types import TracebackType
from typing import Any, Self, TypeVar

# A submission of fewer bytes has been judged before another process has started.
WORTH_BYTES = 4_000_000

Made = TypeVar("Made")


class Apart:
    """The process, once started; what is begun before is done here, when its result is asked for.

    `seconds` are those of the work and of its imports, wherever they were done.
    """

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._pool: Any = None
        self._imported: Future[dict[str, float]] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=False, kill_workers=True)
            self._pool = None

    @property
    def started(self) -> bool:
        """Whether work goes on elsewhere."""
        return self._pool is not None

    def start(self, libraries: Iterable[str]) -> None:
        """Start the process and let it import what will be needed."""
        from joblib.externals.loky import get_reusable_executor  # type: ignore[import-untyped]

        self._pool = get_reusable_executor(max_workers=1, timeout=None)
        self._imported = self._pool.submit(imports, tuple(libraries))

    def begin(
        self, name: str, work: Callable[..., Made], *given: object, heavy: Sequence[str] = ()
    ) -> Callable[[], Made]:
        """Begin `work(*given)`, which needs the libraries `heavy`; what comes back waits for the result.

        `name` is what the time is booked on. Work and arguments must be such as can be sent to a process.
        """
        begun = self._submit(work, given)

        def result() -> Made:
            try:
                if begun is not None and self._imported is not None:
                    there = begun.result()
                    self.seconds |= self._imported.result() | {name: there[1]}
                    return there[0]
            except BrokenProcessPool:  # killed from outside, for want of memory perhaps
                pass
            for library, seconds in imports(heavy).items():
                self.seconds.setdefault(library, seconds)
            here = timed(work, *given)
            self.seconds[name] = here[1]
            return here[0]

        return result

    def _submit(self, work: Callable[..., Made], given: Sequence[object]) -> Future[tuple[Made, float]] | None:
        """The work on its way; None where there is no process, or none any more."""
        try:
            return self._pool.submit(timed, work, *given) if self._pool is not None else None
        except BrokenProcessPool:
            return None


def imports(libraries: Iterable[str]) -> dict[str, float]:
    """Import the libraries; seconds of each, booked as `import <package>`."""
    seconds: dict[str, float] = {}
    for heavy in libraries:
        start = time.perf_counter()
        importlib.import_module(heavy)
        seconds[f"import {heavy.partition('.')[0]}"] = time.perf_counter() - start
    return seconds


def timed(work: Callable[..., Made], *given: object) -> tuple[Made, float]:
    """What `work(*given)` makes, and the seconds it took."""
    start = time.perf_counter()
    made = work(*given)
    return made, time.perf_counter() - start
