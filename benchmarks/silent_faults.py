"""What every run says of the eleven kinds of silent fault: verdict, diagnostics and controls, as the table of docs/controls.md.

python benchmarks/silent_faults.py [seconds for the controls of each case [words of a case]]
"""

import os
import sys
import tempfile
import warnings

import numpy as np

import pylyap
from pylyap import systems, theory
from pylyap.errors import PylyapError

HENON_HEILES = """f!(d, x, p, t) = (d[1] = x[3]; d[2] = x[4]; d[3] = -x[1] - 2x[1] * x[2];
    d[4] = -x[2] - x[1]^2 + x[2]^2; nothing)"""
HINDMARSH_ROSE = """f!(d, x, p, t) = (d[1] = x[2] - x[1]^3 + 3x[1]^2 - x[3] + 3.25; d[2] = 1 - 5x[1]^2 - x[2];
    d[3] = 0.006 * (4 * (x[1] + 1.6) - x[3]); nothing)"""
LORENZ_IN_SECONDS = """f!(d, x, p, t) = (d[1] = 10 * (x[2] - x[1]); d[2] = x[1] * (28 - x[3]) - x[2];
    d[3] = x[1] * x[2] - 8 / 3 * x[3]; d .*= 1000; nothing)"""
STIFF = "f!(d, x, p, t) = (d[1] = -50 * (x[1] - 1); d[2] = -x[2]; nothing)"


def normal(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


def grown_weights():
    import torch

    torch.manual_seed(0)
    module = torch.nn.utils.weight_norm(torch.nn.RNN(2, 3), "weight_hh_l0")
    module.weight_hh_l0_g.data.mul_(4)  # the next pass makes the weights from it
    return pylyap.from_torch(module, torch.randn(500, 2))


def energy_shell(y=-0.1, energy=1 / 8):
    return [0, y, np.sqrt(2 * energy - y**2 + 2 / 3 * y**3), 0]


def frame_with_a_dead_column():
    return pylyap.DiscreteNetwork(np.diag([0, 0.5]))


RUNS = {  # kind: what is run, options, diagnostics that tell
    "1 weights made by a hook (weight_norm, its g times 4)": (grown_weights, {}, ("settled",)),
    "2 feed-forward map, N = 20": (
        lambda: pylyap.DiscreteNetwork(np.triu(normal(20, 20), 1)), dict(t_average=300), ("n_collapsed",)),
    "2 feed-forward flow, N = 100": (
        lambda: pylyap.RateNetwork(np.triu(0.2 * normal(100, 100), 1)), dict(t_average=300), ("settled",)),
    "5 Hénon-Heiles, E = 1/8": (
        lambda: systems.flow(4, HENON_HEILES, initial_state=energy_shell(), dt=0.1), dict(t_average=2000),
        ("preserves_volume", "lyapunov_times")),
    "6 Hindmarsh-Rose, dt = 0.1": (
        lambda: systems.flow(3, HINDMARSH_ROSE, initial_state=[0.0, 0.0, 3.0], dt=0.1), dict(t_average=5000, n_exponents=1),
        ("step_error", "step_error_allowed")),
    "7 cos(6 arccos x), no product given": (
        lambda: systems.map(1, "f!(n, x, p, t) = (n[1] = cos(6acos(x[1])); nothing)", initial_state=[0.3]),
        dict(t_average=3000), ("worst_condition_number",)),
    "8 map of rank two, N = 30": (
        lambda: pylyap.DiscreteNetwork(normal(30, 2, seed=3) @ normal(2, 30, seed=4)), dict(t_average=1000), ("n_collapsed",)),
    "9 diag(0, 0.5), initial_frame = eye(2)": (
        frame_with_a_dead_column, dict(t_average=300, t_align=0, initial_frame=np.eye(2)), ("n_collapsed",)),
    "11 Lorenz in seconds, t_average = 0.3 s, k = 1": (
        lambda: systems.flow(3, LORENZ_IN_SECONDS, initial_state=[1.0, 1.0, 20.0], dt=1e-5), dict(t_average=0.3, n_exponents=1),
        ("qr_interval",)),
    "11 linear flow, exact": (
        lambda: systems.linear(np.diag([-1.0, -50.0])), dict(t_average=50), ("settled", "step_error")),
    "11 fixed point, stiff for tsit5": (
        lambda: systems.flow(2, STIFF), dict(t_average=100, solver="tsit5"), ("step_error", "step_error_allowed")),
}  # fmt: skip


def labels():
    import pandas

    frame = pandas.DataFrame([[0, 1], [2, 0]], index=["A", "B"], columns=["B", "A"])
    return f"W = {pylyap.DiscreteNetwork(frame).weights.tolist()}, labels A and B"


def ids():
    return read(",101,102\n101,0,1\n102,2,0\n")


def three_edges():
    return read("1,2,0.5\n2,3,0.5\n3,1,0.5\n")


def read(text):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "w.csv")
        with open(path, "w") as file:
            file.write(text)
        try:
            return np.asarray(pylyap.read_weights(path)).tolist()
        except PylyapError as error:
            raise type(error)(str(error).replace(path, "w.csv")) from None


def save(target):
    spectrum = pylyap.lyapunov_spectrum(frame_with_a_dead_column(), t_average=20, progress=False)
    spectrum.save(target)
    return "written"


def link_and_mode():
    with tempfile.TemporaryDirectory() as folder:
        real, link = os.path.join(folder, "real.npz"), os.path.join(folder, "link.npz")
        save(real)
        os.chmod(real, 0o640)
        os.symlink(real, link)
        save(link)
        return f"the link is still a link: {os.path.islink(link)}; mode of its file: {oct(os.stat(real).st_mode & 0o777)}"


SAID = {  # kind: a call without a run, whose value or refusal is shown
    "3 a table whose columns are in another order": labels,
    "3 ids in the first row and column": ids,
    "3 three edges or a 3 x 3 matrix": three_edges,
    "4 save to a device": lambda: save(os.devnull),
    "4 save through a link to a file of mode 640": link_and_mode,
    "10 disk_fraction(-1.1, 0.4), steps 1e-5 and 1e-6": lambda: ", ".join(
        f"{float(theory.disk_fraction(-1.1, 0.4, step)):.6f}" for step in (1e-5, 1e-6)),
}  # fmt: skip


def run(name, seconds):
    make, options, telling = RUNS[name]
    spectrum = pylyap.lyapunov_spectrum(make(), progress=False, **options)
    found = f"{spectrum.exponents[0]:.4g} to {spectrum.exponents[-1]:.4g} +- {spectrum.stderr[0]:.1g}"
    numbers = "; ".join(f"`{key}` {np.max(spectrum.diagnostics[key]):.3g}" for key in telling)
    options = {key: value for key, value in options.items() if key != "initial_frame"}  # which controls draws itself
    report = pylyap.controls(make(), time_budget=seconds, **options)
    bad = ", ".join(f"{check.code} {check.verdict}" for check in report.checks if check.verdict in ("warn", "fail"))
    return found, f"{spectrum.status}: {spectrum.message}", numbers, f"{report.verdict}{': ' + bad if bad else ''}"


def said(name):
    try:
        return SAID[name]()
    except PylyapError as error:
        return f"{type(error).__name__}: {error}"


def main(seconds=15.0, *words):
    warnings.simplefilter("ignore")
    print("| kind and case | exponents | verdict | diagnostics | controls |\n| --- | --- | --- | --- | --- |")
    for name in RUNS:
        if all(word in name for word in words):
            print(f"| {' | '.join((name, *run(name, seconds)))} |", flush=True)
    print("\n| kind and case | what is said |\n| --- | --- |")
    for name in SAID:
        if all(word in name for word in words):
            print(f"| {name} | {said(name)} |", flush=True)


if __name__ == "__main__":
    main(*map(float, sys.argv[1:2]), *sys.argv[2:])
