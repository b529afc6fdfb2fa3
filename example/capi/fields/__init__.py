"""Fields of a line of text, split in Go."""

from fields._fields import FieldError, split

__all__ = ["FieldError", "split"]
