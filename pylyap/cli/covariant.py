"""``pylyap covariant``: covariant Lyapunov vectors of anybody's weight matrix."""

from __future__ import annotations

import argparse
import pathlib
from typing import TYPE_CHECKING, Any

from .._contracts import ResultStatus
from .._files import save_figure
from .._streams import tell
from . import spectrum
from ._kept import keep
from ._networks import add_network_arguments, network_of

EXAMPLES = """examples:
  pylyap covariant --weights W.npy --n-vectors 20 --t-average 200 --plot vectors.png --output vectors.npz
  pylyap covariant --weights W.npy --model discrete --n-vectors 5 --json
"""
RUN = {name: option for name, option in spectrum.FIXED_STEPS.items() if name not in ("n_exponents", "precision")}
RUN["t_align"] = dict(
    type=float, metavar="T", help="of state and frame, not counted (default: half the average, at least 20 tau or 100 steps)"
)

if TYPE_CHECKING:
    from ..results.covariant import CovariantVectors


def add_parser(subparsers: argparse._SubParsersAction[Any]) -> None:
    parser = subparsers.add_parser(
        "covariant", help="compute covariant Lyapunov vectors of a weight matrix in a file", epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_network_arguments(parser)
    parser.add_argument("--n-vectors", type=int, required=True, metavar="K", help="the K leading ones")
    parser.add_argument("--t-average", type=float, default=1000.0, metavar="T", help="in tau or steps (default: 1000)")
    parser.add_argument("--t-backward", type=float, metavar="T", help="way back before the first sample (default: from the exponents)")
    parser.add_argument("--sample-interval", type=float, metavar="T", help="between samples (default: about 200 samples)")
    parser.add_argument(
        "--max-memory", default="4 GB", metavar="SIZE", help="beyond it a scratch file is used (default: %(default)s)"
    )
    parser.add_argument(
        "--checkpoint", metavar="FILE",
        help="keep here (npz) what is needed to go on; the same command goes on from there if the file exists",
    )  # fmt: skip
    spectrum.add_checkpoint_interval(parser)
    spectrum.add_run_arguments(parser, RUN)
    spectrum.add_ending_arguments(parser)
    parser.set_defaults(run=_run)


def _run(options):
    import pylyap

    spectrum.check_targets(result=options.output, figure=options.plot)
    vectors = pylyap.covariant_vectors(
        network_of(options), **spectrum.run_options(options), n_vectors=options.n_vectors, t_backward=options.t_backward,
        sample_interval=options.sample_interval, max_memory=options.max_memory, time_limit=options.time_limit,
        checkpoint=options.checkpoint, checkpoint_interval=options.checkpoint_interval,
    )
    return hand_over(vectors, options, pathlib.Path(options.weights).name)


def hand_over(vectors: CovariantVectors, options: argparse.Namespace, title: str) -> int:
    """Print, save and draw what the options ask for; returns the exit code."""
    from ._json import of_vectors, print_json

    if options.json:
        print_json(of_vectors(vectors))
    else:
        print(vectors.summary())
    code = spectrum.exit_code(vectors.spectrum) or (spectrum.INTERRUPTED if vectors.status == ResultStatus.INTERRUPTED else 0)
    if code:
        tell(f"pylyap: {vectors.message}")
    keep((options.output, vectors.save), (options.plot, lambda path: _draw(title, vectors, path)))
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
