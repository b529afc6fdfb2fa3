"""Faults of METADATA and RECORD."""

import base64
import hashlib

from mutation import mutation
from packs import EXTENSION


@mutation("metadata-malformed", "any")
def no_metadata(pack):
    pack.drop(pack.path("METADATA"))


@mutation("metadata-malformed", "any")
def metadata_that_is_no_text(pack):
    pack.files[pack.path("METADATA")] = b"\xff\xfe\0\0"


@mutation("metadata-version", "any")
def metadata_of_a_later_version(pack):
    pack.version("2.6")


@mutation("metadata-summary", "any")
def summary_without_end(pack):
    pack.header("Summary: " + "x" * 600)


@mutation("metadata-license-expression", "any")
def licence_in_words(pack):
    pack.header("License-Expression: Apache License, Version 2.0")


@mutation("metadata-license-file", "any")
def licence_file_that_is_not_there(pack):
    pack.header("License-File: COPYING")


@mutation("metadata-requirement", "any")
def requirement_that_is_none(pack):
    pack.header("Requires-Dist: cffi >>= 1.0")


@mutation("metadata-requires-python", "any")
def python_that_is_none(pack):
    pack.edit("METADATA", "Requires-Python: >=3.10", "Requires-Python: three")


@mutation("metadata-field-too-new", "any")
def field_of_a_later_version(pack):
    pack.version("2.1").header("License-Expression: MIT")


@mutation("metadata-description-type", "any")
def description_in_html(pack):
    pack.header("Description-Content-Type: text/html")


@mutation("metadata-project-url", "any")
def address_that_is_none(pack):
    pack.header("Project-URL: Source, example dot com")


@mutation("metadata-repeated", "any")
def name_twice(pack):
    pack.header("Name: example")


@mutation("metadata-entry-points", "any")
def command_with_a_path(pack):
    pack.add(pack.path("entry_points.txt"), b"[console_scripts]\n../../bin/sh = example:main\n")


@mutation("index-direct-url", "any")
def requirement_from_a_url(pack):
    pack.header("Requires-Dist: cffi @ https://example.com/cffi.whl")


@mutation("index-private", "any")
def private_classifier(pack):
    pack.header("Classifier: Private :: Do Not Upload")


@mutation("index-local-version", "any")
def local_version(pack):
    pack.edit("METADATA", "Version: 0.1.0", "Version: 0.1.0+abc")
    files = pack.files.items()
    pack.files = {name.replace("-0.1.0.", "-0.1.0+abc."): data for name, data in files}
    pack.name = "example-0.1.0+abc-py3-none-any.whl"


@mutation("record-missing")
def no_record(pack):
    pack.drop(pack.path("RECORD"))


@mutation("record-malformed", "any")
def record_with_two_columns(pack):
    pack.record["example/__init__.py"] = "example/__init__.py,6"


@mutation("record-unlisted")
def extension_added_with_zip(pack):
    pack.record[EXTENSION] = None


@mutation("record-not-there", "any")
def record_of_a_lost_file(pack):
    pack.record_tail = "example/lost.py,sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU,0\n"


@mutation("record-duplicate", "any")
def record_of_one_file_twice(pack):
    pack.record_tail = "example/__init__.py,,\n"


@mutation("record-hash")
def another_hash_in_record(pack):
    size = len(pack.files[EXTENSION])
    pack.record[EXTENSION] = f"{EXTENSION},sha256={'A' * 43},{size}"


@mutation("record-size", "any")
def another_size_in_record(pack):
    digest = base64.urlsafe_b64encode(hashlib.sha256(b"x = 1\n").digest()).rstrip(b"=").decode()
    pack.record["example/__init__.py"] = f"example/__init__.py,sha256={digest},7"


@mutation("record-no-hash", "any")
def hash_by_md5(pack):
    digest = base64.urlsafe_b64encode(hashlib.md5(b"x = 1\n").digest()).rstrip(b"=").decode()
    pack.record["example/__init__.py"] = f"example/__init__.py,md5={digest},6"


@mutation("record-itself", "any")
def hash_of_record_in_record(pack):
    itself = pack.path("RECORD")
    pack.record[itself] = f"{itself},sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU,0"
