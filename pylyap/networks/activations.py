"""Activation functions phi: which there are, and their parameters."""

import dataclasses

from . import checks


@dataclasses.dataclass(frozen=True)
class Activation:
    """An activation that the Julia core knows by its `kind`, with its parameters.

    Made by the functions of `pylyap.activations`, or by giving a network the name of one.
    """

    kind: str
    parameters: tuple = ()

    def __str__(self):
        return f"{self.kind}({', '.join(f'{number:g}' for number in self.parameters)})" if self.parameters else self.kind


NAMED = {"tanh": Activation("tanh")}


def checked(activation):
    """Return an Activation: the argument itself, or the one of that name."""
    if isinstance(activation, Activation):
        return activation
    return NAMED[checks.one_of("activation", activation, tuple(NAMED))]
