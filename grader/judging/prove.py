"""Proof that an exercise's checks tell right from wrong.

    reference      passes, over many seeds
    alternatives   at least five correct answers written differently, each passes over many seeds
    mistakes       each known mistake fails, and is named as itself: no two are indistinguishable
    mutants        each small change to the reference that changes its behaviour fails

A mutant that passes is compared with the reference on many more questions. If it behaves as the reference
does on all of them it is a *survivor*, listed for a human eye; if not, the checks let a wrong answer pass.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from grader.asking.outcome import TimeUp
from grader.asking.respond import Response, time_limit
from grader.exercise import Exercise, Mistake, Question
from grader.judging.judge import behaves_as, fresh_questions, judge
from grader.judging.verdict import Verdict

FEWEST_ALTERNATIVES = 5
SEEDS_PER_MISTAKE = 5  # a mistake must be named as itself on each of these
SURVIVOR_SEEDS = range(1, 21)
MUTANT_SECONDS = 2.0


@dataclass
class Proof:
    """What was shown for one exercise. It holds if ``problems`` is empty."""

    exercise: Exercise
    seeds: int
    mistakes: int = 0
    alternatives: int = 0
    mutants: int = 0
    rejected: int = 0
    survivors: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        return not self.problems

    def report(self) -> str:
        """A line of figures, then the survivors (~) and the problems (!)."""
        line = (
            f"{'✓' if self.holds else '✗'} {self.exercise.id:<24} "
            f"{self.alternatives:>3} right × {self.seeds} seeds   {self.mistakes:>3} mistakes named   "
            f"{self.rejected:>3} of {self.mutants} mutants rejected, {len(self.survivors)} behave alike"
        )
        return "\n".join(
            [line, *(f"    ~ {change}" for change in self.survivors), *(f"    ! {p}" for p in self.problems)]
        )

    def to_json(self) -> dict[str, Any]:
        """As a JSON value, for ``grader prove --json``."""
        return {**vars(self), "exercise": self.exercise.id, "holds": self.holds}


def prove(exercise: Exercise, seeds: int = 1000) -> Proof:
    """Run the whole proof for one exercise; correct answers are tried on ``seeds`` seeds."""
    proof = Proof(exercise, seeds)
    _prove_right(proof)
    _prove_mistakes(proof)
    _prove_mutants(proof)
    return proof


def _key(seed: int) -> str:
    return f"student {seed}"


def _questions(exercise: Exercise, seed: int) -> list[Question]:
    return fresh_questions(exercise, _key(seed), seed)


def _verdict(exercise: Exercise, answer: Any, seed: int) -> Verdict:
    questions = _questions(exercise, seed)
    return judge(exercise, questions, Response(exercise.outcomes(answer, questions)))


def _is_right(exercise: Exercise, answer: Any, seed: int) -> bool:
    """Whether the judge would find nothing wrong in time, without asking it to name the mistake."""
    questions = _questions(exercise, seed)
    expected = exercise.outcomes(exercise.reference, questions)
    try:
        with time_limit(MUTANT_SECONDS):
            return behaves_as(exercise, answer, questions, expected)
    except TimeUp:
        return False


def _prove_right(proof: Proof) -> None:
    exercise = proof.exercise
    proof.alternatives = len(exercise.alternatives)
    if proof.alternatives < FEWEST_ALTERNATIVES:
        proof.problems.append(
            f"only {proof.alternatives} correct alternatives; at least {FEWEST_ALTERNATIVES} are needed"
        )
    answers = [("the reference", exercise.reference)]
    answers += [(f"the correct alternative {_name(a)}", a) for a in exercise.alternatives]
    for seed in range(proof.seeds):
        for name, answer in answers.copy():
            verdict = _verdict(exercise, answer, seed)
            if not verdict.is_right:
                told = next((part.finding for part in verdict.parts if not part.held), verdict.message)
                proof.problems.append(f"{name} fails with seed {seed}: {told}")
                answers.remove((name, answer))  # once is enough


def _prove_mistakes(proof: Proof) -> None:
    exercise = proof.exercise
    proof.mistakes = len(exercise.mistakes)
    for mistake in exercise.mistakes:
        for seed in range(SEEDS_PER_MISTAKE):
            if problem := _misjudged(mistake, _verdict(exercise, mistake.answer, seed)):
                proof.problems.append(f"the mistake {mistake.name} {problem} (seed {seed})")
                break
    for choice, answer in exercise.wrong_answers():
        if _verdict(exercise, answer, 0).is_right:
            proof.problems.append(f"the wrong choice {choice} passes")


def _misjudged(mistake: Mistake, verdict: Verdict) -> str | None:
    if verdict.is_right or verdict.score >= verdict.maximum:
        return "passes"
    if verdict.mistake is None:
        return f"is not recognised; it fails as {verdict.status}"
    return None if verdict.mistake == mistake.sentence else f"is named as another: {verdict.mistake!r}"


def _prove_mutants(proof: Proof) -> None:
    exercise = proof.exercise
    for mutant in exercise.mutants():
        proof.mutants += 1
        if not _is_right(exercise, mutant.answer, 0):
            proof.rejected += 1
        elif all(_is_right(exercise, mutant.answer, seed) for seed in SURVIVOR_SEEDS):
            proof.survivors.append(mutant.change)
        else:
            proof.problems.append(f"a wrong mutant passes: {mutant.change}")


def _name(answer: Any) -> str:
    return getattr(answer, "__name__", repr(answer))
