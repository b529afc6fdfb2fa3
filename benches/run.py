"""Compares builds with the tools that pygo runs, side by side, and writes docs/benchmarks.json and .md.

    python benches/run.py                                   every row (`make bench`)
    python benches/run.py --only nothing-changed --pairs 3  one of them; --list shows their names
    python benches/run.py --compare                         what got slower (`make bench-compare`)

Both commands of a pair run one after the other, in turn first: other load on the machine affects both.
Results are written as they arrive. `--compare` writes nothing, and compares with the results of HEAD.
"""

import argparse
import datetime
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

from measure import Spread  # noqa: E402
from page import machine, replace_section  # noqa: E402
from samples import MODULES  # noqa: E402
from rows import ROWS, Bench, Row, Unavailable  # noqa: E402
from slower import slower  # noqa: E402

PYGO = Path(os.environ.get("PYGO", ROOT / "target" / "release" / "pygo")).resolve()
CACHE = Path(os.environ.get("PYGO_CACHE_DIR", ROOT / "target" / "pygo-cache")).resolve()
RESULTS = ROOT / "docs" / "benchmarks.json"
MEASURES = {"seconds": "time", "cpu": "CPU time", "megabytes": "MB"}


def measured(bench: Bench, row: Row, kind: str, pairs: int) -> list[dict]:
    """The lines of the table for one row and project."""
    pair = row.prepare(bench, kind)
    ours, others = [], []
    for number in range(1, pairs + 1):
        pair.before(number)
        steps = [lambda: ours.append(pair.pygo()), lambda: others.append(pair.other())]
        for step in steps if number % 2 else reversed(steps):
            step()
    lines = []
    for measure, goal in row.goals.items():
        own = [getattr(cost, measure) for cost in ours]
        other = [getattr(cost, measure) for cost in others]
        spread, ratio = Spread.of(own), Spread.of([a / b for a, b in zip(own, other, strict=True)])
        lines.append({
            "row": row.name, "project": kind, "work": row.work, "other": row.other, "measure": measure,
            "pairs": pairs, "pygo": spread.as_dict(), "reference": Spread.of(other).as_dict(),
            "ratio": ratio.as_dict(), "goal": str(goal), "reached": goal.is_reached(spread, ratio),
        })
    return lines


def shown(measure: str, spread: dict) -> str:
    def one(value: float) -> str:
        if measure == "megabytes":
            return f"{value:.1f}"
        return f"{value * 1000:.0f}" if spread["median"] < 1 else f"{value:.1f}"

    unit = "MB" if measure == "megabytes" else "ms" if spread["median"] < 1 else "s"
    return f"{one(spread['median'])} {unit} ({one(spread['min'])} to {one(spread['max'])})"


def table(results: dict) -> str:
    lines = [
        results["machine"],
        "",
        "pygo and the other command run alternately, in pairs. Each cell has the median, minimum and maximum of all",
        "pairs, whose number is in the last column. A ratio below 1 means that pygo takes less. `hello` is a small library, `tls` uses net/http and",
        f"crypto/tls, `zstd` is a binding of a C library (DataDog/zstd), `modules` has {MODULES + 1} small Go modules.",
        "The raw commands are `go build` and `zig cc` with pygo's flags, for all targets at once, from a shell",
        "script. They make no wheels.",
        "",
        "| work | project | compared with | | pygo | compared | ratio | goal | | pairs |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for line in results["rows"]:
        start = f"| {line['work']} | {line['project']} | {line['other']} | {MEASURES[line['measure']]} |"
        ratio = line["ratio"]
        lines.append(
            f"{start} {shown(line['measure'], line['pygo'])} | {shown(line['measure'], line['reference'])} "
            f"| {ratio['median']:.3g} ({ratio['min']:.3g} to {ratio['max']:.3g}) | {line['goal']} "
            f"| {'✓' if line['reached'] else 'missed'} | {line['pairs']} |"
        )
    lines += [f"| {row['work']} | {row['project']} | {row['other']} | | skipped: {row['why']} | | | | | |"
              for row in results["skipped"]]
    return "\n".join(lines)


def key(line: dict) -> tuple:
    return line["row"], line["project"], line.get("measure")


def merged(old: list[dict], new: list[dict]) -> list[dict]:
    """`old` with the lines of `new`, in the order of ROWS."""
    names = [row.name for row in ROWS]
    lines = {key(line): line for line in old if line["row"] in names} | {key(line): line for line in new}
    return sorted(lines.values(), key=lambda line: names.index(line["row"]))


def tools(scratch: Path) -> tuple[str, str, str]:
    """Go and zig as pygo finds them, and their versions."""
    env = {**os.environ, "PYGO_CACHE_DIR": str(CACHE)}
    done = subprocess.run([PYGO, "doctor", "--format", "json"], cwd=scratch, env=env, capture_output=True, text=True)
    found = {tool["name"]: tool["found"][0] for tool in json.loads(done.stdout)["tools"] if tool.get("found")}
    go, zig = found["go"], found["zig"]
    return go["path"], zig["path"], f"Go {go['version']}, zig {zig['version']}"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", help="comma-separated names of rows")
    parser.add_argument("--projects", help="comma-separated names of projects")
    parser.add_argument("--pairs", type=int, help="how often to run each pair")
    parser.add_argument("--list", action="store_true", help="print the names of rows")
    parser.add_argument("--compare", action="store_true", help="compare with the results of HEAD, and write nothing")
    parser.add_argument("--caches", help="a directory with the caches of an earlier run: rows that are not cold start sooner")
    args = parser.parse_args()
    if args.list:
        print("\n".join(f"{row.name:18} {', '.join(row.projects):20} {row.work}" for row in ROWS))
        return
    wanted = args.only.split(",") if args.only else [row.name for row in ROWS]
    if unknown := set(wanted) - {row.name for row in ROWS}:
        parser.error(f"no such row: {', '.join(sorted(unknown))}")
    of_projects = args.projects.split(",") if args.projects else None
    rows = [row for row in ROWS if row.name in wanted]
    before = committed() if args.compare else json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    new: list[dict] = []
    skipped: list[dict] = []
    failed: list[str] = []
    with tempfile.TemporaryDirectory(prefix="pygo-bench-") as scratch:
        # Links in the path would make Go and pygo disagree about it.
        scratch = Path(scratch).resolve()
        shared = Path(args.caches).resolve() if args.caches else scratch / "caches"
        go, zig, versions = tools(scratch)
        os.environ["BENCH_GO"] = go
        about = f"{datetime.date.today()}: {machine()}, {versions}, load {os.getloadavg()[0]:.1f} at the start."
        for row in rows:
            for kind in [kind for kind in row.projects if not of_projects or kind in of_projects]:
                start = time.monotonic()
                bench_dir = Path(tempfile.mkdtemp(dir=scratch))
                caches = bench_dir / "caches" if row.is_cold else shared
                bench = Bench(bench_dir, caches, PYGO, go, zig, CACHE / "tools")
                try:
                    lines = measured(bench, row, kind, args.pairs or row.pairs)
                except Unavailable as why:
                    skipped.append({"row": row.name, "project": kind, "work": row.work, "other": row.other, "why": str(why)})
                    print(f"{row.name} {kind}: skipped: {why}", flush=True)
                    continue
                except Exception as error:
                    # The other rows count all the same.
                    failed.append(f"{row.name} {kind}")
                    print(f"{row.name} {kind}: failed: {error!r}", flush=True)
                    continue
                finally:
                    shutil.rmtree(bench_dir, ignore_errors=True)
                new += lines
                for line in lines:
                    ratio = line["ratio"]
                    print(
                        f"{row.name} {kind} {line['measure']}: pygo {shown(line['measure'], line['pygo'])}, compared "
                        f"{shown(line['measure'], line['reference'])}, ratio {ratio['median']:.3g} "
                        f"({ratio['min']:.3g} to {ratio['max']:.3g}), goal {line['goal']}, "
                        f"{'reached' if line['reached'] else 'missed'}; took {time.monotonic() - start:.0f} s",
                        flush=True,
                    )
                if not args.compare:
                    results = {
                        "machine": about,
                        "rows": merged(before.get("rows", []), new),
                        "skipped": merged(before.get("skipped", []), skipped),
                    }
                    RESULTS.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n")
                    replace_section("builds", table(results))
    if args.compare:
        found = slower(before.get("rows", []), new)
        print("\n".join(found) or "nothing got slower")
        failed += found
    sys.exit(bool(failed))


def committed() -> dict:
    done = subprocess.run(["git", "show", "HEAD:docs/benchmarks.json"], cwd=ROOT, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit("docs/benchmarks.json is not committed: run make bench first")
    return json.loads(done.stdout)


if __name__ == "__main__":
    main()
