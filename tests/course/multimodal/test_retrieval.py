"""MMT: similarity and loss by loops, missing experts, ranks by all orders, and what tells an order."""

import itertools
import math
import random

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from course.data.videos import videos
from course.language.translate import Words
from course.multimodal.clip import TextTower
from course.multimodal.retrieval import (
    MMT,
    GatedUnit,
    Retrieval,
    VideoTower,
    build,
    max_margin,
    ranked,
    scores,
    similarity,
)

EXPERTS = {"sight": 5, "sound": 3, "words": 4}


def some(seed=0, T=3, V=4, E=3, D=5):
    generator = torch.Generator().manual_seed(seed)
    text, video = torch.randn(T, E, D, generator=generator), torch.randn(V, E, D, generator=generator)
    weights = torch.rand(T, E, generator=generator)
    return text, weights, video, torch.rand(V, E, generator=generator) > 0.4


# --- Similarity ------------------------------------------------------------------------------------------


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 1000))
def test_similarity_by_loops(seed):
    text, weights, video, available = some(seed)
    found = similarity(text, weights, video, available)
    for t, v in itertools.product(range(3), range(4)):
        there = [e for e in range(3) if available[v, e]]
        total = sum(weights[t, e].item() for e in there)
        dots = [weights[t, e].item() * (text[t, e] @ video[v, e]).item() for e in there]
        assert found[t, v].item() == pytest.approx(sum(dots) / total if there else 0.0, abs=1e-5)


def test_a_missing_expert_has_no_say_whatever_stands_there():
    text, weights, video, available = some()
    expected = similarity(text, weights, video, available)
    for garbage in (math.nan, math.inf, -7.0):
        spoilt = video.masked_fill(~available[..., None], garbage)
        assert torch.equal(similarity(text, weights, spoilt, available), expected)
    available[2] = False
    assert (similarity(text, weights, video, available)[:, 2] == 0).all()
    louder = similarity(text, 3 * weights, video, available)  # only the proportions of weights count
    torch.testing.assert_close(louder, similarity(text, weights, video, available))


def test_of_unit_vectors_similarity_reaches_1_with_any_expert_there():
    text = torch.nn.functional.normalize(torch.randn(2, 3, 4), dim=-1)
    available = torch.tensor([[True, False, False], [True, False, True]])
    own = similarity(text, torch.rand(2, 3) + 0.1, text, available).diagonal()
    torch.testing.assert_close(own, torch.ones(2))


# --- Loss ------------------------------------------------------------------------------------------------


@settings(max_examples=20, deadline=None)
@given(st.integers(2, 5), st.floats(0.01, 1), st.integers(0, 1000))
def test_the_margin_by_loops(B, margin, seed):
    s = torch.randn(B, B, generator=torch.Generator().manual_seed(seed))
    total = 0.0
    for i, j in itertools.permutations(range(B), 2):
        total += max(0, margin - s[i, i].item() + s[i, j].item())
        total += max(0, margin - s[i, i].item() + s[j, i].item())
    assert max_margin(s, margin).item() == pytest.approx(total / (2 * B * (B - 1)), abs=1e-5)


def test_from_collapsed_to_perfect():
    assert max_margin(torch.full((4, 4), 0.3), 0.05).item() == pytest.approx(0.05)
    perfect = (0.1 * torch.eye(4)).requires_grad_()
    loss = max_margin(perfect, 0.05)
    loss.backward()
    assert loss == 0 and (perfect.grad == 0).all()
    with pytest.raises(ValueError, match=r"of two pairs or more; got \(1, 1\)"):
        max_margin(torch.ones(1, 1))


# --- Ranks -----------------------------------------------------------------------------------------------


@settings(max_examples=15, deadline=None)
@given(st.integers(1, 7), st.integers(0, 1000))
def test_ranks_are_the_mean_over_orders_of_what_ties(N, seed):
    """Every order of the items, sorted stably: the first right one's place, and whether it is within k."""
    chance = random.Random(seed)
    N = min(N, 5)
    row = [chance.randrange(3) for _ in range(N)]
    right = [chance.random() < 0.4 for _ in range(N)]
    right[chance.randrange(N)] = True
    places = []
    for order in itertools.permutations(range(N)):
        listed = sorted(order, key=lambda i: -row[i])
        places.append(1 + min(listed.index(i) for i in range(N) if right[i]))
    found = ranked(torch.tensor([row]).float(), torch.tensor([right]), at=(1, 2, 3))
    assert found.rank.item() == pytest.approx(sum(places) / len(places))
    for k, share in found.recall.items():
        assert share == pytest.approx(sum(place <= k for place in places) / len(places), abs=1e-9)


def test_a_constant_similarity_is_at_chance():
    found = ranked(torch.zeros(10, 10), at=(1, 5, 10, 12))
    assert [round(share, 9) for share in found.recall.values()] == [0.1, 0.5, 1, 1]
    assert found.median == found.mean == 5.5
    assert str(ranked(torch.eye(3), at=(1,))) == "R@1 100.0 · median rank 1 · mean rank 1.0"


def test_an_order_of_the_items_changes_nothing():
    s = torch.randint(4, (6, 6), generator=torch.Generator().manual_seed(0)).float()
    order = torch.tensor([3, 1, 5, 0, 2, 4])
    moved = ranked(s[:, order], torch.eye(6, dtype=torch.bool)[:, order])
    assert torch.equal(moved.rank, ranked(s).rank) and moved.recall == ranked(s).recall
    both = ranked(s[order][:, order])
    assert torch.equal(both.rank, ranked(s).rank[order])


def test_what_no_list_can_place_is_refused():
    with pytest.raises(ValueError, match="scores hold NaN"):
        ranked(torch.tensor([[1.0, math.nan], [0.0, 1.0]]))
    with pytest.raises(ValueError, match="query 1 has no right item"):
        ranked(torch.eye(2), torch.tensor([[True, False], [False, False]]))
    with pytest.raises(ValueError, match=r"scores and right must be \(queries, items\)"):
        ranked(torch.eye(2), torch.eye(2))


# --- The model -------------------------------------------------------------------------------------------


def tower(**overrides):
    torch.manual_seed(0)
    sizes = dict(times=6, dim=8, heads=2, hidden=12, layers=2, dropout=0.0)
    return VideoTower(EXPERTS, **{**sizes, **overrides}).eval()


def film(B=3, T=4, seed=0):
    generator = torch.Generator().manual_seed(seed)
    features = {name: torch.randn(B, T, width, generator=generator) for name, width in EXPERTS.items()}
    there = {name: torch.ones(B, T, dtype=torch.bool) for name in EXPERTS}
    there["sound"][0], there["words"][1, 2:] = False, False
    return features, there


def test_number_of_parameters():
    E, T, d, n, t, layers = 3, 30, 512, 3072, 7, 4
    with torch.device("meta"):
        model = build("paper", EXPERTS, torch.nn.Identity(), t)
    expected = sum(f + 1 for f in EXPERTS.values()) * d + (E + T) * d
    expected += layers * (4 * d * d + 2 * d * n + 9 * d + n) + E * (t * d + d * d + 2 * d) + E * (t + 1)
    assert sum(p.numel() for p in model.parameters()) == expected


@torch.no_grad()
def test_what_is_not_there_changes_nothing():
    model, (features, there) = tower(), film()
    expected, available = model(features, there)
    assert available.tolist() == [[True, False, True], [True] * 3, [True] * 3]
    for garbage in (math.nan, 9.0):
        spoilt = {name: x.masked_fill(~there[name][..., None], garbage) for name, x in features.items()}
        found, _ = model(spoilt, there)
        torch.testing.assert_close(found[available], expected[available])
    shorter = {name: x[:, :2] if name == "words" else x for name, x in features.items()}
    marks = {name: x[:, :2] if name == "words" else x for name, x in there.items()}
    torch.testing.assert_close(model(shorter, marks)[0][1], expected[1])
    heard = {**features, "words": features["words"] + 1}
    assert (model(heard, there)[0][:, 0] - expected[:, 0]).abs().max() > 1e-3  # experts hear each other


@torch.no_grad()
def test_the_time_alone_tells_an_order():
    model, (features, there) = tower(), film()
    there = {name: torch.ones_like(marks) for name, marks in there.items()}
    backwards = {name: x.flip(1) for name, x in features.items()}
    assert (model(features, there)[0] - model(backwards, there)[0]).abs().max() > 1e-3
    model.time.zero_()
    torch.testing.assert_close(model(features, there)[0], model(backwards, there)[0], atol=1e-5, rtol=1e-5)


@torch.no_grad()
def test_a_gated_unit():
    torch.manual_seed(0)
    unit, x = GatedUnit(4, 6), torch.randn(3, 4)
    inner = x @ unit.enter.weight.T + unit.enter.bias
    gated = inner / (1 + torch.exp(-(inner @ unit.gate.weight.T + unit.gate.bias)))
    torch.testing.assert_close(unit(x), gated / gated.norm(dim=1, keepdim=True))


def test_every_parameter_learns_and_what_a_batch_is():
    data = videos(6, missing=0.3)
    words = Words(data.captions)
    torch.manual_seed(0)
    width = {name: x.shape[2] for name, x in data.features.items()}
    model = MMT(
        VideoTower(width, 9, 8, 2, 12, 2, dropout=0.0), TextTower(len(words), 20, 8, 1, 2, 7), width=7
    )
    method = Retrieval(model, words, margin=1.0)
    chosen = torch.tensor([4, 0, 5])
    batch = method.batch(data, chosen)
    assert words.decode(batch["ids"]) == [data.captions[i] for i in chosen]
    loss, told = method(batch)
    table = scores(model, data, words)
    assert table.shape == (6, 6)
    own = table[chosen][:, chosen]
    torch.testing.assert_close(loss, max_margin(own, 1.0), atol=1e-5, rtol=1e-5)
    assert told["found"].item() == pytest.approx(ranked(own).recall[1])
    loss.backward()
    for name, parameter in model.named_parameters():
        assert parameter.grad is not None and parameter.grad.isfinite().all(), name

    method.patience = 0.1
    scale = {id(p): group["scale"] for group in method.groups(0.05) for p in group["params"]}
    slow = {id(p) for p in model.weigh.parameters()}
    assert scale.keys() == {id(p) for p in model.parameters()}
    assert all(value == (0.1 if key in slow else 1.0) for key, value in scale.items())


def test_experts_that_do_not_fit_are_named():
    features, there = film()
    with pytest.raises(ValueError, match="the experts are sight, sound, words; got sight"):
        tower()({"sight": features["sight"]}, there)
    with pytest.raises(ValueError, match=r"sight has features .* and 1 to 3 frames"):
        tower(times=3)(features, there)
    with pytest.raises(ValueError, match="the features of sound has width 4 but"):
        tower()({**features, "sound": torch.ones(3, 4, 4)}, there)
