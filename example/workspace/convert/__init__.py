"""Converts lengths with Go."""

from convert._convert import lib


def feet(metres: float) -> float:
    """Return a length in feet, with two decimals."""
    return float(lib.Feet(metres))
