//! The option `--root`: the files of other systems, with which wheels are tested.

use clap::Args;

use crate::target::{LINUX, parse_list};
use crate::tester::Root;

/// Systems that qemu runs.
#[derive(Debug, Clone, Default, Args)]
pub(super) struct RootArgs {
    /// Directory with the files of another Linux system and a Python, run by qemu: arm64=DIR;
    /// repeatable
    #[arg(long = "root", value_name = "TARGET=DIR", value_parser = root)]
    pub(super) roots: Vec<Root>,
}

/// Parses `arm64=DIR`.
fn root(text: &str) -> Result<Root, String> {
    let help = "write a processor and a directory: arm64=/srv/arm64";
    let (name, dir) = text.split_once('=').ok_or(help)?;
    let choice = parse_list([name]).map_err(|error| error.to_string())?;
    let mut linux = choice.targets.iter().filter(|target| target.os() == LINUX);
    match (linux.next().map(|target| target.slices()), linux.next(), dir) {
        (Some([slice]), None, dir) if !dir.is_empty() => {
            Ok(Root { arch: slice.arch, dir: dir.into() })
        }
        _ => Err(help.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_root_has_one_processor_of_linux() {
        for name in ["arm64", "linux-arm64", "linux/arm64", "aarch64"] {
            let root = root(&format!("{name}=/srv/a=b")).unwrap();
            assert_eq!((root.arch.qemu, root.dir.to_str()), ("aarch64", Some("/srv/a=b")));
        }
        for text in ["arm64", "arm64=", "linux=/srv", "macos-arm64=/srv", "x=/srv"] {
            assert!(super::root(text).is_err(), "{text}");
        }
    }
}
