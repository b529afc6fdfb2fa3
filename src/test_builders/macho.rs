//! A 64-bit Mach-O image without code: header, load commands, symbols and a signature.

use sha2::{Digest, Sha256};

const PAGE: usize = 4096;

/// The properties of the image.
pub(crate) struct MachoBuilder {
    cpu: u32,
    platform: u32,
    minos: (u16, u8),
    commands: Vec<Vec<u8>>,
    /// Name, kind and description.
    symbols: Vec<(String, u8, u16)>,
    signed: bool,
    payload: Vec<u8>,
    /// Bytes between the symbols and their names.
    padding: [u8; 4],
    is_dylib: bool,
}

impl MachoBuilder {
    /// A signed arm64 bundle for macOS 13.0.
    pub(crate) fn arm64() -> Self {
        Self {
            cpu: 0x0100_000c,
            platform: 1,
            minos: (13, 0),
            commands: Vec::new(),
            symbols: Vec::new(),
            signed: true,
            payload: Vec::new(),
            padding: [0; 4],
            is_dylib: false,
        }
    }

    /// An unsigned x86-64 bundle for macOS 13.0.
    pub(crate) fn x86_64() -> Self {
        Self { cpu: 0x0100_0007, signed: false, ..Self::arm64() }
    }

    pub(crate) fn minos(mut self, major: u16, minor: u8) -> Self {
        self.minos = (major, minor);
        self
    }

    pub(crate) fn ios(self) -> Self {
        self.platform(2)
    }

    /// The number of the platform in `LC_BUILD_VERSION`.
    pub(crate) fn platform(mut self, number: u32) -> Self {
        self.platform = number;
        self
    }

    /// A dynamic library without an install name, instead of a bundle.
    pub(crate) fn dynamic(mut self) -> Self {
        self.is_dylib = true;
        self
    }

    pub(crate) fn unsigned(mut self) -> Self {
        self.signed = false;
        self
    }

    pub(crate) fn id(mut self, name: &str) -> Self {
        self.is_dylib = true;
        self.with_text(0xd, 24, name)
    }

    pub(crate) fn dylib(self, name: &str) -> Self {
        self.with_text(0xc, 24, name)
    }

    pub(crate) fn rpath(self, path: &str) -> Self {
        self.with_text(0x8000_001c, 12, path)
    }

    pub(crate) fn exports(mut self, name: &str) -> Self {
        self.symbols.push((format!("_{name}"), 0x0f, 0));
        self
    }

    /// A symbol for debuggers (`N_SO`).
    pub(crate) fn debug_symbol(mut self) -> Self {
        self.symbols.push(("/build/x.c".to_owned(), 0x64, 0));
        self
    }

    pub(crate) fn padding(mut self, bytes: [u8; 4]) -> Self {
        self.padding = bytes;
        self
    }

    /// A symbol that dyld looks for everywhere.
    pub(crate) fn undefined(self, name: &str) -> Self {
        self.bound(name, 0xfe)
    }

    /// A symbol that dyld looks for in the library with this number, from 1.
    pub(crate) fn bound(mut self, name: &str, library: u8) -> Self {
        self.symbols.push((format!("_{name}"), 0x01, u16::from(library) << 8));
        self
    }

    /// Adds bytes at an offset that is a multiple of 16.
    pub(crate) fn payload(mut self, bytes: Vec<u8>) -> Self {
        self.payload = bytes;
        self
    }

    fn with_text(mut self, kind: u32, at: u32, text: &str) -> Self {
        let size = (at as usize + text.len() + 1).next_multiple_of(8);
        let mut command = [kind, size as u32, at].map(u32::to_le_bytes).concat();
        command.resize(at as usize, 0);
        command.extend(text.as_bytes());
        command.resize(size, 0);
        self.commands.push(command);
        self
    }

    pub(crate) fn build(mut self) -> Vec<u8> {
        let minos = u32::from(self.minos.0) << 16 | u32::from(self.minos.1) << 8;
        self.commands.push([0x32, 24, self.platform, minos, 0, 0].map(u32::to_le_bytes).concat());
        let others: usize = self.commands.iter().map(Vec::len).sum();
        let sizeof_commands = others + 72 + 24 + if self.signed { 16 } else { 0 };
        let mut file = vec![0u8; (32 + sizeof_commands).next_multiple_of(16)];
        file.extend(&self.payload);
        file.resize(file.len().next_multiple_of(16), 0);

        let (mut table, mut strings) = (Vec::new(), vec![0u8]);
        for (name, kind, description) in &self.symbols {
            table.extend((strings.len() as u32).to_le_bytes());
            table.extend([*kind, 0]);
            table.extend(description.to_le_bytes());
            table.extend([0; 8]);
            strings.extend(name.as_bytes());
            strings.push(0);
        }
        let (symbols_at, strings_at) = (file.len(), file.len() + table.len() + self.padding.len());
        file.extend(&table);
        file.extend(self.padding);
        file.extend(&strings);
        file.resize(file.len().next_multiple_of(16).max(PAGE + 16), 0);
        let signature_at = file.len();

        let symtab = [2, 24, symbols_at, self.symbols.len(), strings_at, strings.len()];
        self.commands.push(symtab.map(|value| (value as u32).to_le_bytes()).concat());
        let mut segment = [0x19u32, 72].map(u32::to_le_bytes).concat();
        segment.extend(b"__TEXT\0\0\0\0\0\0\0\0\0\0");
        segment
            .extend([0, signature_at, 0, signature_at].map(|v| (v as u64).to_le_bytes()).concat());
        segment.resize(72, 0);
        self.commands.push(segment);
        let pages = signature_at.div_ceil(PAGE);
        let signature_size = 20 + 88 + 8 + 32 * pages;
        if self.signed {
            let command = [0x1d, 16, signature_at, signature_size];
            self.commands.push(command.map(|value| (value as u32).to_le_bytes()).concat());
        }
        let kind = if self.is_dylib { 6 } else { 8 };
        let count = self.commands.len() as u32;
        let header = [0xfeed_facf, self.cpu, 0, kind, count, sizeof_commands as u32, 0x80, 0];
        let header = [header.map(u32::to_le_bytes).concat(), self.commands.concat()].concat();
        file[..header.len()].copy_from_slice(&header);
        if self.signed {
            let signature = sign(&file, signature_size);
            file.extend(signature);
        }
        file
    }
}

/// An ad hoc signature of `code`, as `codesign --sign -` writes it.
fn sign(code: &[u8], size: usize) -> Vec<u8> {
    let pages = code.len().div_ceil(PAGE) as u32;
    let mut out = [0xfade_0cc0, size as u32, 1, 0, 20].map(u32::to_be_bytes).concat();
    let directory =
        [0xfade_0c02, size as u32 - 20, 0x2_0400, 2, 96, 88, 0, pages, code.len() as u32];
    out.extend(directory.map(u32::to_be_bytes).concat());
    out.extend([32, 2, 0, 12]);
    out.resize(20 + 88, 0);
    out.extend(b"builder\0");
    for page in code.chunks(PAGE) {
        out.extend(Sha256::digest(page));
    }
    out
}

/// A fat file of `images` at multiples of `alignment`.
pub(crate) fn fat(images: &[Vec<u8>], alignment: usize) -> Vec<u8> {
    let mut file = [0xcafe_babe, images.len() as u32].map(u32::to_be_bytes).concat();
    let mut at = alignment;
    let mut body = Vec::new();
    for image in images {
        let cpu: Vec<u8> = image[4..8].iter().rev().copied().collect();
        file.extend(cpu);
        let rest = [0, at as u32, image.len() as u32, alignment.trailing_zeros()];
        file.extend(rest.map(u32::to_be_bytes).concat());
        body.push((at, image));
        at = (at + image.len()).next_multiple_of(alignment);
    }
    for (at, image) in body {
        file.resize(at, 0);
        file.extend(image);
    }
    file
}
