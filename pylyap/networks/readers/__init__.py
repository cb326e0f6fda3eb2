"""Readers of weights, one file a format; `pylyap.read_weights` chooses among them by the ending of a name."""
