"""What benchmarks share that train once for each seed, and go on where they were broken off."""

import argparse
import json
import statistics
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from course.whole_files import replacing

Found = dict[str, list[Any]]  # what was measured, by name: one result for each seed


def keep(found: Found, file: Path) -> None:
    """Write all results, a line for each name, so that a run that is broken off loses none."""
    lines = (
        f"{json.dumps(name, ensure_ascii=False)}: {json.dumps(runs, ensure_ascii=False)}"
        for name, runs in found.items()
    )
    with replacing(file) as growing:
        growing.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def told(runs: list[float], scale: float = 1.0) -> str:
    """Mean ± standard deviation of the runs, each times `scale`."""
    return f"{scale * statistics.fmean(runs):.1f} ± {scale * statistics.stdev(runs):.1f}"


def go_on(about: str, file: Path, run: Callable[[Found, int], None], page: Callable[[Found], str]) -> None:
    """The command line: measure what is missing in `file`, print the page, and with --write put it beside."""
    parser = argparse.ArgumentParser(description=about.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--write", action="store_true", help="write the table beside the numbers")
    asked = parser.parse_args()
    torch.set_num_threads(1)
    found: Found = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    run(found, asked.seeds)
    print(page(found))
    if asked.write:
        file.with_suffix(".md").write_text(page(found), encoding="utf-8")
