"""Which bits are the same on any number of threads, in any order, and which numbers only up to rounding; see docs/conventions.md."""

import json

import numpy as np
import pytest
from subprocesses import run_python

PROGRAM = """
import hashlib, json, numpy as np, pylyap
pylyap.start_julia(threads=THREADS)
W = pylyap.weights.gaussian(80, 3.0, seed=1)
noise = pylyap.drives.white_noise(0.3, seed=4)
times = dict(t_transient=20, t_align=20)
digest = lambda *arrays: hashlib.sha256(b"".join(np.ascontiguousarray(a).tobytes() for a in arrays)).hexdigest()
of = lambda s: digest(s.log_growth, s.final_state, s.final_frame)
flow = pylyap.lyapunov_spectrum(pylyap.RateNetwork(W), t_average=30, **times)
vectors = pylyap.covariant_vectors(pylyap.DiscreteNetwork(W), n_vectors=5, t_average=100, t_backward=50, sample_interval=50, **times)
networks, seeds = [pylyap.DiscreteNetwork(W * f, drive=noise) for f in (0.3, 0.7, 1.0)], [5, 6, 7]
many = pylyap.lyapunov_ensemble(networks, seed=seeds, t_average=100, n_exponents=10, **times)
turned = pylyap.lyapunov_ensemble(networks[::-1], seed=seeds[::-1], t_average=100, n_exponents=10, **times)
gains = pylyap.leading_exponents(networks[2], [0.5, 1.0, 2.0], t_average=200, **times)
print(json.dumps(dict(
    states=[digest(flow.final_state), digest(vectors.spectrum.final_state)], ensemble=[of(s) for s in many],
    turned=[of(s) for s in turned[::-1]], gains=digest(gains.exponents, gains.mean_square),
    exponents=flow.exponents.tolist(), growth=vectors.log_growth.tolist(),
)))
"""


@pytest.mark.slow  # starts Julia twice
def test_threads_and_order_change_no_bit_that_is_promised():
    one, two = (json.loads(run_python(PROGRAM.replace("THREADS", str(n))).stdout) for n in (1, 2))
    for name in ("states", "ensemble", "turned", "gains"):
        assert one[name] == two[name], name
    assert one["ensemble"] == one["turned"]
    # the frame: rounding, 1e-16, times the condition of a block, below 1e5 (see MAX_CONDITION), which nothing amplifies
    np.testing.assert_allclose(one["exponents"], two["exponents"], rtol=0, atol=1e-9)
    np.testing.assert_allclose(one["growth"], two["growth"], rtol=0, atol=1e-9)
