"""``pylyap system``: the spectrum of a system with a name, such as lorenz63, or of your own equations."""

from __future__ import annotations

import argparse
from typing import Any

from .._files import text_of
from .spectrum import FIXED_STEPS, FLOW_SOLVERS, add_ending_arguments, add_run_arguments, check_targets, hand_over, run_options

EXAMPLES = """examples:
  pylyap system lorenz63 --t-average 1000
  pylyap system henon --a 1.2 --t-average 10000 --json
  pylyap system lorenz96 --n 20 --F 8 --t-average 100 --plot spectrum.png
  pylyap system flow --n 3 --equations rossler.jl --parameter a=0.2 --parameter b=0.2 --parameter c=5.7 --t-average 1000

A file of equations holds a function in Julia, such as
  f!(dx, x, p, t) = (dx[1] = -x[2] - x[3]; dx[2] = x[1] + p.a * x[2]; dx[3] = p.b + x[3] * (x[1] - p.c))
"""
FLOWS = ("lorenz63", "rossler", "lorenz96", "stuart_landau", "linear")
MAPS = ("henon", "cat_map", "bernoulli_ring", "linear_map")
KNOWN = (*FLOWS, *MAPS)
OWN = {"flow": "dx/dt = f(x): f!(dx, x, p, t) writes into dx", "map": "x(t+1) = f(x(t)): f!(y, x, p, t) writes into y"}
RUN_OF_MAP = {name: FIXED_STEPS[name] for name in ("qr_interval", "n_exponents", "seed")} | {
    "t_transient": dict(type=float, metavar="T", help="steps of the state alone (default: 1000)"),
    "t_align": dict(
        type=float, metavar="T", help="steps of state and frame, not counted (default: a tenth of the average, at least 100)"
    ),
}
RUN_OF_FLOW = {name: option for name, option in FIXED_STEPS.items() if name != "precision"} | {
    "t_transient": dict(type=float, metavar="T", help="of the state alone (default: 10 000 of the system's own steps)"),
    "t_align": dict(
        type=float, metavar="T",
        help="of state and frame, not counted (default: a tenth of the average, at least 2000 of the system's own steps)",
    ),
    "dt": dict(type=float, help="step of the solver (default: the system's own, or 0.1)"),
    "solver": dict(choices=FLOW_SOLVERS, help=f"default: {FLOW_SOLVERS[0]}"),
}


def add_parser(subparsers: argparse._SubParsersAction[Any]) -> None:
    parser = subparsers.add_parser(
        "system", help="compute the spectrum of a textbook system, or of equations of your own", epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter, fill=_fill,
    )
    parser.set_defaults(run=_run)


def _fill(parser):
    from .. import systems
    from ._calls import add_calls

    names = add_calls(parser, [getattr(systems, name) for name in KNOWN])
    for name, one in names.choices.items():
        _add_run(one, is_map=name in MAPS)
    for name, told in OWN.items():
        one = names.add_parser(name, help=f"your own: {told}", description=told)
        one.add_argument("--n", type=int, required=True, metavar="N", help="number of variables")
        one.add_argument("--equations", required=True, metavar="FILE", help="a file with the function f! in Julia")
        one.add_argument("--parameter", action="append", default=[], metavar="NAME=VALUE", help="p.NAME in the equations")
        one.add_argument("--initial-state", type=float, nargs="+", metavar="X")
        _add_run(one, is_map=name == "map")
        one.set_defaults(function=getattr(systems, name), parameters=None)


def _add_run(parser, is_map):
    unit = "steps" if is_map else "the system's own unit"
    parser.add_argument("--t-average", type=float, required=True, metavar="T", help=f"in {unit}")
    add_run_arguments(parser, RUN_OF_MAP if is_map else RUN_OF_FLOW)
    add_ending_arguments(parser)


def _run(options):
    import pylyap
    from ._calls import result_of

    check_targets(result=options.output, figure=options.plot)
    system = _own(options) if options.parameters is None else result_of(options)
    spectrum = pylyap.lyapunov_spectrum(system, **run_options(options), time_limit=options.time_limit)
    return hand_over(spectrum, options, options.function.__name__)


def _own(options):
    source = text_of(options.equations)
    state = options.initial_state
    return options.function(options.n, source, parameters=dict(map(_parameter, options.parameter)), initial_state=state)


def _parameter(text):
    from ..errors import OptionError

    name, _, value = text.partition("=")
    try:
        return name, float(value)
    except ValueError as error:
        raise OptionError(f"--parameter {text} is not allowed: write NAME=NUMBER, such as a=0.2") from error
