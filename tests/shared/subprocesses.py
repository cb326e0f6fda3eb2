"""Run Python in a process of its own, never waiting for ever."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def run_python(code, *, timeout=120, **variables):
    """Run `code` with this Python and these environment variables (None: unset); returns the finished process."""
    return subprocess.run(
        [sys.executable, "-c", code],
        env=environment(**variables), timeout=timeout, capture_output=True, text=True, stdin=subprocess.DEVNULL,
    )  # fmt: skip


# Starts with what takes long, then has a fork of itself carry out each case, as the main program of that fork.
NURSERY = """
import importlib, json, os, sys
for name in sys.argv[1:]:
    importlib.import_module(name)
del sys.argv[1:]
while True:
    line = sys.stdin.readline()
    if not line:
        sys.exit()
    case = json.loads(line)
    child = os.fork()
    if child == 0:
        break
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
for number, file, flags in ((0, os.devnull, os.O_RDONLY), (1, case["out"], os.O_WRONLY), (2, case["err"], os.O_WRONLY)):
    opened = os.open(file, flags)
    os.dup2(opened, number)
    os.close(opened)
for name in set(os.environ) - set(case["variables"]):
    del os.environ[name]
os.environ.update(case["variables"])
exec(compile(case["code"], "<case>", "exec"))
"""


class Nursery:
    """Runs code as `run_python` does, without the time that Python and `modules` take to start: each run is a fork.

    What the modules read when they are imported, environment variables for instance, is that of the nursery.
    """

    def __init__(self, *modules, **variables):
        self._process = subprocess.Popen(
            [sys.executable, "-c", NURSERY, *modules], env=environment(**variables), text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True,
        )  # fmt: skip

    def run(self, code, *, timeout=120, **variables):
        """As `run_python`. A run that hangs ends the nursery, too."""
        with tempfile.NamedTemporaryFile("r") as out, tempfile.NamedTemporaryFile("r") as err:
            case = {"code": code, "variables": environment(**variables), "out": out.name, "err": err.name}
            watchdog = threading.Timer(timeout, self._kill)
            watchdog.start()
            try:
                self._process.stdin.write(json.dumps(case) + "\n")
                self._process.stdin.flush()
                code = self._process.stdout.readline()
            finally:
                watchdog.cancel()
            printed, told = out.read(), err.read()
        assert code, f"the run did not end within {timeout} s, or took the nursery with it: {told}"
        return subprocess.CompletedProcess("case", int(code), printed, told)

    def _kill(self):
        os.killpg(self._process.pid, signal.SIGKILL)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        if self._process.poll() is None:
            self._kill()
        self._process.communicate()


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
