//! The licences of Go modules, as their files say.
//!
//! Input: a module and where Go finds modules. Output: the text of each licence file at the top of
//! the module, with its SPDX identifier if the text is one of the common ones.

use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::audit::go_build_info::Module;

/// How the names of licence files begin.
const NAMES: &[&str] = &["license", "licence", "copying", "unlicense"];

/// Larger files are not licences alone.
const MAX_SIZE: u64 = 256 << 10;

/// Words that only the text of a licence has, in the order in which they are tried.
const TEXTS: &[(&str, &[&str])] = &[
    ("Apache-2.0", &["Apache License", "Version 2.0, January 2004"]),
    ("MPL-2.0", &["Mozilla Public License Version 2.0"]),
    ("AGPL-3.0-only", &["GNU AFFERO GENERAL PUBLIC LICENSE", "Version 3, 19 November 2007"]),
    ("LGPL-3.0-only", &["GNU LESSER GENERAL PUBLIC LICENSE", "Version 3, 29 June 2007"]),
    ("LGPL-2.1-only", &["GNU LESSER GENERAL PUBLIC LICENSE", "Version 2.1, February 1999"]),
    ("GPL-3.0-only", &["GNU GENERAL PUBLIC LICENSE", "Version 3, 29 June 2007"]),
    ("GPL-2.0-only", &["GNU GENERAL PUBLIC LICENSE", "Version 2, June 1991"]),
    ("BSD-3-Clause", &["Redistribution and use in source and binary forms", "Neither the name"]),
    (
        "BSD-2-Clause",
        &["Redistribution and use in source and binary forms", "THIS SOFTWARE IS PROVIDED BY"],
    ),
    (
        "ISC",
        &[
            "Permission to use, copy, modify, and",
            "distribute this software for any purpose with or without fee",
        ],
    ),
    (
        "MIT",
        &[
            "Permission is hereby granted, free of charge",
            "The above copyright notice and this permission notice",
        ],
    ),
    ("Unlicense", &["This is free and unencumbered software released into the public domain"]),
    ("CC0-1.0", &["Creative Commons", "CC0 1.0 Universal"]),
    ("BSL-1.0", &["Boost Software License - Version 1.0"]),
    (
        "Zlib",
        &["This software is provided 'as-is'", "Altered source versions must be plainly marked"],
    ),
];

/// Where Go finds the sources of modules.
#[derive(Debug, Clone, Copy)]
pub(super) struct ModulePlaces<'a> {
    /// The directory of downloaded modules.
    pub(super) downloaded: &'a Path,
    /// The directories of the project's own modules and workspaces.
    pub(super) own: &'a [PathBuf],
}

/// A licence file of a module.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct License {
    /// The name of the file.
    pub(super) file: String,
    /// The SPDX identifier, if the text is known.
    pub(super) id: Option<&'static str>,
    /// The text.
    pub(super) text: String,
}

/// The licence files of `module`, as a binary names it, by name. None if its sources are elsewhere.
pub(super) fn of_module(module: &Module, places: ModulePlaces<'_>) -> Vec<License> {
    let Some(dir) = place(module, places) else { return Vec::new() };
    let Ok(entries) = fs_err::read_dir(dir) else { return Vec::new() };
    let mut found: Vec<_> = entries.flatten().filter_map(|entry| read(&entry.path())).collect();
    found.sort_by(|one, other| one.file.cmp(&other.file));
    found
}

fn read(path: &Path) -> Option<License> {
    let file = path.file_name()?.to_str()?;
    let name = file.to_lowercase();
    if !NAMES.iter().any(|start| name.starts_with(start)) || name.ends_with(".go") {
        return None;
    }
    // A link could lead out of the module.
    let about = fs_err::symlink_metadata(path).ok()?;
    if !about.is_file() || about.len() > MAX_SIZE {
        return None;
    }
    let text = String::from_utf8_lossy(&fs_err::read(path).ok()?).into_owned();
    Some(License { file: file.to_owned(), id: identify(&text), text })
}

/// The SPDX identifier of a licence with this text.
fn identify(text: &str) -> Option<&'static str> {
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    let text = words(text);
    let is = |parts: &&[&str]| parts.iter().all(|part| text.contains(&words(part)));
    TEXTS.iter().find(|(_, parts)| is(parts)).map(|(id, _)| *id)
}

/// Where Go found `module`: vendored, in a directory that replaces it, or downloaded. Another version
/// of it, or another copy, may be in the other places.
fn place(module: &Module, places: ModulePlaces<'_>) -> Option<PathBuf> {
    let ModulePlaces { downloaded, own } = places;
    let built = module.replace.as_deref().unwrap_or(module);
    let is_inside = |path: &str| !path.split('/').any(|name| matches!(name, "" | "." | ".."));
    // Source: `debugModFromModinfo` of cmd/go/internal/load: Go records the checksum of a module only
    // if it is downloaded.
    if built.sum.is_empty() && is_inside(&module.path) {
        let vendored = own.iter().map(|dir| dir.join("vendor").join(&module.path));
        if let Some(dir) = vendored.into_iter().find(|dir| dir.is_dir()) {
            return Some(dir);
        }
    }
    if is_directory(built) {
        let dirs = own.iter().map(|dir| dir.join(&built.path));
        return dirs.into_iter().find(|dir| dir.join("go.mod").is_file());
    }
    if !built.version.starts_with('v') || !is_inside(&built.path) || built.version.contains('/') {
        return None;
    }
    Some(downloaded.join(format!("{}@{}", escaped(&built.path), escaped(&built.version))))
}

/// Whether `replacement` is a directory: a path in the file system, and no version.
pub(super) fn is_directory(replacement: &Module) -> bool {
    ["./", "../", "/"].iter().any(|start| replacement.path.starts_with(start))
        || matches!(replacement.path.as_str(), "." | "..")
}

/// `text` as `module.EscapePath` of Go writes it, for file systems that ignore case.
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for c in text.chars() {
        if c.is_ascii_uppercase() {
            escaped.push('!');
        }
        escaped.push(c.to_ascii_lowercase());
    }
    escaped
}

#[cfg(test)]
mod tests {
    use fs_err as fs;

    use super::*;

    fn module(path: &str, version: &str) -> Module {
        Module { path: path.to_owned(), version: version.to_owned(), ..Module::default() }
    }

    #[test]
    fn licences_are_read_from_where_go_unpacks_modules() {
        let dir = tempfile::tempdir().unwrap();
        let place = dir.path().join("github.com/!burnt!sushi/toml@v1.4.0");
        fs::create_dir_all(place.join("LICENSES")).unwrap();
        let mit = "MIT\n\nPermission is hereby granted, free of\ncharge, to any person\n\nThe above \
                   copyright notice and this permission notice shall be";
        fs::write(place.join("COPYING"), mit).unwrap();
        fs::write(place.join("LICENSE-docs"), "Ask the author.").unwrap();
        fs::write(place.join("license.go"), "package toml").unwrap();
        let places = ModulePlaces { downloaded: dir.path(), own: &[] };
        let found = of_module(&module("github.com/BurntSushi/toml", "v1.4.0"), places);
        let found: Vec<_> = found.iter().map(|one| (one.file.as_str(), one.id)).collect();
        assert_eq!(found, [("COPYING", Some("MIT")), ("LICENSE-docs", None)]);
        for (path, version) in [("../x", "v1.0.0"), ("a/b", "(devel)"), ("a", "v1/../..")] {
            assert_eq!(of_module(&module(path, version), places), []);
        }
    }

    #[test]
    fn licences_are_those_of_the_copy_that_was_built() {
        let dir = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| {
            let path = dir.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        write("cache/example.org/a@v1.0.0/LICENSE", "downloaded");
        write("cache/example.org/fork@v2.0.0/LICENSE", "fork");
        write("go/vendor/example.org/a/LICENSE", "vendored");
        write("libs/a/LICENSE", "directory");
        write("libs/a/go.mod", "module example.org/a");
        write("libs/secret/LICENSE", "no module");
        let own = [dir.path().join("work"), dir.path().join("go"), dir.path().join("bare")];
        fs::create_dir_all(&own[2]).unwrap();
        let cache = dir.path().join("cache");
        let found = |sum: &str, replace: Option<Module>, own: &[PathBuf]| {
            let sum = sum.to_owned();
            let module =
                Module { sum, replace: replace.map(Box::new), ..module("example.org/a", "v1.0.0") };
            let found = of_module(&module, ModulePlaces { downloaded: &cache, own });
            found.into_iter().map(|license| license.text).collect::<String>()
        };
        let local = |path| Some(module(path, "(devel)"));
        assert_eq!(found("h1:x=", None, &own), "downloaded");
        assert_eq!(found("", None, &own), "vendored");
        assert_eq!(found("", None, &own[2..]), "downloaded");
        assert_eq!(found("", local("../libs/a"), &own), "vendored");
        assert_eq!(found("", local("../libs/a"), &own[2..]), "directory");
        assert_eq!(found("", local("../libs/none"), &own[2..]), "");
        assert_eq!(found("", local("../libs/secret"), &own[2..]), "");
        let fork = Module { sum: "h1:y=".to_owned(), ..module("example.org/fork", "v2.0.0") };
        assert_eq!(found("", Some(fork), &own), "fork");
    }

    #[test]
    fn texts_are_told_apart() {
        let bsd = "Redistribution and use in source and binary forms, with or without";
        let provided = "THIS SOFTWARE IS PROVIDED BY THE COPYRIGHT HOLDERS";
        assert_eq!(identify(&format!("{bsd} {provided}")), Some("BSD-2-Clause"));
        assert_eq!(identify(&format!("{bsd} Neither the name of")), Some("BSD-3-Clause"));
        assert_eq!(identify("All rights reserved."), None);
    }
}
