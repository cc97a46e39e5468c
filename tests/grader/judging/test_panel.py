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
