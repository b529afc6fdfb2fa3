//! The headers and libraries of the configuration where a part is built, after its commands ran.
//!
//! Input: the keys, the directory of the project or of its copy, and a slice. Output: a [`FoundC`]
//! whose directories exist and whose libraries are for the slice, or which one is not.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::cgo_packages::CgoPackage;
use super::go_failure::NO_PKG_CONFIG;
use super::go_flags::broken;
use super::preamble_flags::Variables;
use crate::audit::static_library;
use crate::error::{Failure, Kind, Result};
use crate::process::Call;
use crate::project::{CInputs, CLibrary, is_outside};
use crate::relative_path::clean;
use crate::target::{Machine, Slice};

/// What C code is compiled and linked with. Paths are absolute.
#[derive(Debug, Clone, Default)]
pub(in crate::factory) struct FoundC {
    /// The same as the author wrote it, for fingerprints.
    pub(super) named: CInputs,
    pub(super) include_dirs: Vec<PathBuf>,
    pub(super) library_dirs: Vec<PathBuf>,
    /// The files to link, and flags for those of the system.
    linked: Vec<String>,
    pkg_config_dirs: Vec<PathBuf>,
    /// Whether pkg-config finds nothing of this machine.
    is_isolated: bool,
}

/// Flags with absolute paths.
#[derive(Debug, Clone, Default)]
pub(super) struct CFlags {
    /// For a compiler.
    pub(super) compile: Vec<String>,
    /// For a linker, behind all that need them.
    pub(super) link: Vec<String>,
}

/// Where a part is built.
#[derive(Debug, Clone, Copy)]
pub(in crate::factory) struct Site<'a> {
    /// The project.
    pub(in crate::factory) project: &'a Path,
    /// The project, or its copy.
    pub(in crate::factory) root: &'a Path,
    pub(in crate::factory) slice: Slice,
}

impl Site<'_> {
    /// The place of `path`. A copy has nothing that is outside the project.
    fn place(&self, path: &Path) -> PathBuf {
        let root = if is_outside(path) { self.project } else { self.root };
        clean(&root.join(path))
    }

    fn doing(&self) -> String {
        format!("looking for the C libraries of {}", self.slice.name())
    }

    /// The existing directories among `dirs`, the values of `key`.
    fn dirs(&self, key: &str, dirs: &[PathBuf]) -> Result<Vec<PathBuf>> {
        let existing = |dir: &PathBuf| {
            let place = self.place(dir);
            if place.is_dir() {
                return Ok(place);
            }
            let why = if place.exists() { "is not a directory" } else { "does not exist" };
            Err(Failure::project(
                self.doing(),
                format!("the directory {} of `{key}` {why}", dir.display()),
                "correct the path, which is relative to the project, or create the directory with a \
                 command of `before`",
            ))
        };
        dirs.iter().map(existing).collect()
    }

    /// Checks that the library at `place`, which the configuration calls `name`, is for the slice.
    fn check(&self, name: &Path, place: &Path) -> Result<()> {
        let (slice, shown) = (self.slice, name.display());
        let help = |what: &str| {
            format!(
                "{what}, and name it for this target alone: [tool.pygo-tools.target.{}]. A command \
                 of `before` can build it with $CC and $AR",
                slice.name()
            )
        };
        if !place.is_file() {
            let why = if place.exists() { "is a directory" } else { "does not exist" };
            let help = help(&format!("build the library for {}", slice.name()));
            return Err(Failure::project(
                self.doing(),
                format!("{shown} of `libraries` {why}"),
                help,
            ));
        }
        let bytes = fs_err::read(place).map_err(|error| Failure::io(self.doing(), &error))?;
        let found = match static_library::machines(&bytes) {
            Err(why) => format!("{shown} of `libraries` is {why}"),
            Ok(machines) => {
                let is_own = |machine: &Machine| {
                    machine.format() == slice.os.format && slice.arch.machines.contains(machine)
                };
                if machines.is_empty() || machines.iter().any(is_own) {
                    return Ok(());
                }
                let all: Vec<_> = machines.into_iter().map(static_library::shown).collect();
                let all = all.join(" and ");
                format!("{shown} of `libraries` is {all}, not for {}", slice.name())
            }
        };
        Err(Failure::project(
            self.doing(),
            found,
            help(&format!("build a static library for {}", slice.name())),
        ))
    }
}

impl FoundC {
    /// Finds what `named` names. With `is_isolated`, pkg-config finds nothing of this machine.
    ///
    /// # Errors
    /// A directory or file that is missing, or a library for something else.
    pub(in crate::factory) fn find(
        named: &CInputs,
        site: Site<'_>,
        is_isolated: bool,
    ) -> Result<Self> {
        let library_dirs = site.dirs("library-dirs", &named.library_dirs)?;
        let mut linked = Vec::new();
        for library in &named.libraries {
            let (shown, place) = match library {
                CLibrary::File(path) => (path.clone(), site.place(path)),
                CLibrary::Name(name) => {
                    let mut dirs = named.library_dirs.iter().zip(&library_dirs);
                    let found = dirs.find_map(|(dir, place)| {
                        let file = static_file(place, name)?;
                        Some((dir.join(&file), place.join(&file)))
                    });
                    let Some(found) = found else {
                        linked.push(format!("-l{name}"));
                        continue;
                    };
                    found
                }
            };
            site.check(&shown, &place)?;
            linked.push(place.display().to_string());
        }
        Ok(Self {
            named: named.clone(),
            include_dirs: site.dirs("include-dirs", &named.include_dirs)?,
            pkg_config_dirs: site.dirs("pkg-config-dirs", &named.pkg_config_dirs)?,
            library_dirs,
            linked,
            is_isolated,
        })
    }

    /// Whether a package of pkg-config counts, which may name any file.
    pub(super) fn has_packages(&self) -> bool {
        !self.named.pkg_config.is_empty()
    }

    /// All flags; `call` starts pkg-config in the directory `dir`.
    ///
    /// # Errors
    /// pkg-config's message, or a flag of it that breaks a library.
    pub(super) fn flags(
        &self,
        variables: &Variables<'_>,
        dir: &Path,
        call: impl Fn(&Path) -> Call,
    ) -> Result<CFlags> {
        let mut flags = CFlags { compile: self.compile_flags(), link: self.link_flags() };
        // Wheels must not depend on where a checkout is, so `__FILE__` in a header must not either.
        let maps = self.include_dirs.iter().enumerate();
        let maps = maps.map(|(at, dir)| format!("-ffile-prefix-map={}=/_/{at}", dir.display()));
        flags.compile.extend(maps);
        if !self.has_packages() {
            return Ok(flags);
        }
        let packages = CgoPackage::with_pkg_config(&self.named.pkg_config);
        let call = |exe: &Path| self.isolated(call(exe));
        let printed = |option| {
            let printed = packages.pkg_config(option, variables, dir, call);
            printed.map_err(|failure| self.explained(failure))
        };
        let (compile, link) = (printed("--cflags")?, printed("--libs")?);
        if let Some((flag, reason)) = [&compile, &link].into_iter().find_map(|words| broken(words))
        {
            return Err(Failure::project(
                format!("asking pkg-config for {}", self.named.pkg_config.join(", ")),
                format!("it printed {flag}: {reason}"),
                "remove that flag from the .pc file",
            ));
        }
        let mut dirs = self.library_dirs.clone();
        dirs.extend(link.iter().filter_map(|flag| Some(dir.join(flag.strip_prefix("-L")?))));
        // A shared library next to the static one would not be in the wheel.
        let static_one = |flag: &str| {
            let name = flag.strip_prefix("-l")?;
            dirs.iter()
                .find_map(|dir| Some(dir.join(static_file(dir, name)?).display().to_string()))
        };
        flags.compile.extend(compile);
        flags.link.extend(link.into_iter().map(|flag| static_one(&flag).unwrap_or(flag)));
        Ok(flags)
    }

    /// A `failure` of pkg-config, with what to do about it.
    fn explained(&self, failure: Failure) -> Failure {
        if failure.kind == Kind::Toolchain {
            let found = format!("`pkg-config` needs a program:\n{}", failure.found);
            return Failure { found, help: NO_PKG_CONFIG.to_owned(), ..failure };
        }
        let dirs: Vec<_> = self.named.pkg_config_dirs.iter().map(|dir| dir.display()).collect();
        let help = match dirs.as_slice() {
            [] => "name the directory with the .pc files in `pkg-config-dirs`: packages of this \
                   machine count only for the target that is this machine"
                .to_owned(),
            _ => {
                let all = dirs.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
                format!("put the .pc file, and those that it requires, into {all}")
            }
        };
        Failure { help, ..failure }
    }

    /// The flags of the configuration itself for a compiler.
    pub(super) fn compile_flags(&self) -> Vec<String> {
        self.include_dirs.iter().map(|dir| format!("-I{}", dir.display())).collect()
    }

    /// Those for a linker, behind all that need them.
    pub(super) fn link_flags(&self) -> Vec<String> {
        let dirs = self.library_dirs.iter().map(|dir| format!("-L{}", dir.display()));
        self.linked.iter().cloned().chain(dirs).collect()
    }

    /// `call`, in which pkg-config finds packages in the directories of the key alone.
    pub(super) fn isolated(&self, call: Call) -> Call {
        if self.pkg_config_dirs.is_empty() && !self.is_isolated {
            return call;
        }
        let dirs = std::env::join_paths(&self.pkg_config_dirs).unwrap_or_else(|_| OsString::new());
        let call = call.envs([(LIBDIR, dirs)]);
        match self.pkg_config_dirs.is_empty() {
            // PATH is of the user, who knows what is there.
            true => call,
            false => call.without_envs([PATH, "PKG_CONFIG_SYSROOT_DIR"]),
        }
    }
}

/// The variable that replaces the directories in which pkg-config looks.
pub(in crate::factory) const LIBDIR: &str = "PKG_CONFIG_LIBDIR";

/// The variable with directories before them.
const PATH: &str = "PKG_CONFIG_PATH";

/// The name of the file of the static library `name` in `dir`.
fn static_file(dir: &Path, name: &str) -> Option<String> {
    let files = [format!("lib{name}.a"), format!("{name}.lib")];
    files.into_iter().find(|file| dir.join(file).is_file())
}

#[cfg(test)]
mod tests {
    use fs_err as fs;

    use super::*;
    use crate::target::{LINUX, X86_64};
    use crate::test_builders::{ElfBuilder, MachoBuilder};

    /// A project with a few files, and a copy that a command has completed.
    fn find(named: CInputs) -> Result<FoundC> {
        let dir = tempfile::tempdir().unwrap();
        let put = |path: &str, bytes: &[u8]| {
            let path = dir.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        };
        put("p/inc/x.h", b"");
        put("shared/y.h", b"");
        put("copy/p/inc/x.h", b"");
        put("copy/p/lib/libx.a", &ElfBuilder::library("x").build());
        put("copy/p/lib/arm.a", &ElfBuilder::library("x").aarch64().build());
        put("copy/p/lib/mac.a", &MachoBuilder::x86_64().build());
        put("copy/p/lib/liby.a", b"INPUT(liby.so)");
        let (project, root) = (dir.path().join("p"), dir.path().join("copy/p"));
        let slice = Slice::new(LINUX, X86_64);
        let mut found =
            FoundC::find(&named, Site { project: &project, root: &root, slice }, false)?;
        let short = |text: &mut String| {
            *text = text.replace(&dir.path().display().to_string(), "");
        };
        found.linked.iter_mut().for_each(short);
        for place in found.include_dirs.iter_mut().chain(&mut found.library_dirs) {
            *place = Path::new("/").join(place.strip_prefix(dir.path()).unwrap());
        }
        Ok(found)
    }

    fn paths(texts: &[&str]) -> Vec<PathBuf> {
        texts.iter().map(PathBuf::from).collect()
    }

    #[test]
    fn what_a_command_made_is_found_in_the_copy_and_the_rest_around_the_project() {
        let found = find(CInputs {
            include_dirs: paths(&["inc", "../shared", ""]),
            library_dirs: paths(&["inc", "lib"]),
            libraries: vec![
                CLibrary::Name("x".into()),
                CLibrary::Name("m".into()),
                CLibrary::File("lib/libx.a".into()),
            ],
            ..CInputs::default()
        })
        .unwrap();
        assert_eq!(found.compile_flags(), ["-I/copy/p/inc", "-I/shared", "-I/copy/p"]);
        assert_eq!(
            found.link_flags(),
            ["/copy/p/lib/libx.a", "-lm", "/copy/p/lib/libx.a", "-L/copy/p/inc", "-L/copy/p/lib"]
        );
    }

    #[test]
    fn what_is_missing_or_for_something_else_is_named() {
        let library = |file: &str| {
            let libraries = vec![CLibrary::File(file.into())];
            find(CInputs { libraries, ..CInputs::default() })
        };
        for (file, wanted) in [
            ("lib/no.a", "lib/no.a of `libraries` does not exist"),
            ("lib", "lib of `libraries` is a directory"),
            ("lib/arm.a", "lib/arm.a of `libraries` is ELF for aarch64, not for linux-amd64"),
            ("lib/mac.a", "lib/mac.a of `libraries` is Mach-O for x86_64, not for linux-amd64"),
            ("lib/liby.a", "lib/liby.a of `libraries` is not a static library or object file"),
        ] {
            let failure = library(file).unwrap_err();
            assert_eq!(failure.found, wanted);
            assert!(failure.help.contains("[tool.pygo-tools.target.linux-amd64]"), "{failure}");
        }
        for (dir, wanted) in [
            ("absent", "the directory absent of `include-dirs` does not exist"),
            ("inc/x.h", "the directory inc/x.h of `include-dirs` is not a directory"),
            ("../p/absent", "the directory ../p/absent of `include-dirs` does not exist"),
        ] {
            let inputs = CInputs { include_dirs: paths(&[dir]), ..CInputs::default() };
            assert_eq!(find(inputs).unwrap_err().found, wanted);
        }
        let libraries = CInputs {
            library_dirs: paths(&["lib"]),
            libraries: vec![CLibrary::Name("y".into())],
            ..CInputs::default()
        };
        let found = find(libraries).unwrap_err().found;
        assert_eq!(found, "lib/liby.a of `libraries` is not a static library or object file");
    }
}
