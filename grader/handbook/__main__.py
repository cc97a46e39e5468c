"""`python -m grader.handbook [--check]`: write the pages that are worked out, or say which are stale."""

from __future__ import annotations

import sys
from pathlib import Path

from grader.handbook import mistakes, papers, plan

PAPERS, MISTAKES, TEACHERS = (
    Path("docs") / f"{name}.md" for name in ("papers", "misconceptions", "teachers")
)


def pages(root: Path) -> dict[Path, str]:
    """What each page is to hold, by its path below the root."""
    return {
        PAPERS: papers.page(root),
        MISTAKES: mistakes.page(),
        TEACHERS: plan.page(root, root / TEACHERS),
    }


def stale(root: Path) -> list[Path]:
    """The pages that hold something else."""
    made = pages(root).items()
    return [path for path, text in made if not (root / path).is_file() or (root / path).read_text() != text]


def main(words: list[str]) -> int:
    """Write, or with --check tell what would be written; the exit status."""
    root = Path.cwd()
    found = stale(root)
    if "--check" in words:
        for path in found:
            print(f"{path} is not what the course says now: run `python -m grader.handbook`.")
        return int(bool(found))
    for path, text in pages(root).items():
        if path in found:
            (root / path).write_text(text, encoding="utf-8")
        print(f"{path}: {'written' if path in found else 'up to date'}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
