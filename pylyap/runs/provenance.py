"""Where a result comes from: everything somebody needs who wants to compute it again."""

import datetime
import functools
import hashlib
import platform

import numpy as np


def provenance(network, plan, inputs, wall_time):
    """Return what `LyapunovSpectrum.provenance` holds, as values JSON can keep."""
    return dict(
        network=repr(network), options=plan.options, sha256=inputs, wall_time=wall_time,
        date=datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"), **_surroundings(),
    )


def fingerprints(network, plan):
    """Fingerprints of all a run starts from, by name. To be taken before it starts: it overwrites state and frame."""
    inputs = dict(
        weights=getattr(network, "weights", None), bias=getattr(network, "bias", None),
        initial_state=plan.state, initial_frame=plan.frame, **getattr(network, "arrays", {}),
    )
    return {name: fingerprint(array) for name, array in inputs.items() if array is not None}


def fingerprint(array):
    """The first 16 digits of ``hashlib.sha256(array.tobytes(order="F")).hexdigest()``, without a copy in that order.

    Of a sparse array in compressed rows: of its values, followed by `indices` and `indptr` as 64-bit integers.
    """
    sparse = hasattr(array, "indptr")
    parts = (array.data, *(a.astype(np.int64) for a in (array.indices, array.indptr))) if sparse else (array,)
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part.ravel(order="F"))
    return digest.hexdigest()[:16]


@functools.cache
def _surroundings():
    # none of this changes once Julia runs
    from .. import __version__
    from .._runtime import julia, speed as measure

    library, kernel = measure.blas()
    return dict(
        pylyap=__version__, python=platform.python_version(), numpy=np.__version__,
        julia=str(julia().seval("string(VERSION)")), threads=int(julia().seval("Threads.nthreads()")),
        blas=f"{library}, kernel {kernel}", system=platform.platform(),
    )
