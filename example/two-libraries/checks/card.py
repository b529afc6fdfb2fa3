from checks._card import lib


def is_valid(number: str) -> bool:
    """Return whether the last digit of a card's number fits the others."""
    return bool(lib.CardIsValid(number.encode()))
