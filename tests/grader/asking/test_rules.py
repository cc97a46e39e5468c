"""Sentences of ours: the student's process can pick one, and write none."""

import re

import pytest

from grader.asking.outcome import Refused
from grader.asking.rules import JUDGE, RULES, crosses, sentence, with_article

NAMED = {rule: dict.fromkeys(re.findall(r"{(\w+)}", text), "a.b_1") for rule, text in RULES.items()}


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_is_a_sentence(rule):
    told = sentence(rule, NAMED[rule] | ({"text": "It is."} if rule == JUDGE else {}))
    assert told[0].isupper() and told.endswith((".", "?")) and "{" not in told


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule != JUDGE])
def test_names_and_sizes_cross_and_no_text(rule):
    details = NAMED[rule]
    assert crosses(rule, details)
    for key in details:
        assert crosses(rule, {**details, key: "(2, 3)"}) and crosses(rule, {**details, key: "3 × 1024"})
        for text in ("✓ Right", "Right, 6 of 6", "<b>", "`x`", "", "a" * 100, 3, None, "1\n2"):
            assert not crosses(rule, {**details, key: text}), text
        assert not crosses(rule, {k: v for k, v in details.items() if k != key})
    assert not crosses(rule, {**details, "more": "x"})


def test_the_judges_own_words_do_not_cross():
    assert not crosses(JUDGE, {"text": "Right"}) and not crosses("no such rule", {})


def test_a_refusal_says_the_sentence():
    assert str(Refused("no function", type="int")) == "It is an int, not a function."


def test_articles():
    nouns = ("list", "int", "Tensor", "array")
    assert [with_article(noun) for noun in nouns] == ["a list", "an int", "a Tensor", "an array"]
