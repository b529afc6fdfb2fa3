"""The zip structures of a wheel, parsed here without a library."""

import base64
import hashlib
import struct
import time


FIELDS = """signature made needed flags method time date crc packed size
    name_length extra comment disk internal external offset""".split()
EPOCH_1980 = (0, 0x21)  # midnight on 1 January 1980 in MS-DOS format


def central_directory(data: bytes) -> tuple[list[dict], int]:
    """The entries of the central directory and its offset; it must end the archive."""
    end = len(data) - 22
    signature, *_, count, size, start, comment = struct.unpack_from("<I4H2IH", data, end)
    assert signature == 0x06054B50 and comment == 0, "bytes after the end record"
    assert start + size == end, "bytes between the directory and the end record"
    entries, at = [], start
    for _ in range(count):
        fields = struct.unpack_from("<I6H3I5H2I", data, at)
        entry = dict(zip(FIELDS, fields, strict=True))
        assert entry["signature"] == 0x02014B50
        name = data[at + 46 : at + 46 + entry["name_length"]]
        entries.append(entry | {"name": name.decode("utf-8")})
        at += 46 + entry["name_length"] + entry["extra"] + entry["comment"]
    assert at == end
    return entries, start


def test_the_archive_has_no_extras(wheel):
    data = wheel.path.read_bytes()
    entries, start = central_directory(data)
    at = 0
    for entry in entries:
        name = entry["name"]
        assert entry["offset"] == at, f"{name}: not where the one before it ends"
        local = struct.unpack_from("<I5H3I2H", data, at)
        assert local[0] == 0x04034B50
        both = [entry[field] for field in FIELDS[3:10]]
        assert list(local[2:9]) == both, f"{name}: the two headers differ"
        # Only the flags for UTF-8 names and deflate's level: no data descriptor, no encryption.
        assert entry["flags"] & ~0x0806 == 0, f"{name}: flags {entry['flags']:#x}"
        assert entry["method"] in (0, 8), f"{name}: method {entry['method']}"
        assert data[at + 30 : at + 30 + local[9]].decode() == name
        assert (entry["time"], entry["date"]) == EPOCH_1980, name
        assert entry["comment"] == entry["extra"] == local[10] == 0, name
        assert not name.startswith("/") and ".." not in name.split("/") and "\\" not in name
        at += 30 + local[9] + entry["packed"]
    assert at == start, "bytes between the last file and the directory"


def test_modes_are_of_regular_files(wheel):
    entries, _ = central_directory(wheel.path.read_bytes())
    for entry in entries:
        mode = entry["external"] >> 16
        assert entry["made"] >> 8 == 3, "modes are read only where the entry is made on Unix"
        binary = entry["name"].endswith((".so", ".dylib"))
        expected = 0o100755 if binary else 0o100644
        assert mode == expected, f"{entry['name']}: {mode:o}"


def test_entries_are_sorted_and_record_is_last(wheel):
    names = [entry["name"] for entry in central_directory(wheel.path.read_bytes())[0]]
    assert len(set(names)) == len(names)
    prefix = wheel.dist_info + "/"
    record = prefix + "RECORD"
    assert names == sorted(names, key=lambda name: (name == record, name.startswith(prefix), name))


def test_record_is_correct(wheel):
    record = wheel.dist_info + "/RECORD"
    assert [row[0] for row in wheel.record] == list(wheel.files)
    for name, digest, size in wheel.record:
        if name == record:
            assert (digest, size) == ("", "")
            continue
        content = wheel.files[name]
        expected = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        assert (digest, size) == (f"sha256={expected}", str(len(content))), name


def test_source_date_epoch_is_the_time_of_every_entry(factory, tmp_path):
    project = factory.project("hello", tmp_path)
    run = factory.matrix(project, ["linux-amd64"], SOURCE_DATE_EPOCH="1700000000").ok()
    entries, _ = central_directory(run.wheel.read_bytes())
    then = time.gmtime(1700000000)
    date = (then.tm_year - 1980) << 9 | then.tm_mon << 5 | then.tm_mday
    clock = then.tm_hour << 11 | then.tm_min << 5 | then.tm_sec // 2
    assert {(entry["date"], entry["time"]) for entry in entries} == {(date, clock)}
