//! WHEEL: the file that describes the wheel to its installer.
//!
//! Input: the bytes of the file, or the wheel's name. Output: its fields, or the file's bytes.

use super::error::FormatError;
use super::headers::Headers;
use super::name::WheelName;

/// The fields of a WHEEL file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WheelInfo {
    /// The program that wrote the wheel.
    pub generator: Option<String>,
    /// Whether the files go to `purelib`, not `platlib`.
    pub root_is_purelib: bool,
    /// The `Tag` lines, sorted, each `python-abi-platform`.
    pub tags: Vec<String>,
    /// The build number.
    pub build: Option<String>,
}

/// The fields that [`WheelInfo::write`] derives from its arguments.
const DERIVED: [&str; 4] = ["Wheel-Version", "Root-Is-Purelib", "Tag", "Build"];

impl WheelInfo {
    /// The end of the generator of a wheel with debug information.
    pub const DEBUG: &str = " (debug)";

    /// Whether the wheel was built with debug information on purpose.
    pub fn is_for_debugging(&self) -> bool {
        self.generator.as_deref().is_some_and(|generator| generator.ends_with(Self::DEBUG))
    }

    /// Parses a WHEEL file.
    ///
    /// # Errors
    /// If it is not in the header format, lacks `Wheel-Version`, `Root-Is-Purelib` or `Tag`, or
    /// has a major version other than 1, which an installer must refuse.
    pub fn parse(bytes: &[u8]) -> Result<Self, FormatError> {
        let bad = |what: String| FormatError(format!("WHEEL{what}"));
        let headers = Headers::parse(bytes).map_err(|error| bad(format!(": {error}")))?;
        let field = |name| headers.get(name).ok_or_else(|| bad(format!(" has no {name}")));
        let version = field("Wheel-Version")?;
        if version.split('.').next() != Some("1") {
            let what = format!(", Wheel-Version: `{version}` is not version 1 of the format");
            return Err(bad(what));
        }
        let purelib = field("Root-Is-Purelib")?;
        let root_is_purelib = purelib.to_ascii_lowercase().parse().map_err(|_| {
            bad(format!(", Root-Is-Purelib: `{purelib}` is neither true nor false"))
        })?;
        field("Tag")?;
        let mut tags: Vec<_> = headers.get_all("Tag").map(str::to_owned).collect();
        tags.sort();
        Ok(Self {
            generator: headers.get("Generator").map(str::to_owned),
            root_is_purelib,
            tags,
            build: headers.get("Build").map(str::to_owned),
        })
    }

    /// The WHEEL file of the wheel called `name`, in `version` of the format. Those of `others`
    /// that do not follow from the other arguments are kept.
    pub(super) fn write<'a>(
        version: &str,
        others: impl IntoIterator<Item = (&'a str, &'a str)>,
        name: &WheelName,
        is_pure: bool,
    ) -> String {
        let mut text = format!("Wheel-Version: {version}\n");
        for (field, value) in others {
            if !DERIVED.iter().any(|derived| derived.eq_ignore_ascii_case(field)) {
                text.push_str(&format!("{field}: {value}\n"));
            }
        }
        text.push_str(&format!("Root-Is-Purelib: {is_pure}\n"));
        for tag in name.tag.expanded() {
            text.push_str(&format!("Tag: {tag}\n"));
        }
        if let Some(build) = &name.build {
            text.push_str(&format!("Build: {build}\n"));
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn written_file_parses_and_keeps_other_fields() {
        let name: WheelName = "a-1.0-7-cp310-abi3-x_2.x_1.whl".parse().unwrap();
        let others = [("tag", "old"), ("Generator", "pygo 0.1.0"), ("More", "1"), ("More", "2")];
        let text = WheelInfo::write("1.1", others, &name, false);
        assert_eq!(
            text,
            "Wheel-Version: 1.1\nGenerator: pygo 0.1.0\nMore: 1\nMore: 2\nRoot-Is-Purelib: false\n\
             Tag: cp310-abi3-x_1\nTag: cp310-abi3-x_2\nBuild: 7\n"
        );
        assert_eq!(
            WheelInfo::parse(text.as_bytes()).unwrap(),
            WheelInfo {
                generator: Some("pygo 0.1.0".to_owned()),
                root_is_purelib: false,
                tags: name.tag.expanded(),
                build: Some("7".to_owned()),
            }
        );
    }

    #[test]
    fn missing_and_wrong_fields_are_named() {
        let error = |text: &str| WheelInfo::parse(text.as_bytes()).unwrap_err().to_string();
        assert_eq!(error("Tag: py3-none-any\n"), "WHEEL has no Wheel-Version");
        assert!(error("Wheel-Version: 2.0\n").contains("`2.0`"));
        assert!(error("Wheel-Version: 1.0\nRoot-Is-Purelib: yes\n").contains("`yes`"));
        assert_eq!(error("Wheel-Version: 1.9\nRoot-Is-Purelib: True\n"), "WHEEL has no Tag");
    }
}
