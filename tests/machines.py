"""Run the numerical tests as other processors would run them, and print a table: `make test-machines`.

``python tests/machines.py NAME ...`` tries the settings of these names alone.

OPENBLAS_CORETYPE chooses the kernels of the OpenBLAS of Julia and of NumPy, ATEN_CPU_CAPABILITY those of torch,
NPY_DISABLE_CPU_FEATURES NumPy's own loops. Every setting is tried in full, whatever fails before it.
"""

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import numpy

HERE = Path(__file__).resolve().parent

# What rounds: the rooms whose tests compute with Julia, BLAS or torch. The others do not depend on the processor.
ROOMS = ("analysis", "contracts", "core", "networks", "results", "runs", "systems", "theory", "torch")

# Files in them whose tests are about files, words, refusals and processes: no number in them is rounded anywhere.
NOTHING_ROUNDS = (
    "contracts/test_drive_contract.py", "contracts/test_source_contract.py",
    "networks/test_claims_of_files.py", "networks/test_habits_of_activations_and_files.py", "networks/test_labels.py",
    "networks/test_models.py", "networks/test_odd_values_of_methods.py", "networks/test_read_odd_files.py",
    "networks/test_read_weights.py", "networks/test_tensors.py", "networks/test_unit_names.py",
    "results/test_files_of_each_version.py", "results/test_meaning.py",
    "runs/test_checkpoint_files.py", "runs/test_needs.py",
    "torch/test_checkpoints.py", "torch/test_odd_checkpoints.py", "torch/test_state_dicts.py",
)  # fmt: skip

# A kernel, and the flag of the processor (see /proc/cpuinfo) without which it cannot run.
KERNELS = {
    "Prescott": "sse3", "Nehalem": "sse4_2", "Sandybridge": "avx", "Haswell": "avx2", "Zen": "avx2", "SkylakeX": "avx512f",
}
OLDEST = "Prescott"
ALIASES = {"pni": "sse3"}  # the kernel of Linux calls SSE3 by its first name


def flags(cpuinfo=Path("/proc/cpuinfo")):
    """The instruction sets of this processor; none where that cannot be read, so that every kernel is left out."""
    if not cpuinfo.exists():
        return set()
    line = re.search(r"^flags\s*:(.*)$", cpuinfo.read_text(), re.MULTILINE)
    return {ALIASES.get(flag, flag) for flag in line.group(1).split()} if line else set()


def settings(available):
    """(name, environment, threads, busy processes) of each run; the last is as `make test`, but under load."""
    for number, (kernel, needed) in enumerate(KERNELS.items()):
        if needed not in available:
            continue
        torch = "default" if number % 2 == 0 or "avx2" not in available else "avx2"
        variables = {"OPENBLAS_CORETYPE": kernel, "ATEN_CPU_CAPABILITY": torch}
        if kernel == OLDEST:
            variables["NPY_DISABLE_CPU_FEATURES"] = numpys_own()
        yield kernel, variables, 1 + number % 2, 0
    yield "under load", {}, 2, 2


def numpys_own():
    """The features of this processor for which NumPy has loops of their own; how they are named depends on its release."""
    if numpy.lib.NumpyVersion(numpy.__version__) < "1.26.0":  # which does not tell
        return ""
    return " ".join(numpy.show_config(mode="dicts")["SIMD Extensions"].get("found", ()))


def run(environment, threads, busy):
    """Run the tests; returns pytest's last line, the names of what failed, the exit code, and seconds."""
    variables = {
        **os.environ, **environment, "JULIA_NUM_THREADS": str(threads), "PYTHON_JULIACALL_THREADS": str(threads),
        "OPENBLAS_NUM_THREADS": str(threads), "OMP_NUM_THREADS": str(threads),
        "PYTHON_JULIACALL_OPTIMIZE": "1",  # of what the tests compile anew, as in `make test`; not of the core in its image
    }  # fmt: skip
    others = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(busy)]
    began = time.monotonic()
    try:
        finished = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--tb=short", "-m", "not slow",
             "-n", "2", "--dist", "loadfile", *(f"--ignore={HERE / file}" for file in NOTHING_ROUNDS),
             *(str(HERE / room) for room in ROOMS)],
            env=variables, cwd=HERE.parent, capture_output=True, text=True, stdin=subprocess.DEVNULL,
        )  # fmt: skip
    finally:
        for other in others:
            other.kill()
            other.wait()
    lines = finished.stdout.strip().splitlines()
    failed = [line for line in lines if line.startswith(("FAILED", "ERROR"))]
    return (lines or [finished.stderr.strip()])[-1], failed, finished.returncode, time.monotonic() - began


def main():
    available, worst, wanted = flags(), 0, sys.argv[1:]
    if gone := [file for file in NOTHING_ROUNDS if not (HERE / file).exists()]:
        sys.exit(f"NOTHING_ROUNDS names files that are not there: {', '.join(gone)}")
    if unknown := set(wanted) - {name for name, *_ in settings(available)}:
        sys.exit(f"no such setting here: {', '.join(sorted(unknown))}")
    left_out = [kernel for kernel, needed in KERNELS.items() if needed not in available]
    if left_out:
        print(f"left out, because this processor cannot run them: {', '.join(left_out)}")
    print(f"{'setting':28} {'torch':8} threads  minutes  result", flush=True)
    for name, environment, threads, busy in settings(available):
        if wanted and name not in wanted:
            continue
        told, failed, code, seconds = run(environment, threads, busy)
        torch = environment.get("ATEN_CPU_CAPABILITY", "own")
        print(f"{name:28} {torch:8} {threads:7}  {seconds / 60:7.1f}  {told}", flush=True)
        for line in failed:
            print(f"    {line}", flush=True)
        worst = max(worst, code)
    return worst


if __name__ == "__main__":
    sys.exit(main())
