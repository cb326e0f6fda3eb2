"""Where a result comes from: everything somebody needs who wants to compute it again."""

from __future__ import annotations

import datetime
import functools
import platform
from typing import TYPE_CHECKING, Any

import numpy as np

from .. import _contracts

if TYPE_CHECKING:
    from .plan import Plan


def provenance(
    network: _contracts.System, plan: Plan, inputs: dict[str, str], wall_time: float
) -> dict[str, Any]:
    """Return what `LyapunovSpectrum.provenance` holds, as values JSON can keep."""
    names = {} if network.labels is None else dict(labels=list(network.labels))
    return dict(
        network=repr(network), **names, options=plan.options, sha256=inputs, wall_time=wall_time,
        date=datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"), **surroundings(),
    )


def fingerprints(network: _contracts.System, plan: Plan) -> dict[str, str]:
    """Fingerprints of all a run starts from, by name."""
    return _contracts.fingerprints({
        **network.arrays(), "initial_state": plan.start.state(), "initial_frame": plan.start.frame(),
    })


@functools.cache
def surroundings() -> dict[str, Any]:
    # none of this changes once Julia runs
    from .. import __version__
    from .._runtime import image, julia, speed as measure

    library, kernel = measure.blas()
    return dict(
        pylyap=__version__, python=platform.python_version(), numpy=np.__version__,
        julia=str(julia().seval("string(VERSION)")) + image.in_words(julia()), threads=int(julia().seval("Threads.nthreads()")),
        blas=f"{library}, kernel {kernel}", system=platform.platform(),
    )
