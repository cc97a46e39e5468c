"""Cases of layers with several heads."""

from hypothesis import given
from hypothesis import strategies as st

from grader.questions.draw import Draw
from grader.questions.layers import with_heads

seeds = st.integers(0, 10_000)
BOTH = "x: (B, Lq, d)  memory: (B, Lk, d)  mask: bool (B, 1, 1, Lk)"


@given(seeds)
def test_heads_divide_the_width_and_all_sizes_are_different(seed):
    case = with_heads(BOTH, "hidden")(Draw(seed))
    init, inputs = case["init"], case["inputs"]
    assert init.keys() == {"d", "heads", "hidden"} and inputs.keys() == {"x", "memory", "mask"}
    (B, Lq, d), (_, Lk, _) = inputs["x"].shape, inputs["memory"].shape
    assert d == init["d"] and d % init["heads"] == 0
    assert len({B, Lq, Lk, init["heads"], d // init["heads"], init["hidden"]}) == 6
    assert inputs["memory"].shape == (B, Lk, d) and inputs["mask"].shape == (B, 1, 1, Lk)


@given(seeds)
def test_how_many_heads_can_be_said(seed):
    assert with_heads("x: (B, L, d)", heads=1)(Draw(seed))["init"]["heads"] == 1
    case = with_heads("x: (B, L, d)", heads="L")(Draw(seed))
    assert case["init"]["heads"] == case["inputs"]["x"].shape[1]
