//! Source: cffi turns a part's declarations into the C of its extension, or into Python code in ABI
//! mode, the same for every target.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::{Value, json};

use super::WorkDir;
use crate::error::{Failure, Kind, Result};
use crate::factory::binding::CffiModule;
use crate::factory::event::Stage;
use crate::factory::fingerprint::Hasher;
use crate::factory::flow::{Input, Io};
use crate::factory::store::{Bases, Collector, Found as Kept, FoundFile, Reads, Saved};
use crate::toolchain::{Found, Host, is_binary};

const SCRIPT: &str = include_str!("../scripts/cffi_source.py");

/// Generates the source of one module.
pub(in crate::factory) struct Generate<'a> {
    pub(in crate::factory) module: CffiModule<'a>,
    /// The project's configuration, as messages name it.
    pub(in crate::factory) config_file: String,
    /// Its Python runs cffi.
    pub(in crate::factory) host: &'a Host,
    pub(in crate::factory) cffi: &'a Found,
    pub(in crate::factory) dir: WorkDir,
}

/// The source of one module, in C or Python.
#[derive(Debug, Clone)]
pub(in crate::factory) struct GeneratedSource {
    pub(in crate::factory) file: PathBuf,
    /// The files of cffi.
    reads: Option<Reads>,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Answer {
    Source(String),
    Error(AtFault),
    Refused(AtFault),
}

/// A declaration, and what cffi says about it.
#[derive(Deserialize)]
struct AtFault {
    signature: String,
    message: String,
}

impl Generate<'_> {
    /// The compiler gets the base name alone, so no path of this machine enters the binary.
    fn file(&self) -> PathBuf {
        let end = if self.module.preamble.is_some() { "c" } else { "py" };
        self.dir.own.join(format!("{}.{end}", self.module.module))
    }

    fn task(&self, path: &[&Path]) -> Value {
        let CffiModule { module, types, signatures, preamble } = &self.module;
        let own = signatures.iter().map(|signature| signature.text.as_str());
        let signatures: Vec<_> = types.iter().copied().chain(own).collect();
        json!({
            "path": path,
            "module": module.as_str(),
            "signatures": signatures,
            "preamble": preamble,
        })
    }

    fn at_fault(&self, doing: &str, declaration: AtFault, help: &str) -> Failure {
        let CffiModule { module, signatures, .. } = &self.module;
        let AtFault { signature, message } = declaration;
        let of_file = signatures.iter().find(|own| own.text == signature);
        let place = of_file.and_then(|own| own.place.as_deref());
        let place = place.map_or(String::new(), |place| format!(" ({place})"));
        Failure::project(
            format!("{doing} the signatures of {module} in {}", self.config_file),
            format!("`{signature}`{place}\n{}", message.trim()),
            help,
        )
    }

    /// What to write instead of a declaration that cffi parses, but generates no code for.
    fn instead_of(&self, declaration: &AtFault) -> &'static str {
        if self.module.preamble.is_some() {
            return "declare it in another way, or leave it out";
        }
        // ABI mode has no C code, which such functions would be a part of, and no compiler.
        if declaration.message.contains("extern_python") {
            "pass a function that `ffi.callback` makes, or set `binding = \"cffi\"`: `extern \
             \"Python\"` needs C code, which cffi's ABI mode does not generate"
        } else {
            "write the value, the size or all fields instead of `...`, or set `binding = \"cffi\"`: \
             cffi's ABI mode has no C compiler that could complete declarations"
        }
    }
}

impl Input for Generate<'_> {
    const STAGE: Stage = Stage::Source;
    type Output = GeneratedSource;

    fn feed(&self, into: &mut Hasher) -> Result<()> {
        let Self { module: _, config_file: _, host, cffi, dir: _ } = self;
        into.value("script", &SCRIPT)?;
        into.value("module", &self.task(&[]))?;
        into.value("python", &host.python.found.fingerprint())?;
        into.value("cffi", &cffi.fingerprint())
    }

    /// # Errors
    /// [`Kind::Project`] with the signature that cffi cannot parse, or not turn into source code.
    fn run(self, io: &Io<'_>) -> Result<GeneratedSource> {
        let doing = "turning the signatures into source code with cffi";
        let start = self.dir.clock();
        let help = "check the installed cffi, or uninstall it: pygo then downloads its own";
        let finished = self
            .host
            .python
            .call(doing)
            .args([self.host.cache.script("cffi_source.py", SCRIPT)?])
            .envs(self.dir.env())
            .input(self.task(&[&self.cffi.path]).to_string())
            .log(io.log)
            .run(Kind::Toolchain, help)?;
        let answer = serde_json::from_str(&finished.stdout).map_err(|error| {
            let found = format!("cannot read cffi's answer: {error}");
            finished.failure(Kind::Toolchain, found, "report this bug")
        })?;
        let source = match answer {
            Answer::Source(source) => source,
            Answer::Error(declaration) => {
                let help = "write a C declaration that cffi understands: `char* Hello(char* message, \
                            int count);`";
                return Err(self.at_fault("reading", declaration, help));
            }
            Answer::Refused(declaration) => {
                let help = self.instead_of(&declaration);
                return Err(self.at_fault("generating code for", declaration, help));
            }
        };
        let mut places = Collector::new(self.tools());
        places.stamp(&self.host.python.found.path);
        for name in ["", "cffi", "pycparser", "pycparser/ply"] {
            places.stamp(&self.cffi.path.join(name));
        }
        let reads = places.look(start);
        let file = self.file();
        fs_err::write(&file, source).map_err(|error| Failure::io(doing, &error))?;
        Ok(GeneratedSource { file, reads })
    }

    fn key(&self, into: &mut Hasher) -> Result<bool> {
        self.feed(into)?;
        Ok(is_binary(&self.host.python.found.path))
    }

    fn tools(&self) -> Bases {
        let cffi = Bases::default().tool("cffi", &self.cffi.path);
        cffi.tool("python", &self.host.python.found.path)
    }

    fn save(source: &GeneratedSource) -> Option<Saved> {
        let name = source.file.file_name()?.to_string_lossy().into_owned();
        Some(Saved {
            files: vec![(name, source.file.clone())],
            value: Value::Null,
            reads: source.reads.clone()?,
        })
    }

    fn restore(&self, found: Kept) -> Result<Option<GeneratedSource>> {
        let file = self.file();
        let [FoundFile { bytes, .. }] = &found.files[..] else { return Ok(None) };
        let doing = "reusing what cffi generated";
        fs_err::write(&file, bytes).map_err(|error| Failure::io(doing, &error))?;
        Ok(Some(GeneratedSource { file, reads: Some(found.reads) }))
    }
}
