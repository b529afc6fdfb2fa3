//! The files that flags for C compilers and linkers name.
//!
//! In: flags as `go list` and `go env` print them. Out: where headers are looked for, and which
//! files are read. A flag that is not known here may name a file, so nothing is known then.

use std::path::{Path, PathBuf};

/// Where a C compiler and a linker look for files.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Search {
    /// Directories of headers.
    pub(super) headers: Vec<PathBuf>,
    /// Headers that are always included, by name or path.
    pub(super) included: Vec<String>,
    /// Macros that are defined.
    pub(super) defined: Vec<String>,
    /// Directories of libraries.
    pub(super) libraries: Vec<PathBuf>,
    /// Files that are linked.
    pub(super) linked: Vec<PathBuf>,
}

/// Flags that are followed by a path, or joined to it.
const HEADERS: &[&str] = &["-isystem", "-iquote", "-idirafter", "-I"];

/// Flags of compilers without any file: whole, or up to a `*`.
const COMPILER: &[&str] = &[
    "-O*",
    "-g",
    "-g0",
    "-g1",
    "-g2",
    "-g3",
    "-ggdb",
    "-W*",
    "-w",
    "-std=*",
    "-ansi",
    "-pedantic*",
    "-pthread",
    "-pipe",
    "-m32",
    "-m64",
    "-msse*",
    "-mavx*",
    "-mpopcnt",
    "-maes",
    "-mbmi*",
    "-mfma",
    "-march=*",
    "-mcpu=*",
    "-mtune=*",
    "-mno-*",
    "-fPIC",
    "-fpic",
    "-fPIE",
    "-fno-*",
    "-fvisibility=*",
    "-fwrapv",
    "-fstrict-aliasing",
    "-ffunction-sections",
    "-fdata-sections",
    "-fomit-frame-pointer",
    "-fexceptions",
    "-fcommon",
    "-fsigned-char",
    "-funsigned-char",
    "-fshort-enums",
    "-ffast-math",
    "-fstack-protector*",
    "-fblocks",
    "-fms-extensions",
    "-funroll-loops",
    "-fopenmp-simd",
];

/// Flags of linkers without any file.
const LINKER: &[&str] = &[
    "-Wl,-z,*",
    "-Wl,--as-needed",
    "-Wl,--no-as-needed",
    "-Wl,--gc-sections",
    "-Wl,-s",
    "-Wl,-S",
    "-Wl,-x",
    "-Wl,-Bsymbolic",
    "-Wl,-dead_strip",
    "-Wl,-headerpad_max_install_names",
    "-s",
    "-Wl,--start-group",
    "-Wl,--end-group",
    "-Wl,--allow-multiple-definition",
    "-Wl,-soname,*",
    "-Wl,-install_name,*",
    "-Wl,-rpath,*",
];

impl Search {
    /// Adds the `flags` of a compiler that runs in `dir`.
    ///
    /// # Errors
    /// A flag of which it is unknown whether it names a file.
    pub(super) fn compile(&mut self, flags: &[String], dir: &Path) -> Result<(), String> {
        let mut rest = flags.iter();
        while let Some(flag) = rest.next() {
            if let Some(name) = HEADERS.iter().find(|name| flag.starts_with(**name)) {
                let joined = &flag[name.len()..];
                let value = if joined.is_empty() { rest.next() } else { None };
                let value = value.map_or(joined, String::as_str);
                // `=` stands for a sysroot.
                if value.is_empty() || value.starts_with('=') {
                    return Err(flag.clone());
                }
                self.headers.push(dir.join(value));
            } else if flag == "-include" || flag == "-imacros" {
                self.included.push(rest.next().ok_or(flag)?.clone());
            } else if flag == "-D" || flag == "-U" {
                self.defined.push(rest.next().ok_or(flag)?.clone());
            } else if let Some(macro_) = flag.strip_prefix("-D") {
                self.defined.push(macro_.to_owned());
            } else if !flag.starts_with("-U") && !matches(COMPILER, flag) {
                return Err(flag.clone());
            }
        }
        Ok(())
    }

    /// Adds the `flags` of a linker that runs in `dir`.
    ///
    /// # Errors
    /// As [`compile`](Self::compile).
    pub(super) fn link(&mut self, flags: &[String], dir: &Path) -> Result<(), String> {
        let mut rest = flags.iter();
        while let Some(flag) = rest.next() {
            if flag == "-framework" || flag == "-l" {
                rest.next().ok_or(flag)?;
            } else if let Some(joined) = flag.strip_prefix("-L") {
                let value = if joined.is_empty() { rest.next().ok_or(flag)? } else { joined };
                self.libraries.push(dir.join(value));
            } else if !flag.starts_with('-') && !flag.starts_with('@') {
                self.linked.push(dir.join(flag));
            } else if (!flag.starts_with("-l") || flag.starts_with("-l:"))
                && !matches(LINKER, flag)
                && !matches(COMPILER, flag)
            {
                return Err(flag.clone());
            }
        }
        Ok(())
    }
}

fn matches(known: &[&str], flag: &str) -> bool {
    known.iter().any(|known| match known.strip_suffix('*') {
        // A value may still be the path of a file.
        Some(start) => flag.strip_prefix(start).is_some_and(|rest| {
            start.starts_with("-Wl,-rpath")
                || start.starts_with("-Wl,-install_name")
                || !rest.contains(['/', '@']) && !rest.starts_with("l,") && !rest.starts_with("p,")
        }),
        None => flag == *known,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        text.split(' ').map(str::to_owned).collect()
    }

    #[test]
    fn directories_and_files_of_flags_are_found() {
        let mut search = Search::default();
        let dir = Path::new("/p");
        search
            .compile(&words("-O2 -Iinc -isystem /sys -DX=1 -D Y -Wall -include c.h"), dir)
            .unwrap();
        search
            .link(&words("-Llib -lz -l m deep/libx.a -Wl,-z,now -framework Security"), dir)
            .unwrap();
        assert_eq!(search.headers, [Path::new("/p/inc"), Path::new("/sys")]);
        assert_eq!((search.included, search.defined), (words("c.h"), words("X=1 Y")));
        assert_eq!(search.libraries, [Path::new("/p/lib")]);
        assert_eq!(search.linked, [Path::new("/p/deep/libx.a")]);
    }

    #[test]
    fn what_may_name_a_file_is_refused() {
        for flag in [
            "-fplugin=x.so",
            "-fprofile-use=x",
            "@file",
            "-Wl,--version-script=x",
            "-I",
            "-I=/x",
            "-B/x",
            "--sysroot=/x",
            "-fmodules",
            "-Wp,-MD,x",
            "-specs=x",
            "-std=/x",
        ] {
            assert!(Search::default().compile(&words(flag), Path::new("/")).is_err(), "{flag}");
        }
        for flag in
            ["@file", "-l:libx.a", "-Wl,--version-script=x", "-Tx.ld", "-Wl,-T,x", "-Wl,/x.a"]
        {
            assert!(Search::default().link(&words(flag), Path::new("/")).is_err(), "{flag}");
        }
    }
}
