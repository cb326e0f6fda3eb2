"""``pylyap sweep``: exponents of random discrete networks over gains, weights and trials, kept in a folder."""

from .._streams import tell
from .spectrum import INTERRUPTED, check_targets


def add_parser(subparsers):
    parser = subparsers.add_parser("sweep", help="leading exponents or spectra of random networks over many gains")
    parser.add_argument("--weights", choices=("levy", "gaussian"), default="levy", help="default: levy")
    parser.add_argument("--size", type=int, nargs="+", required=True, metavar="N", help="numbers of units")
    parser.add_argument("--alpha", type=float, nargs="+", metavar="A", help="stability indices, levy weights only")
    parser.add_argument(
        "--gain", nargs="+", required=True, metavar="G", help="numbers, or FROM:TO:COUNT, even in the logarithm"
    )
    parser.add_argument("--trials", type=int, default=1, help="networks of each kind (default: 1)")
    parser.add_argument("--noise", type=float, default=0.0, metavar="SD", help="of the input in each step (default: 0)")
    parser.add_argument("--fresh", action="store_true", help="new weights for each gain; with --exponents only")
    parser.add_argument(
        "--exponents", type=int, metavar="K", help="how many, with dimension and entropy rate (default: one)"
    )
    parser.add_argument("--average", type=float, default=1000, metavar="T", help="steps that count (default: 1000)")
    parser.add_argument("--transient", type=float, metavar="T", help="steps before (default: 1000)")
    parser.add_argument("--align", type=float, metavar="T", help="steps of the tangent vectors before they count")
    parser.add_argument("--seed", type=int, default=0, help="default: 0")
    parser.add_argument("--store", metavar="DIR", help="folder that keeps the results, and from which to go on")
    parser.add_argument("--time-limit", type=float, metavar="SECONDS", help="after which nothing new is begun")
    parser.add_argument("--csv", metavar="FILE", help="write a table with a row for each condition")
    parser.set_defaults(run=_run)


def _run(options):
    import pylyap

    check_targets(result=options.csv)
    measure = _measure(options)
    try:
        result = pylyap.sweep(measure, _conditions(options), store=options.store, time_limit=options.time_limit)
    except Exception as error:
        if options.csv and len(getattr(error, "partial", ())):
            error.partial.to_csv(options.csv)
        raise
    _print_means(result)
    if options.csv:
        result.to_csv(options.csv)
    if not result.complete:
        text = f"{len(result.missing)} conditions are missing; with --store the same command goes on"
        tell(f"pylyap: {text}")
        return INTERRUPTED
    return 0


def _measure(options):
    from .. import sweeps

    networks = sweeps.RandomNetworks(options.weights, options.seed, options.noise, options.fresh)
    times = dict(t_average=options.average, t_transient=options.transient, t_align=options.align, seed=options.seed)
    if options.exponents is not None:
        return sweeps.Spectra(networks, n_exponents=options.exponents, **times)
    return sweeps.GainFamily(networks, **times)


def _conditions(options):
    from .. import sweeps
    from ..errors import OptionError

    if (options.alpha is None) == (options.weights == "levy"):
        raise OptionError("--alpha belongs to levy weights, and they need it: such as --alpha 1 1.5 2")
    alpha = {} if options.alpha is None else {"alpha": options.alpha}
    if options.trials < 1:
        raise OptionError(f"--trials {options.trials} is not allowed: give a number from 1")
    return sweeps.grid(n=options.size, **alpha, trial=range(options.trials), gain=_gains(options.gain))


def _gains(texts):
    import numpy as np

    from ..errors import OptionError

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
    from .._mean import mean_with_error

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
