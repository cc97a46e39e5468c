"""How long a student waits for `check`: every exercise, its right answer and those of the tests' corpus.

    python -m benchmarks.check_latency

Prints the median, the 95th percentile and the maximum in seconds, for each exercise and for all. A wrong
answer takes longest: one slip after another is tried, and then pairs of them.
"""

import io
import platform
import statistics
import time
from contextlib import redirect_stdout

import torch

from grader import catalogue
from grader.exercise import Exercise, Number
from grader.judging import judge
from grader.notebook import check
from grader.questions.draw import Draw
from grader.questions.personal import own_key
from tests.grader import corpus

REPEATS = 3


def held(exercise: Exercise, answer: object) -> object:
    """The answer as a student would hold it: a number rather than the function that computes it."""
    if isinstance(exercise, Number) and callable(answer):
        return answer(**exercise.values(Draw(0, own_key())))
    return answer


def seconds(exercise: Exercise, answer: object) -> float:
    """The time of one check, printing included."""
    globals()[exercise.id] = answer  # where `check("name")` looks
    start = time.perf_counter()
    with redirect_stdout(io.StringIO()):
        check(exercise.id)
    return time.perf_counter() - start


def row(name: str, times: list[float]) -> str:
    p95 = sorted(times)[min(len(times) - 1, int(0.95 * len(times)))]
    figures = (statistics.median(times), p95, max(times))
    return f"{name:<26}{len(times):>8}" + "".join(f"{figure:>9.3f}" for figure in figures)


def main() -> None:
    # The corpus's answers are made from the exercises, and would be refused for that before they are named.
    judge.forbidden_use = lambda used, forbidden: ""
    everything: list[float] = []
    print(f"{platform.machine()}, {torch.get_num_threads()} threads, torch {torch.__version__}")
    print(f"{'exercise':<26}{'checks':>8}{'median':>9}{'p95':>9}{'max':>9}")
    for exercise in catalogue.every_exercise():
        answers = [exercise.reference, *(answer.answer for answer in corpus.answers(exercise.id))]
        times = [seconds(exercise, held(exercise, answer)) for answer in answers for _ in range(REPEATS)]
        everything += times
        print(row(exercise.id, times), flush=True)
    print(row("all", everything))


if __name__ == "__main__":
    main()
