"""A reservoir that has learned chaos.

An echo state network learns to predict the logistic map, then reads its own output. Its leading exponent in this closed
loop is that of the map it has learned, from periodic motion to chaos. A point far off the line tells that the loop has
left what it had learned.
"""

import matplotlib.pyplot as plt
import numpy as np
import pylyap

rng = np.random.default_rng(1)
W, W_in, bias = 0.05 * rng.normal(size=(100, 100)), rng.uniform(-4, 4, (100, 1)), rng.uniform(-2, 2, 100)
logistic = pylyap.systems.map(1, "f!(y, x, p, t) = (y[1] = p.r * x[1] * (1 - x[1]))", parameters=dict(r=3.9), initial_state=[0.3])
values = np.linspace(3.6, 3.99, 14)
maps = [logistic.with_parameters(r=r) for r in values]


def series(r, steps=3000):
    x = [0.3]
    while len(x) < steps:
        x.append(r * x[-1] * (1 - x[-1]))
    return np.array(x)[:, np.newaxis]


reservoir = pylyap.EchoStateNetwork(W, W_in, bias=bias)
loops = [reservoir.fit(series(r), ridge=1e-8, washout=100).closed_loop() for r in values]
learned = pylyap.lyapunov_ensemble(loops, t_average=4000, n_exponents=1)
exact = pylyap.lyapunov_ensemble(maps, t_average=20_000)

figure, ax = plt.subplots(figsize=(6, 4), layout="constrained")
ax.axhline(0, color="0.35", linewidth=0.8, linestyle="--")
ax.plot(values, [s.exponents[0] for s in exact], "-", color="#D55E00", label="logistic map")
errors = [1.96 * s.stderr[0] for s in learned]
ax.errorbar(values, [s.exponents[0] for s in learned], errors, fmt="o", color="#0072B2", label="reservoir in closed loop")
ax.set(xlabel="r", ylabel="leading exponent (1/step)")
ax.legend(frameon=False)
plt.show()
