"""A Julia that juliapkg finds or downloads, with PythonCall in its project."""

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from .. import download, servers, with_juliapkg
from ..source import SEE_ALL, Choice, Launch, NotFound, Program, Source, Wish, say


class Juliapkg(Source):
    kind = "juliapkg"
    rank = 10
    heeds_variables = True

    def find(self, wish: Wish) -> Choice:
        found, made, tried = None, None, []
        try:
            found, _ = with_juliapkg.find()
            made = with_juliapkg.resolved()
        except Exception as error:  # noqa: BLE001  juliapkg raises bare Exception
            tried.append(f"a Julia installed here (on PATH, by juliaup or by juliapkg): {_in_one_line(error)}")
            if other := with_juliapkg.unfit():
                tried.append(f"{other}: this Python needs Julia {with_juliapkg.versions_to_install()}")
        made = made or _resolved_anew(found, tried, wish.verbose)
        executable, version = made["executable"], made["version"]
        # Ours to remove is only what was fetched now: juliapkg may find a Julia it had put there for another
        # package, or leave the download to juliaup.
        folder = with_juliapkg.install_folder()
        ours = not found and Path(folder) in Path(executable).parents
        return Choice(
            kind=self.kind,
            origin=f"{'found' if found else 'downloaded'} by juliapkg",
            version=version,
            executable=executable,
            folder=folder if ours else "",
            megabytes=download.folder_size(folder) / 1e6 if ours else 0.0,
        )

    def is_still_there(self, choice: Choice) -> bool:
        if not os.access(choice.executable, os.X_OK):
            return False
        server = servers.package_server()
        try:
            if with_juliapkg.resolved():
                return True
            return not with_juliapkg.is_offline() and server in servers.answering([server])
        except Exception:  # noqa: BLE001  of juliapkg; why is told when it is decided anew
            return False

    def launch(self, choice: Choice) -> Launch:
        return with_juliapkg.launch(choice)

    def program(self, choice: Choice) -> Program:
        return with_juliapkg.program(choice)

    def remove(self, kept: Sequence[Choice]) -> int:
        freed = 0
        for choice in kept:
            if choice.folder and os.path.isdir(choice.folder):
                freed += download.folder_size(choice.folder)
                shutil.rmtree(choice.folder)
        return freed


def _resolved_anew(found, tried, verbose):
    """What juliapkg notes when it has set up its project; raises NotFound with `tried` and what else was tried."""
    if not with_juliapkg.is_offline():
        needed = [servers.package_server()] + ([] if found else [servers.JULIA_DOWNLOADS])
        answering = servers.answering(needed)
        silent = [address for address in needed if address not in answering]
        if silent:
            what = "PythonCall for it" if found else "one"
            raise NotFound(*tried, f"to fetch {what}: no answer from {' and '.join(silent)}")
    elif not found:
        raise NotFound(*tried)
    say("juliapkg is setting up Julia, which can take some minutes")
    try:
        return with_juliapkg.resolve(verbose)
    except Exception as error:  # juliapkg raises bare Exception
        failed = f"juliapkg could not set up Julia: {_in_one_line(error)}"
        say(f"{failed} ({SEE_ALL})")
        raise NotFound(*tried, failed) from error


def _in_one_line(error):
    return " ".join(str(error).split()) or type(error).__name__


SOURCE = Juliapkg()
