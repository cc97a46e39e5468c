"""Lesson 02 grades by references of its own; on every drawn input they give what the library gives."""

import pytest
import torch

import course.attention
from grader.exercises import attention as lesson
from grader.questions.draw import Draw

SEEDS = range(5)


@pytest.mark.parametrize("case", lesson.attention.cases)
@pytest.mark.parametrize("seed", SEEDS)
def test_attention_is_the_librarys(case, seed):
    inputs = lesson.attention.cases[case](Draw(seed))
    expected = course.attention.attention(**inputs)
    torch.testing.assert_close(lesson.attention.reference(**inputs), expected)


@pytest.mark.parametrize("case", lesson.SelfAttention.cases)
@pytest.mark.parametrize("seed", SEEDS)
def test_self_attention_is_the_librarys(case, seed):
    draw = Draw(seed)
    drawn = lesson.SelfAttention.cases[case](draw)
    ours, librarys = (
        layer(**drawn["init"]) for layer in (lesson.SelfAttention.reference, course.attention.SelfAttention)
    )
    weights = {name: draw.weights_like(weight) for name, weight in librarys.named_parameters()}
    ours.load_state_dict(weights)
    librarys.load_state_dict(weights)
    torch.testing.assert_close(ours(**drawn["inputs"]), librarys(**drawn["inputs"]))


@pytest.mark.parametrize("seed", SEEDS)
def test_hard_attention_and_the_causal_mask_are_the_librarys(seed):
    for case in lesson.hard_attention.cases.values():
        inputs = case(Draw(seed))
        expected = course.attention.hard_attention(inputs["q"][None], inputs["k"], inputs["v"])[0]
        assert torch.equal(lesson.hard_attention.reference(**inputs), expected)
    L = Draw(seed).integer(1, 9)
    assert torch.equal(lesson.causal_mask.reference(L), course.attention.causal_mask(L))


@pytest.mark.parametrize("case", lesson.softmax_rows.cases)
@pytest.mark.parametrize("seed", SEEDS)
def test_softmax_is_pytorchs(case, seed):
    inputs = lesson.softmax_rows.cases[case](Draw(seed))
    torch.testing.assert_close(lesson.softmax_rows.reference(**inputs), inputs["scores"].softmax(dim=-1))
