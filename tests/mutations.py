"""Mutations: faults that are put into a copy of the package, each of which has to turn a test red.

python tests/mutations.py [NAME ...]: a table of which tests caught which; exit code 1 if one was not caught.
"""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
COPIED = ("pylyap", "julia", "tests", "pyproject.toml", "juliapkg.json", "README.md")
SECONDS = 900

CORE, RESUMED = "tests/core/test_core_against_oracle.py", "tests/runs/test_resumed_runs.py"
COVARIANT = "tests/runs/test_covariant_vectors.py"
# name: (file, what is there, what is put in its place, tests that are run)
MUTATIONS = {
    "transpose the Jacobian": (
        "julia/src/arithmetic/products.jl",
        "multiply!(out::AbstractMatrix, W::StridedMatrix{T}, Y) where {T} = BLAS.gemm!('N', 'N',",
        "multiply!(out::AbstractMatrix, W::StridedMatrix{T}, Y) where {T} = BLAS.gemm!('T', 'N',",
        [CORE],
    ),
    "the input of the next step": (
        "julia/src/systems/networks.jl", "    add_drive!(next, network.drive, t)\n", "    add_drive!(next, network.drive, t + 1)\n",
        ["tests/networks/test_drives.py"],
    ),
    "log2": (
        "julia/src/runs/integrator.jl", "= Base.log(diagonal[i])", "= Base.log2(diagonal[i])", ["tests/systems/test_analytic_cases.py"],
    ),
    "drop the last block's time": (
        "pylyap/_core/integrator.py", "durations=log.steps[:n] * self._plan.dt",
        "durations=np.where(np.arange(n) == n - 1, self.steps_per_block, log.steps[:n]) * self._plan.dt",
        ["tests/runs/test_run.py"],
    ),
    "divide by the wrong N": (
        "julia/src/runs/integrator.jl", "    log.steps[b] = integrator.steps_in_block\n",
        "    log.steps[b] = integrator.steps_in_block + 1\n", ["tests/systems/test_analytic_cases.py"],
    ),
    "clamp R": (
        "julia/src/runs/integrator.jl", "= Base.log(diagonal[i])", "= Base.log(max(diagonal[i], 1e-12))", ["tests/results/test_collapse.py"],
    ),
    "ignore t_align": (
        "pylyap/runs/loop.py", 'yield "align", integrator.align, plan.n_align - align,', 'yield "align", integrator.align, 0,',
        ["tests/runs/test_run.py"],
    ),
    "resume one block late": (
        "pylyap/_core/snapshots.py", "    memory[..., :count] = found\n", "    memory[..., 1:count] = found[..., : count - 1]\n",
        [RESUMED],
    ),
    "reuse a drive's random numbers": (
        "pylyap/_core/feeds.py",
        "            self._draw.go_to({name.removeprefix(\"source.\"): array for name, array in position.items()})\n", "",
        [RESUMED],
    ),
    "skip the history's triangular solve": (
        "julia/src/stepping/multistep.jl", "    for age in 1:history.known\n", "    for age in 1:0\n",
        ["tests/runs/test_multistep.py"],
    ),
    "covariant: the R of the block before": (
        "julia/src/runs/covariant.jl", "unpack!(back.R, kept.triangles, b)", "unpack!(back.R, kept.triangles, max(b - 1, 1))",
        [COVARIANT],
    ),
    "covariant: no backward transient": (
        "pylyap/_core/covariant.py", "        self._go(n_blocks, self._ways)\n", "        self._position -= n_blocks\n", [COVARIANT],
    ),
    "covariant: transpose the Jacobian": (
        "julia/src/arithmetic/products.jl",
        "multiply!(out::AbstractMatrix, W::StridedMatrix{T}, Y) where {T} = BLAS.gemm!('N', 'N',",
        "multiply!(out::AbstractMatrix, W::StridedMatrix{T}, Y) where {T} = BLAS.gemm!('T', 'N',",
        [COVARIANT],
    ),
    "forget the order of rows": ("julia/src/runs/snapshot.jl", "moving(::HouseholderQR) = (:order,)", "moving(::HouseholderQR) = ()", [RESUMED]),
    "forget the step of the adaptive solver": (
        "julia/src/runs/snapshot.jl", " :trial_step, :tape,", " :tape,", [RESUMED],
    ),
    "believe a damaged file": (
        "pylyap/_archives.py", "    if seal != _seal(file, start):\n", "    if False:\n", ["tests/runs/test_checkpoint_files.py"],
    ),
}  # fmt: skip


def main(names):
    missed = [name for name in names or MUTATIONS if not told(name)]
    print(f"not caught: {', '.join(missed)}" if missed else "all were caught")
    return 1 if missed else 0


def told(name):
    """Try a mutation and tell what caught it."""
    file, old, new, tests = MUTATIONS[name]
    with tempfile.TemporaryDirectory() as folder:
        for part in COPIED:
            copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copy
            copy(ROOT / part, pathlib.Path(folder) / part)
        path = pathlib.Path(folder) / file
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{name}: the text to be changed is in {file} {text.count(old)} times"
        path.write_text(text.replace(old, new), encoding="utf-8")
        caught = failed(folder, tests)
    print(f"{name:40} {caught or 'NOT CAUGHT'}", flush=True)
    return caught


def failed(folder, tests):
    """The first test that fails on the package in a folder, or an empty text."""
    command = [sys.executable, "-m", "pytest", "-x", "-q", "--no-header", "--tb=no", "-p", "no:cacheprovider", *tests]
    done = subprocess.run(
        command, cwd=folder, env={**os.environ, "PYTHONPATH": folder}, timeout=SECONDS, text=True, capture_output=True,
        stdin=subprocess.DEVNULL,
    )  # fmt: skip
    lines = [line for line in done.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
    assert done.returncode in (0, 1), done.stdout + done.stderr
    return lines[0].split(" - ")[0].removeprefix("FAILED ") if lines else ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
