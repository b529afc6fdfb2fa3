"""Checks the digits of cards and books with Go."""
