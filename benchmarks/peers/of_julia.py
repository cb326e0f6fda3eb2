"""A textbook loop in Julia, as one writes it first, in the Julia that pylyap has: textbook.jl beside this file."""

import pathlib
import sys

import pylyap
from pylyap._runtime import session

pylyap.start_julia(threads=int(sys.argv[2]))


def prepare(job, W, x0):
    """A function without arguments that gives the exponents (k,) per tau."""
    julia = session.julia()
    julia.seval(f'Main.include("{pathlib.Path(__file__).with_name("textbook.jl").as_posix()}")')
    julia.seval(f"using LinearAlgebra; BLAS.set_num_threads({sys.argv[2]})")
    number = julia.Float64
    W, x0 = julia.Matrix[number](W), julia.Vector[number](x0)
    numbers = (job["k"], job["dt"], job["per_block"], job["align"], job["blocks"])
    return lambda: julia.Textbook.exponents(W, x0, *numbers)
