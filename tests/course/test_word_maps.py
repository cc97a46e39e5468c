"""The figure of a captioner's looks: light where the weights are."""

import numpy as np
import torch
from matplotlib import pyplot

from course.show.word_looks import DARK
from course.show.word_maps import ACROSS, word_maps


def test_a_panel_for_each_word_lit_where_it_looked():
    image, weights = torch.ones(3, 8, 8), torch.zeros(6, 4)
    weights[:, 1] = 1.0  # the upper right of 2 × 2
    words = ["a", "red", "square", "at", "the", "top"]
    fig = word_maps(image, words, weights, "a red square")
    try:
        titles = [ax.get_title(loc="left") for ax in fig.axes if ax.images]
        assert titles == ["the picture", *words]
        assert len(fig.axes) == 2 * ACROSS and not any(ax.axison for ax in fig.axes)
        shown = np.asarray(fig.axes[1].images[0].get_array())
        assert shown[0, 7].tolist() == [1, 1, 1] and np.allclose(shown[7, 0], DARK)
    finally:
        pyplot.close(fig)
