"""The report and the pages of feedback in a real browser: they need no network, and nothing acts in them."""

import random

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from playwright.sync_api import expect

from grader.marks.records import Record, Standing
from grader.pages.feedback import FeedbackExporter
from grader.pages.report.classroom import Answer, Classroom, Exercise, Kind, Member
from grader.pages.report.page import as_page

pytestmark = pytest.mark.browser

SENTENCES = [f"This is the mistake number {n}, which has a *name* and `code`." for n in range(60)]
EVIL = "<img src=x onerror=\"document.title='ran'\"><script>document.title='ran'</script>"

SHARED = """def f(x):
    heat = []
    for row in x:
        line = [(row * key).sum() / len(row) ** 0.5 for key in x]
        heat.append([math.exp(h - max(line)) for h in line])
    return torch.tensor([[a / sum(h) for a in h] for h in heat]) @ x
"""


def make_class(size: int, seed: int = 0) -> Classroom:
    """A made-up class; student number 1 has a name that would like to be a script."""
    rng = random.Random(seed)
    exercises = tuple(Exercise(f"e{n}", n, f"Exercise called {n}", 4.0) for n in range(1, 17))
    members = []
    for n in range(size):
        name = EVIL if n == 1 else f"Zoë Müller {n:04}"
        if n % 50 == 7:
            standing = Standing.NOT_GRADABLE if n % 100 == 7 else Standing.NOTHING
            members.append(Member(Record(name, "", "", "", standing, reason="It is no notebook.")))
            continue
        answers = {}
        for exercise in exercises:
            kind = rng.choices(list(Kind)[:-1], weights=[60, 8, 16, 5, 2, 1, 8])[0]
            score = {Kind.RIGHT: 4.0, Kind.PARTLY: 2.0}.get(kind, 0.0)
            mistake = (
                SENTENCES[min(59, int(rng.expovariate(0.2)))] if kind in (Kind.WRONG, Kind.PARTLY) else ""
            )
            code = f"def f(x):\n    '''{EVIL}'''\n" + "".join(
                f"    y{i} = x {rng.choice('+-*/')} {rng.randrange(9**6)}\n" for i in range(6)
            )
            answers[exercise.id] = Answer(kind, score, 4.0, mistake, "" if mistake else "It says so.", code)
        if n in (3, 4):  # the same work under two names
            answers["e10"] = Answer(Kind.RIGHT, 4.0, 4.0, code=SHARED)
        score = sum(answer.score or 0.0 for answer in answers.values())
        late = 3600.0 if n % 20 == 0 else 0.0
        members.append(Member(Record(name, "", "", "", Standing.GRADED, score, late=late), answers))
    return Classroom("02_attention", 64.0, exercises, tuple(members))


@pytest.fixture
def open_page(window, tmp_path):
    """open_page(html): from a file, where an error on the page fails the test."""
    errors: list[str] = []

    def open_page(html, scheme="light"):
        (tmp_path / "page.html").write_text(html, encoding="utf-8")
        page = window.page()
        page.emulate_media(color_scheme=scheme)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
        page.goto((tmp_path / "page.html").as_uri())
        return page

    yield open_page
    assert [error for error in errors if "Content Security Policy" not in error] == []


@pytest.mark.parametrize("size", [12, 1000])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_report_is_readable(open_page, shoot, size, scheme):
    page = open_page(as_page(make_class(size)), scheme)
    expect(page.locator("h1")).to_have_text("02_attention")
    expect(page.locator("h2")).to_have_count(6)
    assert page.locator("#everybody tbody tr").count() == size
    assert page.title() == "02_attention: report"  # no name has run
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    for part in ("points", "exercises", "mistakes", "attention", "alike", "students"):
        page.evaluate("part => document.getElementById(part).scrollIntoView({behavior: 'instant'})", part)
        shoot(page, part)


def test_it_fits_a_narrow_window(open_page, shoot):
    page = open_page(as_page(make_class(12)))
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    shoot(page, "narrow")


def test_text_has_contrast(open_page):
    """Every sign in a coloured cell has 4.5 : 1 or more against its own ground."""
    for scheme in ("light", "dark"):
        page = open_page(as_page(make_class(60)), scheme)
        ratios = page.evaluate(
            """() => {
              const light = rgb => { const [r, g, b] = rgb.match(/[\\d.]+/g).map(v => v / 255)
                .map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
                return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
              const found = {};
              for (const cell of document.querySelectorAll('#everybody [class*=k-], .stack [class*=k-]')) {
                const style = getComputedStyle(cell);
                const pair = [light(style.color), light(style.backgroundColor)].sort((a, b) => b - a);
                found[cell.className] = (pair[0] + 0.05) / (pair[1] + 0.05);
              }
              return found; }"""
        )
        assert len(ratios) >= 10 and {name: r for name, r in ratios.items() if r < 4.5} == {}


def test_tables_sort_by_keyboard(open_page):
    page = open_page(as_page(make_class(40)))
    button = page.locator("#everybody thead").get_by_role("button", name="Points")
    points = page.locator("#everybody tbody td:nth-child(2)")
    button.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(page.locator("#everybody th[aria-sort=descending]")).to_have_text("Points")
    found = [float(text) for text in points.all_inner_texts() if text != "–"]
    assert found == sorted(found, reverse=True) and len(found) > 30
    page.keyboard.press("Space")
    expect(page.locator("#everybody th[aria-sort=ascending]")).to_have_count(1)
    assert [float(text) for text in points.all_inner_texts() if text != "–"] == sorted(found)


def test_a_student_is_found(open_page):
    page = open_page(as_page(make_class(200)))
    page.get_by_label("Find a student").fill("müller 0042")
    expect(page.get_by_role("status")).to_have_text("1 of 200")
    expect(page.locator("#everybody tbody tr:visible")).to_have_count(1)


def test_alike_solutions_lie_side_by_side(open_page, shoot):
    page = open_page(as_page(make_class(12)))
    pair = page.locator("details.alike").first
    expect(pair).to_contain_text("Zoë Müller 0003 and Zoë Müller 0004")
    pair.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(pair.locator("pre").first).to_contain_text("for row in x:")
    tops = pair.locator("figure").evaluate_all("figures => figures.map(figure => figure.offsetTop)")
    assert len(tops) == 2 and tops[0] == tops[1]
    assert pair.locator("mark").count() >= 2
    shoot(pair, "open")


# -- feedback


ACTS = [
    "<script>document.title='ran'</script>",
    "<img src=x onerror=\"document.title='ran'\">",
    "<svg onload=\"document.title='ran'\"></svg>",
    "<iframe srcdoc=\"<script>parent.document.title='ran'</script>\"></iframe>",
    "<details open ontoggle=\"document.title='ran'\"><summary>s</summary></details>",
    "<img src='https://evil.example/seen.png'> ![x](https://evil.example/seen.png)",
    "<link rel=stylesheet href='https://evil.example/x.css'>",
    "<a id=link href=\"javascript:document.title='ran'\">press</a>",
    "<math><mtext><script>document.title='ran'</script></mtext></math>",
]


def test_nothing_acts_in_feedback(open_page, shoot):
    """The window lets no request out and fails if one is made; the title tells whether anything has run."""
    from nbgrader.converters import GenerateFeedback

    cells = [new_markdown_cell(f"Formula $x^2$. {evil}") for evil in ACTS]
    for evil in ACTS:
        shown = new_output(
            "display_data", data={"text/html": evil, "application/javascript": "document.title='ran'"}
        )
        cells.append(new_code_cell(evil, outputs=[shown, new_output("stream", text=evil)]))
    about = {"notebook": "02_attention", "score": 1.0, "max_score": 2.0, "late_penalty": 0.0}
    exporter = FeedbackExporter(config=GenerateFeedback().config)
    html, _ = exporter.from_notebook_node(
        new_notebook(cells=cells), resources={"nbgrader": about, "metadata": {"name": "x"}}
    )
    page = open_page(html)
    for link in page.get_by_text("press", exact=True).all():
        link.click()
    page.wait_for_timeout(300)
    assert page.title() == "02_attention"
    drawn = "[...document.images].filter(image => image.src).every(image => image.naturalWidth > 0)"
    assert page.evaluate(drawn)
    assert page.locator("img[alt='x^2']").count() == len(ACTS)
    assert page.locator("script, iframe, svg, link, object, embed, math").count() == 0
    handlers = (
        "[...document.querySelectorAll('*')].some(e => e.getAttributeNames().some(n => n.startsWith('on')))"
    )
    assert not page.evaluate(handlers)
    shoot(page, "page")
