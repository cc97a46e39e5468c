"""What grading takes beside the same at another commit: processor time of all processes, taking turns.

    python -m benchmarks.beside submission --beside ../before   # to the attention lesson
    python -m benchmarks.beside start --beside ../before        # a first worker, and one more
    python -m benchmarks.beside judge --beside ../before        # `grader judge`, `import torch`

``--beside`` is a work tree of the other commit (`git worktree add ../before COMMIT`). Each turn measures one
tree after the other, the next turn the other way round, so that a machine that slows down slows both: what
counts is the ratio. Seconds are those that a control group counts, of a command and all that it starts, the
sandbox's processes included: only for root on Linux.

Every figure is written to ``benchmarks/results/beside.json`` as it is measured, under both commits; a
run that was broken off goes on where it was, and ``--write`` keeps the table of all that is there.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from inspect import signature
from itertools import cycle
from pathlib import Path

from benchmarks.by_seed import Found, keep
from benchmarks.grading import LESSON, Account, hand_in_healthy, make_course

RESULTS = Path(__file__).parent / "results" / "beside.json"
HERE = Path(__file__).resolve().parents[1]
SECONDS_TO_SETTLE = 0.3  # in which what a kernel leaves behind ends
HEALTHY = 10  # different submissions; all trees get the same one in the same turn
JUDGED = ("attention", "leak", "layer_gflops", "test_attention_weights")
TORCH = "import torch"
ABOUT = """# Grading beside itself

`python -m benchmarks.beside WHAT --beside WORKTREE --write`: seconds of processor of all processes together,
at the commit before and after a change, taking turns; medians, and of the ratios turn by turn the median with
its quartiles. *A submission* is one to the attention lesson, graded by a worker that has graded before; *a
worker* is one process that grades, until it is ready, with the process that its kernels are forked from;
`judge NAME` is `grader judge NAME FILE` with the right answer. Measured on two cores of x86-64 that others
worked on at the same time (load 3 to 8; 30 November, from 92483ce on, 11 to 15; from 486c839 on, 1 to 2):
the ratios count, the seconds do not.
"""


# -- in the tree that is measured ---------------------------------------------------------------------------


def serve(root: Path) -> None:
    """Say that a course is ready; then do what each line of the input says, and say when it is done."""
    from grader.batch import hands
    from grader.batch.course import open_course, read_submission
    from grader.batch.release import take_release
    from grader.sandbox import zygotes

    lesson = make_course(root / "course", Path("nbgrader_config.py").read_text(), None)
    hand_in_healthy(lesson, HEALTHY)
    course = open_course(lesson.root, None)
    if "for_many" in signature(zygotes.begin).parameters:
        zygotes.begin(for_many=True)  # as for a class in which this is one of many submissions
    release, workers = take_release(course, LESSON), list[hands.Worker]()
    names = cycle(sorted(path.name for path in (lesson.root / "submitted").iterdir()))
    keeps_replies = "known" in signature(hands.Worker.grade).parameters
    print("ready", flush=True)
    for line in sys.stdin:
        match line.strip():
            case "submission":
                name = next(names)
                files, known = read_submission(course, name, LESSON), [{}] if keeps_replies else []
                result = workers[0].grade(name, files, {}, *known, 300.0)
                assert result.status != "not gradable", result
            case "start":
                workers.append(hands.Worker(release))
            case "end":
                workers.clear()
                hands.close_all()
                if hasattr(zygotes, "share"):  # workers share this process's
                    zygotes.current().close()
        print("done", flush=True)


# -- measuring ----------------------------------------------------------------------------------------------


class Tree:
    """A process that serves in a work tree, and an account of what it and all below it compute."""

    def __init__(self, place: Path, stack: ExitStack) -> None:
        self.account = Account(place.name)
        scratch = stack.enter_context(tempfile.TemporaryDirectory())
        self.process = subprocess.Popen(
            [sys.executable, "-P", str(Path(__file__).resolve()), "serve", scratch],
            cwd=place,
            env=environment(place),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            preexec_fn=self.account.join,
        )
        stack.callback(self._close)
        self._hear("ready")

    def seconds(self, what: str) -> float:
        """What it takes to do this."""
        before = self.account.seconds()
        self.tell(what)
        time.sleep(SECONDS_TO_SETTLE)
        return self.account.seconds() - before

    def tell(self, what: str) -> None:
        assert self.process.stdin is not None
        print(what, file=self.process.stdin, flush=True)
        self._hear("done")

    def _hear(self, expected: str) -> None:
        assert self.process.stdout is not None
        while (said := self.process.stdout.readline().strip()) != expected:
            if self.process.poll() is not None:
                raise RuntimeError(f"The process that is measured ended; it said {said!r} last.")

    def _close(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait()
        self.account.close()


def environment(place: Path) -> dict[str, str]:
    """That of a process which finds the packages of a work tree."""
    told = {name: value for name, value in os.environ.items() if name != "COURSE_SECRET"}
    return told | {"PYTHONPATH": str(place), "OMP_NUM_THREADS": "1"}


def submission(trees: Sequence[Path]) -> Iterator[Callable[[Path], dict[str, float]]]:
    with ExitStack() as stack:
        served = {place: Tree(place, stack) for place in trees}
        for tree in served.values():
            tree.tell("start")
            for _ in range(2):  # the first ones load what all others need
                tree.tell("submission")
        yield lambda place: {"a submission": served[place].seconds("submission")}
        for tree in served.values():
            tree.tell("end")


def start(trees: Sequence[Path]) -> Iterator[Callable[[Path], dict[str, float]]]:
    with ExitStack() as stack:
        served = {place: Tree(place, stack) for place in trees}

        def turn(place: Path) -> dict[str, float]:
            took = {name: served[place].seconds("start") for name in ("a first worker", "a further worker")}
            served[place].tell("end")
            return took

        for place in trees:
            turn(place)  # which brings files into memory
        yield turn


def judge(trees: Sequence[Path]) -> Iterator[Callable[[Path], dict[str, float]]]:
    from grader import catalogue

    with tempfile.TemporaryDirectory() as scratch:
        files = {name: Path(scratch, f"{name}.py") for name in JUDGED}
        for name, file in files.items():
            file.write_text(f"import torch\nfrom torch import nn\n\n{catalogue.find(name).solution}\n")

        def turn(place: Path) -> dict[str, float]:
            took = {TORCH: computed(place, "-c", TORCH)}
            for name, file in files.items():
                took[f"judge {name}"] = computed(place, "-m", "grader.cli", "judge", name, str(file))
            return took

        for place in trees:
            turn(place)
        yield turn


def computed(place: Path, *words: str) -> float:
    """Seconds of one run of Python in a work tree."""
    account = Account(place.name)
    subprocess.run(
        [sys.executable, *words],
        cwd=place,
        env=environment(place),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=account.join,
        check=False,  # an answer that is not right is judged all the same
    )
    return account.close()


WAYS = {
    "submission": contextmanager(submission),
    "start": contextmanager(start),
    "judge": contextmanager(judge),
}


def commit(place: Path) -> str:
    """The last commit of a work tree that changed the code; with a mark where it has been changed since."""

    def git(*words: str) -> str:
        command = ["git", "-C", str(place), *words, "--", "grader", "course"]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    return git("log", "-1", "--format=%h") + ("+" if git("status", "--porcelain") else "")


def page(found: Found) -> str:
    """The table: for each figure the medians of both, and of their ratios turn by turn, with quartiles.

    What is judged is also set beside ``import torch`` in the same turn.
    """
    columns = (
        "what",
        "before",
        "after",
        "turns",
        "s before",
        "s after",
        "after / before",
        "of `import torch`",
    )
    lines = [f"| {' | '.join(columns)} |", f"|---|---|---|{'--:|' * 5}"]
    for name, turns in found.items():
        what, *commits = name.split(" · ")
        before, after = zip(*turns)
        ratios = statistics.quantiles([new / old for old, new in turns], n=4)
        beside = ""
        if what.startswith("judge "):
            torch = found[" · ".join([TORCH, *commits])]
            shares = [[taken[at] / whole[at] for taken, whole in zip(turns, torch)] for at in (0, 1)]
            beside = " → ".join(f"{statistics.median(share):.2f}" for share in shares)
        seconds = [f"{statistics.median(side):.2f}" for side in (before, after)]
        told = f"{ratios[1]:.2f} ({ratios[0]:.2f}–{ratios[2]:.2f})"
        lines.append(f"| {' | '.join([what, *commits, str(len(turns)), *seconds, told, beside])} |")
    return "\n".join(lines)


def main() -> None:
    words = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    words.add_argument("what", choices=WAYS, nargs="?")
    words.add_argument("--beside", type=Path, help="a work tree of the other commit")
    words.add_argument("--turns", type=int, default=9)
    words.add_argument("--write", action="store_true", help="write the table beside the numbers")
    chosen = words.parse_args()
    found: Found = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.is_file() else {}
    if chosen.what and chosen.beside:
        measure(chosen.what, chosen.beside.resolve(), chosen.turns, found)
    print(page(found))
    if chosen.write:
        RESULTS.with_suffix(".md").write_text(f"{ABOUT}\n{page(found)}\n", encoding="utf-8")


def measure(what: str, other: Path, turns: int, found: Found) -> None:
    """Take turns until there are so many; what is there already counts."""
    told = f"{commit(other)} · {commit(HERE)}"
    with WAYS[what]([other, HERE]) as turn:
        while min((len(rows) for name, rows in found.items() if is_of(name, what, told)), default=0) < turns:
            number = sum(len(rows) for rows in found.values())
            order = [other, HERE] if number % 2 == 0 else [HERE, other]
            took: dict[Path, dict[str, float]] = {place: turn(place) for place in order}
            for name in took[HERE]:
                found.setdefault(f"{name} · {told}", []).append([took[other][name], took[HERE][name]])
            keep(found, RESULTS)


def is_of(name: str, what: str, told: str) -> bool:
    return name.endswith(told) and name.startswith(FIGURES[what])


FIGURES: dict[str, tuple[str, ...]] = {
    "submission": ("a submission",),
    "start": ("a first worker", "a further worker"),
    "judge": (TORCH, "judge "),
}


if __name__ == "__main__":
    if sys.argv[1:2] == ["serve"]:
        serve(Path(sys.argv[2]))
    else:
        main()
