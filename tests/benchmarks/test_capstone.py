"""The benchmark of the capstone's class: its table, and what the handbook says of it."""

import json
from pathlib import Path

from benchmarks.capstone import KEPT, answers, page

ROOT = Path(__file__).resolve().parents[2]


def test_a_row_of_the_table_is_points_and_seconds():
    one = {"points": 10.0, "said": "", "answer": 3.0, "judge": 1.0}
    found = {story: [one, one | {"points": 5.93}] for story in answers()}
    row = next(line for line in page(found).splitlines() if line.startswith("| one class"))
    assert row == "| one class for everything | 10 · 5.93 | 3.0 ± 0.0 | 1.0 ± 0.0 |  |"
    assert "in equal parts: 7 minutes of two cores; graded anew where the answers are kept, 2." in page(found)


def test_the_handbook_tells_the_points_that_were_measured():
    handbook = (ROOT / "docs" / "teachers.md").read_text(encoding="utf-8")
    for story, runs in json.loads(KEPT.read_text(encoding="utf-8")).items():
        points = " · ".join(f"{one['points']:.3g}" for one in runs)
        assert f" | {points} | " in next(row for row in handbook.splitlines() if f"| {story} |" in row)
