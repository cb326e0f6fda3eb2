"""Python objects on their way to another process of this machine, their arrays through memory that both see.

What travels is pickled, and so must come from a process that is trusted: a parent and the child it has started.
"""

import mmap
import os
import pickle
from multiprocessing.reduction import recv_handle, send_handle

try:
    from cloudpickle import dumps  # knows functions that cannot be imported by name
except ImportError:
    from pickle import dumps

IN_THE_MESSAGE = 2**16  # bytes of arrays that are not worth a memory of their own
ALIGNMENT = 64  # bytes: a cache line, and the widest vector instructions


class Parcel:
    """An object, pickled: a text, and the memory of its arrays, which is not copied before the parcel is sent."""

    def __init__(self, data, buffers):
        self._data, self._buffers = data, buffers

    @classmethod
    def of(cls, value):
        """Raises what pickle does for a value that cannot travel."""
        buffers = []
        data = dumps(value, protocol=5, buffer_callback=lambda buffer: buffers.append(buffer.raw()))
        return cls(data, buffers)

    def send(self, connection):
        """Write it into a connection of multiprocessing between two processes."""
        sizes = [buffer.nbytes for buffer in self._buffers]
        memory = _shared_memory(_places(sizes)[-1]) if sum(sizes) > IN_THE_MESSAGE else None
        connection.send((self._data, sizes, memory is not None))
        if memory is None:
            for buffer in self._buffers:
                connection.send_bytes(buffer)
            return
        try:
            with mmap.mmap(memory, 0) as mapped:
                for start, buffer in zip(_places(sizes), self._buffers):
                    mapped[start : start + buffer.nbytes] = buffer
            send_handle(connection, memory, None)
        finally:
            os.close(memory)

    @classmethod
    def receive(cls, connection, keep):
        """The next parcel of a connection; with `keep` its arrays get memory of their own, for a long life."""
        data, sizes, is_shared = connection.recv()
        if not is_shared:
            return cls(data, [bytearray(connection.recv_bytes()) for _ in sizes])
        memory = recv_handle(connection)
        try:
            mapped = memoryview(mmap.mmap(memory, 0))
        finally:
            os.close(memory)
        parts = [mapped[start : start + size] for start, size in zip(_places(sizes), sizes)]
        return cls(data, [bytearray(part) for part in parts] if keep else parts)

    def value(self):
        """The object; its arrays use the parcel's memory."""
        return pickle.loads(self._data, buffers=self._buffers)


def _places(sizes):
    """Where each of the buffers begins in their memory, and its length."""
    places = [0]
    for size in sizes:
        places.append(-(-(places[-1] + size) // ALIGNMENT) * ALIGNMENT)
    return places


def _shared_memory(size):
    """A file in memory that has no name, so that nobody has to remove it; None where there is no such thing."""
    try:
        memory = os.memfd_create("pylyap")
    except (AttributeError, OSError):  # not Linux, or a sandbox
        return None
    try:
        os.posix_fallocate(memory, 0, size)  # now, because memory that is missing later would end the process
    except OSError as error:
        os.close(memory)
        raise MemoryError(f"no room for {size / 1e9:.3g} GB of arrays beside the originals: {error}") from error
    return memory


def why_not_sent(error):
    """What to tell somebody whose functions cannot travel."""
    return (
        f"this cannot be sent to the helper process that runs Julia ({error}): put functions of your own into a module "
        "that can be imported, install cloudpickle (pip install cloudpickle), or write them in Julia"
    )
