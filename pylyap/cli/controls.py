"""``pylyap controls``: is the spectrum of a weight matrix converged, and is it right?"""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import Any

from .._files import save_figure
from .spectrum import INTERRUPTED, add_network_arguments, add_run_arguments, check_targets, network_of


EXAMPLES = """examples:
  pylyap controls --weights W.npy --html controls.html
  pylyap controls --weights W.npy --model discrete --time-budget 60 --json
"""


def add_parser(subparsers: argparse._SubParsersAction[Any]) -> None:
    parser = subparsers.add_parser(
        "controls", help="test the spectrum of a weight matrix: nineteen controls with verdicts", epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_network_arguments(parser)
    parser.add_argument("--time-budget", type=float, default=120.0, metavar="SECONDS", help="for all controls (default: 120)")
    parser.add_argument("--t-average", type=float, metavar="T", help="in tau or steps (default: 500 tau, 3000 steps)")
    add_run_arguments(parser)
    parser.add_argument("--html", metavar="FILE", help="write a page with the figure inside")
    parser.add_argument("--figure", metavar="FILE", help="write the figure (png, pdf, svg)")
    parser.add_argument("--json", action="store_true", help="print verdicts as JSON instead of the table")
    parser.set_defaults(run=_run)


def _run(options):
    import pylyap
    from ._json import print_json

    check_targets(result=options.html, figure=options.figure)
    names = ("t_average", "t_transient", "t_align", "dt", "solver", "qr_interval", "n_exponents")
    given = {name: getattr(options, name) for name in names if getattr(options, name) is not None}
    report = pylyap.controls(network_of(options), time_budget=options.time_budget, seed=options.seed, **given)
    if options.json:
        print_json(dict(verdict=report.verdict, headline=report.headline(), controls=[asdict(check) for check in report.checks]))
    else:
        print(report.table())
    if options.html:
        report.html(options.html)
    if options.figure:
        save_figure(report.figure(), options.figure)
    if report.interrupted:
        return INTERRUPTED
    return 1 if report.verdict == "fail" else 0
