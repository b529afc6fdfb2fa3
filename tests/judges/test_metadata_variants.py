"""`pygo check` and `packaging` agree on hundreds of METADATA files, but for what a standard explains."""

import json
import subprocess

import pytest
from packaging.metadata import ExceptionGroup, InvalidMetadata, Metadata

from builders import PURE, WheelBuilder, documents
from metadata_variants import Variant, variants

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


def errors(factory, directory) -> dict[int, list[str]]:
    """Variant -> the rules about METADATA that it breaks, all found in one run."""
    name = PURE.replace("example", "demo").replace("0.1.0", "1.0")
    for number, variant in enumerate(variants()):
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
    found = errors(factory, tmp_path)
    generated = variants()
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
