"""Lesson 00: the numbers that its text tells, computed again, and the finale with a slip in each part."""

from functools import cache

import pytest
import torch
from torch.nn import functional as F

from course.data.by_name import load
from grader import catalogue
from grader.asking.respond import Response
from grader.judging.judge import judge
from grader.questions.draw import Draw


def function(name):
    return catalogue.reference(name)


def learnt(drop):
    """The slope, the bias and the losses of the lesson's training; drop: the axis of predictions."""
    x = torch.rand(64, 1, generator=torch.Generator().manual_seed(0)) * 2 - 1
    targets = 3 * x[:, 0] + 1 + 0.2 * torch.randn(64, generator=torch.Generator().manual_seed(1))
    slope, bias = (torch.zeros(1, requires_grad=True) for _ in range(2))
    optimiser, losses = torch.optim.SGD([slope, bias], lr=0.1), []
    for _ in range(300):
        predictions = (x * slope + bias)[:, 0] if drop else x * slope + bias
        loss = ((predictions - targets) ** 2).mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    return slope.item(), bias.item(), losses, targets


def test_a_table_of_differences_learns_the_mean_and_nothing_else():
    slope, bias, (*_, loss), targets = learnt(drop=False)
    assert abs(slope) < 1e-3 and bias == pytest.approx(targets.mean().item(), abs=1e-3)
    assert loss == pytest.approx(targets.var(correction=0).item(), abs=0.01) == pytest.approx(2.9, abs=0.05)
    slope, *_ = learnt(drop=True)
    assert slope == pytest.approx(3.0, abs=0.05)


def test_the_loss_falls_and_then_lies_still():
    losses = learnt(drop=False)[2]
    assert losses[:50] == sorted(set(losses[:50]), reverse=True)
    assert max(losses[100:]) - min(losses[100:]) < 1e-5


def test_on_which_tables_the_friends_line_runs():
    """On squares, and on a single row or column; of these it is right on a row only."""
    found = {}
    for shape in ((3, 5), (5, 3), (4, 4), (4, 1), (1, 4)):
        x = torch.randn(shape, generator=torch.Generator().manual_seed(0))
        try:
            own = x - x.mean(dim=-1)
        except RuntimeError:
            continue
        right = function("centre_rows")(x)
        found[shape] = tuple(own.shape), own.shape == right.shape and torch.allclose(own, right)
    assert found == {(4, 4): ((4, 4), False), (4, 1): ((4, 4), False), (1, 4): ((1, 4), True)}


@cache
def digits():
    return load("digits"), load("digits", "test")


def read(mean, centre, table, added=0.0):
    """How many of 100 digits the finale reads with these parts."""
    train, test = digits()
    keep = train.labels == torch.arange(10)[:, None]
    means = mean(train.floats().flatten(1).expand(10, -1, -1), keep)
    shown, known = (F.normalize(centre(x), dim=-1) for x in (test.floats().flatten(1) + added, means))
    return 100 * (table(shown, known).argmax(dim=-1) == test.labels).float().mean().item()


PARTS = {"mean": "mean_of_kept", "centre": "centre_rows", "table": "overlaps"}


def parts(**changed):
    return {part: function(name) for part, name in PARTS.items()} | changed


def test_the_finale_reads_as_the_text_says():
    assert len(digits()[0]) == 1438 and len(digits()[1]) == 359
    assert read(**parts()) == pytest.approx(91.1, abs=0.05)
    assert read(**parts(centre=torch.clone)) == pytest.approx(91.1, abs=0.05)
    assert read(**parts(), added=1.0) == pytest.approx(91.1, abs=0.05)
    assert read(**parts(centre=torch.clone), added=1.0) == pytest.approx(81.1, abs=0.05)


def test_a_slip_in_a_part_makes_the_finale_worse():
    ignored = parts(mean=lambda x, keep: x.mean(dim=-2))
    assert read(**ignored) < 15, "every digit gets the same mean"
    distances = parts(table=torch.cdist)
    assert read(**distances) < 10, "the least alike is chosen"
    with pytest.raises(RuntimeError, match="must match"):
        read(**parts(centre=lambda x: x - x.mean(dim=-1)))


def test_a_test_that_asserts_nothing_is_not_told_what_it_asks_for():
    """A student of the demonstration was told "the test asks for mean 0 only" of one that asked nothing."""

    def runs(centre_rows):
        centre_rows(torch.randn(4, 4))

    exercise = catalogue.find("test_centre_rows")
    questions = exercise.questions(Draw(0))
    verdict = judge(exercise, questions, Response(exercise.outcomes(runs, questions)))
    assert verdict.mistake and "asks for" not in verdict.mistake
