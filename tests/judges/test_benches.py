"""The goals of `make bench`, and the comparison of `make bench-compare`."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benches"))

from measure import Spread  # noqa: E402
from rows import Goal  # noqa: E402
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


def test_a_goal_is_a_ratio_or_what_pygo_takes_or_both():
    small, large = Spread.of([90.0, 100.0]), Spread.of([90.0, 160.0])
    less, more = Spread.of([2.5]), Spread.of([3.5])
    both = Goal("ratio", 3, most=150)
    assert str(both) == "≤ 3, ≤ 150 MB"
    reached = [both.is_reached(own, ratio) for own in (small, large) for ratio in (less, more)]
    assert reached == [True, False, False, False]
    assert Goal("megabytes", 130).is_reached(large, more) and not Goal("megabytes", 120).is_reached(large, less)
