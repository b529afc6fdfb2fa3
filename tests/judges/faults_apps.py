"""Mutations of wheels for Android and iOS."""

import struct

from app_wheels import ANDROID_MODULE, IOS_MODULE
from builders import patched
from faults_macho import command
from mutation import mutation

PYTHON = b"libpython3.13.so"


@mutation("elf-page-size", "android-arm64")
def segments_for_small_pages(wheel):
    data = wheel.files[ANDROID_MODULE]
    start, = struct.unpack_from("<Q", data, 32)
    size, count = struct.unpack_from("<2H", data, 54)
    for at in range(start, start + size * count, size):
        if struct.unpack_from("<I", data, at)[0] == 1:
            data = patched(data, at + 48, struct.pack("<Q", 0x1000))
    wheel.files[ANDROID_MODULE] = data


@mutation("android-libpython", "android-arm64")
def android_extension_linked_to_another_library(wheel):
    wheel.edit(ANDROID_MODULE, PYTHON, b"libandroid.so".ljust(len(PYTHON), b"\0"))


@mutation("python-dll-mismatch", "android-arm64")
def android_extension_linked_to_another_python(wheel):
    wheel.edit(ANDROID_MODULE, PYTHON, b"libpython3.14.so")


@mutation("elf-needed-outside", "android-arm64")
def android_extension_linked_to_a_library_of_the_ndk(wheel):
    wheel.edit(ANDROID_MODULE, PYTHON, b"libc++_shared.so")


@mutation("tag-too-low", "android-arm64")
def library_of_a_newer_android(wheel):
    wheel.edit(ANDROID_MODULE, PYTHON, b"libaaudio.so".ljust(len(PYTHON), b"\0"))


@mutation("tag-too-low", "android-arm64")
def built_for_a_newer_android(wheel):
    name = b"Android\0"
    wheel.edit(ANDROID_MODULE, name + b"\x18", name + b"\x1a")


@mutation("elf-arch", "android-arm64")
def android_wheel_for_another_processor(wheel):
    wheel.rename(platform="android_24_x86_64")


@mutation("elf-libc", "linux-arm64")
def linux_wheel_for_android(wheel):
    wheel.rename(platform="android_24_arm64_v8a")


@mutation("extension-suffix", "android-arm64")
def android_extension_with_the_suffix_of_linux(wheel):
    data = wheel.files[ANDROID_MODULE]
    wheel.drop(ANDROID_MODULE).add("spam/_spam.cpython-313-aarch64-linux-gnu.so", data)


@mutation("macho-bundle", "ios-arm64")
def ios_extension_that_is_a_bundle(wheel):
    wheel.files[IOS_MODULE] = patched(wheel.files[IOS_MODULE], 12, struct.pack("<I", 8))


@mutation("ios-framework", "ios-arm64")
def ios_extension_that_looks_for_python_everywhere(wheel):
    data = wheel.files[IOS_MODULE]
    path = b"@rpath/Python.framework/Python"
    data = data.replace(path, b"/usr/lib/libobjc.A.dylib".ljust(len(path), b"\0"))
    table, count = struct.unpack_from("<2I", data, command(data, 2) + 8)
    for at in range(table, table + 16 * count, 16):
        if data[at + 4] == 1:
            data = patched(data, at + 6, struct.pack("<H", 0xFE00))
    wheel.files[IOS_MODULE] = data


@mutation("macho-platform", "ios-arm64")
def device_wheel_for_simulators(wheel):
    wheel.rename(platform="ios_13_0_arm64_iphonesimulator")


@mutation("macho-platform", "macos-arm64")
def macos_wheel_for_ios(wheel):
    wheel.rename(platform="ios_13_0_arm64_iphoneos")


@mutation("tag-too-low", "ios-arm64")
def built_for_a_newer_ios(wheel):
    data = wheel.files[IOS_MODULE]
    wheel.files[IOS_MODULE] = patched(data, command(data, 0x32) + 12, struct.pack("<I", 15 << 16))
