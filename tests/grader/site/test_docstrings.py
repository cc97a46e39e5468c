"""Docstrings of the library as Sphinx reads them: nothing in them is taken for what it is not."""

import ast
from pathlib import Path

import pytest
from docutils.core import publish_doctree
from docutils.nodes import literal_block, system_message

from grader.site.docstrings import as_rst

ROOT = Path(__file__).resolve().parents[3]


def read(text):
    return publish_doctree(text, settings_overrides={"report_level": 5, "file_insertion_enabled": False})


def docstrings(path):
    """Every docstring of a file, with its place."""
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, documented) and (text := ast.get_docstring(node)):
            yield f"{path.relative_to(ROOT)}: {getattr(node, 'name', 'module')}", text


def test_no_docstring_of_the_library_is_misread():
    wrong, seen = {}, 0
    for path in sorted((ROOT / "course").rglob("*.py")):
        for place, text in docstrings(path):
            seen += 1
            if messages := [m.astext() for m in read(as_rst(text)).findall(system_message)]:
                wrong[place] = messages
    assert wrong == {} and seen > 1000


def test_a_docstring_that_is_misread_is_found():
    assert list(read("*a star").findall(system_message))
    assert not list(read(as_rst("*a star, |x| and x_ of `a|b`s")).findall(system_message))


@pytest.mark.parametrize(
    ("text", "rst"),
    [
        ("x: (B, N) -> `f(x)`s", "x: (B, N) -\\> ``f(x)``\\ s"),
        ("the *sum*, not 2*L*d", "the *sum*, not 2\\*L\\*d"),
        ("from file://, see https://a.b/c_d", "from file\\://, see https://a.b/c\\_d"),
        ("Two\n- one\n  more\n- other", "Two\n\n- one\n  more\n\n- other"),
        ("So:\n\n    y = x_1", "So:\n\n::\n\n    y = x_1"),
    ],
)
def test_as_rst(text, rst):
    assert as_rst(text).strip() == rst


def test_a_formula_keeps_its_columns():
    (block,) = read(as_rst("What.\n\n    a = b     (1)\n      = c     (2)\n")).findall(literal_block)
    assert block.astext() == "a = b     (1)\n  = c     (2)"
