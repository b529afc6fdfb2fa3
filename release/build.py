"""Builds a release of pygo-tools: a wheel of the command for each platform, and the sdist.

`make release` runs it, in an environment with requirements.txt. Cargo compiles, zig links, for other systems too,
and maturin packs. The same sources and tools give the same bytes, wherever the checkout and cargo's cache are.
"""

import argparse
import hashlib
import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# Rust's name of a target, and the platform tag that its wheel asks for. Those for macOS are tagged with
# MACOS. With musl, `pygo check` takes a tenth more CPU time, so musl is for musllinux alone.
TARGETS = {
    "x86_64-unknown-linux-gnu": "manylinux_2_17",
    "aarch64-unknown-linux-gnu": "manylinux_2_17",
    "x86_64-unknown-linux-musl": "musllinux_1_1",
    "aarch64-unknown-linux-musl": "musllinux_1_1",
    "x86_64-apple-darwin": None,
    "aarch64-apple-darwin": None,
}
# The minimum of Rust and CPython for arm64.
MACOS = "11.0"
# 1 January 1980, the first time that a zip archive can have.
EPOCH = "315532800"
# zig switches off what libdeflate's checksums for AVX-512 need; pygo has it compress only, without checksums.
CFLAGS = "-DLIBDEFLATE_ASSEMBLER_DOES_NOT_SUPPORT_AVX512VNNI -DLIBDEFLATE_ASSEMBLER_DOES_NOT_SUPPORT_VPCLMULQDQ"


def fail(found: str, help: str) -> None:
    sys.exit(f"error: building the release\n  found: {found}\n   help: {help}")


def output(*command: object) -> str:
    return subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()


def run(*command: object, env: dict[str, str] | None = None) -> None:
    """Run a tool; it has printed why if it fails."""
    done = subprocess.run([str(word) for word in command], cwd=ROOT, env=env)
    if done.returncode:
        sys.exit(done.returncode)


def version() -> str:
    package = output("cargo", "pkgid", "--manifest-path", "Cargo.toml")
    return package.rpartition("#")[2].rpartition("@")[2]


def check_standard_libraries(targets: list[str]) -> None:
    def is_missing(target: str) -> bool:
        return not Path(output("rustc", "--print", "target-libdir", "--target", target)).is_dir()

    if missing := [target for target in targets if is_missing(target)]:
        fail(
            f"this Rust has no standard library for {', '.join(missing)}",
            f"run: rustup target add {' '.join(missing)}",
        )


def environment() -> dict[str, str]:
    """The environment of cargo and maturin, in which no path of this machine reaches a binary."""
    env = {**os.environ, "SOURCE_DATE_EPOCH": os.environ.get("SOURCE_DATE_EPOCH", EPOCH)}
    env |= {"MACOSX_DEPLOYMENT_TARGET": MACOS, "CARGO_ZIGBUILD_PYTHON_PATH": sys.executable, "CFLAGS": CFLAGS}
    # The directory of the crates is named after the registry, which may be a mirror. It is there after this.
    run("cargo", "fetch", "--locked", "--quiet", env=env)
    home = Path(env.get("CARGO_HOME") or Path.home() / ".cargo")
    sources = sorted((home / "registry/src").iterdir())
    target = Path(env.get("CARGO_TARGET_DIR") or ROOT / "target")
    # Of several that fit, rustc takes the last.
    mapped = [(ROOT, "/pygo"), (target, "/target"), (home, "/cargo"), *((path, "/crates") for path in sources)]
    flags = [f"--remap-path-prefix={path}={name}" for path, name in mapped]
    return {**env, "CARGO_ENCODED_RUSTFLAGS": "\x1f".join(flags)}


def maturin(command: str, *options: object, env: dict[str, str]) -> None:
    run(sys.executable, "-m", "maturin", command, *options, env=env)


def check(directory: Path, wheel: Path | None) -> None:
    """Check what is in the directory with the command in the wheel, or else with one that cargo compiles."""
    if not wheel:
        check_with(["cargo", "run", "--quiet", "--release", "--locked", "--"], directory)
        return
    with zipfile.ZipFile(wheel) as archive, tempfile.TemporaryDirectory() as temporary:
        (member,) = (name for name in archive.namelist() if name.endswith(".data/scripts/pygo"))
        pygo = Path(temporary, "pygo")
        pygo.write_bytes(archive.read(member))
        pygo.chmod(0o755)
        check_with([pygo], directory)


def check_with(pygo: list[object], directory: Path) -> None:
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    run(*pygo, "check", "--strict", directory)
    # The rules of the index, and that these are the files of one release.
    run(*pygo, "publish", "--dry-run", "--with", "uv", directory, env={**os.environ, "PATH": path})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--targets", nargs="+", metavar="TARGET", default=list(TARGETS), choices=TARGETS)
    parser.add_argument("--out-dir", type=Path, default=ROOT / "target/dist")
    parser.add_argument("--tag", help="fail unless it is v and the version of Cargo.toml")
    parser.add_argument("--list", action="store_true", help="print the targets, for rustup, and build nothing")
    arguments = parser.parse_args()
    if arguments.list:
        print(*arguments.targets)
        return
    if arguments.tag and arguments.tag != f"v{version()}":
        fail(f"the tag {arguments.tag}, and version {version()} in Cargo.toml", "tag the commit of that version")
    check_standard_libraries(arguments.targets)
    out = arguments.out_dir.resolve()
    for old in [*out.glob("*.whl"), *out.glob("*.tar.gz"), *out.glob("SHA256SUMS")]:
        old.unlink()
    env = environment()
    wheels: dict[str, Path] = {}
    for target in dict.fromkeys(arguments.targets):
        tag = TARGETS[target]
        compatibility = ["--compatibility", tag] if tag else []
        # Buckets need certificates; those of macOS need frameworks that zig does not have.
        features = ["--features", "s3"] if tag else []
        options = ["--release", "--locked", *features, "--zig", "--target", target, *compatibility]
        maturin("build", *options, "--out", out, env=env)
        (wheels[target],) = set(out.glob("*.whl")).difference(wheels.values())
    maturin("sdist", "--out", out, env=env)
    files = sorted([*out.glob("*.whl"), *out.glob("*.tar.gz")])
    sums = [f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}\n" for file in files]
    (out / "SHA256SUMS").write_text("".join(sums))
    check(out, wheels.get(output("rustc", "--print", "host-tuple")))
    print(*files, sep="\n")


if __name__ == "__main__":
    main()
