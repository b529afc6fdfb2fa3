//! Signatures: whether they have the types of cgo's header on one slice, where no extension is
//! compiled with it.
//!
//! Input: the comparison in C, and the library with its header. Output: nothing but a success.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use serde_json::Value;

use super::go_command::{TOOL_VARIABLES, deciding};
use super::{Library, WorkDir};
use crate::error::{Failure, Kind, Result};
use crate::factory::event::Stage;
use crate::factory::fingerprint::Hasher;
use crate::factory::flow::{Input, Io};
use crate::factory::store::{Bases, Found, Reads, Saved};
use crate::process::Call;
use crate::project::{Comparison, ModuleName, SignatureVerdict};
use crate::target::{Release, Slice};
use crate::toolchain::{Cc, Driver, Host};

/// The name of the C file.
const SOURCE: &str = "signatures.c";

/// Compares the signatures of one module with the header of its library.
pub(in crate::factory) struct CompareSignatures<'a> {
    pub(in crate::factory) comparison: Comparison,
    pub(in crate::factory) module: &'a ModuleName,
    /// What messages call this.
    pub(in crate::factory) doing: String,
    pub(in crate::factory) library: Arc<Library>,
    /// The directory of the Go package: cgo's header includes what the preamble includes there.
    pub(in crate::factory) go_dir: PathBuf,
    pub(in crate::factory) slice: Slice,
    /// The system release to build for.
    pub(in crate::factory) minimum: Release,
    pub(in crate::factory) cc: &'a Cc,
    pub(in crate::factory) driver: Driver,
    pub(in crate::factory) host: &'a Host,
    /// The inherited variables that the compiler reacts to.
    pub(in crate::factory) environment: BTreeMap<String, String>,
    /// The project's configuration, as messages name it.
    pub(in crate::factory) config_file: String,
    pub(in crate::factory) dir: WorkDir,
}

/// Signatures that agree with Go's header.
#[derive(Debug)]
pub(in crate::factory) struct Compared {
    reads: Option<Reads>,
}

impl CompareSignatures<'_> {
    /// Everything that decides the answer but the environment.
    fn feed_rest(&self, into: &mut Hasher) -> Result<()> {
        let Self { comparison, library, slice, minimum, cc, .. } = self;
        into.value("comparison", &(self.module.as_str(), comparison))?;
        let dir = self.go_dir.to_string_lossy();
        let place = |flag: &String| library.bases.without_places(flag).replace(&*dir, ".");
        let preamble: Vec<_> = library.preamble_flags.iter().map(place).collect();
        into.value("preamble flags", &preamble)?;
        into.value("slice", &(slice.name(), minimum))?;
        into.value("compiler", &cc.found.fingerprint())?;
        into.file("header", &library.header)
    }
}

impl Input for CompareSignatures<'_> {
    const STAGE: Stage = Stage::Signatures;
    type Output = Compared;

    fn feed(&self, into: &mut Hasher) -> Result<()> {
        into.value("environment", &self.environment)?;
        self.feed_rest(into)
    }

    /// # Errors
    /// Every function whose types differ, with both types.
    fn run(self, io: &Io<'_>) -> Result<Compared> {
        let doing = &self.doing;
        let source = self.dir.own.join(SOURCE);
        fs_err::write(&source, &self.comparison.source)
            .map_err(|error| Failure::io(doing, &error))?;
        let includes = [&self.library.dir, &self.go_dir];
        let finished = Call::new(&self.host.environment, self.cc.name(), &self.driver.cc, doing)
            .without_host_libraries()
            .args(["-w", "-c"])
            .args(includes.map(|dir| format!("-I{}", dir.display())))
            .args(&self.library.preamble_flags)
            .args(["-o".as_ref(), self.dir.own.join("signatures.o").as_os_str()])
            .args([&source])
            .envs(self.dir.env())
            .envs(self.driver.env.clone())
            .dir(&self.dir.own)
            .log(io.log)
            .finish()?;
        let has_errors = finished.stderr.contains("error:");
        match self.comparison.verdict(&source.to_string_lossy(), &finished.stderr) {
            SignatureVerdict::Different(found) => Err(finished.failure(
                Kind::Build,
                found,
                format!(
                    "make the signatures in {} match Go: `pygo signatures` prints them; in this mode \
                     Python passes the bytes that they declare",
                    self.config_file
                ),
            )),
            SignatureVerdict::Unknown(error) => {
                let dir = format!("{}/", self.dir.own.display());
                io.note(&format!(
                    "the signatures of {} were not compared with Go's header for {}, which the C \
                     compiler cannot read: {}",
                    self.module,
                    self.slice.name(),
                    error.replace(&dir, "")
                ));
                Ok(Compared { reads: self.library.reads.clone() })
            }
            // Then it compared nothing.
            SignatureVerdict::Same if !finished.status.success() && !has_errors => {
                let found = format!(
                    "{} failed without an error in the code\n{}",
                    self.cc.name(),
                    finished.last_words()
                );
                let help = "run again; if it repeats, try another version of it (see `pygo doctor`)";
                Err(finished.failure(Kind::Toolchain, found, help))
            }
            SignatureVerdict::Same => Ok(Compared { reads: self.library.reads.clone() }),
        }
    }

    fn key(&self, into: &mut Hasher) -> Result<bool> {
        if self.library.reads.is_none() {
            return Ok(false);
        }
        into.value("compiler itself", &self.host.cache.digest_of(&self.cc.found.path)?)?;
        into.value("variables", &self.host.environment.select(TOOL_VARIABLES))?;
        into.value("environment", &deciding(&self.environment))?;
        self.feed_rest(into)?;
        Ok(true)
    }

    fn tools(&self) -> Bases {
        self.library.bases.clone()
    }

    /// The header repeats the preamble, which may include what the library's C includes.
    fn save(compared: &Compared) -> Option<Saved> {
        Some(Saved { files: Vec::new(), value: Value::Null, reads: compared.reads.clone()? })
    }

    fn restore(&self, found: Found) -> Result<Option<Compared>> {
        Ok(Some(Compared { reads: Some(found.reads) }))
    }
}
