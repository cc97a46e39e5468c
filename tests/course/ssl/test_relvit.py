"""RelViT: labels against loops on 3 × 3 and 8 × 8, heads against a loop, and no positions in the encoder."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from course.ssl import relvit
from course.ssl.relvit import (
    RELATIONS,
    TASKS,
    PairScores,
    RelViT,
    ViTWithoutPositions,
    angle_labels,
    build_encoder,
    distance_labels,
    relation_labels,
)
from course.ssl.tiles import cut, join
from course.vision import vit
from course.vision.vit import ViT

SMALL = dict(image_size=8, patch=2, dim=20, depth=2, heads=2, hidden=24, classes=0, channels=1)
grids = pytest.mark.parametrize("H, W", [(3, 3), (8, 8), (2, 5)])


def encoder(seed=0, **options):
    torch.manual_seed(seed)
    return ViTWithoutPositions(**{**SMALL, **options})


def images(B=3, seed=0):
    return torch.rand(B, 1, 8, 8, generator=torch.Generator().manual_seed(seed))


# --- Labels --------------------------------------------------------------------------------------------


def relation_by_words(i, j, W):
    """Where i lies as seen from j, in the words of the paper, one letter at a time."""
    (yi, xi), (yj, xj) = divmod(i, W), divmod(j, W)
    horizontal = "L" if xi < xj else "R" if xi > xj else "C"
    vertical = "U" if yi < yj else "D" if yi > yj else "C"
    return horizontal + vertical


@grids
def test_relations_equal_a_loop(H, W):
    labels = relation_labels(H, W)
    assert labels.shape == (H * W, H * W) and labels.dtype == torch.int64
    for i in range(H * W):
        for j in range(H * W):
            assert RELATIONS[labels[i, j]] == relation_by_words(i, j, W)


def test_relations_on_3_by_3():
    labels = relation_labels(3, 3)
    assert RELATIONS[labels[0, 4]] == "LU" and RELATIONS[labels[4, 0]] == "RD"
    assert labels[:, 4].tolist() == list(range(9))  # around the middle patch: the nine relations in order
    assert labels[1].tolist() == [5, 4, 3, 2, 1, 0, 2, 1, 0]  # the upper middle one, as seen from each


def test_relations_are_opposite_the_other_way_round():
    labels = relation_labels(4, 6)
    assert torch.equal(labels + labels.T, torch.full_like(labels, 8))


def test_prior_on_8_by_8():
    share = torch.bincount(relation_labels(8, 8).flatten()) / 64**2
    corner, axis, same = 28 * 28 / 64**2, 28 * 8 / 64**2, 64 / 64**2
    expected = [corner, axis, corner, axis, same, axis, corner, axis, corner]
    np.testing.assert_allclose(share, expected, rtol=1e-6)
    assert [round(100 * x, 1) for x in (corner, axis, same)] == [19.1, 5.5, 1.6]


@grids
def test_distances_equal_a_loop(H, W):
    expected = np.array(
        [
            [math.dist(divmod(i, W), divmod(j, W)) for j in range(H * W)]
            for i in range(H * W)
        ]
    )  # fmt: skip
    expected = expected / math.hypot(H - 1, W - 1) * 2 - 1
    np.testing.assert_allclose(distance_labels(H, W), expected, atol=1e-6)


@grids
def test_angles_equal_a_loop(H, W):
    place = [(y + H / 2, x + W / 2) for y, x in (divmod(i, W) for i in range(H * W))]
    angle = np.array([[abs(math.atan2(*p) - math.atan2(*q)) / math.pi for q in place] for p in place])
    np.testing.assert_allclose(angle_labels(H, W), angle / angle.max() * 2 - 1, atol=1e-6)


def test_angles_on_3_by_3_by_hand():
    """Offset 1.5: the corners at the sides are (1.5, 3.5) and (3.5, 1.5), the widest pair of all."""
    labels = angle_labels(3, 3)
    assert labels[2, 6] == 1
    widest = math.acos((1.5 * 3.5 + 3.5 * 1.5) / (1.5**2 + 3.5**2))
    right = math.acos((1.5 * 1.5 + 1.5 * 3.5) / (math.hypot(1.5, 1.5) * math.hypot(1.5, 3.5)))
    assert labels[0, 2].item() == pytest.approx(2 * right / widest - 1, abs=1e-6)
    assert labels[0, 8].item() == pytest.approx(-1, abs=1e-6)  # on one ray from the origin


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 7), st.integers(1, 7))
def test_distances_and_angles_fill_minus_1_to_1_and_are_symmetric(H, W):
    if H * W == 1:
        return
    for labels in (distance_labels(H, W), angle_labels(H, W)):
        assert torch.equal(labels, labels.T)
        assert labels.min() == -1 and labels.max() == 1
        assert (labels.diagonal() == -1).all()


# --- Heads ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("heads", [1, 9])
def test_pair_scores_equal_a_loop(heads):
    torch.manual_seed(0)
    head, z = PairScores(20, heads), torch.randn(2, 5, 20)
    scores = head(z).detach()
    assert scores.shape == (2, heads, 5, 5)
    width = 20 // heads
    q, k = ((z @ x.weight.T).detach().numpy() for x in (head.query, head.key))
    for b in range(2):
        for h in range(heads):
            mine = slice(h * width, (h + 1) * width)
            for i in range(5):
                for j in range(5):
                    expected = q[b, i, mine] @ k[b, j, mine] / math.sqrt(width)
                    assert scores[b, h, i, j].item() == pytest.approx(expected, abs=1e-5)


def test_parameters_for_s_4_at_32():
    with torch.device("meta"):
        method = RelViT(build_encoder("S/4", image_size=32), TASKS)
    counts = {task: sum(p.numel() for p in head.parameters()) for task, head in method.heads.items()}
    assert counts == dict(relations=290_304, distances=294_912, angles=294_912, positions=24_640)


# --- The loss ------------------------------------------------------------------------------------------


def test_loss_is_the_sum_of_the_tasks_written_out():
    torch.manual_seed(0)
    method = RelViT(encoder(), TASKS)
    x = images()
    loss, told = method({"images": x})
    z = method.encoder.tokens(x)[:, 1:]  # without CLS
    scores = {task: head(z).double().detach() for task, head in method.heads.items()}
    log_p = scores["relations"].log_softmax(1)  # over the nine heads
    relations = relation_labels(4, 4)
    N = 16
    by_hand = {
        "relations": -sum(log_p[:, relations[i, j], i, j].mean() for i in range(N) for j in range(N)) / N**2,
        "distances": (scores["distances"][:, 0] - distance_labels(4, 4)).square().mean(),
        "angles": (scores["angles"][:, 0] - angle_labels(4, 4)).square().mean(),
        "positions": -scores["positions"].log_softmax(-1).diagonal(dim1=1, dim2=2).mean(),
    }
    for task, expected in by_hand.items():
        assert told[task].item() == pytest.approx(expected.item(), abs=1e-5)
    assert loss.item() == pytest.approx(sum(by_hand.values()).item(), abs=1e-4)
    right = (scores["relations"].argmax(1) == relations).float().mean()
    assert told["relations_accuracy"].item() == pytest.approx(right.item())


@pytest.mark.parametrize("tasks", [("relations",), ("angles", "distances"), ("positions", "relations")])
def test_any_mix_of_tasks(tasks):
    loss, told = RelViT(encoder(), tasks)({"images": images()})
    assert set(tasks) <= set(told) and not (set(TASKS) - set(tasks)) & set(told)
    assert loss.item() == pytest.approx(sum(told[task].item() for task in tasks), abs=1e-5)


# --- No positions --------------------------------------------------------------------------------------


def test_to_the_encoder_an_image_is_a_set_of_patches():
    model, x = encoder().eval(), images()
    order = torch.randperm(16, generator=torch.Generator().manual_seed(3))
    shuffled = join(cut(x, 4, 4)[:, order], 4, 4)
    z, z_shuffled = model.tokens(x)[:, 1:], model.tokens(shuffled)[:, 1:]
    torch.testing.assert_close(z_shuffled, z[:, order], atol=1e-5, rtol=1e-4)
    torch.testing.assert_close(model.features(shuffled), model.features(x), atol=1e-5, rtol=1e-4)
    plain = ViT(**SMALL).eval()
    plain.load_state_dict(model.state_dict())
    assert not torch.allclose(plain.features(shuffled), plain.features(x), atol=1e-5)


def test_positions_learn_nothing_now_and_go_on_in_a_vit():
    method = RelViT(encoder(), TASKS)
    method({"images": images()})[0].backward()
    assert method.encoder.position.table.grad is None
    assert all(p.grad is not None for name, p in method.named_parameters() if "position.table" not in name)
    downstream = ViT(**{**SMALL, "classes": 10})
    missing = downstream.load_state_dict(method.encoder.state_dict(), strict=False)
    assert not missing.unexpected_keys and set(missing.missing_keys) == {"head.weight", "head.bias"}
    with torch.no_grad():
        downstream.position.table.zero_()
    torch.testing.assert_close(downstream.features(images()), method.encoder.features(images()))


def test_each_patch_is_augmented_alone():
    def shift(patches, generator):
        assert patches.shape == (3 * 16, 1, 2, 2)
        return patches + torch.rand(len(patches), 1, 1, 1, generator=generator)

    method = RelViT(encoder(), patch_augment=shift)
    changed = method.views(images(), torch.Generator().manual_seed(1))["images"]
    difference = cut(changed - images(), 4, 4)  # (3, 16, 1, 2, 2)
    expected = torch.rand(48, 1, 1, 1, generator=torch.Generator().manual_seed(1)).view(3, 16, 1, 1, 1)
    torch.testing.assert_close(difference, expected.expand_as(difference))


def test_the_whole_image_is_augmented_first():
    method = RelViT(encoder(), augment=lambda x, generator: x + 1, patch_augment=lambda x, generator: 2 * x)
    torch.testing.assert_close(method.views(images())["images"], 2 * (images() + 1))


def test_the_papers_augmentation_keeps_shape_and_range():
    patches = torch.rand(24, 3, 4, 4, generator=torch.Generator().manual_seed(0))
    augment = relvit.patch_augmentation(4)
    changed = augment(patches, torch.Generator().manual_seed(1))
    assert changed.shape == patches.shape and changed.min() >= 0 and changed.max() <= 1
    assert not torch.equal(changed, patches)
    assert torch.equal(changed, augment(patches, torch.Generator().manual_seed(1)))


# --- Wrong use -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wrong, sentence",
    [
        (lambda: RelViT(encoder(), ()), "tasks must be a list of at least one of relations, distances"),
        (lambda: RelViT(encoder(), "relations"), "tasks must be a list"),
        (lambda: RelViT(encoder(), ["colour"]), "each task must be 'relations', 'distances', 'angles' or"),
        (
            lambda: RelViT(encoder(image_size=2), ["angles"]),
            "relations need a grid of at least 2 patches; got 1",
        ),
        (
            lambda: RelViT(encoder())({"images": torch.rand(1, 1, 4, 8)}),
            "have 2 × 4 patches but the encoder was",
        ),
        (lambda: RelViT(encoder()).views(torch.rand(1, 3, 8, 8)), "images have 3 channels"),
        (lambda: PairScores(8, 9), "dim must be at least the number of heads, 9; got 8"),
        (lambda: build_encoder("S/5"), "there is no variant 'S/5'"),
    ],
)
def test_wrong_use_is_named(wrong, sentence):
    with pytest.raises(ValueError, match=sentence):
        wrong()


def test_an_encoder_with_positions_is_refused():
    with pytest.raises(
        TypeError, match="must be a ViTWithoutPositions, or the input tells the answer; got ViT"
    ):
        RelViT(vit.ViT(**SMALL))


def test_large_products_fit_into_float16():
    scores = PairScores(64, 1).half()
    for projection in (scores.query, scores.key):
        torch.nn.init.eye_(projection.weight)
    with torch.no_grad():
        found = scores(torch.full((1, 2, 64), 64.0).half())  # 262,144 / √64
    assert (found == 32_768).all()
