"""Exercises with an outcome of training: a linear softmax classifier of digits, trained by hand."""

from dataclasses import replace

import pytest
import torch

from course.data.digits import digits
from grader.asking import wire
from grader.asking.outcome import Outcome
from grader.exercise import Function, Halfway, TrainingOutcome
from grader.exercise.training_outcome import PART, too_close
from grader.judging.measure import drifted, problems, trained
from grader.judging.prove import prove
from grader.naming import training_outcome as naming
from grader.naming.case import Case
from grader.questions.draw import Draw

TRAINING, CLASSES = 600, 10
MEAN, CHANCE = "the nearest mean of raw pixels", "guessing"
COMMON = {"points": 5, "difficulty": 3, "minutes": 20, "hints": ["One step first."]}


def train(images, labels, hidden_images):
    """A linear softmax classifier, trained by stochastic gradient descent.

    images: (N, 64), labels: (N,), hidden_images: (M, 64) -> (M,) classes
    """
    weight, bias = torch.zeros(64, 10), torch.zeros(10)
    for epoch in range(20):
        for batch in torch.randperm(len(images)).split(30):
            rate = 0.5 * (1 - epoch / 20)
            weight, bias = sgd_step(weight, bias, images[batch], one_hot(labels[batch]), rate)
    return (hidden_images @ weight + bias).argmax(-1)


def sgd_step(weight, bias, images, targets, rate):
    """One step down the gradient of the cross entropy.

    weight: (64, 10), bias: (10,), images: (B, 64), targets: (B, 10) one-hot -> weight, bias
    """
    error = (images @ weight + bias).softmax(-1) - targets  # (B, 10)
    return weight - rate * images.T @ error / len(images), bias - rate * error.mean(0)


def one_hot(labels):
    return torch.nn.functional.one_hot(labels, CLASSES).float()


def nearest_mean(images, labels, hidden_images):
    means = torch.stack([images[labels == c].mean(0) for c in range(CLASSES)])
    return torch.cdist(hidden_images, means).argmin(-1)


def guessing(images, labels, hidden_images):
    return torch.randint(CLASSES, (len(hidden_images),))


def split(draw):
    """The same images for everybody: then only what the training draws is left to chance."""
    images, labels = digits()
    order = torch.randperm(len(images), generator=torch.Generator().manual_seed(0))
    images, labels = images.flatten(1)[order], labels[order]
    shown = {"images": images[:TRAINING], "labels": labels[:TRAINING]}
    return {**shown, "hidden_images": images[TRAINING:], "hidden": labels[TRAINING:]}


MEASURED = {"reference": (0.939, 0.001), MEAN: (0.891, 0.0), CHANCE: (0.1, 0.009)}


def outcome_exercise(**other):
    made = {"data": split, "baselines": {MEAN: nearest_mean, CHANCE: guessing}, "measured": MEASURED}
    exercise = TrainingOutcome(train, **{**made, "seconds": 20.0, **COMMON, **other})
    exercise.place("train", "00_small", "Train it yourself")
    return exercise


EXERCISE = outcome_exercise()


def told(answer, seed=0, exercise=EXERCISE):
    """Points, what is found, and the name, of an answer that crosses as a student's does."""
    (question,) = exercise.questions(Draw(seed))
    payload = wire.decode(wire.encode(question.payload))
    assert payload.keys() == {"inputs", "seed"} and "hidden" not in payload["inputs"]  # labels stay here
    given = exercise.outcome(answer, question)
    given = wire.decode_outcome(wire.encode_outcome(given))
    (expected,) = exercise.expected([question])
    found = None if given.failure else exercise.difference(question, expected.value, given.value)
    case = Case(question, expected, given, bool(given.failure or found))
    named = None if not case.wrong else naming.name(exercise, [case])
    held = {part: not case.wrong for part in exercise.parts}
    return exercise.earned([question], [given], held), found, named


# -- right answers -------------------------------------------------------------------------------------


def with_autograd(images, labels, hidden_images):
    weight, momentum = torch.zeros(64, CLASSES, requires_grad=True), torch.zeros(64, CLASSES)
    for _ in range(30):
        for batch in torch.randperm(len(images)).split(50):
            loss = torch.nn.functional.cross_entropy(images[batch] @ weight, labels[batch])
            momentum = momentum / 2 + torch.autograd.grad(loss, weight)[0]
            with torch.no_grad():
                weight -= 0.5 * momentum
    return (hidden_images @ weight).argmax(-1).tolist()


def as_numpy(*data):
    return train(*data).numpy()


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("answer", [train, with_autograd, as_numpy])
def test_whoever_trains_well_has_full_marks(answer, seed):
    assert told(answer, seed) == (5, None, None)


def test_the_reference_reaches_what_is_said():
    asked = trained(EXERCISE)
    assert problems(EXERCISE, 6, asked) == []
    assert problems(EXERCISE, 1, asked) == []  # of one training there is no spread


# -- wrong answers -------------------------------------------------------------------------------------


def never_steps(images, labels, hidden_images):
    return (hidden_images @ torch.zeros(64, CLASSES)).argmax(-1)


def wrong_way(images, labels, hidden_images):
    weight, bias = sgd_step(torch.zeros(64, 10), torch.zeros(10), images, one_hot(labels), -0.5)
    return (hidden_images @ weight + bias).argmax(-1)


def scrambled(images, labels, hidden_images):
    return train(images, labels, hidden_images)[torch.randperm(len(hidden_images))]


def too_short(images, labels, hidden_images):
    weight, bias = torch.zeros(64, CLASSES), torch.zeros(CLASSES)
    for _ in range(3):
        for batch in torch.randperm(len(images)).split(32):
            weight, bias = sgd_step(weight, bias, images[batch], one_hot(labels[batch]), 0.5)
    return (hidden_images @ weight + bias).argmax(-1)


def one_step(images, labels, hidden_images):
    weight, bias = sgd_step(torch.zeros(64, 10), torch.zeros(10), images, one_hot(labels), 0.5)
    return (hidden_images @ weight + bias).argmax(-1)


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (never_steps, "Every image is given the same class, 0."),
        (nearest_mean, f"It says of each image what “{MEAN}” says: training adds nothing to it."),
        (wrong_way, f"It is no better than “{CHANCE}”, which reaches 10.0%."),
        (scrambled, f"It is no better than “{CHANCE}”, which reaches 10.0%."),
        (one_step, f"It is no better than “{MEAN}”, which reaches 89.1%."),
    ],
)
def test_what_has_learnt_nothing_has_no_points_and_a_name(answer, sentence):
    points, found, named = told(answer)
    assert points == 0 and named.sentence == sentence and named.how == "symptom"
    assert "this is 0% of the way" in found.sentence


def test_the_way_from_the_best_baseline_is_worth_points():
    points, found, named = told(too_short)
    assert (
        0 < points < 5 and named is None
    )  # it is better than every baseline: why not better yet, nobody knows
    assert f"“{MEAN}” reaches 89.1%, the course's own training 93.9%: this is" in found.sentence


@pytest.mark.parametrize(
    ("accuracy", "share"),
    [(0.0, 0), (0.891, 0), (0.903, 0.25), (0.915, 0.5), (0.934, 43 / 48), (0.9345, 1), (0.939, 1), (1.0, 1)],
)
def test_points_grow_from_the_best_baseline_to_nine_tenths_of_the_way(accuracy, share):
    assert EXERCISE.share(accuracy) == pytest.approx(share)


def test_full_marks_begin_where_a_right_answer_may_end_by_bad_luck():
    exercise = outcome_exercise(measured={**MEASURED, "reference": (0.939, 0.005)})
    assert exercise.share(0.9195) == 1.0 and exercise.share(0.9185) < 0.6


HALFWAY = Halfway("a short training", reached=(0.921, 0.001), share=0.6, sentence="It is too short.")


@pytest.mark.parametrize(
    ("accuracy", "share"), [(0.89, 0), (0.906, 0.3), (0.921, 0.6), (0.93, 0.8), (0.935, 1)]
)
def test_what_is_had_without_the_point_of_it_is_worth_its_share(accuracy, share):
    assert outcome_exercise(halfway=HALFWAY).share(accuracy) == pytest.approx(share)


def test_who_comes_no_further_than_halfway_is_told_why():
    reached = EXERCISE.accuracy(*told_of(too_short))
    halfway = replace(HALFWAY, reached=(reached, 0.001))
    points, found, named = told(too_short, exercise=outcome_exercise(halfway=halfway))
    assert points == pytest.approx(3) and named.sentence == "It is too short."
    assert f"“a short training” {reached:.1%}, the course's own training" in found.sentence
    assert "this is 60% of the points." in found.sentence
    far = replace(HALFWAY, reached=(reached - 0.01, 0.001))
    assert told(too_short, exercise=outcome_exercise(halfway=far))[2] is None


def test_halfway_has_no_full_marks():
    with pytest.raises(ValueError, match="“a short training” has full marks"):
        outcome_exercise(halfway=replace(HALFWAY, reached=(0.938, 0.001)))


def told_of(answer):
    """The question of the first seed, and what an answer gives to it."""
    (question,) = EXERCISE.questions(Draw(0))
    return question, EXERCISE.outcome(answer, question).value


def split_with_own(draw):
    """Of the images to train on 100 stand again among the hidden ones, at places that nobody is told."""
    given = split(draw)
    images = torch.cat([given["hidden_images"], given["images"][:100]])
    labels = torch.cat([given["hidden"], given["labels"][:100]])
    order = torch.tensor(draw.shuffled(range(len(images))))
    own = order >= len(given["hidden"])
    return {**given, "hidden_images": images[order], "hidden": labels[order], "own": own}


def by_heart(images, labels, hidden_images):
    """A table of what was shown; of the rest it knows nothing."""
    distance, nearest = torch.cdist(hidden_images, images).min(dim=-1)
    return torch.where(distance < 1e-6, labels[nearest], torch.rand(len(hidden_images), CLASSES).argmax(-1))


def test_images_of_the_training_do_not_count_and_tell_who_learns_by_heart():
    exercise = outcome_exercise(data=split_with_own)
    assert told(train, exercise=exercise) == (5, None, None)
    points, found, named = told(by_heart, exercise=exercise)
    assert points == 0 and found.sentence.startswith(("9.", "10.", "11."))
    assert named.sentence.startswith(
        "It has learnt by heart: 100% of the images that it learnt from are right, and "
    )
    assert "no better" in told(by_heart)[2].sentence  # where none of them stands again, nobody knows
    (question,) = exercise.questions(Draw(0))
    assert question.payload["inputs"].keys() == {"images", "labels", "hidden_images"}


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (lambda *data: None, "It returns a NoneType; a class for each image is expected."),
        (lambda *data: {"a": 1}, "It returns a dict; a class for each image is expected."),
        (lambda *data: print, "It returns a builtin_function_or_method; a class for each image is expected."),
        (
            lambda x, y, t: t @ torch.zeros(64, 10),
            "The shape is (1197, 10); (1197,), a class for each image, is expected.",
        ),
        (lambda *data: [1, 2], "The shape is (2,); (1197,), a class for each image, is expected."),
    ],
)
def test_no_predictions(answer, sentence):
    points, found, named = told(answer)
    assert points == 0 and found.sentence == sentence and named is None


def test_odd_predictions_are_wrong_and_no_crash():
    for odd in (torch.full((1197,), torch.nan), torch.zeros(1197, dtype=torch.bool), torch.zeros(1197) + 0.5):
        assert told(lambda *data, odd=odd: odd)[0] == 0


def test_inputs_stay_as_they_were_and_chance_is_the_same_on_every_regrade():
    def scales(images, labels, hidden_images):
        images /= 2

    (question,) = EXERCISE.questions(Draw(0))
    refused = EXERCISE.outcome(scales, question).failure
    assert str(refused).startswith("It changes its input `images` in place")
    assert EXERCISE.earned([question], [Outcome(failure=refused)], {PART: False}) == 0
    one, other = (EXERCISE.outcome(lambda *data: torch.rand(3), question).value for _ in range(2))
    assert torch.equal(one, other)


# -- where luck would decide ---------------------------------------------------------------------------


def test_an_exercise_needs_room_between_the_best_baseline_and_the_reference():
    assert too_close({"reference": (0.95, 0.003), "a rule": (0.90, 0.004)}) == ""
    assert too_close({"reference": (0.95, 0.006), "a rule": (0.90, 0.004)}) == (
        "the reference (0.950) lies 0.050 above “a rule”, less than 8 standard deviations of 0.0072."
    )
    with pytest.raises(ValueError, match="less than 8 standard deviations"):
        outcome_exercise(measured={**MEASURED, "reference": (0.939, 0.02)})
    with pytest.raises(ValueError, match="of the reference and of each baseline"):
        outcome_exercise(measured={"reference": (0.9, 0.01)})


def test_a_proof_fails_where_measurements_have_drifted():
    worse = outcome_exercise(measured={**MEASURED, "reference": (0.959, 0.001)})
    assert drifted(worse, {**MEASURED, "reference": (0.939, 0.001)}) == [
        "reference reaches 0.939, and the exercise says 0.959"
    ]
    assert drifted(EXERCISE, MEASURED) == []


def test_a_proof_trains_once_for_what_it_judges_and_measures(monkeypatch):
    exercise, seen = outcome_exercise(), []

    def counted(*data):
        seen.append(None)
        return train(*data)

    monkeypatch.setattr(exercise, "reference", counted)
    assert prove(exercise, 2).problems == [] and len(seen) == 2


def test_a_proof_fails_where_luck_decides_by_now(monkeypatch):
    exercise = outcome_exercise()
    monkeypatch.setattr(exercise, "reference", scrambled)  # it has got worse
    asked = trained(exercise)
    reached, crowded = problems(exercise, 6, asked)
    assert reached.endswith("and the exercise says 0.939") and "above" in crowded
    (reached,) = problems(exercise, 1, asked)
    assert reached.endswith("and the exercise says 0.939")


# -- one step is a function ----------------------------------------------------------------------------


def step_inputs(draw):
    targets = one_hot(torch.tensor([draw.integer(0, 9) for _ in range(5)]))
    weights = {"weight": draw.normal(64, 10), "bias": draw.normal(10)}
    return {**weights, "images": draw.normal(5, 64), "targets": targets, "rate": 0.3}


@pytest.mark.parametrize(
    ("answer", "right"),
    [
        (sgd_step, True),
        (lambda weight, bias, *data: (weight, bias), False),  # weights unchanged
        (lambda w, b, x, t, rate: sgd_step(w, b, x, t, -rate), False),
        (lambda w, b, x, t, rate: sgd_step(w, b, x, t, rate * len(x)), False),
    ],
)
def test_one_step_is_a_function_and_is_compared_exactly(answer, right):
    exercise = Function(sgd_step, cases={"one step": step_inputs}, **COMMON)
    questions = exercise.questions(Draw(0))
    for question, expected in zip(questions, exercise.outcomes(sgd_step, questions)):
        given = exercise.outcome(answer, question)
        assert (exercise.difference(question, expected.value, given.value) is None) == right
