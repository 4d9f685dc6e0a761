"""Worker processes: started anew, so that nothing of the run is in them but what they are handed."""

from __future__ import annotations

import gc
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from concurrent.futures import ProcessPoolExecutor

# Few objects of a run form rings, and looking for them again and again takes a twentieth of it.
RINGS = (100_000, 50, 100)


def workers(count: int, ready: Callable[..., None] | None = None, *given: Any) -> ProcessPoolExecutor:
    """A pool of `count` processes; each calls `ready(*given)` before its first work."""
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(count, context, initializer=_begin, initargs=(ready, given))


def _begin(ready: Callable[..., None] | None, given: tuple[Any, ...]) -> None:
    gc.set_threshold(*RINGS)
    if ready is not None:
        ready(*given)
