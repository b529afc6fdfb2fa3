"""An HTTPS server on loopback, and a client, in Go."""

from typing import Any

from loopback._loopback import ffi, lib


class Server:
    """Answers every request with ``text`` until the end of a ``with`` statement."""

    def __init__(self, text: str) -> None:
        url, certificate = ffi.new("char **"), ffi.new("char **")
        self._handle = lib.Serve(text.encode(), url, certificate)
        if not self._handle:
            raise OSError("no port is free")
        self.url, self.certificate = _taken(url[0]), _taken(certificate[0])

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, *exception: object) -> None:
        handle, self._handle = self._handle, 0
        if handle:
            lib.Close(handle)


def fetch(url: str, certificate: str) -> str:
    """Return the text at ``url``, and trust only servers with ``certificate``."""
    failure = ffi.new("char **")
    text = lib.Fetch(url.encode(), certificate.encode(), failure)
    if not text:
        raise OSError(_taken(failure[0]))
    return _taken(text)


def _taken(text: Any) -> str:
    """Return a copy of a C string from Go, and free it."""
    try:
        return ffi.string(text).decode()
    finally:
        lib.Free(text)
