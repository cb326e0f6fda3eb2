"""One program of the comparison in a process of its own: reads jobs, one JSON object a line, and answers with times.

    python worker.py PROGRAM THREADS

A job names a file with weights and state, the kind ("flow" or "map"), the lengths, and how often to time it. The first
run of a job is not timed: it compiles.
"""

import importlib
import json
import os
import sys
import time

import numpy as np

PROGRAM, THREADS = sys.argv[1], sys.argv[2]
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[variable] = THREADS


def main():
    answers, sys.stdout = sys.stdout, sys.stderr  # what programs print is no answer
    program = importlib.import_module(PROGRAM)
    prepared = {}
    for line in sys.stdin:
        job = json.loads(line)
        key = job["name"]
        if key not in prepared:
            with np.load(job["file"]) as arrays:
                weights, state = arrays["weights"], arrays["state"]
            prepared[key] = program.prepare(job, weights, state)
            prepared[key]()
        began = time.perf_counter()
        exponents = prepared[key]()
        seconds = time.perf_counter() - began
        found = dict(seconds=seconds, exponents=np.sort(np.asarray(exponents, dtype=float))[::-1].tolist())
        answers.write(json.dumps(found) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
