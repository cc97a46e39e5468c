"""AV-Align: where the sound looks, what it can and cannot know, and lags that are measured rightly."""

import numpy as np
import pytest
import torch
from torch import nn

from course.data.singing import BANDS, FRAMES, REST, SIDE, STEPS, singing
from course.language.decode import greedy
from course.language.translate import Words
from course.multimodal.av_align import Alignment, AVAlign, Film, alignment, lag, written


def tiny(vocabulary=9, seed=0):
    torch.manual_seed(seed)
    eye = nn.Sequential(nn.Flatten(), nn.Linear(SIDE * SIDE, 6))
    return AVAlign(vocabulary, eye, BANDS, dim=6, hidden=5, dropout=0.0).eval()


def film(B=3, N=7, M=4, seed=1):
    generator = torch.Generator().manual_seed(seed)
    return Film(
        torch.randn(B, N, BANDS, generator=generator), torch.rand(B, M, 1, SIDE, SIDE, generator=generator)
    )


@torch.no_grad()
def test_each_moment_looks_by_its_own_state():
    model, some, record = tiny(), film(), {}
    memory = model.encode(some, record)
    (weights,) = record["alignment"]
    assert weights.shape == (3, 1, 7, 4) and memory.x.shape == (3, 7, 10)
    v = model.watch(some.frames).double().numpy()
    h = model.encoder(model.ear(some.bands))[0].double().numpy()
    W, W_c, b = (p.double().numpy() for p in (model.ask.weight, model.join.weight, model.join.bias))
    for row in range(3):
        for n in range(7):
            scores = np.array([h[row, n] @ (W @ v[row, m]) for m in range(4)])
            alpha = np.exp(scores) / np.exp(scores).sum()
            np.testing.assert_allclose(weights[row, 0, n].numpy(), alpha, atol=1e-5)
            context = sum(a * x for a, x in zip(alpha, v[row], strict=True))
            expected = np.tanh(W_c @ np.concatenate([h[row, n], context]) + b)
            np.testing.assert_allclose(memory.x[row, n].numpy(), expected, atol=1e-5)


@torch.no_grad()
def test_what_is_written_depends_on_both_and_each_row_on_itself():
    model, some, target = tiny(), film(), torch.tensor([[1, 4, 5]] * 3)
    logits = model(some, target)
    other = Film(some.bands, some.frames.flip(1))
    assert (model.decode(target, model.encode(other)) - logits).abs().max() > 1e-4
    louder = Film(some.bands + 1, some.frames)
    assert (model.decode(target, model.encode(louder)) - logits).abs().max() > 1e-3
    one = Film(some.bands[1:2], some.frames[1:2])
    torch.testing.assert_close(model.decode(target[:1], model.encode(one)), logits[1:2], atol=1e-5, rtol=1e-4)


def test_it_writes_by_the_searches_of_the_language():
    model, some = tiny(), film()
    tokens = greedy(model, some, 5)
    assert len(tokens) == 3 and torch.equal(tokens, greedy(model, some, 5, cached=False))


def test_lags():
    diagonal = torch.eye(4).repeat_interleave(2, dim=0)[None]  # 8 moments, 4 frames
    assert lag(diagonal).item() == pytest.approx(0)
    late = torch.zeros(1, 8, 4)
    for n in range(8):
        late[0, n, max(n // 2 - 1, 0)] = 1  # each moment looks at the frame before
    where = torch.arange(8)[None] >= 2
    assert lag(late, where).item() == pytest.approx(1)
    assert lag(late).item() == pytest.approx(0.75)


def test_the_loss_and_what_is_kept():
    data = singing(5)
    words = Words(data.captions)
    method = Alignment(tiny(len(words)), words, regression=3.0)
    batch = method.batch(data, torch.tensor([4, 1, 2]))
    assert words.decode(batch["ids"]) == [data.captions[i] for i in (4, 1, 2)]
    assert torch.equal(batch["actions"].isnan().all(dim=-1), data.notes[[4, 1, 2]] == REST)
    loss, told = method(batch)
    model, ids = method.model, batch["ids"]
    log_p = model.decode(ids[:, :-1], model.encode(batch["film"])).log_softmax(-1)
    total, count = 0.0, 0
    for row, wanted in zip(log_p, ids[:, 1:].tolist(), strict=True):
        for t, word in enumerate(wanted):
            if word:
                total, count = total - row[t, word].item(), count + 1
    seen = model.act(model.watch(batch["film"].frames))
    shown = zip(seen.flatten(0, 1).tolist(), data.notes[[4, 1, 2]].flatten().tolist(), strict=True)
    shown = [(*both, note) for both, note in shown if note != REST]
    apart = [((height - n % 4 / 3) ** 2 + (dark - n // 4) ** 2) / 2 for height, dark, n in shown]
    assert told["seen"].item() == pytest.approx(sum(apart) / len(apart), rel=1e-4)
    assert loss.item() == pytest.approx(total / count + 3 * sum(apart) / len(apart), rel=1e-4)
    loss.backward()
    for name, parameter in method.named_parameters():
        assert parameter.grad is not None and parameter.grad.isfinite().all(), name


def test_looking_at_a_set():
    data = singing(4)
    model, words = tiny(20), Words(data.captions)
    weights = alignment(model, data)
    assert weights.shape == (4, STEPS * FRAMES, FRAMES)
    torch.testing.assert_close(weights.sum(-1), torch.ones(4, STEPS * FRAMES))
    assert len(written(tiny(len(words)), data, words)) == 4


def test_wrong_use():
    some = film()
    with pytest.raises(ValueError, match="bands has width 3 but this layer was made for width 24"):
        tiny().encode(Film(torch.ones(3, 5, 3), some.frames))
    with pytest.raises(ValueError, match=r"frames must be \(batch, frames, channels, height, width\)"):
        tiny().encode(Film(some.bands, some.frames[0]))
    with pytest.raises(ValueError, match="bands has 2 rows but the frames has 3"):
        tiny().encode(Film(some.bands[:2], some.frames))
