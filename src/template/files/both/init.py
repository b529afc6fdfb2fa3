"""Greetings composed by a Go library."""

from .greeting import greet

__all__ = ["greet"]
