"""The figure of a report of nineteen controls, as docs/controls.md asks for it."""

import pylyap

network = pylyap.RateNetwork(pylyap.weights.gaussian(100, 4.0, seed=1))
figure = pylyap.controls(network, time_budget=120).figure()
