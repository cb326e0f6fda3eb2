"""``pylyap theory``: numbers to hold a spectrum against, without Julia."""

from __future__ import annotations

import argparse
import dataclasses
from typing import Any

EXAMPLES = """examples:
  pylyap theory largest_exponent --g 3
  pylyap theory discrete_time_totals --g 3 --noise 0.5
  pylyap theory annealed_transition_gain --n 1000 --alpha 1
  pylyap theory quenched_transition_gain --weights W.npy
  pylyap theory discrete_time_spectrum --g 3 --n 100 --json
"""
# Those whose arguments are numbers, or one file of weights.
FUNCTIONS = (
    "largest_exponent", "mean_field", "onset", "strong_coupling", "critical_noise",
    "discrete_time_largest_exponent", "discrete_time_mean_exponent", "discrete_time_totals", "discrete_time_variance",
    "discrete_time_spectrum", "discrete_time_critical_noise",
    "semicircle_spectrum", "semicircle_totals", "semicircle_edge_totals", "disk_spectrum", "triangle_spectrum",
    "triangle_totals", "newman_spectrum",
    "annealed_transition_gain", "annealed_transition_gain_large_n", "annealed_log_growth", "stationary_activity",
    "pruned_transition_gain", "quenched_transition", "quenched_transition_gain",
)  # fmt: skip


def add_parser(subparsers: argparse._SubParsersAction[Any]) -> None:
    parser = subparsers.add_parser(
        "theory", help="a number of theory to hold a spectrum against", epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter, fill=_fill,
    )
    parser.set_defaults(run=_run)


def _fill(parser):
    from .. import theory
    from ._calls import add_calls

    add_calls(parser, [getattr(theory, name) for name in FUNCTIONS], _add_json)


def _add_json(parser):
    parser.add_argument("--json", action="store_true", help="print the result as JSON")


def _run(options):
    from ._calls import result_of
    from ._json import print_json

    found = result_of(options)
    parts = _parts(found)
    if options.json:
        print_json(found if parts is None else parts)
    elif parts is None:
        print("\n".join(f"{number:.12g}" for number in _numbers(found)))
    else:
        print("\n".join(f"{name:<22}{_text(value)}" for name, value in parts.items()))


def _parts(found):
    """Name and value of each part of a result, or None if it is a number or an array."""
    if dataclasses.is_dataclass(found):
        return {field.name: getattr(found, field.name) for field in dataclasses.fields(found)}
    named: Any = found  # tuples that theory returns have names
    return named._asdict() if isinstance(found, tuple) else None


def _numbers(found):
    import numpy as np

    return np.atleast_1d(found).tolist()


def _text(value):
    import numpy as np

    if isinstance(value, np.ndarray):
        return f"{value.size} numbers, see --json"
    return f"{value:.12g}" if isinstance(value, (int, float, complex, np.number)) else str(value)
