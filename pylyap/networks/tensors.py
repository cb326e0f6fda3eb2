"""Tensors of torch as arrays, without importing torch."""

from __future__ import annotations

import sys
import warnings
from typing import Any

from ..errors import NetworkError


def is_tensor(value: Any) -> bool:
    """Whether a value is a tensor or a Parameter of torch."""
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(value, torch.Tensor)


def without_torch(name: str, value: Any) -> Any:
    """A tensor as a NumPy array, a sparse one as a matrix of SciPy; anything else as it is."""
    if not is_tensor(value):
        return value
    if not str(value.layout).startswith("torch.sparse"):
        return on_host(name, value)
    from scipy.sparse import coo_array

    is_plain = "coo" in str(value.layout) and value.dense_dim() == 0
    tensor = value.detach().coalesce() if is_plain else value.detach().to_dense().to_sparse()
    entries, places = on_host(name, tensor.values()), on_host(name, tensor.indices())
    return coo_array((entries, tuple(places)), shape=tuple(tensor.shape))


def on_host(name: str, value: Any) -> Any:
    """A tensor as a NumPy array, on the same memory where possible; anything else as it is."""
    if not hasattr(value, "detach"):  # a tensor, or what stands for one
        return value
    try:
        tensor = value.detach()
    except ValueError as error:  # of a lazy module
        raise NetworkError(f"{name} has no numbers yet: call its module once, on inputs of the right size") from error
    if getattr(tensor, "is_nested", False):
        raise NetworkError(f"{name} is a nested tensor, whose rows differ in length: give a rectangle of numbers")
    if tensor.device.type == "meta":
        raise NetworkError(f'{name} is on the device "meta", which holds no numbers: load them first')
    if str(tensor.layout) != "torch.strided" or tensor.is_quantized:
        raise NetworkError(f"{name} is sparse or quantized: give dense numbers, as tensor.to_dense() does")
    if tensor.device.type != "cpu":
        # without the name, so that it is shown once, not for every array
        warnings.warn(f"numbers on {tensor.device} are copied to the CPU, where pylyap computes", stacklevel=2)
        tensor = tensor.cpu()
    # NumPy does not know bfloat16 and float8
    tensor = tensor.resolve_conj().resolve_neg() if hasattr(tensor, "resolve_conj") else tensor
    tensor = tensor.double() if tensor.is_floating_point() and tensor.element_size() <= 2 else tensor
    try:
        return tensor.numpy()
    except RuntimeError as error:  # a tensor that stands for others, without numbers of its own
        raise NetworkError(
            f"{name} has no numbers of its own, as within torch.func.vmap or torch.func.grad: read the module outside"
        ) from error


def refuse_half(name: str, array: Any) -> None:
    """Raise NetworkError for an array or tensor of half precision or less."""
    kind = str(getattr(array, "dtype", "")).rsplit(".")[-1]
    if kind.startswith(("float16", "bfloat16", "float8", "float4")):
        raise NetworkError(
            f"{name} has half precision or less ({kind}), three digits at most, which are too few for exponents: give "
            "float32 or float64 weights. If there are none, convert these (torch: module.float()), and mind that they "
            "were rounded"
        )
