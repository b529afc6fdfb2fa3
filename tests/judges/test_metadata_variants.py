"""`pygo check` and `packaging` agree on hundreds of METADATA files, but for what a standard explains."""

import json
import subprocess

import pytest
import trove_classifiers
from packaging.metadata import ExceptionGroup, InvalidMetadata, Metadata
from rfc3986 import exceptions, uri_reference, validators

from builders import PURE, WheelBuilder, documents
from metadata_variants import Variant, variant, variants

# What pygo rejects and `packaging` does not: the rule, which values, and why.
STRICTER = {
    "index-direct-url": (lambda value: "@" in value, "PyPI takes no direct references (PEP 440)"),
    "metadata-version": (lambda value: value == "2.6", "PyPI takes 1.0 to 2.5"),
}
# What `packaging` rejects and pygo does not: the field, which values, and why.
LENIENT = {
    "License-File": (lambda value: True, "below 2.4, twine leaves out what setuptools wrote early"),
    "X-Foo": (lambda value: True, "PyPI ignores unknown fields; twine does not: a warning"),
}


def is_rejected(variant: Variant) -> bool:
    try:
        Metadata.from_email(variant.metadata)
    except (ExceptionGroup, InvalidMetadata):
        return True
    return False


def errors(factory, directory, generated: list[Variant]) -> dict[int, list[str]]:
    """Variant -> the rules about METADATA that it breaks, all found in one run."""
    name = PURE.replace("example", "demo").replace("0.1.0", "1.0")
    for number, variant in enumerate(generated):
        (directory / str(number)).mkdir()
        wheel = WheelBuilder(name, {"demo.py": b"", **documents(name)})
        wheel.files[wheel.path("METADATA")] = variant.metadata
        wheel.write(directory / str(number))
    command = [factory.binary, "check", "--format", "json", directory]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    wheels = json.loads(done.stdout)["wheels"]
    return {
        int(wheel["path"].split("/")[-2]): [
            finding["name"]
            for finding in wheel["findings"]
            if finding["group"] in ("metadata", "index") and finding["severity"] == "error"
        ]
        for wheel in wheels
    }


@pytest.mark.quick
def test_generated_metadata_is_judged_as_packaging_does(factory, tmp_path):
    generated = variants()
    found = errors(factory, tmp_path, generated)
    assert len(generated) > 500 and len(found) == len(generated)
    verdicts = {True: 0, False: 0}
    surprises = []
    for number, variant in enumerate(generated):
        rules, rejected = found[number], is_rejected(variant)
        verdicts[rejected] += 1
        if bool(rules) == rejected:
            continue
        explanations = [STRICTER.get(rule) for rule in rules] if rules else [LENIENT.get(variant.field)]
        if not all(each and each[0](variant.value) for each in explanations):
            surprises.append((variant.field, variant.version, variant.value, rules))
    assert surprises == []
    assert min(verdicts.values()) > 150


# Addresses, and whether the index takes them: what Python 3.14's `parseaddr` and then
# `email_validator` say about each.
ADDRESSES = {
    "a@b.org": True,
    "Ann <a@b.org>": True,
    "a@b.org (Ann)": True,
    "A. N. Other < a @ b.org >": True,
    '"Cee, Ann" <a@b.org>': True,
    "a@b.org, c@d.org": True,
    "Cee, Ann <a@b.org>": True,
    "Ann@Home <a@b.org>": True,
    "Ann <mailto:a@b.org>": True,
    "a@[127.0.0.1]": True,
    "Ann <>": True,
    "a@b@c.org": True,
    "a@xn--bcher-kva.example": True,
    "a@bücher.de": True,
    "nobody": False,
    "UNKNOWN": False,
    "Ann a@b.org": False,
    "Ann [at] b.org": True,
    "a@localhost": False,
    "a@b": False,
    "a@b_c.org": False,
    "a@bc--d.org": False,
    "a..b@c.org": False,
    '"a b"@c.org': False,
    '"Cee, Ann" <a@borg>': False,
    "https://a.b": False,
    "a@b.org\u200b": False,
}
ENDS = [
    "//a.b", "//a.b/c?d=e#f", "//a.b:8080", "//a.b:99999", "//[::1]/", "//u@a.b", "//a.b/c d", "//a.b/é",
    "//é.b", "//a.b/%zz", "//a.b/[x]", "//a.b/?q=[x]", "//a.b/<x>", "//a b", "a.b", "//", "//a_b.c", "//a.b#a#b",
]  # fmt: skip
URLS = [f"{scheme}:{end}" for scheme in ("http", "HTTPS", "git", "ftp") for end in ENDS]


def is_url(text: str) -> bool:
    """Whether it is a complete http or https address (RFC 3986)."""
    address = uri_reference(text).normalize()
    checks = validators.Validator().allow_schemes("http", "https").require_presence_of("scheme")
    checks.check_validity_of("scheme", "host", "port", "path", "query")
    try:
        checks.validate(address)
    except exceptions.ValidationError:
        return False
    return True


def index_variants() -> dict[Variant, bool]:
    """METADATA, and whether the index takes it."""
    found = {
        variant(field, text, "2.1"): taken
        for field in ("Author-email", "Maintainer-email")
        for text, taken in ADDRESSES.items()
    }
    for text in URLS:
        found |= {variant(field, text, "2.1"): is_url(text) for field in ("Home-page", "Download-URL")}
        found[variant("Project-URL", f"Home, {text}", "2.1")] = is_url(text)
    for length in (1, 32, 33):
        found[variant("Project-URL", f"{'é' * length}, https://a.b", "2.1")] = length <= 32
    names = trove_classifiers.sorted_classifiers
    for name in [*names[::40], *trove_classifiers.deprecated_classifiers]:
        found[variant("Classifier", name, "2.1")] = name not in trove_classifiers.deprecated_classifiers
        found[variant("Classifier", f"{name} :: Other", "2.1")] = f"{name} :: Other" in names
    for field in ("Provides-Dist", "Obsoletes-Dist", "Requires-Dist"):
        found[variant(field, "a @ https://a.b/a.whl", "2.1")] = False
        found[variant(field, "a[b] >= 1 ; os_name == 'nt'", "2.1")] = True
    return found


@pytest.mark.quick
def test_metadata_is_judged_as_the_index_does(factory, tmp_path):
    expected = index_variants()
    found = errors(factory, tmp_path, list(expected))
    assert len(expected) > 300 and len(found) == len(expected)
    wrong = [
        (variant.field, variant.value, found[number])
        for number, (variant, taken) in enumerate(expected.items())
        if bool(found[number]) == taken
    ]
    assert wrong == []
