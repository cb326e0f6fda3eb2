"""One network learns one sine by two rules, FORCE and gradients through time; their Lyapunov spectra side by side.

    python examples/sine_force_and_gradient.py [--iterations 300] [--figure sine.png]

Needs pip install torch. About two minutes on two cores.
"""

import argparse
import time

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
import torch

import pylyap

N, GAIN, DT, PERIOD = 200, 1.5, 0.1, 20.0  # times in units of tau; Euler steps of DT in training and analysis alike
STEPS = round(PERIOD / DT)  # of a period


def sine(n_steps):
    return np.sin(2 * np.pi * DT * np.arange(n_steps) / PERIOD)


def simulate(W, feedback, readout, states, n_steps, teacher=None):
    """Outputs (n_steps, B) of B networks from given states (B, N), fed back, or replaced by a teacher's (n_steps,)."""
    outputs = []
    for step in range(n_steps):
        rates = torch.tanh(states)
        outputs.append(rates @ readout)
        returned = outputs[-1] if teacher is None else teacher[step].expand(len(states))
        states = states + DT * (-states + rates @ W.T + returned[:, None] * feedback)
    return torch.stack(outputs), states


def train_by_gradient(W, feedback, iterations, batch=4):
    """Change all weights, readout and feedback by backpropagation through time.

    From random states the network is shown the sine for one period in place of its own output (teacher forcing), then
    runs on alone for two; the loss is the mean square error while it is alone. For the first third of the
    iterations the teacher stays throughout.
    """
    generator = torch.Generator().manual_seed(1)
    parameters = [torch.tensor(W), torch.tensor(feedback[:, 0]), torch.zeros(N, dtype=torch.float64)]
    for parameter in parameters:
        parameter.requires_grad_()
    optimizer = torch.optim.Adam(parameters, lr=3e-3)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, iterations)
    teacher = torch.tensor(sine(3 * STEPS))
    losses = []
    for iteration in range(iterations):
        with torch.no_grad():
            states = torch.randn(batch, N, generator=generator, dtype=torch.float64)
        taught = 2 * STEPS if iteration < iterations // 3 else STEPS
        outputs, states = simulate(*parameters, states, taught, teacher)
        if taught == STEPS:
            outputs, states = simulate(*parameters, states, 2 * STEPS)
            wanted = teacher[STEPS:]
        else:
            outputs, wanted = outputs[STEPS:], teacher[STEPS:taught]
        loss = torch.mean((outputs - wanted[:, None]) ** 2)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        schedule.step()
        losses.append(loss.item())
    return [parameter.detach() for parameter in parameters], np.array(losses)


def examine(name, W, feedback, readout):
    """Run a trained network alone after three periods of teacher forcing, and compute its full spectrum."""
    tensors = [torch.tensor(np.array(array)) for array in (W, feedback, readout)]
    with torch.no_grad():
        start = torch.randn(1, N, generator=torch.Generator().manual_seed(2), dtype=torch.float64)
        _, states = simulate(*tensors, start, 3 * STEPS, torch.tensor(sine(3 * STEPS)))
        outputs, states = simulate(*tensors, states, 20 * STEPS)
    outputs, wanted = outputs[:, 0].numpy(), sine(20 * STEPS)
    network = pylyap.RateNetwork(W + np.outer(feedback, readout))
    spectrum = pylyap.lyapunov_spectrum(
        network, t_average=20 * PERIOD, t_transient=0, t_align=10 * PERIOD, dt=DT, solver="euler",
        initial_state=states[0].numpy(), progress=False,
    )
    return dict(
        name=name, outputs=outputs, spectrum=spectrum, first=rms(outputs[: 2 * STEPS] - wanted[: 2 * STEPS]),
        last=rms(outputs[-2 * STEPS :] - wanted[-2 * STEPS :]), period=measured_period(outputs[10 * STEPS :]),
        verdict=pylyap.analysis.gradient_verdict(spectrum, horizon=10 * PERIOD),
    )


def rms(values):
    return float(np.sqrt(np.mean(np.square(values))))


def measured_period(outputs):
    """Mean time between upward crossings of zero, which are interpolated; NaN if there are fewer than two."""
    before = np.flatnonzero((outputs[:-1] < 0) & (outputs[1:] >= 0))
    crossings = before + outputs[before] / (outputs[before] - outputs[before + 1])
    return DT * np.mean(np.diff(crossings)) if len(crossings) > 1 else np.nan


def report(found, W, trained):
    print("\nerrors: root mean square, over the first and the last two of 20 periods alone")
    print("change of the weights: norm, and how much of its square is in the largest singular direction")
    titles = f"{'':10}{'first 2':>10}{'last 2':>11}{'period':>9}{'lambda_1':>11}{'lambda_2':>11}{'sum':>9}"
    print(f"{titles}{'change of the weights':>24}")
    for one in found:
        exponents = one["spectrum"].exponents
        change = np.linalg.svd(trained[one["name"]] - W)[1]
        leading = 100 * change[0] ** 2 / np.sum(change**2) if change.any() else 0.0
        print(
            f"{one['name']:10}{one['first']:10.4f}{one['last']:11.4f}{one['period']:9.3f}{exponents[0]:11.5f}"
            f"{exponents[1]:11.4f}{exponents.sum():9.2f}{np.linalg.norm(change):17.2f}, {leading:.0f} %"
        )
    for one in found:
        print(f"\n{one['name']}: {one['verdict']}")


def figure(found, losses, force, path):
    fig, axes = plt.subplots(2, 2, figsize=(10, 6.4), layout="constrained")
    colours = dict(zip([one["name"] for one in found], ("0.6", "#D55E00", "#0072B2")))
    ax = axes[0, 0]
    t = DT * np.arange(3 * STEPS) / PERIOD
    ax.plot(t, sine(3 * STEPS), color="k", linewidth=4, alpha=0.2, label="wanted")
    for one in found[1:]:
        ax.plot(t, one["outputs"][: 3 * STEPS], color=colours[one["name"]], linewidth=1.4, label=one["name"])
    ax.set(xlabel="time alone (periods)", ylabel="output", ylim=(-1.2, 1.7))
    ax.legend(frameon=False, fontsize="small", ncols=3, loc="upper center")
    ax = axes[0, 1]
    error = [rms(part) for part in np.array_split(force.errors, len(force.errors) // STEPS)]
    ax.plot(np.linspace(0, 1, len(error)), error, color=colours["FORCE"], label="FORCE, while it learns")
    ax.plot(np.linspace(0, 1, len(losses)), np.sqrt(losses), color=colours["gradient"], label="gradient")
    ax.set(yscale="log", xlabel="part of the training", ylabel="root mean square error")
    ax.legend(frameon=False, fontsize="small")
    for one in found:
        look = dict(color=colours[one["name"]], label=one["name"])
        pylyap.plotting.plot_spectrum(one["spectrum"], axes[1, 0], **look)
        pylyap.plotting.plot_spectrum(one["spectrum"], axes[1, 1], index="number", marker="o", markersize=5, **look)
    axes[1, 0].legend(frameon=False, fontsize="small")
    axes[1, 1].set(xlim=(0.5, 12.5), ylim=(-0.5, 0.1), ylabel="the leading twelve")
    for ax in axes[0]:
        ax.spines[["top", "right"]].set_visible(False)
    fig.savefig(path, dpi=90)
    print(f"\nfigure: {path}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--iterations", type=int, default=300)
    parser.add_argument("--figure", default="sine_force_and_gradient.png")
    arguments = parser.parse_args()
    torch.set_num_threads(1)  # products of 200 x 200 are too small for two
    began = time.perf_counter()

    W = pylyap.weights.gaussian(N, GAIN, seed=5)  # of the seeds 1 to 6 the most chaotic one, as FORCE likes it
    force = pylyap.train_force(pylyap.RateNetwork(W), sine(40 * STEPS), dt=DT, solver="euler", seed=1, progress=False)
    print(f"FORCE: {force.seconds:.1f} s, {len(force.outputs)} steps")
    mid = time.perf_counter()
    (W_gradient, feedback, readout), losses = train_by_gradient(W, force.feedback, arguments.iterations)
    print(f"gradient: {time.perf_counter() - mid:.1f} s, {arguments.iterations} iterations of 3 periods, 4 at a time")

    found = [
        examine("before", W, force.feedback[:, 0], np.zeros(N)),
        examine("FORCE", W, force.feedback[:, 0], force.readout[:, 0]),
        examine("gradient", W_gradient.numpy(), feedback.numpy(), readout.numpy()),
    ]
    trained = {
        "before": W, "FORCE": force.network.weights,
        "gradient": W_gradient.numpy() + np.outer(feedback.numpy(), readout.numpy()),
    }
    report(found, W, trained)
    figure(found, losses, force, arguments.figure)
    print(f"{time.perf_counter() - began:.0f} s in all")
