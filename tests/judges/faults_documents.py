"""Mutations of METADATA and RECORD."""

from builders import EXTENSION, digest, row
from mutation import mutation


@mutation("metadata-malformed", "any")
def no_metadata(wheel):
    wheel.drop(wheel.path("METADATA"))


@mutation("metadata-malformed", "any")
def metadata_that_is_not_text(wheel):
    wheel.files[wheel.path("METADATA")] = b"\xff\xfe\0\0"


@mutation("metadata-version", "any")
def unknown_metadata_version(wheel):
    wheel.version("2.6")


@mutation("metadata-summary", "any")
def summary_too_long(wheel):
    wheel.header("Summary: " + "x" * 600)


@mutation("metadata-license-expression", "any")
def license_expression_in_prose(wheel):
    wheel.header("License-Expression: Apache License, Version 2.0")


@mutation("metadata-license-file", "any")
def missing_license_file(wheel):
    wheel.header("License-File: COPYING")


@mutation("metadata-requirement", "any")
def invalid_requirement(wheel):
    wheel.header("Requires-Dist: cffi >>= 1.0")


@mutation("metadata-requires-python", "any")
def invalid_requires_python(wheel):
    wheel.edit("METADATA", "Requires-Python: >=3.10", "Requires-Python: three")


@mutation("metadata-field-too-new", "any")
def field_of_a_later_metadata_version(wheel):
    wheel.version("2.1").header("License-Expression: MIT")


@mutation("metadata-description-type", "any")
def description_in_html(wheel):
    wheel.header("Description-Content-Type: text/html")


@mutation("metadata-project-url", "any")
def invalid_project_url(wheel):
    wheel.header("Project-URL: Source, example dot com")


@mutation("metadata-repeated", "any")
def repeated_name(wheel):
    wheel.header("Name: example")


@mutation("metadata-version", "any")
def metadata_version_that_never_was(wheel):
    wheel.version("2.0")


@mutation("metadata-license-expression", "any")
def unknown_license_exception(wheel):
    wheel.header("License-Expression: Apache-2.0 WITH AdditionRef-own")


@mutation("metadata-license-file", "any")
def license_file_outside(wheel):
    wheel.header("License-File: ../LICENSE")


@mutation("metadata-requirement", "any")
def marker_that_ends_in_and(wheel):
    wheel.header("Requires-Dist: cffi ; os_name == 'nt' and")


@mutation("metadata-requirement", "any")
def invalid_provides_dist(wheel):
    wheel.header("Provides-Dist: some thing")


@mutation("metadata-field-too-new", "any")
def classifiers_before_they_were_introduced(wheel):
    wheel.edit("METADATA", "Requires-Python: >=3.10\n", "").version("1.0")
    wheel.header("Classifier: Programming Language :: Go")


@mutation("metadata-description-type", "any")
def unknown_markdown_variant(wheel):
    wheel.header("Description-Content-Type: text/markdown; variant=Original")


@mutation("metadata-project-url", "any")
def two_addresses_with_one_label(wheel):
    wheel.header("Project-URL: Home, https://a.org\nProject-URL: Home, https://b.org")


@mutation("metadata-repeated", "any")
def description_twice(wheel):
    wheel.header("Description: one")
    wheel.files[wheel.path("METADATA")] += b"two\n"


@mutation("metadata-dynamic", "any")
def dynamic_version(wheel):
    wheel.header("Dynamic: Version")


@mutation("metadata-dynamic", "any")
def unknown_dynamic_field(wheel):
    wheel.header("Dynamic: Licence")


@mutation("metadata-extra", "any")
def extra_of_two_words(wheel):
    wheel.header("Provides-Extra: test suite")


@mutation("metadata-import-name", "any")
def import_name_with_a_hyphen(wheel):
    wheel.version("2.5").header("Import-Name: my-package")


@mutation("metadata-unknown-field", "any")
def field_of_ones_own(wheel):
    wheel.header("X-Build-Host: here")


@mutation("index-classifier", "any")
def misspelled_classifier(wheel):
    wheel.header("Classifier: Programming Language :: Python:: 3")


@mutation("index-classifier", "any")
def deprecated_classifier(wheel):
    wheel.header("Classifier: Natural Language :: Ukranian")


@mutation("index-license", "any")
def license_beside_its_expression(wheel):
    wheel.header("License: Apache\nLicense-Expression: Apache-2.0")


@mutation("index-email", "any")
def author_without_an_address(wheel):
    wheel.header("Author-email: The Authors")


@mutation("index-email", "any")
def maintainer_at_a_local_host(wheel):
    wheel.header("Maintainer-email: Root <root@localhost>")


@mutation("index-url", "any")
def home_page_without_a_scheme(wheel):
    wheel.header("Home-page: www.example.org")


@mutation("index-direct-url", "any")
def replaces_a_url(wheel):
    wheel.header("Obsoletes-Dist: cffi @ https://example.com/cffi.whl")


@mutation("metadata-entry-points", "any")
def command_without_a_function(wheel):
    wheel.add(wheel.path("entry_points.txt"), b"[console_scripts]\nrun = example\n")


@mutation("metadata-entry-points", "any")
def command_from_a_module_that_starts_with_a_digit(wheel):
    wheel.add(wheel.path("entry_points.txt"), b"[console_scripts]\nrun = 2to3:main\n")


@mutation("metadata-entry-points", "any")
def command_from_a_file_instead_of_a_module(wheel):
    wheel.add(wheel.path("entry_points.txt"), b"[console_scripts]\nrun = example/cli.py:main\n")


@mutation("tag-no-python", "any")
def free_threaded_abi_before_python_3_13(wheel):
    wheel.rename(python="cp312", abi="cp312t", platform="win_amd64")


@mutation("index-platform", "any")
def ios_tag_without_its_sdk(wheel):
    wheel.rename(platform="ios_13_0_arm64")


@mutation("index-platform", "any")
def webassembly_tag_that_the_index_does_not_know(wheel):
    wheel.rename(platform="pyemscripten_2025_0_wasm64")


@mutation("index-email", "any")
def address_without_brackets_after_the_name(wheel):
    wheel.header("Author-email: Ann Lee ann@example.org")


@mutation("metadata-license-expression", "any")
def custom_license_without_a_name(wheel):
    wheel.header("License-Expression: LicenseRef-")


@mutation("metadata-entry-points", "any")
def command_without_a_value(wheel):
    wheel.add(wheel.path("entry_points.txt"), b"[gui_scripts]\nrun =\n")


@mutation("metadata-entry-point-comment", "any")
def comment_after_a_command(wheel):
    text = b"[console_scripts]\nrun = example:main ; the command\n"
    wheel.add(wheel.path("entry_points.txt"), text)


@mutation("metadata-entry-points", "any")
def entry_point_with_a_path(wheel):
    wheel.add(wheel.path("entry_points.txt"), b"[console_scripts]\n../../bin/sh = example:main\n")


@mutation("index-direct-url", "any")
def requirement_from_a_url(wheel):
    wheel.header("Requires-Dist: cffi @ https://example.com/cffi.whl")


@mutation("index-private", "any")
def private_classifier(wheel):
    wheel.header("Classifier: Private :: Do Not Upload")


@mutation("index-local-version", "any")
def local_version(wheel):
    wheel.edit("METADATA", "Version: 0.1.0", "Version: 0.1.0+abc")
    files = wheel.files.items()
    wheel.files = {name.replace("-0.1.0.", "-0.1.0+abc."): data for name, data in files}
    wheel.name = "example-0.1.0+abc-py3-none-any.whl"


@mutation("record-missing")
def no_record(wheel):
    wheel.drop(wheel.path("RECORD"))


@mutation("record-malformed", "any")
def record_with_two_columns(wheel):
    wheel.record["example/__init__.py"] = "example/__init__.py,6"


@mutation("record-unlisted")
def extension_not_in_record(wheel):
    wheel.record[EXTENSION] = None


@mutation("record-not-there", "any")
def record_lists_a_missing_file(wheel):
    wheel.record_tail = "example/lost.py,sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU,0\n"


@mutation("record-duplicate", "any")
def record_lists_a_file_twice(wheel):
    wheel.record_tail = "example/__init__.py,,\n"


@mutation("record-hash")
def wrong_hash_in_record(wheel):
    size = len(wheel.files[EXTENSION])
    wheel.record[EXTENSION] = f"{EXTENSION},sha256={'A' * 43},{size}"


@mutation("record-size", "any")
def wrong_size_in_record(wheel):
    path = "example/__init__.py"
    wheel.record[path] = row(path, wheel.files[path]).replace(",6", ",7")


@mutation("record-no-hash", "any")
def md5_hash_in_record(wheel):
    path = "example/__init__.py"
    wheel.record[path] = f"{path},{digest(wheel.files[path], 'md5')},6"


@mutation("record-itself", "any")
def hash_for_record_itself(wheel):
    itself = wheel.path("RECORD")
    wheel.record[itself] = f"{itself},sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU,0"


@mutation("record-signature", "any")
def signature_in_record(wheel):
    wheel.files[wheel.path("RECORD.jws")] = b"{}"
