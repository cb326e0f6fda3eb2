"""The C. elegans wiring against counts made from the file with other means, and against facts of biology."""

import numpy as np
import pytest

from pylyap.errors import OptionError
from pylyap.networks import weights


@pytest.fixture(scope="module")
def W():
    return weights.connectome()


@pytest.fixture(scope="module")
def neurons():
    return weights.connectome_neurons("celegans")


def test_all_neurons_are_there_once(neurons):
    assert len(neurons) == len(set(neurons)) == 302
    assert list(neurons) == sorted(neurons)


def test_counts_of_synapses(W):
    assert W.shape == (302, 302) and W.dtype == np.float64 and W.flags.f_contiguous
    assert np.count_nonzero(W) == 3709  # counted in the file with awk
    assert np.abs(W).sum() == 20965


def test_direction_is_from_column_to_row(W, neurons):
    i = neurons.index
    assert W[i("RIAR"), i("RIAL")] == 23  # first line of the file: RIAL to RIAR, 23 sections
    assert W[i("RIML"), i("RIAL")] == 2
    assert W[i("RIAL"), i("RIML")] != 2


def test_each_neuron_keeps_to_one_sign(W, neurons):
    inhibitory = {neuron for neuron, column in zip(neurons, W.T) if (column < 0).any()}
    # the 26 GABA neurons without DD4 and DD5, which in these data have gap junctions only
    assert inhibitory == set(
        "DD1 DD2 DD3 DD6 VD1 VD2 VD3 VD4 VD5 VD6 VD7 VD8 VD9 VD10 VD11 VD12 VD13 "
        "RMED RMEV RMEL RMER RIS AVL DVB".split()
    )
    for column in W.T:
        assert (column >= 0).all() or (column <= 0).all()


def test_spectral_radius_is_the_stated_one(W):
    scaled = weights.connectome(spectral_radius=2.5)
    # the eigenvalue of largest modulus, found again from a rescaled matrix: rounding times its condition number
    assert np.abs(np.linalg.eigvals(scaled)).max() == pytest.approx(2.5, rel=1e-10)
    ratio = scaled[W != 0] / W[W != 0]
    np.testing.assert_allclose(ratio, ratio[0], rtol=1e-14)


def test_each_call_returns_its_own_matrix(W):
    other = weights.connectome()
    other[0, 0] = 99
    assert weights.connectome()[0, 0] != 99


def test_gap_junctions(neurons):
    gap = weights.connectome(synapses="gap")
    i = neurons.index
    assert np.count_nonzero(gap) == 2196 and gap.sum() == 11523  # counted in the file with awk
    assert np.array_equal(gap, gap.T) and (gap >= 0).all()
    assert gap[i("AINR"), i("RIAL")] == 2 and gap[i("RIAR"), i("RIAL")] == 0  # 8th and first line of the file
    assert np.count_nonzero(gap.diagonal()) == 14


def test_both_is_the_sum(W):
    np.testing.assert_array_equal(weights.connectome(synapses="both"), W + weights.connectome(synapses="gap"))


def test_without_signs(W):
    np.testing.assert_array_equal(weights.connectome(signs=False), np.abs(W))
    assert (W < 0).any()


@pytest.mark.parametrize("synapses", ["chemical", "gap", "both"])
def test_in_strength(synapses):
    raw, W = (weights.connectome(synapses=synapses, in_strength=strength) for strength in (None, 1.5))
    received, raw_received = np.abs(W).sum(axis=1), np.abs(raw).sum(axis=1)
    np.testing.assert_allclose(received, np.where(raw_received > 0, 1.5, 0.0), rtol=1e-14)  # rounding
    np.testing.assert_array_equal(np.sign(W), np.sign(raw))
    i = np.argmax(raw_received)
    np.testing.assert_allclose(W[i] * raw_received[i], 1.5 * raw[i], rtol=1e-14)
    assert W.flags.f_contiguous


def test_null_models(W):
    null = weights.connectome(shuffle_seed=1)
    assert not np.array_equal(null, W)
    for axis in (0, 1):
        np.testing.assert_array_equal((null != 0).sum(axis=axis), (W != 0).sum(axis=axis))
    np.testing.assert_array_equal(null.sum(axis=0), W.sum(axis=0))  # what each neuron sends, with its sign
    gap, both = (weights.connectome(synapses=kind, shuffle_seed=1) for kind in ("gap", "both"))
    assert np.array_equal(gap, gap.T)
    wired = weights.connectome(synapses="gap")
    np.testing.assert_array_equal((gap != 0).sum(axis=0), (wired != 0).sum(axis=0))
    assert not np.array_equal(gap.sum(axis=0), wired.sum(axis=0))  # the docstring promises no sections here
    np.testing.assert_array_equal(both, null + gap)
    scaled = weights.connectome(shuffle_seed=1, spectral_radius=2.0)
    assert np.abs(np.linalg.eigvals(scaled)).max() == pytest.approx(2.0, rel=1e-10)  # as above


def test_two_scales_contradict_each_other():
    with pytest.raises(OptionError, match="in_strength and spectral_radius"):
        weights.connectome(in_strength=1.0, spectral_radius=1.0)
    with pytest.raises(OptionError, match="^in_strength = .*> 0"):
        weights.connectome(in_strength=0)


@pytest.mark.parametrize("radius", [0, -1, np.nan, np.inf, "1", True])
def test_bad_spectral_radius(radius):
    with pytest.raises(OptionError, match="spectral_radius"):
        weights.connectome(spectral_radius=radius)


def test_bad_names_suggest_the_nearest():
    with pytest.raises(OptionError, match="did you mean 'celegans'"):
        weights.connectome("c.elegans")
    with pytest.raises(OptionError, match="did you mean 'chemical'"):
        weights.connectome(synapses="chemcal")
