"""Ink of characters, and boxes drawn from whatever finds them."""

import torch

from course.data.text_lines import text_lines
from course.show.text_boxes import boxed, inked


def test_ink_lies_in_its_box_and_nearly_fills_it():
    lines = text_lines(4, 32, 120, texts=["on top"], seed=2)
    for number in range(4):
        ink = inked(lines, number)
        assert ink.shape == (6, 32, 120) and not ink[2].any()  # the space
        for one, (left, top, right, bottom) in zip(ink, lines.boxes[number].tolist()):
            assert one.sum() == one[top:bottom, left:right].sum()
            assert right == left or one.any()


def test_boxes_are_asked_for_and_shown(capsys):
    asked = []

    def find(ink):
        asked.append(tuple(ink.shape))
        return torch.tensor([[1, 2, 5, 9]] * len(ink))

    for count in (1, 2):
        boxed(text_lines(count, 32, 120, texts=["ink"], seed=1), find)
    assert asked == [(3, 32, 120)] * 3
