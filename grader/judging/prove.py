"""Proof that an exercise's checks tell right from wrong.

    right      the reference and every other right answer pass, over many seeds
    slips      each of the author's slips fails, and is named as itself
    mutants    each slip of the shared operators that changes what comes out fails

A mutant that passes is compared with the reference on more questions. If it behaves alike on all of them it
is a *survivor*, listed for a human eye: perhaps a question is missing. If not, the checks let a wrong answer
pass. Slips that nobody can tell from one of the author's are listed as its *twins*: its sentence has to be
true of them too.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, fields
from functools import cached_property, lru_cache
from typing import Any

from grader.asking.outcome import Outcome, TimeUp
from grader.asking.respond import Response, time_limit
from grader.exercise import Exercise, Formulas, Function, Number, Question, TrainingOutcome
from grader.judging.judge import judge
from grader.judging.measure import Trained, problems, trained
from grader.judging.verdict import Verdict
from grader.naming.candidates import Candidate, Candidates, Source, candidates_of
from grader.naming.case import Case
from grader.naming.evidence import behaves
from grader.questions.draw import Draw

SEEDS_PER_SLIP = 3  # a slip must be named as itself on each of these
SLIP_SEEDS = range(SEEDS_PER_SLIP, 15)  # and it must be rejected on each of these
SURVIVOR_SEEDS = range(1, 6)
MUTANTS_PER_SEED = 10  # a short proof tries that many, evenly chosen; one of 1,000 seeds tries them all
MUTANT_SECONDS = 2.0
SURVIVOR_SECONDS = 60.0  # for one that has answered before: where it is slower, the machine is busy
MOST_TRAININGS, MOST_MEASURED = 20, 10  # seeds for an answer that trains, and for the baselines beside it


@dataclass
class Proof:
    """What was shown for one exercise. It holds if ``problems`` is empty."""

    exercise: Exercise
    seeds: int
    right: int = 0
    slips: int = 0
    mutants: int = 0
    rejected: int = 0
    survivors: list[str] = field(default_factory=list)
    twins: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @cached_property
    def questions(self) -> Callable[[int], list[Question]]:
        """Those of a seed. All slips get the same: how far apart right answers are is found out once."""
        return lru_cache(SLIP_SEEDS.stop)(lambda seed: self.exercise.questions(Draw(seed, f"student {seed}")))

    @cached_property
    def trained(self) -> Trained:
        """What comes of training, which is judged and measured."""
        assert isinstance(self.exercise, TrainingOutcome)
        return trained(self.exercise)

    @property
    def holds(self) -> bool:
        return not self.problems

    def report(self, everything: bool = False) -> str:
        """A line of figures, then the problems (!); with ``everything`` survivors (~) and twins (=) too."""
        line = (
            f"{'✓' if self.holds else '✗'} {self.exercise.id:<24} "
            f"{self.right:>3} right × {self.seeds} seeds   {self.slips:>2} slips named   "
            f"{self.rejected:>3} of {self.mutants} mutants rejected, {len(self.survivors)} behave alike"
        )
        more = [f"    ~ {told}" for told in self.survivors] + [f"    = {told}" for told in self.twins]
        return "\n".join([line, *(f"    ! {p}" for p in self.problems), *(more if everything else ())])

    def to_json(self) -> dict[str, Any]:
        """As a JSON value, for ``grader prove --json``."""
        told = {one.name: getattr(self, one.name) for one in fields(self)}
        return {**told, "exercise": self.exercise.id, "holds": self.holds}


def prove(exercise: Exercise, seeds: int = 1000) -> Proof:
    """Run the proof for one exercise; right answers are tried on ``seeds`` seeds.

    With few seeds it is short in all its parts: slips are asked on fewer seeds, and mutants are a sample.
    """
    proof = Proof(exercise, min(seeds, MOST_TRAININGS) if isinstance(exercise, TrainingOutcome) else seeds)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what wrong answers of ours are warned of is nobody's business
        _prove(proof)
    return proof


def _prove(proof: Proof) -> None:
    exercise = proof.exercise
    _prove_right(proof)
    if isinstance(exercise, Function):
        candidates = candidates_of(exercise)
        _prove_slips(proof, [(c.sentence, _Made(candidates, c)) for c in candidates if _is_authored(c)])
        _prove_mutants(proof, candidates)
    elif isinstance(exercise, (Formulas, Number)):
        _prove_slips(proof, list(exercise.wrong.items()))
    else:
        _prove_slips(proof, [(sentence, answer) for answer, sentence in exercise.slips.items()])
    if isinstance(exercise, TrainingOutcome):
        proof.problems += problems(exercise, min(proof.seeds, MOST_MEASURED), proof.trained)
    for choice, answer in exercise.wrong_answers():
        if _verdict(proof, answer, 0).is_right:
            proof.problems.append(f"the wrong choice {choice} passes")


@dataclass(frozen=True)
class _Made:
    """The answer that a candidate makes."""

    candidates: Candidates
    candidate: Candidate

    def outcomes(self, questions: list[Question]) -> list[Outcome]:
        return [self.candidates.outcome([self.candidate], question) for question in questions]


def _is_authored(candidate: Candidate) -> bool:
    return candidate.source is Source.AUTHOR


def _outcomes(exercise: Exercise, answer: Any, questions: list[Question]) -> list[Outcome]:
    if isinstance(answer, _Made):
        return answer.outcomes(questions)
    return exercise.outcomes(answer, questions)


def _verdict(proof: Proof, answer: Any, seed: int) -> Verdict:
    if isinstance(proof.exercise, TrainingOutcome):
        question, outcome = proof.trained(answer, seed)
        return judge(proof.exercise, [question], Response([outcome]))
    questions = proof.questions(seed)
    return judge(proof.exercise, questions, Response(_outcomes(proof.exercise, answer, questions)))


def _prove_right(proof: Proof) -> None:
    exercise = proof.exercise
    answers = [("the reference", exercise.reference)]
    answers += [(f"the right answer {_name(a)}", a) for a in exercise.alternatives]
    proof.right = len(answers)
    for seed in range(proof.seeds):
        for name, answer in answers.copy():
            verdict = _verdict(proof, answer, seed)
            if not verdict.is_right:
                wrong = [part.finding for part in verdict.parts if part.is_graded and not part.held]
                proof.problems.append(f"{name} fails with seed {seed}: {(wrong or [verdict.message])[0]}")
                answers.remove((name, answer))  # once is enough


def _prove_slips(proof: Proof, slips: list[tuple[str, Any]]) -> None:
    proof.slips = len(slips)
    for sentence, answer in slips:
        for seed in range(SEEDS_PER_SLIP):
            if problem := _misjudged(sentence, _verdict(proof, answer, seed)):
                proof.problems.append(f"the slip {sentence!r} {problem} (seed {seed})")
                break
        else:
            seeds = SLIP_SEEDS[: proof.seeds]
            passes = [seed for seed in seeds if _passes(proof, answer, seed)]
            if passes:
                often = f"on {len(passes)} of {len(seeds)} seeds, as {passes[0]}: it needs a case"
                proof.problems.append(f"the slip {sentence!r} passes {often}")


def _passes(proof: Proof, answer: Any, seed: int) -> bool:
    """Whether nothing graded is wrong with it; it is not named, which takes longer."""
    exercise = proof.exercise
    graded = [question for question in proof.questions(seed) if question.part in exercise.parts]
    return all(  # one after the other, as the first that is wrong is enough
        exercise.holds(question, right, outcome)
        for question, right in zip(graded, exercise.expected(graded), strict=True)
        for outcome in _outcomes(exercise, answer, [question])
    )


def _misjudged(sentence: str, verdict: Verdict) -> str | None:
    if verdict.is_right or verdict.score >= verdict.maximum:
        return "passes"
    if verdict.mistake is None:
        return f"is not recognised; it fails as {verdict.status}"
    return None if verdict.mistake == sentence else f"is named as another: {verdict.mistake!r}"


def _prove_mutants(proof: Proof, candidates: Candidates) -> None:
    asked = {seed: proof.questions(seed) for seed in (0, *SURVIVOR_SEEDS)}
    rejected: set[str] = set()
    mutants = _sample([c for c in candidates if not _is_authored(c)], MUTANTS_PER_SEED * proof.seeds)
    for authored in filter(_is_authored, candidates):
        proof.twins += _twins(candidates, authored, mutants, asked[0])
    for candidate in mutants:
        proof.mutants += 1
        if not _is_right(candidates, candidate, asked[0], MUTANT_SECONDS):
            proof.rejected += 1
            rejected.add(candidate.sentence)
        elif all(_is_right(candidates, candidate, asked[seed], SURVIVOR_SECONDS) for seed in SURVIVOR_SEEDS):
            proof.survivors.append(candidate.sentence or "a change that is never said")
        else:
            proof.problems.append(f"a wrong mutant passes: {candidate.sentence}")
    alike = proof.survivors  # the same slip in another form may show: then nobody needs to look
    proof.survivors = [told for told in alike if told not in rejected]
    proof.mutants -= len(alike) - len(proof.survivors)


def _is_right(
    candidates: Candidates, candidate: Candidate, questions: list[Question], seconds: float
) -> bool:
    """Whether the judge would find nothing wrong in time."""
    try:
        with time_limit(seconds):
            return all(_holds(candidates, candidate, question) for question in _graded(candidates, questions))
    except TimeUp:
        return False


def _graded(candidates: Candidates, questions: list[Question]) -> list[Question]:
    return [question for question in questions if question.part in candidates.exercise.parts]


def _holds(candidates: Candidates, candidate: Candidate, question: Question) -> bool:
    return candidates.exercise.holds(
        question, candidates.exercise.right_outcome(question), candidates.outcome([candidate], question)
    )


def _sample(candidates: list[Candidate], most: int) -> list[Candidate]:
    """All of them, or ``most`` that lie evenly among them."""
    return candidates[:: -(-len(candidates) // most)] if candidates else []


def _twins(
    candidates: Candidates, authored: Candidate, others: list[Candidate], questions: list[Question]
) -> Iterator[str]:
    """Those of the other slips that give the same as one of the author's."""
    given = ((question, candidates.outcome([authored], question)) for question in questions)
    cases = [Case(question, Outcome(), outcome, wrong=True) for question, outcome in given]
    for other in others:
        twin = other.sentence not in ("", authored.sentence)
        if twin and behaves(candidates, [other], cases):
            yield f"{authored.sentence} = {other.sentence}"


def _name(answer: Any) -> str:
    return getattr(answer, "__name__", repr(answer))
