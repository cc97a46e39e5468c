"""Copying: what is read is what is to be written, and a pair of networks begins to learn it."""

import torch

from course.language.copying import DIGITS, FIRST, PADDING, START, learn_to_copy, rows, share_copied


def test_the_writer_is_told_what_stands_before():
    source, told = rows(torch.tensor([3, 1]), torch.Generator().manual_seed(0))
    assert source.shape == told.shape == (2, 3)
    assert (told[:, 0] == START).all() and torch.equal(told[:, 1:], source[:, :-1])
    assert (source[1] == PADDING).tolist() == [False, True, True]
    assert source[0].min() >= FIRST and source.max() < FIRST + DIGITS


def test_one_digit_is_soon_copied_and_a_seed_is_a_result():
    models = [learn_to_copy(16, looks_back=False, longest=2, steps=120) for _ in range(2)]
    shares = [share_copied(model, [1, 4]) for model in models]
    assert shares[0] == shares[1] and shares[0][0] > 0.9 > shares[0][1]


def test_looking_back_is_the_same_network_with_attention():
    one_vector, looks_back = (learn_to_copy(8, looks_back=yes, steps=1) for yes in (False, True))
    more = {name for name, _ in looks_back.named_parameters()} - {n for n, _ in one_vector.named_parameters()}
    assert more and all(name.startswith("attention.") for name in more)
