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

HERE = Path(__file__).resolve().parent

# What rounds: the rooms whose tests compute with Julia, BLAS or torch. The others do not depend on the processor.
ROOMS = ("analysis", "contracts", "core", "networks", "results", "runs", "systems", "torch")

# A kernel, and the flag of the processor (see /proc/cpuinfo) without which it cannot run.
KERNELS = {
    "Prescott": "sse3", "Nehalem": "sse4_2", "Sandybridge": "avx", "Haswell": "avx2", "Zen": "avx2", "SkylakeX": "avx512f",
}
ALIASES = {"pni": "sse3"}  # the kernel of Linux calls SSE3 by its first name


def flags(cpuinfo=Path("/proc/cpuinfo")):
    """The instruction sets of this processor; none where that cannot be read, so that every kernel is left out."""
    if not cpuinfo.exists():
        return set()
    line = re.search(r"^flags\s*:(.*)$", cpuinfo.read_text(), re.MULTILINE)
    return {ALIASES.get(flag, flag) for flag in line.group(1).split()} if line else set()


def settings(available):
    """(name, environment, threads, busy processes) of each run."""
    yield "as it is", {}, 2, 0
    for number, (kernel, needed) in enumerate(KERNELS.items()):
        if needed not in available:
            continue
        torch = "default" if number % 2 == 0 or "avx2" not in available else "avx2"
        yield kernel, {"OPENBLAS_CORETYPE": kernel, "ATEN_CPU_CAPABILITY": torch}, 1 + number % 2, 0
    if "avx2" in available:
        plain = {"OPENBLAS_CORETYPE": "Haswell", "ATEN_CPU_CAPABILITY": "default"}
        yield "Haswell, NumPy without AVX2", {**plain, "NPY_DISABLE_CPU_FEATURES": "AVX2 FMA3"}, 1, 0
    yield "under load", {}, 2, 2


def run(environment, threads, busy):
    """Run the tests; returns pytest's last line, the names of what failed, the exit code, and seconds."""
    variables = {
        **os.environ, **environment, "JULIA_NUM_THREADS": str(threads), "PYTHON_JULIACALL_THREADS": str(threads),
        "OPENBLAS_NUM_THREADS": str(threads), "OMP_NUM_THREADS": str(threads),
    }  # fmt: skip
    others = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(busy)]
    began = time.monotonic()
    try:
        finished = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--tb=short", "-m", "not slow",
             "-n", "2", "--dist", "loadfile", *(str(HERE / room) for room in ROOMS)],
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
