"""Run the Julia whose prefix holds this file: the portable runtime has no executable of its own.

Copied to ``<prefix>/bin`` and run by ``<prefix>/bin/julia``; it does what Julia's small C program does.
"""

import ctypes
import os
import sys

prefix = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
os.environ["JULIA_BINDIR"] = os.path.join(prefix, "bin")
ctypes.CDLL(os.path.join(prefix, "lib", "libjulia.so.1"), mode=ctypes.RTLD_GLOBAL)
internal = ctypes.CDLL(os.path.join(prefix, "lib", "julia", "libjulia-internal.so.1"), mode=ctypes.RTLD_GLOBAL)
arguments = [os.path.join(prefix, "bin", "julia"), *sys.argv[1:]]
c_arguments = (ctypes.c_char_p * (len(arguments) + 1))(*map(os.fsencode, arguments), None)
sys.exit(internal.repl_entrypoint(len(arguments), c_arguments))
