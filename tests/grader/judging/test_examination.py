"""In which order an answer is asked, how often, and how what comes of it finds its place again."""

from collections import Counter

import pytest

from grader.asking.outcome import Outcome
from grader.asking.respond import Response
from grader.judging.examination import examine


def test_order_number_and_repetition_follow_from_the_seed(make):
    exercise = make.function()
    one, again, other = (examine(exercise, "", seed) for seed in (1, 1, 2))
    assert str(one.payloads) == str(again.payloads) != str(other.payloads)
    many = [examine(exercise, "", seed) for seed in range(30)]
    assert len({len(each.payloads) for each in many}) > 1
    first = [each.questions[each.order[0]].part for each in many]
    assert len(set(first)) == len({question.part for question in one.questions})
    for each in many:
        asked = Counter(map(id, each.payloads))
        assert set(asked.values()) == {1, 2}, "some questions come twice, to the letter"


def test_what_came_of_it_finds_its_place(make):
    examination = examine(make.function(), "", 3)
    sent = Response([Outcome(value=place) for place in examination.order], ["said"], ["used"])
    placed = examination.in_place(sent)
    assert [outcome.value for outcome in placed.outcomes] == [*range(len(examination.questions))]
    assert (placed.said, placed.used) == (["said"], ["used"])
    with pytest.raises(ValueError):
        examination.in_place(Response(sent.outcomes[1:]))


def test_what_is_dear_or_says_the_same_again_is_asked_once(make):
    for exercise in (make.number(), make.formula(), make.quiz("a")):
        assert len(examine(exercise, "a key").payloads) == 1


def test_a_test_that_counts_learns_nothing(make):
    exercise = make.property_test()
    plans = set()
    for seed in range(20):
        examination = examine(exercise, "", seed)
        asked = [(payload["index"], payload["runs"]) for payload in examination.payloads]
        plans.add(tuple(index < len(exercise.right) for index, runs in asked for _ in range(runs)))
    assert len(plans) == 20
