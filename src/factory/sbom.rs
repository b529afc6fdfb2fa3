//! The bill of materials of a wheel: every Go binary in it, the modules each was built from with
//! their licences, the C files of the project, and the tools.
//!
//! CycloneDX 1.6 JSON, in the place that PEP 770 gives it. It has no time and no random serial
//! number, so the same sources give the same bytes.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde_json::{Value, json};

use super::licenses::{License, ModulePlaces, is_directory, of_module};
use crate::audit::go_build_info::Module;
use crate::audit::{BinaryFacts, GoBuildInfo};
use crate::error::{Failure, Result};
use crate::project::Part;
use crate::target::OSES;
use crate::wheel::{Digest, WheelName};

/// The name of Go's standard library among modules.
const STANDARD: &str = "std";

/// What a wheel was built from, besides what its binaries say.
#[derive(Debug, Default, Serialize)]
pub(super) struct Materials {
    /// The C compiler, if one was used: name and version.
    pub(super) compiler: Option<(String, String)>,
    /// The C files of the project that cgo may compile: name and SHA-256.
    pub(super) c_files: Vec<(String, String)>,
    /// The licence files of modules, by package URL.
    pub(super) licenses: BTreeMap<String, Vec<License>>,
}

impl Materials {
    /// What `binaries` were built from: with the C files `c_files`, if C takes part, and with modules
    /// in `places`.
    ///
    /// # Errors
    /// If a C file cannot be read.
    pub(super) fn collect(
        binaries: &[BinaryFacts],
        compiler: impl FnOnce() -> Result<(String, String)>,
        c_files: impl FnOnce() -> Vec<(String, PathBuf)>,
        places: ModulePlaces<'_>,
    ) -> Result<Self> {
        let infos = || binaries.iter().flat_map(|binary| &binary.go);
        // A program without C needs no compiler, and Go ignores C files then.
        let has_c = infos().any(|info| info.setting("CGO_ENABLED") == Some("1"));
        let mut licenses = BTreeMap::new();
        for module in infos().flat_map(|info| &info.deps) {
            let files = licenses.entry(purl(replaced(module)));
            files.or_insert_with(|| of_module(module, places));
        }
        licenses.retain(|_, files: &mut Vec<License>| !files.is_empty());
        if !has_c {
            return Ok(Self { licenses, ..Self::default() });
        }
        let digest = |(name, path): (String, PathBuf)| {
            let bytes = fs_err::read(path)
                .map_err(|error| Failure::io("listing the C files of the wheel", &error))?;
            Ok((name, Digest::of(&bytes).hex()))
        };
        let c_files = c_files().into_iter().map(digest).collect::<Result<_>>()?;
        Ok(Self { compiler: Some(compiler()?), c_files, licenses })
    }
}

/// The document for the wheel `name`, which has `parts` and `binaries`, built from `materials`;
/// `None` if Go built none of them.
pub(super) fn sbom(
    name: &WheelName,
    parts: &[Part],
    binaries: &[BinaryFacts],
    materials: &Materials,
) -> Option<Vec<u8>> {
    let mut modules: BTreeMap<String, Value> = BTreeMap::new();
    let mut built = Vec::new();
    let mut dependencies = Vec::new();
    for binary in binaries.iter().filter(|binary| !binary.go.is_empty()) {
        // A fat binary has an image for each architecture.
        let used = binary.go.iter().flat_map(components);
        let mut purls = BTreeSet::new();
        for (purl, mut component) in used {
            purls.insert(purl.clone());
            if let Some(files) = materials.licenses.get(&purl) {
                component["licenses"] = files.iter().map(license).collect();
            }
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
    let parts: Vec<_> = built.iter().map(|binary| binary["bom-ref"].clone()).collect();
    dependencies.insert(0, json!({ "ref": wheel, "dependsOn": parts }));
    let go: BTreeSet<_> = binaries.iter().flat_map(|binary| &binary.go).map(go_version).collect();
    let go = go.into_iter().map(|version| ("go", version));
    let compiler = materials.compiler.iter().map(|(name, version)| (&**name, &**version));
    let tool = |(name, version)| json!({ "type": "application", "name": name, "version": version });
    let own = std::iter::once(("pygo", env!("CARGO_PKG_VERSION")));
    let tools: Vec<_> = own.chain(go).chain(compiler).map(tool).collect();
    let c_files = materials.c_files.iter().map(|(file, sha256)| {
        json!({
            "type": "file",
            "bom-ref": format!("source:{file}"),
            "name": file,
            "hashes": [{ "alg": "SHA-256", "content": sha256 }],
        })
    });
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
            "tools": { "components": tools },
        },
        "components": built.into_iter().chain(modules.into_values()).chain(c_files).collect::<Vec<_>>(),
        "dependencies": dependencies,
    });
    let mut text = format!("{document:#}").into_bytes();
    text.push(b'\n');
    Some(text)
}

/// The modules in `binaries` that others can look up: package URLs with checksums as in go.sum. The
/// sources of a module that a directory replaces are the project's own.
pub(super) fn modules(binaries: &[BinaryFacts]) -> BTreeMap<String, String> {
    let infos = binaries.iter().flat_map(|binary| &binary.go);
    let is_own = |module: &&Module| module.replace.as_deref().is_some_and(is_directory);
    let modules = infos.flat_map(|info| &info.deps).filter(|module| !is_own(module)).map(replaced);
    modules.map(|module| (purl(module), module.sum.clone())).collect()
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
        Module { path: STANDARD.to_owned(), version: version.to_owned(), ..Module::default() };
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
    let built = replaced(module);
    let purl = purl(built);
    let mut component = json!({
        "type": "library",
        "bom-ref": purl,
        "name": built.path,
        "version": built.version,
        "purl": purl,
    });
    if built.path == STANDARD {
        // Its source is Go's own.
        component["licenses"] = json!([{ "license": { "id": "BSD-3-Clause" } }]);
    }
    if !built.sum.is_empty() {
        component["properties"] = json!([{ "name": "pygo:go.sum", "value": built.sum }]);
    }
    (purl, component)
}

/// The module that was built in the place of `module`.
fn replaced(module: &Module) -> &Module {
    module.replace.as_deref().filter(|module| !is_directory(module)).unwrap_or(module)
}

/// The package URL of a module.
fn purl(module: &Module) -> String {
    match module.version.as_str() {
        "" | "(devel)" => format!("pkg:golang/{}", module.path),
        version => format!("pkg:golang/{}@{}", module.path, version.replace('+', "%2B")),
    }
}

/// A licence file, with its text: most licences require it with binaries.
fn license(file: &License) -> Value {
    let (key, value) = file.id.map_or(("name", file.file.as_str()), |id| ("id", id));
    json!({ "license": {
        key: value,
        "text": { "contentType": "text/plain", "content": file.text },
    } })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn module(path: &str, version: &str, replace: Option<Module>) -> Module {
        let (path, version) = (path.to_owned(), version.to_owned());
        Module { path, version, sum: String::new(), replace: replace.map(Box::new) }
    }

    #[test]
    fn the_bill_names_tools_sources_and_licences() {
        let text = "Permission is hereby granted".to_owned();
        let mit = License { file: "LICENSE".to_owned(), id: Some("MIT"), text: text.clone() };
        let other = License { file: "COPYING".to_owned(), id: None, text };
        assert_eq!(license(&mit)["license"]["id"], "MIT");
        assert_eq!(license(&other)["license"]["name"], "COPYING");
        let dependency = module("example.com/a", "v1.0.0", None);
        let settings = vec![("CGO_ENABLED".to_owned(), "1".to_owned())];
        let go = GoBuildInfo {
            go_version: "go1.27.3 X:a".to_owned(),
            deps: vec![dependency],
            settings,
            ..GoBuildInfo::default()
        };
        let binary = BinaryFacts {
            path: "a/lib.so".to_owned(),
            os: OSES[0],
            arch: Vec::new(),
            needs: None,
            reason: None,
            python: None,
            go: vec![go],
            is_static: false,
            refused_by_musl: None,
            missing_library: None,
        };
        let dir = tempfile::tempdir().unwrap();
        let c_file = dir.path().join("a.c");
        fs_err::write(&c_file, "int x;").unwrap();
        let compiler = || Ok(("zig".to_owned(), "0.16.0".to_owned()));
        let files = vec![("go/a.c".to_owned(), c_file)];
        let places = ModulePlaces { downloaded: dir.path(), own: &[] };
        let binaries = [binary];
        let mut materials = Materials::collect(&binaries, compiler, || files, places).unwrap();
        materials.licenses.insert("pkg:golang/example.com/a@v1.0.0".to_owned(), vec![mit]);
        let name = "a-1.0-py3-none-any.whl".parse().unwrap();
        let bytes = sbom(&name, &[], &binaries, &materials).unwrap();
        let bill: Value = serde_json::from_slice(&bytes).unwrap();
        let named = |list: &Value| -> Vec<String> {
            let names = list.as_array().unwrap().iter();
            names.map(|one| one["name"].as_str().unwrap().to_owned()).collect()
        };
        assert_eq!(named(&bill["metadata"]["tools"]["components"]), ["pygo", "go", "zig"]);
        assert_eq!(named(&bill["components"]), ["a/lib.so", "example.com/a", "std", "go/a.c"]);
        assert_eq!(bill["components"][1]["licenses"][0]["license"]["id"], "MIT");
    }

    #[test]
    fn a_replacement_by_a_directory_is_not_named() {
        let purl = |module: &Module| component(module).0;
        let local = module("example.com/a", "v1.0.0", Some(module("../../a", "(devel)", None)));
        assert_eq!(purl(&local), "pkg:golang/example.com/a@v1.0.0");
        let fork =
            module("example.com/a", "v1.0.0", Some(module("example.com/b", "v1.1.0+x", None)));
        assert_eq!(purl(&fork), "pkg:golang/example.com/b@v1.1.0%2Bx");
    }
}
