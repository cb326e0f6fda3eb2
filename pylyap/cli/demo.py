"""``pylyap demo``: three full spectra, their numbers beside known ones, and one figure."""

from __future__ import annotations

import argparse
import pathlib
from typing import TYPE_CHECKING, Any, NamedTuple

from .._contracts import System

if TYPE_CHECKING:
    from ..results.spectrum import LyapunovSpectrum

EXAMPLES = """examples:
  pylyap demo
  pylyap demo --plot demo.pdf
"""
EXPONENT, ENTROPY, DIMENSION = "lambda_1", "H/N", "D/N"


class Known(NamedTuple):
    """A reference value, and how far a network of the demo's size may be from it, in addition to its errors."""

    value: float
    shift: float


class Case(NamedTuple):
    """One spectrum of the demo: what is studied, for how long, and what is known about it."""

    title: str
    network: System
    t_average: float
    known: dict[str, Known]
    source: str


def add_parser(subparsers: argparse._SubParsersAction[Any]) -> None:
    parser = subparsers.add_parser(
        "demo", help="compute three full spectra and draw them", epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--plot", "--output", default="pylyap-demo.png", metavar="FILE", help="the figure (default: %(default)s)")
    parser.set_defaults(run=_run)


def _run(options):
    from .. import lyapunov_spectrum
    from .spectrum import check_targets, draw, exit_code

    check_targets(figure=options.plot)
    spectra = []
    for case in cases():
        print(f"{case.title}\n  {case.network!r}", flush=True)
        spectrum = lyapunov_spectrum(case.network, t_average=case.t_average)
        print(table(case, spectrum), end="\n\n", flush=True)
        spectra.append((case.title, spectrum))
        if code := exit_code(spectrum):
            return code
    draw(spectra, options.plot)
    print(f"Figure: {pathlib.Path(options.plot).absolute()}")


def cases() -> tuple[Case, ...]:
    """The three networks of the demo."""
    from .. import DiscreteNetwork, RateNetwork, weights

    return (
        Case(
            "Rate network, N = 500, g = 3",
            RateNetwork(weights.gaussian(500, 3.0, seed=1)),
            200,
            # shifts from N = 4096 to 500 as measured at Euler dt = 0.1 with two networks of 500 units
            {EXPONENT: Known(0.23114, 0.028), ENTROPY: Known(3.135e-3, 1.4e-4), DIMENSION: Known(0.06094, 0.002)},
            "one network of 4096 units, Clark, arXiv 2610.12426; lambda_1 = 0.23546 for N to infinity (mean field)",
        ),
        Case(
            "Heavy-tailed network, N = 500, alpha = 1.5, g = 2",
            DiscreteNetwork(weights.levy(500, 2.0, 1.5, seed=1)),
            1000,
            # shifts: the difference between N = 200 (mean of networks) and N = 1000 at g = 2.02
            {EXPONENT: Known(0.333, 0.037), ENTROPY: Known(0.01058, 2.3e-4), DIMENSION: Known(0.1658, 0.0034)},
            "an independent computation at g = 2.02, N = 1000 (H/N: N = 200), with J and not its transpose",
        ),
        Case(
            "C. elegans, 302 neurons, spectral radius 2",
            RateNetwork(weights.connectome("celegans", spectral_radius=2.0)),
            300,
            {},
            "nothing published; chemical synapses of Cook et al. (2019), the 26 GABA neurons inhibitory",
        ),
    )


def numbers(spectrum: LyapunovSpectrum) -> tuple[tuple[str, float, float, str], ...]:
    """(name, value, standard error, unit) of the numbers the demo prints."""
    size, unit = spectrum.size, spectrum.time_unit
    entropy, dimension = "entropy_rate", "kaplan_yorke_dimension"
    return (
        (EXPONENT, spectrum.exponents[0], spectrum.stderr[0], f"1/{unit}"),
        (ENTROPY, spectrum.entropy_rate / size, spectrum.stderr_of(entropy) / size, f"nats/{unit}"),
        (DIMENSION, spectrum.kaplan_yorke_dimension / size, spectrum.stderr_of(dimension) / size, ""),
    )


def agrees(value: float, error: float, known: Known) -> bool:
    """Whether a value lies within 4 standard errors and the finite-size shift of the known one."""
    return abs(value - known.value) <= 4 * error + known.shift


def table(case: Case, spectrum: LyapunovSpectrum) -> str:
    """Numbers of a spectrum with their standard errors, beside the known ones."""
    from ..results.report import with_error

    lines = []
    for name, value, error, unit in numbers(spectrum):
        beside = ""
        if known := case.known.get(name):
            verdict = "yes" if agrees(value, error, known) else "NO"
            beside = f"reference {known.value:<8.5g} within 4 standard errors + shift {known.shift:.2g}: {verdict}"
        lines.append(f"  {name:<10}{with_error(value, error) + ' ' + unit:<32}{beside}".rstrip())
    lines.append(f"  reference: {case.source}")
    if spectrum.n_positive == 0:
        lines.append("  No exponent is positive: no chaos. The state comes to rest, or to a cycle where lambda_1 is 0.")
    lines.append(f"  {spectrum.status}: {spectrum.message} {spectrum.provenance['wall_time']:.1f} s.")
    return "\n".join(lines)
