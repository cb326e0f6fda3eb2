"""Run Python in a process of its own, never waiting for ever."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def run_python(code, *, timeout=120, **variables):
    """Run `code` with this Python and these environment variables (None: unset); returns the finished process."""
    return subprocess.run(
        [sys.executable, "-c", code],
        env=environment(**variables), timeout=timeout, capture_output=True, text=True, stdin=subprocess.DEVNULL,
    )  # fmt: skip


def interrupted_at(told, code, *, cwd=None, timeout=300):
    """Run `code`, press Ctrl-C when its standard error has told `told`; returns exit code, output and errors.

    The time is a limit for a program that hangs, and nothing that is waited for.
    """
    # a background job, and what it starts, begins with SIGINT ignored
    code = f"import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n{code}"
    child = subprocess.Popen(
        [sys.executable, "-c", code], env=environment(), cwd=cwd, text=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    watchdog = threading.Timer(timeout, child.kill)
    watchdog.start()
    try:
        before = read_until(child.stderr, told)
        child.send_signal(signal.SIGINT)
        printed, after = child.communicate()
    finally:
        watchdog.cancel()
        child.kill()
    return child.returncode, printed, before + after


def read_until(stream, told):
    """What a text stream says, up to and including `told`."""
    seen = ""
    while not seen.endswith(told):
        letter = stream.read(1)
        assert letter, f"ended before it told {told!r}: {seen}"
        seen += letter
    return seen


def environment(**variables):
    """This process's environment with `variables` changed."""
    changed = {**os.environ, **variables}
    return {name: str(value) for name, value in changed.items() if value is not None}


def without_network(cache, address):
    """Variables under which nothing can be fetched: every server is `address`, which does not serve."""
    return {
        "XDG_CACHE_HOME": cache, "XDG_CONFIG_HOME": cache, "PYLYAP_JULIA": None, "JULIA_PKG_SERVER": None,
        "HTTPS_PROXY": address, "HTTP_PROXY": address, "https_proxy": address, "http_proxy": address,
        "NO_PROXY": None, "no_proxy": None, "PATH": "/usr/bin:/bin",
        "PIP_CONFIG_FILE": os.devnull, "PIP_INDEX_URL": f"{address}/simple", "PIP_EXTRA_INDEX_URL": None,
        "PIP_FIND_LINKS": None, "PYTHON_JULIACALL_EXE": None, "PYTHON_JULIACALL_PROJECT": None,
        "PYTHON_JULIACALL_BINDIR": None, "PYTHON_JULIAPKG_EXE": None, "PYTHON_JULIAPKG_PROJECT": None,
    }  # fmt: skip
