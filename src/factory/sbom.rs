//! The bill of materials of a wheel: the Go modules that its library says it holds.
//!
//! CycloneDX 1.6 JSON, put where PEP 770 wants it. Without a time and without a random serial
//! number, so that the same sources give the same bytes.

use serde_json::{Value, json};

use crate::audit::GoBuildInfo;
use crate::audit::go_build_info::Module;

/// The document for a wheel called `name` of `version`, holding the modules of `info`.
pub(super) fn sbom(name: &str, version: &str, info: &GoBuildInfo) -> Vec<u8> {
    let standard_library = json!({
        "type": "library",
        "bom-ref": format!("pkg:golang/std@{}", go_version(info)),
        "name": "std",
        "version": go_version(info),
        "purl": format!("pkg:golang/std@{}", go_version(info)),
    });
    let mut components = vec![standard_library];
    components.extend(info.deps.iter().map(component));
    let document = json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": {
                "type": "library",
                "bom-ref": format!("pkg:pypi/{name}@{version}"),
                "name": name,
                "version": version,
                "purl": format!("pkg:pypi/{name}@{version}"),
            },
            "tools": { "components": [{
                "type": "application",
                "name": "pygo",
                "version": env!("CARGO_PKG_VERSION"),
            }] },
        },
        "components": components,
    });
    let mut text = format!("{document:#}").into_bytes();
    text.push(b'\n');
    text
}

fn go_version(info: &GoBuildInfo) -> &str {
    // `go1.27.3 X:nocoverageredesign` names experiments behind the version.
    let version = info.go_version.split(' ').next().unwrap_or_default();
    version.strip_prefix("go").unwrap_or(version)
}

/// A module, as it was built: what replaces it, where another module does. A replacement by a
/// directory has no version and is nothing that anybody else could look up.
fn component(module: &Module) -> Value {
    let replacement = module.replace.as_deref().filter(|module| !module.version.is_empty());
    let built = replacement.unwrap_or(module);
    let purl = match built.version.as_str() {
        "" | "(devel)" => format!("pkg:golang/{}", built.path),
        version => format!("pkg:golang/{}@{}", built.path, version.replace('+', "%2B")),
    };
    json!({
        "type": "library",
        "bom-ref": purl,
        "name": built.path,
        "version": built.version,
        "purl": purl,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn module(path: &str, version: &str, replace: Option<Module>) -> Module {
        let (path, version) = (path.to_owned(), version.to_owned());
        Module { path, version, sum: String::new(), replace: replace.map(Box::new) }
    }

    #[test]
    fn a_directory_that_replaces_a_module_is_not_named() {
        let purl = |module: &Module| component(module)["purl"].as_str().map(str::to_owned);
        let local = module("example.com/a", "v1.0.0", Some(module("../../a", "", None)));
        assert_eq!(purl(&local).as_deref(), Some("pkg:golang/example.com/a@v1.0.0"));
        let fork =
            module("example.com/a", "v1.0.0", Some(module("example.com/b", "v1.1.0+x", None)));
        assert_eq!(purl(&fork).as_deref(), Some("pkg:golang/example.com/b@v1.1.0%2Bx"));
    }
}
