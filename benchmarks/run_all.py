"""The whole course, lesson after lesson, with *Run All* on the full notebooks.

    nice python -m benchmarks.run_all [LESSON …] [--write]

Each solved notebook runs in a kernel of its own, from its first cell to its last, with one thread for its
numerics and the answers of the lessons before it, as a reader has who passed them all. Told are seconds of
processor of the kernel and what it started, those by the clock on the wall, the most memory that the kernel
held (VmHWM), and the cells that ended with a traceback. What is measured is kept in
benchmarks/results/run-all.json behind each lesson, with the load of the machine while it ran.
"""

import argparse
import json
import os
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psutil
import torch
from nbclient import NotebookClient

from benchmarks.timing import machine
from course.whole_files import replacing
from grader.building.instructor import instructor_notebook
from grader.building.lesson import Lesson, find_lessons

ROOT = Path(__file__).resolve().parents[1]
KEPT = Path(__file__).resolve().parent / "results" / "run-all.json"
MOST = 1800  # seconds for one cell, on a machine that others use too


def opened(lesson: Lesson, folder: Path) -> dict[str, Any]:
    """What *Run All* of a lesson's full notebook takes, in a folder where answers that pass are kept."""
    notebook = instructor_notebook(lesson)
    notebook.metadata.kernelspec.name = "python3"
    client = NotebookClient(notebook, timeout=MOST, allow_errors=True)
    place = folder / lesson.name
    place.mkdir()
    began, failed, highest = time.monotonic(), [], 0.0
    with client.setup_kernel(cwd=str(place)):
        kernel = psutil.Process(client.km.provisioner.pid)
        for number, cell in enumerate(notebook.cells):
            client.execute_cell(cell, number)
            if any(output.output_type == "error" for output in cell.get("outputs", ())):
                failed.append(cell.id)
            highest = max(highest, os.getloadavg()[0])
        seconds, memory = sum(kernel.cpu_times()[:4]), _highest_memory(kernel.pid)
    return {
        "cells": sum(cell.cell_type == "code" for cell in notebook.cells),
        "wall": round(time.monotonic() - began, 1),
        "processor": round(seconds, 1),
        "MiB": round(memory / 1024),
        "failed": failed,
        "load": round(highest, 1),
    }


def _highest_memory(pid: int) -> int:
    """The most that a process has held, in KiB."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    return int(status.partition("VmHWM:")[2].split()[0])


def page(found: dict[str, dict[str, Any]]) -> str:
    """The table."""
    lines = [
        "# The whole course with *Run All*",
        "",
        "`nice python -m benchmarks.run_all --write`; the full notebooks, one kernel a lesson, one thread "
        "each. The wall's clock hangs on what else the machine does: the highest load while a lesson ran "
        f"stands beside it, and the machine has {os.cpu_count()} cores. {machine(torch.device('cpu'))}",
        "",
        "| lesson | cells | seconds of processor | by the wall | most memory, MiB | tracebacks | load |",
        "|:--|--:|--:|--:|--:|--:|--:|",
    ]
    for name, one in found.items():
        failed = ", ".join(one["failed"]) or "none"
        row = (name, one["cells"], f"{one['processor']:.0f}", f"{one['wall']:.0f}", one["MiB"], failed)
        lines.append(f"| {' | '.join(map(str, row))} | {one['load']:.1f} |")
    total = {what: sum(one[what] for one in found.values()) / 60 for what in ("processor", "wall")}
    lines += [
        "",
        f"Together {total['processor']:.1f} minutes of processor, {total['wall']:.1f} by the wall; the most "
        f"memory that one kernel held, {max(one['MiB'] for one in found.values()):,} MiB.",
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("lessons", nargs="*", help="by name; those not yet measured, if none is given")
    parser.add_argument("--write", action="store_true", help="write the table beside the numbers")
    asked = parser.parse_args()
    os.environ["OMP_NUM_THREADS"] = "1"
    found = json.loads(KEPT.read_text(encoding="utf-8")) if KEPT.is_file() else {}
    with TemporaryDirectory() as folder:
        os.environ["COURSE_ANSWERS"] = str(Path(folder, "my_answers"))
        for lesson in find_lessons(ROOT):
            if lesson.name in asked.lessons or not (asked.lessons or lesson.name in found):
                found[lesson.name] = opened(lesson, Path(folder))
                print(lesson.name, found[lesson.name], flush=True)
                with replacing(KEPT) as growing:
                    growing.write_text(json.dumps(dict(sorted(found.items())), indent=1) + "\n")
    print(page(found))
    if asked.write:
        KEPT.with_suffix(".md").write_text(page(dict(sorted(found.items()))), encoding="utf-8")


if __name__ == "__main__":
    main()
