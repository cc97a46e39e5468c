"""Numbers of one's own: an HMAC of secret, student and exercise, the same on every regrade."""

import getpass
import hashlib
import hmac

import pytest

from grader.judging.examination import examine
from grader.questions.draw import Draw
from grader.questions.personal import (
    PUBLIC_SECRET,
    SECRET_FILE,
    belongs,
    course_secret,
    hidden_seed,
    own_key,
    personal_seed,
    plain_key,
    proof,
    readable,
    student_key,
)

pytestmark = pytest.mark.usefixtures("nobody")


def digest(key, message):
    return hmac.new(key.encode(), message.encode(), hashlib.sha256).hexdigest()


def test_keys_and_seeds_are_hmacs():
    key = student_key("secret", "ada")
    opening = digest("secret", "ada")[:16]
    assert key[:16] == opening and len(key) == 20
    assert personal_seed(key, "gflops") == int(digest(opening, "gflops")[:15], 16)
    assert proof(key, "a text") == digest(opening, "a text")


def test_a_mistyped_key_or_name_is_told_without_the_secret():
    key = student_key("secret", "ada")
    assert belongs(key, "ada") and belongs(student_key(PUBLIC_SECRET, "ada"), "ada")
    twisted = key[1] + key[0] + key[2:]
    mistyped = [key[:at] + ("0" if sign != "0" else "1") + key[at + 1 :] for at, sign in enumerate(key)]
    assert not any(belongs(wrong, "ada") for wrong in (*mistyped, twisted, key[:16], key[:-1], key + "0", ""))
    assert not any(belongs(key, name) for name in ("ben", "Ada", "", "ad"))


def test_a_name_may_be_typed_and_a_key_be_printed_in_several_ways():
    composed, decomposed = "Zo\u00eb M\u00fcller", " Zoe\u0308  Mu\u0308ller\u00a0"
    key = student_key("secret", composed)
    assert key == student_key("secret", decomposed) and belongs(key, decomposed)
    assert readable(key).count("-") == 4 and not readable(key).replace("-", "x").isdigit()
    assert plain_key(f" {readable(key).upper()} ") == key


def test_keys_differ_by_secret_and_student():
    assert len({student_key(secret, student) for secret in "ab" for student in ("ada", "ben", "")}) == 6


def test_numbers_are_the_same_on_every_regrade_and_differ_by_student(make):
    number = make.number()

    def values(student, seed):
        return number.values(Draw(seed, student_key("secret", student)))

    assert values("ada", 1) == values("ada", 2)
    assert len({str(values(f"student {i}", 0)) for i in range(20)}) > 15


def test_hidden_cases_are_the_same_on_every_regrade_and_differ_by_student(make):
    exercise = make.function()

    def drawn(student):
        return str(examine(exercise, "", hidden_seed("s", student, exercise.id)).payloads)

    assert drawn("ada") == drawn("ada")
    assert drawn("ada") != drawn("ben")


def test_no_key_leads_to_hidden_cases():
    """Whatever a student can work out from a key, their own or that of somebody with another name."""
    seed = hidden_seed("s", "ada", "gflops")
    held = [student_key("s", name) for name in ("ada", "hidden cases", '["ada", "gflops"]')]
    words = ("ada", "gflops", "hidden cases", '["ada", "gflops"]', "hidden cases of gflops")
    once = [*held, *(digest(key, word) for key in held for word in words)]
    assert not any(int(digest(key, word)[:15], 16) == seed for key in once for word in words)
    assert personal_seed(held[0], "gflops") != seed != hidden_seed("t", "ada", "gflops")


def test_hidden_cases_without_a_secret_are_new_each_time():
    assert len({hidden_seed(PUBLIC_SECRET, "ada", "gflops") for _ in range(5)}) == 5


# -- the secret ----------------------------------------------------------------------------------------


def test_without_a_secret_a_public_one_stands_in(tmp_path):
    assert course_secret(tmp_path) == course_secret() == PUBLIC_SECRET


def test_secret_file_is_found_here_and_above(tmp_path):
    (tmp_path / SECRET_FILE).write_text("  geheim ß \n", encoding="utf-8")
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    assert course_secret(below) == course_secret(tmp_path) == course_secret() == "geheim ß"
    (tmp_path / "a" / SECRET_FILE).write_text("nearer")
    assert course_secret(below) == "nearer"


def test_an_empty_secret_is_none(tmp_path, monkeypatch):
    (tmp_path / SECRET_FILE).write_text("\n")
    assert course_secret(tmp_path) == PUBLIC_SECRET
    monkeypatch.setenv("COURSE_SECRET", "")
    assert course_secret(tmp_path) == PUBLIC_SECRET


def test_environment_comes_before_the_file(tmp_path, monkeypatch):
    (tmp_path / SECRET_FILE).write_text("from the file")
    monkeypatch.setenv("COURSE_SECRET", "from the environment")
    assert course_secret(tmp_path) == "from the environment"


# -- one's own key -------------------------------------------------------------------------------------


def test_whose_key(monkeypatch):
    monkeypatch.setattr(getpass, "getuser", lambda: "login")
    assert own_key() == student_key(PUBLIC_SECRET, "login")
    monkeypatch.setenv("JUPYTERHUB_USER", "hub")
    assert own_key() == student_key(PUBLIC_SECRET, "hub")
    monkeypatch.setenv("COURSE_STUDENT", "ada")
    assert own_key() == student_key(PUBLIC_SECRET, "ada")
    monkeypatch.setenv("COURSE_KEY", "0123")
    assert own_key() == "0123"


@pytest.mark.parametrize("error", [KeyError, OSError])
def test_where_nobody_is_logged_in(monkeypatch, error):
    def getuser():
        raise error("no such user")

    monkeypatch.setattr(getpass, "getuser", getuser)
    assert own_key() == student_key(PUBLIC_SECRET, "student")
