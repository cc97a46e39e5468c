"""What hostile and broken submissions achieve: against this grader, and against plain nbgrader.

Run from the repository's root: ``python -m benchmarks.hostile [--plain N] [--write] [--only WORD]``. The
submissions are those of ``tests/hostile``; each is graded with an honest one beside it. With ``--plain N``
every N-th is also given to ``nbgrader autograde``, locked in a container, with the same exercises and hidden
tests. ``--write`` puts the table into ``benchmarks/results/hostile.md``.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT)]

from hostile.cases import CASES  # noqa: E402
from hostile.ours import Hostiles, Outcome  # noqa: E402
from hostile.plain import Plain  # noqa: E402

from grader.sandbox.confinement import require  # noqa: E402

RESULT = ROOT / "benchmarks" / "results" / "hostile.md"
HOLDS, NOT_TRIED = "holds", "not tried"


def said(outcome: Outcome) -> str:
    """What came of a case with us, in a few words."""
    found = list(outcome.trouble)
    if outcome.gained:
        found.append(f"{outcome.gained:g} points gained")
    if outcome.lost and not outcome.may_spoil:
        found.append(f"{outcome.lost:g} honest points lost")
    if outcome.points is None and outcome.deserved is not None and not outcome.may_spoil:
        found.append(f"not gradable ({outcome.ended})")
    if outcome.points is not None and outcome.deserved is None:
        found.append("is given a score")
    if found:
        return "; ".join(found)
    return "not gradable, with the reason" if outcome.points is None else HOLDS


def table(outcomes: Sequence[Outcome], plain: dict[str, str]) -> list[str]:
    """Lines of Markdown: a table for each family, and above them how many hold."""
    ours = sum(outcome.holds for outcome in outcomes)
    lines = [f"- This grader: {ours} of {len(outcomes)} come out as they should."]
    if plain:
        tried = [words for words in plain.values() if not words.startswith(NOT_TRIED)]
        held = sum(words == HOLDS for words in tried)
        gained = sum("points gained" in words for words in tried)
        untried, left_out = len(plain) - len(tried), len(outcomes) - len(plain)
        words = f"- Plain nbgrader: {held} of the {len(tried)} that it was given do; {gained} gain points."
        words += f" {untried} were not tried, as they would fill the machine." if untried else ""
        words += f" {left_out} were left out, as each takes up to a minute (—)." if left_out else ""
        lines.append(words)
    for family in dict.fromkeys(outcome.case.family for outcome in outcomes):
        lines += ["", f"## {family[0].upper()}{family[1:]}", ""]
        lines += ["| what it tries | this grader |" + (" plain nbgrader |" if plain else "")]
        lines += ["|---|---|" + ("---|" if plain else "")]
        for outcome in outcomes:
            if outcome.case.family == family:
                cells = [
                    outcome.case.tries,
                    said(outcome),
                    *([plain.get(outcome.case.name, "—")] if plain else []),
                ]
                lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return lines


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--plain", type=int, metavar="N", help="plain nbgrader too, for every N-th case")
    words.add_argument("--write", action="store_true", help=f"write {RESULT.relative_to(ROOT)}")
    words.add_argument("--only", default="", help="cases with this in their name")
    chosen = words.parse_args()
    require()
    cases = [case for case in CASES if chosen.only in case.name]
    with tempfile.TemporaryDirectory() as folder:
        with Hostiles(Path(folder)) as hostiles:
            outcomes = hostiles.grade(cases)
        plain = Plain(Path(folder, "plain")).grade(cases[:: chosen.plain]) if chosen.plain else {}
    told = table(outcomes, plain)
    print("\n".join(told))
    if chosen.write:
        head = [f"# {len(cases)} hostile and broken submissions", "", __doc__.split("\n\n")[1].strip(), ""]
        head += [f"Measured on {date.today():%d %B %Y}.", ""]
        RESULT.write_text("\n".join([*head, *told]) + "\n")


if __name__ == "__main__":
    main()
