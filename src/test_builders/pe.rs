//! A 64-bit DLL without code: headers, import table and export table.

const SECTION: u32 = 0x1000;
const AT: usize = 0x400;

/// The properties of the DLL.
pub(crate) struct PeBuilder {
    machine: u16,
    imports: Vec<(String, Vec<String>)>,
    exports: Vec<String>,
    is_managed: bool,
}

impl PeBuilder {
    pub(crate) fn dll() -> Self {
        Self { machine: 0x8664, imports: Vec::new(), exports: Vec::new(), is_managed: false }
    }

    pub(crate) fn arm64(mut self) -> Self {
        self.machine = 0xaa64;
        self
    }

    /// Adds the CLR header of a .NET assembly without machine code.
    pub(crate) fn managed(mut self) -> Self {
        self.is_managed = true;
        self
    }

    pub(crate) fn imports(mut self, dll: &str, symbols: &[&str]) -> Self {
        let symbols = symbols.iter().map(ToString::to_string).collect();
        self.imports.push((dll.to_owned(), symbols));
        self
    }

    pub(crate) fn exports(mut self, name: &str) -> Self {
        self.exports.push(name.to_owned());
        self
    }

    pub(crate) fn build(self) -> Vec<u8> {
        let mut body: Vec<u8> = Vec::new();
        let mut put = |bytes: &[u8]| {
            body.resize(body.len().next_multiple_of(8), 0);
            let at = SECTION + body.len() as u32;
            body.extend(bytes);
            body.push(0);
            at
        };
        let mut table = Vec::new();
        for (dll, symbols) in &self.imports {
            let mut lookup = Vec::new();
            for symbol in symbols {
                let hint = put(&[&[0, 0], symbol.as_bytes()].concat());
                lookup.extend(u64::from(hint).to_le_bytes());
            }
            lookup.extend([0; 8]);
            let lookup = put(&lookup);
            let name = put(dll.as_bytes());
            table.extend([lookup, 0, 0, name, lookup].map(u32::to_le_bytes).concat());
        }
        table.extend([0; 20]);
        let imports = put(&table);
        let names: Vec<u8> =
            self.exports.iter().flat_map(|name| put(name.as_bytes()).to_le_bytes()).collect();
        let count = self.exports.len() as u32;
        let names = put(&names);
        let exports = [0, 0, 0, 0, 1, count, count, 0, names, 0];
        let exports = put(&exports.map(u32::to_le_bytes).concat());
        let clr = put(&[72u32, 0, 0, 0, 1].map(u32::to_le_bytes).concat());
        body.resize(body.len().next_multiple_of(0x200), 0);

        let mut file = b"MZ".to_vec();
        file.resize(0x3c, 0);
        file.extend(0x40u32.to_le_bytes());
        file.extend(b"PE\0\0");
        file.extend([self.machine, 1].map(u16::to_le_bytes).concat());
        file.extend([0; 12]);
        file.extend([240u16, 0x2022].map(u16::to_le_bytes).concat());
        let optional = file.len();
        file.extend(0x20bu16.to_le_bytes());
        file.resize(optional + 108, 0);
        file.extend(16u32.to_le_bytes());
        file.extend([exports, 40, imports, table.len() as u32].map(u32::to_le_bytes).concat());
        if self.is_managed {
            file.resize(optional + 112 + 14 * 8, 0);
            file.extend([clr, 72].map(u32::to_le_bytes).concat());
        }
        file.resize(optional + 240, 0);
        file.extend(b".rdata\0\0");
        let size = body.len() as u32;
        file.extend([size, SECTION, size, AT as u32].map(u32::to_le_bytes).concat());
        file.resize(AT, 0);
        file.extend(body);
        file
    }
}
