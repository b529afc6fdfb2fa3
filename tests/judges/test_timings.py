"""The page of `--timings`, in headless Chromium: both color schemes, a phone, and without a mouse."""

import html
import json
import os
import re
import shutil
import struct
import subprocess
import zlib

import pytest

from factory import TARGET

UNPACKED = TARGET / "chromium" / "chromium"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
CHROMIUM = CHROMIUM or (UNPACKED if UNPACKED.is_file() else None)

# Runs in a copy of the page, which itself allows no script; writes what it finds into the page.
PROBE = """<script>
addEventListener("load", () => {
  const canvas = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
  const rgb = color => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const light = color => {
    const [r, g, b] = rgb(color).slice(0, 3).map(v => v / 255)
      .map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
    return .2126 * r + .7152 * g + .0722 * b;
  };
  const behind = element => {
    for (; element; element = element.parentElement) {
      const color = getComputedStyle(element).backgroundColor;
      if (rgb(color)[3] > 0) return color;
    }
    return "white";
  };
  const contrast = (a, b) => {
    const [low, high] = [light(a), light(b)].sort((x, y) => x - y);
    return (high + .05) / (low + .05);
  };
  const texts = [...document.querySelectorAll("main *")].filter(element =>
    [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim()));
  const pale = texts.map(element => [element.className || element.tagName,
    contrast(getComputedStyle(element).color, behind(element))]).filter(([, value]) => value < 4.5);
  const edges = [...document.querySelectorAll(".bar")].map(bar =>
    contrast(getComputedStyle(bar).borderTopColor, behind(bar.parentElement)));
  const bars = [...document.querySelectorAll(".bar")];
  window.focus();
  bars[0].focus({focusVisible: true});
  const tip = getComputedStyle(bars[0], "::after");
  const found = {
    pale, edge: Math.min(...edges), bars: bars.length,
    scroll: document.documentElement.scrollWidth, width: innerWidth,
    small: bars.filter(bar => bar.getBoundingClientRect().height < 24).length,
    outside: bars.filter(bar => bar.getBoundingClientRect().right > innerWidth + 1).length,
    unnamed: bars.filter(bar => !bar.getAttribute("aria-label")).length,
    dangling: [...document.querySelectorAll("a[href^='#']")]
      .filter(link => !document.querySelector(link.getAttribute("href"))).length,
    tip: tip.content, focusable: bars.filter(bar => bar.tabIndex === 0).length,
    scheme: getComputedStyle(document.body).backgroundColor,
    headings: document.querySelectorAll("h2").length,
    evil: document.querySelectorAll("b, script:not([data-probe])").length,
  };
  top.document.title = JSON.stringify(found);
});
</script>"""


@pytest.fixture(scope="module")
def page(factory, tmp_path_factory) -> str:
    """The page of a project in a directory whose name is markup."""
    scratch = tmp_path_factory.mktemp("timings")
    project = factory.project("hello", scratch).rename(scratch / "<b onfocus='x'>&amp;")
    path = scratch / "timings.html"
    factory.matrix(project, ["linux-amd64"], f"--timings={path}").ok()
    return path.read_text()


def chromium(*arguments) -> str:
    if not CHROMIUM:
        reason = "no Chromium: tests/setup/chromium.sh says what is missing"
        pytest.fail(reason) if os.environ.get("CI") == "true" else pytest.skip(reason)
    command = [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
    done = subprocess.run([*command, *map(str, arguments)], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


def scheme(dark: bool) -> str:
    return f"--blink-settings=preferredColorScheme={0 if dark else 1}"


def test_the_page_loads_nothing_and_has_a_table_for_its_charts(page):
    assert not re.search(r"https?://|<script|<img|<link|@import|url\(", page)
    assert "default-src 'none'" in page
    rows = re.findall(r'<tr id="stage-(\d+)">', page)
    links = re.findall(r'class="bar [^"]*" href="#stage-(\d+)"', page)
    # Each stage is in both charts.
    assert sorted(links) == sorted(rows * 2) and len(rows) >= 6
    title = html.unescape(re.search("<h1>(.*)</h1>", page)[1])
    assert title == "Timings of <b onfocus='x'>&amp;"
    for heading in ("Critical path", "CPUs in use", "Wheels", "All stages", "Tools"):
        assert f">{heading}</h2>" in page
    assert re.search(r"<th scope=\"row\">zig</th><td>0\.\d+", page), "the version of zig"


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_page_is_readable_on_a_phone_and_with_the_keyboard(page, dark, tmp_path):
    file = tmp_path / "page.html"
    policy = re.compile('<meta http-equiv="Content-Security-Policy"[^>]*>')
    assert policy.search(page)
    probed = policy.sub(PROBE.replace("<script>", "<script data-probe>"), page)
    # Headless Chromium makes no window as narrow as a phone.
    frame = f'<iframe width="360" height="800" srcdoc="{html.escape(probed)}"></iframe>'
    file.write_text(f"<!DOCTYPE html><title>-</title>{frame}")
    text = chromium(scheme(dark), "--dump-dom", file.as_uri())
    found = json.loads(html.unescape(re.search("<title>(.*?)</title>", text)[1]))
    assert not found["pale"], "text with a contrast below 4.5"
    assert found["edge"] >= 3, "bars cannot be told from the background"
    assert found["bars"] == found["focusable"] >= 12
    assert found["width"] == 360
    assert found["scroll"] <= found["width"], "the page scrolls sideways"
    assert (found["small"], found["outside"], found["unnamed"], found["dangling"]) == (0, 0, 0, 0)
    assert " of CPU time" in found["tip"], "a focused bar says what it is"
    assert found["evil"] == 0
    background = [int(v) for v in re.findall(r"\d+", found["scheme"])[:3]]
    assert (sum(background) < 150) == dark


def pixels(path):
    """The rows of a PNG of 8-bit RGB or RGBA, as raw bytes, and bytes per pixel."""
    data, at, packed = path.read_bytes(), 8, b""
    while at < len(data):
        size, kind = struct.unpack(">I4s", data[at : at + 8])
        body = data[at + 8 : at + 8 + size]
        if kind == b"IHDR":
            width, _, _, color = struct.unpack(">IIBB", body[:10])
        packed += body if kind == b"IDAT" else b""
        at += size + 12
    step = {2: 3, 6: 4}[color]
    return zlib.decompress(packed), width * step + 1


def test_chromium_draws_both_color_schemes(page, tmp_path):
    file = tmp_path / "page.html"
    file.write_text(page)
    shots = []
    for dark in (False, True):
        shot = tmp_path / f"{dark}.png"
        chromium(scheme(dark), "--window-size=900,1400", f"--screenshot={shot}", file.as_uri())
        raw, stride = pixels(shot)
        assert len(raw) == stride * 1400
        shots.append(raw)
    assert shots[0] != shots[1]
