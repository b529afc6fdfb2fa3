//! What tags, RECORD, zip and fingerprints cost by themselves: `cargo bench`.
//!
//! `benches/run.py` measures whole builds. The library here is a made-up one: text that compresses as code
//! does, and parts that do not compress.

use std::error::Error;
use std::hint::black_box;
use std::io;

use criterion::{Criterion, Throughput};
use pygo::error::Failure;
use pygo::factory::{Hasher, Stage};
use pygo::wheel::record::{self, Row};
use pygo::wheel::{
    self, Archive, Contents, Digest, File, Timestamp, WheelFile, WheelName, WheelTag,
};

const LIBRARY: usize = 20_000_000;
const FILES: usize = 1000;
const TAG: &str =
    "cp310.cp311-abi3-manylinux_2_17_x86_64.manylinux2014_x86_64.musllinux_1_2_x86_64";
const NAME: &str = "my_package-1.2.3-cp310-abi3-manylinux_2_17_x86_64.manylinux2014_x86_64.whl";
const METADATA: &str = "Metadata-Version: 2.4\nName: my-package\nVersion: 1.2.3\n";

fn library() -> Vec<u8> {
    let mut state = 1_u32;
    let mut bytes = Vec::with_capacity(LIBRARY + 64);
    while bytes.len() < LIBRARY {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        if state >> 30 == 0 {
            bytes.extend(state.to_be_bytes());
        } else {
            bytes.extend(format!("call 0x{:x}\n", state >> 20).into_bytes());
        }
    }
    bytes
}

fn contents(files: Vec<(String, File)>) -> Result<Contents, Box<dyn Error>> {
    let metadata = File::new(METADATA.as_bytes());
    let mut contents = Contents::new();
    contents.insert("my_package-1.2.3.dist-info/METADATA".parse()?, metadata);
    for (path, file) in files {
        contents.insert(path.parse()?, file);
    }
    Ok(contents)
}

fn tags(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("tags");
    group.bench_function("parse and expand", |bencher| {
        bencher.iter(|| black_box(TAG).parse::<WheelTag>().map(|tag| tag.expanded()));
    });
    group.bench_function("parse a file name", |bencher| {
        bencher.iter(|| black_box(NAME).parse::<WheelName>());
    });
    group.finish();
}

fn records(criterion: &mut Criterion) -> Result<(), Box<dyn Error>> {
    let row = |number: usize| {
        let path = format!("my_package/sub/module_{number}.py");
        Row::new(&path, Digest::of(path.as_bytes()), 1234)
    };
    let rows: Vec<_> = (0..FILES).map(row).collect();
    let bytes = record::write(&rows)?;
    let mut group = criterion.benchmark_group("RECORD of 1000 files");
    group.throughput(Throughput::Elements(FILES as u64));
    group.bench_function("write", |bencher| bencher.iter(|| record::write(black_box(&rows))));
    group.bench_function("read", |bencher| bencher.iter(|| record::read(black_box(&bytes))));
    group.finish();
    Ok(())
}

fn zips(criterion: &mut Criterion) -> Result<(), Box<dyn Error>> {
    let name: WheelName = NAME.parse()?;
    let module = |number: usize| {
        let text = format!("def function_{number}():\n    return {number}\n").repeat(40);
        (format!("my_package/module_{number}.py"), File::new(text.into_bytes()))
    };
    let kinds = [
        (
            "a library of 20 MB",
            vec![("my_package/library.so".to_owned(), File::executable(library()))],
        ),
        ("1000 modules", (0..FILES).map(module).collect()),
    ];
    let mut group = criterion.benchmark_group("zip");
    group.sample_size(10);
    for (kind, files) in kinds {
        let contents = contents(files)?;
        let size = contents.values().map(|file| file.bytes.len() as u64).sum();
        group.throughput(Throughput::Bytes(size));
        let write = |out: &mut dyn io::Write| {
            wheel::write(out, &name, &contents, "pygo", Timestamp::default())
        };
        group.bench_function(format!("write {kind}"), |bencher| {
            bencher.iter(|| write(&mut io::sink()));
        });
        let mut bytes = Vec::new();
        write(&mut bytes)?;
        group.bench_function(format!("list {kind}"), |bencher| {
            bencher.iter(|| Archive::read(&bytes.as_slice()).map(|archive| archive.entries.len()));
        });
        group.bench_function(format!("read {kind}"), |bencher| {
            bencher.iter(|| WheelFile::read_from(name.clone(), &bytes.as_slice()).is_ok());
        });
    }
    group.finish();
    Ok(())
}

/// The fingerprint of `count` values and `bytes`.
fn fingerprint(count: usize, bytes: &[u8]) -> Result<String, Failure> {
    let mut hasher = Hasher::new(Stage::Pack)?;
    for number in 0..count {
        hasher.value("file", &(NAME, number))?;
    }
    hasher.bytes("library", bytes);
    Ok(hasher.finish())
}

fn fingerprints(criterion: &mut Criterion) {
    let library = library();
    let mut group = criterion.benchmark_group("fingerprints");
    group.bench_function("1000 values", |bencher| {
        bencher.iter(|| fingerprint(FILES, black_box(&[])));
    });
    group.throughput(Throughput::Bytes(library.len() as u64));
    group.bench_function("a library of 20 MB", |bencher| {
        bencher.iter(|| fingerprint(0, black_box(&library)));
    });
    group.finish();
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut criterion = Criterion::default().configure_from_args();
    tags(&mut criterion);
    records(&mut criterion)?;
    zips(&mut criterion)?;
    fingerprints(&mut criterion);
    criterion.final_summary();
    Ok(())
}
