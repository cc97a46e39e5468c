"""The CNN that a block is put into: it learns digits, and an empty place changes nothing."""

import torch
from torch import nn

from course.vision.small_cnn import SmallCNN, fit, right


def test_it_reads_digits_after_some_epochs_and_a_block_between_counts():
    torch.manual_seed(0)
    net = SmallCNN(16)
    before = right(net)
    fit(net, epochs=3)
    after = right(net)
    assert before < 0.3 < 0.75 < after
    net.between = nn.ReLU()  # behind a ReLU another one is nothing
    assert right(net) == after
    net.between = nn.Conv2d(16, 16, 1)
    assert right(net) < after - 0.2
