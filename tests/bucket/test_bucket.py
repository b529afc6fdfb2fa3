"""Machines that share a bucket build what no other machine built, and nothing is wrong with a wheel if something is
wrong with the bucket."""

import pytest
from conftest import BUCKET, unused_port

# It reads what the stages before it made, and starts nothing.
ALWAYS = {"audit"}


def test_a_second_machine_builds_nothing(bucket, machine):
    first = machine(bucket.variables()).build()
    assert first.compilations and "library" in first.made and not first.notes
    objects = bucket.objects()
    assert objects and all(name.startswith("ci/") for name in objects)

    second = machine(bucket.variables()).build()
    assert (second.made, second.compilations, second.notes) == (ALWAYS, [], [])
    assert second.digest == first.digest
    assert bucket.objects() == objects, "nothing was written again"


def test_read_only_writes_nothing(bucket, machine):
    read_only = {**bucket.variables(), "PYGO_SHARED_CACHE_MODE": "read-only"}
    built = machine(read_only).build()
    assert "library" in built.made and not built.notes
    assert bucket.objects() == {}
    machine(bucket.variables()).build()
    assert machine(read_only).build().made == ALWAYS


@pytest.mark.parametrize("below", ["ci/entries/", "ci/files/"])
def test_what_is_damaged_is_made_again_and_replaced(bucket, machine, below):
    first = machine(bucket.variables()).build()
    client = bucket.client()
    damaged = [name for name in bucket.objects() if name.startswith(below)]
    assert damaged
    for name in damaged:
        client.put_object(Bucket=BUCKET, Key=name, Body=b"damaged")

    def is_damaged(name: str) -> bool:
        return client.get_object(Bucket=BUCKET, Key=name)["Body"].read() == b"damaged"

    reader = machine({**bucket.variables(), "PYGO_SHARED_CACHE_MODE": "read-only"}).build()
    assert len(reader.notes) == 1 and reader.notes[0].endswith(" is damaged"), reader.stderr
    assert "library" in reader.made and reader.digest == first.digest
    assert all(map(is_damaged, damaged))

    writer = machine(bucket.variables()).build()
    assert len(writer.notes) == 1 and writer.digest == first.digest
    # setuptools writes the time of files into a base wheel, so that may be another file.
    assert sum(map(is_damaged, damaged)) <= (below == "ci/files/")
    last = machine(bucket.variables()).build()
    assert (last.made, last.notes, last.digest) == (ALWAYS, [], first.digest)


@pytest.mark.parametrize("mode", ["read-only", "read-write"])
def test_a_bucket_that_cannot_be_used_is_one_note(bucket, machine, mode):
    variables = {**bucket.variables(), "PYGO_SHARED_CACHE_MODE": mode}
    wrong = {
        "credentials": {**variables, "AWS_SECRET_ACCESS_KEY": "wrong"},
        "unreachable": {**variables, "AWS_ENDPOINT_URL": f"http://127.0.0.1:{unused_port()}"},
        "missing": {**variables, "PYGO_SHARED_CACHE": "s3://missing/ci"},
    }
    says = {"credentials": "SignatureDoesNotMatch", "unreachable": "Connection refused", "missing": "NoSuchBucket"}
    for name, found in says.items():
        built = machine(wrong[name]).build()
        assert "library" in built.made
        (note,) = built.notes
        shared = wrong[name]["PYGO_SHARED_CACHE"]
        assert f"the shared cache {shared} is not usable: " in note
        assert found in note and len(note) < 250, note
        assert "wrong" not in note and variables["AWS_SECRET_ACCESS_KEY"] not in note
    assert bucket.objects() == {}


def test_pruning_removes_entries_with_their_files(bucket, machine):
    one = machine(bucket.variables())
    one.build()
    client = bucket.client()
    client.put_object(Bucket=BUCKET, Key="ci/files/mine.txt", Body=b"mine")
    client.put_object(Bucket=BUCKET, Key="other/files/mine.txt", Body=b"mine")
    objects = bucket.objects()
    prune = ("cache", "prune", "--shared", "--unused-for", "1")

    refused = one.pygo(*prune, PYGO_SHARED_CACHE_MODE="read-only")
    assert refused.returncode == 2, refused.stderr
    wrong = one.pygo(*prune, AWS_SECRET_ACCESS_KEY="wrong")
    assert wrong.returncode == 6 and "SignatureDoesNotMatch" in wrong.stderr, wrong.stderr
    kept = one.pygo(*prune)
    assert (kept.returncode, kept.stderr) == (0, f"removed 0 B from s3://{BUCKET}/ci\n")
    assert bucket.objects() == objects

    gone = one.pygo(*prune, "--keep", "0")
    assert gone.returncode == 0, gone.stderr
    assert set(bucket.objects()) == {"ci/files/mine.txt", "other/files/mine.txt"}
    assert "library" in machine(bucket.variables()).build().made


def test_more_objects_than_a_page_are_pruned(bucket, machine):
    client = bucket.client()
    digests = [f"{number:064x}" for number in range(1100)]
    for digest in digests:
        client.put_object(Bucket=BUCKET, Key=f"ci/entries/{digest}/{digest}", Body=b"damaged")
    done = machine(bucket.variables()).pygo("cache", "prune", "--shared")
    assert done.returncode == 0, done.stderr
    assert bucket.objects() == {}
