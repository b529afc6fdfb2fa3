//! Makes a deflate stream one that another can follow.
//!
//! A stream consists of blocks. The header of the last one marks it as the last, but blocks state no
//! length and begin at any bit, so all symbols before that header must be decoded to find it. What
//! the symbols stand for does not matter.
//!
//! Input: a stream. Output: the same without that mark, up to a full byte.

/// The bits of a stream, from the lowest of the first byte.
struct Bits<'a> {
    bytes: &'a [u8],
    /// The next byte to load.
    at: usize,
    /// Bits that are loaded, and how many.
    loaded: u64,
    count: u32,
}

impl Bits<'_> {
    /// The next bits, at least 56 of them; zeros after the end.
    fn peek(&mut self) -> u64 {
        while self.count <= 56 {
            let byte = self.bytes.get(self.at).copied().unwrap_or_default();
            self.loaded |= u64::from(byte) << self.count;
            self.at += 1;
            self.count += 8;
        }
        self.loaded
    }

    /// Fails behind the end.
    fn skip(&mut self, count: u32) -> Option<()> {
        self.peek();
        self.loaded >>= count;
        self.count -= count;
        (self.position() <= self.bytes.len() * 8).then_some(())
    }

    fn take(&mut self, count: u32) -> Option<usize> {
        let bits = self.peek() & ((1 << count) - 1);
        self.skip(count)?;
        usize::try_from(bits).ok()
    }

    /// How many bits were read.
    fn position(&self) -> usize {
        self.at * 8 - self.count as usize
    }

    /// Continues at the byte `count` bytes after the next full one.
    fn skip_bytes(&mut self, count: usize) -> Option<()> {
        self.at = self.position().div_ceil(8).checked_add(count)?;
        (self.loaded, self.count) = (0, 0);
        (self.at <= self.bytes.len()).then_some(())
    }
}

/// A Huffman code: for each possible value of the next bits a symbol and the length of its code, in
/// the lowest four bits; 0 where no code is.
struct Code {
    table: Vec<u16>,
    mask: u64,
}

const LONGEST: usize = 15;

impl Code {
    /// The code of RFC 1951, 3.2.2, in which the symbols have codes of these lengths.
    fn new(lengths: &[u8]) -> Option<Self> {
        let longest = lengths.iter().copied().max().unwrap_or_default();
        let mut counts = [0_u32; LONGEST + 1];
        for length in lengths.iter().filter(|length| **length > 0) {
            *counts.get_mut(usize::from(*length))? += 1;
        }
        // The next code of each length: the first follows those of the length before, and has one more bit.
        let mut next = [0_u32; LONGEST + 1];
        let mut code = 0;
        for (next, count) in next.iter_mut().zip(counts).skip(1) {
            *next = code;
            code = (code + count) << 1;
        }
        let mut table = vec![0; 1 << longest];
        for (symbol, length) in (0_u16..).zip(lengths).filter(|(_, length)| **length > 0) {
            let next = next.get_mut(usize::from(*length))?;
            // Codes begin with their highest bit, but are read from the lowest.
            let first = (*next << (32 - u32::from(*length))).reverse_bits();
            *next += 1;
            let step = 1 << length;
            for at in (usize::try_from(first).ok()?..table.len()).step_by(step) {
                *table.get_mut(at)? = symbol << 4 | u16::from(*length);
            }
        }
        Some(Self { table, mask: (1 << longest) - 1 })
    }

    fn next(&self, bits: &mut Bits<'_>) -> Option<u16> {
        let entry = *self.table.get(usize::try_from(bits.peek() & self.mask).ok()?)?;
        if entry == 0 {
            return None;
        }
        bits.skip(u32::from(entry & 15))?;
        Some(entry >> 4)
    }
}

const END_OF_BLOCK: u16 = 256;

/// The extra bits after the symbol of a length (RFC 1951, 3.2.5).
fn length_bits(symbol: u16) -> u32 {
    if (265..285).contains(&symbol) { u32::from(symbol - 261) / 4 } else { 0 }
}

/// The extra bits after the symbol of a distance.
fn distance_bits(symbol: u16) -> u32 {
    (u32::from(symbol) / 2).saturating_sub(1)
}

/// The codes of a block with fixed ones (RFC 1951, 3.2.6).
fn fixed() -> Option<(Code, Code)> {
    let lengths = [[8].repeat(144), [9].repeat(112), [7].repeat(24), [8].repeat(8)].concat();
    Some((Code::new(&lengths)?, Code::new(&[5; 30])?))
}

/// The codes at the beginning of a block with its own (RFC 1951, 3.2.7).
fn dynamic(bits: &mut Bits<'_>) -> Option<(Code, Code)> {
    const ORDER: [usize; 19] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
    let literals = bits.take(5)? + 257;
    let distances = bits.take(5)? + 1;
    let mut lengths = [0; 19];
    for place in ORDER.iter().take(bits.take(4)? + 4) {
        *lengths.get_mut(*place)? = u8::try_from(bits.take(3)?).ok()?;
    }
    let code = Code::new(&lengths)?;
    let mut lengths = Vec::with_capacity(literals + distances);
    while lengths.len() < literals + distances {
        let (length, count) = match code.next(bits)? {
            16 => (*lengths.last()?, bits.take(2)? + 3),
            17 => (0, bits.take(3)? + 3),
            18 => (0, bits.take(7)? + 11),
            length => (u8::try_from(length).ok()?, 1),
        };
        lengths.extend([length].repeat(count));
    }
    let (literals, distances) = lengths.split_at_checked(literals)?;
    Some((Code::new(literals)?, Code::new(distances)?))
}

/// Reads a block to its end.
fn read_block(bits: &mut Bits<'_>, (literals, distances): &(Code, Code)) -> Option<()> {
    loop {
        match literals.next(bits)? {
            END_OF_BLOCK => return Some(()),
            symbol if symbol > END_OF_BLOCK => {
                bits.skip(length_bits(symbol))?;
                let distance = distances.next(bits)?;
                bits.skip(distance_bits(distance))?;
            }
            _ => {}
        }
    }
}

/// Where the last block of `stream` begins and ends, in bits.
fn last_block(stream: &[u8]) -> Option<(usize, usize)> {
    let mut bits = Bits { bytes: stream, at: 0, loaded: 0, count: 0 };
    loop {
        let start = bits.position();
        let is_last = bits.take(1)? == 1;
        match bits.take(2)? {
            0 => {
                bits.skip_bytes(0)?;
                let length = bits.take(16)?;
                // And its complement.
                bits.skip_bytes(length.checked_add(2)?)?;
            }
            1 => read_block(&mut bits, &fixed()?)?,
            2 => {
                let codes = dynamic(&mut bits)?;
                read_block(&mut bits, &codes)?;
            }
            _ => return None,
        }
        if is_last {
            return Some((start, bits.position()));
        }
    }
}

/// `stream`, continued: its last block is no longer marked as the last, and an empty stored block
/// ends it at a full byte, so that another stream can follow. Fails if it is not one whole stream.
pub(super) fn continued(mut stream: Vec<u8>) -> Option<Vec<u8>> {
    let (start, end) = last_block(&stream)?;
    if end.div_ceil(8) != stream.len() {
        return None;
    }
    *stream.get_mut(start / 8)? &= !(1 << (start % 8));
    // The three bits of its header are zero, as is the rest of the last byte.
    stream.resize((end + 3).div_ceil(8), 0);
    stream.extend([0, 0, 0xFF, 0xFF]);
    Some(stream)
}
