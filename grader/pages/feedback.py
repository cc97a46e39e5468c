"""Feedback pages that cannot act, ask the network, or tell what is hidden.

`FeedbackExporter` stands in nbgrader's ``generate_feedback`` where nbconvert's HTMLExporter does, with
nbgrader's own template. What differs from the stock page: a student's Markdown and every output pass through
an allow-list (a script in one would run in the page that an instructor opens); a content security policy
forbids scripts and all requests, should anything get through; formulas need no MathJax from a website; and
hidden tests, which autograding puts back into the notebook, are taken out again. The list at the top calls
each exercise by its heading, where nbgrader's says "Test cell" sixteen times.
"""

from __future__ import annotations

import re
import secrets
import zipfile
from copy import deepcopy
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import Any

import bleach  # type: ignore[import-untyped]
from bleach.css_sanitizer import CSSSanitizer  # type: ignore[import-untyped]
from jinja2 import DictLoader, pass_context
from nbconvert.exporters import HTMLExporter, TemplateExporter
from nbconvert.filters import Highlight2HTML
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat import NotebookNode
from traitlets.config import Config

from course.whole_files import replacing
from grader.course_folder import CourseError, configuration
from grader.intake.arrivals import read_arrivals
from grader.intake.sorting import TIMESTAMP
from grader.pages.formulas import formula

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
# nbgrader's template calls the macro `mathjax` in the head of the page; this is what it gets.
HEAD = f"""{{%- macro mathjax(url="") -%}}
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<meta name="referrer" content="no-referrer">
{{%- endmacro -%}}"""

_TAGS = (
    "a abbr b blockquote br caption code dd del details div dl dt em h1 h2 h3 h4 h5 h6 hr i img li mark ol p "
    "pre s small span strong sub summary sup table tbody td tfoot th thead tr u ul"
)
_STYLES = (
    "background-color border border-left border-radius color display font-size font-style font-weight gap "
    "justify-content line-height list-style margin max-width opacity padding padding-left text-align "
    "vertical-align white-space"
)
TAGS = frozenset(_TAGS.split())
STYLES = CSSSanitizer(allowed_css_properties=_STYLES.split())
# No class: the page's own classes could make a student's text look like a grade.
PLAIN = {"title", "alt", "align", "colspan", "rowspan", "role", "aria-label", "style", "start"}
PICTURE = re.compile(r"data:image/(png|jpeg|gif|svg\+xml);base64,[A-Za-z0-9+/=\s]+\Z")
LINK = re.compile(r"(https?://|mailto:|#)", re.IGNORECASE)
BASE64 = re.compile(r"[A-Za-z0-9+/=\s]*\Z")
SHOWN = ("text/html", "text/plain", "image/png", "image/jpeg")
HIDDEN = re.compile(r"^[^\n]*BEGIN HIDDEN TESTS.*?(?:END HIDDEN TESTS[^\n]*|\Z)", re.MULTILINE | re.DOTALL)
NO_TEXT = re.compile(r"<img\b(?![^>]*\balt=)")
CELLS = 4096  # kept: most of a page is the lesson's, and the same for everybody
NOT_SHOWN = "# hidden tests are here"
STATEMENT = "_statement"  # how the id of the cell ends that tells what an exercise asks
HEADING = re.compile(r"#+ +(.+)")  # of an exercise's statement
LISTED = re.compile(  # in nbgrader's list of what was graded
    r'(<li><a href="#([\w.+-]+)">)(?:Test cell|Coding free-response|Written response|Task)(?=</a> \(Score)'
)


class FeedbackExporter(HTMLExporter):
    """A notebook as a page of feedback."""

    def __init__(self, config: Any = None, **other: Any) -> None:
        super().__init__(config, extra_loaders=[DictLoader({"mathjax.html.j2": HEAD})], **other)

    def from_notebook_node(  # type: ignore[override]
        self, nb: NotebookNode, resources: Any = None, **other: Any
    ) -> tuple[str, dict[str, Any]]:
        """As HTMLExporter has it, but without reading the whole page again to give pictures a text.

        Returns:
            The page, and nbconvert's resources.
        """
        resources = self._init_resources(resources)
        self.register_filter("highlight_code", lambda source, **_: coloured(source))
        page, resources = TemplateExporter.from_notebook_node(self, harmless(nb), resources, **other)
        return with_titles(NO_TEXT.sub('<img alt="a figure"', page), nb), resources

    @pass_context
    def markdown2html(self, context: Any, source: str) -> str:
        """A cell, or a grader's comment."""
        return cell_or_comment(context, source)


class _Renderer(IPythonRenderer):
    """nbconvert's, with formulas drawn, and without an error where an attached picture is missing."""

    def _embed_image_or_attachment(self, src: str) -> str:
        is_missing = src.startswith("attachment:") and not self.attachments.get(src.partition(":")[2])
        return "" if is_missing else str(super()._embed_image_or_attachment(src))

    def inline_math(self, body: str) -> str:
        return formula(body)

    def block_math(self, body: str) -> str:
        return formula(body, display=True)

    def latex_environment(self, name: str, body: str) -> str:
        return formula(
            body if name.startswith("equation") else rf"\begin{{{name}}}{body}\end{{{name}}}", True
        )


@pass_context
def cell_or_comment(context: Any, source: str) -> str:
    """Markdown as HTML that needs no network; the formgrader shows cells by it, too (`grader.configure`)."""
    attachments = context.get("cell", {}).get("attachments", {})
    return _rendered(source, attachments) if attachments else rendered(source)


def _rendered(source: str, attachments: dict[str, Any]) -> str:
    renderer = _Renderer(escape=False, attachments=attachments, exclude_anchor_links=True)
    return clean(MarkdownWithMath(renderer=renderer).render(source))


@lru_cache(CELLS)
def rendered(source: str) -> str:
    """Markdown as HTML."""
    return _rendered(source, {})


@lru_cache(CELLS)
def coloured(source: str) -> str:
    """Python as HTML."""
    return str(Highlight2HTML(pygments_lexer="python")(source))


def clean(html: str) -> str:
    """The part of some HTML that shows something and does nothing."""
    html = re.sub(r"(?is)<(script|style)\b.*?(</\1\s*>|\Z)", "", html)  # their text is not for readers
    return bleach.clean(
        html,
        tags=TAGS,
        attributes=_allowed,
        protocols=["http", "https", "mailto", "data"],
        css_sanitizer=STYLES,
        strip=True,
    )


def _allowed(tag: str, name: str, value: str) -> bool:
    if tag == "img" and name == "src":
        return bool(PICTURE.match(value))
    if tag == "a" and name == "href":
        return bool(LINK.match(value.strip()))
    return name in PLAIN or (tag == "img" and name in ("width", "height") and value.isdigit())


def with_titles(page: str, notebook: NotebookNode) -> str:
    """The page, whose list at the top names the exercises; one without a heading goes by its id."""
    titles = {}
    for cell in notebook.cells:
        known = _roles(cell.metadata.get("nbgrader")).get("nbgrader", {"grade_id": ""})
        heading = HEADING.match(cell.source)
        if heading and known["grade_id"].endswith(STATEMENT):
            titles[known["grade_id"].removesuffix(STATEMENT)] = escape(heading[1].strip())
    return LISTED.sub(lambda found: found[1] + titles.get(found[2], found[2]), page)


def harmless(notebook: NotebookNode) -> NotebookNode:
    """A copy without hidden tests, and with only such outputs and metadata as show something."""
    notebook = deepcopy(notebook)
    notebook.metadata = {"language_info": {"name": "python"}}
    for cell in notebook.cells:
        cell.metadata = _roles(cell.metadata.get("nbgrader"))
        hid = _hide_tests(cell)
        for output in cell.get("outputs", ()):
            output.pop("metadata", None)
            if output.output_type in ("display_data", "execute_result"):
                output["metadata"] = {}
            if output.output_type == "error" and hid:
                output.update(evalue="", traceback=[f"{output.ename}: a hidden test failed"])
            _keep_what_shows(output.get("data", {}))
        if cell.cell_type == "raw":
            cell.source = ""  # raw HTML would go into the page as it is
        for kinds in cell.get("attachments", {}).values():
            _keep_what_shows(kinds)
    return notebook


def _roles(known: Any) -> NotebookNode:
    """nbgrader's metadata, as far as the template uses it; it puts the id into the page unescaped.

    Points come from the gradebook, afterwards.
    """
    id = known.get("grade_id") if isinstance(known, dict) else None
    if not isinstance(id, str) or not re.fullmatch(r"[\w.+-]+", id):
        return NotebookNode()
    roles = {role: known.get(role) is True for role in ("grade", "solution", "locked", "task")}
    return NotebookNode(nbgrader=NotebookNode(grade_id=id, score=0.0, points=0.0, **roles))


def _hide_tests(cell: NotebookNode) -> bool:
    if "BEGIN HIDDEN TESTS" not in cell.source:
        return False
    cell.source = HIDDEN.sub(NOT_SHOWN, cell.source)
    return True


def _keep_what_shows(data: dict[str, Any]) -> None:
    for kind in list(data):
        text = "".join(data[kind]) if isinstance(data[kind], list) else data[kind]
        is_picture = kind.startswith("image/")
        if kind not in SHOWN or not isinstance(text, str) or (is_picture and not BASE64.match(text)):
            del data[kind]
        elif kind == "text/html":
            data[kind] = clean(text)


# -- the command ------------------------------------------------------------------------------------------


def configure_feedback(config: Config) -> Config:
    """Have nbgrader's ``generate_feedback`` write these pages, also when the formgrader calls it."""
    config.GenerateFeedback.exporter_class = "grader.pages.feedback.FeedbackExporter"
    return config


def generate(root: Path, lesson: str, student: str | None = None) -> list[str]:
    """Write the feedback of everybody who has been graded, or of one student; return who got some.

    Raises:
        CourseError: nobody has been graded, or nbgrader failed for somebody.
    """
    from nbgrader.apps import NbGraderAPI  # nbgrader is slow to load

    graded = sorted(place.parent.parent.name for place in root.glob(f"autograded/*/{lesson}/{lesson}.ipynb"))
    if student is not None:
        graded = [name for name in graded if name == student]
    if not graded:
        who = f"{student}'s work on {lesson}" if student else f"any work on {lesson}"
        raise CourseError(f"Nobody has graded {who} yet: run `grader autograde {lesson}` first.")
    result = NbGraderAPI(config=configure_feedback(configuration(root))).generate_feedback(lesson, student)
    missing = [
        name for name in graded if not (root / "feedback" / name / lesson / f"{lesson}.html").is_file()
    ]
    if missing or not result["success"]:
        said = (result.get("error") or result.get("log") or "").strip().splitlines()
        raise CourseError(
            f"No feedback for {', '.join(missing[:5]) or lesson}: {said[-1] if said else 'no reason'}"
        )
    for name in graded:
        _complete_for_release(root / "feedback" / name / lesson)
    return graded


def _complete_for_release(folder: Path) -> None:
    """Have both files there that nbgrader's ``release_feedback`` opens for everybody.

    Who handed in outside its exchange has no secret, and maybe no time: one that nobody knows releases a
    page that nobody fetches, and the others get theirs.
    """
    (folder / TIMESTAMP).touch()
    if not (folder / "submission_secret.txt").exists():
        (folder / "submission_secret.txt").write_text(secrets.token_hex(), encoding="utf-8")


def pack_for_moodle(root: Path, lesson: str, out: Path, force: bool = False) -> int:
    """The pages in the zip that Moodle's "Upload multiple feedback files in a zip" reads; how many there are.

    Moodle finds the participant by the number in the folder's name, which `grader collect` has kept.

    Raises:
        CourseError: nobody was collected from Moodle, or the file is there and may not be replaced.
    """
    if out.exists() and not force:
        raise CourseError(f"{out} is there already: give another file, or --force to replace it.")
    pages = {
        f"{arrival.name.replace('_', ' ')}_{arrival.lms_id}_assignfeedback_file_/{lesson}.html": page
        for arrival in read_arrivals(root, lesson)
        if arrival.system == "moodle"
        and arrival.lms_id  # whose work a partner has handed in may have none
        and (page := root / "feedback" / arrival.student / lesson / f"{lesson}.html").is_file()
    }
    if not pages:
        raise CourseError(
            f"Nobody who has feedback on {lesson} was collected from Moodle: the pages are in feedback/."
        )
    with replacing(out) as growing, zipfile.ZipFile(growing, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, page in pages.items():
            packed.write(page, name)
    return len(pages)
