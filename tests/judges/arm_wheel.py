"""A good wheel for 32-bit Arm: a library that ctypes loads."""

from collections.abc import Callable
from pathlib import Path

NAME = "spam-1.0-py3-none-manylinux_2_17_armv7l.whl"
LIBRARY = "spam/libspam.so"


def binaries(zig: Callable[..., None], directory: Path) -> dict[str, bytes]:
    """Path in the wheel -> the library, linked against a library with glibc's soname."""
    spam = "int rand(void);\nfloat spam(float ham) { return ham * rand(); }\n"
    (directory / "spam.c").write_text(spam)
    # The linker drops a library that defines nothing that is needed.
    (directory / "libc.c").write_text("int rand(void) { return 4; }\n")
    cc = ["cc", "-target", "arm-linux-gnueabihf", "-shared", "-fPIC", "-Os", "-s", "-nostdlib"]
    zig(*cc, "-o", "libc.so", "libc.c", "-Wl,-soname,libc.so.6")
    zig(*cc, "-o", "libspam.so", "spam.c", "./libc.so", "-Wl,-soname,libspam.so")
    return {LIBRARY: (directory / "libspam.so").read_bytes()}
