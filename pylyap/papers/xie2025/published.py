"""The paper's own curves, and the marked gains of its legends.

Read off the vector graphics of Xie, Mihalas, Kusmierz, arXiv 2505.09816v2, licensed CC BY 4.0; about 0.003 in an
exponent and 0.3 in a dimension. The file says what was changed.
"""

import functools
import json
from importlib import resources
from typing import NamedTuple

import numpy as np


class Curve(NamedTuple):
    """A published curve: abscissa, mean, and half the width of its band (standard deviation unless said otherwise)."""

    x: np.ndarray
    y: np.ndarray
    sd: np.ndarray  # zeros where there is none

    def at(self, x):
        """Mean and band at x, interpolated in the logarithm of the abscissa."""
        return tuple(float(np.interp(np.log(x), np.log(self.x), column)) for column in (self.y, self.sd))


@functools.cache
def _curves():
    return json.loads(resources.files(__package__).joinpath("published_curves.json").read_text(encoding="utf-8"))


def curve(figure, name):
    """The curve of a figure; `name` is a stability index, or "annealed", "quenched" in figure 1."""
    name = f"a{name}" if isinstance(name, float) else name
    found = _curves()[figure][name]
    y = np.array(found["y"])
    return Curve(np.array(found["x"]), y, np.array(found.get("sd", np.zeros(len(y)))))


def marked_gain(figure, alpha):
    """The gain that the legend of a figure calls g*: the first of the grid with mean exponent >= 0; None if none."""
    return _curves()[figure]["lines"].get(f"a{alpha}")


def theory_line(figure):
    """The gain of the annealed theory that figure 1B or C draws."""
    return _curves()[figure]["lines"]["theory"]


def quenched_statistics(name):
    """Sizes and values, three of each size, of a panel of figure 17: "1/<g*>", "SD" or "CV"."""
    sizes, values = zip(*_curves()[f"Fig17_{name}"])
    return np.array(sizes), np.array(values)
