"""A Julia that environment variables of the user's name."""

import os
import shutil
from collections.abc import Sequence

from ...errors import JuliaUnavailableError, OptionError
from .. import with_juliapkg
from ..source import Choice, Launch, NotFound, Program, Source, Wish

USER_VARIABLES = (
    "PYTHON_JULIACALL_EXE",
    "PYTHON_JULIACALL_PROJECT",
    "PYTHON_JULIACALL_BINDIR",
    "PYTHON_JULIAPKG_EXE",
    "PYTHON_JULIAPKG_PROJECT",
)


class Environment(Source):
    kind = "environment"
    rank = 0
    is_imposed = True

    def find(self, wish: Wish) -> Choice:
        named = ", ".join(name for name in USER_VARIABLES if os.environ.get(name))
        if not named:
            raise NotFound("no environment variable names a Julia")
        if wish.only and not wish.only.heeds_variables:
            raise OptionError(
                f"the {wish.only.kind} Julia is demanded, but the environment names another: unset {named}"
            )
        return Choice(self.kind, f"named by {named}", executable=_named_executable())

    def is_still_there(self, choice: Choice) -> bool:
        return bool(choice.executable) and os.access(choice.executable, os.X_OK)

    def launch(self, choice: Choice) -> Launch:
        if os.environ.get("PYTHON_JULIACALL_EXE") or os.environ.get("PYTHON_JULIACALL_BINDIR"):
            return Launch(choice.executable)  # juliacall does not ask juliapkg then
        return with_juliapkg.launch(choice)

    def program(self, choice: Choice) -> Program:
        return with_juliapkg.program(choice)

    def remove(self, kept: Sequence[Choice]) -> int:
        return 0  # it is the user's own


def _named_executable() -> str:
    """The program the environment names, in juliacall's order; empty if juliapkg is to find one."""
    for variable in ("PYTHON_JULIACALL_EXE", "PYTHON_JULIACALL_BINDIR", "PYTHON_JULIAPKG_EXE"):
        if named := os.environ.get(variable):
            wanted = os.path.join(named, "julia") if variable.endswith("BINDIR") else named
            if program := shutil.which(wanted):
                return program
            raise JuliaUnavailableError(
                f"{variable}={named} names a Julia that is not there: {wanted} is not a program. "
                "Correct the variable, or unset it and pylyap looks for a Julia itself."
            )
    return ""


SOURCE = Environment()
