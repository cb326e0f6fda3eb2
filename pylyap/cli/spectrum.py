"""``pylyap spectrum``: the spectrum of anybody's weight matrix."""

from __future__ import annotations

import argparse
import pathlib
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .._contracts import ResultStatus
from .._streams import tell

from .._files import check_target, save_figure
from .._solvers import AUTO, HEUN, RK4, TABLE, TSIT5
from ._kept import keep
from ._networks import add_network_arguments, files, network_of

if TYPE_CHECKING:
    import os

    from ..results.spectrum import LyapunovSpectrum

INTERRUPTED = 130
RUN_TITLE = "run; times in tau, steps, or the system's own unit"
EXAMPLES = """examples:
  pylyap spectrum --weights W.npy --t-average 200 --plot spectrum.png --output spectrum.npz
  pylyap spectrum --weights edges.csv --model discrete --n-exponents 10 --json
  pylyap spectrum --weights W.mat --key J --spectral-radius 1.5 --activation erf --noise 0.2
  pylyap spectrum --weights W.npy --tau tau.csv --t-average 2000 --dt 0.5
  pylyap spectrum --weights W.npy --input stimulus.csv --input-interval 0.1 --t-average 100
  pylyap spectrum --weights W.npy --t-average 10000 --target-stderr 0.005 --checkpoint run.npz

What the network is: `--model`, `--activation`, `--tau`, `--bias` and one of the inputs. More: the page "Command line" of
the documentation.
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
        "--target-stderr", type=float, metavar="E", help="end as soon as all standard errors are this small"
    )
    parser.add_argument(
        "--checkpoint", metavar="FILE",
        help="keep here (npz) what is needed to go on; goes on from there if the file exists, as does `pylyap resume FILE`",
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="tell what the run would need in memory, time and products, and end"
    )
    add_checkpoint_interval(parser)
    add_ending_arguments(parser)
    parser.set_defaults(run=run)


def add_checkpoint_interval(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--checkpoint-interval", type=float, default=60.0, metavar="SECONDS", help="between checkpoints (default: 60)"
    )


def add_ending_arguments(parser: argparse.ArgumentParser, output: str = "FILE", kept: str = "the result here (npz)") -> None:
    """What does not belong to the run itself; the same for all commands that compute."""
    parser.add_argument(
        "--time-limit", type=float, metavar="SECONDS", help="of wall time; what was computed until then is told (default: none)"
    )
    parser.add_argument("--output", metavar=output, help=f"save {kept}")
    parser.add_argument("--plot", metavar="FILE", help="save a figure here (png, pdf, svg)")
    parser.add_argument("--json", action="store_true", help="print the result as JSON instead of the summary")


# Options of a run whose defaults are those of `lyapunov_spectrum`.
RUN: dict[str, dict[str, Any]] = {
    "t_transient": dict(type=float, metavar="T", help="of the state alone (default: 100 tau, 1000 steps)"),
    "t_align": dict(
        type=float, metavar="T",
        help="of state and frame, not counted (default: a tenth of the average, at least 20 tau or 100 steps)",
    ),
    "dt": dict(type=float, help=f"step of the solver, not for maps (default: {AUTO} chooses it, others take 0.1 tau)"),
    "solver": dict(
        choices=(*FLOW_SOLVERS, AUTO),
        help=f"not for maps (default: {AUTO}; with --dt {RK4.name}, or {HEUN.name} if there is white noise)",
    ),
    "accuracy": dict(type=float, metavar="E", help=f"relative error that --solver {AUTO} chooses its step for (default: 0.005)"),
    "rtol": dict(type=float, metavar="E", help=f"for --solver {TSIT5.name} only (default: 1e-8)"),
    "atol": dict(type=float, metavar="E", help="likewise"),
    "qr_interval": dict(type=float, metavar="T", help="between orthonormalisations (default: automatic)"),
    "n_exponents": dict(type=int, metavar="K", help="the K leading ones (default: all)"),
    "precision": dict(choices=("float64", "float32"), help="of the arithmetic (default: float64)"),
    "seed": dict(type=int, default=0, help="of the initial state and frame (default: 0)"),
}
# The same for functions that do not choose the step from the network.
FIXED_STEPS: dict[str, dict[str, Any]] = {
    **{name: option for name, option in RUN.items() if name != "accuracy"},
    "dt": dict(type=float, help="step of the solver, not for maps (default: 0.1 tau)"),
    "solver": dict(
        choices=FLOW_SOLVERS, help=f"not for maps (default: {RK4.name}, or {HEUN.name} if there is white noise)"
    ),
}


def add_run_arguments(parser: argparse.ArgumentParser, options: Mapping[str, Mapping[str, Any]] = RUN) -> None:
    """The options of a run that a command has."""
    group = parser.add_argument_group(RUN_TITLE)
    for name, option in options.items():
        group.add_argument(f"--{name.replace('_', '-')}", **option)


def run_options(options: argparse.Namespace) -> dict[str, Any]:
    """`t_average`, and the options of `RUN` that were given: the function has defaults for the others."""
    return {name: value for name, value in vars(options).items() if name in ("t_average", *RUN) and value is not None}


def run(options: argparse.Namespace) -> int:
    """Compute, tell and keep the spectrum that the options ask for; returns the exit code."""
    import pylyap
    from ..runs import checkpoints

    check_targets(result=options.output, figure=options.plot)
    network = network_of(options)
    if options.dry_run:
        return _tell_needs(network, options)
    with checkpoints.made_by(_command(options)):
        spectrum = pylyap.lyapunov_spectrum(
            network, **run_options(options), target_stderr=options.target_stderr, time_limit=options.time_limit,
            checkpoint=options.checkpoint, checkpoint_interval=options.checkpoint_interval,
        )
    return hand_over(spectrum, options, pathlib.Path(options.weights).name)


def hand_over(
    spectrum: LyapunovSpectrum, options: argparse.Namespace, title: str, more: Callable[[LyapunovSpectrum], dict[str, Any]] = lambda _: {}
) -> int:
    """Print, save and draw what the options ask for; returns the exit code. `more` gives what JSON has beside the spectrum."""
    from ._json import of_spectrum, print_json

    if options.json:
        print_json({**of_spectrum(spectrum), **more(spectrum)})
    else:
        print(spectrum.summary())
    if code := exit_code(spectrum):
        tell(f"pylyap: {spectrum.message}")
    keep((options.output, spectrum.save), (options.plot, lambda path: draw([(title, spectrum)], path)))
    return code


def _tell_needs(network, options):
    from .. import _memory
    from .._runtime import session
    from ..runs import needs
    from ..runs.spectrum import planned

    plan = planned(network, **run_options(options))
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


def _command(options):
    """What ``pylyap resume`` has to know: the options but for those that it takes itself."""
    own = ("checkpoint", "checkpoint_interval", "time_limit", "output", "plot", "json", "dry_run", "run")
    told = {name: value for name, value in vars(options).items() if name not in own}
    return {**told, **files(options)}


def exit_code(spectrum: LyapunovSpectrum) -> int:
    """0 for a result, 130 for an interrupted one, 1 for one without numbers or of a diverging run."""
    if spectrum.status == ResultStatus.INTERRUPTED:
        return INTERRUPTED
    return 1 if spectrum.status == ResultStatus.DIVERGED or spectrum.n_blocks == 0 else 0


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
