"""``pylyap sweep --size ...``: exponents of random discrete networks over gains, weights and trials, kept in a folder."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ..._streams import tell
from ...errors import OptionError
from ..spectrum import INTERRUPTED, check_targets

if TYPE_CHECKING:
    import argparse
    import os

    from ...sweeps.result import SweepResult

OF_OTHERS = ()


def add_arguments(parser: argparse.ArgumentParser) -> list[argparse.Action]:
    group = parser.add_argument_group("random networks")
    add = group.add_argument
    shared = parser.add_argument_group("random networks, and instead of what a file says")
    return [
        add("--weights", choices=("levy", "gaussian"), default="levy", help="default: levy"),
        add("--size", type=int, nargs="+", metavar="N", help="numbers of units"),
        add("--alpha", type=float, nargs="+", metavar="A", help="stability indices, levy weights only"),
        add("--gain", nargs="+", metavar="G", help="numbers, or FROM:TO:COUNT, even in the logarithm"),
        add("--trials", type=int, default=1, help="networks of each kind (default: 1)"),
        add("--noise", type=float, default=0.0, metavar="SD", help="of the input in each step (default: 0)"),
        add("--fresh", action="store_true", help="new weights for each gain; with --n-exponents only"),
        add("--n-exponents", type=int, metavar="K", help="how many, with dimension and entropy rate (default: one)"),
        add("--t-average", type=float, default=1000, metavar="T", help="steps that count (default: 1000)"),
        add("--t-transient", type=float, metavar="T", help="steps before (default: 1000)"),
        add("--t-align", type=float, metavar="T", help="steps of the tangent vectors before they count"),
        add("--seed", type=int, default=0, help="default: 0"),
        shared.add_argument("--store", metavar="DIR", help="folder that keeps the results, and from which to go on"),
        shared.add_argument("--engine", metavar="E", help="where to compute: here, processes[:WORKERS], dask:ADDRESS, slurm[:JOBS]"),
        shared.add_argument("--retries", type=int, metavar="R", help="how often what fails is tried again"),
        shared.add_argument("--time-limit", type=float, metavar="SECONDS", help="after which nothing new is begun"),
        shared.add_argument("--csv", metavar="FILE", help="write a table with a row for each condition"),
    ]


def run(options: argparse.Namespace) -> int:
    if options.size is None or options.gain is None:
        raise OptionError("pylyap sweep needs a file (.toml), status, merge or plot with a folder, or --size and --gain")
    measure, conditions = _measure(options), _conditions(options)
    result = compute(options, measure, conditions, store=options.store)
    _print_means(result)
    return ended(result)


def compute(
    options: argparse.Namespace,
    measure: Any,
    conditions: Sequence[dict[str, Any]],
    *,
    store: str | os.PathLike[str] | None,
    engine: Any = None,
    retries: int | None = None,
) -> SweepResult:
    """The sweep, with a table of what is finished however it ends."""
    import pylyap
    from ...sweeps import engines
    from ...sweeps.run import FailuresWarning

    check_targets(result=options.csv)
    engine = engines.named(engine if options.engine is None else options.engine)
    retries = retries if options.retries is None else options.retries
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FailuresWarning)  # told at the end
            result = pylyap.sweep(
                measure, conditions, store=store, time_limit=options.time_limit, engine=engine, retries=retries
            )
    except Exception as error:
        partial: Any = getattr(error, "partial", ())
        if options.csv and len(partial):
            partial.to_csv(options.csv)
        raise
    if options.csv:
        result.to_csv(options.csv)
    return result


def ended(result: SweepResult) -> int:
    """Tell what is missing, and return the exit code: 1 with failures, 130 if something else is missing."""
    for failure in result.failures:
        tell(f"pylyap: failed: {failure}")
    if result.complete:
        return 0
    text = f"{len(result.missing)} conditions are missing; with --store the same command goes on"
    tell(f"pylyap: {text}")
    return 1 if len(result.failures) == len(result.missing) else INTERRUPTED


def _measure(options):
    from ... import sweeps

    networks = sweeps.RandomNetworks(options.weights, options.seed, options.noise, options.fresh)
    times = dict(t_average=options.t_average, t_transient=options.t_transient, t_align=options.t_align, seed=options.seed)
    if options.n_exponents is not None:
        return sweeps.Spectra(networks, n_exponents=options.n_exponents, **times)
    return sweeps.GainFamily(networks, **times)


def _conditions(options):
    from ... import sweeps

    if (options.alpha is None) == (options.weights == "levy"):
        raise OptionError("--alpha belongs to levy weights, and they need it: such as --alpha 1 1.5 2")
    alpha = {} if options.alpha is None else {"alpha": options.alpha}
    if options.trials < 1:
        raise OptionError(f"--trials {options.trials} is not allowed: give a number from 1")
    return sweeps.grid(n=options.size, **alpha, trial=range(options.trials), gain=_gains(options.gain))


def _gains(texts):
    import numpy as np

    gains = []
    for text in texts:
        try:
            first, *others = text.split(":")
            if not others:
                gains.append(float(first))
            else:
                last, count = others
                if int(count) < 1:
                    raise ValueError
                gains += np.geomspace(float(first), float(last), int(count)).tolist()
        except ValueError:
            raise OptionError(f"--gain {text} is not allowed: give numbers, or FROM:TO:COUNT as in 0.1:10:20") from None
    return gains


def _print_means(result):
    """A table of the means over trials, one line for each size, alpha and gain."""
    from ..._mean import mean_with_error

    if not len(result):
        return
    axes = [axis for axis in ("n", "alpha", "gain") if axis in result.conditions[0]]
    shown = [name for name in ("largest_exponent", "kaplan_yorke_dimension", "entropy_rate") if name in result.names]
    print("  ".join(f"{name:>10}" for name in axes) + "  trials" + "".join(f"  {name:>26}" for name in shown))
    for point in dict.fromkeys(tuple(condition[axis] for axis in axes) for condition in result.conditions):
        part = result.select(**dict(zip(axes, point)))
        cells = [f"{value:>10.5g}" for value in point]
        line = "  ".join(cells) + f"  {len(part):>6}"
        for name in shown:
            mean, error = mean_with_error(part[name])
            known = f" +- {error:.4f}" if len(part) > 1 else ""
            line += f"  {f'{mean:.4f}{known}':>26}"
        print(line)
