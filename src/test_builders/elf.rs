//! A 64-bit little-endian shared library without code: headers and dynamic tables.

const HEADERS: usize = 64 + 5 * 56;
const X86_64: u16 = 62;
const AARCH64: u16 = 183;

struct Import {
    name: String,
    /// The library and its version.
    version: Option<(String, String)>,
    weak: bool,
}

/// The properties of the library.
pub(crate) struct ElfBuilder {
    machine: u16,
    soname: String,
    needed: Vec<String>,
    rpath: Option<(u64, String)>,
    imports: Vec<Import>,
    exports: Vec<String>,
    stack_flags: u32,
    text_relocations: bool,
    static_tls: bool,
    symbol_table: bool,
    /// The Android API level.
    android: Option<u32>,
    page_size: u64,
    /// The bits of the x86-64 levels that it needs.
    isa_needed: u32,
    payload: Vec<u8>,
}

impl ElfBuilder {
    /// An x86-64 library; an empty `soname` means no soname.
    pub(crate) fn library(soname: &str) -> Self {
        Self {
            machine: X86_64,
            soname: soname.to_owned(),
            needed: Vec::new(),
            rpath: None,
            imports: Vec::new(),
            exports: Vec::new(),
            stack_flags: 6,
            text_relocations: false,
            static_tls: false,
            symbol_table: false,
            android: None,
            page_size: 0x1000,
            isa_needed: 0,
            payload: Vec::new(),
        }
    }

    pub(crate) fn aarch64(mut self) -> Self {
        self.machine = AARCH64;
        self
    }

    /// A library that Android's NDK built for an API level, with pages of 16 KB.
    pub(crate) fn android(mut self, level: u32) -> Self {
        self.android = Some(level);
        self.page_size = 0x4000;
        self
    }

    /// The bits of the GNU property for the levels that it needs: 1 is the baseline.
    pub(crate) fn isa_needed(mut self, bits: u32) -> Self {
        self.isa_needed = bits;
        self
    }

    pub(crate) fn page_size(mut self, size: u64) -> Self {
        self.page_size = size;
        self
    }

    pub(crate) fn needed(mut self, library: &str) -> Self {
        if !self.needed.iter().any(|known| known == library) {
            self.needed.push(library.to_owned());
        }
        self
    }

    pub(crate) fn needs_symbol(self, library: &str, version: &str, name: &str) -> Self {
        let mut builder = self.needed(library);
        let version = Some((library.to_owned(), version.to_owned()));
        builder.imports.push(Import { name: name.to_owned(), version, weak: false });
        builder
    }

    pub(crate) fn undefined(mut self, name: &str, weak: bool) -> Self {
        self.imports.push(Import { name: name.to_owned(), version: None, weak });
        self
    }

    pub(crate) fn exports(mut self, name: &str) -> Self {
        self.exports.push(name.to_owned());
        self
    }

    pub(crate) fn runpath(mut self, path: &str) -> Self {
        self.rpath = Some((29, path.to_owned()));
        self
    }

    pub(crate) fn rpath(mut self, path: &str) -> Self {
        self.rpath = Some((15, path.to_owned()));
        self
    }

    pub(crate) fn executable_stack(mut self) -> Self {
        self.stack_flags = 7;
        self
    }

    pub(crate) fn text_relocations(mut self) -> Self {
        self.text_relocations = true;
        self
    }

    pub(crate) fn static_tls(mut self) -> Self {
        self.static_tls = true;
        self
    }

    pub(crate) fn symbol_table(mut self) -> Self {
        self.symbol_table = true;
        self
    }

    /// Adds bytes at an offset that is a multiple of 16.
    pub(crate) fn payload(mut self, bytes: Vec<u8>) -> Self {
        self.payload = bytes;
        self
    }

    pub(crate) fn build(self) -> Vec<u8> {
        let mut strings = vec![0u8];
        let mut intern = |text: &str| {
            let at = strings.len();
            strings.extend(text.as_bytes());
            strings.push(0);
            at as u32
        };
        let mut dynamic: Vec<(u64, u64)> = Vec::new();
        if !self.soname.is_empty() {
            dynamic.push((14, intern(&self.soname).into()));
        }
        for library in &self.needed {
            dynamic.push((1, intern(library).into()));
        }
        if let Some((tag, path)) = &self.rpath {
            dynamic.push((*tag, intern(path).into()));
        }
        if self.text_relocations {
            dynamic.push((22, 0));
        }
        if self.static_tls {
            dynamic.push((30, 0x10));
        }
        // One version requirement per import, so a library can appear several times.
        let (mut symbols, mut versions, mut needs) = (vec![0u8; 24], vec![0u8; 2], Vec::new());
        let versioned = self.imports.iter().filter(|import| import.version.is_some()).count();
        let mut index = 2u16;
        for Import { name, version, weak } in &self.imports {
            symbols.extend(intern(name).to_le_bytes());
            symbols.extend([if *weak { 0x22 } else { 0x12 }, 0, 0, 0]);
            symbols.extend([0; 16]);
            let Some((library, version)) = version else {
                versions.extend([1, 0]);
                continue;
            };
            versions.extend(index.to_le_bytes());
            let next: u32 = if usize::from(index) - 1 < versioned { 32 } else { 0 };
            needs.extend([1, 0, 1, 0]);
            needs.extend(intern(library).to_le_bytes());
            needs.extend(16u32.to_le_bytes());
            needs.extend(next.to_le_bytes());
            needs.extend([0; 6]);
            needs.extend(index.to_le_bytes());
            needs.extend(intern(version).to_le_bytes());
            needs.extend([0; 4]);
            index += 1;
        }
        for name in &self.exports {
            symbols.extend(intern(name).to_le_bytes());
            symbols.extend([0x12, 0, 1, 0]);
            symbols.extend([0; 16]);
            versions.extend([1, 0]);
        }
        let count = symbols.len() / 24;
        let mut hash = [1u32, count as u32, 0].map(u32::to_le_bytes).concat();
        hash.resize(12 + 4 * count, 0);

        let mut file = vec![0u8; HEADERS];
        let mut put = |bytes: &[u8]| {
            file.resize(file.len().next_multiple_of(16), 0);
            let at = file.len() as u64;
            file.extend(bytes);
            at
        };
        dynamic.extend([
            (5, put(&strings)),
            (10, strings.len() as u64),
            (6, put(&symbols)),
            (11, 24),
            (0x6fff_fff0, put(&versions)),
            (4, put(&hash)),
        ]);
        if versioned > 0 {
            dynamic.extend([(0x6fff_fffe, put(&needs)), (0x6fff_ffff, versioned as u64)]);
        }
        put(&self.payload);
        let note = self.android.map(|level| {
            let mut note = [8, 4, 1].map(u32::to_le_bytes).concat();
            note.extend(b"Android\0");
            note.extend(level.to_le_bytes());
            (put(&note), note.len() as u64)
        });
        let isa = (self.isa_needed > 0).then(|| {
            let mut note = [4, 16, 5].map(u32::to_le_bytes).concat();
            note.extend(b"GNU\0");
            note.extend([0xc000_8002, 4, self.isa_needed, 0].map(u32::to_le_bytes).concat());
            (put(&note), note.len() as u64)
        });
        dynamic.push((0, 0));
        let dynamic: Vec<u8> = dynamic
            .iter()
            .flat_map(|(tag, value)| [*tag, *value])
            .flat_map(u64::to_le_bytes)
            .collect();
        let dynamic_at = put(&dynamic);
        let whole = dynamic_at + dynamic.len() as u64;
        let mut sections = 0;
        if self.symbol_table {
            let mut table = vec![0u8; 128];
            table[64 + 4] = 2;
            sections = put(&table);
        }

        let mut header = b"\x7fELF\x02\x01\x01".to_vec();
        header.resize(16, 0);
        header.extend([3u16, self.machine].map(u16::to_le_bytes).concat());
        header.extend(1u32.to_le_bytes());
        header.extend([0u64, 64, sections].map(u64::to_le_bytes).concat());
        header.extend(0u32.to_le_bytes());
        let section_count = if sections == 0 { 0 } else { 2 };
        let mut segments = vec![
            (1u32, 5u32, 0, whole, self.page_size),
            (2, 6, dynamic_at, dynamic.len() as u64, 8),
            (0x6474_e551, self.stack_flags, 0, 0, 8),
        ];
        segments.extend(note.map(|(at, size)| (4, 4, at, size, 4)));
        segments.extend(isa.map(|(at, size)| (4, 4, at, size, 8)));
        let count = segments.len() as u16;
        header.extend([64u16, 56, count, 64, section_count, 0].map(u16::to_le_bytes).concat());
        for (kind, flags, at, size, align) in segments {
            header.extend([kind, flags].map(u32::to_le_bytes).concat());
            header.extend([at, at, at, size, size, align].map(u64::to_le_bytes).concat());
        }
        file[..header.len()].copy_from_slice(&header);
        file
    }
}
