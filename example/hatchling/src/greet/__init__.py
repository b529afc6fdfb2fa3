"""Greetings in several languages, composed by a Go library."""

__version__ = "1.2.0"

from .greeting import greet, languages

__all__ = ["greet", "languages"]
