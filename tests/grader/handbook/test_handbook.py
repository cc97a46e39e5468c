"""The pages of docs/ that are worked out are what the course says now, and a gap in it is told."""

import re
from pathlib import Path

import pytest

from grader import catalogue
from grader.handbook import mistakes, papers, plan
from grader.handbook.__main__ import PAPERS, TEACHERS, main, pages, stale
from grader.handbook.papers import DECLARED, Undeclared, citations, declared

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def made():
    return pages(ROOT)


@pytest.fixture
def copied(tmp_path):
    """A course of one file and one lesson, with papers to declare."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "course").mkdir()
    (tmp_path / "course" / "new.py").write_text(
        '"""As Noether and Klein 1918 and (Weyl et al., 1929) say."""'
    )
    lesson = tmp_path / "solutions" / "01_small"
    lesson.mkdir(parents=True)
    (lesson / "01_small.py").write_text("# %% [markdown]\n# ## References\n#\n# - H. Weyl. *On\n# gauges.*\n")
    return tmp_path


def test_they_are_up_to_date(made):
    assert [path for path, text in made.items() if (ROOT / path).read_text(encoding="utf-8") != text] == []


def test_a_paper_leads_to_its_file_its_lesson_and_its_exercises(made):
    (row,) = (line for line in made[PAPERS].splitlines() if "*Masked autoencoders are scalable" in line)
    assert "[`ssl/mae.py`](../course/ssl/mae.py)" in row and "masked_table" not in row
    assert "[11](../lessons/11_masked/11_masked.ipynb)" in row and "`choose_visible`" in row
    two = [line for line in made[PAPERS].splitlines() if "Chen et al., ICML 2020" in line]
    assert ["simclr.py" in line for line in two] == ["pixel.py" not in line for line in two] and len(two) == 2


def test_every_paper_of_the_references_is_there(made):
    said = made[PAPERS].lower()
    for lesson in papers.find_lessons(ROOT):
        for title in re.findall(r"\*([^*]+?)\.?\*[^*]*?arXiv", papers.references(lesson)):
            assert any(paper.title.lower() in title.lower() for paper in declared(ROOT)), title
    assert said.count("\n| ") > 80


def test_citations_are_found_however_they_are_written(copied):
    assert citations(copied) == {
        "Noether and Klein 1918": ["course/new.py"],
        "Weyl et al. 1929": ["course/new.py"],
    }


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("", "no paper for what course/ cites: Noether and Klein 1918, Weyl et al. 1929"),
        ('["A"]\nwhere = "1930"\ncited = "Dirac 1930"', "no file of course/ cites Dirac 1930"),
        ('["A"]\nwhere = "1930"', "no file and no lesson has to do with 'A'"),
        (
            '["A"]\nwhere = "1929"\ncited = "Weyl et al. 1929"\nfiles = ["course/old.py"]',
            "old.py does not cite",
        ),
    ],
)
def test_a_gap_is_told(copied, written, said):
    known = '["B"]\nwhere = "1918"\ncited = "Noether and Klein 1918"\n["On gauges"]\nwhere = "1929"\n'
    known += 'cited = "Weyl et al. 1929"\n'
    (copied / DECLARED).write_text(f"{known if written else ''}{written}", encoding="utf-8")
    with pytest.raises(Undeclared, match=re.escape(said)):
        papers.page(copied)


def test_mistakes_are_the_authors(made):
    exercise = catalogue.find("attention")
    assert mistakes.told(exercise)[0] in "".join(made.values())
    assert mistakes.told(catalogue.find("which_layer"))  # choices have sentences, too
    assert all(f"## {lesson}\n" in mistakes.page() for lesson in catalogue.ids())


def test_needs_and_hours_are_the_lessons_own(made):
    text = "# **You need** lessons 02 to 04 (so), and 06. 09 is another matter.\n#\n"
    text += "# **Time** about two hours, half of it"
    assert plan.said(text) == (["02", "03", "04", "06"], "two hours")
    rows = made[TEACHERS].splitlines()
    (row,) = (line for line in rows if line.startswith("| [14_choose]"))
    assert "01, 05, 06, 08, 10" in row and "| 6 |" in row


def test_a_page_without_a_place_for_its_table(tmp_path):
    (tmp_path / "teachers.md").write_text("# Nothing\n")
    with pytest.raises(plan.NoSuchPlace, match="around its table, once each"):
        plan.page(ROOT, tmp_path / "teachers.md")


def test_check_tells_what_is_stale_and_writes_nothing(monkeypatch, capsys, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("grader.handbook.__main__.pages", lambda root: {Path("a.md"): "one\n"})
    assert main(["--check"]) == 1 and not any(tmp_path.iterdir())
    assert capsys.readouterr().out.startswith("a.md is not what the course says now")
    assert main([]) == 0 and (tmp_path / "a.md").read_text() == "one\n"
    assert main(["--check"]) == 0 and stale(tmp_path) == []
