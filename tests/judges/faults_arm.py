"""Mutations of a wheel for 32-bit Arm."""

import struct

from arm_wheel import LIBRARY
from builders import patched
from mutation import mutation

FLAGS_AT = 36


@mutation("elf-float-abi", "linux-armv7l")
def soft_float_for_manylinux(wheel):
    wheel.files[LIBRARY] = patched(wheel.files[LIBRARY], FLAGS_AT, struct.pack("<I", 0x5000200))


@mutation("elf-float-abi", "linux-armv7l")
def soft_float_for_musllinux(wheel):
    wheel.edit(LIBRARY, b"libc.so.6\0", b"libc.so\0\0\0").rename(platform="musllinux_1_2_armv7l")
    soft_float_for_manylinux(wheel)


@mutation("elf-arm-level", "linux-armv7l")
def armv7_for_armv6(wheel):
    wheel.rename(platform="linux_armv6l")
