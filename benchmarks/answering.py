"""A process that answers requests, one JSON object per line: the programs that benchmarks time stay started and compiled."""

import contextlib
import json
import subprocess


class Answering:
    """A started process; ended with the `with` block."""

    def __init__(self, command, folder=None):
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=folder)

    def ask(self, request):
        """The answer to a request."""
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer:
            raise RuntimeError("the program ended; its error is above")
        return json.loads(answer)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        with contextlib.suppress(BrokenPipeError):  # it has ended by itself
            self._process.stdin.close()
        self._process.wait()
