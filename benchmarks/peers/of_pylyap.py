"""pylyap: `lyapunov_spectrum` with the options of the job."""

import sys

import pylyap

pylyap.start_julia(threads=int(sys.argv[2]))


def prepare(job, W, x0):
    """A function without arguments that gives the exponents (k,) per tau or step."""
    network = (pylyap.RateNetwork if job["kind"] == "flow" else pylyap.DiscreteNetwork)(W)
    steps = dict(dt=job["dt"], qr_interval=1) if "dt" in job else {}  # else those that the default chooses

    def run():
        return pylyap.lyapunov_spectrum(
            network, n_exponents=job["k"], t_transient=0, t_align=job["align"], t_average=job["blocks"],
            initial_state=x0, progress=False, **steps).exponents

    return run
