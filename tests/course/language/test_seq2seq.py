"""The recurrent encoder–decoders: equal to loops in NumPy, and with the Transformer's interface."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from course.language.seq2seq import VARIANTS, AttentiveSeq2Seq, Seq2Seq, build

TOKENS = 13
ALL = list(VARIANTS)


def tiny(variant, seed=0, **overrides):
    """A small model with every parameter random."""
    torch.manual_seed(seed)
    sizes = dict(dim=5, hidden=4, dropout=0.0)
    model = build(variant, TOKENS, **{**sizes, **overrides}).eval()
    for parameter in model.parameters():
        nn.init.normal_(parameter, std=0.6)
    return model


def sentences(lengths=(7, 4, 1), Lt=5, seed=0):
    generator = torch.Generator().manual_seed(seed)
    source = torch.randint(1, TOKENS, (len(lengths), max(lengths)), generator=generator)
    for row, length in zip(source, lengths, strict=True):
        row[length:] = 0
    return source, torch.randint(1, TOKENS, (len(lengths), Lt), generator=generator)


def close(actual, expected):
    torch.testing.assert_close(actual, expected, atol=1e-5, rtol=1e-5)


# --- The reference: one sentence, one step, one direction at a time ------------------------------------


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def one_step(kind, x, state, w_x, w_h, b_x, b_h):
    """A cell, from its weights; state: [h] or [h, c]."""
    H = len(state[0])
    gates_x, gates_h = (w_x @ x + b_x).reshape(-1, H), (w_h @ state[0] + b_h).reshape(-1, H)
    if kind == "gru":
        r, z = sigmoid(gates_x[0] + gates_h[0]), sigmoid(gates_x[1] + gates_h[1])
        n = np.tanh(gates_x[2] + r * gates_h[2])
        return [(1 - z) * n + z * state[0]]
    i, f, g, o = gates_x + gates_h
    c = sigmoid(f) * state[1] + sigmoid(i) * np.tanh(g)
    return [sigmoid(o) * np.tanh(c), c]


def reference(model, variant, source, target):
    """Logits (Lt, V) and weights (Lt, Ls) or None, for one sentence without padding: two lists of tokens."""
    kind = variant.split("+")[0]
    p = {name: tensor.detach().double().numpy() for name, tensor in model.named_parameters()}
    E, H = p["embedding.weight"], p["first.bias"].size
    D = E.shape[1]

    def read(order, suffix):
        weights = [
            p[f"encoder.{part}_l0{suffix}"] for part in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
        ]
        state, seen = [np.zeros(H), np.zeros(H)][: 1 if kind == "gru" else 2], {}
        for j in order:
            state = one_step(kind, E[source[j]] * np.sqrt(D), state, *weights)
            seen[j] = state[0]
        return seen, state[0]

    places = range(len(source))
    forward, last = read(places, "")
    backward, first = read(reversed(places), "_reverse")
    h = [np.concatenate([forward[j], backward[j]]) for j in places]
    summary = np.concatenate([last, first])
    state = [np.tanh(p["first.weight"] @ summary + p["first.bias"]), np.zeros(H)][: 1 if kind == "gru" else 2]
    all_logits, all_weights = [], []
    for token in target:
        context = summary
        if "attention" in variant:
            W, U, w = (p[f"attention.{part}.weight"] for part in ("query", "key", "score"))
            scores = [(w @ np.tanh(W @ state[0] + U @ h_j)).item() for h_j in h]
            alpha = np.exp(scores) / np.exp(scores).sum()
            context = sum(a * h_j for a, h_j in zip(alpha, h, strict=True))
            all_weights.append(alpha)
        e = E[token] * np.sqrt(D)
        cell = [p[f"decoder.{part}"] for part in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")]
        state = one_step(kind, np.concatenate([e, context]), state, *cell)
        output = p["output.weight"] @ np.concatenate([state[0], context, e]) + p["output.bias"]
        all_logits.append(E @ np.tanh(output))
    return np.array(all_logits), np.array(all_weights)


@pytest.mark.parametrize("variant", ALL)
@settings(max_examples=12, deadline=None)
@given(
    st.lists(st.integers(1, 8), min_size=1, max_size=3),
    st.integers(1, 5),
    st.integers(1, 6),
    st.integers(1, 6),
    st.integers(0, 9999),
)
def test_equals_the_loops(variant, lengths, Lt, dim, hidden, seed):
    model = tiny(variant, seed, dim=dim, hidden=hidden)
    source, target = sentences(lengths, Lt, seed)
    record = {}
    logits = model(source, target, record)
    assert logits.shape == (len(lengths), Lt, TOKENS)
    for b, length in enumerate(lengths):
        expected, weights = reference(model, variant, source[b, :length].tolist(), target[b].tolist())
        close(logits[b], torch.tensor(expected, dtype=torch.float32))
        if "attention" in variant:
            (found,) = record["cross_weights"]
            assert found.shape == (len(lengths), 1, Lt, max(lengths))
            close(found[b, 0, :, :length], torch.tensor(weights, dtype=torch.float32))
            assert (found[b, 0, :, length:] == 0).all()
        else:
            assert not record  # there is nothing to look at


# --- What must hold ------------------------------------------------------------------------------------


@pytest.mark.parametrize("variant", ALL)
def test_steps_equal_teacher_forcing(variant):
    model = tiny(variant)
    source, target = sentences()
    expected_record, record = {}, {}
    expected = model(source, target, expected_record)
    state = model.start(model.encode(source))
    for t in range(target.shape[1]):
        close(model.step(target[:, t], state, record), expected[:, t])
    if "attention" in variant:
        assert record["cross_weights"][0].shape == (3, 1, 1, 7)
        close(torch.cat(record["cross_weights"], dim=2), expected_record["cross_weights"][0])


@pytest.mark.parametrize("variant", ALL)
def test_a_state_follows_its_rows(variant):
    model = tiny(variant)
    source, target = sentences()
    memory = model.encode(source)
    state = model.start(memory)
    for t in range(2):
        model.step(target[:, t], state)
    rows = torch.tensor([2, 0, 0, 1])
    state.select(rows)
    expected = model(source[rows], target[rows])
    for t in (2, 3):
        close(model.step(target[rows, t], state), expected[:, t])
    assert memory.x.shape[0] == 3  # what was read belongs to others, too
    close(model.decode(target[rows], state.memory), expected)


@pytest.mark.parametrize("variant", ALL)
def test_a_later_target_token_changes_no_earlier_logits(variant):
    model = tiny(variant)
    source, target = sentences()
    before = model(source, target)
    target[:, 3] = (target[:, 3] + 1) % TOKENS
    after = model(source, target)
    close(after[:, :3], before[:, :3])
    assert (after[:, 3] - before[:, 3]).abs().amax(-1).gt(1e-4).all()


@pytest.mark.parametrize("variant", ALL)
def test_padding_behind_the_source_changes_nothing(variant):
    model = tiny(variant)
    source, target = sentences()
    more = torch.cat([source, torch.zeros(3, 4, dtype=torch.long)], dim=1)
    close(model(more, target), model(source, target))


def test_the_order_of_the_source_matters_and_each_end_is_read():
    for variant in ALL:
        model = tiny(variant)
        source, target = sentences((5,))
        expected = model(source, target)
        for place in (0, 4):
            other = source.clone()
            other[:, place] = other[:, place] % (TOKENS - 1) + 1
            assert not torch.allclose(model(other, target), expected, atol=1e-4)


def test_without_attention_the_context_has_a_fixed_size_and_never_changes():
    fixed, chosen = tiny("gru"), tiny("gru+attention")
    source, _ = sentences()
    s, other = torch.zeros(3, 4), torch.ones(3, 4)
    memory = fixed.encode(source)
    assert fixed.context(s, memory).shape == (3, 8)
    assert torch.equal(fixed.context(s, memory), fixed.context(other, memory))
    memory = chosen.encode(source)
    assert chosen.context(s, memory).shape == (3, 8)
    assert not torch.allclose(chosen.context(s, memory)[:2], chosen.context(other, memory)[:2])


@pytest.mark.parametrize("variant", ALL)
def test_parameters_by_the_formula(variant):
    with torch.device("meta"):
        count = sum(p.numel() for p in build(variant, 30_000).parameters())
    V, D, H = 30_000, 620, 1000
    gates = 3 if variant.startswith("gru") else 4
    expected = V * D + 2 * gates * (H * D + H**2 + 2 * H) + 2 * H**2 + H
    expected += gates * (H * (D + 2 * H) + H**2 + 2 * H) + (3 * H + D) * D + D
    assert count == expected + (3 * H**2 + H if "attention" in variant else 0)


@pytest.mark.parametrize("variant", ALL)
def test_gradients_reach_every_parameter(variant):
    model = tiny(variant)
    model(*sentences()).square().sum().backward()
    for name, parameter in model.named_parameters():
        assert parameter.grad is not None and parameter.grad.abs().max() > 0, name


@pytest.mark.parametrize("variant", ALL)
def test_state_dict_round_trip_and_autocast(variant):
    model, other = tiny(variant, 0), tiny(variant, 1)
    source, target = sentences()
    other.load_state_dict(model.state_dict())
    close(other(source, target), model(source, target))
    with torch.autocast("cpu", torch.bfloat16):
        logits = model(source, target)
    assert (logits.float() - model(source, target)).abs().max() < 0.5


def test_dropout_acts_in_training_only():
    model = tiny("gru", dropout=0.5)
    source, target = sentences()
    close(model(source, target), model(source, target))
    model.train()
    assert not torch.allclose(model(source, target), model(source, target))


@pytest.mark.parametrize("variant", ALL)
def test_learns_two_sentences(variant):
    torch.manual_seed(0)
    model = build(variant, TOKENS, dim=16, hidden=16, dropout=0.0)
    source = torch.tensor([[4, 5, 6, 7], [7, 5, 0, 0]])
    target = torch.tensor([[1, 4, 5, 6, 7, 2], [1, 8, 9, 8, 9, 2]])
    optimiser = torch.optim.Adam(model.parameters(), lr=1e-2)
    for _ in range(60):
        loss = nn.functional.cross_entropy(
            model(source, target[:, :-1]).flatten(0, 1), target[:, 1:].flatten()
        )
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    assert loss < 0.1


# --- Wrong use -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", [Seq2Seq, AttentiveSeq2Seq])
@pytest.mark.parametrize(
    "options, message",
    [
        (dict(vocabulary=0), "vocabulary must be a whole number of at least 1; got 0"),
        (dict(vocabulary=9, hidden=0), "hidden must be"),
        (dict(vocabulary=9, dim=2.5), "dim must be"),
        (dict(vocabulary=9, cell="rnn"), "cell must be 'gru' or 'lstm'; got 'rnn'"),
        (dict(vocabulary=9, dropout=1.0), "dropout must be"),
        (dict(vocabulary=9, padding=9), "padding must be a token of the vocabulary, 0 to 8; got 9"),
    ],
)
def test_sizes_that_cannot_be(model, options, message):
    with pytest.raises(ValueError, match=message):
        model(**options)


def test_calls_that_cannot_be():
    model = tiny("gru+attention")
    source, target = sentences()
    with pytest.raises(TypeError, match="source must be a tensor of token numbers, int64; got float32"):
        model(source.float(), target)
    with pytest.raises(ValueError, match=r"target must have shape \(batch, length\); got \(5,\)"):
        model(source, target[0])
    with pytest.raises(ValueError, match="target has 2 rows but the memory has 3"):
        model(source, target[:2])
    with pytest.raises(ValueError, match="tokens has 1 rows but the state has 3"):
        model.step(target[:1, 0], model.start(model.encode(source)))
    with pytest.raises(ValueError, match=r"tokens must have shape \(batch,\), one token a row; got \(\)"):
        model.step(target[0, 0], model.start(model.encode(source)))
    for empty in (target[:, :0], target[:0]):
        with pytest.raises(ValueError, match=r"target has shape .*, and so not a single token"):
            model(source, empty)
    with pytest.raises(ValueError, match="the memory has no keys: it was read by a model without attention"):
        model.decode(target, tiny("gru").encode(source))
    with pytest.raises(ValueError, match="row 1 of source holds nothing but padding"):
        model(torch.tensor([[3, 4], [0, 0]]), target[:2])
    with pytest.raises(ValueError, match="source has padding before a token"):
        model(torch.tensor([[3, 0, 4]]), target[:1])
    with pytest.raises(ValueError, match="target has padding before a token"):
        model(source[:1], torch.tensor([[0, 3, 4]]))
    with pytest.raises(ValueError, match=r"there is no variant 'rnn'; there are 'gru', 'gru\+attention'"):
        build("rnn", 9)
