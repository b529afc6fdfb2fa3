//! The flags of `go build`: pygo's, the project's and those of the user's GOFLAGS in one.
//!
//! Of a flag given twice, Go uses the last, and flags of a command replace those of GOFLAGS. So the
//! values of `-ldflags` and `-tags` are joined. What would break the library, or make it depend on
//! the build machine, is refused by name.

use crate::error::{Failure, Kind, Result};

/// What the user's GOFLAGS adds to flags that pygo gives as well.
#[derive(Debug, Default, PartialEq)]
pub(in crate::factory) struct UserFlags {
    /// Each `-ldflags`: the pattern of packages that it is for, and flags of the linker.
    ldflags: Vec<(Option<String>, Vec<String>)>,
    /// Build tags.
    tags: Vec<String>,
    /// What does not count, and why.
    pub(in crate::factory) notes: Vec<String>,
}

/// Flags that cannot count, because a library of pygo is what it is.
const DROPPED: &[(&str, &str)] = &[
    ("buildmode", "Python loads a shared library"),
    ("trimpath", "paths of the build machine would end up in the wheel"),
    ("buildvcs", "the same sources would give other bytes in another checkout"),
    ("o", "pygo decides where files go"),
];

/// Flags of `go build` that break a build.
const REFUSED: &[&str] = &["linkshared", "n"];

/// Flags of Go's linker that break a library.
const REFUSED_LINKER: &[&str] =
    &["buildmode", "linkmode", "linkshared", "o", "extld", "extar", "r", "H"];

/// Flags of C compilers and linkers that make something else than a shared library, or one that
/// depends on the processor of the build machine, with the reason.
const REFUSED_C: &[(&str, &str)] = &[
    ("-static", "a shared library cannot be linked statically"),
    ("-Wl,-static", "a shared library cannot be linked statically"),
    ("-shared", "Go gives it where it belongs"),
    ("-dynamiclib", "Go gives it where it belongs"),
    ("-bundle", "a bundle cannot be linked against"),
    ("-r", "the linker would write an object file"),
    ("-Wl,-r", "the linker would write an object file"),
    ("-o", "the output would end up elsewhere"),
    ("-c", "the linker would not run"),
    ("-S", "the compiler would write assembler"),
    ("-E", "the compiler would write C"),
    ("-march=native", "the wheel would need the processor of the build machine"),
    ("-mcpu=native", "the wheel would need the processor of the build machine"),
    ("-mtune=native", "the bytes would depend on the processor of the build machine"),
];

impl UserFlags {
    /// Reads the value of GOFLAGS.
    ///
    /// # Errors
    /// A flag that cannot be combined with pygo's.
    pub(in crate::factory) fn read(goflags: &str) -> Result<Self> {
        let mut this = Self::default();
        for word in split(goflags).map_err(|found| refused("GOFLAGS", found))? {
            let flag = word.trim_start_matches('-');
            let (name, value) = flag.split_once('=').unwrap_or((flag, ""));
            match name {
                "ldflags" => this.ldflags.push(linker_flags(value)?),
                "tags" => this.tags = value.split([',', ' ']).map(str::to_owned).collect(),
                "buildmode" if matches!(value, "c-shared" | "default") => {}
                "trimpath" if !is_false(value) => {}
                "buildvcs" if is_false(value) || value == "auto" => {}
                _ if REFUSED.contains(&name) => {
                    let found = format!("{word}, with which Go does not build a library");
                    return Err(refused("GOFLAGS", found));
                }
                _ => {
                    if let Some((_, reason)) = DROPPED.iter().find(|(dropped, _)| *dropped == name)
                    {
                        this.notes.push(format!("{word} of GOFLAGS does not count: {reason}"));
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
        let words = split(&project.join(" ")).map_err(|found| refused(at, found))?;
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

/// Checks the flags for C in `value`, the value of the variable `name`.
///
/// # Errors
/// A flag that breaks the library, or makes it depend on the build machine.
pub(in crate::factory) fn check_variable(name: &str, value: &str) -> Result<()> {
    let words = split(value).map_err(|found| refused(name, found))?;
    match broken(&words) {
        None => Ok(()),
        Some((flag, reason)) => Err(refused(name, format!("{flag}: {reason}"))),
    }
}

/// The first flag of `words` that breaks a library, and why.
fn broken(words: &[String]) -> Option<(&str, &'static str)> {
    words.iter().find_map(|word| {
        let (flag, reason) = REFUSED_C.iter().find(|(flag, _)| word == flag)?;
        Some((*flag, *reason))
    })
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
    let flags = split(flags).map_err(|found| refused("GOFLAGS", found))?;
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
            let parts = split(value).map_err(|found| refused(at, found))?;
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

/// Splits words as Go does (`cmd/internal/quoted`): a word in quotes may contain blanks, and
/// nothing is escaped.
fn split(text: &str) -> Result<Vec<String>, String> {
    let mut words = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let (word, after) = match first {
            '"' | '\'' => rest[1..]
                .split_once(first)
                .ok_or_else(|| format!("a quote that is not closed: {rest}"))?,
            _ => rest.split_once(char::is_whitespace).unwrap_or((rest, "")),
        };
        words.push(word.to_owned());
        rest = after.trim_start();
    }
    Ok(words)
}

/// Joins words so that Go splits them again.
fn joined(words: &[String]) -> Result<String> {
    let quoted = |word: &String| {
        let is_plain = !word.is_empty() && !word.contains(|c: char| c.is_whitespace());
        match ['\'', '"'].into_iter().find(|quote| !word.contains(*quote)) {
            _ if is_plain && !word.starts_with(['\'', '"']) => Ok(word.clone()),
            Some(quote) => Ok(format!("{quote}{word}{quote}")),
            None => Err(refused("-ldflags", format!("both kinds of quotes in {word}"))),
        }
    };
    words.iter().map(quoted).collect::<Result<Vec<_>>>().map(|words| words.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: &str = "-s -w -buildid= -extldflags";

    fn ldflags(goflags: &str, project: &[&str]) -> Vec<String> {
        let project: Vec<_> = project.iter().map(|flag| (*flag).to_owned()).collect();
        UserFlags::read(goflags)
            .unwrap()
            .ldflags(&project, &["-s", "-w", "-buildid="], "-s -Wl,-x")
            .unwrap()
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
        assert!(notes[1].starts_with("-buildmode=pie of GOFLAGS does not count: Python"));
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
        assert!(check_variable("CGO_LDFLAGS", "-O2 -g -lstatic -march=x86-64-v2").is_ok());
        for flag in ["-static", "-march=native", "-Wl,-r", "-shared"] {
            let failure = check_variable("CGO_CFLAGS", &format!("-O2 {flag}")).unwrap_err();
            assert!(failure.found.starts_with(flag), "{failure}");
            assert_eq!(failure.help, "remove that flag from CGO_CFLAGS");
        }
    }
}
