"""The still picture of two shapes that meet: last axes stand under each other, as in the live one."""

import pytest
from matplotlib import pyplot

from course.show.broadcasting import _still


@pytest.fixture
def written():
    """written(one, other): what stands in each row of the still picture, (x, text), from the left."""

    def written(one, other):
        fig = _still(one, other)
        rows = {}
        for text in fig.axes[0].texts:
            x, y = text.get_position()
            rows.setdefault(y, []).append((x, text.get_text()))
        pyplot.close(fig)
        return [sorted(row) for _, row in sorted(rows.items(), reverse=True)]

    return written


def test_last_axes_stand_under_each_other(written):
    first, second, result = written((2, 1, 3), (4, 1))
    last = first[-1][0]
    assert first == [(-1, "first"), (last - 2, "2"), (last - 1, "1"), (last, "3")]
    assert second == [(-1, "second"), (last - 1, "4"), (last, "1")]
    assert result == [(-1, "result"), (last - 2, "2"), (last - 1, "4"), (last, "3")]


def test_shapes_that_do_not_fit_have_no_result(written):
    first, second, said = written((5, 3), (5,))
    assert first[-1][0] == second[-1][0]
    assert said == [(-1, "they do not fit")]
