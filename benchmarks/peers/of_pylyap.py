"""pylyap: `lyapunov_spectrum` with the options of the job."""

import sys

import pylyap

pylyap.start_julia(threads=int(sys.argv[2]))


def prepare(job, W, x0):
    """A function without arguments that gives the exponents (k,) per tau or step."""
    flow, block = job["kind"] == "flow", job["per_block"] * job.get("dt", 1.0)
    network = (pylyap.RateNetwork if flow else pylyap.DiscreteNetwork)(W)
    options = dict(job.get("options", {}))
    if options.get("solver") != "auto" and flow:
        options["dt"] = job["dt"]

    def run():
        return pylyap.lyapunov_spectrum(
            network, n_exponents=job["k"], t_transient=0, t_align=job["align"] * block, t_average=job["blocks"] * block,
            qr_interval=block, initial_state=x0, progress=False, **options).exponents

    return run
