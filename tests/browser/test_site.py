"""The site as a reader opens it: from a folder, with the network refused; light, dark, on a narrow screen."""

import json
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from course.show.interactive import interactive
from grader import catalogue
from grader.building.lesson import Lesson
from grader.exercise import Number
from grader.naming.number import ratio
from grader.questions.draw import Draw
from grader.questions.personal import PUBLIC_SECRET, student_key
from grader.site import build as building
from grader.site import gallery, library, sizes
from grader.site.answers import sentence_of, verdict_on

pytestmark = pytest.mark.browser

LESSONS = ("00_start", "02_attention", "05_cost")  # every kind of answer is in one of them
MOVES = interactive("document.body.append('drawn')", {}, height=40, alt="A word, when it is drawn.")
GALLERY = {
    "introduction": "<p>Of pictures.</p>",
    "sections": [{"title": "One", "text": "A picture.", "tried": "it.", "pictures": [MOVES.html]}],
}
LARGEST = 6e6  # bytes of a page with all that belongs to it
LOOKS = {
    "light": {"viewport": {"width": 1280, "height": 900}},
    "dark": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"},
    "narrow": {"viewport": {"width": 360, "height": 740}},
}


@pytest.fixture(scope="module")
def site(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of three lessons, with one page of the library: the others are made in the same way."""
    out = tmp_path_factory.mktemp("site") / "site"
    every = library.pages(root, {})
    index = "# The library\n\n```{toctree}\n:hidden:\n\nevaluate\n```\n"
    few = {"index.md": index, "evaluate.rst": every["evaluate.rst"]}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(library, "pages", lambda root, tables: few)
        patch.setattr(sizes, "tables", lambda root: {})
        patch.setattr(gallery, "contents", lambda root: GALLERY)
        building.build(root, out, [Lesson(root, name) for name in LESSONS], say=lambda line: None)
    return out


def pages(site: Path) -> list[str]:
    """Every page but the search, which has nothing on it until something is looked for."""
    found = [path.relative_to(site) for path in site.rglob("*.html") if "_static" not in path.parts]
    return sorted(str(path) for path in found if path.name != "search.html")


class Reader:
    """A browser that has no network, and remembers what went wrong."""

    def __init__(self, browser: Browser, site: Path, **look: object) -> None:
        self.site, self.wrong = site, list[str]()
        self._context = browser.new_context(**look)

    def open(self, place: str) -> Page:
        page = self._context.new_page()
        page.on("console", lambda said: said.type == "error" and self.wrong.append(f"{place}: {said.text}"))
        page.on("pageerror", lambda error: self.wrong.append(f"{place}: {error}"))
        page.on("requestfailed", lambda asked: self.wrong.append(f"{place}: failed {asked.url}"))
        page.on("request", lambda asked: self._see(place, asked.url))
        page.goto((self.site / place).as_uri())
        page.evaluate("window.MathJax?.startup?.promise?.then(() => null)")
        return page

    def _see(self, place: str, address: str) -> None:
        if not address.startswith(("file:", "data:", "about:", "blob:")):
            self.wrong.append(f"{place}: asked for {address}")

    def close(self) -> None:
        self._context.close()


@pytest.fixture
def reader(chromium_browser: Browser, site: Path) -> Iterator[Reader]:
    reader = Reader(chromium_browser, site, **LOOKS["light"])
    yield reader
    reader.close()
    assert reader.wrong == []


def show_all_figures(page: Page) -> None:
    """Scroll to each figure, as a reader comes by, and wait until it is drawn."""
    for frame in page.locator("iframe").all():
        frame.scroll_into_view_if_needed()
        inside = frame.element_handle().content_frame()
        inside.wait_for_function("document.body && document.body.innerText.trim().length > 0")
        expect(frame.content_frame.locator(".stopped")).to_have_count(0)
    for image in page.locator("article img").all():
        if image.is_visible():
            image.evaluate("image => image.scrollIntoView({ behavior: 'instant' })")
            page.wait_for_function("i => i.complete && i.naturalWidth > 0", arg=image.element_handle())


RAW_TEX = r"\\(?:frac|sqrt|text|sum|mathbb|alpha|cdot)\b|\$[^$\n]{1,60}\$"
HEADINGS = "[...document.querySelectorAll('article :is(h1,h2,h3,h4,h5,h6)')].map(h => Number(h.tagName[1]))"


@pytest.mark.parametrize("look", LOOKS)
def test_every_page_is_whole(chromium_browser, site, look):
    """Nothing asked of a network, no error, no TeX, no blank figure, nothing wider than the screen."""
    reader = Reader(chromium_browser, site, **LOOKS[look])
    for place in pages(site):
        page = reader.open(place)
        show_all_figures(page)
        # formulas
        math, done = (page.locator(found).count() for found in (".math", ".math mjx-container"))
        assert math == done, place
        assert page.locator("mjx-merror, [data-mjx-error]").count() == 0, place
        prose = page.evaluate(
            "[...document.querySelectorAll('article :is(p, li, td, summary)')]"
            ".filter(e => !e.querySelector('code, pre, .math')).map(e => e.textContent).join('\\n')"
        )
        assert not re.search(RAW_TEX, prose), f"{place}: {re.search(RAW_TEX, prose)}"
        # a screen reader's way through it
        levels = page.evaluate(HEADINGS)
        assert levels.count(1) == 1 and levels[0] == 1, place
        assert all(after - before <= 1 for before, after in pairwise(levels)), place
        pictures = page.locator("article img").all()
        assert all(len(picture.get_attribute("alt") or "") >= 20 for picture in pictures), place
        assert all(frame.get_attribute("title") for frame in page.locator("iframe").all()), place
        # the screen
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{place} is too wide"
        dark = page.evaluate("getComputedStyle(document.body).backgroundColor.match(/\\d+/g)[0] < 128")
        assert dark == (look == "dark")
        if page.locator("iframe").count():
            theme = page.locator("iframe").first.content_frame.locator(":root").get_attribute("data-theme")
            assert theme == ("dark" if look == "dark" else "light"), place
        page.close()
    reader.close()
    assert reader.wrong == []


def test_on_a_phone_a_wide_picture_fades_until_it_is_scrolled_to_its_end(chromium_browser, site):
    reader = Reader(chromium_browser, site, **LOOKS["narrow"])
    page = reader.open("lessons/02_attention.html")
    show_all_figures(page)
    wide, fitting = page.evaluate(
        """() => {
            const all = [...document.querySelectorAll(".cell_output :has(> img[width])")];
            const goesOn = (one) => one.scrollWidth > one.clientWidth;
            window.wide = all.find(goesOn);
            const fades = (one) => getComputedStyle(one).maskImage !== "none";
            return [fades(window.wide), all.filter((one) => !goesOn(one)).some(fades)];
        }"""
    )
    assert (wide, fitting) == (True, False)
    page.evaluate("window.wide.scrollLeft = 1e4")
    page.wait_for_function("getComputedStyle(window.wide).maskImage === 'none'")
    reader.close()


def test_a_page_with_all_its_figures_is_light(site):
    for name in LESSONS:
        page = (site / "lessons" / f"{name}.html").stat().st_size
        assert page + sum(file.stat().st_size for file in (site / "files" / name).iterdir()) <= LARGEST
        assert page <= 1e6, "what is read first does not wait for figures"


def test_the_page_says_what_the_grader_says_of_letters_and_pairs(reader):
    page = reader.open("lessons/02_attention.html")
    quiz = catalogue.find("hard_gradient")
    wrong = next(letter for letter in quiz.options if letter != quiz.right)
    answer = page.locator('.answer[data-exercise="hard_gradient"]')
    expect(answer).not_to_contain_text(quiz.why[wrong][:20])  # nothing is shown before it is asked for
    page.locator(f'input[name="hard_gradient"][value="{wrong}"]').check()
    answer.get_by_role("button", name="Check").click()
    expect(answer.get_by_role("status")).to_contain_text("Not yet")
    told = answer.get_by_role("status").inner_text()
    assert plain(sentence_of(verdict_on(quiz, wrong))) in told
    page.locator(f'input[name="hard_gradient"][value="{quiz.right}"]').check()
    answer.get_by_role("button", name="Check").click()
    expect(answer.get_by_role("status")).to_contain_text(f"Right · {quiz.points:g} of {quiz.points:g}")


def test_what_was_answered_is_kept_shown_and_cleared(reader):
    page = reader.open("lessons/02_attention.html")
    right = catalogue.find("leak").right
    page.locator(f'input[name="leak"][value="{right}"]').check()
    page.locator('.answer[data-exercise="leak"]').get_by_role("button", name="Check").click()
    page.reload()
    expect(page.locator('.answer[data-exercise="leak"]').get_by_role("status")).to_contain_text("Right")
    front = reader.open("index.html")
    expect(front.locator(".progress")).to_contain_text("1 of the 1 exercises")
    with front.expect_download() as download:
        front.get_by_role("button", name="Export my answers").click()
    assert json.loads(download.value.path().read_text())["leak"]["given"] == right
    front.on("dialog", lambda dialog: dialog.accept())
    front.get_by_role("button", name="Clear my answers").click()
    expect(front.locator(".progress")).to_contain_text("not answered anything")
    assert front.evaluate("localStorage.getItem('attention-course')") == "{}"


def test_a_page_works_where_nothing_may_be_kept(chromium_browser, site):
    reader = Reader(chromium_browser, site, **LOOKS["light"])
    reader._context.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('forbidden'); } });"
    )
    page = reader.open("lessons/02_attention.html")
    right = catalogue.find("leak").right
    page.locator(f'input[name="leak"][value="{right}"]').check()
    page.locator('.answer[data-exercise="leak"]').get_by_role("button", name="Check").click()
    expect(page.locator('.answer[data-exercise="leak"]').get_by_role("status")).to_contain_text("Right")
    reader.close()


def test_pairs_are_given_by_number(reader):
    page = reader.open("lessons/00_start.html")
    matching = catalogue.find("which_shape")
    answer = page.locator('.answer[data-exercise="which_shape"]')
    one, other = list(matching.pairs)[:2]
    exchanged = matching.pairs | {one: matching.pairs[other], other: matching.pairs[one]}
    for given in (matching.pairs | {one: ""}, exchanged, matching.pairs):
        for letter, number in given.items():
            page.get_by_label(f"The number of ({letter})", exact=True).select_option(number)
        answer.get_by_role("button", name="Check").click()
        verdict = verdict_on(matching, given)
        score = f"{verdict.score:g} of {matching.points:g} point"
        expect(answer.get_by_role("status")).to_contain_text(score)
        if not verdict.is_right:
            expect(answer.get_by_role("status")).to_contain_text(plain(sentence_of(verdict)))
    expect(answer.get_by_role("status")).to_contain_text("Right")


def test_an_order_is_put_right_by_keyboard(reader):
    page = reader.open("lessons/05_cost.html")
    quiz = catalogue.find("memory_order")
    answer = page.locator('.answer[data-exercise="memory_order"]')
    order = sorted(quiz.options)
    for place, letter in enumerate(quiz.right):
        for _ in range(order.index(letter) - place):
            page.get_by_role("button", name=f"Move ({letter}) up", exact=True).nth(0).press("Enter")
        order.remove(letter)
        order.insert(place, letter)
    answer.get_by_role("button", name="Check").press("Enter")
    expect(answer.get_by_role("status")).to_contain_text("Right")


def test_a_lessons_notebook_can_be_had_from_its_page(reader, root):
    page = reader.open("lessons/02_attention.html")
    page.get_by_text("Open this lesson as a notebook").click()
    link = page.get_by_role("link", name="02_attention.ipynb")
    released = Lesson(root, "02_attention").released
    with page.expect_download() as download:
        link.click()
    assert download.value.suggested_filename == released.name
    assert download.value.path().read_bytes() == released.read_bytes()
    address = link.evaluate("link => link.href")  # what a server sends, and who has no JavaScript
    assert Path(unquote(urlsplit(address).path)).read_bytes() == released.read_bytes()


def test_the_gallery_shows_its_pictures_and_no_code(reader):
    page = reader.open("gallery.html")
    expect(page.locator("iframe").content_frame.get_by_text("drawn")).to_be_visible()
    expect(page.locator(".cell_input")).to_have_count(0)


def test_formulas_and_warm_ups_are_answered_in_the_page(reader):
    """The rest of what the engine does is in test_engine.py; here it is loaded by a page of the site."""
    page = reader.open("lessons/02_attention.html")
    scale = page.locator('.answer[data-exercise="score_scale"]')
    slip, said = next(iter(catalogue.find("score_scale").slips.items()))
    for typed, heading, sentence in ((slip, "Not yet · 0 of 2", plain(said)), ('"√d"', "Right · 2 of 2", "")):
        scale.get_by_label("Your formula").fill(typed)
        scale.get_by_role("button", name="Check").click()
        expect(scale.get_by_role("status")).to_contain_text(heading)
        expect(scale.get_by_role("status")).to_contain_text(sentence)
    rung = page.locator('.answer[data-exercise="score_by_hand"]')
    products = "sum(q * k for q, k in zip(query, key)) for key in keys"
    for code, told in (
        (f"[{products}]", "The root of d is missing"),
        (f"[len(query) ** -0.5 * {products}]", "Right"),
    ):
        rung.get_by_label("Your Python").fill(f"def score_by_hand(query, keys):\n    return {code}")
        rung.get_by_label("Your Python").press("Control+Enter")
        expect(rung.get_by_role("status")).to_contain_text(told)
    front = reader.open("index.html")
    expect(front.locator(".progress")).to_contain_text("2 of the 2 exercises")


def test_search_needs_no_network(reader):
    page = reader.open("index.html")
    page.get_by_placeholder("Search").first.fill("overflow")
    page.get_by_placeholder("Search").first.press("Enter")
    expect(page.locator("ul.search a", has_text="02 · Attention").first).to_be_visible()


def test_hints_come_one_by_one(reader):
    page = reader.open("lessons/02_attention.html")
    hints = catalogue.find("similarities").hints
    first = page.locator("details.hint", has_text=plain(hints[0])[:30])  # a warm-up above has hints, too
    assert first.evaluate("e => e.querySelectorAll('details').length") == len(hints) - 1
    expect(first.locator("p").first).to_be_hidden()
    first.locator("summary").first.click()
    expect(first.locator("p").first).to_be_visible()
    expect(first.locator("p").nth(1)).to_be_hidden()


TEXT_OF = "html => { const p = document.createElement('p'); p.innerHTML = html; return p.innerText; }"


def plain(sentence: str) -> str:
    """A sentence without the marks of Markdown."""
    return re.sub(r"[`*]", "", sentence)


def numbers() -> list[Number]:
    return [e for name in LESSONS for e in catalogue.of_lesson(name) if isinstance(e, Number)]


@pytest.mark.parametrize("exercise", numbers(), ids=lambda exercise: exercise.id)
def test_a_number_is_judged_as_the_grader_does(exercise, site, reader):
    """Right and wrong as there; a sentence of the page's is the grader's, which knows more of them."""
    page = reader.open(f"lessons/{exercise.lesson}.html")
    told = (site / "files" / exercise.lesson / "answers.js").read_text()[len("answers(") : -len(");\n")]
    told = json.loads(told)["exercises"][exercise.id]
    (question,) = questions = exercise.questions(Draw(0, student_key(PUBLIC_SECRET, "reader 0")))
    given = question.payload["given"]
    right = exercise.reference(**given)
    slips = [calculation(**given) for calculation in exercise.wrong.values()]
    typed = [right, right * 1.0009, right * 1.0012, 3 * right, 0.0, 1.0, float(f"{right:.2g}"), *slips]
    named = 0
    for number in map(float, typed):
        verdict = verdict_on(exercise, lambda number=number, **values: number, questions)
        here = page.evaluate(
            "given => answers.judge(given[0], given[1], { reader: 0 })", [told, repr(number)]
        )
        assert here["right"] == verdict.is_right, number
        if not here["right"] and not re.search(r"is too (large|small)\.$", here["sentence"]):
            named += 1
            text = page.evaluate(TEXT_OF, here["sentence"])
            fact = ratio(number, right)  # said where the grader knows of two slips at once
            assert text in {plain(sentence_of(verdict)), fact and fact.sentence}, number
    assert named >= len(slips)
