"""The edit distance of words, computed in Go."""

from distance._distance import lib as _lib


def distance(first: str, second: str) -> int:
    """Return how many characters have to be inserted, removed or replaced."""
    return _lib.Distance(first.encode(), second.encode())
