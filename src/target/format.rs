//! What binaries of a system have in common: their format, and on Linux the C library.

/// The format of a system's binaries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BinaryFormat {
    /// Linux and most other systems.
    Elf,
    /// macOS.
    MachO,
    /// Windows.
    Pe,
}

/// The C library of a system with Linux.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Libc {
    /// GNU libc, `manylinux`.
    Glibc,
    /// musl, `musllinux`.
    Musl,
    /// Bionic, `android`.
    Bionic,
}

impl Libc {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Glibc => "glibc",
            Self::Musl => "musl",
            Self::Bionic => "Bionic",
        }
    }
}
