"""What a run does: its plan in whole steps, the loop, Ctrl-C, and one file for each kind of run."""
