//! What was found wrong with a wheel's binaries, and the names of the rules that say so.

use std::fmt;

use serde::Serialize;

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// It works, but something is left to improve.
    Warning,
    /// The wheel will not work somewhere its name says that it does.
    Error,
}

/// One thing that is wrong, in the words of the house: what was found, what to do.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Finding {
    /// The file in the wheel.
    pub member: String,
    /// The rule's name, one of [`code`].
    pub code: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// What was found, as a sentence about the member: `example/lib/libhello.so needs ...`.
    pub what: String,
    /// What to do about it.
    pub fix: String,
}

impl Finding {
    /// An error in `member`; `what` goes on from its name: `needs libz.so.1, ...`.
    pub fn error(member: &str, code: &'static str, what: impl fmt::Display, fix: &str) -> Self {
        Self::new(Severity::Error, member, code, what, fix)
    }

    /// A warning about `member`.
    pub fn warning(member: &str, code: &'static str, what: impl fmt::Display, fix: &str) -> Self {
        Self::new(Severity::Warning, member, code, what, fix)
    }

    fn new(
        severity: Severity,
        member: &str,
        code: &'static str,
        what: impl fmt::Display,
        fix: &str,
    ) -> Self {
        Self {
            member: member.to_owned(),
            code,
            severity,
            what: format!("{member} {what}"),
            fix: fix.to_owned(),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} [{}]", self.what, self.code)
    }
}

/// The names of the rules. They are stable: people write them into their pipelines.
pub mod code {
    /// A binary of a format that the target's system does not load.
    pub const BINARY_FORMAT: &str = "binary-format";
    /// The platform tag that was asked for is lower than what a binary needs.
    pub const TAG_TOO_LOW: &str = "tag-too-low";

    /// An ELF file that cannot be read.
    pub const ELF_MALFORMED: &str = "elf-malformed";
    /// An ELF file for another processor.
    pub const ELF_ARCH: &str = "elf-arch";
    /// No manylinux policy allows what the file needs.
    pub const ELF_NO_POLICY: &str = "elf-no-policy";
    /// A needed library is neither in the wheel nor allowed outside it.
    pub const ELF_NEEDED_OUTSIDE: &str = "elf-needed-outside";
    /// A needed library is a path: the library it was linked with had no soname.
    pub const ELF_NEEDED_PATH: &str = "elf-needed-path";
    /// A RUNPATH or RPATH that means something only on the machine it was built on.
    pub const ELF_RPATH: &str = "elf-rpath";
    /// A library that others need has no soname.
    pub const ELF_SONAME: &str = "elf-soname";
    /// The stack becomes executable.
    pub const ELF_EXECUTABLE_STACK: &str = "elf-executable-stack";
    /// The loader must write into code.
    pub const ELF_TEXT_RELOCATIONS: &str = "elf-text-relocations";
    /// Symbol table or DWARF are still there.
    pub const ELF_UNSTRIPPED: &str = "elf-unstripped";

    /// A Mach-O file that cannot be read.
    pub const MACHO_MALFORMED: &str = "macho-malformed";
    /// A Mach-O file without an image for a processor of the target, or with one too many.
    pub const MACHO_ARCH: &str = "macho-arch";
    /// An image for another platform than macOS, or that does not say.
    pub const MACHO_PLATFORM: &str = "macho-platform";
    /// A needed library is neither in the wheel nor part of macOS.
    pub const MACHO_DYLIB_OUTSIDE: &str = "macho-dylib-outside";
    /// A needed library is named by a path of the build machine.
    pub const MACHO_DYLIB_PATH: &str = "macho-dylib-path";
    /// An rpath that means something only on the machine it was built on.
    pub const MACHO_RPATH: &str = "macho-rpath";
    /// A library's install name is a path of the build machine.
    pub const MACHO_INSTALL_NAME: &str = "macho-install-name";
    /// A code signature that is missing where it must be, or does not hold.
    pub const MACHO_SIGNATURE: &str = "macho-signature";
    /// An image of a fat file does not begin on a page.
    pub const MACHO_ALIGNMENT: &str = "macho-alignment";
    /// Debugging symbols are still there.
    pub const MACHO_UNSTRIPPED: &str = "macho-unstripped";

    /// An extension module that is not among the wheel's binaries.
    pub const EXTENSION_MISSING: &str = "extension-missing";
    /// An extension module without its `PyInit_` function.
    pub const EXTENSION_INIT: &str = "extension-init";
    /// A binary is linked against libpython.
    pub const EXTENSION_LIBPYTHON: &str = "extension-libpython";
    /// A symbol outside Python's stable ABI.
    pub const ABI3_SYMBOL: &str = "abi3-symbol";
    /// A symbol that the stable ABI has only in a newer Python than the tag allows.
    pub const ABI3_TOO_NEW: &str = "abi3-too-new";

    /// Go built it for another system or processor.
    pub const GO_TARGET: &str = "go-target";
}
