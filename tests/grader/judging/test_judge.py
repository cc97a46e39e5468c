"""Verdicts: status, partial credit, the named mistake, and feedback that tells no hidden numbers."""

import contextlib
import re

import pytest
import torch

from grader.asking.outcome import Outcome
from grader.asking.respond import Response
from grader.judging.judge import graded_questions, judge
from grader.judging.verdict import Status

COLUMNS, UPSIDE_DOWN = "The softmax runs over the columns.", "The mask is read upside down."


def hide_the_mask(x, mask=None):
    return x.softmax(-1)


def without_masks(x, mask=None):
    if mask is not None:
        raise ValueError(f"no idea what to do with {x[0, 0]}")
    return x.softmax(-1)


def nothing(x, mask=None): ...


def not_implemented(x, mask=None):
    raise NotImplementedError


def in_place(x, mask=None):
    return x.sub_(1).softmax(-1)


def off(x, mask=None):
    return torch.full_like(x, 0.1)


def never_ends(x, mask=None):
    while True:
        with contextlib.suppress(Exception):
            x.softmax(-1)


@pytest.mark.parametrize(
    ("answer", "status", "score", "mistake"),
    [
        ("weights_reference", Status.RIGHT, 4, None),
        ("by_hand", Status.RIGHT, 4, None),
        ("in_double", Status.RIGHT, 4, None),
        ("not_contiguous", Status.RIGHT, 4, None),
        ("over_columns", Status.WRONG, 0, COLUMNS),
        ("upside_down", Status.WRONG, 2, UPSIDE_DOWN),  # a mistake that shows only with a mask
        (hide_the_mask, Status.WRONG, 2, None),
        (without_masks, Status.WRONG, 2, None),
        (off, Status.WRONG, 0, None),
        (in_place, Status.WRONG, 0, None),
        (nothing, Status.UNFINISHED, 0, None),
        (not_implemented, Status.UNFINISHED, 0, None),
        (3, Status.WRONG, 0, None),
        (lambda q: q, Status.FAILED, 0, None),
        (lambda x, mask=None: "text", Status.WRONG, 0, None),
        (lambda x, mask=None: object(), Status.WRONG, 0, None),
        (lambda x, mask=None: x.to_sparse(), Status.WRONG, 0, None),
    ],
)
@pytest.mark.parametrize("seed", [0, 1])
def test_function(make, answers, judged, answer, status, score, mistake, seed):
    answer = getattr(answers, answer) if isinstance(answer, str) else answer
    verdict = judged(make.function(), {"weights": answer}, seed=seed)
    assert (verdict.status, verdict.score, verdict.mistake) == (status, score, mistake)
    assert verdict.maximum == 4 and verdict.is_right == (status is Status.RIGHT)


def test_which_properties_held(make, answers, judged):
    verdict = judged(make.function(), {"weights": answers.upside_down})
    assert [(part.name, part.held) for part in verdict.parts] == [
        ("rows without a mask", True),
        ("rows with a mask", False),
    ]


def test_no_answer_of_that_name(make, judged):
    verdict = judged(make.function(), {"weigths": 1})
    assert verdict.status is Status.UNFINISHED
    assert verdict.message == "There is no `weights` yet: run the cell that defines it."


def test_time_limit(make, judged, monkeypatch):
    exercise = make.function()
    monkeypatch.setattr(exercise, "seconds", 0.2)
    verdict = judged(exercise, {"weights": never_ends})
    sentence = "It did not finish within 0.2 seconds: is there a loop that never ends?"
    assert verdict.status is Status.FAILED and verdict.score == 0
    assert {part.finding for part in verdict.parts} == {sentence}


@pytest.mark.parametrize("answer", [hide_the_mask, without_masks, off])
def test_summaries_hold_no_number_of_a_hidden_case(make, judged, answer):
    verdict = judged(make.function(), {"weights": answer})
    wrong = [part for part in verdict.parts if not part.held]
    assert wrong
    for part in wrong:
        told = re.sub(r"line \d+: `[^`]*`", "", part.summary)
        assert part.summary != part.finding and not re.search(r"\d", told), part.summary


def test_shapes_are_told_with_an_error(make, judged):
    verdict = judged(make.function(), {"weights": without_masks})
    finding = next(part.finding for part in verdict.parts if not part.held)
    assert re.search(
        r"raised ValueError: no idea .* The shapes were `x` \(\d,\s\d\), `mask` \(\d,\s\d\)\.$", finding
    )


def test_forbidden(make, answers, judged):
    source = "def weights(x, mask=None):\n    return F.softmin(-x)"
    verdict = judged(make.function(), {"weights": answers.weights_reference}, source=source)
    assert (verdict.status, verdict.score) == (Status.FORBIDDEN, 0)
    assert verdict.message.startswith("It uses `torch.nn.functional.softmin`, which")


def test_a_forbidden_call_that_the_text_hides_is_seen_all_the_same(make, judged):
    def weights(x, mask=None):
        x = x if mask is None else x.masked_fill(~mask, float("-inf"))
        return getattr(torch.nn.functional, "soft" + "min")(-x, dim=-1)

    answers = {"weights": weights}
    assert judged(make.function(), answers, source="").status is Status.FORBIDDEN
    assert judged(make.function(), answers).status is Status.RIGHT  # without a text, nothing is looked for


def test_the_courses_own_answers_are_always_forbidden(make, judged):
    source = "from grader.catalogue import find\nlayer_flops = find('layer_flops').reference"
    assert judged(make.formula(), {"layer_flops": "4*L*d"}, source=source).status is Status.FORBIDDEN


def test_a_wrong_reference_is_the_authors_error(make):
    exercise = make.function(reference=without_masks)
    questions = graded_questions(exercise, "a key")
    with pytest.raises(RuntimeError, match="The reference of weights fails on its own cases"):
        judge(exercise, questions, Response([Outcome()] * len(questions)))


def test_what_was_said_costs_nothing(make, answers, judged):
    def warns(x, mask=None):
        import sys
        import warnings

        warnings.warn("slow", stacklevel=1)
        print("50 % |####    |", file=sys.stderr)
        return answers.weights_reference(x, mask)

    verdict = judged(make.function(), {"weights": warns})
    assert verdict.status is Status.RIGHT and verdict.score == 4
    assert verdict.said[0] == "UserWarning: slow" and "50 % |####    |" in verdict.said


def test_to_json(make, answers, judged):
    told = judged(make.function(), {"weights": answers.upside_down}).to_json()
    expected = {"score": 2.0, "maximum": 4.0, "verdict": "wrong", "mistake": UPSIDE_DOWN}
    assert expected.items() <= told.items()


# -- the other kinds -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "status", "finding"),
    [
        ("4*L*d", Status.RIGHT, ""),
        ("2*d*2*L", Status.RIGHT, ""),
        ("4·L·d", Status.RIGHT, ""),
        ("2*L*d", Status.WRONG, ""),
        ("4*L", Status.WRONG, "At L = 7, d = 5 it gives 0.2 times the right value."),
        ("4*L*d/(L - 7)", Status.WRONG, "It has no value at L = 7, d = 5."),
        ("4*L*d + (L - 7)*(d - 5)", Status.WRONG, "It is not equal to the right formula."),
        ("(L, d)", Status.WRONG, "One formula is expected, not several."),
        ("4Ld", Status.WRONG, "A multiplication sign is missing: write 2*L, not 2L."),
        (140, Status.WRONG, 'Write the formula as text in quotes, like "L * d".'),
        (print, Status.WRONG, 'Write the formula as text in quotes, like "L * d".'),
        ("\ud800", Status.WRONG, "This does not read as a formula; use + - * / ** and parentheses."),
        ("", Status.UNFINISHED, ""),
        (None, Status.UNFINISHED, ""),
        (..., Status.UNFINISHED, ""),
    ],
)
def test_formula(make, judged, answer, status, finding):
    verdict = judged(make.formula(), {"layer_flops": answer})
    assert verdict.status is status
    assert bool(verdict.mistake) == (answer == "2*L*d")
    if finding:
        assert verdict.parts[0].finding == finding
        assert "7" not in verdict.parts[0].summary


def test_multiply_adds_are_recognised_where_flops_are_counted(make, judged):
    assert judged(make.formula(), {"layer_flops": "d*2*L"}).mistake.startswith("This counts multiply–adds.")
    assert judged(make.formula(unit="parameters"), {"layer_flops": "d*2*L"}).mistake is None


@pytest.mark.parametrize(
    ("answer", "finding"),
    [
        ("(L, 2*d)", None),
        ("[L, d + d]", None),
        ("(2*d, L)", "At L = 7, d = 5 it gives 1.43 times the right value."),
        ("L", 'A shape with 2 entries is expected, in quotes, like "(a, b)".'),
        ("(L, d, 1)", 'A shape with 2 entries is expected, in quotes, like "(a, b)".'),
    ],
)
def test_shape(make, judged, answer, finding):
    verdict = judged(make.formula(reference="(L, 2*d)", unit="shape"), {"layer_flops": answer})
    assert verdict.is_right == (finding is None)
    assert verdict.parts[0].finding == (finding or "")


def test_a_formula_that_cannot_be_read_is_the_authors_error(make):
    with pytest.raises(ValueError, match="`x` is not a symbol here"):
        make.formula(reference="2*x")


class Twice(torch.nn.Module):
    def __init__(self, d):
        super().__init__()
        self.gain = torch.nn.Parameter(torch.randn(d))

    def forward(self, x):
        return 2 * x * self.gain


def test_module(make, answers, judged):
    assert judged(make.module(), {"Scale": answers.ScaleReference}).status is Status.RIGHT
    verdict = judged(make.module(), {"Scale": Twice})
    assert verdict.status is Status.WRONG
    assert "Every number is 2 times the expected one." in verdict.parts[0].finding


@pytest.mark.parametrize(
    ("answer", "status", "summary"),
    [
        (lambda L, d: 2 * L * d * d / 1e9, Status.RIGHT, ""),
        (lambda L, d: 2.0015 * L * d * d / 1e9, Status.RIGHT, ""),
        (lambda L, d: 2.003 * L * d * d / 1e9, Status.WRONG, "The number is too large."),
        (lambda L, d: -1, Status.WRONG, "The number is too small."),
        (lambda L, d: float("nan"), Status.WRONG, "It is not a finite number."),
        (lambda L, d: float("inf"), Status.WRONG, "It is not a finite number."),
        ("3", Status.WRONG, "It is text in quotes; a number is expected."),
        (10**400, Status.FAILED, "It raised OverflowError."),
        (None, Status.UNFINISHED, ""),
    ],
)
def test_number(make, judged, answer, status, summary):
    verdict = judged(make.number(), {"gflops": answer})
    assert verdict.status is status
    if summary:
        assert verdict.parts[0].summary == summary


def test_a_named_number(make, judged):
    assert judged(make.number(), {"gflops": lambda L, d: 2 * L * d * d}).mistake == "These are FLOPs."
