"""A translator in the one training loop, and the textbook beside it."""

import torch

from course.checkpoints.translating import Sentences, Translating, in_order, likest, written_right
from course.language.seq2seq import AttentiveSeq2Seq
from course.language.translate import Characters, smoothed_cross_entropy
from course.training.loop import train
from course.training.recipe import Recipe

PAIRS = [("un", "one"), ("deux", "two"), ("trois", "three"), ("quatre", "four")]


def translating(seed=0):
    torch.manual_seed(seed)
    vocabulary = Characters(text for pair in PAIRS for text in pair)
    return Translating(AttentiveSeq2Seq(len(vocabulary), 16, 32, dropout=0.0), vocabulary)


def test_the_loss_is_that_of_teacher_forcing_and_padding_is_cut():
    method = translating()
    data = Sentences(PAIRS, method.vocabulary)
    assert data.source.shape == (4, 7) and data.target.shape == (4, 7)
    batch = method.batch(data, torch.tensor([0, 1]))
    assert batch["source"].shape == (2, 5) and batch["target"].shape == (2, 5)
    loss, told = method(batch)
    logits = method.encoder(batch["source"], batch["target"][:, :-1])
    torch.testing.assert_close(loss, smoothed_cross_entropy(logits, batch["target"][:, 1:]))
    right = [
        int(row[i].argmax() == wanted)
        for row, target in zip(logits, batch["target"][:, 1:])
        for i, wanted in enumerate(target)
        if wanted
    ]
    torch.testing.assert_close(told["accuracy"], torch.tensor(sum(right) / len(right)))


def test_it_learns_four_words_by_heart_and_writes_them():
    method = translating()
    data = Sentences(PAIRS, method.vocabulary)
    train(method, data, Recipe(epochs=80, batch=4, lr=1e-2))
    assert method.eval().write([source for source, _ in PAIRS]) == [target for _, target in PAIRS]
    exact, letters = written_right(method, PAIRS[:2], PAIRS)
    assert exact.this == 100 and exact.beside["translation of the likest seen"] == 50
    assert letters.this == 100 > letters.beside["translation of the likest seen"]
    assert method.alignment("un", "one").shape == (4, 3)  # both with their ends


def test_the_likest_sentence_seen():
    assert likest(PAIRS, ["trois cents", "une", "deux"]) == ["three", "one", "two"]


def test_a_net_beside_itself_is_in_no_better_order():
    score = in_order(translating(1).eval(), translating(1).eval(), PAIRS)
    assert -1 <= score.this <= 1 and score.this == score.beside["untrained"]
