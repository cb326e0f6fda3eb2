"""The report as one HTML page, its figure inside."""

import base64
import html
import io

from ... import _files
from .report import number

STYLE = """
body { font-family: system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; color: #222; }
table { border-collapse: collapse; width: 100%; font-size: 0.92rem; }
th, td { text-align: left; vertical-align: top; padding: 0.3rem 0.6rem; border-bottom: 1px solid #ddd; }
td.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
span { border-radius: 0.3rem; padding: 0.05rem 0.45rem; color: white; white-space: nowrap; }
.pass { background: #007a59; } .warn { background: #a66b00; } .fail { background: #b84a00; }
.no-time, .not-applicable { background: #6b6b6b; }
pre { background: #f5f5f5; padding: 0.8rem; white-space: pre-wrap; font-size: 0.85rem; }
img { width: 100%; }
"""


def write(report, path):
    """Write the page of a report."""
    text = _page(report)
    with _files.writing(path, text=True) as file:
        file.write(text)


def _page(report):
    rows = "\n".join(
        f"<tr><td>{c.code}</td><td>{html.escape(c.title)}</td><td>{_badge(c.verdict)}</td>"
        f'<td class="number">{number(c.value)}</td><td class="number">{number(c.bound)}</td><td>{html.escape(c.text)}</td></tr>'
        for c in report.checks
    )
    return f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Controls: {html.escape(report.network)}</title><style>{STYLE}</style></head>
<body>
<h1>Is the spectrum converged? {_badge(report.verdict)}</h1>
<p>{html.escape(report.headline())}</p>
<table>
<tr><th></th><th>control</th><th>verdict</th><th>value</th><th>bound</th><th>what it means, what to do</th></tr>
{rows}
</table>
<h2>The runs</h2>
<img alt="Spectra, differences, running averages, condition numbers, twins, pair sums and verdicts" src="{_picture(report)}">
<h2>The run under test</h2>
<pre>{html.escape(report.spectrum.summary())}</pre>
</body></html>
"""


def _badge(verdict):
    return f'<span class="{verdict.replace(" ", "-")}">{verdict}</span>'


def _picture(report):
    memory = io.BytesIO()
    report.figure().savefig(memory, format="png", dpi=110)
    return "data:image/png;base64," + base64.b64encode(memory.getvalue()).decode("ascii")
