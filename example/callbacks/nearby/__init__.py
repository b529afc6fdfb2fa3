"""Finds points near a center with Go, and calls Python for each."""

import os
from collections.abc import Callable, Sequence

from nearby._nearby import ffi, lib

Point = tuple[float, float]
_forked = False


def _after_fork() -> None:
    global _forked
    _forked = True


# Go's threads are missing in a forked child, where Search would wait for them forever.
os.register_at_fork(after_in_child=_after_fork)


class _Search:
    """What a search needs in Python: the function to call, and the first exception in it."""

    def __init__(self, visit: Callable[[int, Point, float], object]) -> None:
        self.visit = visit
        self.error: BaseException | None = None


@ffi.def_extern(error=1)
def on_match(found, data):
    # cffi acquires the GIL, whichever thread Go calls from. It would print an exception and go on.
    search = ffi.from_handle(data)
    try:
        search.visit(found.index, (found.at.x, found.at.y), found.distance)
    except BaseException as error:
        search.error = search.error or error
        return 1
    return 0


def search(
    points: Sequence[Point],
    center: Point,
    radius: float,
    visit: Callable[[int, Point, float], object],
) -> None:
    """Call ``visit(index, point, distance)`` for each point within ``radius`` of ``center``.

    The order is arbitrary, and so are the threads. An exception in ``visit`` ends the search.
    """
    if _forked:
        raise RuntimeError("Go does not survive a fork: use spawn or forkserver")
    of_python = _Search(visit)
    handle = ffi.new_handle(of_python)  # keeps the object alive during the call
    array = ffi.new("point[]", list(points))
    reason = lib.Search(array, len(points), center, radius, lib.on_match, handle)
    if of_python.error is not None:
        lib.Free(reason)
        raise of_python.error
    if reason:
        raise ValueError(_taken(reason))


def describe(name: str, point: Point) -> str:
    """Return ``point`` as text, after its ``name``."""
    return _taken(lib.Describe(name.encode(), point))


def _taken(text) -> str:
    """Return a copy of a C string from Go, and free it."""
    try:
        return ffi.string(text).decode()
    finally:
        lib.Free(text)
