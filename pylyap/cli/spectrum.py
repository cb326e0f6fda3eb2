"""``pylyap spectrum``: the spectrum of anybody's weight matrix."""

from __future__ import annotations

import argparse
import pathlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from .._streams import tell

from .._files import check_target, save_figure
from .._solvers import AUTO, TABLE

if TYPE_CHECKING:
    import os

    from ..networks.models import DiscreteNetwork, RateNetwork
    from ..results.spectrum import LyapunovSpectrum

INTERRUPTED = 130
EXAMPLES = """examples:
  pylyap spectrum --weights W.npy --t-average 200 --plot spectrum.png --output spectrum.npz
  pylyap spectrum --weights edges.csv --model discrete --n-exponents 10 --json
  pylyap spectrum --weights W.mat --key J --spectral-radius 1.5 --activation erf --noise 0.2
"""
FLOW_SOLVERS = tuple(solver.name for solver in TABLE if not solver.is_for_maps)


def add_parser(subparsers: argparse._SubParsersAction[Any]) -> None:
    parser = subparsers.add_parser(
        "spectrum", help="compute the Lyapunov spectrum of a weight matrix in a file", epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_network_arguments(parser)
    parser.add_argument("--t-average", type=float, default=1000.0, metavar="T", help="in tau or steps (default: 1000)")
    add_run_arguments(parser)
    parser.add_argument(
        "--checkpoint", metavar="FILE",
        help="keep here (npz) what is needed to go on; goes on from there if the file exists, as does `pylyap resume FILE`",
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="tell what the run would need in memory, time and products, and end"
    )
    add_ending_arguments(parser)
    parser.set_defaults(run=run)


def add_ending_arguments(parser: argparse.ArgumentParser) -> None:
    """What does not belong to the run itself."""
    parser.add_argument(
        "--checkpoint-interval", type=float, default=60.0, metavar="SECONDS", help="between checkpoints (default: 60)"
    )
    parser.add_argument("--time-limit", type=float, metavar="SECONDS")
    parser.add_argument("--output", metavar="FILE", help="save the result here (npz)")
    parser.add_argument("--plot", metavar="FILE", help="save a figure here (png, pdf, svg)")
    parser.add_argument("--json", action="store_true", help="print the result as JSON instead of the summary")


def add_network_arguments(parser: argparse.ArgumentParser) -> None:
    """What `network_of` needs."""
    parser.add_argument("--weights", required=True, metavar="FILE", help="arrays, tables, lists of edges or graphs; [i, j] is from j to i")
    parser.add_argument("--key", help="name of the array in a file with several, or of the column of weights")
    parser.add_argument(
        "--model", choices=("rate", "discrete"), default="rate",
        help="tau dx/dt = -x + W tanh(x), or x(t+1) = tanh(W x(t)) (default: rate)",
    )
    parser.add_argument("--gain", type=float, default=1.0, help="factor on the weights (default: 1)")
    parser.add_argument("--spectral-radius", type=float, metavar="R", help="scale the weights to this spectral radius")
    parser.add_argument("--activation", default="tanh", metavar="NAME", help="name of a function of pylyap.activations (default: tanh)")
    drive = parser.add_mutually_exclusive_group()
    drive.add_argument("--noise", type=float, metavar="SD", help="white noise to every unit: per square root of tau, or per step")
    drive.add_argument(
        "--sinusoid", type=float, nargs=2, metavar=("AMPLITUDE", "FREQUENCY"),
        help="a sinusoid to every unit, with random phases; cycles per tau or step",
    )
    parser.add_argument("--drive-seed", type=int, default=0, metavar="SEED", help="of noise or phases (default: 0)")


def add_run_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of a run whose defaults are those of `lyapunov_spectrum`."""
    parser.add_argument("--t-transient", type=float, metavar="T")
    parser.add_argument("--t-align", type=float, metavar="T")
    parser.add_argument("--dt", type=float, help="step in tau, rate networks only (default: chosen by the solver)")
    parser.add_argument(
        "--solver", choices=(*FLOW_SOLVERS, AUTO),
        help=f"rate networks only (default: {AUTO}, or with --dt {FLOW_SOLVERS[0]})"
    )
    parser.add_argument("--qr-interval", type=float, metavar="T", help="default: automatic")
    parser.add_argument("--n-exponents", type=int, metavar="K", help="default: all")
    parser.add_argument("--seed", type=int, default=0, help="for the initial state and frame (default: 0)")


def run(options: argparse.Namespace) -> int:
    """Compute, tell and keep the spectrum that the options ask for; returns the exit code."""
    import pylyap
    from ..runs import checkpoints
    from ._json import of_spectrum, print_json

    check_targets(result=options.output, figure=options.plot)
    network = network_of(options)
    if options.dry_run:
        return _tell_needs(network, options)
    with checkpoints.made_by(_command(options)):
        spectrum = pylyap.lyapunov_spectrum(
            network, **_run_options(options), time_limit=options.time_limit, checkpoint=options.checkpoint,
            checkpoint_interval=options.checkpoint_interval,
        )
    if options.json:
        print_json(of_spectrum(spectrum))
    else:
        print(spectrum.summary())
    if options.output:
        spectrum.save(options.output)
    if options.plot:
        draw([(pathlib.Path(options.weights).name, spectrum)], options.plot)
    if code := exit_code(spectrum):
        tell(f"pylyap: {spectrum.message}")
    return code


def _tell_needs(network, options):
    from .. import _memory
    from .._runtime import session
    from ..runs import needs
    from ..runs.spectrum import planned

    plan = planned(network, **_run_options(options))
    found, free = needs.of(plan, session.n_threads()), _memory.free()
    parts = ", ".join(f"{name} {_memory.shown(size)}" for name, size in found.memory.items())
    print(f"steps     {plan.n_transient} of the state alone, {plan.n_align} + {plan.n_average} of state and frame")
    print(f"products  {found.products:.3g} of the weights with a vector")
    print(f"memory    {_memory.shown(found.bytes)} beside the weights: {parts}")
    print(f"free      {'unknown' if free is None else _memory.shown(free)}")
    needs.check([plan], session.n_threads())
    print(f"time      about {_span(needs.seconds(network, plan))}")
    return 0


def _span(seconds):
    """A number of seconds in words."""
    for name, length in (("days", 86_400), ("hours", 3600), ("minutes", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:.1f} {name}"
    return f"{seconds:.2g} s"


def _run_options(options):
    """The options of `lyapunov_spectrum` on which its numbers depend."""
    return dict(
        t_average=options.t_average, t_transient=options.t_transient, t_align=options.t_align, dt=options.dt,
        solver=options.solver, qr_interval="auto" if options.qr_interval is None else options.qr_interval,
        n_exponents=options.n_exponents, seed=options.seed,
    )


def _command(options):
    """What ``pylyap resume`` has to know: the options but for those that it takes itself."""
    own = ("checkpoint", "checkpoint_interval", "time_limit", "output", "plot", "json", "dry_run", "run")
    told = {name: value for name, value in vars(options).items() if name not in own}
    return {**told, "weights": str(pathlib.Path(options.weights).absolute())}


def exit_code(spectrum: LyapunovSpectrum) -> int:
    """0 for a result, 130 for an interrupted one, 1 for one without numbers or of a diverging run."""
    if spectrum.status == "interrupted":
        return INTERRUPTED
    return 1 if spectrum.status == "diverged" or spectrum.n_blocks == 0 else 0


def network_of(options: argparse.Namespace) -> RateNetwork | DiscreteNetwork:
    import pylyap
    from ..networks.scaling import scaled_to

    weights = pylyap.read_weights(options.weights, key=options.key)
    model = {"rate": pylyap.RateNetwork, "discrete": pylyap.DiscreteNetwork}[options.model]
    units = dict(activation=options.activation, drive=_drive_of(options))
    network = model(weights, **units)  # checks the matrix before anything is done to it
    if options.spectral_radius is not None:
        return model(scaled_to(network.weights, options.spectral_radius) * options.gain, **units)
    return network if options.gain == 1.0 else model(network.weights * options.gain, **units)


def _drive_of(options):
    from .. import drives

    if options.noise is not None:
        return drives.white_noise(options.noise, seed=options.drive_seed)
    if options.sinusoid is not None:
        return drives.sinusoid(*options.sinusoid, phase="random", seed=options.drive_seed)
    return None


def check_targets(result: str | None = None, figure: str | None = None) -> None:
    """Raise OptionError now if a file could not be written after the computation."""
    from ..errors import OptionError

    for path in filter(None, (result, figure)):
        try:
            check_target(path)
        except OSError as error:
            raise OptionError(f"{path} cannot be written: {error.strerror}") from error
    if figure is not None:
        from matplotlib.backend_bases import FigureCanvasBase

        kinds = FigureCanvasBase.get_supported_filetypes()
        if pathlib.Path(figure).suffix.lstrip(".").lower() not in kinds:
            raise OptionError(f"a figure cannot be written as {figure}: known endings are {', '.join(sorted(kinds))}")


def draw(spectra: Sequence[tuple[str, LyapunovSpectrum]], path: str | os.PathLike[str]) -> None:
    """Write one figure: for each (title, spectrum) a column with the spectrum, its convergence and a few traces."""
    import matplotlib

    matplotlib.use("Agg")  # a file is written, no window opened
    import matplotlib.pyplot as plt
    import numpy as np

    from ..plotting import plot_local_exponents, plot_spectrum, plot_traces

    figure, axes = plt.subplots(
        3, len(spectra), figsize=(5.2 * len(spectra), 10.5), squeeze=False, layout="constrained"
    )
    for (title, spectrum), column in zip(spectra, axes.T):
        plot_spectrum(spectrum, column[0]).set_title(title)
        _enlarge_zero_crossing(spectrum, column[0])
        # the last quarter of a heavy-tailed spectrum reaches so far down that nothing else could be seen
        shown = np.linspace(1, 1 + 0.75 * (spectrum.n_exponents - 1), 4).astype(int)
        plot_local_exponents(spectrum, column[1], numbers=np.unique(shown).tolist())
        plot_traces(spectrum, column[2])
    save_figure(figure, path)
    plt.close(figure)


def _enlarge_zero_crossing(spectrum, ax):
    """Draw the exponents that make up the Kaplan-Yorke dimension once more, larger, in the empty corner."""
    from ..plotting import plot_spectrum

    dimension = spectrum.kaplan_yorke_dimension
    if not 3 <= dimension < spectrum.n_exponents:  # nothing to see, or not known
        return
    shown = int(1.5 * dimension)
    inset = plot_spectrum(spectrum, ax.inset_axes([0.13, 0.09, 0.45, 0.36]))
    low, high = spectrum.exponents[min(shown, spectrum.n_exponents - 1)], spectrum.exponents[0]
    inset.set(xlim=(0, shown / spectrum.size), ylim=(low, high + 0.1 * (high - low)), xlabel="", ylabel="")
    inset.tick_params(labelsize="small")
