//! What an existing Python package needs to become one with Go code.
//!
//! Input: the text of its pyproject.toml and its names. Output: the text with the configuration of
//! pygo, whose other lines stay as they are, and a sentence about each change.

use toml_edit::{Array, DocumentMut, Item, Table, Value};

use super::{Binding, NewName};
use crate::project::{OWN_BACKEND, OWN_REQUIREMENT};

/// An edited pyproject.toml.
#[derive(Debug)]
pub struct Adopted {
    /// Its text.
    pub text: String,
    /// The changes, and what was left as it is.
    pub changes: Vec<String>,
}

/// Whether `text` is a pyproject.toml with the table `[tool.pygo-tools]`.
pub fn is_configured(text: &str) -> bool {
    let document: Option<DocumentMut> = text.parse().ok();
    let tool = document.as_ref().and_then(|document| document.get("tool"));
    tool.and_then(|tool| tool.get("pygo-tools")).is_some()
}

/// Adds the configuration of pygo for the package of `name`, with `binding`, to the pyproject.toml
/// `text`.
///
/// # Errors
/// What is wrong with `text`, as a sentence.
pub fn adopt(text: &str, name: &NewName, binding: Binding) -> Result<Adopted, String> {
    let malformed = |error: toml_edit::TomlError| error.to_string();
    let mut document: DocumentMut = text.parse().map_err(malformed)?;
    let (change, wrapped) = build_system(&mut document)?;
    let mut changes = vec![change];
    changes.extend(requirement(&mut document, binding));
    let values: DocumentMut = name.fill(&binding.keys()).parse().map_err(malformed)?;
    let mut table = Table::new();
    for (key, value) in values.iter() {
        table.insert(key, value.clone());
    }
    if let Some(backend) = wrapped {
        table.insert("backend", Item::Value(backend.into()));
    }
    let mut above = Table::new();
    above.set_implicit(true);
    let tool = document.entry("tool").or_insert(Item::Table(above));
    let tool = tool.as_table_mut().ok_or("`tool` is not a table with a header of its own")?;
    tool.insert("pygo-tools", Item::Table(table));
    changes.push("pyproject.toml: added [tool.pygo-tools]".to_owned());
    Ok(Adopted { text: document.to_string(), changes })
}

/// Makes pygo's backend the one of the project; returns what was done, and the backend that it has
/// to wrap.
fn build_system(document: &mut DocumentMut) -> Result<(String, Option<String>), String> {
    let Some(item) = document.get_mut("build-system") else {
        let mut table = Table::new();
        let requires: Array = ["setuptools>=70.1", OWN_REQUIREMENT].into_iter().collect();
        table.insert("requires", Item::Value(requires.into()));
        table.insert("build-backend", Item::Value(OWN_BACKEND.into()));
        document.insert("build-system", Item::Table(table));
        return Ok((format!("pyproject.toml: added [build-system] with {OWN_BACKEND}"), None));
    };
    let table = item.as_table_like_mut().ok_or("`build-system` is not a table")?;
    if table.contains_key("backend-path") {
        let change = format!(
            "pyproject.toml: [build-system] stays as it is; have the backend in `backend-path` call \
             {OWN_BACKEND}, and add \"{OWN_REQUIREMENT}\" to `requires`"
        );
        return Ok((change, None));
    }
    let before = table.get("build-backend").and_then(Item::as_str).unwrap_or_default().to_owned();
    let is_setuptools = before.is_empty() || before.starts_with("setuptools.build_meta");
    let wrapped = (!is_setuptools && before != OWN_BACKEND).then_some(before);
    match table.get_mut("build-backend").and_then(Item::as_value_mut) {
        Some(value) => {
            let decor = value.decor().clone();
            *value = Value::from(OWN_BACKEND);
            *value.decor_mut() = decor;
        }
        None => drop(table.insert("build-backend", Item::Value(OWN_BACKEND.into()))),
    }
    let requires = table.entry("requires").or_insert(Item::Value(Array::new().into()));
    let requires = requires.as_array_mut().ok_or("`build-system.requires` is not an array")?;
    let has_pygo =
        |value: &Value| value.as_str().is_some_and(|text| text.starts_with("pygo-tools"));
    if !requires.iter().any(has_pygo) {
        requires.push(OWN_REQUIREMENT);
    }
    let runs = wrapped.as_deref().unwrap_or("setuptools");
    let change = format!("pyproject.toml: {OWN_BACKEND}, which runs {runs}, is the build-backend");
    Ok((change, wrapped))
}

/// Makes the package require cffi, if `binding` does; returns what was done, or is left to do.
fn requirement(document: &mut DocumentMut, binding: Binding) -> Option<String> {
    if !matches!(binding, Binding::Cffi | Binding::CffiAbi) {
        return None;
    }
    let project = document.get_mut("project").and_then(Item::as_table_like_mut);
    let Some(project) = project else {
        return Some("not done: add \"cffi\" to install_requires".to_owned());
    };
    let dynamic = project.get("dynamic").and_then(Item::as_array);
    let is_dynamic = |array: &Array| array.iter().any(|name| name.as_str() == Some("dependencies"));
    if dynamic.is_some_and(is_dynamic) {
        let what =
            "not done: add \"cffi\" to the dependencies, which [project] declares as dynamic";
        return Some(what.to_owned());
    }
    let dependencies = project.entry("dependencies").or_insert(Item::Value(Array::new().into()));
    let dependencies = dependencies.as_array_mut()?;
    let is_cffi = |value: &Value| {
        let name = value.as_str().and_then(|text| {
            text.split(|c: char| !c.is_ascii_alphanumeric() && !"-_.".contains(c)).next()
        });
        name.is_some_and(|name| name.eq_ignore_ascii_case("cffi"))
    };
    if dependencies.iter().any(is_cffi) {
        return None;
    }
    let mut cffi = Value::from("cffi");
    match dependencies.iter().last().and_then(|last| last.decor().prefix()) {
        // On a line of its own, if the others are.
        Some(prefix) => {
            cffi.decor_mut().set_prefix(prefix.clone());
            dependencies.push_formatted(cffi);
        }
        None => dependencies.push(cffi),
    }
    Some("pyproject.toml: added \"cffi\" to dependencies".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn adopted(text: &str) -> Adopted {
        adopt(text, &"my-lib".parse().unwrap(), Binding::Cffi).unwrap()
    }

    const TABLE: &str = "[tool.pygo-tools]\npackage = \"my_lib\"\nextension = \"my_lib._my_lib\"\n\
                         library = \"my_lib_go\"\nsignatures = [\n    \"char* Greet(char* name);\",\n    \
                         \"void Free(void* pointer);\",\n]\n";

    #[test]
    fn every_other_line_stays() {
        let before = "# mine\n[build-system]\nrequires = ['setuptools>=61'] # old\n\
                      build-backend = 'setuptools.build_meta' # keep\n\n[project]\nname = 'my-lib'\n\
                      dependencies = [\n  'a>=1', # why\n]\n\n[tool.ruff]\nline-length=99\n";
        let after = adopted(before);
        let expected = before
            .replace("['setuptools>=61']", "['setuptools>=61', \"pygo-tools>=0.2\"]")
            .replace("'setuptools.build_meta'", "\"pygo_tools.backend\"")
            .replace("'a>=1', # why\n", "'a>=1',\n  \"cffi\", # why\n");
        assert_eq!(after.text, format!("{expected}\n{TABLE}"));
        assert_eq!(after.changes.len(), 3);
        assert!(is_configured(&after.text) && !is_configured(before));
    }

    #[test]
    fn cffi_is_required_where_that_can_be_written() {
        let of = |project: &str| {
            let after = adopted(&format!("[project]\nname = 'my-lib'\n{project}"));
            let line = after.text.lines().find(|line| line.starts_with("dependencies"));
            (line.unwrap_or_default().to_owned(), after.changes.len())
        };
        assert_eq!(of(""), ("dependencies = [\"cffi\"]".to_owned(), 3));
        assert_eq!(
            of("dependencies = ['a', 'b']"),
            ("dependencies = ['a', 'b', \"cffi\"]".to_owned(), 3)
        );
        assert_eq!(of("dependencies = ['CFFI>=1']"), ("dependencies = ['CFFI>=1']".to_owned(), 2));
        assert_eq!(of("dynamic = ['dependencies']"), (String::new(), 3));
        let capi = adopt("[project]\nname = 'x'\n", &"x1".parse().unwrap(), Binding::Capi).unwrap();
        assert!(!capi.text.contains("cffi"), "{}", capi.text);
    }

    #[test]
    fn a_backend_in_the_project_stays() {
        let before =
            "[build-system]\nrequires = []\nbuild-backend = \"own\"\nbackend-path = [\".\"]\n";
        let after = adopted(before);
        assert_eq!(after.text, format!("{before}\n{TABLE}"));
        assert!(after.changes[0].contains("call pygo_tools.backend"), "{:?}", after.changes);
    }

    #[test]
    fn a_missing_build_system_is_added_and_another_backend_is_wrapped() {
        let after = adopted("[project]\nname = 'my-lib'\n").text;
        let added = "[build-system]\nrequires = [\"setuptools>=70.1\", \"pygo-tools>=0.2\"]\n\
                     build-backend = \"pygo_tools.backend\"\n";
        assert!(after.contains(added) && after.ends_with(TABLE), "{after}");
        let before =
            "[build-system]\nrequires = ['hatchling']\nbuild-backend = 'hatchling.build'\n";
        let after = adopted(before);
        let expected = before
            .replace("['hatchling']", "['hatchling', \"pygo-tools>=0.2\"]")
            .replace("'hatchling.build'", "\"pygo_tools.backend\"");
        assert_eq!(after.text, format!("{expected}\n{TABLE}backend = \"hatchling.build\"\n"));
        assert!(after.changes[0].contains("which runs hatchling.build"), "{:?}", after.changes);
        assert!(adopt("tool = 1", &"x1".parse().unwrap(), Binding::Capi).is_err());
    }
}
