"""The kinds of drives: what each is to a network and to the core. They are made by the functions of `pylyap.drives`."""

from __future__ import annotations

import abc
import dataclasses
import math
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from .. import _checks as checks
from .. import _contracts
from .._contracts import mark, text_array
from .._random import stream
from ..errors import NetworkError, OptionError
from . import sources

if TYPE_CHECKING:
    from .._core.bridge import Bridge
    from .._core.feeds import Feed


class Drive(_contracts.Drive):
    """What all drives have in common; made by the functions of `pylyap.drives`."""

    #: (N, m) weights from the channels to the units, or None.
    input_weights: np.ndarray | None

    def n_channels(self, size: int) -> int:
        """Number of channels that reach a network of `size` units; NetworkError if it cannot have this drive."""
        own = self._width()
        if self.input_weights is None:
            if own in (None, 1, size):
                return own or size
            raise NetworkError(
                f"{self} has {own} channels, the network has {size} units: give one channel, or {size}, "
                f"or input_weights of shape ({size}, {own})"
            )
        rows, m = self.input_weights.shape
        if rows != size or own not in (None, m):
            raise NetworkError(
                f"{self} has input_weights of shape {rows, m}: the network needs ({size}, {own or 'm'})"
            )
        return m

    def _width(self):
        """Number of channels it was made with; 1 is common to all, None adapts to the network."""
        return None

    def _mixing(self, bridge):
        """The argument of the core's input for weights from channels to units, if there are any."""
        return {} if self.input_weights is None else dict(input_weights=bridge.share(self.input_weights))


@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class Array(Drive):
    """Values on a grid of times; a single row and an infinite interval are a constant."""

    values: np.ndarray
    interval: float
    interpolation: str
    input_weights: np.ndarray | None
    reason = "its jumps need fixed steps"

    @property
    def needs_fixed_steps(self) -> bool:
        return self.interpolation == "constant"

    @property
    def is_smooth(self) -> bool:
        return math.isinf(self.interval)  # a constant

    def arrays(self) -> dict[str, Any]:
        """Everything that its numbers depend on."""
        return {
            "values": self.values, "interval": np.array(self.interval), "interpolation": text_array(self.interpolation),
            "input_weights": self.input_weights,
        }

    def feed(self, bridge: Bridge, system: _contracts.System, dt: float) -> Feed:
        """The core's ``Sampled`` on these values."""
        linear, interval = self.interpolation == "linear", self.interval * system.core_time
        return bridge.feed(
            drive=bridge.core.Sampled(bridge.share(self.values.T), interval, linear=linear, **self._mixing(bridge))
        )

    def _width(self):
        return self.values.shape[1]

    def check_run(self, solver: Any, dt: float, n_steps: int) -> None:
        if math.isinf(self.interval):
            return
        steps = self.interval / dt
        if self.interpolation == "constant":
            if round(steps) < 1 or abs(steps - round(steps)) > 1e-9 * steps:  # 1e-9: more than rounding can do
                raise OptionError(
                    f'interval = {self.interval:g} with interpolation="constant" is not a whole number of steps of {dt:g}: '
                    f"the nearest is {max(1, round(steps)) * dt:g}"
                )
            needed = math.ceil(n_steps / round(steps))
        else:
            last = n_steps - (not solver.looks_ahead)
            needed = math.ceil(last / steps * (1 - 1e-9)) + 1  # 1e-9: rounding asks for no further row
        if len(self.values) < needed:
            raise OptionError(
                f"{self} is shorter than the run of {n_steps * dt:g} (transient, alignment and average): it needs "
                f"{needed} rows"
            )

    def __repr__(self) -> str:
        count, m = self.values.shape
        if math.isinf(self.interval):
            return f"constant({_counted(m, 'channel')}, #{mark(self.arrays())})"
        shape = f"{_counted(count, 'row')}, {_counted(m, 'channel')}"
        return f"array({shape}, interval={self.interval:g}, {self.interpolation}, #{mark(self.arrays())})"


@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class Sinusoid(Drive):
    """A sine per channel, all of one frequency; `phase` is an array or "random"."""

    is_smooth = True

    amplitude: np.ndarray
    frequency: float
    phase: np.ndarray | str
    seed: object
    input_weights: np.ndarray | None

    def _width(self):
        return self.amplitude.size if self.amplitude.size > 1 else None

    def waves(self, size: int) -> list[NDArray[np.float64]]:
        """Amplitudes of the sine and of the cosine at each of `size` units."""
        m, phase = self.n_channels(size), self.phase
        if isinstance(phase, str):
            phase = 2 * np.pi * stream(self.seed, "sinusoid phases").random(m)
        waves = [np.array(np.broadcast_to(self.amplitude * f(phase), m)) for f in (np.cos, np.sin)]
        return waves if self.input_weights is None else [self.input_weights @ wave for wave in waves]

    def arrays(self) -> dict[str, Any]:
        """Everything that its numbers depend on."""
        phase = text_array(f"random {self.seed!r}") if isinstance(self.phase, str) else self.phase
        return {
            "amplitude": self.amplitude, "frequency": np.array(self.frequency), "phase": phase,
            "input_weights": self.input_weights,
        }

    def feed(self, bridge: Bridge, system: _contracts.System, dt: float) -> Feed:
        """The core's ``Sinusoid``."""
        waves = self.waves(system.size)
        frequency = self.frequency / system.core_time
        return bridge.feed(keep=waves, drive=bridge.core.Sinusoid(*map(bridge.share, waves), frequency))

    def __repr__(self) -> str:
        phase = f", phase='random', seed={self.seed!r}" if isinstance(self.phase, str) else ""
        amplitude = f"{self.amplitude[0]:g}" if self.amplitude.size == 1 else _counted(self.amplitude.size, "amplitude")
        return f"sinusoid({amplitude}, frequency={self.frequency:g}{phase})"


@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class _Random(Drive):
    """A random drive, drawn step by step."""

    sigma: float
    common: bool
    seed: object
    input_weights: np.ndarray | None
    is_defined_between_steps = False
    _name: ClassVar[str]

    def _width(self):
        return 1 if self.common else None

    def arrays(self):
        """Everything that its numbers depend on."""
        numbers = [float(getattr(self, field.name)) for field in dataclasses.fields(self) if field.type == "float"]
        return {
            "kind": text_array(self._name), "numbers": np.array([*numbers, self.common]),
            "seed": text_array(repr(self.seed)), "input_weights": self.input_weights,
        }

    def feed(self, bridge, system, dt):
        """A window over its samples that moves with the run."""
        m = self.n_channels(system.size)
        name, make = self._input(bridge, system, dt * system.core_time)
        return bridge.drawn_feed(name, make, self.source(m, dt), m)

    @abc.abstractmethod
    def _input(self, bridge, system, step):
        """What it is to the core, and a function that makes it of samples."""

    @abc.abstractmethod
    def source(self, n_channels: int, dt: float) -> sources.Source:
        """A `Source` that fills an array (samples, channels) with the next samples, `dt` apart."""

    @staticmethod
    def _checked(n_channels, dt):
        return checks.count("n_channels", n_channels), checks.real("dt", dt, "a time > 0", lambda time: time > 0)

    def _own(self):
        return f"sigma={self.sigma:g}"

    def __repr__(self):
        common = ", common" if self.common else ""
        return f"{self._name}({self._own()}{common}, seed={self.seed!r})"


class WhiteNoise(_Random):
    """Independent numbers per step."""

    _name = "white_noise"
    reason = "white noise needs a stochastic method"
    needs_noise_solver = True

    def _input(self, bridge, system, step):
        if system.is_map:
            mixing = self._mixing(bridge)
            return "drive", lambda samples: bridge.core.Sampled(samples, 1.0, linear=False, **mixing)
        mixing, strengths = self.input_weights, system.noise_strengths
        if strengths is not None:
            mixing = strengths if mixing is None else np.asfortranarray(strengths[:, np.newaxis] * mixing)
        weights = {} if mixing is None else dict(input_weights=bridge.copied(mixing))
        return "noise", lambda samples: bridge.core.StepNoise(samples, **weights)

    def source(self, n_channels: int, dt: float) -> sources.Source:
        """A `Source` that fills an array (steps, channels) with what the next steps of `dt` add."""
        _, dt = self._checked(n_channels, dt)
        return sources.White(stream(self.seed, "white noise"), self.sigma * math.sqrt(dt))


@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class OrnsteinUhlenbeck(_Random):
    """Exact samples of the Ornstein-Uhlenbeck process."""

    tau_c: float
    _name = "ornstein_uhlenbeck"
    reason = "it is drawn step by step"
    needs_fixed_steps = True

    def _input(self, bridge, system, step):
        mixing = self._mixing(bridge)
        return "drive", lambda samples: bridge.core.Sampled(samples, step, **mixing)

    def source(self, n_channels: int, dt: float) -> sources.Source:
        """A `Source` that fills an array (samples, channels) with the next samples, `dt` apart."""
        n_channels, dt = self._checked(n_channels, dt)
        random, kept = stream(self.seed, "Ornstein-Uhlenbeck"), math.exp(-dt / self.tau_c)
        scale = self.sigma * math.sqrt(-math.expm1(-2 * dt / self.tau_c))  # what is forgotten comes in anew
        memory = kept * self.sigma * random.standard_normal((1, n_channels))  # of a stationary past
        return sources.Colored(random, scale, kept, memory)

    def _own(self):
        return f"{super()._own()}, tau_c={self.tau_c:g}"


def _counted(count, noun):
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
