"""What the core's `StepLook` has found, as arrays."""

import numpy as np

from ..results.step_look import Looks


def read(look):
    """The `Looks` of an integrator's field `look`; None if it has none."""
    if look is None:
        return None
    count = int(look.count)
    return Looks(**{name: np.array(getattr(look, name), dtype=np.float64).T[:count] for name in Looks._fields})
