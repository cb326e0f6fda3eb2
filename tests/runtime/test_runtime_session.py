"""Julia in this process: what a start leaves behind, and who may call it. Each start has a process of its own."""

import json
import signal
import subprocess
import sys

import pytest
from subprocesses import environment, run_python

from pylyap import start_julia
from pylyap.errors import OptionError

TIMEOUT = 300  # a cold start may have to fetch and compile first

# Starts Julia once, tries everything that does not end the process, and prints what it saw.
EXAMINE = r"""
import faulthandler, json, os, signal, subprocess, sys, threading, time, warnings

def environment_of_a_child():
    return sorted(subprocess.run(["env"], capture_output=True, text=True).stdout.splitlines())

def failure(act):
    try:
        return repr(act())
    except Exception as error:
        return type(error).__name__

seen = {}
before = environment_of_a_child()
handler = lambda number, frame: None
signal.signal(signal.SIGTERM, handler)
import pylyap
from pylyap._runtime import call, julia, speed as measure, session
from pylyap._runtime import kernel
pylyap.start_julia(threads=2)
seen["environment unchanged"] = environment_of_a_child() == before
seen["signal handlers kept"] = (
    signal.getsignal(signal.SIGINT) is signal.default_int_handler and signal.getsignal(signal.SIGTERM) is handler
)
seen["signals blocked in a child"] = next(
    line.split()[1] for line in subprocess.run(["cat", "/proc/self/status"], capture_output=True, text=True)
    .stdout.splitlines() if line.startswith("SigBlk")
)
seen["faulthandler left off"] = not faulthandler.is_enabled()
seen["threads"] = int(julia().seval("Threads.nthreads()"))
seen["core"] = str(julia().LyapunovSpectra)

with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    pylyap.start_julia()
    pylyap.start_julia(threads=2)
    seen["warnings for the same threads"] = len(caught)
    pylyap.start_julia(threads=3)
seen["warning for other threads"] = str(caught[-1].message) if caught else ""

try:
    call(julia().sqrt, -1.0)
except pylyap.errors.JuliaError as error:
    seen["error"] = str(error)
    seen["cause"] = type(error.__cause__).__module__

def in_a_block(act):
    with session.errors_translated():
        act()

def told(act):
    try:
        act()
    except Exception as error:
        return f"{type(error).__name__}: {error}"

seen["error in a block"] = told(lambda: in_a_block(lambda: julia().sqrt(-1.0)))
seen["other error in a block"] = failure(lambda: in_a_block(lambda: {}["absent"]))

class Plain:  # a Julia function as it is where juliacall lacks _jl_call_nogil
    def __call__(self, number):
        return julia().sqrt(number)

    def __getattr__(self, name):
        raise AssertionError(name)  # there, a missing attribute is looked up in Julia, with whatever error that gives

seen["plain call"] = told(lambda: call(Plain(), 9.0)) or float(call(Plain(), 9.0))
seen["error of a plain call"] = told(lambda: call(Plain(), -1.0))

import numpy as np
from pylyap.runs import spectrum as run
make_plan = run.make_plan
def make_bad_plan(*arguments, **options):  # as only a mistake of ours could
    made = make_plan(*arguments, **options)
    object.__setattr__(made, "steps_per_block", 0)
    return made
run.make_plan = make_bad_plan
seen["bad run"] = told(lambda: pylyap.lyapunov_spectrum(pylyap.RateNetwork(np.eye(2)), t_average=10, dt=0.1))

other = threading.Thread(target=lambda: seen.update(thread=failure(julia)))
other.start()
other.join()

read, write = os.pipe()
child = os.fork()
if child == 0:
    os.write(write, failure(julia).encode())
    os._exit(0)
os.waitpid(child, 0)
seen["fork"] = os.read(read, 100).decode()

busy = julia().seval("seconds -> (stop = time() + seconds; x = 0.0; while time() < stop; x += sum(rand(1000)); end; x)")
at_work = threading.Event()
threading.Thread(target=lambda: at_work.wait() and os.kill(os.getpid(), signal.SIGINT)).start()
try:
    while True:  # the limit of the whole process is the end of a test in which nothing arrives
        at_work.set()
        call(busy, 0.2)
except KeyboardInterrupt:
    seen["interrupted"] = True
seen["call after the interrupt"] = float(call(julia().sqrt, 9.0))
version = kernel.version_beside(str(julia().seval("Sys.BINDIR")))
seen["kernel expected"], seen["kernel"] = kernel.best(version, kernel.processor()), measure.blas()[1]
import ctypes, glob, scipy
def kernel_of_scipy():  # whose OpenBLAS is one of its own
    (library,) = glob.glob(os.path.join(os.path.dirname(scipy.__file__), "..", "scipy.libs", "libscipy_openblas*"))
    name = ctypes.CDLL(library).scipy_openblas_get_corename
    name.restype = ctypes.c_char_p
    return name().decode()
if glob.glob(os.path.join(os.path.dirname(scipy.__file__), "..", "scipy.libs", "libscipy_openblas*")):
    seen["kernel of scipy"] = kernel_of_scipy()
from pylyap._runtime import choice
seen["kind"] = choice.choose().kind
sys.stderr.write("EXAMINED" + json.dumps(seen))
"""


@pytest.fixture(scope="module")
def process():
    return run_python(
        EXAMINE, timeout=TIMEOUT, OPENBLAS_CORETYPE=None, PYTHON_JULIACALL_THREADS=None, JULIA_NUM_THREADS=None,
        JULIA_PYTHONCALL_EXE=None,  # what an earlier start in this process may have left would hide that one leaves it
    )


@pytest.fixture(scope="module")
def seen(process):
    assert process.returncode == 0, process.stderr
    return json.loads(process.stderr.partition("EXAMINED")[2])


def test_standard_output_belongs_to_the_user(process):
    assert process.stdout == ""


@pytest.mark.parametrize("what", ["environment unchanged", "signal handlers kept", "faulthandler left off"])
def test_a_start_leaves_the_process_as_it_was(seen, what):
    assert seen[what]


def test_no_signal_stays_blocked(seen):
    assert int(seen["signals blocked in a child"], 16) == 0


def test_core_and_threads(seen):
    assert seen["threads"] == 2 and "LyapunovSpectra" in seen["core"]


def test_threads_are_fixed_once_julia_runs(seen):
    assert seen["warnings for the same threads"] == 0
    assert "2 threads" in seen["warning for other threads"] and "3" in seen["warning for other threads"]


def test_errors_of_julia_are_translated(seen):
    assert "DomainError" in seen["error"] and seen["cause"] == "juliacall"
    assert "DomainError" in seen["error in a block"] and seen["other error in a block"] == "KeyError"


def test_without_a_call_that_releases_the_lock_a_plain_one_is_made(seen):
    assert seen["plain call"] == 3.0 and "DomainError" in seen["error of a plain call"]


def test_a_run_that_cannot_be_made_is_an_error_of_pylyap(seen):
    assert seen["bad run"].startswith("JuliaError: Julia reported: ") and "steps_per_block" in seen["bad run"]


def test_another_thread_and_a_fork_are_refused(seen):
    assert seen["thread"] == "WrongThreadError" and seen["fork"] == "ForkedProcessError"


def test_ctrl_c_ends_a_chunk_and_julia_stays_usable(seen):
    assert seen["interrupted"] and seen["call after the interrupt"] == 3.0


def test_old_openblas_gets_the_right_kernel(seen):
    if seen["kernel expected"] is None:
        pytest.skip("this OpenBLAS knows this processor")
    assert seen["kernel"].lower() == seen["kernel expected"].lower()


KERNEL_OF_SCIPY = """
import ctypes, glob, os, scipy
(library,) = glob.glob(os.path.join(os.path.dirname(scipy.__file__), "..", "scipy.libs", "libscipy_openblas*"))
name = ctypes.CDLL(library).scipy_openblas_get_corename
name.restype = ctypes.c_char_p
print(name().decode())
"""


def test_an_openblas_loaded_after_julia_chooses_as_if_there_were_no_julia(seen):
    if "kernel of scipy" not in seen:
        pytest.skip("this SciPy brings no OpenBLAS of its own")
    assert seen["kernel of scipy"] == run_python(KERNEL_OF_SCIPY, OPENBLAS_CORETYPE=None).stdout.strip()


@pytest.mark.parametrize("threads", [0, -1, 2.0, True, "all", None])
def test_bad_threads_are_refused_before_anything_starts(threads):
    with pytest.raises(OptionError, match="'auto' and whole numbers from 1"):
        start_julia(threads=threads)


def test_termination_works_after_a_start():
    child = subprocess.Popen(
        [sys.executable, "-c", "import pylyap, time; pylyap.start_julia(); print('up', flush=True); time.sleep(600)"],
        env=environment(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    try:
        assert child.stdout.readline() == "up\n"
        child.terminate()
        assert child.wait(timeout=TIMEOUT) == -signal.SIGTERM
    finally:
        child.kill()


# juliacall registers its exit hook when Julia is up and PythonCall is about to be loaded: the long part.
INTERRUPTED_START = """
import atexit, sys
register = atexit.register
def tell(*arguments):
    if "juliacall" in sys.modules:  # other modules have hooks of their own, from when they are imported
        print("loading", flush=True)
    return register(*arguments)
atexit.register = tell
import pylyap
for attempt in range(2):
    try:
        pylyap.start_julia()
        print("started")
    except pylyap.errors.JuliaStartError as error:
        print("interrupted" in str(error), "start a new one" in str(error))
"""


def test_ctrl_c_while_julia_starts_is_told_and_julia_is_refused_afterwards():
    child = subprocess.Popen(
        [sys.executable, "-c", INTERRUPTED_START],
        env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert child.stdout.readline() == "loading\n"
        child.send_signal(signal.SIGINT)
        printed, told = child.communicate(timeout=TIMEOUT)
    finally:
        child.kill()
    assert printed == "True True\nTrue True\n", told


STARTED_ELSEWHERE = """
import os, sys, warnings
import pylyap
from pylyap._runtime import choice, environment, foreign, session
chosen = choice.choose()
launch = choice.source_of(chosen).launch(chosen)
values = session._variables(launch, 1)
values["PYTHON_JULIACALL_HANDLE_SIGNALS"] = "no"
with environment.variables(values):
    foreign.import_juliacall(launch)  # as another package would
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    pylyap.start_julia(threads=2)
print([str(warning.message) for warning in caught], session.julia().LyapunovSpectra)
"""


@pytest.mark.slow
def test_a_julia_started_by_another_package_is_used_with_a_warning():
    run = run_python(STARTED_ELSEWHERE, timeout=TIMEOUT, PYTHON_JULIACALL_THREADS=None)
    assert run.returncode == 0, run.stderr
    assert "already runs with 1 threads; 2 are not possible" in run.stdout and "LyapunovSpectra" in run.stdout
