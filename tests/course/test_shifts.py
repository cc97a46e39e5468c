"""A digit moved over its sheet: every reader is asked at every place, and the script finds all it needs."""

import html
import json
import re

import pytest
import torch

from course.show.shifts import read_everywhere, shifts


@pytest.fixture(autouse=True)
def no_window(monkeypatch):
    monkeypatch.setenv("MPLBACKEND", "Agg")


def by_column(x):
    """A reader that names the column of the first ink: (B, 1, S, S) -> (B, S)"""
    return 50.0 * x[:, 0].sum(dim=1)


def test_a_place_is_so_many_rows_down_and_columns_to_the_right():
    image = torch.zeros(1, 3, 3)
    image[0, :, 0] = 1
    shares = read_everywhere(image, by_column, margin=2)  # (1, 5, 5, 7)
    assert shares.shape == (1, 5, 5, 7) and torch.allclose(shares.sum(dim=-1), torch.ones(1, 5, 5))
    assert (shares.argmax(dim=-1)[0] == torch.arange(5)).all()  # the same in each row
    by_row = read_everywhere(image.mT, lambda x: by_column(x.mT), margin=2)
    assert (by_row.argmax(dim=-1)[0] == torch.arange(5)[:, None]).all()


def test_every_element_that_the_script_looks_for_is_on_the_page():
    block = shifts(torch.rand(2, 3, 3), torch.tensor([0, 1]), {"reader": by_column})
    page = html.unescape(re.search(r'srcdoc="([^"]*)"', block.html)[1])
    data = json.loads(re.search(r'id="data">(.*?)</script>', page, re.DOTALL)[1])
    assert data["readers"] == ["reader"] and data["labels"] == [0, 1]
    assert set(re.findall(r'element\("([\w-]+)"\)', page)) <= set(re.findall(r'\bid="([\w-]+)"', page))
    assert "at how many of the 25 places" in block.alt and block.png


def test_labels_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match=r"images must have shape \(n, H, W\), with n labels; got"):
        shifts(torch.rand(2, 3, 3), torch.tensor([0]), {"reader": by_column})
