"""What the site needs beside mkdocs: pages of the API and of the gallery, figures, formulas, links from code to the API."""

import html
import re
import sys
from pathlib import Path

from latex2mathml.converter import convert
from mkdocs.exceptions import ConfigurationError
from mkdocs.structure.files import File

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(Path(__file__).parent)]

import gallery  # noqa: E402
import notebooks  # noqa: E402
import reference  # noqa: E402

MADE = {name: ROOT / "build" / name for name in ("gallery", "figures", "notebooks")}
FORMULA = re.compile(r'<(span|div) class="arithmatex">(.*?)</\1>', re.DOTALL)
# What is left alone: blocks, links, headings; then a name in code.
CODE = re.compile(
    r"(<pre.*?</pre>|<a .*?</a>|<autoref.*?</autoref>|<h[1-6].*?</h[1-6]>)|<code>([\w.]+)(\(.*?\))?</code>", re.DOTALL
)


def on_config(config):
    """Put the pages of the API and of the gallery into the navigation."""
    for part in config.nav:
        if "API" in part:
            part["API"] = ["api/index.md", *({page.title: page.uri} for page in reference.PAGES)]
        if "Gallery" in part:
            sections = gallery.SECTIONS.items()
            part["Gallery"].append({"Notebooks": [{title: f"notebooks/{name}.md"} for name, title in notebooks.TITLES.items()]})
            part["Gallery"] += [{section: [f"gallery/{name}.md" for name in names]} for section, names in sections]
    return config


def on_files(files, config):
    """Add the pages and figures that are made, not written."""
    for name, folder in MADE.items():
        if not any(folder.glob("*")):
            raise ConfigurationError(f"there is nothing in {folder}: run 'make docs', or tools/site/{name}.py first")
        for path in sorted(folder.iterdir()):
            files.append(File.generated(config, f"{name}/{path.name}", abs_src_path=str(path)))
    files.append(File.generated(config, "api/index.md", content=reference.index()))
    for page in reference.PAGES:
        files.append(File.generated(config, page.uri, content=page.markdown()))
    return files


def on_page_content(content, page, config, files):
    """Draw formulas as MathML, and link names of the API."""
    content = FORMULA.sub(_formula, content)
    return CODE.sub(_link, content)


def _formula(match):
    latex = html.unescape(match[2]).strip()
    display = latex.startswith(r"\[")
    return convert(latex[2:-2].strip(), display="block" if display else "inline")


def _link(match):
    identifier = match[2] and reference.names().get(match[2])
    if not identifier:
        return match[0]
    return f'<autoref identifier="{identifier}" optional>{match[0]}</autoref>'
