"""Units of time as sentences say them."""

MANY = {"step": "steps", "time": "units of time"}


def many(unit: str) -> str:
    """The word behind a number: 450 steps, 200 tau."""
    return MANY.get(unit, unit)
