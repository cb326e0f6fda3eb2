"""What the exponents and the activity say: dimensions, scaling, symmetry and density, from results of other parts of pylyap."""

from . import transitions
from ..runs.activity import Activity, Moments, activity, participation_ratio
from ..runs.adjoint import AdjointSpectrum, adjoint_spectrum
from .completion import CompletedSpectrum, complete_by_symmetry
from .density import Density, Deviation, density, deviation
from .extensivity import at_fractions, collapse, extensivity
from .gradients import FiniteTimeExponents, GradientVerdict, finite_time_exponents, gradient_verdict
from .line import Line, fit_line
from .localisation import Localisation, localisation
from .scaling import scaling_exponent
from .symmetry import Symmetry, symmetry
from ..runs.singular_values import JacobianSpectrum, jacobian_singular_values
from ..runs.splitting import SplittingAngles, splitting_angles
from ..runs.twin import TwinExponent, twin_exponent

__all__ = [
    "Activity",
    "AdjointSpectrum",
    "CompletedSpectrum",
    "Density",
    "Deviation",
    "FiniteTimeExponents",
    "GradientVerdict",
    "JacobianSpectrum",
    "Line",
    "Localisation",
    "Moments",
    "SplittingAngles",
    "Symmetry",
    "TwinExponent",
    "activity",
    "adjoint_spectrum",
    "at_fractions",
    "collapse",
    "complete_by_symmetry",
    "density",
    "deviation",
    "extensivity",
    "finite_time_exponents",
    "fit_line",
    "gradient_verdict",
    "jacobian_singular_values",
    "localisation",
    "participation_ratio",
    "scaling_exponent",
    "splitting_angles",
    "symmetry",
    "transitions",
    "twin_exponent",
]
