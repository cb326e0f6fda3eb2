"""``pylyap controls``: is the spectrum of a weight matrix converged, and is it right?"""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import Any

from .._files import save_figure
from ._kept import keep
from ._networks import add_network_arguments, network_of
from .spectrum import INTERRUPTED, RUN, add_run_arguments, check_targets, run_options

EXAMPLES = """examples:
  pylyap controls --weights W.npy --t-average 200 --html controls.html
  pylyap controls --weights W.npy --model discrete --time-budget 60 --json
  pylyap controls --weights W.npy --plot controls.png
"""


def add_parser(subparsers: argparse._SubParsersAction[Any]) -> None:
    parser = subparsers.add_parser(
        "controls", help="test the spectrum of a weight matrix: nineteen controls with verdicts", epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_network_arguments(parser)
    parser.add_argument("--time-budget", type=float, default=120.0, metavar="SECONDS", help="for all controls (default: 120)")
    parser.add_argument("--t-average", type=float, metavar="T", help="in tau or steps (default: 500 tau, 3000 steps)")
    add_run_arguments(parser, {name: option for name, option in RUN.items() if name != "precision"})
    parser.add_argument("--html", metavar="FILE", help="write a page with the figure inside")
    parser.add_argument("--plot", "--figure", metavar="FILE", help="write the figure (png, pdf, svg)")
    parser.add_argument("--json", action="store_true", help="print verdicts as JSON instead of the table")
    parser.set_defaults(run=_run)


def _run(options):
    import pylyap
    from ._json import print_json

    check_targets(result=options.html, figure=options.plot)
    report = pylyap.controls(network_of(options), time_budget=options.time_budget, **run_options(options))
    if options.json:
        print_json(dict(verdict=report.verdict, headline=report.headline(), controls=[asdict(check) for check in report.checks]))
    else:
        print(report.table())
    keep((options.html, report.html), (options.plot, lambda path: save_figure(report.figure(), path)))
    if report.interrupted:
        return INTERRUPTED
    return 1 if report.verdict == "fail" else 0
