"""The built site: every link, anchor and image resolves, nothing comes from another host, the search finds.

Made by the same four commands as ``make docs``, with the figures that are kept; skipped where packages that ``make docs`` installs are missing.
"""

import functools
import html.parser
import http.server
import json
import os
import re
import shutil
import subprocess
import sys
import threading
from urllib.parse import unquote, urldefrag, urlsplit

import numpy as np
import pytest
from subprocesses import ROOT

pytestmark = pytest.mark.slow
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FETCHED = {"stylesheet", "icon", "preload", "prefetch", "modulepreload", "preconnect", "dns-prefetch", "manifest"}
WORDS = ("Kaplan-Yorke", "covariant")
PATIENCE = 240  # seconds for a browser on a busy machine


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    for package in ("mkdocs", "material", "mkdocstrings", "latex2mathml", "nbformat", "nbclient", "nbconvert", "ipykernel", "sklearn", "torch"):
        pytest.importorskip(package, reason="make docs installs what the site needs")
    folder = tmp_path_factory.mktemp("site")
    variables = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    mkdocs = ["-m", *command_of_mkdocs(), "--site-dir", str(folder)]
    for command in (*([f"tools/site/{name}.py"] for name in ("gallery", "figures", "notebooks")), mkdocs):
        done = subprocess.run([sys.executable, *command], cwd=ROOT, env=variables, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return folder


def command_of_mkdocs():
    """As `make docs` calls it."""
    (command,) = re.findall(r"-m (mkdocs .*)", (ROOT / "Makefile").read_text(encoding="utf-8"))
    return command.split()


@pytest.mark.parametrize("link, ends", [("other.md#there", 0), ("other.md#nowhere", 1), ("no-such-page.md", 1)])
def test_a_link_that_leads_nowhere_ends_the_build(tmp_path, link, ends):
    pytest.importorskip("mkdocs", reason="make docs installs what the site needs")
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "index.md").write_text(f"# Index\n\n[link]({link})\n")
    (tmp_path / "docs" / "other.md").write_text("# Other\n\n## There\n")
    real = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    validation = re.search(r"^validation:\n(?:  .*\n)+", real, re.MULTILINE)[0]
    (tmp_path / "mkdocs.yml").write_text("site_name: small\ntheme: mkdocs\n" + validation)
    variables = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run([sys.executable, "-m", *command_of_mkdocs()], cwd=tmp_path, env=variables, capture_output=True, text=True)
    assert done.returncode == ends, done.stdout + done.stderr


class Page(html.parser.HTMLParser):
    """Anchors of a page, where its links lead, and what a browser loads with it."""

    def __init__(self, text):
        super().__init__()
        self.anchors, self.links, self.loaded = set(), [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        self.anchors |= {found[name] for name in ("id", "name") if found.get(name)}
        if tag == "a" and found.get("href"):
            self.links.append(found["href"])
        if tag == "link" and set(found.get("rel", "").split()) & FETCHED:
            self.loaded.append(found["href"])
        if tag in ("img", "script", "iframe", "source", "embed", "video", "audio") and found.get("src"):
            self.loaded.append(found["src"])
        for part in found.get("srcset", "").split(","):
            if part.strip():
                self.loaded.append(part.split()[0])


@functools.cache
def pages_of(site):
    return {path: Page(path.read_text(encoding="utf-8")) for path in site.rglob("*.html")}


def target_of(site, page, link):
    """The file that a link within the site leads to."""
    path = unquote(urlsplit(link).path)
    if not path:
        return page
    found = site / path.lstrip("/") if path.startswith("/") else page.parent / path
    return (found / "index.html" if found.is_dir() else found).resolve()


def is_elsewhere(link):
    return bool(urlsplit(link).netloc) or urlsplit(link).scheme in ("mailto", "http", "https")


def broken(site, page, parsed):
    """Links of a page that lead nowhere."""
    for link in parsed.links + parsed.loaded:
        if is_elsewhere(link) or link.startswith("data:"):
            continue
        address, anchor = urldefrag(link)
        target = target_of(site, page, address)
        if not target.is_file():
            yield link
        elif anchor and anchor != "__skip" and target.suffix == ".html" and unquote(anchor) not in pages_of(site)[target].anchors:
            yield link


def test_every_link_anchor_and_image_resolves(site):
    site = site.resolve()
    pages = {path: page for path, page in pages_of(site).items() if path.name != "404.html"}
    assert len(pages) > 60  # 24 that are written, 18 of the reference, 30 of the gallery
    wrong = {str(path.relative_to(site)): found for path, page in pages.items() if (found := sorted(set(broken(site, path, page))))}
    assert wrong == {}


def test_a_broken_link_would_be_found(tmp_path):
    (tmp_path / "one.html").write_text('<h1 id="here"></h1><a href="#here"></a><a href="two.html"></a><a href="#there"></a><img src="x.svg">')
    path = (tmp_path / "one.html").resolve()
    assert list(broken(tmp_path.resolve(), path, pages_of(tmp_path.resolve())[path])) == ["two.html", "#there", "x.svg"]


def test_nothing_is_loaded_from_another_host(site):
    for path, page in pages_of(site).items():
        assert [link for link in page.loaded if is_elsewhere(link)] == [], path
    for sheet in site.rglob("*.css"):
        addresses = re.findall(r"url\(\s*['\"]?([^'\")]+)", sheet.read_text(encoding="utf-8"))
        assert [address for address in addresses if is_elsewhere(address)] == [], sheet


def test_formulas_are_drawn_without_a_script(site):
    text = (site / "equations.html").read_text(encoding="utf-8")
    assert text.count("<math") > 20 and "arithmatex" not in text and r"\(" not in text


def test_names_in_code_lead_to_the_reference(site):
    text = (site / "which-function.html").read_text(encoding="utf-8")
    assert 'href="api/runs.html#pylyap.lyapunov_spectrum"' in text
    assert "<autoref" not in text


def test_scripts_and_notebooks_can_be_downloaded(site):
    scripts = {path.stem for path in (ROOT / "examples" / "gallery").glob("*.py")}
    for kind in ("py", "ipynb", "svg", "html"):
        assert scripts <= {path.stem for path in (site / "gallery").glob(f"*.{kind}")}


@pytest.mark.parametrize("name", sorted(path.stem for path in (ROOT / "examples" / "notebooks").glob("*.ipynb")))
def test_notebooks_were_executed_and_can_be_downloaded(site, name):
    """That no cell failed is what executes them; here: what a reader sees, without bars and warnings."""
    text = (site / "notebooks" / f"{name}.html").read_text(encoding="utf-8")
    assert 'alt="exponents in descending order" src="data:image/svg+xml' in text  # a result that shows itself
    assert re.search(r'<img[^>]+src="[^"]+\.png"', text)  # a figure of matplotlib
    assert "% |" not in text and "Warning" not in text and "Traceback" not in text
    assert (site / "notebooks" / f"{name}.ipynb").read_bytes() == (ROOT / "examples" / "notebooks" / f"{name}.ipynb").read_bytes()


def test_the_core_alone_ran_in_the_notebook_for_julia(site):
    """A command of the shell that fails fails no cell."""
    text = html.unescape(re.sub(r"<[^>]+>", "", (site / "notebooks" / "julia.html").read_text(encoding="utf-8")))
    assert re.search(r"largest exponent [\d.]+, mean -[\d.]+", text)
    total = float(re.search(r"sum of the exponents (-[\d.]+), minus the friction", text)[1])
    assert total == pytest.approx(-0.1, rel=1e-4)  # RK4 with dt = 0.01: its error per step is below 1e-8


def test_what_was_printed_in_pieces_is_one_line_on_a_page(monkeypatch):
    nbformat = pytest.importorskip("nbformat", reason="make docs installs what the site needs")
    pytest.importorskip("nbconvert", reason="make docs installs what the site needs")
    pytest.importorskip("nbclient", reason="make docs installs what the site needs")
    monkeypatch.syspath_prepend(str(ROOT / "tools" / "site"))
    import notebooks

    pieces = [("stdout", "largest exponent "), ("stderr", "a bar"), ("stdout", "0.5")]
    cell = nbformat.v4.new_code_cell("", outputs=[nbformat.v4.new_output("stream", name=name, text=text) for name, text in pieces])
    (shown,) = notebooks.as_on_a_page(nbformat.v4.new_notebook(cells=[cell])).cells[0].outputs
    assert shown.text == "largest exponent 0.5"


def test_a_figure_of_an_interrupted_run_is_not_kept(tmp_path, monkeypatch):
    pytest.importorskip("nbformat", reason="make docs installs what the site needs")
    monkeypatch.syspath_prepend(str(ROOT / "tools" / "site"))
    import gallery

    import pylyap

    monkeypatch.setattr(pylyap, "start_julia", lambda: None)
    script = tmp_path / "stopped.py"
    script.write_text(
        "import signal\nimport matplotlib.pyplot as plt\nfrom pylyap.runs.loop import StopRequest\n"
        "with StopRequest():\n    signal.raise_signal(signal.SIGTERM)\nplt.figure()\n"
    )
    with pytest.raises(KeyboardInterrupt):
        gallery.run(gallery.Example(script), tmp_path / "figure.svg")
    assert not (tmp_path / "figure.svg").exists()


def test_the_figure_of_the_readme_shows_what_its_script_computes(site):
    """Another machine's trajectory is another one, which moves an exponent by its standard error."""
    kept, made = ROOT / "docs" / "figures" / "first-spectrum.svg", site / "gallery" / "first_spectrum.svg"
    kept, made = (path.read_text(encoding="utf-8") for path in (kept, made))
    band, curve, other = paths_of(kept, "FillBetweenPolyCollection_1")[0], *(paths_of(text, "pylyap curve")[0] for text in (kept, made))
    lower, upper = (half[1:, 1] for half in np.split(band, 2))  # there and back; the first point of each is on the other
    assert len(lower) == 200 and len(curve) > 100 and np.ptp(curve[:, 1]) > 100  # points of a page
    # The band is 3.92 standard errors wide; on average two runs differ by 1.13 of them. The rest is for the axis, which ends
    # where the last exponent does.
    assert np.abs(curve[:, 1] - np.interp(curve[:, 0], *other.T)).mean() < np.abs(upper[::-1] - lower).mean()


def paths_of(svg, group):
    """The points of all paths in groups of this name: (n, 2) each."""
    paths = re.findall(rf'<g id="{group}">\s*(?:<defs>\s*)?<path (?:id="\w+" )?d="(M [^"]+)"', svg)
    return [np.array(re.findall(r"[ML] ([-\d.]+) ([-\d.]+)", path), dtype=float) for path in paths]


def test_the_search_index_has_the_words(site):
    index = json.loads((site / "search" / "search_index.json").read_text(encoding="utf-8"))
    text = " ".join(entry["title"] + " " + entry["text"] for entry in index["docs"])
    assert "Kaplan-Yorke" in text and "covariant" in text and "lyapunov_spectrum" in text


DRIVER = """<!doctype html><meta charset="utf-8"><script>
const pages = %s, queries = %s, found = {};
async function look(address, ready) {
  const frame = document.createElement("iframe");
  frame.width = 1200; frame.height = 900;
  const faults = [];
  await new Promise(done => { frame.onload = done; frame.src = address; document.body.append(frame); });
  const inside = frame.contentWindow;
  inside.addEventListener("error", event => faults.push(String(event.message || event.target.src)), true);
  await new Promise(done => inside.requestIdleCallback(done, {timeout: 2000}));   // what the page had planned has run
  const shown = await ready(inside);
  const hosts = inside.performance.getEntriesByType("resource").map(entry => new URL(entry.name).host);
  frame.width = 390;                                     // a phone: nothing sticks out; to ask for the width makes the browser lay the page out
  const wide = Math.max(0, inside.document.documentElement.scrollWidth - 390);
  const images = [...inside.document.images].filter(image => image.complete && image.loading != "lazy" && !image.naturalWidth);
  frame.remove();
  return {faults, shown, wide, hosts: [...new Set(hosts)], images: images.map(image => image.src)};
}
window.onload = async () => {
  for (const page of pages) found[page] = await look(page, async inside => inside.document.title);
  for (const query of queries) found["search " + query] = await look("index.html?q=" + query, async inside => {
    for (;;) {
      const items = inside.document.querySelectorAll(".md-search-result__item");
      if (items.length) return items.length;
      await new Promise(done => setTimeout(done, 50));
    }
  });
  await fetch("/done", {method: "POST", body: JSON.stringify(found)});
};
</script><body></body>"""


@pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine")
def test_a_browser_opens_every_page_without_faults_and_other_hosts(site, tmp_path):
    pages = sorted(str(path.relative_to(site)) for path in site.rglob("*.html") if path.name != "404.html")
    driver = (DRIVER % (json.dumps(pages), json.dumps(WORDS))).encode()
    told, missing = {}, []
    is_done = threading.Event()

    class Handler(http.server.SimpleHTTPRequestHandler):
        def do_GET(self):
            if self.path == "/driver":
                self.send_response(200)
                self.send_header("Content-Type", "text/html")
                self.end_headers()
                self.wfile.write(driver)
            else:
                super().do_GET()

        def do_POST(self):
            told.update(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()
            is_done.set()

        def log_message(self, form, *arguments):
            if len(arguments) > 1 and str(arguments[1]) == "404":
                missing.append(arguments[0])

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=str(site)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    host = f"127.0.0.1:{server.server_port}"
    command = [
        CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path}", "--enable-logging=stderr",
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", "--remote-debugging-port=0", f"http://{host}/driver",
    ]
    with open(tmp_path / "log", "w+") as log, subprocess.Popen(command, stdout=log, stderr=log) as browser:
        try:
            assert is_done.wait(PATIENCE), "the browser did not get through all pages"
        finally:
            browser.terminate()
            server.shutdown()
        log.seek(0)
        console = [line for line in log if "CONSOLE" in line and "favicon.ico" not in line]
    searches = [f"search {word}" for word in WORDS]
    assert set(told) == {*pages, *searches}
    assert {page: seen for page, seen in told.items() if seen["faults"] or seen["images"] or set(seen["hosts"]) - {host}} == {}
    assert {page: seen["wide"] for page, seen in told.items() if seen["wide"]} == {}
    assert all(told[search]["shown"] >= 3 for search in searches)
    assert [line for line in missing if "favicon.ico" not in line] == [] and console == []
