"""Files of safetensors: single and double precision are read, less is refused."""

import numpy as np
import pytest

import pylyap

numpy_files = pytest.importorskip("safetensors.numpy", reason="files of weights are written with safetensors")


def saved(path, dtype):
    rng = np.random.default_rng(1)
    weights = {"weight_ih_l0": rng.normal(size=(12, 2)), "weight_hh_l0": rng.normal(size=(12, 4))}
    numpy_files.save_file({name: values.astype(dtype) for name, values in weights.items()}, path)
    return weights


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_the_weights_of_the_file_are_those_that_were_saved(tmp_path, dtype):
    weights = saved(tmp_path / "gru.safetensors", dtype)
    read = pylyap.from_state_dict(tmp_path / "gru.safetensors", np.ones((5, 2))).arrays()
    given = pylyap.from_state_dict({name: values.astype(dtype) for name, values in weights.items()}, np.ones((5, 2))).arrays()
    assert read.keys() == given.keys()
    for name in read:
        np.testing.assert_array_equal(read[name], given[name], err_msg=name)


def test_half_precision_is_refused(tmp_path):
    saved(tmp_path / "gru.safetensors", np.float16)
    with pytest.raises(pylyap.errors.NetworkError, match="half precision"):
        pylyap.from_state_dict(tmp_path / "gru.safetensors", np.ones((5, 2)))
