"""What the exponents and the activity say: dimensions, scaling, symmetry and density, from results of the other rooms."""

from .activity import Activity, Moments, activity, participation_ratio

__all__ = ["Activity", "Moments", "activity", "participation_ratio"]
