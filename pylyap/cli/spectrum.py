"""``pylyap spectrum``: the spectrum of anybody's weight matrix."""

import pathlib

from .._streams import tell

from .._files import check_target, save_figure
from .._solvers import AUTO, TABLE

INTERRUPTED = 130
FLOW_SOLVERS = tuple(solver.name for solver in TABLE if not solver.is_for_maps)


def add_parser(subparsers):
    parser = subparsers.add_parser("spectrum", help="compute the Lyapunov spectrum of a weight matrix in a file")
    add_network_arguments(parser)
    parser.add_argument("--t-average", type=float, default=1000.0, metavar="T", help="in tau or steps (default: 1000)")
    add_run_arguments(parser)
    parser.add_argument("--time-limit", type=float, metavar="SECONDS")
    parser.add_argument("--output", metavar="FILE", help="save the result here (npz)")
    parser.add_argument("--plot", metavar="FILE", help="save a figure here (png, pdf, svg)")
    parser.set_defaults(run=_run)


def add_network_arguments(parser):
    """What `network_of` needs."""
    parser.add_argument("--weights", required=True, metavar="FILE", help="arrays, tables, lists of edges or graphs; [i, j] is from j to i")
    parser.add_argument("--key", help="name of the array in a file with several, or of the column of weights")
    parser.add_argument(
        "--model", choices=("rate", "discrete"), default="rate",
        help="tau dx/dt = -x + W tanh(x), or x(t+1) = tanh(W x(t)) (default: rate)",
    )
    parser.add_argument("--gain", type=float, default=1.0, help="factor on the weights (default: 1)")
    parser.add_argument("--spectral-radius", type=float, metavar="R", help="scale the weights to this spectral radius")


def add_run_arguments(parser):
    """Options of a run whose defaults are those of `lyapunov_spectrum`."""
    parser.add_argument("--t-transient", type=float, metavar="T")
    parser.add_argument("--t-align", type=float, metavar="T")
    parser.add_argument("--dt", type=float, help="step in tau, rate networks only (default: 0.1)")
    parser.add_argument(
        "--solver", choices=(*FLOW_SOLVERS, AUTO), help=f"rate networks only (default: {FLOW_SOLVERS[0]})"
    )
    parser.add_argument("--qr-interval", type=float, metavar="T", help="default: automatic")
    parser.add_argument("--n-exponents", type=int, metavar="K", help="default: all")
    parser.add_argument("--seed", type=int, default=0, help="for the initial state and frame (default: 0)")


def _run(options):
    import pylyap

    check_targets(result=options.output, figure=options.plot)
    network = network_of(options)
    spectrum = pylyap.lyapunov_spectrum(
        network, t_average=options.t_average, t_transient=options.t_transient, t_align=options.t_align, dt=options.dt,
        solver=options.solver, qr_interval="auto" if options.qr_interval is None else options.qr_interval, n_exponents=options.n_exponents, seed=options.seed,
        time_limit=options.time_limit,
    )
    print(spectrum.summary())
    if options.output:
        spectrum.save(options.output)
    if options.plot:
        draw([(pathlib.Path(options.weights).name, spectrum)], options.plot)
    if code := exit_code(spectrum):
        tell(f"pylyap: {spectrum.message}")
    return code


def exit_code(spectrum):
    """0 for a result, 130 for an interrupted one, 1 for one without numbers or of a diverging run."""
    if spectrum.status == "interrupted":
        return INTERRUPTED
    return 1 if spectrum.status == "diverged" or spectrum.n_blocks == 0 else 0


def network_of(options):
    import pylyap
    from ..networks.scaling import scaled_to

    weights = pylyap.read_weights(options.weights, key=options.key)
    model = {"rate": pylyap.RateNetwork, "discrete": pylyap.DiscreteNetwork}[options.model]
    network = model(weights)  # checks the matrix before anything is done to it
    if options.spectral_radius is not None:
        return model(scaled_to(network.weights, options.spectral_radius) * options.gain)
    return network if options.gain == 1.0 else model(network.weights * options.gain)


def check_targets(result=None, figure=None):
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


def draw(spectra, path):
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
        plot_local_exponents(spectrum, column[1], numbers=np.unique(shown))
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
