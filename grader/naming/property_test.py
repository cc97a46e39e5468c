"""What is wrong with a test: known from what it accepts and what it rejects.

A cause is named only where the evidence is complete: of a group, where all of it is accepted; of a single
implementation, where it is all that is accepted. Otherwise it is said what happens.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from grader.asking.property_test import INSIDE, OWN, Report
from grader.exercise.property_test import Implementation, PropertyTest
from grader.naming import errors as raised
from grader.naming.case import STOPS, Case, Named

MOST_LISTED = 3
RETURNS = (
    "The test accepts everything: it returns something, and what is returned is lost. Only `assert` counts."
)
TELLS_NOTHING = (
    "The test accepts everything, right or wrong: nothing that it asserts tells one from the other."
)
NAN = (
    "The test rejects right code, which gives NaN for the inputs that the test makes: look at these inputs. "
    "Is there something in them for which no answer makes sense?"
)
CHANCE = (
    "The test rejects right code in some runs and accepts the same code in others: its inputs are random, "
    "and what it asks for is too exact (`==` between floats), or does not hold for all of them."
)
EXACT = "`torch.equal` and `==` allow no rounding: compare floats with torch.allclose."
EXACTLY = re.compile(r"\btorch\.equal\(|==.*\.all\(")  # in the line that stops a test
STOPPING = {
    OWN: "The test itself stops with an error.",
    INSIDE: "Right code stops with an error on what the test hands it.",
}
Refused = list[tuple[Implementation, Report]]


def name(exercise: PropertyTest, cases: Sequence[Case]) -> Named | None:
    """What is known for certain of a wrong test; None where nothing is, or it is no test."""
    reports = {exercise.implementation(case.question): Report.read(case.given.value) for case in cases}
    known = {one: report for one, report in reports.items() if report is not None}
    if len(known) < len(reports):
        failures = [case.given.failure for case in cases if case.given.failure]
        return Named(failures[0].summary, "error") if failures and failures[0].is_refusal else None
    if refused := [(one, known[one]) for one in exercise.right if not known[one].accepts]:
        return _refuses(exercise, refused, [one for one in exercise.wrong if known[one].accepts])
    accepted = [one for one in exercise.wrong if known[one].accepts]
    if len(accepted) == len(exercise.wrong):
        if all(report.returns for report in known.values()):
            return Named(RETURNS, "authored")
        return Named(TELLS_NOTHING, "symptom")
    return _accepts(exercise, accepted)


def _refuses(exercise: PropertyTest, refused: Refused, but: Sequence[Implementation]) -> Named:
    """What is known of a test that rejects right code: which of it, and which wrong code it does accept."""
    first = refused[0][1]
    errors = {report.error for _, report in refused}
    if errors in ({OWN}, {INSIDE}):
        return _stops(errors.pop(), [report for _, report in refused], len(refused) == len(exercise.right))
    if refused[0][0] is exercise.right[0] and first.nan:
        return Named(NAN, "symptom")
    if any(report.sometimes for _, report in refused):
        return Named(CHANCE, "symptom")
    if len(refused) == len(exercise.right):
        if not but:
            return _at(first, "The test rejects all code, right code too.")
        return _at(first, "The test rejects right code.", f"It accepts only code that {_listed(but)}.")
    rejected = [one for one, _ in refused]
    complete = [
        sentence
        for sentence in dict.fromkeys(one.sentence for one in exercise.right if one.sentence)
        if all(one in rejected for one in exercise.right if one.sentence == sentence)
    ]
    if complete and all(one.sentence in complete for one in rejected):
        return Named(complete[0], "authored")
    accepted = [one for one in exercise.right if one not in rejected]
    if len(accepted) < len(rejected):
        return Named(
            f"The test rejects right code; it accepts only code that {_listed(accepted)}.", "symptom"
        )
    return Named(f"The test rejects right code: code that {_listed(rejected)}.", "symptom")


def _stops(where: str, reports: Sequence[Report], always: bool) -> Named:
    """A test that stops with an error, in its own code or in what it calls: what is known of the error.

    Where no right code gets through, what the test seems to reject, it rejects by the same error.
    """
    explained = raised.explain([report.because for report in reports if report.because])
    sentence = STOPPING[where]
    said = f"{sentence} {explained}" if explained else sentence
    return Named(said, STOPS if always else "error", (sentence,))


def _at(report: Report, sentence: str, more: str = "") -> Named:
    """A sentence with ``more`` and the student's own line; a class is counted by the sentence alone."""
    line = report.because.summary if report.because else ""
    exact = EXACT if report.because and EXACTLY.search(report.because.source) else ""
    return Named(" ".join(filter(None, (sentence, more, line, exact))), "symptom", (sentence,))


def _accepts(exercise: PropertyTest, accepted: Sequence[Implementation]) -> Named:
    if len(accepted) == 1 and accepted[0].sentence:
        return Named(accepted[0].sentence, "authored")
    said, others = [], list(accepted)
    for sentence, group in exercise.groups:
        if all(one in accepted for one in group):
            said.append(sentence)
            others = [one for one in others if one not in group]
    how, slips = "authored" if said else "symptom", tuple(said)
    if others:
        said.append(f"{'It' if said else 'The test'} accepts code that {_listed(others)}.")
    return Named(" ".join(said), how, slips)


def _listed(implementations: Sequence[Implementation]) -> str:
    listed = ", and code that ".join(one.does for one in implementations[:MOST_LISTED])
    more = len(implementations) - MOST_LISTED
    return f"{listed}, and {more} more" if more > 0 else listed
