"""Where a result comes from: everything somebody needs who wants to compute it again."""

import datetime
import functools
import platform

import numpy as np

from .. import _contracts


def provenance(network, plan, inputs, wall_time):
    """Return what `LyapunovSpectrum.provenance` holds, as values JSON can keep."""
    names = {} if network.labels is None else dict(labels=list(network.labels))
    return dict(
        network=repr(network), **names, options=plan.options, sha256=inputs, wall_time=wall_time,
        date=datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"), **surroundings(),
    )


def fingerprints(network, plan):
    """Fingerprints of all a run starts from, by name."""
    return _contracts.fingerprints({
        **network.arrays(), "initial_state": plan.start.state(), "initial_frame": plan.start.frame(),
    })


@functools.cache
def surroundings():
    # none of this changes once Julia runs
    from .. import __version__
    from .._runtime import julia, speed as measure

    library, kernel = measure.blas()
    return dict(
        pylyap=__version__, python=platform.python_version(), numpy=np.__version__,
        julia=str(julia().seval("string(VERSION)")), threads=int(julia().seval("Threads.nthreads()")),
        blas=f"{library}, kernel {kernel}", system=platform.platform(),
    )
