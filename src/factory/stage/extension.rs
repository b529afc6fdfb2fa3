//! Extension: C, compiled and linked for one slice against its Go library.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::dll_loader::DllLoader;
use super::go_command::{TOOL_VARIABLES, deciding};
use super::{Binary, GeneratedSource, Library, PythonLibrary, WorkDir, linked};
use crate::audit::{self, BinaryFile};
use crate::error::{Failure, Kind, Result};
use crate::factory::binding::{ExtensionModule, Linked};
use crate::factory::event::Stage;
use crate::factory::fingerprint::Hasher;
use crate::factory::flow::{Input, Io};
use crate::factory::store::{Bases, Found, FoundFile, MODULES, PROJECT, Saved};
use crate::process::{Call, Finished, write_atomically};
use crate::project::{Profile, Signature};
use crate::relative_path::file_name;
use crate::target::{Release, Slice};
use crate::toolchain::{Cc, Driver, Host};

/// C compilers accept these, but they cannot mean what was written.
const ERRORS: &[&str] = &[
    "-Werror=implicit-function-declaration",
    "-Werror=incompatible-pointer-types",
    // Of Go's `char*`, a signature may say that Python's `const char*` is passed to it.
    "-Wno-incompatible-pointer-types-discards-qualifiers",
    "-Werror=int-conversion",
];

/// How the messages begin that cffi_source.py adds to the C for types and constants.
const CLAIM: &str = "signatures: ";

/// The version script of an extension that contains its library, and what stays visible.
const EXPORTS: &str = "exports.map";
const VISIBLE: &str = "{ global: PyInit*; local: *; };\n";

/// The source of what loads the library.
const LOADER: &str = "pygo-loader.c";

const FLAGS: &[&str] = &["-fPIC", "-fvisibility=hidden", "-DNDEBUG"];

/// Builds an extension module for one slice.
pub(in crate::factory) struct Compile<'a> {
    pub(in crate::factory) extension: ExtensionModule<'a>,
    /// Flags of its own, for the ABI of Python that it is for.
    pub(in crate::factory) flags: &'static [&'static str],
    pub(in crate::factory) source: Arc<GeneratedSource>,
    pub(in crate::factory) library: Arc<Library>,
    /// The names of the functions that Go exports.
    pub(in crate::factory) exports: Vec<String>,
    /// What Python's symbols are linked to, where a linker has to know.
    pub(in crate::factory) python: Option<PythonLibrary>,
    /// The directory of the Go package: cgo's header includes what the preamble includes there.
    pub(in crate::factory) go_dir: PathBuf,
    pub(in crate::factory) slice: Slice,
    /// The system release to build for.
    pub(in crate::factory) minimum: Release,
    pub(in crate::factory) cc: &'a Cc,
    pub(in crate::factory) driver: Driver,
    pub(in crate::factory) host: &'a Host,
    pub(in crate::factory) profile: Profile,
    /// The inherited variables that the compiler reacts to.
    pub(in crate::factory) environment: BTreeMap<String, String>,
    /// The project's configuration, as messages name it.
    pub(in crate::factory) config_file: String,
    pub(in crate::factory) dir: WorkDir,
}

impl Compile<'_> {
    /// Everything that can change the output but the environment.
    fn feed_rest(&self, into: &mut Hasher) -> Result<()> {
        let Self { extension, source, library, slice, minimum, cc, .. } = self;
        let Self { profile: _, driver: _, host: _, config_file: _, dir: _, .. } = self;
        into.value("flags", &self.flags())?;
        into.value("python", &self.python)?;
        into.value("loader", &self.loader()?)?;
        // Their paths are of this machine; what is in them decides.
        let dir = self.go_dir.to_string_lossy();
        let place = |flag: &String| library.bases.without_places(flag).replace(&*dir, ".");
        let preamble: Vec<_> = library.preamble_flags.iter().map(place).collect();
        into.value("preamble flags", &preamble)?;
        let link: Vec<_> = library.link.flags.iter().map(place).collect();
        into.value("link flags", &(link, library.link.has_cxx))?;
        for (number, file) in self.linked_files().enumerate() {
            into.file(&format!("linked {number}"), file)?;
        }
        into.value("headers", &extension.headers)?;
        into.value("slice", &(slice.name(), minimum))?;
        into.value("compiler", &cc.found.fingerprint())?;
        into.file("source", &source.file)?;
        into.file("header", &library.header)?;
        into.value("library", &library.digest()?)
    }

    fn file_name(&self) -> &str {
        file_name(&self.extension.path)
    }

    fn flags(&self) -> Vec<String> {
        let symbols = match self.profile {
            Profile::Release => &["-s"][..],
            Profile::Debug if self.slice.os.links_debug_information() => &["-g"],
            // The linker would name the object files, which are gone by then.
            Profile::Debug => &["-Wl,-S"],
        };
        let own = self.slice.extension_c_flags().iter().chain(self.flags);
        let fixed = symbols.iter().chain(FLAGS).chain(own).chain(ERRORS);
        let os = self.slice.os;
        let link = match &self.extension.linked {
            Linked::Library { dir } => os.extension_flags(self.file_name(), Some(dir)),
            Linked::Archive | Linked::Go => {
                let flags = os.extension_flags(self.file_name(), None);
                flags.into_iter().chain(os.archive_flags(EXPORTS)).collect()
            }
        };
        fixed.map(|flag| (*flag).to_owned()).chain(link).collect()
    }

    /// The source and the library as arguments of the compiler, and what follows them. `loader` is
    /// the source of what loads the library instead, and `python` what defines Python's symbols.
    fn inputs(&self, loader: Option<&Path>, python: Option<&Path>) -> Vec<OsString> {
        let Library { binary, link, .. } = &*self.library;
        // By its path: zig takes `-lc`, `-lm`, `-lutil` and the like for parts of libc.
        let [source, library] =
            [&self.source.file, loader.unwrap_or(binary)].map(|file| file.as_os_str().to_owned());
        let mut inputs = match link.has_cxx {
            false => vec![source, library],
            // The C++ compiler would take it for C++.
            true => vec!["-x".into(), "c".into(), source, "-x".into(), "none".into(), library],
        };
        inputs.extend(link.flags.iter().map(OsString::from));
        inputs.extend(python.map(OsString::from));
        inputs
    }

    /// What makes the module load its library, where no loader of the system finds it: flags for
    /// its own source, and more source.
    fn loader(&self) -> Result<Option<([String; 2], String)>> {
        let Linked::Library { dir } = &self.extension.linked else { return Ok(None) };
        if self.slice.os.has_rpaths() {
            return Ok(None);
        }
        let doing = format!("reading the exports of {}", self.library.binary.display());
        let file = linked::opened(&self.library.binary, "go", &doing)?;
        let read = BinaryFile::read("", &file);
        let Ok(Some(BinaryFile { binary: audit::Binary::Pe(pe), .. })) = read else {
            return Err(Failure::build(doing, "it is not a DLL", "report this bug"));
        };
        let names: BTreeSet<_> = self.exports.iter().map(String::as_str).collect();
        let has = |name: &&str| pe.exports.hashes().contains(&audit::exports::hash(name));
        let functions: Vec<_> = names.into_iter().filter(has).collect();
        let file = self.library.binary.file_name().unwrap_or_default().to_string_lossy();
        let path = format!("{dir}/{file}");
        let module = self.extension.module.last();
        let loader = DllLoader { path: &path, module, functions: &functions };
        Ok(Some((loader.flags(), loader.text())))
    }

    /// The files among the flags for the linker.
    fn linked_files(&self) -> impl Iterator<Item = &Path> {
        self.library.link.flags.iter().map(Path::new).filter(|path| path.is_file())
    }

    /// The flags that keep paths of the build machine out of the binary: `__FILE__`, and debug
    /// information.
    fn prefix_maps(&self, headers: &Path) -> Vec<String> {
        let of_compiler = self.driver.headers.as_deref().map(|dir| (dir, "/_/cc"));
        let source = self.source.file.parent().map(|dir| (dir, "/_/cffi"));
        let rest =
            [(headers, "/_/python"), (&*self.go_dir, "/_/go"), (&*self.library.dir, "/_/cffi")];
        let bases = &self.library.bases;
        let places = [(PROJECT, "/_/project"), (MODULES, "/_/mod")];
        let places = places.into_iter().filter_map(|(base, name)| Some((bases.get(base)?, name)));
        // Of two that match, the last counts.
        let maps = of_compiler.into_iter().chain(source).chain(places).chain(rest);
        let flag = |(dir, name): (&Path, _)| format!("-ffile-prefix-map={}={name}", dir.display());
        maps.map(flag).collect()
    }
}

impl Input for Compile<'_> {
    const STAGE: Stage = Stage::Extension;
    type Output = Binary;

    fn feed(&self, into: &mut Hasher) -> Result<()> {
        into.value("environment", &self.environment)?;
        self.feed_rest(into)
    }

    /// # Errors
    /// The compiler's message; where a signature contradicts the header that cgo wrote, both.
    fn run(self, io: &Io<'_>) -> Result<Binary> {
        let doing = format!("building {} for {}", self.extension.module, self.slice.name());
        let headers = self.host.cache.files("abi3", self.extension.headers, false)?;
        let library_dir = &self.library.dir;
        let file = library_dir.join(self.file_name());
        // Modules for other ABIs of Python are linked there as well.
        write_atomically(&library_dir.join(EXPORTS), VISIBLE.as_bytes())
            .map_err(|error| Failure::io(&doing, &error))?;
        let (loader_flags, loader) = match self.loader()? {
            None => (None, None),
            Some((flags, text)) => {
                let file = library_dir.join(LOADER);
                fs_err::write(&file, text).map_err(|error| Failure::io(&doing, &error))?;
                (Some(flags), Some(file))
            }
        };
        let python = self.python.as_ref();
        let python =
            python.map(|python| python.file((self.host, &self.driver), &doing)).transpose()?;
        let compiler = if self.library.link.has_cxx { &self.driver.cxx } else { &self.driver.cc };
        let finished = Call::new(&self.host.environment, self.cc.name(), compiler, &doing)
            .without_host_libraries()
            .args([&headers, library_dir, &self.go_dir].map(|dir| format!("-I{}", dir.display())))
            .args(self.flags())
            .args(loader_flags.into_iter().flatten())
            .args(self.prefix_maps(&headers))
            .args(&self.library.preamble_flags)
            .args(["-o".as_ref(), file.as_os_str()])
            .args(self.inputs(loader.as_deref(), python.as_deref()))
            .envs(self.dir.env())
            .envs(self.driver.env.clone())
            .dir(library_dir)
            .log(io.log)
            .finish()?;
        if !finished.status.success() {
            return Err(self.explain(&finished));
        }
        linked::library(&file, self.cc.name(), &doing, self.slice)?;
        Ok(Binary { path: self.extension.path, file, reads: self.library.reads.clone() })
    }

    fn key(&self, into: &mut Hasher) -> Result<bool> {
        if self.library.reads.is_none() {
            return Ok(false);
        }
        into.value("compiler itself", &self.host.cache.digest_of(&self.cc.found.path)?)?;
        into.value("path", &self.extension.path)?;
        into.value("variables", &self.host.environment.select(TOOL_VARIABLES))?;
        into.value("environment", &deciding(&self.environment))?;
        // Includes of the preamble are searched there as well.
        let bases = &self.library.bases;
        let flags = self.library.preamble_flags.iter().map(|flag| bases.without_places(flag));
        into.value("places", &flags.collect::<Vec<_>>())?;
        self.feed_rest(into)?;
        Ok(true)
    }

    fn tools(&self) -> Bases {
        self.library.bases.clone()
    }

    /// The header repeats the preamble, which may include what the library's C includes.
    fn save(binary: &Binary) -> Option<Saved> {
        let files = vec![Self::files(&binary.file)?];
        Some(Saved { files, value: serde_json::Value::Null, reads: binary.reads.clone()? })
    }

    fn restore(&self, found: Found) -> Result<Option<Binary>> {
        let file = self.library.dir.join(self.file_name());
        let [FoundFile { bytes, .. }] = &found.files[..] else { return Ok(None) };
        let doing = format!("reusing {} for {}", self.extension.module, self.slice.name());
        fs_err::write(&file, bytes).map_err(|error| Failure::io(&doing, &error))?;
        let reads = Some(found.reads);
        Ok(Some(Binary { path: self.extension.path.clone(), file, reads }))
    }
}

impl Compile<'_> {
    fn files(file: &Path) -> Option<(String, PathBuf)> {
        Some((file.file_name()?.to_string_lossy().into_owned(), file.to_owned()))
    }

    fn explain(&self, finished: &Finished) -> Failure {
        let code = finished.status.code().unwrap_or_default();
        if code > 128 {
            let name = self.cc.name();
            return finished.failure(
                Kind::Toolchain,
                format!("{name} crashed with exit code {code}\n{}", finished.last_words()),
                "run again; if it repeats, try another version of it (see `pygo doctor`)",
            );
        }
        let missing =
            |line: &&str| line.contains("fatal error:") && line.contains("file not found");
        if let Some(line) = finished.stderr.lines().find(missing) {
            return finished.failure(
                Kind::Build,
                format!("a header of the Go preamble is missing:\n{line}"),
                "cgo's header repeats the comment above `import \"C\"`: name the header's directory \
                 in `include-dirs`, or there: `#cgo CFLAGS: -I${SRCDIR}/include`",
            );
        }
        let c_file = self.source.file.to_string_lossy();
        // What Go would have linked: its packages' flags are at fault, not the signatures.
        if self.extension.linked == Linked::Archive && !finished.stderr.contains(&*c_file) {
            let failure = finished.failure(
                Kind::Build,
                finished.last_words(),
                "with `link` = \"static\" the flags of all `#cgo LDFLAGS` lines link the extension: \
                 correct them for this target, or remove `link`",
            );
            return self.library.link.requests.complete(failure, &finished.stderr);
        }
        // Elsewhere a linker leaves that to the audit, or finds it in the library.
        if let Some(name) = undefined(&finished.stderr)
            && !self.slice.os.libraries_pass_names_on()
        {
            let help = format!(
                "on {} a library exports only what is marked `//export`: call `{name}` from such a \
                 Go function, remove it from the signatures, or write `link = \"static\"`",
                self.slice.os.release_of
            );
            let found = format!("the Go library does not export `{name}`, which a signature needs");
            return finished.failure(Kind::Build, found, help);
        }
        let errors: Vec<_> = finished
            .stderr
            .lines()
            .filter(|line| line.contains("error:"))
            .map(|line| line.strip_prefix(&*c_file).unwrap_or(line).trim_start_matches(':'))
            .map(|line| line.split_once(CLAIM).map_or(line, |(_, claim)| claim.trim_matches('"')))
            .take(5)
            .collect();
        let mut found = if errors.is_empty() { finished.last_words() } else { errors.join("\n") };
        // A function says more about the error than a type that it uses.
        let named = errors.iter().filter_map(|error| self.blamed(error));
        let (functions, others): (Vec<_>, Vec<_>) =
            named.partition(|(_, signature)| signature.prototype.is_some());
        if let Some((name, signature)) = functions.first().or(others.first()) {
            let exported = declaration(&self.library.header, name)
                .map(|text| format!("Go exports `{text}`\n"))
                .unwrap_or_default();
            let text = signature.text.split_whitespace().collect::<Vec<_>>().join(" ");
            let place =
                signature.place.as_ref().map_or(String::new(), |place| format!(" ({place})"));
            found = format!("the signature `{text}`{place} does not match:\n{exported}{found}");
        }
        let help = format!(
            "make the signatures in {} match the Go functions and C types",
            self.config_file
        );
        finished.failure(Kind::Build, found, help)
    }

    /// The signature that the compiler's `error` is about, and the name that it declares.
    fn blamed(&self, error: &str) -> Option<(String, &Signature)> {
        let name = subject(&self.source.file, error)?;
        let declares = |signature: &&Signature| match &signature.prototype {
            Some(prototype) => prototype.name == name,
            None => signature.mentions(&name),
        };
        let signature = self.extension.signatures.iter().find(declares)?;
        Some((name, signature))
    }
}

/// The first symbol that a linker misses.
fn undefined(stderr: &str) -> Option<&str> {
    let (_, rest) = stderr.split_once("undefined symbol: ")?;
    rest.split_whitespace().next()
}

/// What cffi's C is about where the compiler's `error` (`LINE:COLUMN: ...`) is: the name of a
/// function, variable, constant or type, which is part of the names of its own functions.
fn subject(c_file: &Path, error: &str) -> Option<String> {
    const KINDS: &[&str] =
        &["d_", "f_", "var_", "const_", "checkfld_struct_", "checkfld_union_", "checkfld_typedef_"];
    let line: usize = error.split(':').next()?.parse().ok()?;
    let text = fs_err::read_to_string(c_file).ok()?;
    let before: Vec<&str> = text.lines().take(line).collect();
    let starts =
        |line: &&&str| !line.starts_with([' ', '{', '}', '#', '/']) && line.contains("_cffi_");
    let (_, name) = before.iter().rev().find(starts)?.split_once("_cffi_")?;
    let name = KINDS.iter().find_map(|kind| name.strip_prefix(kind))?;
    Some(name.split('(').next()?.trim().to_owned())
}

/// What cgo's header declares as `name`, on one line.
fn declaration(header: &Path, name: &str) -> Option<String> {
    let text = fs_err::read_to_string(header).ok()?;
    let line = text.lines().find(|line| line.contains(&format!(" {name}(")))?;
    Some(line.trim_start_matches("extern ").trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_linker_names_what_it_misses() {
        let stderr = "error: lld-link: undefined symbol: add_one\n    note: referenced by \
                      /tmp/_x.obj:_cffi_f_add_one\nerror: lld-link: undefined symbol: other\n";
        assert_eq!(undefined(stderr), Some("add_one"));
        assert_eq!(undefined("x.c:1:2: error: use of undeclared identifier 'y'"), None);
    }
}
