"""Networks from options: a file of weights, units, inputs."""

from __future__ import annotations

import argparse
import pathlib
from typing import TYPE_CHECKING, Any

from .._files import reading

if TYPE_CHECKING:
    from .. import _contracts
    from ..networks.models import DiscreteNetwork, RateNetwork

NUMBERS = "a number, or a file with one for each unit"


def add_network_arguments(parser: argparse.ArgumentParser) -> None:
    """What `network_of` needs."""
    parser.add_argument("--weights", required=True, metavar="FILE", help="arrays, tables, lists of edges or graphs; [i, j] is from j to i")
    add_matrix_arguments(parser)
    add_unit_arguments(parser)


def add_matrix_arguments(parser: argparse.ArgumentParser) -> None:
    """How a file of weights is read and scaled."""
    group = parser.add_argument_group("weights")
    group.add_argument("--key", help="name of the array in a file with several, or of the column of weights")
    group.add_argument("--gain", type=float, default=1.0, help="factor on the weights (default: 1)")
    group.add_argument("--spectral-radius", type=float, metavar="R", help="scale the weights to this spectral radius")


def add_unit_arguments(parser: argparse.ArgumentParser) -> None:
    """Units and their inputs."""
    group = parser.add_argument_group("units and inputs")
    group.add_argument(
        "--model", choices=("rate", "discrete"), default="rate",
        help="tau dx/dt = -x + W phi(x) + bias + input, or x(t+1) = phi(W x(t) + bias + input) (default: rate)",
    )
    group.add_argument("--activation", default="tanh", metavar="NAME", help="phi, a function of pylyap.activations (default: tanh)")
    group.add_argument(
        "--tau", metavar="TAU", help=f"time constant of rate units: {NUMBERS}, which makes its unit that of all times (default: 1)"
    )
    group.add_argument("--bias", metavar="B", help=f"{NUMBERS} (default: none)")
    drive = group.add_mutually_exclusive_group()
    drive.add_argument("--noise", type=float, metavar="SD", help="white noise to every unit: per square root of tau, or per step")
    drive.add_argument(
        "--ornstein-uhlenbeck", type=float, nargs=2, metavar=("SD", "TIME"), help="noise to every unit with this correlation time"
    )
    drive.add_argument(
        "--sinusoid", type=float, nargs=2, metavar=("AMPLITUDE", "FREQUENCY"),
        help="a sinusoid to every unit, with random phases; cycles per tau or step",
    )
    drive.add_argument(
        "--input", metavar="FILE", help="an input over time: one row for each time, one column for all units, for each unit or for each channel"
    )
    group.add_argument("--input-interval", type=float, metavar="T", help="time between rows of --input (default: 1)")
    group.add_argument("--input-weights", metavar="FILE", help="from channels of --input to units: one row for each unit")
    group.add_argument("--drive-seed", type=int, default=0, metavar="SEED", help="of noise or phases (default: 0)")


def files(options: argparse.Namespace) -> dict[str, str]:
    """The options that name files which exist, as absolute paths: what another working directory needs."""
    given = {name: getattr(options, name) for name in ("weights", "tau", "bias", "input", "input_weights")}
    return {name: str(pathlib.Path(path).absolute()) for name, path in given.items() if path is not None and pathlib.Path(path).is_file()}


def network_of(options: argparse.Namespace) -> RateNetwork | DiscreteNetwork:
    """The network that the options describe."""
    import pylyap

    return scaled(pylyap.read_weights(options.weights, key=options.key), options)


def scaled(weights: Any, options: argparse.Namespace) -> RateNetwork | DiscreteNetwork:
    """The network with these weights, scaled to the spectral radius and multiplied by the gain that the options give."""
    import pylyap
    from ..networks.scaling import scaled_to

    model = {"rate": pylyap.RateNetwork, "discrete": pylyap.DiscreteNetwork}[options.model]
    units = units_of(options, weights.shape[0])
    network = model(weights, **units)  # checks the matrix before anything is done to it
    if options.spectral_radius is not None:
        return model(scaled_to(network.weights, options.spectral_radius) * options.gain, **units)
    return network if options.gain == 1.0 else model(network.weights * options.gain, **units)


def units_of(options: argparse.Namespace, size: int) -> dict[str, Any]:
    """Options of a network of `size` units."""
    from ..errors import OptionError

    units = dict(activation=options.activation, bias=_bias(options.bias, size), drive=_drive_of(options))
    if options.tau is None:
        return units
    if options.model == "discrete":
        raise OptionError("--tau belongs to rate units: a network in discrete time counts in steps")
    return dict(units, tau=_numbers("--tau", options.tau))


def _bias(text, size):
    import numpy as np

    if text is None:
        return None
    found = _numbers("--bias", text)
    return np.full(size, found) if np.ndim(found) == 0 else found


def _numbers(option, text):
    """A number, or the numbers of a file as a vector."""
    import numpy as np

    try:
        return float(text)
    except ValueError:
        found = read_array(option, text)
        return found.ravel() if 1 in np.shape(found) else found  # one row or one column is a vector


def read_array(option: str, path: str) -> Any:
    """The array of a file: ``.npy``, or text with commas or blanks between numbers."""
    import numpy as np

    from ..errors import OptionError

    try:
        with reading(path) as file:
            if pathlib.Path(path).suffix.lower() == ".npy":
                found = np.load(file, allow_pickle=False)
                if not isinstance(found, np.ndarray):
                    raise ValueError("it holds several arrays")
                return found
            separator = "," if b"," in file.readline() else None
            file.seek(0)
            return np.loadtxt(file, delimiter=separator, encoding="utf-8")
    except Exception as error:  # a damaged file fails in many ways: end of file, no numbers, other text, memory
        raise OptionError(f"{option} {path} is neither a number nor a file of numbers (.npy, or text): {error}") from error


def _drive_of(options: argparse.Namespace) -> _contracts.Drive | None:
    from .. import drives
    from ..errors import OptionError

    if options.input is None and (options.input_interval is not None or options.input_weights is not None):
        raise OptionError("--input-interval and --input-weights belong to --input FILE, which is not given")
    if options.noise is not None:
        return drives.white_noise(options.noise, seed=options.drive_seed)
    if options.ornstein_uhlenbeck is not None:
        return drives.ornstein_uhlenbeck(*options.ornstein_uhlenbeck, seed=options.drive_seed)
    if options.sinusoid is not None:
        return drives.sinusoid(*options.sinusoid, phase="random", seed=options.drive_seed)
    return None if options.input is None else _array_drive(options)


def _array_drive(options):
    from .. import drives

    weights = None if options.input_weights is None else read_array("--input-weights", options.input_weights)
    values = read_array("--input", options.input)
    interval = 1.0 if options.input_interval is None else options.input_interval
    return drives.array(values, interval, input_weights=weights)
