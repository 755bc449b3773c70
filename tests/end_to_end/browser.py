"""Opens reports in headless Chromium, plays, switches and checks what a listener relies on.

    browser.py APPS_FOLDER [SCREENSHOTS_FOLDER]     on pages it makes itself
    browser.py --look PAGE SCREENSHOTS_FOLDER       only pictures of a page

Only Python's standard library: chromedriver speaks JSON over HTTP. Prints "SKIPPED: …" and
ends with 77 where Debian's packages chromium and chromium-driver are not installed.
"""

import array
import base64
import json
import math
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import wave

CONFIG = """title: Small
stft: {window_length: 256, hop_length: 128}
mixtures: {num_train: 3, num_validation: 2, seconds: 1, max_source_seconds: 1}
model: {hidden_size: 6}
train: {batch_size: 2, iterations_per_epoch: 3, num_epochs: 2}
"""

FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--autoplay-policy=no-user-gesture-required", "--mute-audio",
]

# Text whose contrast with what lies behind it is below WCAG's 4.5 to 1.
CONTRAST = """
const channel = (v) => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
const parse = (text) => text.match(/[\\d.]+/g).map(Number);
const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
const behind = (e) => {
  for (; e; e = e.parentElement) {
    const c = parse(getComputedStyle(e).backgroundColor);
    if (c.length < 4 || c[3] > 0) return c;
  }
  return [255, 255, 255];
};
const faults = [];
for (const e of document.querySelectorAll('body *')) {
  const own = [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
  const box = e.getBoundingClientRect();
  if (!own || box.width === 0 || e.closest('script, svg')) continue;
  const [a, b] = [light(parse(getComputedStyle(e).color)), light(behind(e))].sort((x, y) => y - x);
  const ratio = (a + 0.05) / (b + 0.05);
  if (ratio < 4.5) faults.push(`${e.tagName}.${e.className} ${ratio.toFixed(2)}`);
}
return faults;
"""

NAMELESS = """
const name = (e) => (e.getAttribute('aria-label') || e.textContent).trim();
return [...document.querySelectorAll('button, input, [role=img], section, a, figure svg')]
    .filter((e) => !name(e)).map((e) => e.outerHTML.slice(0, 80));
"""


class Browser:
    def __init__(self, folder):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.log = open(os.path.join(folder, "chromedriver.log"), "wb")
        self.driver = subprocess.Popen(
            ["chromedriver", f"--port={port}"], stdout=self.log, stderr=self.log)
        self.root = f"http://127.0.0.1:{port}"
        self.session = ""
        for _ in range(100):
            try:
                if self.call("GET", "/status")["ready"]:
                    break
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.1)
        options = {
            "binary": shutil.which("chromium"),
            "args": FLAGS + [f"--user-data-dir={folder}/profile"],
        }
        reply = self.call("POST", "/session", {"capabilities": {"alwaysMatch": {
            "browserName": "chrome",
            "goog:chromeOptions": options,
            "goog:loggingPrefs": {"browser": "ALL"},
        }}})
        self.session = "/session/" + reply["sessionId"]

    def call(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            self.root + path, data, {"Content-Type": "application/json"}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=120) as reply:
                return json.load(reply)["value"]
        except urllib.error.HTTPError as error:
            raise RuntimeError(json.load(error)["value"]["message"]) from None

    def do(self, path, body):
        return self.call("POST", self.session + path, body)

    def open(self, path):
        self.do("/url", {"url": pathlib.Path(path).resolve().as_uri()})

    def run(self, script):
        return self.do("/execute/sync", {"script": script, "args": []})

    def player(self, expression):
        return self.run(f"return sepPlayer.{expression}")

    def click(self, selector, index=0):
        found = self.do("/elements", {"using": "css selector", "value": selector})
        element = list(found[index].values())[0]
        self.do(f"/element/{element}/click", {})

    def press(self, key, held=None):
        actions = [{"type": "keyDown", "value": key}, {"type": "keyUp", "value": key}]
        if held:
            actions = ([{"type": "keyDown", "value": held}] + actions +
                       [{"type": "keyUp", "value": held}])
        self.do("/actions", {"actions": [{"type": "key", "id": "keys", "actions": actions}]})

    def devtools(self, command, **parameters):
        return self.do("/goog/cdp/execute", {"cmd": command, "params": parameters})

    def resize(self, width, height):
        self.devtools("Emulation.setDeviceMetricsOverride", width=width, height=height,
                      deviceScaleFactor=1, mobile=width < 700)

    def dark(self, dark):
        self.devtools("Emulation.setEmulatedMedia", features=[
            {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])

    def screenshot(self, path):
        picture = self.devtools("Page.captureScreenshot", captureBeyondViewport=True)
        pathlib.Path(path).write_bytes(base64.b64decode(picture["data"]))

    def messages(self):
        return [entry for entry in self.do("/se/log", {"type": "browser"})
                if entry["level"] in ("SEVERE", "WARNING")]

    def close(self):
        try:
            if self.session:
                self.call("DELETE", self.session)
        finally:
            self.driver.terminate()
            self.driver.wait()
            self.log.close()


def check(condition, text):
    if not condition:
        raise AssertionError(text)


def check_console(browser):
    messages = browser.messages()
    check(not messages, str(messages))


def wait_for(condition, text, seconds=20.0):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return
        time.sleep(0.02)
    raise AssertionError("waited for: " + text)


def check_page(browser, name):
    """What holds for every page, at both widths, light and dark."""
    check(not browser.run(NAMELESS), f"{name}: without a name: {browser.run(NAMELESS)}")
    check(browser.run("return document.documentElement.lang") == "en", "no language")
    loaded = browser.run("return performance.getEntriesByType('resource').map(e => e.name)")
    outside = [url for url in loaded if not url.startswith(("data:", "blob:"))]
    check(not outside, f"{name} loads {outside}")
    for width in (400, 1280):
        browser.resize(width, 900)
        wide = browser.run("return document.documentElement.scrollWidth")
        check(wide <= width, f"{name}: {wide} wide on a screen of {width}")
        for dark in (False, True):
            browser.dark(dark)
            faint = browser.run(CONTRAST)
            check(not faint, f"{name}, dark {dark}: faint {faint}")
    browser.dark(False)
    check_console(browser)


def seek(browser, seconds):
    browser.run(f"sepPlayer.seek({seconds})")


def check_player(browser, tracks, parts, seconds):
    """Plays, switches and seeks; leaves the player paused."""
    position = lambda: browser.player("position()")
    heard = lambda: browser.player("heard()")
    check(browser.player("engine") == "BufferEngine", browser.player("engine"))
    check(heard() == [tracks[0]], f"first heard: {heard()}")

    browser.click("#play")
    wait_for(lambda: position() > 0.15, "playing")
    wait_for(lambda: browser.player("level()") > 1e-3, "sound")
    check(browser.run("return document.getElementById('play').ariaLabel") == "Pause", "label")

    for index, track in enumerate(tracks[1:], 1):  # in step, at the same position
        before = position()
        browser.press(str(index + 1))
        after = position()
        check(heard() == [track], f"digit {index + 1}: {heard()}")
        check(before <= after < before + 1.0, f"switch moved from {before} to {after}")
    pressed = browser.run("return [...document.querySelectorAll('.listen')]"
                          ".map(e => e.ariaPressed)")
    check(pressed == ["false"] * (len(tracks) - 1) + ["true"], str(pressed))

    browser.press(" ")
    stood = position()
    time.sleep(0.3)
    check(position() == stood, "paused, and goes on")
    seek(browser, 0.0)
    browser.press("\ue014", "\ue008")  # shift and right
    check(abs(position() - 1.0) < 1e-6, f"shift right: {position()}")
    browser.press("\ue012")  # left
    check(position() == 0.0, f"left: {position()}")
    browser.press("\ue010")  # end
    check(position() > seconds - 0.01, f"end: {position()}")
    browser.press("\ue011")  # home
    check(position() == 0.0, f"home: {position()}")
    browser.click(".spectrogram", 1)  # its middle
    check(abs(position() - seconds / 2) < seconds / 100, f"click: {position()}")
    seek(browser, 5.5)
    spoken = browser.run("return document.getElementById('position').ariaValueText")
    check(spoken == f"0:05 of 0:0{int(seconds)}", spoken)

    browser.press("1")
    part = tracks.index(parts[0])
    browser.click(".mute", part)
    check(heard() == parts[1:], f"without {parts[0]}: {heard()}")
    browser.press("m")
    check(heard() == [tracks[0]], f"with it again: {heard()}")
    browser.click(".solo", part)
    browser.click(".solo", tracks.index(parts[1]))
    check(heard() == parts[:2], f"two soloed: {heard()}")
    browser.press("s")
    check(heard() == parts[:1], f"one soloed: {heard()}")
    browser.press("1")
    check(heard() == [tracks[0]], f"one again: {heard()}")

    browser.press("\ue004")  # tab, to a button that keeps the space bar for itself
    browser.run("document.querySelectorAll('.solo')[1].focus()")
    browser.press(" ")
    check(heard() == [tracks[1]], f"space on a button: {heard()}")
    browser.press(" ")
    check(heard() == [tracks[0]], f"space on a button again: {heard()}")
    browser.click(".listen", 0)

    visible = "return getComputedStyle(document.querySelector('img.linear')).display"
    check(browser.run(visible) == "none", "linear axis first")
    browser.press("l")
    check(browser.run(visible) != "none", "no linear axis")
    browser.press("l")

    seek(browser, seconds - 0.3)
    browser.press(" ")
    wait_for(lambda: browser.run("return document.getElementById('play').ariaLabel") == "Play",
             "the end")
    check(position() == 0.0, f"after the end: {position()}")
    check_console(browser)


def check_long_player(browser, tracks, parts):
    """The page of a long recording plays the files beside it."""
    position = lambda: browser.player("position()")
    playing = lambda: browser.player("sounding()")
    check(browser.player("engine") == "ElementEngine", browser.player("engine"))
    browser.click("#play")
    wait_for(lambda: position() > 0.2, "playing")
    check(playing() == tracks[:1], f"sounding: {playing()}")
    seek(browser, 300.0)
    for index in (2, 5, 1):
        wait_for(lambda: position() > 300.1, "playing on")
        before = position()
        browser.press(str(index + 1))
        wait_for(lambda: playing() == [tracks[index]], f"switch to {index}: {playing()}")
        after = position()
        check(before - 0.1 <= after < before + 1.5, f"switch moved from {before} to {after}")
        seek(browser, 300.0)
    browser.press("1")
    browser.click(".mute", tracks.index(parts[0]))
    wait_for(lambda: playing() == parts[1:], f"without {parts[0]}: {playing()}")
    time.sleep(1.2)
    spread = browser.player("spread()")
    check(spread < 0.1, f"parts are {spread} s apart")
    browser.press(" ")
    check(playing() == [], f"paused: {playing()}")
    check_console(browser)


def check_parts_sum(browser, tracks, parts):
    """Parts, decoded in the page, are the mixture but for Opus's losses."""
    worst = browser.run("""
const decode = async (e) => {
  const bytes = Uint8Array.from(atob(e.querySelector('.audio').textContent),
                                (c) => c.charCodeAt(0));
  const context = new OfflineAudioContext(1, 48000, 48000);
  return (await context.decodeAudioData(bytes.buffer)).getChannelData(0);
};
return (async () => {
  const tracks = await Promise.all([...document.querySelectorAll('.track')].map(decode));
  const roles = [...document.querySelectorAll('.track')].map((e) => e.dataset.role);
  let error = 0, power = 0;
  for (let n = 0; n < tracks[0].length; ++n) {
    let rest = tracks[0][n];
    power += rest * rest;
    for (let i = 1; i < tracks.length; ++i) if (roles[i] === 'part') rest -= tracks[i][n];
    error += rest * rest;
  }
  return error / power;
})();
""")
    check(worst < 0.05, f"parts differ from the mixture by {worst} of its power")


def make_pages(apps, folder):
    environment = dict(os.environ, PATH=f"{apps}:{os.environ['PATH']}")
    environment.pop("BACH10_ROOT", None)

    def command(line):
        subprocess.run(line, shell=True, check=True, cwd=folder, env=environment,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    (folder / "small.yaml").write_text(CONFIG)
    command("sep-data synthesize --pieces 3 --seconds 8 --seed 1 --out pieces")
    command("sep-train small.yaml --data pieces --out run --folds 1")
    command("sep-eval run --oracles --report")
    mixture = min(folder.glob("pieces/01-*/*.wav"), key=lambda path: len(path.name))
    shutil.copy(mixture, folder / "a & b <c>.wav")
    command("sep-separate --model run 'a & b <c>.wav' --report")
    with wave.open(str(folder / "long #1.wav"), "wb") as file:  # beyond ten minutes
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        second = [int(9000 * math.sin(2 * math.pi * 440 * n / 8000)) for n in range(8000)]
        file.writeframes(array.array("h", second * 602).tobytes())
    command("sep-separate --model run 'long #1.wav' --report")
    return folder / "separated/a & b <c>", folder / "run/eval/report"


def check_everything(browser, apps, folder, screenshots):
    separated, evaluated = make_pages(apps, folder)
    parts = ["bassoon", "clarinet", "saxphone", "violin"]
    names = sorted(path.name for path in separated.iterdir())
    check(names == sorted([f"{p}.wav" for p in parts + ["remainder"]] + ["report.html"]),
          f"files: {names}")
    page = separated / "report.html"
    browser.open(page)
    title = browser.run("return document.title")
    check(title == "a & b <c>.wav, separated", title)
    check(browser.run("return document.querySelectorAll('table tbody tr').length") == 4,
          "no scores of the run")
    check_page(browser, "separation")
    check_player(browser, ["mixture"] + parts + ["remainder"], parts + ["remainder"], 8.0)
    check_parts_sum(browser, ["mixture"], parts)
    photograph(browser, page, screenshots, "separation")

    browser.open(folder / "separated/long #1/report.html")
    check_page(browser, "long")
    check_long_player(browser, ["mixture"] + parts + ["remainder"], parts + ["remainder"])

    browser.open(evaluated / "index.html")
    check_page(browser, "index")
    check(browser.run("return document.querySelectorAll('.curves figure').length") == 4,
          "learning curves")
    check(browser.run("return document.querySelectorAll('table tbody tr').length") == 4 * 6,
          "rows of the summary")
    photograph(browser, evaluated / "index.html", screenshots, "index")
    browser.click("nav a")
    pairs = [f"{p}, {kind}" for p in parts for kind in ("estimate", "reference")]
    check_page(browser, "piece")
    check_player(browser, ["mixture"] + pairs, pairs[1::2], 8.0)
    photograph(browser, None, screenshots, "piece")


def photograph(browser, page, folder, name):
    if folder is None:
        return
    if page is not None:
        browser.open(page)
    for width in (400, 1280):
        for dark in (False, True):
            browser.resize(width, 900)
            browser.dark(dark)
            time.sleep(0.4)
            browser.screenshot(folder / f"{name}-{width}{'-dark' if dark else ''}.png")
    browser.dark(False)


def main(arguments):
    for program in ("chromium", "chromedriver"):
        if shutil.which(program) is None:
            print(f"SKIPPED: {program} is not installed (Debian: chromium chromium-driver)")
            sys.exit(77)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name).resolve()
        browser = Browser(folder)
        try:
            if arguments[0] == "--look":
                pathlib.Path(arguments[2]).mkdir(parents=True, exist_ok=True)
                photograph(browser, arguments[1], pathlib.Path(arguments[2]), "page")
                return
            screenshots = pathlib.Path(arguments[1]) if len(arguments) > 1 else None
            if screenshots:
                screenshots.mkdir(parents=True, exist_ok=True)
            check_everything(browser, os.path.abspath(arguments[0]), folder, screenshots)
            print("all pages are well")
        finally:
            browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
