//! Objects of Go's own C code, kept between runs.
//!
//! For a C library, Go looks in its cache for a header of `runtime/cgo` that it never puts there
//! (`needCgoHdr` in cmd/go's exec.go). So it compiles the C of that package each time: most of the
//! calls of the compiler after a changed line.
//!
//! In: a call of the compiler for a file of that package, from the compiler's script. Out: the
//! object, from an earlier run if everything that decides it is the same, else from the compiler.

use std::ffi::{OsStr, OsString};
use std::io::Write;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use fs_err as fs;
use sha2::{Digest, Sha256};

use super::go::Go;
use super::python::Host;
use crate::process::Environment;
use crate::wheel::Digest as Name;

/// The command of pygo that stands between the script and the compiler.
pub const OBJECT_COMMAND: &str = "__object";

/// A flag that makes Go's cache notice changed C of the project, of which `runtime/cgo` has none.
pub const C_SOURCES: &str = "-DPYGO_C_SOURCES=";

/// The executable of pygo.
const PROGRAM: &str = "PYGO_EXE";
/// The directory of `runtime/cgo`.
const PACKAGE: &str = "PYGO_RUNTIME_CGO";
/// The directory of the objects.
const OBJECTS: &str = "PYGO_OBJECTS";

/// For the script of a compiler: makes `kept` the start of the command for files of that package,
/// which Go compiles with the package's directory as the first flag.
pub(super) const SCRIPT: &str = "kept=\n\
     [ -x \"${PYGO_EXE:-}\" ] && [ \"$1 $2\" = \"-I ${PYGO_RUNTIME_CGO:-}\" ] && kept=1\n";
/// The start of the command in the script.
pub(super) const START: &str = "${kept:+\"$PYGO_EXE\" __object}";

/// The variables with which the script of a compiler keeps objects. `key` says everything that
/// decides them besides the arguments and the files of Go: the compiler and its settings.
///
/// None with `--no-cache`, where pygo is a library in another program, or if the place of Go's files is
/// unknown.
pub fn variables(host: &Host, go: &Go, key: &str) -> Vec<(&'static str, PathBuf)> {
    let package = go.found.path.ancestors().nth(2).map(|root| root.join("src/runtime/cgo"));
    let package = package.filter(|dir| dir.is_dir() && !host.cache.is_fresh());
    // Next to what zig keeps, so that both are removed together.
    let objects = host.cache.dir("zig").ok().map(|zig| zig.join("pygo-objects").join(key));
    match (&host.pygo, package, objects) {
        (Some(program), Some(package), Some(objects)) => {
            vec![(PROGRAM, program.clone()), (PACKAGE, package), (OBJECTS, objects)]
        }
        _ => Vec::new(),
    }
}

/// Makes the object that the compiler's call in `words` asks for, where the compiler's script runs in
/// `environment`.
pub fn object(environment: &Environment, mut words: impl Iterator<Item = OsString>) -> ExitCode {
    let Some(program) = words.next() else { return ExitCode::FAILURE };
    let arguments: Vec<_> = words.collect();
    let mut compiler = Command::new(program);
    compiler.args(&arguments).stdin(Stdio::null());
    let variable = |name| environment.get(name).map(Path::new);
    let object = variable(PACKAGE).zip(variable(OBJECTS)).and_then(|(package, objects)| {
        Object::of(&arguments, environment.current_dir(), package, objects)
    });
    if object.as_ref().is_some_and(|object| object.restore().is_some()) {
        return ExitCode::SUCCESS;
    }
    let Ok(output) = compiler.output() else { return ExitCode::FAILURE };
    // If these writes fail, Go no longer reads the output.
    let _ = std::io::stdout().write_all(&output.stdout);
    let _ = std::io::stderr().write_all(&output.stderr);
    // A warning would not be repeated.
    let is_silent = output.stdout.is_empty() && output.stderr.is_empty();
    if let Some(object) = object
        && output.status.success()
        && is_silent
    {
        // Without it, the next run compiles the file again.
        let _ = object.keep();
    }
    match output.status.code() {
        Some(code) => ExitCode::from(u8::try_from(code).unwrap_or(1)),
        None => ExitCode::FAILURE,
    }
}

/// An object that may be kept.
struct Object {
    /// Where Go wants it.
    output: PathBuf,
    /// Where it is kept, after its digest.
    place: PathBuf,
}

impl Object {
    /// The one that `arguments` ask for in the directory `dir`. `None` if they ask for something
    /// else, or a file cannot be read.
    fn of(arguments: &[OsString], dir: &Path, package: &Path, objects: &Path) -> Option<Self> {
        let [.., compile, source] = arguments else { return None };
        let at = arguments.iter().position(|argument| argument == "-o")?;
        let output = PathBuf::from(arguments.get(at + 1)?);
        // Go's directory for the package has another name in each run.
        let scratch = output.parent().filter(|dir| dir.is_absolute())?;
        let is_plain = Path::new(source).file_name() == Some(source);
        // What cgo writes into that directory is another file each time.
        if compile != "-c" || !is_plain || dir != package {
            return None;
        }
        let mut digest = Sha256::new();
        let mut add = |bytes: &[u8]| {
            digest.update((bytes.len() as u64).to_le_bytes());
            digest.update(bytes);
        };
        add(env!("CARGO_PKG_VERSION").as_bytes());
        for argument in arguments.iter().map(|argument| argument.as_bytes()) {
            if !argument.starts_with(C_SOURCES.as_bytes()) {
                add(&replaced(argument, scratch.as_os_str().as_bytes()));
            }
        }
        add(&fs::read(dir.join(source)).ok()?);
        // What the file may include, except for the compiler's own headers.
        for place in [scratch, package] {
            let entries = fs::read_dir(place).ok()?.collect::<std::io::Result<Vec<_>>>().ok()?;
            let mut headers: Vec<_> = entries.iter().map(fs::DirEntry::path).collect();
            headers.retain(|path| path.extension() == Some(OsStr::new("h")));
            headers.sort();
            for path in headers {
                add(path.file_name()?.as_bytes());
                add(&fs::read(&path).ok()?);
            }
            add(b"");
        }
        let name = Name::from(<[u8; 32]>::from(digest.finalize()));
        let place = objects.join(name.hex());
        Some(Self { output, place })
    }

    /// Writes the kept object, if it is whole.
    fn restore(&self) -> Option<()> {
        let kept = fs::read(&self.place).ok()?;
        let (digest, bytes) = kept.split_at_checked(32)?;
        (Sha256::digest(bytes).as_slice() == digest).then_some(())?;
        fs::write(&self.output, bytes).ok()
    }

    /// Keeps the finished object. Its digest shows whether it is whole, so it need not be synced.
    fn keep(&self) -> std::io::Result<()> {
        let bytes = fs::read(&self.output)?;
        let dir = self.place.parent().unwrap_or(&self.place);
        fs::create_dir_all(dir)?;
        let part = self.place.with_extension(std::process::id().to_string());
        fs::write(&part, [Sha256::digest(&bytes).as_slice(), &bytes].concat())?;
        fs::rename(&part, &self.place)
    }
}

/// `bytes` with other bytes for each `directory`.
fn replaced(bytes: &[u8], directory: &[u8]) -> Vec<u8> {
    let mut replaced = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((first, others)) = rest.split_first() {
        if let Some(after) = rest.strip_prefix(directory) {
            // No argument has a zero byte.
            replaced.push(0);
            rest = after;
        } else {
            replaced.push(*first);
            rest = others;
        }
    }
    replaced
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What Go has compiled, with its own directory at `scratch`.
    fn arguments(scratch: &Path, more: &[&str], source: &str) -> Vec<OsString> {
        let scratch = scratch.display();
        let map = format!("-ffile-prefix-map={scratch}=/tmp/go-build");
        let flags = ["cc".to_owned(), "-I".to_owned(), format!("{scratch}/"), map];
        let more = more.iter().map(ToString::to_string);
        let last = ["-o".to_owned(), format!("{scratch}/_x001.o")];
        let end = ["-c".to_owned(), source.to_owned()];
        flags.into_iter().chain(more).chain(last).chain(end).map(OsString::from).collect()
    }

    struct Places(tempfile::TempDir);

    impl Places {
        fn new() -> Self {
            let this = Self(tempfile::tempdir().unwrap());
            for dir in ["cgo", "b1", "other/b22", "objects"] {
                fs::create_dir_all(this.at(dir)).unwrap();
            }
            for (file, text) in [("cgo/util.c", "1"), ("cgo/libcgo.h", "2"), ("b1/export.h", "3")] {
                fs::write(this.at(file), text).unwrap();
            }
            fs::write(this.at("other/b22/export.h"), "3").unwrap();
            this
        }

        fn at(&self, path: &str) -> PathBuf {
            self.0.path().join(path)
        }

        fn object(&self, scratch: &str, more: &[&str], source: &str) -> Option<Object> {
            let arguments = arguments(&self.at(scratch), more, source);
            Object::of(&arguments, &self.at("cgo"), &self.at("cgo"), &self.at("objects"))
        }

        fn place(&self, scratch: &str, more: &[&str]) -> PathBuf {
            self.object(scratch, more, "util.c").unwrap().place
        }
    }

    #[test]
    fn everything_that_decides_an_object_is_in_its_name() {
        let places = Places::new();
        let first = places.place("b1", &[]);
        assert_eq!(places.place("other/b22", &[]), first, "only the directory is another");
        assert_eq!(places.place("b1", &["-DPYGO_C_SOURCES=x"]), first);
        assert_ne!(places.place("b1", &["-DX"]), first);
        for file in ["cgo/util.c", "cgo/libcgo.h", "b1/export.h"] {
            let before = fs::read(places.at(file)).unwrap();
            fs::write(places.at(file), "changed").unwrap();
            assert_ne!(places.place("b1", &[]), first, "{file}");
            fs::write(places.at(file), before).unwrap();
        }
        fs::write(places.at("cgo/new.h"), "").unwrap();
        assert_ne!(places.place("b1", &[]), first);
    }

    #[test]
    fn only_calls_that_are_understood_are_answered() {
        let places = Places::new();
        assert!(places.object("b1", &[], "missing.c").is_none());
        assert!(places.object("b1", &[], "../cgo/util.c").is_none());
        let mut other = arguments(&places.at("b1"), &[], "util.c");
        let of = |arguments: &[OsString], dir: &str| {
            Object::of(arguments, &places.at(dir), &places.at("cgo"), &places.at("objects"))
        };
        assert!(of(&other, "cgo").is_some() && of(&other, "objects").is_none());
        let end = other.len() - 2;
        other[end] = "-E".into();
        assert!(of(&other, "cgo").is_none());
    }

    #[test]
    fn a_damaged_object_is_not_used() {
        let places = Places::new();
        let object = places.object("b1", &[], "util.c").unwrap();
        assert!(object.restore().is_none());
        fs::write(&object.output, "object").unwrap();
        object.keep().unwrap();
        fs::remove_file(&object.output).unwrap();
        assert!(object.restore().is_some());
        assert_eq!(fs::read_to_string(&object.output).unwrap(), "object");
        assert_eq!(fs::read_dir(places.at("objects")).unwrap().count(), 1);

        let kept = fs::read(&object.place).unwrap();
        for damaged in [&kept[..kept.len() - 1], &kept[..10], &[&kept[..], b"x"].concat()] {
            fs::write(&object.place, damaged).unwrap();
            assert!(object.restore().is_none());
        }
    }
}
