//! The bill of materials of a wheel: every Go binary in it and the modules each was built from.
//!
//! CycloneDX 1.6 JSON, in the place that PEP 770 gives it. It has no time and no random serial
//! number, so the same sources give the same bytes.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::{Value, json};

use crate::audit::go_build_info::Module;
use crate::audit::{BinaryFacts, GoBuildInfo};
use crate::project::Part;
use crate::target::OSES;
use crate::wheel::WheelName;

/// The document for the wheel `name`, which has `parts` and `binaries`; `None` if Go built none of
/// them.
pub(super) fn sbom(name: &WheelName, parts: &[Part], binaries: &[BinaryFacts]) -> Option<Vec<u8>> {
    let mut modules: BTreeMap<String, Value> = BTreeMap::new();
    let mut built = Vec::new();
    let mut dependencies = Vec::new();
    for binary in binaries.iter().filter(|binary| !binary.go.is_empty()) {
        // A fat binary has an image for each architecture.
        let used = binary.go.iter().flat_map(components);
        let mut purls = BTreeSet::new();
        for (purl, component) in used {
            purls.insert(purl.clone());
            modules.insert(purl, component);
        }
        let reference = format!("binary:{}", binary.path);
        let part = part_of(binary, parts);
        let is_program = part.is_some_and(|part| part.program().is_some());
        let what = if is_program { "application" } else { "library" };
        let mut component = json!({ "type": what, "bom-ref": reference, "name": binary.path });
        if let Some(part) = part {
            component["properties"] = json!([{ "name": "pygo:part", "value": part.id }]);
        }
        built.push(component);
        dependencies.push(json!({ "ref": reference, "dependsOn": purls }));
    }
    if built.is_empty() {
        return None;
    }
    let (dist, version) = (name.dist.normalized(), name.version.to_string());
    let wheel = format!("pkg:pypi/{dist}@{version}");
    let binaries: Vec<_> = built.iter().map(|binary| binary["bom-ref"].clone()).collect();
    dependencies.insert(0, json!({ "ref": wheel, "dependsOn": binaries }));
    let document = json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": {
                "type": "library",
                "bom-ref": wheel,
                "name": dist,
                "version": version,
                "purl": wheel,
            },
            "tools": { "components": [{
                "type": "application",
                "name": "pygo",
                "version": env!("CARGO_PKG_VERSION"),
            }] },
        },
        "components": built.into_iter().chain(modules.into_values()).collect::<Vec<_>>(),
        "dependencies": dependencies,
    });
    let mut text = format!("{document:#}").into_bytes();
    text.push(b'\n');
    Some(text)
}

/// The part whose library or program `binary` is; in an editable wheel it has a directory above it.
fn part_of<'p>(binary: &BinaryFacts, parts: &'p [Part]) -> Option<&'p Part> {
    let is_of = |part: &&Part| OSES.iter().any(|os| part.is_go_binary(os, Path::new(&binary.path)));
    parts.iter().find(is_of)
}

/// The modules in a binary by their package URL, the standard library among them.
fn components(info: &GoBuildInfo) -> Vec<(String, Value)> {
    let version = go_version(info);
    let standard =
        Module { path: "std".to_owned(), version: version.to_owned(), ..Module::default() };
    std::iter::once(&standard).chain(&info.deps).map(component).collect()
}

fn go_version(info: &GoBuildInfo) -> &str {
    // Experiments follow the version: `go1.27.3 X:nocoverageredesign`.
    let version = info.go_version.split(' ').next().unwrap_or_default();
    version.strip_prefix("go").unwrap_or(version)
}

/// A module as it was built: its replacement, if another module replaces it. A replacement by a
/// directory has no version, and nobody else could look it up.
fn component(module: &Module) -> (String, Value) {
    let replacement = module.replace.as_deref().filter(|module| !module.version.is_empty());
    let built = replacement.unwrap_or(module);
    let purl = match built.version.as_str() {
        "" | "(devel)" => format!("pkg:golang/{}", built.path),
        version => format!("pkg:golang/{}@{}", built.path, version.replace('+', "%2B")),
    };
    let component = json!({
        "type": "library",
        "bom-ref": purl,
        "name": built.path,
        "version": built.version,
        "purl": purl,
    });
    (purl, component)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn module(path: &str, version: &str, replace: Option<Module>) -> Module {
        let (path, version) = (path.to_owned(), version.to_owned());
        Module { path, version, sum: String::new(), replace: replace.map(Box::new) }
    }

    #[test]
    fn a_replacement_by_a_directory_is_not_named() {
        let purl = |module: &Module| component(module).0;
        let local = module("example.com/a", "v1.0.0", Some(module("../../a", "", None)));
        assert_eq!(purl(&local), "pkg:golang/example.com/a@v1.0.0");
        let fork =
            module("example.com/a", "v1.0.0", Some(module("example.com/b", "v1.1.0+x", None)));
        assert_eq!(purl(&fork), "pkg:golang/example.com/b@v1.1.0%2Bx");
    }
}
