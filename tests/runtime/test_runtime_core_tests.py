"""`pylyap julia test`: its exit code is 0 only if tests of the core ran and passed."""

import pytest
from subprocesses import run_python

RUN = "import sys; from pathlib import Path; from pylyap._runtime import process; sys.exit(process.run_core_tests(Path({!r})))"

# Every way to write a test set, and every kind of result that counts as a pass: 7 of them.
PASSING = """
using Test
@test true
@testset "outer" begin
    @test_throws DomainError sqrt(-1.0)
    @testset "inner" begin
        @test 1 + 1 == 2
    end
    @testset "loop $i" for i in 1:3
        @test i > 0
    end
    @test_broken false
    @test_logs (:warn, "so") @warn "so"
end
"""


def run_tests(folder, source):
    (folder / "test").mkdir()
    (folder / "test" / "runtests.jl").write_text(source)
    (folder / "Project.toml").write_text('name = "Nothing"\n')
    return run_python(RUN.format(str(folder)), timeout=300)


def test_passes_are_counted(tmp_path):
    run = run_tests(tmp_path, PASSING)
    assert run.returncode == 0, run.stdout + run.stderr
    assert "7 tests passed" in run.stdout
    assert "Broken" in run.stdout and "Test Summary" in run.stdout


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ('using Test\n@testset "empty" begin end', "0 tests passed"),
        ('using Test\n@test true\n@testset "deep" begin @testset "er" begin @test 1 == 2 end end', "1 failed"),
    ],
    ids=["no tests", "failure"],
)
def test_anything_else_fails(tmp_path, source, told):
    run = run_tests(tmp_path, source)
    assert run.returncode != 0
    assert told in run.stdout + run.stderr
