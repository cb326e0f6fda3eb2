"""Engines: where the batches of a sweep are computed.

An engine is a function ``engine(measure, batches)`` that yields ``(batch, results)`` in any order, where `results` is
what ``measure(batch)`` returned. The sweep does all the rest: it chooses what is to be done, keeps what arrives, and may
stop asking at any time.
"""


def here(measure, batches):
    """Compute in this process, one batch after the other; each uses all cores."""
    for batch in batches:
        yield batch, measure(batch)
