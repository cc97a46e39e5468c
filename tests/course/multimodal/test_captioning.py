"""Captions: a sentence by loops in NumPy, the penalty, and REINFORCE's mean against the exact gradient."""

import math

import numpy as np
import pytest
import torch
from torch import nn

from course.data.captioned import captioned
from course.language.decode import beam_search, greedy
from course.language.translate import Words
from course.multimodal.captioning import (
    Captioner,
    Captioning,
    HardCaptioner,
    HardCaptioning,
    build,
    doubly_stochastic,
    mass_inside,
    reinforce,
    words_right,
    written,
)

D, V, M, H, K = 5, 9, 4, 6, 7  # a place's numbers, words, embedding, state, attention
SIZES = dict(places_dim=D, vocabulary=V, dim=M, hidden=H, attention=K, dropout=0.0)


def tiny(kind=Captioner, **options):
    """A small model with every parameter random; its images are maps already."""
    torch.manual_seed(0)
    model = kind(nn.Identity(), **{**SIZES, **options})
    for parameter in model.parameters():
        nn.init.normal_(parameter, std=0.6)
    return model.eval()


@pytest.fixture
def maps():
    return torch.randn(3, D, 3, 3, generator=torch.Generator().manual_seed(1))


@pytest.fixture
def target():
    return torch.tensor([[1, 4, 5, 6], [1, 3, 8, 0], [1, 7, 0, 0]])


# --- Sizes and parity ------------------------------------------------------------------------------------


def test_number_of_parameters():
    with torch.device("meta"):
        model = build("coco", nn.Identity(), 10_000)
    assert sum(p.numel() for p in model.parameters()) == 34_813_801
    count = V * M + 2 * (D * H + H) + K * (H + D + 1) + H + 1
    count += 4 * H * (M + D + H + 2) + H * M + D * M + V * M + V
    assert sum(p.numel() for p in tiny().parameters()) == count


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def reference(model, image, words, hard=False):
    """Logits (L, V), weights (L, N) and gates (L,) of one caption, step by step as the equations stand."""
    p = {name: tensor.detach().double().numpy() for name, tensor in model.named_parameters()}
    a = image.double().numpy().reshape(D, -1).T  # (N, D)
    h, c = (np.tanh(p[f"first_{x}.weight"] @ a.mean(axis=0) + p[f"first_{x}.bias"]) for x in "hc")
    told = []
    for word in words:
        query = p["attention.query.weight"] @ h
        scores = [p["attention.score.weight"][0] @ np.tanh(query + p["attention.key.weight"] @ x) for x in a]
        alpha = np.exp(scores) / np.exp(scores).sum()
        beta = sigmoid(p["gate.weight"] @ h + p["gate.bias"])
        z = beta * (a[alpha.argmax()] if hard else sum(w * x for w, x in zip(alpha, a, strict=True)))
        e = p["embedding.weight"][word]
        gates = p["cell.weight_ih"] @ np.concatenate([e, z]) + p["cell.bias_ih"]
        i, f, g, o = (gates + p["cell.weight_hh"] @ h + p["cell.bias_hh"]).reshape(4, H)
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        h = sigmoid(o) * np.tanh(c)
        inner = e + p["from_state.weight"] @ h + p["from_context.weight"] @ z
        told.append((p["output.weight"] @ inner + p["output.bias"], alpha, beta[0]))
    return (np.array(part) for part in zip(*told, strict=True))


@torch.no_grad()
@pytest.mark.parametrize("kind", [Captioner, HardCaptioner])
def test_every_step_is_the_papers(kind, maps, target):
    model, record = tiny(kind), {}
    logits = model(maps, target, record)
    for row in range(3):
        expected = reference(model, maps[row], target[row].tolist(), hard=kind is HardCaptioner)
        found = (logits[row], record["cross_weights"][0][row, 0], record["gate"][0][row])
        for ours, other in zip(found, expected, strict=True):
            np.testing.assert_allclose(ours.numpy(), other, atol=1e-5, rtol=1e-4)


# --- Writing ---------------------------------------------------------------------------------------------


def test_it_writes_by_the_searches_of_the_language(maps):
    model = tiny()
    tokens, scores = beam_search(model, maps, 3, 0.0, 6)
    for row, score, image in zip(tokens, scores, maps, strict=True):
        sentence = row[row != 0].tolist()
        with torch.no_grad():
            log_p = model(image[None], torch.tensor([[1, *sentence[:-1]]])).log_softmax(-1)[0]
        assert score.item() == pytest.approx(
            sum(log_p[t, word].item() for t, word in enumerate(sentence)), abs=1e-4
        )
    assert torch.equal(greedy(model, maps, 6), beam_search(model, maps, 1, max_length=6)[0])
    order = torch.tensor([2, 0, 1])
    assert torch.equal(greedy(model, maps[order], 6)[:, :2], greedy(model, maps, 6)[order, :2])


def test_words_right():
    assert words_right(["a b c"], ["a b c"]) == 1
    assert words_right(["a b", "x"], ["a c", "x y z"]) == 2 / 5
    with pytest.raises(ValueError, match=r"each caption needs one reference, .* 0 captions and 0 references"):
        words_right([], [])


def test_mass_inside_a_shape():
    masks = torch.zeros(1, 8, 8, dtype=torch.bool)
    masks[0, :4, :2] = True  # the left half of the first of 2 × 2 places
    weights = torch.tensor([[[[1.0, 0, 0, 0], [0, 1.0, 0, 0], [0.25] * 4]]])
    torch.testing.assert_close(mass_inside(weights, masks), torch.tensor([[0.5, 0.0, 0.125]]))
    with pytest.raises(ValueError, match="3 places make no square grid"):
        mass_inside(weights[..., :3], masks)


# --- The penalty -----------------------------------------------------------------------------------------


def test_the_penalty_by_loops_and_without_padding():
    weights = torch.rand(3, 4, 5, generator=torch.Generator().manual_seed(0)).softmax(-1)
    real = torch.tensor([[True] * 4, [True, True, False, False], [True, False, False, False]])
    expected = 0.0
    for b in range(3):
        for i in range(5):
            seen = sum(weights[b, t, i].item() for t in range(4) if real[b, t])
            expected += (1 - seen) ** 2 / 3
    assert doubly_stochastic(weights, real).item() == pytest.approx(expected, abs=1e-6)
    spoilt = weights.masked_fill(~real[..., None], 7.0)
    assert doubly_stochastic(spoilt, real) == doubly_stochastic(weights, real)


def test_the_least_penalty_is_of_equal_looks():
    T, N = 4, 9
    everywhere = torch.full((1, T, N), 1 / N)
    least = (N - T) ** 2 / N
    real = torch.ones(1, T, dtype=torch.bool)
    assert doubly_stochastic(everywhere, real).item() == pytest.approx(least, abs=1e-5)
    assert doubly_stochastic(torch.eye(N)[None, :T], real).item() == N - T > least
    assert doubly_stochastic(torch.eye(N)[None], torch.ones(1, N, dtype=torch.bool)) == 0


# --- REINFORCE -------------------------------------------------------------------------------------------

PLACES = 9


def nine_places():
    """Scores of nine places, what each is worth, and the exact gradient of the expected worth."""
    generator = torch.Generator().manual_seed(3)
    scores = torch.randn(PLACES, generator=generator, dtype=torch.float64, requires_grad=True)
    worth = torch.randn(PLACES, generator=generator, dtype=torch.float64) - 2
    (exact,) = torch.autograd.grad((scores.softmax(0) * worth).sum(), scores)
    return scores, worth, exact


def one_estimate(scores, worth, place, baseline):
    log_p = scores.log_softmax(0)[place]
    (gradient,) = torch.autograd.grad(reinforce(worth[place][None], log_p[None], baseline), scores)
    return gradient


@pytest.mark.parametrize("baseline", [0.0, -2.0, 5.0])
def test_reinforces_mean_is_the_gradient(baseline):
    """By enumeration: the estimates of all nine places, each as often as it is drawn."""
    scores, worth, exact = nine_places()
    p = scores.softmax(0).detach()
    mean = sum(p[i] * one_estimate(scores, worth, i, baseline) for i in range(PLACES))
    torch.testing.assert_close(mean, exact)


def test_draws_come_within_their_error_and_a_baseline_makes_it_smaller():
    scores, worth, exact = nine_places()
    p = scores.softmax(0).detach()
    drawn = p.multinomial(4000, replacement=True, generator=torch.Generator().manual_seed(0))
    variance = {}
    for name, baseline in (("none", 0.0), ("mean", (p * worth).sum())):
        each = torch.stack([one_estimate(scores, worth, i, baseline) for i in range(PLACES)])
        estimates = each[drawn]  # (4000, 9)
        error = estimates.std(dim=0) / math.sqrt(len(drawn))
        assert ((estimates.mean(dim=0) - exact).abs() < 4 * error).all()
        variance[name] = estimates.var(dim=0).sum()
    assert variance["mean"] < 0.6 * variance["none"]


def test_the_reward_is_a_number():
    scores, worth = torch.zeros(3, requires_grad=True), torch.ones(1, requires_grad=True)
    reinforce(worth, scores.log_softmax(0)[:1]).backward()
    assert worth.grad is None and scores.grad.abs().max() > 0
    with pytest.raises(ValueError, match=r"reward \(2,\) and log_p \(3,\) must be one a draw"):
        reinforce(torch.ones(2), torch.ones(3))


def test_hard_attention_draws_in_training_only(maps, target):
    model = tiny(HardCaptioner, soft=0.0)
    assert torch.equal(model(maps, target), model(maps, target))
    model.train()
    torch.manual_seed(0)
    assert not torch.equal(model(maps, target), model(maps, target))
    state, record = model.start(model.encode(maps[:1].expand(600, -1, -1, -1))), {}
    seen, weights = model.look(state, record)  # (600, D), (600, 9)
    chosen = (seen[:, None] - state.memory.a).abs().sum(dim=-1).argmin(dim=1)  # (600,)
    assert torch.equal(seen, state.memory.a[0, chosen])  # one place each
    shares = chosen.bincount(minlength=9) / 600
    assert (shares - weights[0]).abs().max() < 0.07
    torch.testing.assert_close(record["log_choice"][0].exp(), weights[0, chosen])
    model.soft, record = 1.0, {}
    seen, weights = model.look(state, record)
    torch.testing.assert_close(seen, (weights[:, None] @ state.memory.a)[:, 0])
    assert (record["log_choice"][0] == 0).all()


# --- Training --------------------------------------------------------------------------------------------


def small_method(kind, training, data, **options):
    words = Words(data.captions)
    torch.manual_seed(0)
    eye = nn.Conv2d(3, D, 8, stride=8)  # 4 × 4 places
    return training(kind(eye, **SIZES | dict(vocabulary=len(words))), words, **options)


def test_the_soft_loss():
    data = captioned(5)
    method = small_method(Captioner, Captioning, data, penalty=0.3)
    batch = method.batch(data, torch.tensor([2, 0, 4]))
    loss, told = method(batch)
    ids, record = batch["ids"], {}
    logits = method.model(batch["images"], ids[:, :-1], record)
    log_p = logits.log_softmax(-1).gather(-1, ids[:, 1:, None])[..., 0]  # all captions have eight tokens
    penalty = doubly_stochastic(record["cross_weights"][0][:, 0], torch.ones_like(ids[:, 1:]) > 0)
    torch.testing.assert_close(loss, (-log_p.sum(dim=1).mean() + 0.3 * penalty) / ids[:, 1:].shape[1])
    assert told["right"] == (logits.argmax(-1) == ids[:, 1:]).float().mean()
    loss.backward()
    assert all(p.grad is not None and p.grad.isfinite().all() for p in method.parameters())
    assert len(written(method.model, data.normalised(), method.vocabulary)) == 5


def test_the_hard_loss_and_its_moving_baseline():
    data = captioned(5)
    method = small_method(HardCaptioner, HardCaptioning, data)
    batch = method.batch(data, torch.tensor([2, 0, 4]))
    torch.manual_seed(0)
    method(batch)[0].backward()
    first = method.baseline.item()
    assert first < 0 and method.model.attention.score.weight.grad.abs().max() > 0
    log_p = torch.tensor([-3.0, -5.0])
    record = {"log_choice": [torch.zeros(2, 4)], "cross_weights": [torch.full((2, 1, 4, 9), 1 / 9)]}
    method.objective(log_p, torch.ones(2, 4) > 0, record)
    assert method.baseline.item() == pytest.approx(0.9 * first - 0.1 * 4, rel=1e-5)


def test_maps_that_do_not_fit_are_named(target):
    with pytest.raises(
        ValueError, match=r"the encoder must make maps \(batch, 5, height, width\); got \(3, 4, 3, 3\)"
    ):
        tiny()(torch.ones(3, 4, 3, 3), target)
