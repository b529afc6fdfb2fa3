use std::io::{Read as _, Write as _};

use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use proptest::prelude::*;

use super::*;

/// What a decoder that we did not write reads: all of the stream, and nothing behind it.
fn inflated(stream: &[u8]) -> Vec<u8> {
    let mut decoder = DeflateDecoder::new(stream);
    let mut bytes = Vec::new();
    decoder.read_to_end(&mut bytes).unwrap();
    assert_eq!(decoder.total_in(), stream.len() as u64);
    bytes
}

/// Text that compresses, and a part that does not.
fn mixed(length: usize) -> Vec<u8> {
    let mut state = 1_u32;
    let mut bytes = Vec::with_capacity(length + 16);
    while bytes.len() < length {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        if bytes.len() % 400_000 < 150_000 {
            bytes.extend(state.to_be_bytes());
        } else {
            bytes.extend(format!("call 0x{:x}\n", state >> 22).into_bytes());
        }
    }
    bytes.truncate(length);
    bytes
}

#[test]
fn sizes_around_the_end_of_a_piece_are_read_back() {
    let all = mixed(2 * PIECE + 1);
    for length in [0, 1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, 2 * PIECE + 1] {
        let bytes = &all[..length];
        assert!(inflated(&deflate(bytes).unwrap().concat()) == bytes, "{length}");
    }
}

#[test]
fn any_number_of_threads_writes_the_same_stream() {
    let bytes = mixed(5 * PIECE + 4321);
    let with = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| deflate(&bytes).unwrap().concat())
    };
    let one = with(1);
    assert!(one == with(2) && one == with(8));
    assert!(inflated(&one) == bytes);
}

#[test]
fn pieces_are_not_larger_than_zlib_at_level_6() {
    let bytes = mixed(3 * PIECE);
    let mut zlib = DeflateEncoder::new(Vec::new(), Compression::new(6));
    zlib.write_all(&bytes).unwrap();
    assert!(deflate(&bytes).unwrap().concat().len() <= zlib.finish().unwrap().len());
}

#[test]
fn blocks_of_every_kind_are_continued() {
    // Stored, fixed and dynamic codes; whatever the bit at which the last block ends.
    let mut kinds = [false; 4];
    let mut ends = [false; 8];
    for length in 1..200 {
        for bytes in [mixed(length), b"ab".repeat(length), b"abcdefgh, ijklmnop? ".repeat(length)] {
            let stream = compressed(&bytes).unwrap();
            kinds[usize::from(stream[0] >> 1 & 3)] = true;
            let continued = join::continued(stream.clone()).unwrap();
            ends[continued.len() - stream.len()] = true;
            let twice = [continued, compressed(b"end").unwrap()].concat();
            assert_eq!(inflated(&twice), [bytes.as_slice(), b"end"].concat());
        }
    }
    assert_eq!(kinds, [true, true, true, false]);
    assert_eq!(ends[4..6], [true, true]);
}

#[test]
fn what_is_no_whole_stream_is_not_continued() {
    let stream = compressed(&mixed(5000)).unwrap();
    assert_eq!(join::continued(stream[..stream.len() - 1].to_vec()), None);
    assert_eq!(join::continued([stream.as_slice(), b"x"].concat()), None);
    assert_eq!(join::continued(Vec::new()), None);
    assert_eq!(join::continued(vec![0xFF; 50]), None);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn streams_of_other_compressors_can_be_continued(
        words in proptest::collection::vec("[a-d]{1,5}|[^a-d]{3}", 0..400),
        level in 0_u32..10,
        size in 100_usize..3000,
    ) {
        let bytes = words.concat().into_bytes();
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::new(level));
        encoder.write_all(&bytes).unwrap();
        let continued = join::continued(encoder.finish().unwrap()).unwrap();
        let twice = [continued, in_pieces(&bytes, size).unwrap().concat()].concat();
        prop_assert_eq!(inflated(&twice), bytes.repeat(2));
    }

    #[test]
    fn any_bytes_are_refused_or_continued(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        if let Some(continued) = join::continued(bytes.clone()) {
            prop_assert!(continued.len() >= bytes.len() + 4);
        }
    }
}
