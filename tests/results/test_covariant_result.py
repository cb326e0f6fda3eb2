"""What covariant vectors say about themselves: angles, parts, participation, overlaps, their file, their figures."""

import dataclasses

import matplotlib
import numpy as np
import pytest
from scipy.linalg import subspace_angles

import pylyap
from pylyap import plotting
from pylyap.errors import FileFormatError, OptionError
from pylyap.results import angles, hyperbolicity
from pylyap.results.covariant import CovariantVectors

matplotlib.use("Agg")
RNG = np.random.default_rng(1)
RATES = np.array([0.5, 0.2, 0.0, -0.3])
N, K, S, B = 9, 4, 30, 60


def made(rates=RATES, n=N, samples=S, zero_exponent=0.0, **changes):
    """Covariant vectors at random, with growth that fluctuates around given rates."""
    k = len(rates)
    growth = rates + 0.02 * RNG.normal(size=(B, k))
    frames = RNG.normal(size=(n, k, samples))
    frames /= np.linalg.norm(frames, axis=0)
    spectrum = pylyap.LyapunovSpectrum(
        log_growth=growth,
        durations=np.ones(B),
        time_unit="tau",
        size=n,
        status="converged",
        message="",
        provenance={},
        diagnostics={"zero_exponent": zero_exponent, "n_beyond_precision": 0},
        final_state=np.zeros(n),
        start_time=5.0,
    )
    own = dict(
        frames=frames,
        frame_participation=np.ones((samples, k)),
        sample_blocks=2 * np.arange(1, samples + 1),
        log_growth=growth,
        first_block=0,
        spectrum=spectrum,
        status="converged",
        message="60 of 60 blocks.",
        diagnostics={"backward_error": 1e-9, "backward_errors": np.full(k, 1e-9), "forward_error": 1e-8},
    )
    return CovariantVectors(**{**own, **changes})


def test_shapes_times_and_growth():
    found = made()
    assert found.vectors.shape == (S, N, K) and found.times.tolist() == [5.0 + 2 * (s + 1) for s in range(S)]
    assert np.allclose(np.linalg.norm(found.vectors, axis=1), 1.0)
    assert found.local_exponents.shape == (B, K) and np.abs(found.exponents - RATES).max() < 0.02  # 8 standard errors
    assert found.stderr == pytest.approx(0.02 / np.sqrt(B), rel=1.0)
    part = made(log_growth=made().log_growth[10:40], first_block=10, sample_blocks=np.arange(11, 11 + S))
    assert part.block_times[0] == 16.0 and part.durations.shape == (30,) and part.times[0] == 16.0
    with pytest.raises(ValueError, match="read-only"):
        found.vectors[0, 0, 0] = 1.0


def test_angles_of_two_vectors_and_of_subspaces():
    found = made()
    u, v = found.vectors[:, :, 0], found.vectors[:, :, 3]
    # rounding of the cosine, 1e-16, over the sine of angles that are not small here
    assert found.angle(0, 3) == pytest.approx(np.arccos(np.abs((u * v).sum(axis=1))), abs=1e-12)
    assert np.array_equal(found.angle(3, 0), found.angle(0, 3)) and found.angle(2, 2).max() == 0
    for m in (1, 2, 3):
        expected = [subspace_angles(V[:, :m], V[:, m:])[::-1] for V in found.vectors]
        assert found.subspace_angles(m) == pytest.approx(np.array(expected), abs=1e-12)
    for wrong in (-1, 4, 1.5, True):
        with pytest.raises(OptionError, match="j = "):
            found.angle(0, wrong)
    for wrong in (0, 4):
        with pytest.raises(OptionError, match=f"m = {wrong} is not allowed: give an integer from 1 to 3"):
            found.subspace_angles(wrong)
    with pytest.raises(OptionError, match="take n_vectors >= 2"):
        made(RATES[:1]).subspace_angles(1)


def test_small_angles_keep_their_digits():
    tiny = np.array([1e-3, 1e-8, 1e-12])
    lines = np.stack([np.cos(tiny), np.sin(tiny)], axis=1)
    for sign in (1, -1):
        # an angle is known to the rounding of the entries, 1e-16
        assert angles.line_angle(sign * lines, np.array([1.0, 0.0])) == pytest.approx(tiny, abs=1e-15)
    wide = np.concatenate([lines, np.zeros((3, 2))], axis=1)[:, :, None]
    plane = np.broadcast_to(np.eye(4)[:, [0, 2]], (3, 4, 2))
    assert angles.principal_angles(wide, plane)[:, 0] == pytest.approx(tiny, abs=1e-15)
    assert angles.principal_angles(plane, wide)[:, 0] == pytest.approx(tiny, abs=1e-15)


def test_groups_are_exponents_that_errors_do_not_tell_apart():
    assert made().groups.tolist() == [0, 1, 2, 3] and not made().is_degenerate.any()
    found = made(np.array([0.5, 0.201, 0.2, -0.3]))  # 0.001 apart, errors 0.004
    assert found.groups.tolist() == [0, 1, 1, 2] and found.is_degenerate.tolist() == [False, True, True, False]
    with pytest.raises(OptionError, match="m <= 1 or m >= 3"):
        found.subspace_angles(2)
    few = made()
    short = dataclasses.replace(few.spectrum, log_growth=few.log_growth[:9], durations=np.ones(9), unit_traces=None)
    assert dataclasses.replace(
        few,
        spectrum=short,
        log_growth=few.log_growth[:9],
        sample_blocks=few.sample_blocks[:0],
        frames=few.frames[:, :, :0],
    ).groups.tolist() == [0, 0, 0, 0]


@pytest.mark.parametrize(
    ("rates", "zero", "parts"),
    [
        (RATES, 0.0, {"unstable": [0, 1], "neutral": [2], "stable": [3]}),
        (
            [0.5, 0.05, -0.2, -0.3],
            0.05,
            {"unstable": [0], "neutral": [1], "stable": [2, 3]},
        ),  # an autonomous flow has a zero
        ([0.5, 0.05, -0.1, -0.3], np.nan, {"unstable": [0, 1], "stable": [2, 3]}),
        ([-0.1, -0.2, -0.3, -0.4], -0.1, {"stable": [0, 1, 2, 3]}),  # at rest: no zero
        ([0.4, 0.3, 0.2, 0.1], 0.1, {"unstable": [0, 1, 2, 3]}),  # the zero is beyond the last
    ],
)
def test_parts(rates, zero, parts):
    found = made(np.array(rates), zero_exponent=zero).hyperbolicity()
    told = {name: columns.tolist() for name, columns in found.parts.items()}
    assert told == parts
    assert set(found.angles) == {(a, b) for i, a in enumerate(parts) for b in list(parts)[i + 1 :]}


def test_the_verdict_tells_a_gap_from_a_density_at_zero():
    uniform = np.random.default_rng(3).uniform(0, np.pi / 2, 1000)
    assert hyperbolicity.p_value(uniform) > 0.01 and hyperbolicity.p_value(0.2 + uniform / 2) < 1e-6
    # uniform under the hypothesis: 1000 draws fall below 0.1 in 100 +- 9.5 cases; five of those
    drawn = [hyperbolicity.p_value(np.random.default_rng(i).uniform(size=200)) for i in range(1000)]
    assert abs(np.mean(np.array(drawn) < 0.1) - 0.1) < 0.05
    assert np.isnan(hyperbolicity.p_value(uniform[:79])) and hyperbolicity.p_value(np.zeros(100)) == 1.0
    two = np.array([0.5, -0.3])
    theta = np.random.default_rng(4).uniform(0, np.pi / 2, 1000)
    for shift, verdict in ((0.0, "tangencies"), (0.3, "gap")):
        theta_now = shift + theta * (1 - shift)
        frames = np.array([[np.ones(1000), np.cos(theta_now)], [np.zeros(1000), np.sin(theta_now)]])
        found = made(two, 2, 1000, np.nan, frames=frames, sample_blocks=np.ones(1000, int)).hyperbolicity()
        assert found.verdict == verdict and found.smallest == pytest.approx(theta_now.min(), abs=1e-12), found.message
        assert "1000 samples" in found.message and "not computed" not in found.message
    density, edges = found.histogram(bins=10)
    assert density.sum() * (edges[1] - edges[0]) == pytest.approx(1.0)
    with pytest.raises(OptionError, match="pair = "):
        found.histogram(("stable", "unstable"))
    few = made(samples=20).hyperbolicity()
    assert few.verdict == "undecided" and "fewer than 80 samples" in few.message and "5 directions of 9" in few.message
    alone = made(np.array([-0.1, -0.2]), zero_exponent=np.nan).hyperbolicity()
    assert alone.verdict == "one part" and np.isnan(alone.smallest)
    with pytest.raises(OptionError, match="no angle"):
        alone.histogram()


def test_participation_and_overlap():
    frames = np.zeros((4, 2, 1))
    frames[:, 0, 0], frames[2, 1, 0] = 0.5, 1.0  # spread over four units, and over one
    found = made(RATES[:2], 4, 1, frames=frames)
    assert found.participation_ratio.tolist() == [[4.0, 1.0]]
    assert found.overlap([0, 0, 2.0, 0]).tolist() == [[0.5, 1.0]]
    for wrong in (np.zeros(4), np.ones(3), np.ones((4, 2))):
        with pytest.raises(OptionError, match="direction"):
            found.overlap(wrong)
    many = made(np.linspace(0, -0.4, 5), 2000, 40)
    local = pylyap.analysis.localisation(many)
    # a third of the units, for random directions; the mean of 40 samples is within 5 of its errors, each sqrt(1.5 /
    # N) of it
    assert local.covariant == pytest.approx(np.full(5, 2000 / 3), rel=5 * np.sqrt(1.5 / 2000 / 40) + 3 / 2000)
    assert local.gram_schmidt.tolist() == [1.0] * 5 and local.fractions[0] == 0.5 / 2000


def test_save_and_load(tmp_path):
    found, path = made(), tmp_path / "vectors.npz"
    found.save(path)
    back = pylyap.load(path)
    assert isinstance(back, CovariantVectors) and repr(back) == repr(found) and back.summary() == found.summary()
    for name in ("vectors", "local_exponents", "times", "block_times", "frame_participation", "groups"):
        assert np.array_equal(getattr(back, name), getattr(found, name))
    assert np.array_equal(back.spectrum.log_growth, found.spectrum.log_growth) and back.message == found.message
    assert np.array_equal(back.diagnostics["backward_errors"], found.diagnostics["backward_errors"])
    found.spectrum.save(path)
    assert isinstance(pylyap.load(path), pylyap.LyapunovSpectrum)


@pytest.mark.parametrize(
    "damage",
    [
        dict(first_block=1),
        dict(first_block=-1),
        dict(sample_blocks=np.arange(31, 31 + S) * 2),
        dict(frame_participation=np.ones((S, K + 1))),
        dict(frames=np.ones((N, K + 1, S))),
        dict(log_growth=np.ones((B + 1, K))),
        dict(first_block="x"),
        dict(sample_blocks=np.arange(1.0, 1.0 + S)),
    ],
)
def test_files_that_contradict_themselves_are_neither_written_nor_read(tmp_path, damage, monkeypatch):
    path, damaged = tmp_path / "vectors.npz", dataclasses.replace(made(), **damage)
    with pytest.raises(OptionError, match="cannot be saved"):
        damaged.save(path)
    monkeypatch.setattr("pylyap.results.storage.refuse_what_cannot_be_read", lambda *arguments: None)  # as in other programs
    damaged.save(path)
    with pytest.raises(FileFormatError, match="vectors.npz"):
        pylyap.load(path)


def test_a_summary_says_it_all():
    text = made().summary()
    for part in (
        "4 of 9, 30 samples",
        "growth of vector 0",
        "2 unstable, 1 neutral, 1 stable",
        "converged",
        "backward error",
        "1e-09 rad",
    ):
        assert part in text


def test_figures():
    found = made(samples=100, sample_blocks=np.ones(100, int))
    assert found.plot_angles().get_legend() is not None
    ax = found.plot_participation()
    assert [line.get_label() for line in ax.get_lines()] == ["covariant vectors", "Gram-Schmidt vectors"]
    assert found.plot_vectors(sample=-100).get_ylabel() == "unit"
    for wrong in (100, -101):
        with pytest.raises(OptionError, match="sample = "):
            plotting.plot_vectors(found, sample=wrong)
    empty = made(samples=0)
    for draw in (plotting.plot_angles, plotting.plot_vectors):
        with pytest.raises(OptionError, match="no samples|no angles"):
            draw(empty)
    matplotlib.pyplot.close("all")
