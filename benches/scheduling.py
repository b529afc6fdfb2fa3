"""What the order of stages and the number of jobs cost and gain, and writes a section of docs/benchmarks.md.

    python benches/scheduling.py [ROUNDS]    (20 minutes for two rounds, the default; 0 only simulates)

Cold builds for four targets, in turn. The order is also simulated from the measured times, for processors that
this machine does not have.
"""

import datetime
import heapq
import json
import os
import shutil
import sys
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path

import samples
from measure import Cost, Spread
from page import machine, replace_section
from rows import FOUR, HOST, Bench
from run import CACHE, PYGO, tools

PARTS = """[tool.pygo-tools]
package = "bench_mixed"
signatures = ["int Answer(int value);"]

[[tool.pygo-tools.parts]]
extension = "bench_mixed._hello"
library = "hello"
go-dir = "hello"

[[tool.pygo-tools.parts]]
extension = "bench_mixed._zstd"
library = "zstd"
go-dir = "zstd"
"""


def mixed(root: Path) -> Path:
    """A project of two parts: a small library, and one with C that takes much longer."""
    for kind in ("hello", "zstd"):
        made = samples.make(kind, root.parent / f"{root.name}-{kind}")
        shutil.copytree(made / f"bench_{kind}" / "go", root / kind)
    project, _ = samples.PYPROJECT.format(name="bench_mixed").split("[tool.pygo-tools]")
    samples.write(root / "pyproject.toml", project + PARTS)
    samples.write(root / "bench_mixed" / "__init__.py", "")
    return root


def tree_memory(process: int) -> int:
    """The bytes that `process` and all that it started have in memory."""
    children: dict[int, list[int]] = {}
    sizes: dict[int, int] = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                fields = Path(f"/proc/{name}/stat").read_text().rsplit(")", 1)[1].split()
            except OSError:
                continue
            children.setdefault(int(fields[1]), []).append(int(name))
            sizes[int(name)] = int(fields[21]) * os.sysconf("SC_PAGE_SIZE")
    total, left = 0, [process]
    while left:
        one = left.pop()
        total += sizes.get(one, 0)
        left += children.get(one, [])
    return total


def with_tree(build) -> Cost:
    """The cost of `build`, with the peak memory of everything that this process started."""
    peak, ended = 0, threading.Event()

    def watch() -> None:
        nonlocal peak
        while not ended.wait(0.1):
            peak = max(peak, tree_memory(os.getpid()))

    own = tree_memory(os.getpid())
    thread = threading.Thread(target=watch)
    thread.start()
    try:
        cost = build()
    finally:
        ended.set()
        thread.join()
    return Cost(cost.seconds, cost.cpu, (peak - own) / 1e6)


@dataclass
class Stage:
    seconds: float
    needs: list[int]
    is_shared: bool = False


def stages(report: dict) -> list[Stage]:
    """The stages of a run with their dependencies, as src/factory/pipeline.rs has them."""
    found: list[Stage] = []
    known: dict[tuple, int] = {}

    def add(key: tuple, seconds: float, needs: list[int], is_shared: bool = False) -> int:
        if key not in known:
            known[key] = len(found)
            found.append(Stage(seconds, needs, is_shared))
        return known[key]

    def of(target: dict, *names: str) -> list[dict]:
        return [stage for stage in target["stages"] if stage["stage"] in names]

    for target in report["targets"]:
        shared = {}
        for one in of(target, "base-wheel", "source"):
            shared[one.get("part")] = add((one["stage"], one.get("part")), one["seconds"], [], True)
        ends = [shared[None]]
        for one in of(target, "library"):
            library = add(("library", one["part"], one["of"]), one["seconds"], [])
            (extension,) = [other for other in of(target, "extension") if other["part"] == one["part"]]
            ends.append(add(("extension", one["part"], one["of"]), extension["seconds"],
                            [library, shared[one["part"]]]))
        for one in of(target, "audit", "pack"):
            ends = [add((one["stage"], one["of"]), one["seconds"], ends)]
    return found


def simulated(all_stages: list[Stage], jobs: int, longest_first: bool) -> float:
    """The seconds that the stages take with `jobs` processors of their own."""
    then: list[list[int]] = [[] for _ in all_stages]
    waits = [len(stage.needs) for stage in all_stages]
    for at, stage in enumerate(all_stages):
        for before in stage.needs:
            then[before].append(at)
    chains = [0.0] * len(all_stages)
    for at in reversed(range(len(all_stages))):
        chains[at] = all_stages[at].seconds + max((chains[next] for next in then[at]), default=0.0)

    def key(at: int) -> tuple:
        stage = all_stages[at]
        order = -chains[at] if longest_first and not stage.needs else 0.0
        return (not stage.needs, not stage.is_shared, order, at)

    ready = [key(at) for at in range(len(all_stages)) if not waits[at]]
    heapq.heapify(ready)
    running: list[tuple[float, int]] = []
    now = 0.0
    while ready or running:
        while ready and len(running) < jobs:
            at = heapq.heappop(ready)[-1]
            heapq.heappush(running, (now + all_stages[at].seconds, at))
        now, ended = heapq.heappop(running)
        for at in then[ended]:
            waits[at] -= 1
            if not waits[at]:
                heapq.heappush(ready, key(at))
    return now


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 2
    with tempfile.TemporaryDirectory(prefix="pygo-scheduling-") as name:
        scratch = Path(name).resolve()
        go, zig, versions = tools(scratch)
        os.environ["BENCH_GO"] = go
        bench = Bench(scratch, scratch / "caches", PYGO, go, zig, CACHE / "tools")
        hello, both = bench.project("hello"), mixed(scratch / "mixed")
        report = scratch / "report.json"
        # Environments of Python and answers of tools stay.
        bench.build(hello, HOST)
        settings = {
            "`--jobs 1`": lambda: bench.build(hello, FOUR, "--jobs", "1"),
            "`--jobs 2`": lambda: bench.build(hello, FOUR, "--jobs", "2"),
            "`--jobs 4`": lambda: bench.build(hello, FOUR, "--jobs", "4"),
            "`--jobs 2`, `GOFLAGS=-p=1`": lambda: bench.build(hello, FOUR, "--jobs", "2", GOFLAGS="-p=1"),
        }
        orders = {
            "as configured": lambda: bench.build(both, FOUR, "--jobs", "2"),
            "longest chain first": lambda: bench.build(both, FOUR, "--jobs", "2"),
        }
        costs: dict[str, list[Cost]] = {}
        for _ in range(rounds):
            for what, build in settings.items():
                bench.without_caches()
                costs.setdefault(what, []).append(with_tree(build))
                print(what, costs[what][-1], flush=True)
            for what, build in orders.items():
                bench.without_caches()
                if what == "as configured":
                    # What earlier runs took is not known then.
                    shutil.rmtree(bench.cache / "answers")
                costs.setdefault(what, []).append(with_tree(build))
                print(what, costs[what][-1], flush=True)
        bench.without_caches()
        bench.build(both, FOUR, "--jobs", "1", "--report", str(report), GOFLAGS="-p=1")
        measured = stages(json.loads(report.read_text()))
    lines = [f"{datetime.date.today()}: {machine()}, {versions}.", ""]
    if rounds:
        lines += [
            f"Cold builds for four targets, {rounds} rounds in turn; medians. Memory is that of pygo and all that it",
            "starts, at the worst moment.",
            "",
            "| project | | time | CPU time | memory |",
            "|---|---|---|---|---|",
        ]
    for what, of in costs.items():
        project = "two parts, one with a large C library" if what in orders else "hello"
        median = {field: Spread.of([getattr(cost, field) for cost in of]).median for field in ("seconds", "cpu", "megabytes")}
        lines.append(f"| {project} | {what} | {median['seconds']:.0f} s | {median['cpu']:.0f} s "
                     f"| {median['megabytes']:.0f} MB |")
    lines += [
        "" if rounds else "A started target is finished before another starts. Of what has not started, the longest chain goes first.",
        "What the order gains where every stage has a processor of its own, simulated from the times of the project",
        "of two parts:",
        "",
        "| jobs | as configured | longest chain first | |",
        "|---|---|---|---|",
    ]
    for jobs in (2, 4, 8, 16):
        plain, longest = (simulated(measured, jobs, first) for first in (False, True))
        lines.append(f"| {jobs} | {plain:.0f} s | {longest:.0f} s | {longest / plain:.2f} |")
    replace_section("scheduling", "\n".join(lines))


if __name__ == "__main__":
    main()
