"""``pylyap trained``: exponents of a recurrent layer in a file, while it reads a sequence from another."""

from __future__ import annotations

import argparse
import pathlib
from dataclasses import asdict
from typing import Any

from ._networks import read_array
from .spectrum import RUN as ALL, add_ending_arguments, add_run_arguments, check_targets, hand_over, run_options

EXAMPLES = """examples:
  pylyap trained model.safetensors --inputs sequence.npy
  pylyap trained model.pt --prefix encoder --kind rnn_tanh --inputs batch.npy --batch-first --json
  pylyap trained model.safetensors --inputs sequence.npy --qr-interval 1 --horizon 100

The exponents are conditional on the inputs: (T, D) numbers for one sequence, (T, B, D) for a batch of B.
"""
RUN = {name: ALL[name] for name in ("t_transient", "t_align", "qr_interval", "n_exponents", "seed")} | {
    "t_transient": dict(type=float, metavar="T", help="steps of the state alone (default: 0, or 1000 without --inputs)"),
    "t_align": dict(
        type=float, metavar="T",
        help="steps of state and frame, not counted (default: a tenth of the sequence, at most 100; without --inputs, "
        "a tenth of the average, at least 100)",
    ),
}


def add_parser(subparsers: argparse._SubParsersAction[Any]) -> None:
    parser = subparsers.add_parser(
        "trained", help="compute the spectrum of a trained RNN, GRU or LSTM in a file", epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("source", metavar="FILE", help="weights of torch: .safetensors, or what torch.save has written")
    parser.add_argument("--inputs", metavar="FILE", help="numbers, (T, D) as .npy or text, or a batch (T, B, D) as .npy (default: zero)")
    parser.add_argument("--batch-first", action="store_true", help="the batch is (B, T, D)")
    parser.add_argument("--kind", choices=("rnn_tanh", "rnn_relu", "gru", "lstm"), help="needed for an RNN only")
    parser.add_argument("--prefix", help="of the names of the layer's weights, if there are several layers")
    parser.add_argument("--key", help="where the weights are in a checkpoint with several")
    parser.add_argument("--horizon", type=float, metavar="STEPS", help="also say which gradients explode, persist and vanish over so many steps")
    parser.add_argument("--t-average", type=float, metavar="T", help="in steps (default: all that is left of the sequence; needed without --inputs)")
    add_run_arguments(parser, RUN)
    add_ending_arguments(parser, "FILE", "the result here (npz); of a batch, each in this folder")
    parser.set_defaults(run=_run)


def _run(options):
    import numpy as np

    import pylyap
    from . import _tables

    inputs = None if options.inputs is None else read_array("--inputs", options.inputs)
    if inputs is not None and np.ndim(inputs) == 1:
        inputs = inputs[:, np.newaxis]  # one column of text
    found = pylyap.from_state_dict(
        options.source, inputs, kind=options.kind, prefix=options.prefix, key=options.key, batch_first=options.batch_first
    )
    def gradients(spectrum):
        if options.horizon is None:
            return {}
        return dict(gradients=asdict(pylyap.analysis.gradient_verdict(spectrum, horizon=options.horizon)))

    if isinstance(found, list):
        names = [f"sequence-{number}" for number in range(len(found))]
        check_targets(figure=options.plot)
        _tables.check_folder(options, names)
        spectra = pylyap.lyapunov_ensemble(found, **run_options(options), time_limit=options.time_limit)
        code = _tables.hand_over(dict(zip(names, spectra)), options, gradients)
    else:
        check_targets(result=options.output, figure=options.plot)
        spectra = [pylyap.lyapunov_spectrum(found, **run_options(options), time_limit=options.time_limit)]
        code = hand_over(spectra[0], options, pathlib.Path(options.source).name, gradients)
    if options.horizon is not None and not options.json:
        for spectrum in spectra:
            print(pylyap.analysis.gradient_verdict(spectrum, horizon=options.horizon))
    return code
