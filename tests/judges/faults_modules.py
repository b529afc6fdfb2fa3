"""Mutations of extension modules and of Go libraries."""

from faults_macho import with_minos
from mutation import mutation
from builders import EXTENSION, library


@mutation("extension-init")
def init_function_of_another_module(wheel):
    wheel.edit(EXTENSION, b"PyInit__example\0", b"PyInit__exbmple\0")


@mutation("extension-in-name-only")
def library_named_as_extension(wheel):
    wheel.files[EXTENSION] = wheel.files[library(wheel)]


@mutation("extension-init", "macos-amd64")
def macos_init_function_of_another_module(wheel):
    wheel.files[EXTENSION] = wheel.files[EXTENSION].replace(b"PyInit__example", b"PyInit__exbmple")


@mutation("extension-suffix")
def suffix_for_one_python(wheel):
    wheel.add("_example.cpython-39-x86_64-linux-gnu.so", wheel.files[EXTENSION]).drop(EXTENSION)


@mutation("extension-suffix")
def abi3_for_free_threaded_python(wheel):
    wheel.rename(python="cp313", abi="cp313t")


@mutation("abi3-symbol")
def symbol_outside_the_stable_abi(wheel):
    wheel.edit(EXTENSION, b"PyErr_Occurred\0", b"_PyErr_Occured\0")


@mutation("abi3-too-new")
def symbol_of_a_later_python(wheel):
    wheel.edit(EXTENSION, b"PyErr_Occurred\0", b"PyType_GetName\0")


@mutation("abi3-floor")
def abi3_without_a_floor(wheel):
    wheel.rename(python="py3")


@mutation("abi3t-floor")
def abi3t_before_python_3_15(wheel):
    wheel.rename(python="cp313", abi="abi3.abi3t")


@mutation("extension-libpython", "macos-amd64")
def linked_against_libpython(wheel):
    wheel.edit(EXTENSION, b"@rpath/libhello.example.dylib", b"@rpath/libpython3.12.dylib\0\0\0")


@mutation("go-target")
def built_for_another_system(wheel):
    wheel.edit(library(wheel), b"build\tGOOS=linux\n", b"build\tGOOS=plan9\n")


@mutation("go-build-mode")
def built_as_a_program(wheel):
    wheel.edit(library(wheel), b"-buildmode=c-shared\n", b"-buildmode=pie\nxxxx\n")


@mutation("go-macos-floor", "macos-arm64")
def go_too_new_for_the_macos_tag(wheel):
    for name in (EXTENSION, library(wheel)):
        wheel.files[name] = with_minos(wheel.files[name], 11)
    wheel.rename(platform="macosx_11_0_arm64")


@mutation("go-trimpath")
def paths_not_trimmed(wheel):
    wheel.edit(library(wheel), b"build\t-trimpath=true\n", b"build\t-trimpath=nope\n")


@mutation("go-module-version")
def module_without_a_version(wheel):
    wheel.edit(library(wheel), b"build\tCGO_ENABLED=1\n", b"dep\texample.com/aaa\n")


@mutation("go-two-runtimes")
def two_go_libraries(wheel):
    wheel.add("example/lib/libhello2.so", wheel.files[library(wheel)], 0o100755)


@mutation("go-musl-tls")
def go_library_for_musl(wheel):
    wheel.rename(platform="musllinux_1_2_x86_64")


@mutation("go-isa-level")
def newer_cpu_in_the_go_settings(wheel):
    wheel.edit(library(wheel), b"build\tGOAMD64=v1\n", b"build\tGOAMD64=v3\n")


@mutation("go-isa-level", "linux-arm64")
def newer_arm64_cpu_in_the_go_settings(wheel):
    wheel.edit(library(wheel), b"build\tGOARM64=v8.0\n", b"build\tGOARM64=v9.0\n")


@mutation("go-linux-floor")
def go_too_new_for_the_linux_tag(wheel):
    wheel.rename(platform="manylinux1_x86_64.manylinux_2_5_x86_64")


@mutation("extension-missing")
def lfs_pointer_instead_of_the_extension(wheel):
    wheel.files[EXTENSION] = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 9\n"


@mutation("extension-missing")
def empty_extension(wheel):
    wheel.files[EXTENSION] = b""


@mutation("extension-suffix")
def suffix_of_another_abi(wheel):
    wheel.rename(python="cp312", abi="cp312")
    name = "_example.cpython-312-x86_64-linux-gnux32.so"
    wheel.add(name, wheel.files[EXTENSION]).drop(EXTENSION)


@mutation("extension-suffix")
def suffix_for_windows(wheel):
    wheel.rename(python="cp312", abi="cp312")
    wheel.add("_example.cp312-win_amd64.so", wheel.files[EXTENSION]).drop(EXTENSION)


@mutation("extension-one-python")
def suffix_for_one_python_under_a_generic_tag(wheel):
    wheel.rename(python="py3", abi="none")
    name = "_example.cpython-312-x86_64-linux-gnu.so"
    wheel.add(name, wheel.files[EXTENSION]).drop(EXTENSION)
