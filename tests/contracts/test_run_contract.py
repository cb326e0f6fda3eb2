"""Every kind of run keeps the contract of `pylyap._contracts.Run`, and one vocabulary says how runs end."""

import numpy as np
import pytest
from every_class import every_class

import pylyap
from pylyap import _contracts
from pylyap._contracts import Ending, Record, Run

W = np.random.default_rng(2).normal(size=(5, 5)) / 2
STEPS, MORE = 6, 8


def _plan(network=None, k=5, **options):
    from pylyap.runs.plan import make_plan
    from pylyap.runs.spectrum import plan_options

    network = pylyap.DiscreteNetwork(W) if network is None else network
    options = {"t_average": MORE, "t_transient": STEPS, "t_align": STEPS, "qr_interval": 2, **options}
    return network, make_plan(network, **plan_options(n_exponents=k, **options))


def integrator():
    from pylyap._core.integrator import Integrator

    return Integrator(*_plan())


def activity():
    from pylyap._core.integrator import ActivityRun

    return ActivityRun(*_plan(), 2)


def ensemble():
    from pylyap._core.integrator import Ensemble, Integrator

    return Ensemble([Integrator(*_plan(), threads=1) for _ in range(2)])


def gain_family():
    from pylyap._core.gain_family import GainFamily

    network, plan = _plan(k=1)
    return GainFamily(network, [0.5, 1.0], plan)


def twin():
    from pylyap._core.companions import Twin

    return Twin(*_plan(k=1), 1e-6)


def recorder():
    from pylyap._core.companions import Recorder

    return Recorder(*_plan())


def backward():
    recorded = recorder()
    recorded.relax(STEPS)
    recorded.align(STEPS)
    recorded.start_averaging(40)
    recorded.average(40)
    return recorded.backward(np.eye(5, order="F"), 2)


def splitting():
    import functools

    from pylyap._core.companions import SplittingRun

    recorded = recorder()
    recorded.relax(STEPS)
    recorded.align(STEPS)
    recorded.start_averaging(40)
    recorded.average(40)
    kind = functools.partial(SplittingRun, frames=np.ones((5, 5, 4)), every=2)
    return recorded.backward(np.eye(5, order="F"), 2, kind)


def jacobian():
    from pylyap._core.singular_values import JacobianRun

    return JacobianRun(*_plan(t_align=0), [MORE])


def covariant_forward():
    from pylyap._core.covariant import Forward
    from pylyap.runs.scratch import Room

    return Forward(*_plan(k=3), Room(1e6), 2)


def covariant_beyond():
    from pylyap._core.covariant import Beyond

    forward = covariant_forward()
    forward.start_averaging(MORE)
    forward.average(MORE)
    return Beyond(forward, MORE)


def covariant_backward():
    from pylyap._core.covariant import Backward

    forward = covariant_forward()
    forward.start_averaging(60)
    forward.average(60)
    return Backward(forward.segments, np.array([np.eye(3), np.eye(3)]))


def force():
    from pylyap._core.force import Learner

    network, plan = _plan(pylyap.RateNetwork(np.array(W, order="F")), k=1, t_transient=0, t_align=0, dt=1.0, qr_interval=1)
    arrays = np.ones((5, 1), order="F"), np.zeros((5, 1), order="F"), np.zeros((MORE + 1, 1))
    return Learner(network, plan, *arrays, 2, 1.0)


RUNS = [
    integrator, activity, ensemble, gain_family, twin, recorder, backward, covariant_forward, covariant_beyond,
    covariant_backward, splitting, jacobian, force,
]
NO_ALIGNMENT = (covariant_beyond, jacobian, force)


def test_every_class_of_run_is_tried_here():
    tried = {type(make()) for make in RUNS}
    assert every_class(Run) <= tried, "add the new kind of run to RUNS"


@pytest.mark.parametrize("make", RUNS)
def test_it_has_the_verbs_and_counts_its_steps(make):
    run = make()
    assert isinstance(run, Run) and run.ending is None and run.steps_per_block >= 1
    before, aligned = run.n_steps, 0 if make in NO_ALIGNMENT else STEPS
    if make not in NO_ALIGNMENT or make is jacobian:
        run.relax(STEPS)
        assert run.n_steps == before + STEPS
    if aligned:
        run.align(aligned)
    at = run.n_steps
    run.start_averaging(MORE)
    for part in (3, MORE - 3):  # however a run is cut into calls
        run.average(part)
    run.close_block()
    assert run.n_steps == at + MORE and run.ending is None
    assert run.record() is not None


@pytest.mark.parametrize("make", RUNS)
def test_one_that_is_resumable_goes_on_from_its_arrays(make):
    first, second = make(), make()
    if not first.is_resumable:
        pytest.skip("a run that is short, and begins anew")
    moves = [] if make in NO_ALIGNMENT else [("relax", STEPS), ("align", STEPS)]
    moves += [("start_averaging", MORE), ("average", 3), ("average", MORE - 3)]
    for done, (verb, steps) in enumerate(moves):
        getattr(first, verb)(steps)
        arrays = {name: np.array(array) for name, array in first.state_arrays().items()}
        assert all(array.dtype.kind in "fi" and array.ndim > 0 for array in arrays.values())
        second = make()
        second.restore(arrays)
        assert second.n_steps == first.n_steps
        again = second.state_arrays()
        assert again.keys() == arrays.keys()
        for name, array in arrays.items():
            assert np.array_equal(again[name], array, equal_nan=True), name
        for verb, steps in moves[done + 1 :]:
            getattr(second, verb)(steps)
        second.close_block()
        if done == 0:
            whole = second
        else:
            assert_same(second.record(), whole.record())
    name = next(iter(arrays))
    for wrong in ({}, {**arrays, name: arrays[name][:0]}):
        with pytest.raises(ValueError):
            make().restore(wrong)


def assert_same(a, b):
    """All numbers of two records are equal."""
    if isinstance(a, (list, tuple)):
        assert len(a) == len(b)
        for one, other in zip(a, b):
            assert_same(one, other)
    elif isinstance(a, Record):
        assert_same(list(vars(a).values()), list(vars(b).values()))
    else:
        assert (a is None) == (b is None) and (a is None or np.array_equal(a, b, equal_nan=True))


def test_a_record_is_whole_and_does_not_change():
    run = integrator()
    run.relax(STEPS)
    run.align(STEPS)
    run.start_averaging(MORE)
    run.average(MORE)
    run.close_block()
    record = run.record()
    assert isinstance(record, Record)
    assert record.log_growth.shape == (MORE // 2, 5) and record.durations.sum() == MORE
    assert record.state.shape == (5,) and record.frame.shape == (5, 5) and record.n_steps == 2 * STEPS + MORE
    with pytest.raises(AttributeError):
        record.n_steps = 0


def test_one_vocabulary_for_all_endings():
    assert {ending.status for ending in Ending} == {"done", "max_time", "interrupted", "diverged"}
    for ending in Ending:
        assert ending.what and isinstance(ending.advice(True), str)
        assert ending.is_failure == (ending.status == "diverged")
    assert "dt" not in Ending.STATE_DIVERGED.advice(is_map=True) and "dt" in Ending.STATE_DIVERGED.advice(is_map=False)


def test_a_run_that_forgets_a_verb_cannot_be_made():
    class Forgetful(_contracts.Run):
        n_steps = steps_per_block = 0
        ending = None

    with pytest.raises(TypeError, match="abstract"):
        Forgetful()
