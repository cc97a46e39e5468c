"""What crosses into the page where patches are hidden: all weights, each where its name says."""

import numpy as np
import pytest
import torch

from course.checkpoints import shelf
from course.show.hiding import CHECKPOINT, hiding, state


def test_every_weight_lies_where_its_name_says():
    method = shelf.load(CHECKPOINT).module
    crossing = state(method)
    for name, tensor in method.state_dict().items():
        first, count = crossing["places"][name]
        np.testing.assert_array_equal(crossing["values"][first : first + count], tensor.flatten().numpy())
    assert len(crossing["values"]) == sum(tensor.numel() for tensor in method.state_dict().values())


def test_the_page_holds_them_in_less_than_a_megabyte_and_has_a_still():
    block = hiding()
    page = block.html
    assert len(page) < 1_000_000 and "data:image/png" in page
    assert "decibels" in block.alt


def test_a_picture_that_is_not_there_is_refused():
    with pytest.raises(ValueError, match="0 … 5"):
        hiding(6)


def test_the_network_is_the_one_that_the_script_computes():
    """Pre-norm layers, ε = 1e-6, exact GELU, CLS in front: what hiding.js assumes."""
    method = shelf.load(CHECKPOINT).module
    for part in (method.encoder, method.decoder):
        norms = [part.norm, *(layer.norm1 for layer in part.layers)]
        assert all(layer.pre_norm for layer in part.layers) and {norm.eps for norm in norms} == {1e-6}
        assert all(layer.mlp.activation.approximate == "none" for layer in part.layers)
    assert method.encoder.position.extra == method.decoder.position.extra == 1 and not method.normalise
    assert isinstance(method.encoder.cls, torch.nn.Parameter)
