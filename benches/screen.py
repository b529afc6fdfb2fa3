"""Writes docs/matrix.svg: the screen of a terminal after `pygo matrix` in the project of README.md.

Run it after changes to the output: `target/judges/bin/python benches/screen.py`. Needs tmux, and warm
caches: run it twice. PYGO names the executable.
"""

import html
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests/judges"))

from test_docs import write_project  # noqa: E402

PYGO = Path(os.environ.get("PYGO", ROOT / "target/release/pygo")).resolve()
COLUMNS, LINES = 80, 40
WIDTH, HEIGHT, SIZE, MARGIN = 7.8, 17, 13, 14
# SGR codes of the 8 colors and their bright variants, in a palette for dark backgrounds.
PALETTE = ["#3b4252", "#ff7b72", "#7ee787", "#e3b341", "#79c0ff", "#d2a8ff", "#76e3ea", "#c9d1d9"]
BACKGROUND, FOREGROUND, DIM = "#0d1117", "#e6edf3", "#8b949e"


def capture(project: Path) -> list[str]:
    """The screen, with escape sequences, after the command has ended."""
    socket = f"pygo-screen-{os.getpid()}"
    tmux = ["tmux", "-L", socket, "-f", "/dev/null"]
    env = {**os.environ, "PATH": f"{PYGO.parent}:{os.environ['PATH']}", "TERM": "xterm-256color"}
    for name in ("CI", "NO_COLOR", "GITHUB_ACTIONS"):
        env.pop(name, None)
    start = ["new-session", "-d", "-x", str(COLUMNS), "-y", str(LINES), "-c", str(project)]
    command = "pygo matrix; touch done; sleep 600"
    subprocess.run([*tmux, *start, "sh", "-c", command], check=True, env=env)
    try:
        while not (project / "done").exists():
            time.sleep(0.2)
        time.sleep(0.5)
        done = subprocess.run([*tmux, "capture-pane", "-e", "-p"], check=True, capture_output=True, text=True)
    finally:
        subprocess.run([*tmux, "kill-server"], check=True)
    return ["$ pygo matrix", *done.stdout.rstrip().splitlines()]


def spans(line: str):
    """The text of a line in pieces, each with its color and weight."""
    color, bold, dim = FOREGROUND, False, False
    for part in re.split(r"(\x1b\[[0-9;]*m)", line):
        if not part.startswith("\x1b"):
            if part:
                yield part, DIM if dim and color == FOREGROUND else color, bold
            continue
        for code in map(int, (part[2:-1] or "0").split(";")):
            if code == 0:
                color, bold, dim = FOREGROUND, False, False
            elif code in (1, 2, 22):
                bold, dim = code == 1, code == 2
            elif 30 <= code <= 37 or 90 <= code <= 97:
                color = PALETTE[code % 10]
            elif code == 39:
                color = FOREGROUND


def svg(lines: list[str]) -> str:
    width = COLUMNS * WIDTH + 2 * MARGIN
    height = len(lines) * HEIGHT + 2 * MARGIN
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height}" width="{width:.0f}"'
        f' height="{height}" font-family="ui-monospace,Menlo,Consolas,\'DejaVu Sans Mono\',monospace"'
        f' font-size="{SIZE}">',
        "<title>pygo matrix</title>",
        f'<rect width="100%" height="100%" rx="8" fill="{BACKGROUND}"/>',
    ]
    for row, line in enumerate(lines):
        column, y = 0, MARGIN + (row + 0.75) * HEIGHT
        for text, color, bold in spans(line):
            # textLength keeps the columns where the font has another width.
            bare = text.lstrip(" ")
            column += len(text) - len(bare)
            shown = bare.rstrip(" ")
            if shown:
                x, length = MARGIN + column * WIDTH, len(shown) * WIDTH
                weight = ' font-weight="bold"' if bold else ""
                out.append(
                    f'<text x="{x:.1f}" y="{y:.1f}" fill="{color}"{weight} xml:space="preserve"'
                    f' textLength="{length:.1f}" lengthAdjust="spacingAndGlyphs">{html.escape(shown)}</text>'
                )
            column += len(bare)
    return "\n".join([*out, "</svg>"]) + "\n"


def main() -> None:
    if not shutil.which("tmux"):
        sys.exit("no tmux on PATH")
    with tempfile.TemporaryDirectory() as temporary:
        project = write_project(Path(temporary) / "demo", [ROOT / "README.md"])
        (ROOT / "docs/matrix.svg").write_text(svg(capture(project)))


if __name__ == "__main__":
    main()
