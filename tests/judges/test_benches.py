"""The comparison of `make bench-compare`."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benches"))

from slower import slower  # noqa: E402

pytestmark = pytest.mark.quick


def line(row: str, median: float, low: float, high: float) -> dict:
    ratio = {"median": median, "min": low, "max": high}
    return {"row": row, "project": "hello", "measure": "seconds", "ratio": ratio}


def test_only_what_is_clearly_slower_is_reported():
    before = [line("cold", 0.8, 0.75, 0.9), line("go-line", 1.0, 0.9, 1.2), line("packing", 0.4, 0.38, 0.41)]
    after = [
        line("cold", 0.88, 0.87, 0.95),  # within the margin
        line("go-line", 1.3, 0.95, 1.4),  # one of its pairs was as fast as before
        line("packing", 0.6, 0.55, 0.7),
        line("new", 9, 9, 9),
    ]
    assert slower(before, after) == ["slower by 50 %: packing on hello (seconds): ratio 0.6, was 0.4"]
    assert slower(before, before) == []
    worse = [line("cold", 2.0, 1.9, 2.1), line("packing", 0.6, 0.55, 0.7)]
    assert [text.split(":")[1].split()[0] for text in slower(before, worse)] == ["cold", "packing"]
