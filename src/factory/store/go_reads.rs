//! The files that a Go build read, or would read if they existed.
//!
//! In: what `go list -deps -json` prints about every package. Out: places. Packages of Go itself
//! and of downloaded modules count by their time stamps, everything else by content. What this
//! does not understand, such as SWIG or pkg-config, leaves the build unknown: it is not kept.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use fs_err as fs;
use serde::Deserialize;

use super::c_flags::Search;
use super::c_includes::Includes;
use super::reads::Collector;
use crate::project::{is_go_source, split_words};

/// The fields of `go list -json` that are read, here and by the stages.
pub(in crate::factory) const FIELDS: &str = "ImportPath,Dir,Root,Standard,Module,\
     GoFiles,CgoFiles,CFiles,CXXFiles,MFiles,HFiles,FFiles,SFiles,SwigFiles,SwigCXXFiles,SysoFiles,\
     EmbedPatterns,EmbedFiles,CgoCFLAGS,CgoCPPFLAGS,CgoCXXFLAGS,CgoFFLAGS,CgoLDFLAGS,CgoPkgConfig,\
     Error";

/// A build of Go.
pub(in crate::factory) struct GoQuestion<'a> {
    /// The directory of the package that is built.
    pub(in crate::factory) dir: &'a Path,
    /// The directory of downloaded modules.
    pub(in crate::factory) modules: &'a Path,
    /// The value of a variable that counts.
    pub(in crate::factory) setting: &'a dyn Fn(&str) -> &'a str,
    /// Whether a go.mod of the project counts.
    pub(in crate::factory) has_module: bool,
    /// Flags of Go's linker, those of the C linker among them.
    pub(in crate::factory) ldflags: Vec<String>,
    /// More flags for compilers of C, for every package.
    pub(in crate::factory) compiled_with: Vec<String>,
    /// More flags for the C linker.
    pub(in crate::factory) linked_with: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Package {
    dir: PathBuf,
    root: PathBuf,
    standard: bool,
    module: Option<Module>,
    cgo_files: Vec<String>,
    c_files: Vec<String>,
    #[serde(rename = "CXXFiles")]
    cxx_files: Vec<String>,
    m_files: Vec<String>,
    f_files: Vec<String>,
    s_files: Vec<String>,
    swig_files: Vec<String>,
    #[serde(rename = "SwigCXXFiles")]
    swig_cxx_files: Vec<String>,
    embed_patterns: Vec<String>,
    embed_files: Vec<String>,
    #[serde(rename = "CgoCFLAGS")]
    cflags: Vec<String>,
    #[serde(rename = "CgoCPPFLAGS")]
    cppflags: Vec<String>,
    #[serde(rename = "CgoCXXFLAGS")]
    cxxflags: Vec<String>,
    #[serde(rename = "CgoLDFLAGS")]
    ldflags: Vec<String>,
    cgo_pkg_config: Vec<String>,
    error: Option<serde_json::Value>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Module {
    dir: PathBuf,
    go_mod: PathBuf,
}

impl GoQuestion<'_> {
    /// Adds what the build read to `places`, from what `go list` printed.
    ///
    /// # Errors
    /// What cannot be understood.
    pub(in crate::factory) fn read(
        &self,
        listed: &str,
        places: &mut Collector,
    ) -> Result<(), String> {
        self.around(places)?;
        let mut roots = BTreeSet::new();
        let packages = serde_json::Deserializer::from_str(listed).into_iter::<Package>();
        let mut linked = Search::default();
        linked.link(&split_words((self.setting)("CGO_LDFLAGS"))?, self.dir)?;
        linked.link(&self.c_linker_flags()?, self.dir)?;
        linked.link(&self.linked_with, self.dir)?;
        for package in packages {
            let package = package.map_err(|error| error.to_string())?;
            if package.error.is_some() || !package.dir.is_absolute() {
                // `unsafe` and `C` have directories too.
                return Err(format!("{} cannot be listed", package.dir.display()));
            }
            if package.standard {
                places.stamp(&package.dir);
                roots.insert(package.root);
            } else {
                self.package(&package, &mut linked, places)?;
            }
        }
        for root in roots {
            // Found on PATH, which is not part of the key.
            if !places.is_of_tool(&root) {
                return Err(format!("the Go in {}", root.display()));
            }
            for name in ["bin/go", "VERSION", "go.env", "pkg/include"] {
                places.stamp(&root.join(name));
            }
            let tools = fs::read_dir(root.join("pkg/tool")).into_iter().flatten().flatten();
            tools.for_each(|dir| places.stamp(&dir.path()));
        }
        libraries(&linked, places)
    }

    /// The files that select modules, and those that Go would read if they existed.
    fn around(&self, places: &mut Collector) -> Result<(), String> {
        for dir in self.dir.ancestors() {
            for name in ["go.mod", "go.sum", "go.work", "go.work.sum", "vendor/modules.txt"] {
                // Those above a project are seldom there.
                if name != "vendor/modules.txt" || dir.join(name).exists() || dir == self.dir {
                    places.content(&dir.join(name));
                }
            }
            if self.has_module && dir.join("go.work").is_file() {
                // Modules that it names select versions, whether or not a package of them is built.
                return Err("a workspace".to_owned());
            }
            if dir.join("go.mod").is_file() || dir.join("go.work").is_file() {
                places.content(&dir.join("vendor/modules.txt"));
            }
        }
        for word in split_words((self.setting)("GOFLAGS"))? {
            let flag = word.trim_start_matches('-');
            let (name, value) = flag.split_once('=').unwrap_or((flag, ""));
            let is_known = match name {
                "tags" | "trimpath" | "buildvcs" | "v" | "x" | "p" | "modcacherw" => true,
                "buildmode" => true,
                "mod" => matches!(value, "vendor" | "readonly"),
                _ => false,
            };
            if !is_known {
                return Err(format!("{word} in GOFLAGS"));
            }
        }
        Ok(())
    }

    fn package(
        &self,
        package: &Package,
        linked: &mut Search,
        places: &mut Collector,
    ) -> Result<(), String> {
        let dir = &package.dir;
        if package.swig_files.len() + package.swig_cxx_files.len() + package.f_files.len() > 0 {
            return Err(format!("{} needs SWIG or Fortran", dir.display()));
        }
        if !package.cgo_pkg_config.is_empty() {
            return Err(format!("{} needs pkg-config", dir.display()));
        }
        let is_downloaded = dir.starts_with(self.modules);
        if is_downloaded {
            places.stamp(dir);
        } else {
            places.sources(dir);
            // A go.mod between a package and its module would take the package out of it.
            let module = package.module.as_ref().map(|module| module.dir.clone());
            let top = module.filter(|top| dir.starts_with(top)).unwrap_or_else(|| dir.clone());
            for between in dir.ancestors().take_while(|between| between.starts_with(&top)) {
                places.content(&between.join("go.mod"));
            }
            if let Some(module) = &package.module
                && module.go_mod.is_absolute()
            {
                places.content(&module.go_mod);
                places.content(&module.go_mod.with_file_name("go.sum"));
                replacements(&module.go_mod, places);
            }
        }
        for file in &package.embed_files {
            places.content(&dir.join(file));
        }
        if !is_downloaded {
            for pattern in &package.embed_patterns {
                let pattern = pattern.strip_prefix("all:").unwrap_or(pattern);
                let parts: Vec<&str> = pattern.split('/').filter(|part| *part != ".").collect();
                embedded(dir, &parts, places);
            }
        }
        let files = [
            &package.cgo_files,
            &package.c_files,
            &package.cxx_files,
            &package.m_files,
            &package.s_files,
        ];
        if files.iter().all(|files| files.is_empty()) {
            return Ok(());
        }
        let mut search = Search::default();
        for flags in [&package.cppflags, &package.cflags, &package.cxxflags] {
            search.compile(flags, dir)?;
        }
        search.compile(&self.compiled_with, dir)?;
        for name in ["CGO_CPPFLAGS", "CGO_CFLAGS", "CGO_CXXFLAGS"] {
            search.compile(&split_words((self.setting)(name))?, dir)?;
        }
        linked.link(&package.ldflags, dir)?;
        // Everything that Go may read: conditions do not count.
        let entries = fs::read_dir(dir).map_err(|error| error.to_string())?;
        let start = entries.flatten().map(|entry| entry.path()).filter(|path| is_go_source(path));
        let mut start: Vec<PathBuf> = start.collect();
        let mut all = vec![dir.clone()];
        for headers in &search.headers {
            if headers.starts_with(self.modules) {
                places.stamp(headers);
            } else {
                places.names(headers);
                places.sources(headers);
            }
        }
        all.extend(search.headers);
        // The target's own headers include each other, and find these first.
        for dir in all.iter().flat_map(|dir| SYSTEM.iter().map(|name| dir.join(name))) {
            places.names(&dir);
            places.sources(&dir);
        }
        for name in &search.included {
            for place in all.iter().map(|dir| dir.join(name)) {
                places.content(&place);
                start.push(place);
            }
        }
        let word = |text: String| text.split(['=', '(']).next().unwrap_or_default().to_owned();
        let defined = search.defined.into_iter().map(word).collect();
        Includes::new(all, defined).follow(start, places)
    }

    /// The flags of the C linker among those of Go's.
    fn c_linker_flags(&self) -> Result<Vec<String>, String> {
        let mut found = Vec::new();
        for flags in &self.ldflags {
            let flags = split_words(flags)?;
            let mut rest = flags.iter();
            while let Some(word) = rest.next() {
                let flag = word.trim_start_matches('-');
                let (name, value) = match flag.split_once('=') {
                    Some((name, value)) => (name, Some(value)),
                    None => (flag, None),
                };
                match name {
                    "s" | "w" | "buildid" | "v" | "compressdwarf" | "checklinkname" => {}
                    "X" => drop(value.or_else(|| rest.next().map(String::as_str))),
                    "extldflags" => {
                        let value = value.or_else(|| rest.next().map(String::as_str));
                        found.extend(split_words(value.unwrap_or_default())?);
                    }
                    _ => return Err(format!("{word} in -ldflags")),
                }
            }
        }
        Ok(found)
    }
}

/// Directories of headers in C libraries.
const SYSTEM: &[&str] = &[
    "sys",
    "bits",
    "gnu",
    "asm",
    "asm-generic",
    "linux",
    "net",
    "netinet",
    "arpa",
    "mach",
    "machine",
    "i386",
    "arm",
    "libkern",
    "os",
    "_types",
    "arch",
    "bsm",
    "xlocale",
];

/// Adds the go.mod of each directory that `go_mod` replaces a module with: it selects versions.
fn replacements(go_mod: &Path, places: &mut Collector) {
    let text = fs::read_to_string(go_mod).unwrap_or_default();
    let dir = go_mod.parent().unwrap_or(go_mod);
    for by in text.lines().filter_map(|line| Some(line.split_once("=>")?.1)) {
        let by = by.split(" //").next().unwrap_or_default().trim().trim_matches(['"', '`']);
        if by.starts_with('.') || by.starts_with('/') {
            places.content(&dir.join(by).join("go.mod"));
        }
    }
}

/// Adds what decides which files the pattern `parts` matches in `dir`.
fn embedded(dir: &Path, parts: &[&str], places: &mut Collector) {
    let Some((part, rest)) = parts.split_first() else { return tree(dir, places) };
    let is_meta = |c: char| matches!(c, '*' | '?' | '[' | ']' | '\\');
    if !part.contains(is_meta) {
        return embedded(&dir.join(part), rest, places);
    }
    places.names(dir);
    // What stands before and after all wildcards is literal.
    let start = part.split(is_meta).next().unwrap_or_default();
    let end = part.rsplit(is_meta).next().unwrap_or_default();
    for (name, path) in children(dir) {
        if name.starts_with(start) && name.ends_with(end) {
            embedded(&path, rest, places);
        }
    }
}

/// Adds the names of everything below `dir`.
fn tree(dir: &Path, places: &mut Collector) {
    places.names(dir);
    let is_dir = |path: &Path| fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_dir());
    // Go embeds nothing of version control.
    let is_left_out = |name: &str| [".git", ".hg", ".svn", ".bzr"].contains(&name);
    for (name, path) in children(dir) {
        if is_dir(&path) && !is_left_out(&name) {
            tree(&path, places);
        }
    }
}

fn children(dir: &Path) -> Vec<(String, PathBuf)> {
    let entries = fs::read_dir(dir).into_iter().flatten().flatten();
    let named =
        |entry: fs::DirEntry| (entry.file_name().to_string_lossy().into_owned(), entry.path());
    entries.map(named).collect()
}

/// Adds the libraries and object files that a linker may read.
fn libraries(search: &Search, places: &mut Collector) -> Result<(), String> {
    let mut files = search.linked.clone();
    for dir in &search.libraries {
        places.names(dir);
        files.extend(children(dir).into_iter().map(|(_, path)| path).filter(|path| path.is_file()));
    }
    for file in files {
        let start = fs::read(&file).map_err(|error| error.to_string())?;
        // Scripts and thin archives name other files.
        let is_text = !start.iter().take(4096).any(|byte| *byte == 0);
        if is_text || start.starts_with(b"!<thin>") {
            return Err(format!("{} may name other files", file.display()));
        }
        places.content(&file);
    }
    Ok(())
}
