//! cffi source: signatures into C, the same for every target.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::Context;
use crate::error::{Failure, Kind, Result};
use crate::project::Extension;

/// The C source of one extension.
#[derive(Debug, Clone)]
pub(in crate::factory) struct CffiSource {
    /// The file.
    pub(in crate::factory) file: PathBuf,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Answer {
    Sources(Vec<String>),
    Error(BadSignature),
}

#[derive(Deserialize)]
struct BadSignature {
    module: String,
    signature: String,
    message: String,
}

/// Writes the C source of every extension of the project, in their order.
///
/// # Errors
/// [`Kind::Project`] naming the signature that cffi cannot parse.
pub(in crate::factory) fn cffi_source(
    context: &Context<'_>,
    log: &Path,
) -> Result<Vec<CffiSource>> {
    let doing = "turning the signatures into C with cffi";
    let project = &context.plan.project;
    let describe = |extension: &Extension| {
        let signatures: Vec<_> =
            extension.signatures.iter().map(|signature| &signature.text).collect();
        serde_json::json!({
            "module": extension.module.as_str(),
            "signatures": signatures,
            "preamble": format!("#include \"lib{}.h\"", project.library_of(extension).name),
        })
    };
    let task = serde_json::json!({
        "path": [&context.toolchain.cffi_dir],
        "extensions": project.extensions.iter().map(describe).collect::<Vec<_>>(),
    });
    let cache = &context.toolchain.host.cache;
    let script = cache.script("cffi_source.py", include_str!("../scripts/cffi_source.py"))?;
    let finished = context
        .toolchain
        .host
        .python
        .call(doing)
        .args([script])
        .envs(context.env()?)
        .input(task.to_string())
        .log(log)
        .finish()?;
    if !finished.status.success() {
        let help =
            "check the cffi that is installed, or leave it to pygo: without one it fetches its own";
        return Err(finished.failure(Kind::Toolchain, finished.last_words(), help));
    }
    let answer = serde_json::from_str(&finished.stdout).map_err(|error| {
        finished.failure(Kind::Toolchain, format!("cffi answered what cannot be read: {error}"), "")
    })?;
    let sources = match answer {
        Answer::Sources(sources) => sources,
        Answer::Error(bad) => {
            let found = format!("`{}`\n{}", bad.signature, bad.message.trim());
            return Err(Failure::project(
                format!(
                    "reading the signatures of {} in {}",
                    bad.module,
                    context.shown(&project.config_file)
                ),
                found,
                "write it as a C declaration that cffi knows: `char* Hello(char* message, int count);`",
            ));
        }
    };
    let dir = context.dir("cffi-source")?;
    let write = |(extension, source): (&Extension, String)| {
        // The base name alone, so that no path of this machine can get into the binary.
        let file = dir.join(format!("{}.c", extension.module));
        fs_err::write(&file, source).map_err(|error| Failure::io(doing, &error))?;
        Ok(CffiSource { file })
    };
    project.extensions.iter().zip(sources).map(write).collect()
}
