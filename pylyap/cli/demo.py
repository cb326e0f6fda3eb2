"""``pylyap demo``: three full spectra, their numbers beside known ones, and one figure."""

import pathlib
from typing import NamedTuple

EXPONENT, ENTROPY, DIMENSION = "lambda_1", "H/N", "D/N"


class Case(NamedTuple):
    """One spectrum of the demo: what is studied, for how long, and what is known about it."""

    title: str
    network: object
    t_average: float
    known: dict  # where a number comes from -> {name: value}
    remark: str


def add_parser(subparsers):
    parser = subparsers.add_parser("demo", help="compute three full spectra and draw them")
    parser.add_argument("--output", default="pylyap-demo.png", metavar="FILE", help="the figure (default: %(default)s)")
    parser.set_defaults(run=_run)


def _run(options):
    from .. import lyapunov_spectrum
    from .spectrum import EXIT_CODES, _check_folder, draw

    _check_folder(options.output)
    spectra = []
    for case in cases():
        print(f"{case.title}\n  {case.network!r}")
        spectrum = lyapunov_spectrum(case.network, t_average=case.t_average)
        print(table(case, spectrum), end="\n\n")
        spectra.append((case.title, spectrum))
        if spectrum.status in EXIT_CODES:
            return EXIT_CODES[spectrum.status]
    draw(spectra, options.output)
    print(f"Figure: {pathlib.Path(options.output).absolute()}")


def cases():
    """The three networks of the demo."""
    from .. import DiscreteNetwork, RateNetwork, weights

    return (
        Case(
            "Rate network, N = 500, g = 3",
            RateNetwork(weights.gaussian(500, 3.0, seed=1)),
            200,
            {
                "N = 4096, Clark, arXiv 2610.12426": {EXPONENT: 0.23114, ENTROPY: 3.135e-3, DIMENSION: 0.06094},
                "N -> infinity, theory": {EXPONENT: 0.23546},
            },
            "lambda_1 grows with N: two other networks of 500 units gave 0.205 and 0.198 (Euler, dt = 0.1).",
        ),
        Case(
            "Heavy-tailed network, N = 500, alpha = 1.5, g = 2",
            DiscreteNetwork(weights.levy(500, 2.0, 1.5, seed=1)),
            1000,
            {
                "N = 200, g = 2.02, mean of networks": {EXPONENT: 0.2961, ENTROPY: 0.01058, DIMENSION: 0.1692},
                "N = 1000, g = 2.02, one network": {EXPONENT: 0.333, DIMENSION: 0.1658},
            },
            "Networks differ: from one to the next lambda_1 varies by about 0.03 at N = 200.",
        ),
        Case(
            "C. elegans, 302 neurons, spectral radius 2",
            RateNetwork(weights.connectome("celegans", spectral_radius=2.0)),
            100,
            {},
            "Chemical synapses of Cook et al. (2019), the 26 GABA neurons inhibitory; nothing published to compare with.",
        ),
    )


def table(case, spectrum):
    """Numbers of a spectrum with their standard errors, beside the known ones."""
    from ..spectrum.report import with_error

    size, unit = spectrum.size, spectrum.time_unit
    rows = (
        (EXPONENT, spectrum.exponents[0], spectrum.stderr[0], f"1/{unit}"),
        (ENTROPY, spectrum.entropy_rate / size, spectrum.stderr_of("entropy_rate") / size, f"nats/{unit}"),
        (DIMENSION, spectrum.kaplan_yorke_dimension / size, spectrum.stderr_of("kaplan_yorke_dimension") / size, ""),
    )
    lines = []
    for name, value, error, rate in rows:
        beside = "; ".join(f"{numbers[name]:.5g} ({source})" for source, numbers in case.known.items() if name in numbers)
        lines.append(f"  {name:<10}{with_error(value, error) + ' ' + rate:<34}{beside and 'known: ' + beside}".rstrip())
    lines.append(f"  {case.remark}")
    if spectrum.n_positive == 0:
        lines.append("  No exponent is positive: no chaos. The state comes to rest, or to a cycle where lambda_1 is 0.")
    lines.append(f"  {spectrum.status}: {spectrum.message} {spectrum.provenance['wall_time']:.1f} s.")
    return "\n".join(lines)
