"""Signatures, and the inputs that are drawn from them."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from grader.questions.draw import Draw
from grader.questions.probes import Argument, Probe, draw_inputs, in_double, read

SIGNATURE = "q: (*, Lq, d)  k: (*, Lk, d)  v: (*, Lk, dv)  mask: bool (*, Lq, Lk)?"
ATTENTION = read(SIGNATURE)
seeds = st.integers(0, 10_000)


def test_a_signature_is_read():
    assert read(SIGNATURE) == (
        Argument("q", "float", ("*", "Lq", "d")),
        Argument("k", "float", ("*", "Lk", "d")),
        Argument("v", "float", ("*", "Lk", "dv")),
        Argument("mask", "bool", ("*", "Lq", "Lk"), optional=True),
    )
    assert read("L: int 4..9") == (Argument("L", "int", low=4, high=9),)
    assert read("") == ()
    assert ATTENTION[3].sizes == ("Lq", "Lk")


@pytest.mark.parametrize("signature", ["q (L, d)", "q: (L, d", "q: float (L)", "L: 4..", "q: (L)  and more"])
def test_what_cannot_be_read_is_refused(signature):
    with pytest.raises(ValueError, match="cannot be read"):
        read(signature)


@given(seeds)
def test_sizes_are_all_different_and_fit(seed):
    inputs, sizes = draw_inputs(ATTENTION, Draw(seed), Probe())
    assert sizes.keys() == {"Lq", "d", "Lk", "dv"}
    assert len(set(sizes.values())) == 4
    assert inputs.keys() == {"q", "k", "v"}
    assert inputs["q"].shape == (sizes["Lq"], sizes["d"])
    assert inputs["v"].shape == (sizes["Lk"], sizes["dv"])


@given(seeds)
def test_axes_in_front_differ_from_all_others(seed):
    inputs, sizes = draw_inputs(ATTENTION, Draw(seed), Probe(leading=2))
    assert inputs["q"].shape == (sizes["B"], sizes["H"], sizes["Lq"], sizes["d"])
    assert len(set(sizes.values())) == 6


@given(seeds)
def test_all_sizes_equal(seed):
    inputs, sizes = draw_inputs(ATTENTION, Draw(seed), Probe(equal=True))
    assert len(set(sizes.values())) == 1
    assert inputs["q"].shape == inputs["k"].shape


@given(seeds)
def test_one_axis_of_length_one(seed):
    for number in range(5):
        _, sizes = draw_inputs(ATTENTION, Draw(seed), Probe(single=number))
        assert [name for name, size in sizes.items() if size == 1] == [("Lq", "d", "Lk", "dv")[number % 4]]


@given(seeds, st.sampled_from(["shared", "padding"]), st.booleans())
def test_every_query_may_look_somewhere(seed, kind, equal):
    inputs, sizes = draw_inputs(ATTENTION, Draw(seed), Probe(leading=1, mask=kind, equal=equal))
    mask = inputs["mask"]
    assert mask.dtype is torch.bool
    assert mask.any(-1).all() and not mask.all(-1).any()
    rows = (sizes["B"], 1) if kind == "padding" else (sizes["Lq"],)
    assert mask.shape == (*rows, sizes["Lk"])


@given(seeds)
def test_large_numbers_lie_on_levels(seed):
    inputs, sizes = draw_inputs(read("x: (R, L)"), Draw(seed), Probe(scale=1024.0))
    assert inputs["x"].abs().max() > 100
    assert torch.equal(inputs["x"] * 8, (inputs["x"] * 8).round()) or inputs["x"].abs().max() > 512
    assert sizes["L"] > 2


def test_some_rows_have_one_number_far_below_the_rest():
    gaps = []
    for seed in range(30):
        x = draw_inputs(read("x: (R, L)"), Draw(seed), Probe(scale=1024.0))[0]["x"].sort(-1).values
        gaps += (x[:, 1] - x[:, 0]).tolist()
    assert any(gap > 900 for gap in gaps) and any(100 < gap < 200 for gap in gaps)
    assert any(gap < 10 for gap in gaps)


def test_integers_stay_in_their_range():
    drawn = {draw_inputs(read("L: int 1..9"), Draw(seed), Probe())[0]["L"] for seed in range(50)}
    assert min(drawn) == 3 and max(drawn) == 9  # one and two are asked for on purpose
    assert draw_inputs(read("L: int 1..9"), Draw(0), Probe(single=0))[0] == {"L": 1}


def test_a_size_can_be_fixed():
    inputs, sizes = draw_inputs(ATTENTION, Draw(0), Probe(fixed=(("Lk", 512),)))
    assert inputs["k"].shape[0] == sizes["Lk"] == 512


def test_the_same_seed_gives_the_same_inputs():
    first, again = (draw_inputs(ATTENTION, Draw(3), Probe(leading=1, mask="shared"))[0] for _ in range(2))
    assert all(torch.equal(first[name], again[name]) for name in first)


def test_in_double():
    wide = in_double({"x": torch.ones(2), "n": 3, "mask": torch.ones(2, dtype=torch.bool)})
    assert wide["x"].dtype is torch.float64 and wide["n"] == 3 and wide["mask"].dtype is torch.bool
