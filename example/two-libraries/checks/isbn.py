from checks._isbn import lib


def is_valid(number: str) -> bool:
    """Return whether ``number`` is an ISBN of 13 digits."""
    return bool(lib.IsbnIsValid(number.encode()))
