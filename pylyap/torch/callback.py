"""Exponents while a torch module trains."""

from __future__ import annotations

import os
import pathlib
import time
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from .._contracts import ResultStatus
from ..errors import FileFormatError, NetworkError, OptionError
from .. import _checks as checks
from .. import _files
from ..networks.cells import LeakyRNN
from .modules import from_torch, import_torch, on_host
from ..runs import loop
from ..results.batch import batch_mean
from ..runs.ensemble import lyapunov_ensemble
from ..runs.plan import make_plan
from ..runs.spectrum import OPTIONS, plan_options
from ..results.storage import read_file, write_file

if TYPE_CHECKING:
    import torch
    from matplotlib.axes import Axes

__all__ = ["LyapunovCallback", "TrainingHistory", "load_history"]

FORMAT, VERSION = "pylyap training history", 1
ALLOWED = tuple(name for name in OPTIONS if name not in ("seed", "progress", "target_stderr", "checkpoint", "checkpoint_interval"))


@dataclass(frozen=True, eq=False, repr=False)
class TrainingHistory:
    """Leading exponents in the course of a training.

    Attributes
    ----------
    steps : (m,) int64
        Training steps at which exponents were measured.
    exponents, spread : (m, k) float64
        Mean and standard deviation over the held-out sequences; natural logarithms per step of the sequence.
        NaN where the weights were not finite, or a measurement did not come to its end; the spread also for a single
        sequence.
    seconds : (m,) float64
        What each measurement took. The first one includes the start of Julia and compilation.
    """

    steps: np.ndarray
    exponents: np.ndarray
    spread: np.ndarray
    seconds: np.ndarray
    time_unit = "step"

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the history to one npz file, which `load_history` reads; it is complete or not there."""
        arrays = {name: getattr(self, name) for name in ("steps", "exponents", "spread", "seconds")}
        write_file(path, dict(format=FORMAT, version=VERSION), arrays)

    def plot(self, ax: Axes | None = None, **kwargs: Any) -> Axes:
        """Draw the exponents against the training step; the same as `pylyap.plotting.plot_training`."""
        from ..plotting import plot_training

        return plot_training(self, ax, **kwargs)

    def __repr__(self) -> str:
        return f"TrainingHistory({self.exponents.shape[1]} exponents at {len(self.steps)} steps)"


def load_history(path: str | os.PathLike[str]) -> TrainingHistory:
    """Read a TrainingHistory that `TrainingHistory.save` or a callback wrote.

    Parameters
    ----------
    path : str or os.PathLike

    Returns
    -------
    TrainingHistory

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    FileFormatError
        If the file is damaged, is something else, or was written by a newer pylyap.

    Examples
    --------
    After a training whose callback was given ``path="history.npz"``::

        history = pylyap.torch.load_history("history.npz")
        history.plot()
    """
    header, arrays = read_file(path)
    if header.get("format") != FORMAT or header.get("version") != VERSION:
        raise FileFormatError(f"{path} is not a training history of format version {VERSION}")
    rows, k = arrays.get("exponents", np.empty((0, 0))).shape[:1], arrays.get("exponents", np.empty(0)).shape[1:]
    shapes = {"steps": rows, "exponents": (*rows, *k), "spread": (*rows, *k), "seconds": rows}
    are_numbers = all(array.dtype.kind in "iuf" for array in arrays.values())
    if not are_numbers or len(k) != 1 or {name: array.shape for name, array in arrays.items()} != shapes:
        raise FileFormatError(f"{path} is damaged: its arrays are not those of a training history")
    return TrainingHistory(**arrays)


class LyapunovCallback:
    """Measure the leading exponents of a recurrent module every few training steps, on a held-out batch.

    In a loop of your own call `on_step` after each step. It also has the hook that Lightning calls: derive a class from
    this one and from Lightning's ``Callback``,
    ``class Exponents(pylyap.torch.LyapunovCallback, lightning.Callback): pass``. The hook is not tested against
    Lightning itself.

    A measurement that Ctrl-C arrives in raises KeyboardInterrupt and leaves nothing in the history. One that the time
    limit ends, or in which a state diverges, becomes a row of NaN, with a warning, as do weights that are not finite.

    Parameters
    ----------
    inputs : tensor or array_like
        Held-out sequences as the recurrent module reads them: (T, B, D), (B, T, D) with ``batch_first=True``, or one
        sequence (T, D). A handful is enough. If the model transforms its inputs before the recurrent module, give
        them transformed.
    every : int
        Training steps from one measurement to the next. The first call of `on_step` measures, and then the first one
        at or after each multiple of `every`.
    n_exponents : int
        k, the leading ones; all if the state has fewer.
    recurrent : str, optional
        Name of the recurrent module in the model, such as "encoder.rnn"; by default the only one there is.
    path : str or os.PathLike, optional
        Where to save the history after each measurement. Without `resume` the file must not exist yet.
    resume : bool
        Go on from the history in `path`, if there is one, as a training does that goes on from its own checkpoint: rows
        at and after the first step that it tells are measured anew. A single measurement, which is short beside a
        training, has no checkpoint.
    seed : int or numpy.random.SeedSequence
        Source of the initial frames, the same at each measurement.
    **options
        For `pylyap.lyapunov_ensemble`, such as ``t_transient`` and ``t_align`` in steps of the sequence; not
        `progress` and `target_stderr`.

    Attributes
    ----------
    history : TrainingHistory
        What has been measured so far.
    seconds : float
        Time all measurements took.
    first_seconds : float
        Time the first one took, which includes the start of Julia and compilation.
    share : float
        What the measurements of `on_step` took as a share of the time from the first call of `on_step` to the end of
        the last one; the first measurement counts in neither.

    Raises
    ------
    MissingPackageError
        If torch is not installed.
    OptionError, UnknownOptionError, NetworkError
        If an argument is not allowed.

    Examples
    --------
    >>> import torch, pylyap
    >>> _ = torch.manual_seed(1)
    >>> model = torch.nn.RNN(2, 10)
    >>> callback = pylyap.torch.LyapunovCallback(torch.randn(30, 4, 2), every=10, n_exponents=3)
    >>> for step in range(21):
    ...     callback.on_step(model, step)           # after optimizer.step()
    >>> callback.history
    TrainingHistory(3 exponents at 3 steps)
    """

    @checks.named_options(and_those_of=ALLOWED)
    def __init__(
        self,
        inputs: Any,
        *,
        every: int = 100,
        n_exponents: int = 8,
        recurrent: str | None = None,
        path: str | os.PathLike[str] | None = None,
        resume: bool = False,
        seed: int | np.random.SeedSequence = 0,
        **options: Any,
    ) -> None:
        import_torch("LyapunovCallback")
        self._inputs = _sequences(inputs)
        self._every = checks.count("every", every)
        self._n_exponents = checks.count("n_exponents", n_exponents)
        self._recurrent, self._path, self._seed, self._options = recurrent, path, seed, options
        self._check_options()
        self._rows: list[tuple[int, NDArray[np.float64], NDArray[np.float64], float]] = []
        self._goes_on = checks.flag("resume", resume)
        if path is None:
            if self._goes_on:
                raise OptionError("resume=True needs the path of the history to go on from")
        elif self._goes_on and os.path.exists(_files.name_of(path)):
            self._rows = _rows_of(load_history(path))
        else:
            _refuse_place(pathlib.Path(_files.name_of(path)))
        self._last: int | None = None
        self._began: float | None = None
        self._ended = self._within = 0.0

    def _check_options(self):
        """Raise what a measurement would, as far as that can be told without the module."""
        length = max(self._inputs.shape[: self._inputs.ndim - 1])  # of a batch: which axis is time is not known yet
        of_module = ("initial_state", "initial_frame")
        options = {name: value for name, value in self._options.items() if name not in of_module}
        _plan(LeakyRNN(np.zeros((1, 1)), inputs=np.zeros((length, 0))), self._seed, options)

    def on_step(self, module: torch.nn.Module, step: int) -> None:
        """To be called after training step number `step`; measures if a multiple of `every` has been reached.

        Parameters
        ----------
        module : torch.nn.Module
            The model, or its recurrent module.
        step : int
        """
        began = time.perf_counter()
        if self._goes_on:
            self._go_on_at(step)
        self._began = began if self._began is None else self._began
        reached = self._last is None or step // self._every != self._last // self._every
        if reached and not (self._rows and self._rows[-1][0] == step):
            self.measure(module, step)
            if len(self._rows) > 1:
                self._within += self._rows[-1][3]
            else:
                self._began += self._rows[0][3]  # as if it had taken no time
        self._last, self._ended = step, time.perf_counter()

    def _go_on_at(self, step):
        """Forget what the training is going to repeat."""
        self._goes_on = False
        self._rows = [row for row in self._rows if row[0] < step]
        self._last = self._rows[-1][0] if self._rows else None

    def on_train_batch_end(
        self,
        trainer: Any,
        pl_module: torch.nn.Module,
        outputs: Any,
        batch: Any,
        batch_idx: int,
    ) -> None:
        """Lightning's hook."""
        self.on_step(pl_module, trainer.global_step)

    def measure(self, module: torch.nn.Module, step: int) -> None:
        """Measure now, whatever the step.

        Parameters
        ----------
        module : torch.nn.Module
        step : int
            Under which the numbers go into the history.

        Raises
        ------
        NetworkError
            If the module is not one that `pylyap.from_torch` reads, or does not fit the inputs.
        """
        began = time.perf_counter()
        recurrent = find_recurrent(module, self._recurrent)
        mean, spread = self._exponents(recurrent, step)
        self._rows.append((step, mean, spread, time.perf_counter() - began))
        if self._path is not None:
            self.history.save(self._path)

    def _exponents(self, recurrent, step):
        k = min(self._n_exponents, _state_size(recurrent))
        if not all(bool(weights.isfinite().all()) for weights in recurrent.parameters()):
            return _nothing(k, f"the weights are not finite at step {step}")
        networks = from_torch(recurrent, self._inputs)
        networks = networks if isinstance(networks, list) else [networks]
        with loop.whole_or_not_at_all():
            spectra = lyapunov_ensemble(networks, n_exponents=k, seed=self._seed, progress=False, **self._options)
        if any(spectrum.status == ResultStatus.DIVERGED for spectrum in spectra):
            return _nothing(k, f"a state became infinite or NaN at step {step}")
        wanted = _plan(networks[0], self._seed, {**self._options, "n_exponents": k}).n_average
        if len(spectra) < len(networks) or any(spectrum.durations.sum() < wanted for spectrum in spectra):
            return _nothing(k, f"the time limit ended the measurement at step {step}")
        found = batch_mean(spectra)
        return found.mean, found.spread

    @property
    def history(self) -> TrainingHistory:
        if not self._rows:
            mean, spread = np.empty((2, 0, self._n_exponents))
            return TrainingHistory(np.empty(0, int), mean, spread, np.empty(0))
        return TrainingHistory(*map(np.array, zip(*self._rows)))

    @property
    def seconds(self) -> float:
        return float(sum(row[3] for row in self._rows))

    @property
    def first_seconds(self) -> float:
        return self._rows[0][3] if self._rows else 0.0

    @property
    def share(self) -> float:
        return self._within / (self._ended - self._began) if self._within and self._began is not None else 0.0

    def plot(self, ax: Axes | None = None, **kwargs: Any) -> Axes:
        """Draw the history; the same as `pylyap.plotting.plot_training`."""
        return self.history.plot(ax, **kwargs)


def _sequences(inputs):
    advice = "give one sequence (T, D) or a batch, as the recurrent module reads it"
    array = np.array(checks.real_array("inputs", on_host("inputs", inputs), advice))
    if array.ndim not in (2, 3) or 0 in array.shape[:-1]:
        raise NetworkError(f"inputs has shape {array.shape}: {advice}")
    return array


def _rows_of(history):
    return [(int(step), *row) for step, *row in zip(history.steps, history.exponents, history.spread, history.seconds.tolist())]


def _refuse_place(path):
    if path.exists():
        raise OptionError(f"path = {str(path)!r} is there already: move it away, or give another path")
    if not path.parent.is_dir():
        raise OptionError(f"path = {str(path)!r} is in a folder that does not exist: make it first")


def _plan(network, seed, options):
    return make_plan(network, **plan_options(seed=seed, **options))


def _state_size(recurrent):
    nn = import_torch("LyapunovCallback").nn
    parts = 2 if isinstance(recurrent, (nn.LSTM, nn.LSTMCell)) else 1
    return parts * getattr(recurrent, "num_layers", 1) * recurrent.hidden_size


def _nothing(k, why):
    warnings.warn(f"{why}: no exponents", stacklevel=5)  # where on_step was called
    return np.full(k, np.nan), np.full(k, np.nan)


def find_recurrent(module: torch.nn.Module, name: str | None = None) -> torch.nn.Module:
    """The recurrent module within a model: the one called `name`, or the only one there is.

    Parameters
    ----------
    module : torch.nn.Module
    name : str, optional
        As in ``module.named_modules()``.

    Returns
    -------
    torch.nn.Module

    Raises
    ------
    NetworkError
        If there is none, or more than one and no name, or `module` is something else.
    """
    nn = import_torch("LyapunovCallback").nn
    if not isinstance(module, nn.Module):
        raise NetworkError(f"module = {checks.shown(module)} is not allowed: give a torch.nn.Module")
    found = {own: part for own, part in module.named_modules() if isinstance(part, (nn.RNNBase, nn.RNNCellBase))}
    if name is not None:
        if name not in found:
            raise NetworkError(f"recurrent = {name!r} names no recurrent module; there are {list(found)}")
        return found[name]
    if len(found) != 1:
        raise NetworkError(f"the model has {len(found)} recurrent modules, {list(found)}: give the name as recurrent")
    return next(iter(found.values()))
