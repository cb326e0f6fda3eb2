"""The portable runtime, put together from two files of the Python package index."""

import os
from collections.abc import Sequence

from ...errors import JuliaUnavailableError
from .. import borrowed, download, foreign, image, portable, with_juliapkg
from ..source import Choice, Launch, NotFound, Source, Wish, say


class Portable(Source):
    kind = "portable"
    rank = 20
    takes_prefix = True
    keeps_machine_code = False

    def find(self, wish: Wish) -> Choice:
        if reason := portable.why_not_here():
            raise NotFound(reason)
        if not portable.located(wish.prefix).is_there():
            if with_juliapkg.is_offline():
                raise NotFound("to fetch the portable Julia: PYTHON_JULIAPKG_OFFLINE is set")
            if reason := download.index_answers():
                raise NotFound(reason)
        try:
            runtime = portable.ensure(say, wish.prefix)
            if wish.prefix:
                portable.precompile_core(runtime, say)
        except JuliaUnavailableError as error:
            raise NotFound(f"the portable Julia: {error}") from error
        except OSError as error:
            remedy = "give --prefix" if wish.prefix else "set XDG_CACHE_HOME to"
            raise NotFound(
                f"the portable Julia cannot be put into its folder ({error}): {remedy} a folder that can be written, with 1.1 GB free"
            ) from error
        return Choice(
            kind=self.kind,
            origin="portable, from the Python package index",
            version=portable.VERSION,
            executable=str(runtime.executable),
            folder=str(runtime.root),
            megabytes=download.folder_size(runtime.root) / 1e6,
        )

    def is_still_there(self, choice: Choice) -> bool:
        runtime = portable.Portable(choice.folder)
        if not runtime.is_there():
            return False
        portable.repair_launcher(runtime)
        return True

    def launch(self, choice: Choice) -> Launch:
        """With the juliacall that belongs to its PythonCall, whichever pip installed.

        That one asks juliapkg two questions. Their answers are known here, so they are given directly: juliapkg
        would look for package requirements that this runtime cannot fulfil.
        """
        runtime = borrowed.usable(portable.Portable(choice.folder))
        answers = foreign.juliapkg_that_says(executable=str(runtime.executable), project=str(runtime.environment))
        variables = runtime.variables() | image.variables(runtime)
        return Launch(str(runtime.executable), variables, answers, str(runtime.python_path))

    def remove(self, kept: Sequence[Choice]) -> int:
        freed = portable.remove()
        for choice in kept:
            if choice.folder:
                freed += portable.remove(prefix=os.path.dirname(choice.folder))
        return freed


SOURCE = Portable()
