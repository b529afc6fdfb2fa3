"""Mutations of the file name, the tags and WHEEL."""

from pathlib import Path

import pip

from faults_macho import with_minos
from mutation import mutation
from builders import EXTENSION, library


@mutation("tag-file-name")
def name_with_four_parts(wheel):
    wheel.name = "example-0.1.0-cp310-abi3.whl"


@mutation("tag-not-normal", "any")
def version_with_a_leading_zero(wheel):
    wheel.name = wheel.name.replace("0.1.0", "0.01.0")


@mutation("index-file-name", "any")
def name_in_upper_case(wheel):
    wheel.name = wheel.name.replace("example", "Example")


@mutation("index-file-name", "any")
def name_too_long_for_the_index(wheel):
    # Files may have 255 bytes in their names.
    platforms = ["any", *(f"macosx_11_{minor}_x86_64" for minor in range(10, 21))]
    wheel.rename(platform=".".join(platforms))


@mutation("index-dist-info", "any")
def dist_info_in_upper_case(wheel):
    files = wheel.files.items()
    wheel.files = {name.replace("example-0", "Example-0"): data for name, data in files}


@mutation("index-dist-info", "any")
def dist_info_without_the_last_zero(wheel):
    files = wheel.files.items()
    wheel.files = {name.replace("-0.1.0.", "-0.1."): data for name, data in files}


@mutation("tag-data-directory", "any")
def unknown_data_directory(wheel):
    wheel.add("example-0.1.0.data/share/file.txt", b"text")


@mutation("tag-data-directory", "any")
def file_directly_in_data(wheel):
    wheel.add("example-0.1.0.data/file.txt", b"text")


@mutation("tag-data-name", "any")
def data_of_another_version(wheel):
    wheel.add("example-0.2.0.data/scripts/run", b"#!python\n")


@mutation("tag-no-python", "any")
def abi_of_another_python(wheel):
    wheel.rename(python="cp312", abi="cp311", platform="win_amd64")


@mutation("tag-no-python", "any")
def abi_without_a_platform(wheel):
    wheel.rename(python="cp312", abi="cp312")


@mutation("tag-no-python", "any")
def python_before_the_required_one(wheel):
    wheel.rename(python="cp39")


@mutation("tag-no-python", "macos-arm64")
def macos_before_arm64(wheel):
    wheel.rename(platform="macosx_10_9_arm64")


@mutation("tag-order")
def tags_not_sorted(wheel):
    wheel.rename(platform="manylinux_2_17_x86_64.manylinux2014_x86_64")


@mutation("tag-wheel-mismatch")
def different_tag_in_wheel_file(wheel):
    wheel.edit("WHEEL", "Tag: cp310-abi3-manylinux2014", "Tag: cp311-abi3-manylinux2014")


@mutation("tag-wheel-mismatch", "macos-arm64")
def extra_tag_in_wheel_file(wheel):
    wheel.edit("WHEEL", "Tag: ", "Tag: cp310-abi3-macosx_10_9_x86_64\nTag: ")


@mutation("tag-purelib")
def native_code_in_purelib(wheel):
    wheel.edit("WHEEL", "Root-Is-Purelib: false", "Root-Is-Purelib: true")


@mutation("tag-native-in-any")
def native_code_for_any_platform(wheel):
    wheel.rename(python="py3", abi="none", platform="any")


@mutation("tag-native-in-any", "macos-universal2")
def fat_native_code_for_any_platform(wheel):
    wheel.rename(python="py3", abi="none", platform="any")


@mutation("tag-name-mismatch", "any")
def different_name_in_metadata(wheel):
    wheel.edit("METADATA", "Name: example", "Name: exbmple")


@mutation("tag-version-mismatch")
def different_version_in_metadata(wheel):
    wheel.edit("METADATA", "Version: 0.1.0", "Version: 0.1.1")


@mutation("tag-dist-info", "any")
def two_dist_info_directories(wheel):
    wheel.files["other-1.0.dist-info/METADATA"] = b"Metadata-Version: 2.1\n"


@mutation("tag-dist-info", "any")
def dist_info_of_another_version(wheel):
    wheel.name = "example-0.2.0-py3-none-any.whl"


@mutation("tag-build", "any")
def build_number_only_in_wheel_file(wheel):
    wheel.edit("WHEEL", "Tag: ", "Build: 7\nTag: ")


@mutation("tag-wheel-file")
def no_wheel_file(wheel):
    wheel.drop(wheel.path("WHEEL"))


@mutation("tag-wheel-file", "any")
def unknown_wheel_version(wheel):
    wheel.edit("WHEEL", "Wheel-Version: 1.0", "Wheel-Version: 2.0")


@mutation("tag-unneeded-platform", "any")
def platform_without_native_code(wheel):
    wheel.rename(platform="manylinux_2_17_x86_64")


@mutation("tag-purelib-false", "any")
def pure_code_in_platlib(wheel):
    wheel.edit("WHEEL", "Root-Is-Purelib: true", "Root-Is-Purelib: false")


@mutation("tag-too-low")
def newer_glibc_than_the_tag(wheel):
    name = library(wheel)
    data = wheel.files[name]
    for old in (b"GLIBC_2.14", b"GLIBC_2.17", b"GLIBC_2.16", b"GLIBC_2.15", b"GLIBC_2.12"):
        if old in data:
            wheel.files[name] = data.replace(old, b"GLIBC_2.34")
            return
    # The new name must not be longer than the old one in the string table.
    assert b"GLIBC_2.3.2\0" in data, "no version to raise"
    wheel.files[name] = data.replace(b"GLIBC_2.3.2\0", b"GLIBC_2.34\0\0")


@mutation("tag-too-low", "macos-amd64")
def newer_macos_than_the_tag(wheel):
    wheel.files[EXTENSION] = with_minos(wheel.files[EXTENSION], 14)


@mutation("binary-format")
def linux_binaries_for_macos(wheel):
    wheel.rename(platform="macosx_13_0_x86_64")


@mutation("binary-format", "macos-universal2")
def macos_binaries_for_linux(wheel):
    wheel.rename(platform="manylinux_2_17_x86_64")


@mutation("binary-foreign-data")
def windows_launcher_as_data(wheel):
    # pip ships such programs to create commands on Windows.
    launcher = Path(pip.__file__).parent / "_vendor" / "distlib" / "t64.exe"
    wheel.add("example/launcher.exe", launcher.read_bytes())


@mutation("index-platform")
def bare_linux_tag(wheel):
    wheel.rename(platform="linux_x86_64")


@mutation("index-platform", "macos-arm64")
def macos_tag_with_a_minor_release(wheel):
    wheel.rename(platform="macosx_13_3_arm64")


@mutation("index-platform", "any")
def android_tag_without_its_abi(wheel):
    wheel.rename(platform="android_24_arm64")


@mutation("index-platform", "any")
def older_tag_for_a_newer_architecture(wheel):
    wheel.rename(platform="manylinux2010_aarch64")


@mutation("tag-unserved")
def second_architecture_without_binaries(wheel):
    wheel.rename(platform="manylinux_2_17_aarch64.manylinux_2_17_x86_64")


@mutation("elf-libc")
def glibc_wheel_also_for_musl(wheel):
    wheel.rename(platform="manylinux_2_17_x86_64.musllinux_1_2_x86_64")


@mutation("tag-not-expanded", "any")
def compressed_tags_in_one_line(wheel):
    wheel.rename(python="py2.py3")
    wheel.edit("WHEEL", "Tag: py2-none-any\nTag: py3-none-any", "Tag: py2.py3-none-any")
