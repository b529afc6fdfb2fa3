# The extension module, for type checkers and editors: the functions of `signatures`. Without this
# file, pygo writes one from the signatures into each wheel.

from _cffi_backend import FFI

class _Lib:
    def Greet(self, name: bytes | FFI.CData) -> FFI.CData: ...
    def Free(self, pointer: FFI.CData) -> None: ...

ffi: FFI
lib: _Lib
