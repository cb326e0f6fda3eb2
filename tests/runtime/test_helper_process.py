"""A helper process that owns Julia: any thread may ask it, and it never outlives its parent."""

import multiprocessing
import os
import pickle
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from every_call import bits, everything
from helper_process_script import NETWORK
from scipy.sparse import csr_array
from subprocesses import ROOT, environment, run_python

import pylyap
from pylyap._runtime import helper_process, transfer

SHARED = ROOT / "tests" / "shared"
SCRIPT = SHARED / "helper_process_script.py"
PATIENCE = 300  # seconds after which a state that is waited for has failed to come, however busy the machine


def wait_until(is_so):
    deadline = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def has_ended(number):
    """Whether a process that is nobody's child here is gone, or is a zombie whom nobody has asked for."""
    try:
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


@pytest.fixture(scope="module")
def seen(tmp_path_factory):
    """What the script saw, and whether its helper process ended when it was killed in the middle of a computation."""
    path = tmp_path_factory.mktemp("script") / "seen"
    script = subprocess.Popen(
        [sys.executable, str(SCRIPT), str(path)], env=environment(PYTHONPATH=f"{ROOT}"), stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    try:
        helper = script.stdout.readline()
        script.kill()
        told = script.communicate(timeout=PATIENCE)[1]
    finally:
        script.kill()
    assert helper, told
    wait_until(lambda: has_ended(int(helper)))
    return pickle.loads(path.read_bytes())


@pytest.mark.skipif(not os.path.exists("/proc/self/stat"), reason="looks at processes as Linux shows them")
class TestScript:
    def test_without_it_other_threads_are_refused_and_told_what_to_do(self, seen):
        assert seen["refused"].startswith("WrongThreadError") and "start_julia(process=True)" in seen["refused"]

    def test_it_starts_from_any_thread(self, seen):
        assert seen["start"] is None

    def test_spectra_of_any_thread_have_the_bits_of_the_main_thread(self, seen):
        found = pylyap.lyapunov_spectrum(NETWORK, t_average=500, progress=False)
        here = found.exponents.tobytes(), found.local_exponents.tobytes(), found.final_frame.tobytes()
        assert len(seen["spectra"]) == 6  # asyncio, three of a web server, main thread, after the helper was killed
        assert all(there == here for there in seen["spectra"])

    def test_it_needs_no_standard_error(self, seen):
        assert seen["without standard error"] == 20

    def test_its_warnings_arrive(self, seen):
        assert len(seen["warnings"]) == 1 and "1000 are not possible" in seen["warnings"][0]

    @pytest.mark.parametrize("what", ["no name", "name of a script"])
    def test_functions_that_cannot_travel_are_refused_with_the_remedy(self, seen, what):
        assert seen[what].startswith("NetworkError") and "install cloudpickle" in seen[what]

    def test_ctrl_c_gives_the_partial_result(self, seen):
        assert seen["interrupted"] == ("interrupted", True, True) and seen["handler afterwards"]

    def test_ctrl_c_leaves_nothing_half_done(self, seen):
        assert seen["whole or not at all"] == ("KeyboardInterrupt: ", False, True)

    def test_ctrl_c_in_a_terminal_ends_the_run_of_another_thread(self, seen):
        assert seen["interrupted in another thread"] == ("KeyboardInterrupt", ("interrupted", True, True))

    def test_a_helper_process_that_is_killed_is_an_error_with_a_name(self, seen):
        error, _, closed = seen["killed"]
        assert error.startswith("JuliaProcessError") and "SIGKILL" in error and closed


NO_JULIA = """
import pylyap
network = pylyap.DiscreteNetwork([[0.5]])
for act in (lambda: pylyap.start_julia(process=True), lambda: pylyap.lyapunov_spectrum(network, t_average=10)):
    try:
        act()
    except pylyap.errors.JuliaError as error:
        print(type(error).__name__)
"""


def test_a_julia_that_does_not_start_is_told_by_every_call():
    run = run_python(NO_JULIA, PYTHON_JULIACALL_EXE="/bin/false", PYTHON_JULIACALL_PROJECT="/nowhere", PYLYAP_JULIA=None)
    assert run.stdout.split() == ["JuliaStartError"] * 2, run.stderr


def test_threads_take_turns_in_the_order_in_which_they_asked():
    turns, order = helper_process.Turns(), []

    def take(number):
        with turns.next():
            order.append(number)

    with turns.next():
        threads = []
        for number in range(5):
            threads.append(threading.Thread(target=take, args=[number]))
            threads[-1].start()
            wait_until(lambda: len(turns._waiting) == number + 2)
    for thread in threads:
        thread.join(PATIENCE)
    assert order == [0, 1, 2, 3, 4]


def test_an_error_in_a_turn_ends_the_turn():
    turns = helper_process.Turns()
    for _ in range(2):
        with pytest.raises(KeyError), turns.next():
            raise KeyError


def travelled(value, keep):
    """What arrives of a value that is sent through a connection."""
    ours, theirs = multiprocessing.Pipe()
    sender = threading.Thread(target=transfer.Parcel.of(value).send, args=[ours])
    sender.start()
    try:
        return transfer.Parcel.receive(theirs, keep).value()
    finally:
        sender.join(PATIENCE)


@pytest.mark.parametrize("keep", [True, False])
@pytest.mark.parametrize("size", [3, 300], ids=["in the message", "shared"])  # 300 x 300 x 8 bytes are above the limit
@pytest.mark.parametrize("has_memory", [True, False], ids=["memory", "no memory"])
def test_arrays_arrive_as_they_were(keep, size, has_memory, monkeypatch):
    if not has_memory:
        monkeypatch.delattr(os, "memfd_create", raising=False)
    rng = np.random.default_rng(1)
    frozen = rng.normal(size=(size, size))
    frozen.flags.writeable = False
    sent = dict(
        f=np.asfortranarray(rng.normal(size=(size, size))), c=rng.normal(size=(size, 5)), frozen=frozen,
        empty=np.empty((0, size)), strided=rng.normal(size=(size, size))[::2, ::2], text="text", numbers=np.arange(size),
        sparse=csr_array(np.eye(size)),
    )
    sent["again"] = sent["f"]
    found = travelled(sent, keep)
    for name in ("f", "c", "frozen", "empty", "strided", "numbers"):
        assert found[name].dtype == sent[name].dtype and np.array_equal(found[name], sent[name]), name
    assert found["f"].flags.f_contiguous and found["c"].flags.c_contiguous and found["text"] == "text"
    assert found["f"].flags.writeable and not found["frozen"].flags.writeable and found["again"] is found["f"]
    assert (found["sparse"] != sent["sparse"]).nnz == 0


def test_memory_that_is_kept_is_not_shared(monkeypatch):
    made = []
    monkeypatch.setattr(transfer.mmap, "mmap", lambda *given: made.append(mapped := mmap_class(*given)) or mapped)
    found = travelled(np.ones((300, 300)), keep=True)
    assert found.sum() == 90_000 and len(made) == 2
    made[-1].close()  # which fails while something uses it


mmap_class = transfer.mmap.mmap


IN_A_THREAD = """
import pickle, sys, threading
import pylyap
from every_call import bits, everything

def compute():
    pylyap.start_julia(process=True)
    with open(sys.argv[1], "wb") as file:
        pickle.dump(bits(everything()), file)

thread = threading.Thread(target=compute)
thread.start()
thread.join()
"""


def run_beside_the_tests(code, *arguments):
    """Run `code`, which may import the modules in this folder."""
    path = os.pathsep.join([str(ROOT), str(SHARED)])
    run = subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)], env=environment(PYTHONPATH=path), timeout=4 * PATIENCE,
        capture_output=True, text=True, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    return run.stdout


@pytest.mark.slow
def test_every_call_gives_in_a_thread_the_bits_of_the_main_thread(tmp_path):
    run_beside_the_tests(IN_A_THREAD, tmp_path / "found")
    there, here = pickle.loads((tmp_path / "found").read_bytes()), bits(everything())
    assert [name for name in here if there[name] != here[name]] == []


FORKED = """
import os
import pylyap
from helper_process_script import NETWORK
from pylyap._runtime import helper_process

def exponent():
    return pylyap.lyapunov_spectrum(NETWORK, t_average=100).exponents[0]

pylyap.start_julia(process=True)
before, number = exponent(), helper_process._helper.process.pid
child = os.fork()
if child == 0:
    same = exponent() == before and helper_process._helper.process.pid != number
    helper_process._end()
    os._exit(0 if same else 1)
print(os.waitpid(child, 0)[1], exponent() == before, helper_process._helper.process.pid == number)
"""


@pytest.mark.slow
def test_a_fork_gets_a_helper_process_of_its_own():
    assert run_beside_the_tests(FORKED).split() == ["0", "True", "True"]


IN_DASK = """
import sys
import pylyap
from dask.distributed import Client
from helper_process_script import spectrum

def task(number):
    pylyap.start_julia(process=True)
    return spectrum()

if __name__ == "__main__":
    with Client(n_workers=1, threads_per_worker=2, processes=False, dashboard_address=None) as client:
        found = client.gather(client.map(task, range(3)))
    pylyap.start_julia()
    print(all(one == spectrum() for one in found))
"""


@pytest.mark.slow
def test_tasks_of_dask():
    pytest.importorskip("distributed", reason="dask.distributed is not installed")
    assert run_beside_the_tests(IN_DASK).split() == ["True"]
