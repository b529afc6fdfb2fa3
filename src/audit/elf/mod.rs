//! Parses an ELF file like the dynamic loader does.
//!
//! Owns [`Elf`]. In: the bytes of a file. Out: architecture, soname, needs, search paths, symbols and
//! the versions they need, and properties that make a library unfit to ship. goblin reads the
//! headers; the tables are read here, in bounded time for any bytes.
//!
//! Source: the System V ABI (gABI) and, for symbol versions, the LSB core specification.

mod arm;
mod properties;
mod symbols;
mod tables;

use goblin::elf::{dynamic, header, program_header};

pub use self::arm::{Arm, FloatAbi};
pub use self::symbols::{Requirement, Undefined};
use self::tables::Tables;
use super::bytes::to_usize;
use super::{Bytes, Exports, Malformed};
use crate::relative_path::file_name;
use crate::target::{Libc, Machine};

/// More libraries or search paths than any real file has.
const MAX_DYNAMIC: usize = 4096;

/// The purpose of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Kind {
    /// A program at a fixed address.
    Program,
    /// A shared library, or a position-independent program.
    Shared,
    /// A relocatable object file.
    Object,
    /// A core dump or something newer.
    #[default]
    Other,
}

/// A parsed ELF file.
#[derive(Debug, Clone, Default)]
pub struct Elf {
    /// The architecture as in platform tags (`x86_64`, `armv7l`), if tags have a name for it.
    pub arch: Option<&'static str>,
    /// `e_machine` of the header.
    pub machine: u16,
    /// Whether it is a 64-bit file.
    pub is_64: bool,
    /// Its purpose.
    pub kind: Kind,
    /// The dynamic loader of a program.
    pub interpreter: Option<String>,
    /// `DT_SONAME`.
    pub soname: Option<String>,
    /// `DT_NEEDED`, in order.
    pub needed: Vec<String>,
    /// `DT_RPATH`, split at colons. The loader ignores it if there is a `DT_RUNPATH`.
    pub rpath: Vec<String>,
    /// `DT_RUNPATH`, split at colons.
    pub runpath: Vec<String>,
    /// The required versions of each library.
    pub requirements: Vec<Requirement>,
    /// The undefined symbols.
    pub undefined: Vec<Undefined>,
    /// The exported symbols that look like Python's.
    pub exported: Vec<String>,
    /// All exported symbols.
    pub exports: Exports,
    /// The processor that a 32-bit Arm file is for.
    pub arm: Arm,
    /// The Android API level it was built for.
    pub android: Option<u16>,
    /// The least alignment of the parts that are mapped; 0 if none are.
    pub page_size: u64,
    /// Whether loading it makes the stack executable.
    pub executable_stack: bool,
    /// Whether it has text relocations.
    pub text_relocations: bool,
    /// Whether it uses static thread-local storage.
    pub static_tls: bool,
    /// The required x86-64 level; 1 is the baseline.
    pub isa_level: u8,
    /// Whether it has a `.symtab`, which only linkers and debuggers read.
    pub has_symbol_table: bool,
    /// Whether it has `.debug_*` sections.
    pub has_debug_info: bool,
}

impl Elf {
    /// Parses the whole file.
    ///
    /// # Errors
    /// [`Malformed`], if the file is inconsistent or truncated.
    pub fn parse<'a>(bytes: impl Into<Bytes<'a>>) -> Result<Self, Malformed> {
        let tables = Tables::parse(bytes.into())?;
        let header = &tables.header;
        let machine = Machine::Elf {
            machine: header.e_machine,
            is_64: tables.is_64(),
            is_little: tables.ctx.is_little_endian(),
        };
        let is_x86 = matches!(header.e_machine, header::EM_X86_64 | header::EM_386);
        let (has_symbol_table, has_debug_info) = tables.unstripped();
        let mut elf = Self {
            arch: machine.tag_arch(),
            machine: header.e_machine,
            is_64: tables.is_64(),
            kind: match header.e_type {
                header::ET_EXEC => Kind::Program,
                header::ET_DYN => Kind::Shared,
                header::ET_REL => Kind::Object,
                _ => Kind::Other,
            },
            interpreter: tables.interpreter()?.map(str::to_owned),
            arm: match header.e_machine {
                header::EM_ARM => arm::read(&tables),
                _ => Arm::default(),
            },
            android: properties::android_level(&tables),
            page_size: tables.page_size(),
            isa_level: if is_x86 && tables.is_64() { properties::isa_level(&tables) } else { 1 },
            has_symbol_table,
            has_debug_info,
            ..Self::default()
        };
        let mut programs = tables.programs.iter();
        elf.executable_stack =
            match programs.find(|program| program.p_type == program_header::PT_GNU_STACK) {
                Some(stack) => stack.p_flags & program_header::PF_X != 0,
                // Without the header, the kernel and glibc use the architecture's default, which is
                // executable on 32- and 64-bit x86 (glibc, stackinfo.h).
                None => tables.dynamic.is_some() && elf.arch.is_some() && is_x86,
            };
        elf.read_dynamic(&tables)?;
        let symbols = symbols::parse(&tables)?;
        elf.requirements = symbols.requirements;
        elf.undefined = symbols.undefined;
        elf.exported = symbols.exported;
        elf.exports = symbols.exports;
        Ok(elf)
    }

    /// Reads the entries of the dynamic array.
    fn read_dynamic(&mut self, tables: &Tables<'_>) -> Result<(), Malformed> {
        for entry in tables.dynamic.iter().flat_map(|dynamic| &dynamic.dyns) {
            let text = || tables.names.get(to_usize(entry.d_val));
            match entry.d_tag {
                dynamic::DT_SONAME => self.soname = Some(text()?.to_owned()),
                dynamic::DT_NEEDED => self.needed.push(text()?.to_owned()),
                dynamic::DT_RPATH => self.rpath.extend(text()?.split(':').map(str::to_owned)),
                dynamic::DT_RUNPATH => self.runpath.extend(text()?.split(':').map(str::to_owned)),
                dynamic::DT_TEXTREL => self.text_relocations = true,
                dynamic::DT_FLAGS => {
                    self.text_relocations |= entry.d_val & dynamic::DF_TEXTREL != 0;
                    self.static_tls |= entry.d_val & dynamic::DF_STATIC_TLS != 0;
                }
                _ => {}
            }
            if self.needed.len().max(self.rpath.len()).max(self.runpath.len()) > MAX_DYNAMIC {
                return Err(Malformed(format!(
                    "it has more than {MAX_DYNAMIC} libraries or search paths"
                )));
            }
        }
        Ok(())
    }

    /// The architecture, or the name or number of one that tags have no name for.
    pub(super) fn arch_or_machine(&self) -> String {
        match (self.arch, header::machine_to_str(self.machine)) {
            (Some(arch), _) => arch.to_owned(),
            _ if self.machine == header::EM_NONE => "no machine (the header is damaged)".to_owned(),
            (None, "EM_UNKNOWN") => format!("machine {}", self.machine),
            (None, name) => name.to_owned(),
        }
    }

    /// The first symbol that needs the version at this index of [`Elf::requirements`].
    pub fn symbol_needing(&self, requirement: usize) -> Option<&str> {
        self.undefined
            .iter()
            .find(|symbol| symbol.requirement == Some(requirement))
            .map(|symbol| symbol.name.as_str())
    }

    /// The C library it is linked with, judging by its needs.
    pub fn libc(&self) -> Option<Libc> {
        if self.is_for_android() {
            return Some(Libc::Bionic);
        }
        let mut named = self.needed.iter().chain(&self.interpreter).map(String::as_str);
        named.find_map(|name| {
            let file = file_name(name);
            match file {
                "libc.so" => Some(Libc::Musl),
                "libc.so.6" => Some(Libc::Glibc),
                _ if file.starts_with("libc.musl-") || file.starts_with("ld-musl-") => {
                    Some(Libc::Musl)
                }
                _ if file.starts_with("ld-linux") => Some(Libc::Glibc),
                _ => None,
            }
        })
    }

    /// Whether the NDK built it: its C library has the same file name as that of musl.
    fn is_for_android(&self) -> bool {
        let is_bionic = |need: &Requirement| {
            need.library == "libc.so"
                && (need.version == "LIBC" || need.version.starts_with("LIBC_"))
        };
        let loaders = ["/system/bin/linker", "/system/bin/linker64"];
        self.android.is_some()
            || self.requirements.iter().any(is_bionic)
            || self.interpreter.as_deref().is_some_and(|loader| loaders.contains(&loader))
    }

    /// The search path for the needs of this file: RUNPATH, or else RPATH.
    pub fn search_path(&self) -> &[String] {
        if self.runpath.is_empty() { &self.rpath } else { &self.runpath }
    }
}
