"""``pylyap covariant``: covariant Lyapunov vectors of anybody's weight matrix."""

from __future__ import annotations

import pathlib
from typing import TYPE_CHECKING, Any

from .._files import save_figure
from .._streams import tell
from . import spectrum

if TYPE_CHECKING:
    import argparse


def add_parser(subparsers: argparse._SubParsersAction[Any]) -> None:
    parser = subparsers.add_parser("covariant", help="compute covariant Lyapunov vectors of a weight matrix in a file")
    spectrum.add_network_arguments(parser)
    parser.add_argument("--n-vectors", type=int, required=True, metavar="K")
    parser.add_argument("--t-average", type=float, default=1000.0, metavar="T", help="in tau or steps (default: 1000)")
    for name in ("transient", "align", "backward"):
        parser.add_argument(f"--t-{name}", type=float, metavar="T")
    parser.add_argument("--sample-interval", type=float, metavar="T", help="default: about 200 samples")
    parser.add_argument("--dt", type=float, help="step in tau, rate networks only (default: 0.1)")
    parser.add_argument(
        "--solver", choices=spectrum.FLOW_SOLVERS, help=f"rate networks only (default: {spectrum.FLOW_SOLVERS[0]})"
    )
    parser.add_argument("--qr-interval", type=float, metavar="T", help="default: automatic")
    parser.add_argument("--seed", type=int, default=0, help="for initial state, frame and way back (default: 0)")
    parser.add_argument(
        "--max-memory", default="4 GB", metavar="SIZE", help="beyond it a scratch file is used (default: %(default)s)"
    )
    parser.add_argument(
        "--checkpoint", metavar="FILE",
        help="keep here (npz) what is needed to go on; the same command goes on from there if the file exists",
    )
    parser.add_argument(
        "--checkpoint-interval", type=float, default=60.0, metavar="SECONDS", help="between checkpoints (default: 60)"
    )
    parser.add_argument("--time-limit", type=float, metavar="SECONDS")
    parser.add_argument("--output", metavar="FILE", help="save the result here (npz)")
    parser.add_argument("--plot", metavar="FILE", help="save a figure here (png, pdf, svg)")
    parser.set_defaults(run=_run)


def _run(options):
    import pylyap

    spectrum.check_targets(result=options.output, figure=options.plot)
    vectors = pylyap.covariant_vectors(
        spectrum.network_of(options),
        n_vectors=options.n_vectors,
        t_average=options.t_average,
        t_transient=options.t_transient,
        t_align=options.t_align,
        t_backward=options.t_backward,
        sample_interval=options.sample_interval,
        dt=options.dt,
        solver=options.solver,
        qr_interval="auto" if options.qr_interval is None else options.qr_interval,
        seed=options.seed,
        max_memory=options.max_memory,
        time_limit=options.time_limit,
        checkpoint=options.checkpoint,
        checkpoint_interval=options.checkpoint_interval,
    )
    print(vectors.summary())
    if options.output:
        vectors.save(options.output)
    if options.plot:
        _draw(pathlib.Path(options.weights).name, vectors, options.plot)
    code = spectrum.exit_code(vectors.spectrum) or (spectrum.INTERRUPTED if vectors.status == "interrupted" else 0)
    if code:
        tell(f"pylyap: {vectors.message}")
    return code


def _draw(title, vectors, path):
    """Participation, angles where there are any, and the vectors of the last sample."""
    import matplotlib

    matplotlib.use("Agg")  # a file is written, no window opened
    import matplotlib.pyplot as plt

    from ..plotting import plot_angles, plot_participation, plot_vectors

    if not vectors.n_samples:
        tell("pylyap: there are no samples to draw")
        return
    has_angles = bool(vectors.hyperbolicity().angles)
    figure, axes = plt.subplots(1, 2 + has_angles, figsize=(5.2 * (2 + has_angles), 4.2), layout="constrained")
    plot_participation(vectors, axes[0]).set_title(title)
    plot_vectors(vectors, axes[1])
    if has_angles:
        plot_angles(vectors, axes[2])
    save_figure(figure, path)
    plt.close(figure)
