"""What pylyap asks of juliapkg. It prints on standard output, which belongs to the user's results."""

import contextlib
import os
import socket

from .environment import stdout_to_stderr

WAIT_SECONDS = 30  # for a server that has gone silent


def find():
    """Executable and version of a Julia that is installed already; raises Exception if none fits."""
    with stdout_to_stderr(quiet=True):
        from juliapkg.deps import find_requirements
        from juliapkg.find_julia import find_julia

        compat, _ = find_requirements()
        executable, version = find_julia(compat=compat, prefix=install_folder(), install=False)
    return executable, str(version)


def is_resolved():
    """Whether its project is complete, so that starting Julia fetches nothing."""
    with stdout_to_stderr(quiet=True):
        import juliapkg
        from juliapkg.state import STATE

        # Looking at the file first: resolve() would create the project's folder.
        return os.path.exists(STATE["meta"]) and juliapkg.resolve(dry_run=True)


def resolve():
    """Find or download Julia and install PythonCall where needed; returns executable and version."""
    with stdout_to_stderr(), _no_endless_waiting():
        import juliapkg
        from juliapkg.state import STATE

        return juliapkg.executable(), str(STATE["version"])


def install_folder():
    """Where juliapkg puts a Julia it downloads itself."""
    from juliapkg.state import STATE

    return STATE["install"]


@contextlib.contextmanager
def _no_endless_waiting():
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(WAIT_SECONDS)
    try:
        yield
    finally:
        socket.setdefaulttimeout(before)
