//! The flags of `go build`: pygo's, the project's and those of the user's GOFLAGS in one.
//!
//! Of a flag given twice, Go uses the last, and flags of a command replace those of GOFLAGS. So the
//! values of `-ldflags` and `-tags` are joined. What would break the library, or make it depend on
//! the build machine, is refused by name.

use crate::error::{Failure, Kind, Result};
use crate::project::{quote_word, split_words};
use crate::target::Slice;

/// What the user's GOFLAGS adds to flags that pygo gives as well.
#[derive(Debug, Default, PartialEq)]
pub(in crate::factory) struct UserFlags {
    /// Each `-ldflags`: the pattern of packages that it is for, and flags of the linker.
    ldflags: Vec<(Option<String>, Vec<String>)>,
    /// Build tags.
    tags: Vec<String>,
    /// Whether files are laid over those of the project.
    pub(super) has_overlay: bool,
    /// What is ignored, and why.
    pub(in crate::factory) notes: Vec<String>,
}

/// Flags that are ignored with a note, because pygo decides what they set.
const DROPPED: &[(&str, &str)] = &[
    ("buildmode", "Python loads a shared library"),
    ("trimpath", "paths of the build machine would end up in the wheel"),
    ("buildvcs", "the same sources would produce different bytes in another checkout"),
    ("o", "pygo decides where files go"),
];

/// Flags of `go build` that break a build, with the reason.
const REFUSED: &[(&str, &str)] = &[
    ("linkshared", "Go would link to shared copies of its packages, which wheels do not contain"),
    ("n", "Go would print commands and build nothing"),
    ("race", DETECTOR),
    ("msan", DETECTOR),
    ("asan", DETECTOR),
    ("cover", COVERAGE),
    ("covermode", COVERAGE),
    ("coverpkg", COVERAGE),
    ("json", "pygo reads Go's messages as text"),
    ("compiler", "only Go's own compiler builds libraries for other systems"),
];

const DETECTOR: &str = "its runtime must be loaded when the process starts, and Python does not \
                        load it; find races and memory errors with `go test`";

const COVERAGE: &str = "a wheel is not a test; measure coverage with `go test`";

/// Flags of Go's linker that break a library.
const REFUSED_LINKER: &[&str] =
    &["buildmode", "linkmode", "linkshared", "o", "extld", "extar", "r", "H"];

/// Flags of C compilers and linkers that make something else than a shared library, or one that
/// depends on the processor of the build machine, with the reason.
const REFUSED_C: &[(&str, &str)] = &[
    ("-static", "a shared library cannot be linked statically"),
    ("--static", "a shared library cannot be linked statically"),
    ("-static-pie", "the linker would write a program"),
    ("-pie", "the linker would write a program"),
    ("-shared", "Go passes it itself where it is needed"),
    ("-dynamiclib", "Go passes it itself where it is needed"),
    ("-bundle", "a bundle cannot be linked against"),
    ("-r", "the linker would write an object file"),
    ("--relocatable", "the linker would write an object file"),
    ("-o", "the output would end up elsewhere"),
    ("-mtune=native", "the bytes would depend on the processor of the build machine"),
];

/// More flags of C compilers, which mean something else to linkers.
const REFUSED_COMPILER: &[(&str, &str)] = &[
    ("-c", "the linker would not run"),
    ("-S", "the compiler would write assembler"),
    ("-E", "the compiler would write C"),
];

const NATIVE: &str = "the wheel would need the processor of the build machine";

impl UserFlags {
    /// Reads the value of GOFLAGS.
    ///
    /// # Errors
    /// A flag that cannot be combined with pygo's.
    pub(in crate::factory) fn read(goflags: &str) -> Result<Self> {
        let mut this = Self::default();
        for word in split_words(goflags).map_err(|found| refused("GOFLAGS", found))? {
            let flag = word.trim_start_matches('-');
            let (name, value) = flag.split_once('=').unwrap_or((flag, ""));
            match name {
                "ldflags" => this.ldflags.push(linker_flags(value)?),
                "tags" => this.tags = value.split([',', ' ']).map(str::to_owned).collect(),
                "buildmode" if matches!(value, "c-shared" | "default") => {}
                "trimpath" if !is_false(value) => {}
                "buildvcs" if is_false(value) || value == "auto" => {}
                "compiler" if value == "gc" => {}
                "overlay" => this.has_overlay = !value.is_empty(),
                _ => {
                    let reason = REFUSED.iter().find(|(refused, _)| *refused == name);
                    if let Some((_, reason)) = reason.filter(|_| !is_false(value)) {
                        return Err(refused("GOFLAGS", format!("{word}: {reason}")));
                    }
                    if let Some((_, reason)) = DROPPED.iter().find(|(dropped, _)| *dropped == name)
                    {
                        this.notes.push(format!("{word} of GOFLAGS is ignored: {reason}"));
                    }
                }
            }
        }
        this.tags.retain(|tag| !tag.is_empty());
        Ok(this)
    }

    /// The flags `-ldflags` for a build: those of the project, those of GOFLAGS, and pygo's `own`,
    /// with `linker` for the C linker.
    ///
    /// # Errors
    /// A flag that breaks the library; words that cannot be quoted.
    pub(in crate::factory) fn ldflags(
        &self,
        project: &[String],
        own: &[&str],
        linker: &str,
    ) -> Result<Vec<String>> {
        let at = "the key `ldflags`";
        let words = split_words(&project.join(" ")).map_err(|found| refused(at, found))?;
        let (of_project, c_of_project) = check_linker(&words, at)?;
        let mut flags = Vec::new();
        let none = [(None, Vec::new())];
        let bare = self.ldflags.iter().any(|(pattern, _)| pattern.is_none());
        for (pattern, theirs) in none.iter().filter(|_| !bare).chain(&self.ldflags) {
            let (of_user, c_of_user) = check_linker(theirs, "GOFLAGS")?;
            let mut words = of_project.clone();
            words.extend(of_user);
            words.extend(own.iter().map(|flag| (*flag).to_owned()));
            let mut c_linker = c_of_project.clone();
            c_linker.extend(c_of_user);
            c_linker.push(linker.to_owned());
            words.extend(["-extldflags".to_owned(), c_linker.join(" ")]);
            let pattern = pattern.as_ref().map(|name| format!("{name}=")).unwrap_or_default();
            flags.push(format!("-ldflags={pattern}{}", joined(&words)?));
        }
        Ok(flags)
    }

    /// The flags among those of the project and of GOFLAGS that Go's linker would pass to the C
    /// linker, for what pygo links itself.
    ///
    /// # Errors
    /// A flag that breaks the library.
    pub(super) fn c_linker(&self, project: &[String]) -> Result<Vec<String>> {
        let at = "the key `ldflags`";
        let words = split_words(&project.join(" ")).map_err(|found| refused(at, found))?;
        let (_, mut passed) = check_linker(&words, at)?;
        for (_, theirs) in &self.ldflags {
            passed.extend(check_linker(theirs, "GOFLAGS")?.1);
        }
        split_words(&passed.join(" ")).map_err(|found| refused("-extldflags", found))
    }

    /// The build tags of the project and of GOFLAGS as a flag, if there are any.
    pub(in crate::factory) fn tags(&self, project: &[String]) -> Option<String> {
        let mut tags: Vec<&String> = Vec::new();
        for tag in self.tags.iter().chain(project) {
            if !tags.contains(&tag) {
                tags.push(tag);
            }
        }
        let tags: Vec<&str> = tags.into_iter().map(String::as_str).collect();
        (!tags.is_empty()).then(|| format!("-tags={}", tags.join(",")))
    }
}

/// Checks the flags for C in `value`, the value of the variable `name`, which applies to all C code
/// of the libraries for `slices`, Go's own included: there, nothing can ask the processor first.
///
/// # Errors
/// A flag that breaks the library, or makes it depend on the build machine or on instructions that
/// not every processor of a slice has.
pub(in crate::factory) fn check_variable(name: &str, value: &str, slices: &[Slice]) -> Result<()> {
    let words = split_words(value).map_err(|found| refused(name, found))?;
    if let Some((flag, reason)) = broken(&words) {
        return Err(refused(name, format!("{flag}: {reason}")));
    }
    for slice in slices {
        if let Some(flag) = slice.above_baseline(&words).first() {
            let (slice, arch) = (slice.name(), slice.tag_arch());
            return Err(Failure::new(
                Kind::Usage,
                format!("combining the flags of {name} with those of pygo"),
                format!(
                    "{flag} applies to all C code, that of Go's runtime included, and a wheel for \
                     {slice} is installed on every {arch} processor"
                ),
                format!(
                    "remove that flag from {name}; write it into the `#cgo` line of a package that \
                     Go code calls only after asking the processor"
                ),
            ));
        }
    }
    Ok(())
}

/// The first flag of `words` that breaks a library, and why.
pub(super) fn broken(words: &[String]) -> Option<(&str, &'static str)> {
    words.iter().find_map(|word| {
        let in_table = |table: &[(&str, &'static str)], flag: &str| {
            table.iter().find(|(refused, _)| *refused == flag).map(|(_, reason)| *reason)
        };
        let reason = match word.strip_prefix("-Wl,") {
            Some(passed) => passed.split(',').find_map(|flag| in_table(REFUSED_C, flag)),
            None if is_native(word) => Some(NATIVE),
            None => in_table(REFUSED_C, word).or_else(|| in_table(REFUSED_COMPILER, word)),
        };
        Some((word.as_str(), reason?))
    })
}

/// Whether `flag` selects the processor of the build machine.
fn is_native(flag: &str) -> bool {
    let value = flag.strip_prefix("-march=").or_else(|| flag.strip_prefix("-mcpu="));
    value.is_some_and(|value| value.split('+').next() == Some("native"))
}

fn is_false(value: &str) -> bool {
    matches!(value, "0" | "f" | "F" | "false" | "False" | "FALSE")
}

fn refused(at: &str, found: impl Into<String>) -> Failure {
    Failure::new(
        Kind::Usage,
        format!("combining the flags of {at} with those of pygo"),
        found,
        format!("remove that flag from {at}"),
    )
}

/// The value of `-ldflags`, as `PerPackageFlag.Set` in cmd/go/internal/load reads it.
fn linker_flags(value: &str) -> Result<(Option<String>, Vec<String>)> {
    let value = value.trim();
    let (pattern, flags) = match value.split_once('=') {
        Some((pattern, flags)) if !value.starts_with('-') => (Some(pattern.to_owned()), flags),
        _ => (None, value),
    };
    let flags = split_words(flags).map_err(|found| refused("GOFLAGS", found))?;
    Ok((pattern, flags))
}

/// The flags for Go's linker without those for the C linker, and the latter.
fn check_linker(words: &[String], at: &str) -> Result<(Vec<String>, Vec<String>)> {
    let (mut own, mut passed) = (Vec::new(), Vec::new());
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let flag = word.strip_prefix("--").or_else(|| word.strip_prefix('-')).unwrap_or("");
        let (name, value) = flag.split_once('=').map_or((flag, None), |(n, v)| (n, Some(v)));
        if name == "extldflags" {
            let value = value.or_else(|| words.next().map(String::as_str)).unwrap_or_default();
            let parts = split_words(value).map_err(|found| refused(at, found))?;
            if let Some((flag, reason)) = broken(&parts) {
                return Err(refused(at, format!("{flag} in -extldflags: {reason}")));
            }
            passed.push(value.to_owned());
        } else if REFUSED_LINKER.contains(&name) {
            return Err(refused(at, format!("{word} in -ldflags, which breaks the library")));
        } else {
            own.push(word.clone());
            // Its value would otherwise be taken for a flag.
            if matches!(name, "X" | "L" | "I" | "B") && value.is_none() {
                own.extend(words.next().cloned());
            }
        }
    }
    Ok((own, passed))
}

/// Joins words so that Go splits them again.
fn joined(words: &[String]) -> Result<String> {
    let quoted = |word: &String| {
        let failed = || refused("-ldflags", format!("both kinds of quotes in {word}"));
        quote_word(word).ok_or_else(failed)
    };
    words.iter().map(quoted).collect::<Result<Vec<_>>>().map(|words| words.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::target::{AARCH64, LINUX, X86_64};

    const AMD64: Slice = Slice::new(LINUX, X86_64);
    const OWN: &str = "-s -w -buildid= -extldflags";

    fn ldflags(goflags: &str, project: &[&str]) -> Vec<String> {
        let project: Vec<_> = project.iter().map(|flag| (*flag).to_owned()).collect();
        UserFlags::read(goflags)
            .unwrap()
            .ldflags(&project, &["-s", "-w", "-buildid="], "-s -Wl,-x")
            .unwrap()
    }

    #[test]
    fn what_go_does_not_link_gets_the_flags_for_the_c_linker_too() {
        let flags = UserFlags::read("\"-ldflags=-v -extldflags '-lm -lz'\"").unwrap();
        let project = ["-X a=b -extldflags=-lx".to_owned()];
        assert_eq!(flags.c_linker(&project).unwrap(), ["-lx", "-lm", "-lz"]);
        assert!(flags.c_linker(&["-extldflags=-static".to_owned()]).is_err());
    }

    #[test]
    fn without_flags_of_the_user_there_are_only_pygos() {
        assert_eq!(ldflags("", &[]), [format!("-ldflags={OWN} '-s -Wl,-x'")]);
        assert_eq!(UserFlags::default().tags(&[]), None);
    }

    #[test]
    fn linker_values_are_joined_in_gos_quotes() {
        assert_eq!(
            ldflags("'-ldflags=-X main.a=1 -X \"main.b=x y\"' -v", &["-X main.c=2"]),
            [format!("-ldflags=-X main.c=2 -X main.a=1 -X 'main.b=x y' {OWN} '-s -Wl,-x'")]
        );
        assert_eq!(
            ldflags("-ldflags=all=-X=main.a=1", &[]),
            [
                format!("-ldflags={OWN} '-s -Wl,-x'"),
                format!("-ldflags=all=-X=main.a=1 {OWN} '-s -Wl,-x'")
            ]
        );
        assert_eq!(
            ldflags("\"-ldflags=-extldflags '-lm -lz' -v\"", &[]),
            [format!("-ldflags=-v {OWN} '-lm -lz -s -Wl,-x'")]
        );
    }

    #[test]
    fn tags_are_joined() {
        let flags = UserFlags::read("-tags=a,b").unwrap();
        assert_eq!(flags.tags(&["b".into(), "c".into()]).unwrap(), "-tags=a,b,c");
    }

    #[test]
    fn what_cannot_count_is_named() {
        let notes =
            UserFlags::read("-trimpath=false -buildmode=pie -trimpath -mod=mod").unwrap().notes;
        assert_eq!(notes.len(), 2);
        assert!(notes[1].starts_with("-buildmode=pie of GOFLAGS is ignored: Python"));
        assert!(UserFlags::read("-linkshared").is_err());
        assert!(UserFlags::read("'-tags=a").is_err());
        for flags in ["-extldflags=-static", "-linkmode=internal", "-r=/usr/lib"] {
            let read = UserFlags::read(&format!("'-ldflags={flags}'")).unwrap();
            let failure = read.ldflags(&[], &[], "-s").unwrap_err();
            assert!(failure.doing.contains("GOFLAGS"), "{failure}");
        }
        // A value is not a flag.
        assert_eq!(ldflags("'-ldflags=-X main.o=-o'", &[]).len(), 1);
    }

    #[test]
    fn flags_for_c_that_break_a_library_are_refused() {
        let check =
            |flags: &str| check_variable("CGO_CFLAGS", flags, &[Slice::new(LINUX, AARCH64), AMD64]);
        assert!(check("-O2 -g -lstatic -Wl,-rpath,/x -static-libgcc -mtune=haswell").is_ok());
        assert!(check("-DLIST=a,-r,-static -Wl,-S,-E").is_ok());
        for flag in
            ["-static", "-march=native", "-mcpu=native+crc", "-Wl,-r", "-Wl,-z,now,-r", "-shared"]
        {
            let failure = check(&format!("-O2 {flag}")).unwrap_err();
            assert!(failure.found.starts_with(&format!("{flag}: ")), "{failure}");
            assert_eq!(failure.help, "remove that flag from CGO_CFLAGS");
        }
    }

    #[test]
    fn instructions_above_the_baseline_cannot_be_for_all_c_code() {
        let failure = check_variable("CGO_CFLAGS", "-O2 -mavx2", &[AMD64]).unwrap_err();
        assert!(failure.found.starts_with("-mavx2 applies to all C code"), "{failure}");
        assert!(check_variable("CGO_CFLAGS", "-O2 -mavx2", &[Slice::new(LINUX, AARCH64)]).is_ok());
    }

    #[test]
    fn flags_that_change_what_go_builds_are_refused_with_the_reason() {
        for (flags, way) in [
            ("-race", "find races and memory errors with `go test`"),
            ("-v -asan=true", "find races and memory errors with `go test`"),
            ("-cover", "measure coverage with `go test`"),
            ("-json", "pygo reads Go's messages as text"),
            ("-coverpkg=./...", "measure coverage with `go test`"),
        ] {
            let failure = UserFlags::read(flags).unwrap_err();
            assert!(failure.found.ends_with(way), "{failure}");
            assert_eq!(failure.help, "remove that flag from GOFLAGS");
        }
        assert!(UserFlags::read("-race=false -compiler=gc").is_ok());
    }
}
