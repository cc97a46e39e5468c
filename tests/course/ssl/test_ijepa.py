"""I-JEPA's masks by loops and their properties, its sizes, and who sees what."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from course.ssl.ijepa import IJEPA, PatchViT, block_size, build_encoder, context_of, multiblock, place
from course.vision.vit import ViT

SMALL = dict(image_size=12, patch=2, dim=12, depth=2, heads=2, hidden=16, classes=0, channels=1)
OPTIONS = dict(dim=8, depth=2, heads=2, minimum=4)


def uniform(*shape, seed=0):
    return torch.rand(shape, generator=torch.Generator().manual_seed(seed))


# --- Sizes ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("depth", "predictor"), [(6, 11_314_176), (12, 21_960_960)])
def test_number_of_parameters(depth, predictor):
    with torch.device("meta"):
        method = IJEPA(build_encoder("B/16", classes=0), depth=depth)
    assert sum(p.numel() for p in method.encoder.parameters()) == 85_797_120
    assert sum(p.numel() for p in method.predictor.parameters()) == predictor
    assert not any(p.requires_grad for p in method.teacher.parameters())


# --- Masks ---------------------------------------------------------------------------------------------


def test_a_blocks_size():
    assert block_size((14, 14), (0.15, 0.2), (0.75, 1.5), (0.0, 0.0)) == (5, 6)  # 29 patches, 4.66 by 6.22
    assert block_size((14, 14), (0.15, 0.2), (0.75, 1.5), (0.999, 0.999)) == (8, 5)  # 39, 7.65 by 5.1
    assert block_size((14, 14), (0.85, 1.0), (1.0, 1.0), (0.0, 0.5)) == (13, 13)
    assert block_size((2, 3), (1.0, 1.0), (4.0, 4.0), (0.0, 0.0)) == (2, 1)  # no larger than the grid
    assert block_size((2, 2), (0.1, 0.1), (1.0, 1.0), (0.0, 0.0)) == (1, 1)  # no smaller than a patch


def by_loops(numbers, sizes, grid, minimum):
    """Patch numbers, block by block and image by image."""
    H, W = grid

    def block(pair, size):
        rows, columns = size
        top, left = int(pair[0] * (H - rows + 1)), int(pair[1] * (W - columns + 1))
        return [y * W + x for y in range(top, top + rows) for x in range(left, left + columns)]

    contexts, targets = [], []
    for image in numbers.double().tolist():
        blocks = [block(pair, sizes[1]) for pair in image[1:]]
        whole = block(image[0], sizes[0])
        for used in range(len(blocks), -1, -1):
            context = [i for i in whole if not any(i in b for b in blocks[:used])]
            if len(context) >= minimum:
                break
        contexts.append(context)
        targets.append(blocks)
    kept = min(map(len, contexts))
    return [context[:kept] for context in contexts], targets


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 4), st.integers(1, 4), st.integers(2, 7), st.integers(2, 7), st.data())
def test_the_masks_by_loops(B, M, H, W, data):
    size = [(data.draw(st.integers(1, H)), data.draw(st.integers(1, W))) for _ in range(2)]
    minimum = data.draw(st.integers(1, size[0][0] * size[0][1]))
    numbers = uniform(B, 1 + M, 2, seed=data.draw(st.integers(0, 1000)))
    context, targets = multiblock(numbers, (size[0], size[1]), (H, W), minimum)
    expected = by_loops(numbers, size, (H, W), minimum)
    assert context.tolist() == expected[0]
    assert targets.tolist() == expected[1]
    assert context.shape[1] >= minimum


def test_every_place_can_be_reached_and_none_beyond():
    numbers = torch.tensor([[0.0, 0.0], [0.999999, 0.999999]])
    blocks = place(numbers, (2, 3), (4, 5))
    assert blocks.flatten(1).sum(dim=1).tolist() == [6, 6]
    assert blocks[0, :2, :3].all() and blocks[1, 2:, 2:].all()


def test_targets_are_given_back_where_too_few_patches_remain():
    block = torch.ones(1, 4, dtype=torch.bool)
    targets = torch.tensor([[[1, 0, 0, 0], [0, 1, 1, 0]]], dtype=torch.bool)
    assert context_of(block, targets, 1).tolist() == [[False, False, False, True]]
    assert context_of(block, targets, 2).tolist() == [[False, True, True, True]]
    assert context_of(block, targets, 4).tolist() == [[True] * 4]
    with pytest.raises(ValueError, match="a context block of 4 patches cannot keep at least 5"):
        context_of(block, targets, 5)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 1000))
def test_at_the_papers_size_a_context_has_at_least_ten_patches_and_no_target(seed):
    numbers = uniform(8, 5, 2, seed=seed)
    share, ratio = uniform(2, seed=seed + 1).tolist()
    sizes = (
        block_size((14, 14), (0.85, 1.0), (1.0, 1.0), (share, 0.0)),
        block_size((14, 14), (0.15, 0.2), (0.75, 1.5), (share, ratio)),
    )
    context, targets = multiblock(numbers, sizes, (14, 14))
    assert context.shape[1] >= 10 and targets.shape == (8, 4, sizes[1][0] * sizes[1][1])
    assert not set(context[0].tolist()) & set(targets[0].flatten().tolist())


# --- The networks --------------------------------------------------------------------------------------


@pytest.fixture
def method():
    torch.manual_seed(0)
    return IJEPA(PatchViT(**SMALL), **OPTIONS)


@pytest.fixture
def batch(method):
    return method.views(torch.rand(3, 1, 12, 12), torch.Generator().manual_seed(0))


def test_the_encoder_has_no_cls():
    encoder = PatchViT(**SMALL)
    images = torch.rand(2, 1, 12, 12)
    assert encoder.tokens(images).shape == (2, 36, 12)
    torch.testing.assert_close(encoder(images), encoder.tokens(images).mean(dim=1))
    assert "cls" not in dict(encoder.named_parameters())
    assert not encoder.position.table.requires_grad


def test_the_student_sees_the_context_only_and_the_teacher_all(method, batch):
    images, context = batch["images"], batch["context"]
    seen = torch.zeros(3, 36, dtype=torch.bool).scatter(1, context, True)
    pixels = seen.view(3, 1, 6, 6).repeat_interleave(2, 2).repeat_interleave(2, 3)
    changed = torch.where(pixels, images, torch.rand(images.shape))
    torch.testing.assert_close(
        method.encode(changed, context), method.encode(images, context), atol=0, rtol=0
    )
    other = torch.where(pixels, torch.rand(images.shape), images)
    assert (method.encode(other, context) - method.encode(images, context)).abs().max() > 0.01
    loss, found = method(batch)[0], method({**batch, "images": changed})[0]
    assert (found - loss).abs() > 1e-5  # through the targets


def test_the_loss_block_by_block(method, batch):
    """One pass of the predictor a block, and targets normalised by hand."""
    method.encoder.norm.weight.data.mul_(3.0)
    method.teacher.network.encoder.norm.bias.data.add_(
        1.0
    )  # γ and β of the teacher that must not matter alone
    loss, told = method(batch)
    tokens = method.encode(batch["images"], batch["context"])
    whole = method.teacher(batch["images"])
    whole = (whole - whole.mean(-1, keepdim=True)) / (whole.var(-1, correction=0, keepdim=True) + 1e-5).sqrt()
    errors = []
    for block in range(4):
        where = batch["targets"][:, block]
        predicted = method.predictor(tokens, batch["context"], where[:, None])[:, 0]
        for b in range(3):
            difference = (predicted[b] - whole[b, where[b]]).abs()
            errors.append(torch.where(difference < 1, difference**2 / 2, difference - 0.5).mean())
    torch.testing.assert_close(loss, torch.stack(errors).mean())
    assert told["spread"] > 0 and told["rank"] >= 1


def test_a_prediction_depends_on_where(method, batch):
    tokens = method.encode(batch["images"], batch["context"])
    predicted = method.predictor(tokens, batch["context"], batch["targets"])
    moved = method.predictor(tokens, batch["context"], (batch["targets"] + 1) % 36)
    assert (predicted - moved).abs().max() > 1e-4


def test_gradients_reach_the_student_and_not_the_teacher(method, batch):
    method(batch)[0].backward()
    assert method.encoder.embedding.projection.weight.grad.abs().sum() > 0
    assert all(p.grad is None for p in method.teacher.parameters())


def test_the_teacher_follows_along_a_line(method):
    with torch.no_grad():
        method.encoder.norm.bias.add_(1.0)
    method.after_step(0.25)
    torch.testing.assert_close(method.teacher.network.encoder.norm.bias, torch.full((12,), 0.003))


def test_one_size_a_batch_and_other_sizes_in_other_batches(method):
    images, generator = torch.rand(3, 1, 12, 12), torch.Generator().manual_seed(0)
    sizes = {method.views(images, generator)["targets"].shape for _ in range(20)}
    assert len(sizes) > 1 and {shape[:2] for shape in sizes} == {(3, 4)}
    assert math.prod(min(sizes)) > 0


def test_wrong_use():
    with pytest.raises(
        TypeError, match="I-JEPA needs a ViT with learned positions and no CLS token; got ViT"
    ):
        IJEPA(ViT(**SMALL))
    with pytest.raises(
        ValueError, match=r"numbers must have shape \(batch, 1 \+ targets, 2\); got \(3, 1, 2\)"
    ):
        multiblock(torch.rand(3, 1, 2), ((2, 2), (1, 1)), (4, 4))
    with pytest.raises(ValueError, match="minimum must be a whole number of at least 1; got 0"):
        IJEPA(PatchViT(**SMALL), **{**OPTIONS, "minimum": 0})
