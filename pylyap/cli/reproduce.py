"""``pylyap reproduce``: published figures computed anew."""

from __future__ import annotations

import argparse
import pathlib
from typing import Any

EXAMPLES = """examples:
  pylyap reproduce xie2025                        (lists the figures)
  pylyap reproduce xie2025 2A --quick
  pylyap reproduce engelken2023 all --full --output figures
"""


def add_parser(subparsers: argparse._SubParsersAction[Any]) -> None:
    from ..papers import PAPERS

    parser = subparsers.add_parser(
        "reproduce", help="compute a published figure anew and compare it", epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("paper", choices=PAPERS)
    parser.add_argument("figure", nargs="*", help="names of figures, or all; none lists them")
    effort = parser.add_mutually_exclusive_group()
    effort.add_argument("--quick", action="store_true", help="small networks, about a minute per figure (default)")
    effort.add_argument("--full", action="store_true", help="the published sizes; goes on where it was interrupted")
    parser.add_argument(
        "--published-protocol", action="store_true", help="compute the published protocol anew too (xie2025)"
    )
    parser.add_argument(
        "--engine", metavar="E", help="where to compute: here, processes[:WORKERS], dask:ADDRESS, or with --full slurm[:JOBS]"
    )
    parser.add_argument("--output", default="reproductions", metavar="DIR", help="default: %(default)s")
    parser.set_defaults(run=_run)


def _run(options):
    import matplotlib

    from .. import papers, sweeps
    from ..errors import OptionError

    if options.published_protocol and options.paper != "xie2025":
        raise OptionError(f"--published-protocol belongs to xie2025: {options.paper} has no protocol of its own")
    known = papers.figures(options.paper)
    names = list(known) if options.figure == ["all"] else options.figure
    if not names:
        print("\n".join(f"{name:<24}{title}" for name, title in known.items()))
        return 0
    for name in names:  # all names are checked before the first figure is computed
        papers.check_figure(options.paper, name)
    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    folder = pathlib.Path(options.output)
    effort = papers.Effort(
        quick=not options.full, store=folder / "store" if options.full else None,
        published_protocol=options.published_protocol, engine=sweeps.engines.named(options.engine),
    )
    total = 0.0
    for name in names:
        print(f"{options.paper} {name}: {known[name]}", flush=True)
        page = papers.reproduce(options.paper, name, effort, folder)
        plt.close(page.figure)
        total += page.seconds
        if options.published_protocol and not any(key.startswith("published_protocol") for key in page.data):
            print("  --published-protocol makes no difference to this figure", flush=True)
        print(f"  {page.seconds:.0f} s, {_summary(page.rows)}; {folder}/{options.paper}-{name}.*", flush=True)
    print(f"{len(names)} figures in {total:.0f} s")
    return 0


def _summary(rows):
    verdicts = [row.verdict for row in rows]
    agree, differ, wrong = (verdicts.count(word) for word in ("agrees", "differs, as expected", "DIFFERS"))
    return f"{agree} agree, {differ} differ as expected, {wrong} DIFFER"
