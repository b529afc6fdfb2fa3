//! Which wheels an interpreter can install.
//!
//! Input: what the interpreter says about itself, and a wheel's tag. Output: nothing, or the reason
//! why it cannot. Follows the specification "Platform compatibility tags".

use crate::target::{FATS, MUSL, PlatformTag};
use crate::wheel::WheelTag;

/// An interpreter's description of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepts {
    /// Major and minor version.
    pub version: (u16, u16),
    /// `cpython`, `pypy`.
    pub implementation: String,
    /// Whether it was built without the GIL, so that it cannot load extensions for the stable ABI.
    pub free_threaded: bool,
    /// The newest platform tag that it supports.
    pub platform: PlatformTag,
}

impl Accepts {
    /// Whether it can install a wheel with `tag`.
    ///
    /// # Errors
    /// The reason why it cannot, as the end of a sentence.
    pub fn check(&self, tag: &WheelTag) -> Result<(), String> {
        if !tag.platforms().iter().any(|platform| self.has_platform(platform)) {
            return Err(format!("it runs on {}", self.platform));
        }
        let mut pairs = tag.pythons().iter().flat_map(|p| tag.abis().iter().map(move |a| (p, a)));
        if !pairs.any(|(python, abi)| self.has_python(python, abi)) {
            let (major, minor) = self.version;
            let threads = if self.free_threaded { " without the GIL" } else { "" };
            return Err(format!("it is {} {major}.{minor}{threads}", self.implementation));
        }
        Ok(())
    }

    fn has_platform(&self, tag: &str) -> bool {
        let PlatformTag::Native { os, release, arch } = &self.platform else {
            return tag == "any" || self.platform.to_string() == tag;
        };
        match tag.parse() {
            Ok(PlatformTag::Any) => true,
            Ok(PlatformTag::Native { os: of, release: needed, arch: wanted }) => {
                // A tag without a release says `linux` for either C library.
                let is_bare = needed.is_none();
                let same_os = of == *os || (is_bare && *os == MUSL && of.goos == os.goos);
                let fat = FATS.iter().find(|fat| fat.name == wanted);
                let is_in = |archs: &[&crate::target::Arch]| {
                    archs.iter().any(|one| one.tag(os.format) == arch)
                };
                let same_arch = *arch == wanted || fat.is_some_and(|fat| is_in(fat.archs));
                same_os && same_arch && (is_bare || needed <= *release)
            }
            Ok(PlatformTag::Other(_)) | Err(_) => false,
        }
    }

    fn has_python(&self, python: &str, abi: &str) -> bool {
        let Some((name, version)) =
            python.find(|c: char| c.is_ascii_digit()).and_then(|at| python.split_at_checked(at))
        else {
            return false;
        };
        let Some((major, minor)) = digits(version) else { return false };
        let older = |minor: u16| major == self.version.0 && minor <= self.version.1;
        let same = minor == Some(self.version.1) && major == self.version.0;
        let own = match self.implementation.as_str() {
            "cpython" => "cp",
            "pypy" => "pp",
            _ => return name == "py" && abi == "none" && older(minor.unwrap_or(0)),
        };
        match (name, abi) {
            ("py", "none") => older(minor.unwrap_or(0)),
            (_, "none") if name == own => same || (minor.is_none() && older(0)),
            ("cp", "abi3") if own == "cp" => !self.free_threaded && minor.is_some_and(older),
            // PEP 803: loaded by interpreters of either kind.
            ("cp", "abi3t") if own == "cp" => self.version >= (3, 15) && minor.is_some_and(older),
            ("cp", _) if own == "cp" => {
                let threads = if self.free_threaded { "t" } else { "" };
                same && abi == format!("{python}{threads}")
            }
            ("pp", _) => own == "pp" && same,
            _ => false,
        }
    }
}

/// The version in a Python tag: `3`, `310`.
fn digits(text: &str) -> Option<(u16, Option<u16>)> {
    let (major, minor) = text.split_at_checked(1)?;
    let minor = if minor.is_empty() { None } else { Some(minor.parse().ok()?) };
    Some((major.parse().ok()?, minor))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn python(minor: u16, free_threaded: bool, platform: &str) -> Accepts {
        Accepts {
            version: (3, minor),
            implementation: "cpython".to_owned(),
            free_threaded,
            platform: platform.parse().unwrap(),
        }
    }

    #[test]
    fn an_interpreter_accepts_what_installers_install() {
        let linux = python(11, false, "manylinux_2_36_x86_64");
        let free = python(14, true, "manylinux_2_36_x86_64");
        let newest = python(15, true, "manylinux_2_36_x86_64");
        let alpine = python(12, false, "musllinux_1_2_aarch64");
        let mac = python(12, false, "macosx_14_0_arm64");
        for (python, tag, accepted) in [
            (&linux, "cp310-abi3-manylinux_2_17_x86_64.manylinux2014_x86_64", true),
            (&linux, "cp312-abi3-manylinux_2_17_x86_64", false),
            (&linux, "cp311-cp311-linux_x86_64", true),
            (&linux, "cp311-cp311t-linux_x86_64", false),
            (&linux, "cp310-cp310-linux_x86_64", false),
            (&linux, "cp310-none-any", false),
            (&linux, "py2.py3-none-any", true),
            (&linux, "py312-none-any", false),
            (&linux, "py3-none-manylinux_2_40_x86_64", false),
            (&linux, "py3-none-manylinux_2_17_aarch64", false),
            (&linux, "py3-none-musllinux_1_2_x86_64", false),
            (&linux, "py3-none-manylinux_2_17_x86_64.musllinux_1_2_x86_64", true),
            (&linux, "pp311-pypy311_pp73-manylinux_2_17_x86_64", false),
            (&free, "cp310-abi3-manylinux_2_17_x86_64", false),
            (&free, "cp314-cp314t-manylinux_2_17_x86_64", true),
            (&newest, "cp315-abi3t-manylinux_2_17_x86_64", true),
            (&alpine, "cp310-abi3-musllinux_1_1_aarch64", true),
            (&alpine, "cp310-abi3-linux_aarch64", true),
            (&alpine, "cp310-abi3-manylinux_2_17_aarch64", false),
            (&mac, "cp310-abi3-macosx_11_0_arm64", true),
            (&mac, "cp310-abi3-macosx_11_0_universal2", true),
            (&mac, "cp310-abi3-macosx_15_0_arm64", false),
            (&mac, "cp310-abi3-macosx_10_15_x86_64", false),
            (&mac, "cp310-abi3-win_arm64", false),
        ] {
            assert_eq!(python.check(&tag.parse().unwrap()).is_ok(), accepted, "{tag}");
        }
    }

    #[test]
    fn the_reason_names_what_differs() {
        let linux = python(11, false, "manylinux_2_36_x86_64");
        let reason = |tag: &str| linux.check(&tag.parse().unwrap()).unwrap_err();
        assert_eq!(reason("cp310-abi3-macosx_11_0_arm64"), "it runs on manylinux_2_36_x86_64");
        assert_eq!(reason("cp312-abi3-manylinux_2_17_x86_64"), "it is cpython 3.11");
    }
}
