"""The verdict in words: everything escaped, nothing of a hidden case in feedback."""

from dataclasses import replace
from html.parser import HTMLParser

import pytest

from grader.judging import panel
from grader.judging.verdict import Part, Status, Verdict

SCRIPT = "<script>alert('x')</script> & <img src=x onerror=alert(1)>"
PARTS = (Part("first", True), Part("second", False, "At 0.123 it differs.", "It differs."))
WRONG = Verdict("weights", "Weights", 2.0, 4.0, Status.WRONG, PARTS, said=("UserWarning: slow 0.456",))


class Reader(HTMLParser):
    """The tags and the text of a page, and whether every tag is closed."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.text, self.open = [], "", []
        self.feed(page)
        assert not self.open, self.open

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


def test_plain():
    assert panel.plain(WRONG) == (
        "✗ Not yet · Weights · 2 of 4 points\n"
        "  ✓ first\n"
        "  ✗ second\n"
        "      At 0.123 it differs.\n"
        "  Your code also said: UserWarning: slow 0.456"
    )


@pytest.mark.parametrize("render", [panel.plain, panel.html])
def test_graded_leaves_out_numbers_and_what_was_said(render):
    told, graded = render(WRONG), render(WRONG, graded=True)
    assert "0.123" in told and "0.456" in told
    assert "0.123" not in graded and "0.456" not in graded and "said" not in graded
    assert "It differs." in graded


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("graded", [False, True])
def test_html_escapes_whatever_a_student_or_an_author_writes(status, graded):
    part = Part(SCRIPT, False, f"raised ValueError: {SCRIPT}.", f"`{SCRIPT}` raised ValueError.")
    verdict = Verdict(
        *("weights", SCRIPT, 0.0, 4.0, status, (part, replace(part, summary="other", finding="other"))),
        message=SCRIPT,
        said=(SCRIPT, "</div>"),
    )
    for shown in (verdict, replace(verdict, mistake=SCRIPT), replace(verdict, parts=(part,))):
        page = Reader(panel.html(shown, graded=graded, footer=SCRIPT))
        assert not {"script", "img"} & set(page.tags)
        assert SCRIPT in page.text


def test_html_says_what_plain_text_says():
    text = Reader(panel.html(WRONG)).text
    for line in ("✗ Not yet · Weights", "2 of 4 points", "first", "second", "At 0.123 it differs."):
        assert line in text


def test_code_and_bold():
    assert panel.rich("`a < b` is **not** <b>") == "<code>a &lt; b</code> is <b>not</b> &lt;b&gt;"


def test_a_named_mistake_explains_the_numbers():
    told = panel.plain(replace(WRONG, mistake="The softmax runs over the columns."))
    assert "The softmax runs over the columns." in told and "0.123" not in told
    assert "✓ first" in told and "✗ second" in told


def test_what_is_the_same_for_every_part_is_said_once():
    parts = tuple(
        Part(name, False, "It takes too long.", "It takes too long.") for name in ("first", "second")
    )
    told = panel.plain(replace(WRONG, parts=parts))
    assert told.count("It takes too long.") == 1 and "first" not in told


@pytest.mark.parametrize("status", [Status.UNFINISHED, Status.FORBIDDEN])
def test_parts_say_nothing_where_nothing_was_judged(status):
    told = panel.plain(replace(WRONG, status=status, message="This is why."))
    assert "This is why." in told and "first" not in told


def test_a_list_of_one_part_is_no_list():
    one = replace(WRONG, parts=PARTS[:1], status=Status.RIGHT, said=())
    assert panel.plain(one) == "✓ Right · Weights · 2 of 4 points"
    assert "At 0.123 it differs." in panel.plain(replace(WRONG, parts=PARTS[1:]))


@pytest.mark.parametrize(
    ("score", "maximum", "text"), [(1, 1, "1 of 1 point"), (0.67, 2, "0.67 of 2 points")]
)
def test_points(score, maximum, text):
    assert panel.points(replace(WRONG, score=score, maximum=maximum)) == text


def test_every_status_has_a_heading_of_its_own():
    assert len({panel.HEADINGS[status] for status in Status}) == len(Status)


# -- advice --------------------------------------------------------------------------------------------

ADVICE = Part("inputs in another order in memory", False, "Line 3 raised: 0.123.", "Line 3.", is_graded=False)


def test_advice_is_told_once_all_else_holds():
    right = Verdict("weights", "Weights", 4.0, 4.0, Status.RIGHT, (PARTS[0], PARTS[0], ADVICE))
    assert panel.plain(right) == (
        "✓ Right · Weights · 4 of 4 points\n"
        "  ✓ first\n"
        "  ✓ first\n"
        "  It costs no points, and is worth knowing: inputs in another order in memory: Line 3 raised: 0.123."
    )
    assert panel.plain(right, graded=True).endswith("inputs in another order in memory: Line 3.")
    page = Reader(panel.html(right))
    assert page.text.count("It costs no points, and is worth knowing: inputs in another order") == 1
    assert "0.123" in page.text and "0.123" not in panel.html(right, graded=True)


@pytest.mark.parametrize("render", [panel.plain, panel.html])
def test_before_that_there_is_enough_to_do(render):
    told = render(replace(WRONG, parts=(*PARTS, ADVICE)))
    assert "no points" not in told and "memory" not in told and "second" in told


@pytest.mark.parametrize("render", [panel.plain, panel.html])
def test_advice_that_holds_is_not_told(render):
    held = replace(ADVICE, held=True, finding="", summary="")
    told = render(replace(WRONG, status=Status.RIGHT, parts=(PARTS[0], held)))
    assert "no points" not in told and "memory" not in told


def test_advice_is_none_of_the_parts_that_say_the_same():
    """One graded part is no list, whatever advice stands beside it."""
    verdict = replace(WRONG, parts=(PARTS[1], ADVICE), said=())
    assert panel.plain(verdict) == "✗ Not yet · Weights · 2 of 4 points\nAt 0.123 it differs."


# -- errors --------------------------------------------------------------------------------------------

TRUTH = "A tensor of several numbers has no truth value."
RAISED = Part(
    "second", False, "Line 2: `if mask:` raised RuntimeError: 0.123.", "Line 2 raised RuntimeError."
)
EXPLAINED = replace(WRONG, mistake=TRUTH, how="error", said=())


@pytest.mark.parametrize(("graded", "line"), [(False, RAISED.finding), (True, RAISED.summary)])
def test_an_explained_error_keeps_its_line(graded, line):
    told = panel.plain(replace(EXPLAINED, parts=(PARTS[0], RAISED)), graded)
    assert told.endswith(f"{TRUTH}\n  ✓ first\n  ✗ second\n      {line}")
    page = Reader(panel.html(replace(EXPLAINED, parts=(PARTS[0], RAISED)), graded)).text
    assert page.index(TRUTH) < page.index("first") < page.index(line.replace("`", ""))


def test_an_error_at_every_question_is_said_once():
    told = panel.plain(
        replace(EXPLAINED, status=Status.FAILED, parts=(replace(RAISED, name="first"), RAISED))
    )
    assert told == (
        f"✗ It stops with an error · Weights · 2 of 4 points\n{TRUTH}\n"
        "Line 2: `if mask:` raised RuntimeError: 0.123."
    )


EXAMPLE = "At L = 7 it gives 28; 140 is right."
NAMED = replace(
    WRONG,
    mistake="A factor d is missing.",
    parts=(Part("the formula", False, EXAMPLE, "It is not equal.", example=EXAMPLE),),
)


@pytest.mark.parametrize("render", [panel.plain, panel.html])
def test_an_example_is_told_beside_a_named_mistake_and_not_in_feedback(render):
    assert EXAMPLE in render(NAMED) and render(NAMED).count(EXAMPLE) == 1
    assert EXAMPLE not in render(NAMED, graded=True)
    unnamed = replace(NAMED, mistake=None)
    assert render(unnamed).count(EXAMPLE) == 1


def test_an_example_of_one_part_of_several_says_which():
    told = panel.plain(replace(NAMED, parts=(PARTS[0], *NAMED.parts)))
    assert f"\nthe formula: {EXAMPLE}\n" in told


def test_of_two_mistakes_the_parts_are_listed_and_nothing_else():
    told = panel.plain(
        replace(WRONG, mistake="Two things: a; and b.", how="pair", slips=("A.", "B."), said=())
    )
    assert told == ("✗ Not yet · Weights · 2 of 4 points\nTwo things: a; and b.\n  ✓ first\n  ✗ second")
