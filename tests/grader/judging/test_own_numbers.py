"""With whose numbers an answer is graded, whatever the notebook says it showed."""

import pytest

from grader.asking import given
from grader.judging.own_numbers import WHAT_TO_DO, choose
from grader.judging.panel import html, plain
from grader.questions.draw import Draw
from grader.questions.personal import PUBLIC_SECRET, student_key
from grader.questions.record import Record

SECRET = "a secret"


@pytest.fixture
def gflops(make):
    return make.number()


def values(exercise, name, secret=SECRET):
    return exercise.values(Draw(0, student_key(secret, name)))


def shown(of, name, secret=SECRET, **change):
    """The record of a notebook that showed this name's numbers."""
    made = given.as_text({of.id: values(of, name, secret)})
    made = Record.prove(student_key(secret, name), name, of.id, made)
    return Record(**made.to_json() | change)


def chosen(exercise, *records, secret=SECRET):
    """What ada is graded with, in a class with ben."""
    return choose(exercise, records, "ada", secret, lambda name: name == "ben")


def test_without_a_record_and_with_ones_own_they_are_ones_own(gflops):
    for records in ([], [shown(gflops, "ada")], [shown(gflops, "nobody", exercise="another")]):
        own = chosen(gflops, *records)
        assert own.values == values(gflops, "ada") and own.key == student_key(SECRET, "ada")
        assert (own.whose, own.others) == ("ada's numbers", "")


@pytest.mark.parametrize(
    ("name", "secret", "whose"),
    [
        ("a.lovelace", SECRET, "the numbers that your notebook showed under the name a.lovelace"),
        ("laptop", PUBLIC_SECRET, "the practice numbers that your notebook showed"),
        ("ada", PUBLIC_SECRET, "the practice numbers that your notebook showed"),
        ("x" * 61, SECRET, "the numbers that your notebook showed"),
    ],
)
def test_what_the_notebook_showed_is_graded_under_whatever_name(gflops, name, secret, whose):
    own = chosen(gflops, shown(gflops, name, secret))
    assert own.values == values(gflops, name, secret) and (own.whose, own.others) == (whose, "")


@pytest.mark.parametrize("secret", [SECRET, PUBLIC_SECRET])
def test_a_neighbours_are_not(gflops, secret):
    own = chosen(gflops, shown(gflops, "ben", secret))
    assert own.values == values(gflops, "ada")
    assert own.others == "Your notebook showed numbers under the name ben, which is somebody else's here."


@pytest.mark.parametrize(
    "change",
    [{"proof": "0" * 64}, {"student": "carla"}, {"values": '{"dict": {}}'}, {"values": "no JSON"}],
    ids=str,
)
def test_nor_is_what_no_key_proves(gflops, change):
    own = chosen(gflops, shown(gflops, "laptop", **change))
    assert own.values == values(gflops, "ada")
    assert own.others.startswith("Your notebook showed other numbers under the name ")


def test_nor_is_what_the_key_does_not_give_any_more(gflops):
    key = student_key(SECRET, "laptop")
    before = given.as_text({gflops.id: {"L": 1, "d": 1}})  # of an exercise that has changed since
    own = chosen(gflops, Record.prove(key, "laptop", gflops.id, before))
    assert own.values == values(gflops, "ada") and own.others


def test_ones_own_come_before_all_others_and_others_before_refused_ones(gflops):
    mine, practice = shown(gflops, "ada"), shown(gflops, "laptop", PUBLIC_SECRET)
    refused = shown(gflops, "ben")
    assert chosen(gflops, refused, mine, practice).values == values(gflops, "ada")
    own = chosen(gflops, practice, refused)
    assert own.values == values(gflops, "laptop", PUBLIC_SECRET) and not own.others


def test_without_a_secret_everybody_has_practice_numbers(gflops):
    record = shown(gflops, "laptop", PUBLIC_SECRET)
    assert chosen(gflops, record, secret=PUBLIC_SECRET).values == values(gflops, "laptop", PUBLIC_SECRET)
    assert chosen(gflops, secret=PUBLIC_SECRET).values == values(gflops, "ada", PUBLIC_SECRET)


# -- what is said -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("graded", [True, False])
def test_a_wrong_number_says_with_which_it_was_graded(gflops, judged, graded):
    own = chosen(gflops)
    for answer in (1e9, gflops.reference(**own.values) * 1e9):  # one without a name, and one with
        verdict = own.tell(judged(gflops, {"gflops": answer}, key=own.key))
        said = plain(verdict, graded)
        assert f"Graded with ada's numbers: L = {own.values['L']}, d = {own.values['d']}." in said
        assert "is too large" in said or "These are FLOPs." in said


@pytest.mark.parametrize("graded", [True, False])
def test_where_others_were_answered_that_is_said_and_no_size_and_no_mistake(gflops, judged, graded):
    own = chosen(gflops, shown(gflops, "ben"))
    for answer in (1e9, gflops.reference(**own.values) * 1e9):
        verdict = own.tell(judged(gflops, {"gflops": answer}, key=own.key))
        for said in (plain(verdict, graded), html(verdict, graded)):
            assert "under the name ben, which is somebody else" in said and WHAT_TO_DO in said
            assert "too large" not in said and "FLOPs" not in said
        assert not (verdict.mistake or verdict.slips) and verdict.score == 0


def test_a_right_number_and_a_missing_one_need_no_words(gflops, judged):
    own = chosen(gflops, shown(gflops, "ben"))
    for answer in (gflops.reference(**own.values), None):
        verdict = judged(gflops, {"gflops": answer}, key=own.key)
        assert own.tell(verdict) == verdict


def test_a_name_from_a_notebook_cannot_act(gflops, judged):
    own = chosen(gflops, shown(gflops, "<script>", proof="x"))
    said = html(own.tell(judged(gflops, {"gflops": 1e9}, key=own.key)), graded=True)
    assert "<script>" not in said and "&lt;script&gt;" in said
