"""The bridge to the Julia core: arrays on shared memory, and one file for each kind of run."""
