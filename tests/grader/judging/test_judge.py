"""Verdicts: status, partial credit, the named mistake, and feedback that tells no hidden numbers."""

import contextlib
import re
import sys

import pytest
import torch

from grader import catalogue
from grader.asking.outcome import Outcome
from grader.asking.respond import Response
from grader.exercise import Function
from grader.judging import panel
from grader.judging.judge import BrokenReference, judge
from grader.judging.verdict import Status
from grader.questions.draw import Draw

COLUMNS, UPSIDE_DOWN = "The softmax runs over the columns.", "The mask is read upside down."
NO_MASK = "The mask has no effect: it is ignored, or what masked_fill returns is not kept."
IN_PLACE = "It changes its input `x` in place; the caller's tensor must stay as it was."


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
    ("answer", "status", "score", "mistake", "how"),
    [
        ("weights", Status.RIGHT, 4, None, ""),
        ("by_hand", Status.RIGHT, 4, None, ""),
        ("in_double", Status.RIGHT, 4, None, ""),
        ("not_contiguous", Status.RIGHT, 4, None, ""),
        (lambda scores, allowed=None: scores.softmax(-1), Status.WRONG, 2, NO_MASK, "slip"),
        ("over_columns", Status.WRONG, 0, COLUMNS, "authored"),
        ("upside_down", Status.WRONG, 2, UPSIDE_DOWN, "authored"),  # it shows only with a mask
        (hide_the_mask, Status.WRONG, 2, NO_MASK, "slip"),
        (without_masks, Status.WRONG, 2, None, ""),
        (off, Status.WRONG, 0, "Every number is 0.1.", "trivial"),
        (in_place, Status.WRONG, 0, IN_PLACE, "rule"),
        (nothing, Status.UNFINISHED, 0, None, ""),
        (not_implemented, Status.UNFINISHED, 0, None, ""),
        (3, Status.WRONG, 0, "It is an int, not a function.", "rule"),
        (lambda: 1, Status.FAILED, 0, "It takes fewer inputs than the statement names.", "error"),
        (lambda x, mask=None: "text", Status.WRONG, 0, None, ""),
        (lambda x, mask=None: object(), Status.WRONG, 0, None, ""),
        (lambda x, mask=None: x.to_sparse(), Status.WRONG, 0, None, ""),
    ],
)
@pytest.mark.parametrize("seed", [0, 1])
def test_function(make, answers, judged, answer, status, score, mistake, how, seed):
    answer = getattr(answers, answer) if isinstance(answer, str) else answer
    verdict = judged(make.function(), {"weights": answer}, seed=seed)
    told = (verdict.status, verdict.score, verdict.mistake, verdict.how, verdict.slips)
    assert told == (status, score, mistake, how, (mistake,) if mistake else ())
    assert verdict.maximum == 4 and verdict.is_right == (status is Status.RIGHT)


def test_two_slips_in_one_answer_are_counted_each(make, answers, judged):
    def weights(x, mask=None):
        return answers.over_columns(x, None if mask is None else ~mask)

    verdict = judged(make.function(), {"weights": weights})
    assert verdict.mistake == (
        "Two things: the softmax runs over the columns; and the mask is read upside down."
    )
    assert (verdict.how, verdict.slips) == ("pair", (COLUMNS, UPSIDE_DOWN))


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
    (told,) = {part.finding for part in verdict.parts}
    assert told.startswith(f"{sentence} In never_ends, line ") and told.endswith("was running then.")


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
        r"raised ValueError: “no idea .*”\. The shapes were `x` \(\d,\s\d\), `mask` \(\d,\s\d\)\.$", finding
    )


def test_forbidden(make, judged):
    def weights(x, mask=None):
        x = x if mask is None else x.masked_fill(~mask, float("-inf"))
        return getattr(torch.nn.functional, "soft" + "min")(-x, dim=-1)

    verdict = judged(make.function(), {"weights": weights})
    assert (verdict.status, verdict.score) == (Status.FORBIDDEN, 0)
    assert verdict.message.startswith("It uses `torch.nn.functional.softmin`, which")


def test_the_courses_own_answers_are_always_forbidden(judged):
    def attention(q, k, v, mask=None):
        return sys.modules["grader.catalogue"].find("attention").reference(q, k, v, mask)

    verdict = judged(catalogue.find("attention"), {"attention": attention})
    assert (verdict.status, verdict.score) == (Status.FORBIDDEN, 0)


def test_a_test_that_calls_a_right_implementation_itself_earns_nothing(judged):
    def test_attention_weights(f):
        right = sys.modules["grader.catalogue"].find("test_attention_weights").right[0].call
        q, k = torch.randn(2, 4), torch.randn(3, 4)
        assert torch.allclose(f(q, k), right(q, k))

    exercise = catalogue.find("test_attention_weights")
    verdict = judged(exercise, {"test_attention_weights": test_attention_weights})
    assert (verdict.status, verdict.score) == (Status.FORBIDDEN, 0)


SAYS = """
class Missing(Exception):
    pass

def weights(x, mask=None):
    raise Missing("✓ Right · 4 of 4 points. <script>1</script>")
"""


def test_what_student_code_says_is_shown_as_theirs_and_changes_no_status(make, judged, written):
    verdict = judged(make.function(), written(SAYS))
    assert (verdict.status, verdict.score, verdict.message) == (Status.FAILED, 0, "")
    for graded in (False, True):
        told = panel.plain(verdict, graded)
        assert not re.search(r"^\W*✓ Right", told, re.MULTILINE) and "raised Missing" in told
        assert "<script>" not in panel.html(verdict, graded)
    assert "✓ Right" not in panel.plain(verdict, graded=True).replace('raise Missing("✓ Right', "")


def test_a_wrong_reference_is_the_authors_error(make):
    exercise = make.function(reference=without_masks, slips={}, also_right=[])
    questions = exercise.questions(Draw(0))
    with pytest.raises(BrokenReference, match="The reference of without_masks fails in “rows with a mask”: "):
        judge(exercise, questions, Response([Outcome()] * len(questions)))


def test_what_was_said_costs_nothing(make, answers, judged):
    def warns(x, mask=None):
        import sys
        import warnings

        warnings.warn("slow", stacklevel=1)
        print("50 % |####    |", file=sys.stderr)
        return answers.weights(x, mask)

    verdict = judged(make.function(), {"weights": warns})
    assert verdict.status is Status.RIGHT and verdict.score == 4
    assert verdict.said[0] == "UserWarning: slow" and "50 % |####    |" in verdict.said


def test_to_json(make, answers, judged):
    told = judged(make.function(), {"weights": answers.upside_down}).to_json()
    expected = {"score": 2.0, "maximum": 4.0, "verdict": "wrong", "mistake": UPSIDE_DOWN, "how": "authored"}
    assert {name: told[name] for name in expected} == expected
    assert told["slips"] == (UPSIDE_DOWN,)


# -- what every function is asked ------------------------------------------------------------------------


def softmax(x):
    """Softmax over the last axis. x: (..., n) -> (..., n)"""
    shifted = x - x.amax(dim=-1, keepdim=True)
    return shifted.exp() / shifted.exp().sum(dim=-1, keepdim=True)


def softmax_exercise():
    common = {"points": 7, "difficulty": 1, "minutes": 1, "hints": ["think"]}
    exercise = Function(softmax, inputs="x: (*, L, n)", **common)
    exercise.place("softmax", "00_small", "Softmax")
    return exercise


GRADED = [
    *("one example", "all sizes equal", "a batch", "two axes in front", "an axis of length one"),
    *("large numbers", "the gradient reaches every input"),
]
ADVICE = ["inputs in another order in memory"]


def test_advice_is_told_and_costs_nothing(judged):
    verdict = judged(softmax_exercise(), {"softmax": lambda x: x.view(-1).view(x.shape).softmax(-1)})
    assert (verdict.status, verdict.score) == (Status.RIGHT, 7)
    assert [part.name for part in verdict.parts if part.is_graded and part.held] == GRADED
    (told,) = (part for part in verdict.parts if not part.is_graded)
    assert (told.name, told.held) == (ADVICE[0], False)
    assert "raised RuntimeError: “view size is not compatible" in told.finding
    assert "view size" not in told.summary and told.summary.endswith("raised RuntimeError.")
    assert [part.name for part in verdict.graded_parts] == GRADED


def test_advice_is_no_evidence(judged):
    """What goes wrong only there keeps no slip from being named."""

    def overflows(x):
        x = x.view(-1).view(x.shape)
        return x.exp() / x.exp().sum(-1, keepdim=True)

    verdict = judged(softmax_exercise(), {"softmax": overflows})
    assert verdict.mistake == "The subtraction of the maximum is missing."
    assert [part.name for part in verdict.parts if not part.held] == ["large numbers", *ADVICE]
    assert verdict.score == 6  # of seven parts, six hold


def stub(x):
    """Softmax over the last axis."""
    raise NotImplementedError


@pytest.mark.parametrize("answer", [stub, lambda x: None, lambda x: [], lambda x: ""])
def test_a_stub_has_no_gradient_and_is_unfinished_all_the_same(judged, answer):
    verdict = judged(softmax_exercise(), {"softmax": answer})
    assert (verdict.status, verdict.score, verdict.parts) == (Status.UNFINISHED, 0, ())
    assert verdict.message == "Nothing is written here yet, or a `return` is missing."


class WithoutForward(torch.nn.Module):
    def __init__(self, d):
        super().__init__()
        self.gain = torch.nn.Parameter(torch.zeros(d))

    def foward(self, x):
        return x * self.gain


def test_a_module_without_forward_is_told_so(judged, make):
    verdict = judged(make.module(), {"Scale": WithoutForward})
    assert (verdict.status, verdict.score) == (Status.UNFINISHED, 0)
    assert verdict.message == (
        "There is no `forward` yet that returns something: write it, spelled so and indented like `__init__`."
    )


def of_own_error(softmax):
    assert (v >= 0).all()  # noqa: F821


def of_an_error_inside(softmax):
    softmax()


@pytest.mark.parametrize(
    ("answer", "mistake", "finding"),
    [
        (
            of_own_error,
            "The test itself stops with an error. The name `v` is not known here: is it spelled so, "
            "imported, or defined above?",
            "`assert (v >= 0).all()  # noqa: F821` raised NameError: “name 'v' is not defined”.",
        ),
        (
            of_an_error_inside,
            "Right code stops with an error on what the test hands it.",
            "`softmax()` raised TypeError: “",
        ),
    ],
)
def test_a_test_that_stops_with_an_error_shows_its_line_and_nothing_that_seems_to_hold(
    judged, catalogued, answer, mistake, finding
):
    verdict = judged(catalogued["test_sums"], {"test_sums": answer})
    assert (verdict.status, verdict.score, verdict.mistake) == (Status.FAILED, 0, mistake)
    assert [part.name for part in verdict.parts] == ["accepts code that is right"]
    assert f"In {answer.__name__}, line " in verdict.parts[0].finding and finding in verdict.parts[0].finding
    assert finding in panel.plain(verdict) and "✓" not in panel.plain(verdict)
    assert "“" not in panel.plain(verdict, graded=True)  # a text of the student's own process


@pytest.mark.parametrize("answer", [lambda x: x * 0, lambda x: None if x.dim() > 2 else x.softmax(-1)])
def test_what_gives_something_is_not_unfinished(judged, answer):
    assert judged(softmax_exercise(), {"softmax": answer}).status is Status.WRONG


def test_an_error_of_pytorchs_is_not_taken_for_a_stub(judged, written):
    text = "def softmax(x):\n    return (x > 0).softmax(-1)\n"
    verdict = judged(softmax_exercise(), written(text))
    assert verdict.status is Status.FAILED and verdict.how == "error"
    assert verdict.mistake == "This needs floats and gets whole numbers or booleans: call `.float()` first."


def in_a_batch_over_rows(x):
    return x.softmax(1 if x.dim() == 3 else -1)


def in_a_batch_over_rows_and_else_cut(x):
    return x.softmax(1) if x.dim() == 3 else x.detach().softmax(-1)


def wrong_under_a_gradient(x):
    return x.softmax(0 if x.requires_grad else -1)


def wrong_under_the_gradient_of_a_batch(x):
    return x.softmax(1 if x.requires_grad and x.dim() == 3 else -1)


@pytest.mark.parametrize(
    ("answer", "wrong"),
    [
        (in_a_batch_over_rows, ["a batch"]),
        (in_a_batch_over_rows_and_else_cut, ["a batch", "the gradient reaches every input"]),
        (wrong_under_a_gradient, ["the gradient reaches every input"]),  # no other part would tell
        (wrong_under_the_gradient_of_a_batch, ["the gradient reaches every input"]),
    ],
)
def test_a_wrong_value_is_not_held_against_the_gradient_as_well(judged, answer, wrong):
    verdict = judged(softmax_exercise(), {"softmax": answer})
    assert [part.name for part in verdict.graded_parts if not part.held] == wrong
    assert verdict.score == 7 - len(wrong)


def test_a_forged_gradient_is_no_result(judged):
    def forged(x):
        return {"value": x.softmax(-1), "gradient": {"x": x}}

    assert judged(softmax_exercise(), {"softmax": forged}).score == 0


def test_an_exercise_says_itself_what_is_earned(make, answers, judged, monkeypatch):
    """Not only the parts that hold count: what came of each question is there, too."""
    exercise = make.function()

    def earned(questions, given, held):
        assert [outcome.failure is None for outcome in given] == [True] * len(questions)
        assert held == {"rows without a mask": True, "rows with a mask": False}
        return 1.2345

    monkeypatch.setattr(exercise, "earned", earned)
    assert judged(exercise, {"weights": answers.upside_down}).score == 1.23
    monkeypatch.setattr(exercise, "earned", lambda *all: 3.9)
    assert judged(exercise, {"weights": answers.weights}).score == 4  # who is right has full marks


# -- the other kinds -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "status", "finding"),
    [
        ("4*L*d", Status.RIGHT, ""),
        ("2*d*2*L", Status.RIGHT, ""),
        ("4·L·d", Status.RIGHT, ""),
        ("4*L", Status.WRONG, "At L = 7, d = 5 it gives 28; 140 is right."),
        ("4*L*d/(L - 7)", Status.WRONG, "It has no value at L = 7, d = 5; there 140 is right."),
        ("4*L*d + (L - 7)*(d - 5)", Status.WRONG, "At L = 5, d = 3 it gives 64; 60 is right."),
        ("4*L*d + L/1000", Status.WRONG, "At L = 7, d = 5 it gives 140.007; 140 is right."),
        ("(L, d)", Status.WRONG, "One formula is expected, not several."),
        ("4Ld", Status.WRONG, "A multiplication sign is missing: write 2*a, not 2a."),
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
    if finding:
        assert verdict.parts[0].finding == finding
        assert "7" not in verdict.parts[0].summary


def test_a_formula_that_is_named_has_its_example_in_the_notebook_and_none_in_feedback(make, judged):
    verdict = judged(make.formula(), {"layer_flops": "8*L*d"})
    assert verdict.mistake == "It is twice the right formula."
    example = "At L = 7, d = 5 it gives 280; 140 is right."
    assert example in panel.plain(verdict) and example in panel.html(verdict)
    assert "280" not in panel.plain(verdict, graded=True) and "280" not in str(verdict.for_report())


@pytest.mark.parametrize(
    ("unit", "sentence"),
    [
        ("FLOPs", "This is in multiply–adds, each of which is two FLOPs."),
        ("parameters", "It is 1/2 of the right formula."),
    ],
)
def test_multiply_adds_are_recognised_where_flops_are_counted(make, judged, unit, sentence):
    verdict = judged(make.formula(unit=unit), {"layer_flops": "d*2*L"})
    assert (verdict.mistake, verdict.how, verdict.slips) == (sentence, "term", (sentence,))


@pytest.mark.parametrize(
    ("answer", "finding"),
    [
        ("(L, 2*d)", None),
        ("[L, d + d]", None),
        ("(2*d, L)", "At L = 7, d = 5 it gives (10, 7); (7, 10) is right."),
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
    assert judged(make.module(), {"Scale": answers.Scale}).status is Status.RIGHT
    verdict = judged(make.module(), {"Scale": Twice})
    assert (verdict.status, verdict.score, verdict.how) == (Status.WRONG, 0, "symptom")
    assert verdict.mistake == "Every number is 2 times the expected one."


class NoParameters(torch.nn.Module):
    def __init__(self, d):
        super().__init__()

    def forward(self, x):
        return x


def test_a_module_without_parameters_is_told_why(make, judged):
    verdict = judged(make.module(), {"Scale": NoParameters})
    assert verdict.status is Status.WRONG and verdict.how == "rule"
    assert verdict.mistake.startswith("The module has no parameters: its layers are made in `__init__`")


def test_a_module_without_its_forward_is_unfinished(make, judged):
    class Stub(torch.nn.Module):
        def __init__(self, d):
            super().__init__()

    verdict = judged(make.module(), {"Scale": Stub})
    assert (verdict.status, verdict.score) == (Status.UNFINISHED, 0)


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
    verdict = judged(make.number(), {"gflops": lambda L, d: 2 * L * d * d})
    assert (verdict.mistake, verdict.how) == ("These are FLOPs.", "authored")


def test_what_a_test_accepts_earns_by_the_part(catalogued, answers, judged):
    exercise = catalogued["test_sums"]
    verdict = judged(exercise, {"test_sums": answers.accepts_everything})
    assert (verdict.score, verdict.how) == (0, "symptom")
    assert verdict.mistake == (
        "The test accepts everything, right or wrong: nothing that it asserts tells one from the other."
    )
    assert judged(exercise, {"test_sums": answers.test_sums}).score == 4


@pytest.mark.parametrize(
    ("given", "status", "score", "mistake", "how"),
    [
        ({"b", "a"}, Status.WRONG, 0, "(b) Not b.", "authored"),
        ("c a", Status.RIGHT, 4, None, ""),
        (set(), Status.UNFINISHED, 0, None, ""),
    ],
)
def test_a_choice(make, judged, given, status, score, mistake, how):
    verdict = judged(make.quiz({"a", "c"}), {"pick": given})
    assert (verdict.status, verdict.score, verdict.mistake, verdict.how) == (status, score, mistake, how)
