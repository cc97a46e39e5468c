"""FCMAE: nothing leaks, the masked network equals a sparse one in loops, and it stays a ConvNeXt V2."""

import pytest
import torch
from torch import nn
from torch.nn.functional import gelu, layer_norm

from course.ssl.fcmae import FCMAE, MaskedConvNeXtV2, build_encoder
from course.ssl.mae import patch_statistics, patchify
from course.vision import convnext

SMALL = dict(depths=(2, 2), dims=(4, 6), classes=0, patch=2)


def randomised(model):
    torch.manual_seed(0)
    for parameter in model.parameters():
        nn.init.normal_(parameter, std=0.4)  # GRN that starts at 0 would hide itself
    return model


@pytest.fixture
def encoder():
    return randomised(MaskedConvNeXtV2(**SMALL))


@pytest.fixture
def images():
    return torch.rand(2, 3, 16, 16, generator=torch.Generator().manual_seed(1))


@pytest.fixture
def hidden():
    return torch.rand(2, 4, 4, generator=torch.Generator().manual_seed(2)) < 0.6


def pixels(hidden, cell=4):
    return hidden[:, None].repeat_interleave(cell, 2).repeat_interleave(cell, 3)


def test_the_same_network_as_convnext(encoder, images):
    plain = convnext.ConvNeXtV2(**SMALL)
    plain.load_state_dict(encoder.state_dict())
    torch.testing.assert_close(encoder(images), plain(images), atol=0, rtol=0)


@torch.no_grad()
def test_nothing_of_what_is_hidden_reaches_what_is_visible(encoder, images, hidden):
    seen = (~hidden)[:, None].expand(-1, 6, -1, -1)
    maps = encoder.visible_maps(images, hidden)
    changed = torch.where(pixels(hidden), 9 * torch.rand(images.shape), images)
    torch.testing.assert_close(encoder.visible_maps(changed, hidden)[seen], maps[seen], atol=0, rtol=0)
    assert (encoder.maps(changed)[seen] - encoder.maps(images)[seen]).abs().max() > 0.01  # it would, unmasked
    other = torch.where(pixels(hidden), images, 9 * torch.rand(images.shape))
    assert (encoder.visible_maps(other, hidden)[seen] - maps[seen]).abs().max() > 0.01
    torch.testing.assert_close(encoder.maps(images), randomised(MaskedConvNeXtV2(**SMALL)).maps(images))


def test_a_whole_number_of_cells_stays_whole(encoder):
    batch = FCMAE(encoder, dim=8, ratio=0.8).views(torch.rand(2, 3, 20, 20), torch.Generator().manual_seed(0))
    assert (~batch["hidden"]).sum(dim=(1, 2)).tolist() == [5, 5]


def sparse_block(block, values):
    """A block on visible pixels alone: values is a dictionary (y, x) -> (dim,), and there is nothing else."""
    kernel, bias = block.depthwise.weight[:, 0], block.depthwise.bias  # (dim, 7, 7), (dim,)
    wide = {}
    for (y, x), own in values.items():
        met = bias.clone()
        for dy in range(-3, 4):
            for dx in range(-3, 4):
                if (y + dy, x + dx) in values:
                    met = met + kernel[:, dy + 3, dx + 3] * values[y + dy, x + dx]
        met = layer_norm(met, own.shape, block.norm.weight, block.norm.bias, 1e-6)
        wide[y, x] = gelu(block.mlp.expand.weight @ met + block.mlp.expand.bias)
    grn = block.mlp.activation[1]
    strength = sum(value**2 for value in wide.values()).sqrt()
    relative = strength / (strength.mean() + 1e-6)
    result = {}
    for place, value in wide.items():
        value = grn.gamma * value * relative + grn.beta + value
        result[place] = values[place] + block.mlp.contract.weight @ value + block.mlp.contract.bias
    return result


@torch.no_grad()
def test_equals_a_sparse_network_by_loops(encoder, images, hidden):
    """The stem and the merge of 2 × 2 stay inside a cell, so they may be taken from the dense network."""
    found = encoder.visible_maps(images, hidden)
    for b in range(2):
        x = encoder.reductions[0](images[b : b + 1])  # (1, 4, 8, 8)
        for number, stage in enumerate(encoder.stages):
            scale = 2 - number
            seen = [(y, x_) for y in range(4 * scale) for x_ in range(4 * scale)]
            seen = [(y, x_) for y, x_ in seen if not hidden[b, y // scale, x_ // scale]]
            values = {place: x[0, :, place[0], place[1]] for place in seen}
            for block in stage:
                values = sparse_block(block, values)
            x = torch.full_like(x, torch.nan)  # whoever reads a hidden pixel will show it
            for (y, x_), value in values.items():
                x[0, :, y, x_] = value
            if number == 0:
                x = encoder.reductions[1](x)
        expected = x[0, :, ~hidden[b]]
        assert expected.isfinite().all()
        torch.testing.assert_close(found[b, :, ~hidden[b]], expected, atol=1e-4, rtol=1e-4)


def test_number_of_parameters_of_the_decoder():
    with torch.device("meta"):
        method = FCMAE(build_encoder("atto", classes=0))
    own = sum(p.numel() for p in method.parameters()) - sum(p.numel() for p in method.encoder.parameters())
    width = 32 * 32 * 3
    assert own == 320 * 512 + 512 + 512 + 8 * 512**2 + 65 * 512 + 512 * width + width
    assert sum(p.numel() for p in method.encoder.parameters()) == 3_708_400 - 321_000  # the head


def test_the_loss_counts_hidden_patches_in_the_order_of_patchify(encoder, images):
    method = FCMAE(encoder, dim=8)
    batch = method.views(images, torch.Generator().manual_seed(0))
    hidden = batch["hidden"]
    assert hidden.shape == (2, 4, 4) and hidden.flatten(1).sum(dim=1).tolist() == [10, 10]
    method.mask.data.add_(1.0)
    x = method.projection(encoder.visible_maps(batch["images"], hidden))
    for b in range(2):
        for place in hidden[b].nonzero().tolist():
            x[b, :, place[0], place[1]] = method.mask[0, :, 0, 0]
    predicted = method.prediction(method.decoder(x)).permute(0, 2, 3, 1).flatten(1, 2)
    target = patchify(batch["images"], 4)
    mean, std = patch_statistics(target)
    expected = (predicted - (target - mean) / std)[hidden.flatten(1)].square().mean()
    torch.testing.assert_close(method(batch)[0], expected)


def test_wrong_use(encoder, images):
    with pytest.raises(TypeError, match=r"FCMAE needs a MaskedConvNeXtV2 .* got ConvNeXtV2"):
        FCMAE(convnext.ConvNeXtV2(**SMALL))
    with pytest.raises(ValueError, match=r"hidden must be boolean, \(2, 4, 4\), .* got bool, \(2, 8, 8\)"):
        encoder.visible_maps(images, torch.zeros(2, 8, 8, dtype=torch.bool))
    with pytest.raises(ValueError, match="height 18 is not divisible by the encoder's cell 4"):
        FCMAE(encoder, dim=8, augment=lambda x, g: x).views(torch.rand(1, 3, 18, 16))
    assert encoder.visible.map is None
