"""Several spectra: a row, a file and a curve of each."""

from __future__ import annotations

import argparse
import os
import pathlib
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .._files import save_figure
from .._streams import tell
from ._kept import keep, refuse_to_overwrite

if TYPE_CHECKING:
    from ..results.spectrum import LyapunovSpectrum

HEADER = ("name", "lambda_1", "Kaplan-Yorke D", "entropy rate", "positive", "status")


def hand_over(
    spectra: Mapping[str, LyapunovSpectrum], options: argparse.Namespace, more: Callable[[LyapunovSpectrum], dict[str, Any]] = lambda _: {}
) -> int:
    """As `spectrum.hand_over`, for several; returns the largest exit code."""
    from ._json import of_spectrum, print_json
    from .spectrum import exit_code

    if options.json:
        print_json({name: {**of_spectrum(spectrum), **more(spectrum)} for name, spectrum in spectra.items()})
    else:
        print(table(spectra))
    for name, spectrum in spectra.items():
        if exit_code(spectrum):
            tell(f"pylyap: {name}: {spectrum.message}")
    folder = options.output
    results = [(folder and f"{pathlib.Path(folder) / name}.npz", spectrum.save) for name, spectrum in spectra.items()]
    keep(*results, (options.plot, lambda path: draw(spectra, path)))
    return max((exit_code(spectrum) for spectrum in spectra.values()), default=0)


def check_folder(options: argparse.Namespace, names: Sequence[str]) -> None:
    """Make the folder for results; raise OptionError now if they cannot be written there, or would write over what is read."""
    from ..errors import OptionError
    from .spectrum import check_targets

    folder = options.output
    if folder is None:
        return
    paths = [str(pathlib.Path(folder) / f"{name}.npz") for name in names]
    refuse_to_overwrite(options, paths)
    try:
        os.makedirs(folder, exist_ok=True)
    except OSError as error:
        raise OptionError(f"{folder} cannot be used as a folder: {error.strerror}") from error
    for path in paths:
        check_targets(result=path)


def table(spectra: Mapping[str, LyapunovSpectrum]) -> str:
    """A row for each spectrum, with errors."""
    rows = [HEADER, *(_row(name, spectrum) for name, spectrum in spectra.items())]
    widths = [max(map(len, column)) for column in zip(*rows)]
    units = " or ".join(sorted({spectrum.time_unit for spectrum in spectra.values()}))
    lines = ["  ".join(f"{text:<{width}}" for text, width in zip(row, widths)).rstrip() for row in rows]
    return "\n".join([*lines, f"exponents and entropy rate per {units}, natural logarithm; +- standard error"])


def _row(name, spectrum):
    from ..results.report import with_error

    if spectrum.n_blocks == 0:
        return (name, *["unknown"] * 4, spectrum.status)
    totals = [
        "unknown" if spectrum.reason(total) else with_error(getattr(spectrum, total), spectrum.stderr_of(total))
        for total in ("kaplan_yorke_dimension", "entropy_rate")
    ]
    positive = "unknown" if spectrum.reason("n_positive") else str(spectrum.n_positive)
    return name, with_error(spectrum.exponents[0], spectrum.stderr[0]), *totals, positive, spectrum.status


def draw(spectra: Mapping[str, LyapunovSpectrum], path: str) -> None:
    """One figure with all curves; spectra without numbers are left out."""
    import matplotlib

    matplotlib.use("Agg")  # a file is written, no window opened
    import matplotlib.pyplot as plt

    from ..plotting import plot_comparison

    shown = {name: spectrum for name, spectrum in spectra.items() if spectrum.n_blocks}
    if not shown:
        tell("pylyap: there is nothing to draw: no block has ended")
        return
    figure, ax = plt.subplots(figsize=(6, 4.2), layout="constrained")
    plot_comparison(shown, ax, marker="")
    save_figure(figure, path)
    plt.close(figure)
