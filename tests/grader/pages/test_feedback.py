"""Pages of feedback: nothing of a student's acts in them, nothing hidden is told, nothing is fetched."""

import re
import zipfile
from html.parser import HTMLParser

import nbformat
import pytest
from nbconvert.exporters import HTMLExporter
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output, new_raw_cell
from nbgrader.server_extensions.formgrader.formgrader import FormgradeExtension
from traitlets.config import Config

from grader.configure import configure
from grader.course_folder import CourseError
from grader.intake.collect import collect
from grader.judging import panel
from grader.judging.verdict import MIME, Part, Status, Verdict
from grader.pages.feedback import (
    FeedbackExporter,
    _complete_for_release,
    clean,
    configure_feedback,
    harmless,
    pack_for_moodle,
    rendered,
)
from grader.pages.formulas import formula

ACTING = [
    "<script>boom()</script>",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    "<img src=x onerror=boom()>",
    "<svg onload=boom()><script>boom()</script></svg>",
    "<a href='javascript:boom()'>x</a>",
    "<a href='data:text/html,<script>boom()</script>'>x</a>",
    "<iframe srcdoc='<script>boom()</script>'></iframe>",
    "<form action='//evil.example'><button>x</button></form>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<base href='//evil.example/'>",
    "<link rel=stylesheet href='//evil.example/x.css'>",
    "<style>@import '//evil.example/x.css';</style>",
    "<div style='background:url(//evil.example/x)'>x</div>",
    "<div style='position:fixed;inset:0'>x</div>",
    "<img src='https://evil.example/x.png'>",
    "<object data='//evil.example'></object><embed src='//evil.example'>",
    "<math><mtext></p><script>boom()</script></mtext></math>",
    "<details open ontoggle=boom()>x</details>",
    "[x](javascript:boom())",
    "![x](https://evil.example/x.png)",
    "<!--<script>-->boom()</script>",
]
PASSIVE = re.compile(r"(data:image/|https?://|mailto:|#)")


class Acting(HTMLParser):
    """Collects what does something in a page when it is opened, or asks for something."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attributes):
        if tag in (
            "script",
            "iframe",
            "form",
            "meta",
            "base",
            "link",
            "style",
            "object",
            "embed",
            "svg",
            "math",
        ):
            self.found.append(tag)
        for name, value in attributes:
            address = name in ("href", "src", "action", "data", "srcset", "background")
            if address and (not PASSIVE.match(value or "") or (tag == "img" and "//" in value[:9])):
                self.found.append(f"{tag} {name}={value}")
            if name.startswith("on") or (name == "style" and re.search("url|position|expression", value)):
                self.found.append(f"{tag} {name}={value}")


def acting(html):
    parser = Acting()
    parser.feed(html)
    return parser.found


def page(*cells):
    """The page, as nbgrader's generate_feedback has it made."""
    from nbgrader.converters import GenerateFeedback

    config = GenerateFeedback().config
    nbgrader = {"notebook": "x", "score": 1.0, "max_score": 2.0, "late_penalty": 0.0}
    notebook = new_notebook()
    notebook.cells = list(cells)  # not validated, as what a student's editor writes is not
    html, _ = FeedbackExporter(config=config).from_notebook_node(
        notebook, resources={"nbgrader": nbgrader, "metadata": {"name": "x"}}
    )
    return html


def body(html):
    return html.partition("<body>")[2]


@pytest.mark.parametrize("evil", ACTING)
def test_markdown_and_outputs_cannot_act(evil):
    output = new_output(
        "display_data", data={"text/html": evil, "text/markdown": evil, "image/svg+xml": evil}
    )
    stream = new_output("stream", text=evil)
    code = new_code_cell(evil, outputs=[output, stream])
    code.metadata = NotebookNode(tags=[f'"{evil}'])  # nbformat would not have it, a student's editor would
    html = body(page(new_markdown_cell(f"Before {evil}\n\nafter"), code, new_raw_cell(evil)))
    assert acting(html) == [] and "Before" in html


def test_a_script_cannot_run_even_if_one_got_through():
    html = page(new_markdown_cell("x"))
    (policy,) = [tag for tag in re.findall(r"<meta[^>]*>", html) if "Content-Security-Policy" in tag]
    assert "default-src 'none'" in policy and "script-src" not in policy
    assert "<script" not in html and "cdnjs" not in html


def test_the_test_would_see_what_acts():
    assert [evil for evil in ACTING if not evil.startswith(("[", "!", "<!--")) and not acting(evil)] == []


def test_what_shows_stays():
    text = "# T\n\n**b** `c` [d](https://pytorch.org)\n\n| a |\n|---|\n| 1 |\n\n- x\n\n"
    text += "<span style='color: red'>r</span>"
    html = body(page(new_markdown_cell(text)))
    for part in (
        "<strong>b</strong>",
        "<code>c</code>",
        'href="https://pytorch.org"',
        "<td>1</td>",
        "<li>x</li>",
    ):
        assert part in html
    assert 'style="color: red;"' in html


def graded(id, text, kind=new_code_cell, **role):
    roles = {"grade": False, "solution": False, "locked": False, "task": False, "schema_version": 3, **role}
    return kind(text, metadata={"nbgrader": {"grade_id": id, **roles}})


def test_the_list_at_the_top_names_the_exercises():
    html = page(
        graded("rows_statement", "### Exercise 1 · Rows <b> of A\n\ntext", new_markdown_cell, locked=True),
        graded("rows", "check(rows)", grade=True, locked=True, points=2),
        graded("why_statement", "### Exercise 2 · In your own words", new_markdown_cell, locked=True),
        graded("why", "my words [Test cell](#rows)", new_markdown_cell, grade=True, solution=True, points=3),
        graded("own", "assert True", grade=True, points=1),  # an instructor's, without a heading
    )
    listed = html.partition('<div id="toc">')[2].partition("</ol>")[0]
    assert re.findall(r'<a href="#(\w+)">(.*?)</a> \(Score', listed) == [
        ("rows", "Exercise 1 · Rows &lt;b&gt; of A"),
        ("why", "Exercise 2 · In your own words"),
        ("own", "own"),
    ]


def test_the_judges_panel_looks_as_in_the_notebook():
    parts = (Part("rows", True), Part("mask", False, summary="It is `upside` down."))
    verdict = Verdict(
        "attention", "Attention", 3, 6, Status.WRONG, parts, mistake="The mask is *upside* down."
    )
    html = panel.html(verdict, graded=True)
    for element in set(re.findall(r"<(\w+)", html)):
        assert f"<{element}" in clean(html)
    styles = re.findall(r"([\w-]+)\s*:", " ".join(re.findall(r'style="([^"]*)"', html)))
    assert set(styles) <= set(
        re.findall(r"([\w-]+)\s*:", " ".join(re.findall(r'style="([^"]*)"', clean(html))))
    )


@pytest.mark.parametrize("bad", ['"><script>boom()</script>', "not base64!", ["A", '"onload=boom()']])
def test_a_picture_is_base64_or_nothing(bad):
    cell = new_code_cell("", outputs=[new_output("display_data", data={"image/png": bad})])
    assert harmless(new_notebook(cells=[cell])).cells[0].outputs[0].data == {}


@pytest.mark.parametrize("attachments", [{}, {"x.png": {}}, {"x.png": {"image/png": '">'}}])
def test_a_picture_that_is_not_attached_is_left_out(attachments):
    cell = new_markdown_cell("before ![x](attachment:x.png) after")
    cell["attachments"] = NotebookNode(attachments)
    html = body(page(cell))
    assert "before" in html and "after" in html and acting(html) == []


def test_hidden_tests_are_not_told():
    source = (
        "assert f(1) == 1\n### BEGIN HIDDEN TESTS\nassert f(7919) == 49\n### END HIDDEN TESTS\nassert f(2)"
    )
    about = {"grade_id": "t", "grade": True, "locked": True, "solution": False, "points": 1, "score": 0}
    error = new_output(
        "error", ename="AssertionError", evalue="7919", traceback=["---> assert f(7919) == 49"]
    )
    html = page(new_code_cell(source, metadata={"nbgrader": about}, outputs=[error]))
    assert "7919" not in html and "hidden tests are here" in html
    assert "a hidden test failed" in html and "AssertionError" in html


def test_an_open_ended_hidden_region_hides_the_rest():
    cell = harmless(new_notebook(cells=[new_code_cell("a = 1\n# BEGIN HIDDEN TESTS\nassert secret")])).cells[
        0
    ]
    assert "secret" not in cell.source and cell.source.startswith("a = 1")


def test_the_verdict_for_programs_is_not_on_the_page_and_the_notebook_is_left_alone():
    data = {"text/html": "<b>Right</b>", MIME: {"status": "right", "exercise": "zebra"}}
    notebook = new_notebook(cells=[new_code_cell("", outputs=[new_output("display_data", data=data)])])
    before = nbformat.writes(notebook)
    assert MIME not in harmless(notebook).cells[0].outputs[0].data
    assert nbformat.writes(notebook) == before


@pytest.mark.parametrize("id", ['"><script>boom()</script>', "a b", "", None, 3.5])
def test_a_forged_grade_id_is_dropped_unless_it_is_a_name(id):
    cell = new_markdown_cell("x", metadata={"nbgrader": {"grade_id": id, "solution": True}})
    assert harmless(new_notebook(cells=[cell])).cells[0].metadata == {}


def test_nbgrader_is_told_to_use_it():
    from nbgrader.converters import GenerateFeedback
    from traitlets.config import Config

    assert GenerateFeedback(config=configure_feedback(Config())).exporter_class is FeedbackExporter


def test_the_zip_for_moodle_has_a_folder_for_each_participant(tmp_path):
    with zipfile.ZipFile(tmp_path / "class.zip", "w") as handed_in:
        handed_in.writestr("Zoë Müller_11_assignsubmission_file_/x.ipynb", "{}")
        handed_in.writestr("Kim Lee_12_assignsubmission_file_/x.ipynb", "{}")
    collect(tmp_path, "week1", tmp_path / "class.zip")
    place = tmp_path / "feedback/Zoë_Müller_11/week1/week1.html"
    place.parent.mkdir(parents=True)
    place.write_text("the page")
    out = tmp_path / "back.zip"
    assert pack_for_moodle(tmp_path, "week1", out) == 1
    with zipfile.ZipFile(out) as back:
        assert back.namelist() == ["Zoë Müller_11_assignfeedback_file_/week1.html"]
        assert back.read(back.namelist()[0]) == b"the page"
    with pytest.raises(CourseError, match="is there already"):
        pack_for_moodle(tmp_path, "week1", out)
    with pytest.raises(CourseError, match="was collected from Moodle"):
        pack_for_moodle(tmp_path, "week2", tmp_path / "other.zip")


# -- formulas


@pytest.mark.parametrize(
    "tex",
    [
        r"QK^\top",
        r"\text{Attention}(Q, K, V) = \text{softmax}\!\left(\frac{QK^\top}{\sqrt d}\right) V",
        r"\alpha_j = \frac{e^{\text{affinity}_j}}{\sum_i e^{\text{affinity}_i}}",
        r"\frac12 \mathbb{R}^{L \times d}",
        r"\tfrac1B \dfrac ab \mathbb E_{s \sim p}\big[\textstyle\sum p \log p\Big]",
    ],
)
def test_formulas_of_the_lessons_are_drawn(tex):
    html = formula(tex)
    assert html.startswith("<img") and "data:image/svg+xml;base64," in html
    assert clean(html).count("data:image/svg+xml") == 1  # and stay when the page is cleaned


def test_every_formula_of_the_lessons_is_drawn(root):
    told = [
        cell.source
        for lesson in sorted(root.glob("lessons/*/*.ipynb"))
        for cell in nbformat.read(lesson, as_version=4).cells
        if cell.cell_type == "markdown" and "$" in cell.source
    ]
    shown = [rendered(source) for source in told]
    assert sum(html.count("data:image/svg+xml") for html in shown) >= 15
    assert [html for html in shown if re.search(r"<code style=[^>]*>\$", html)] == []


@pytest.mark.parametrize(
    "tex", [r"\begin{aligned} a &= b \end{aligned}", "x" * 1000, r"\frac{", r"\nosuch{a}"]
)
def test_a_formula_that_cannot_be_drawn_stays_readable(tex):
    assert formula(tex).startswith("<code") and tex.split(" ")[0].replace("&", "&amp;") in formula(tex)


def test_formulas_in_a_cell():
    html = body(page(new_markdown_cell(r"So $x^2$ and $$\sqrt{d}$$ and $<img src=x onerror=boom()>$.")))
    assert html.count("data:image/svg+xml") >= 2 and acting(html) == []


# -- the formgrader ----------------------------------------------------------------------------------------


def test_the_formgrader_shows_cells_without_a_website():
    """Its own exporter, with our configuration: formulas drawn, an attachment that is missing left out."""
    extension = FormgradeExtension()
    config = extension.build_extra_config()
    config.merge(configure(Config()))
    told = "Since $a^2$: ![mine](attachment:mine.png)<script>boom()</script>"
    own = new_notebook(cells=[new_markdown_cell(told)])
    page, _ = HTMLExporter(config=config).from_notebook_node(own, {"base_url": "", "index": 0, "total": 1})
    assert 'alt="a^2" src="data:image/svg+xml' in page
    assert "mine.png" not in page and "boom()" not in page
    asked = re.findall(r"""<(?:script|link|img)\b[^>]*(?:src|href)="([^"]+)""", page)
    assert asked and not [place for place in asked if re.match(r"(\w+:)?//", place)], "its own server alone"
    assert "window.MathJax" in page, "which the page's script waits for"


# -- given back through nbgrader's exchange ------------------------------------------------------------------


def test_who_handed_in_elsewhere_does_not_stop_the_release(tmp_path):
    """nbgrader opens a time and a secret of everybody: here one has neither, and one has both."""
    _complete_for_release(tmp_path)
    assert (tmp_path / "timestamp.txt").read_text() == ""
    secret = (tmp_path / "submission_secret.txt").read_text()
    assert len(secret) == 64
    (tmp_path / "timestamp.txt").write_text("2026-11-22 13:00:00 UTC")
    _complete_for_release(tmp_path)
    assert (tmp_path / "timestamp.txt").read_text() == "2026-11-22 13:00:00 UTC"
    assert (tmp_path / "submission_secret.txt").read_text() == secret
