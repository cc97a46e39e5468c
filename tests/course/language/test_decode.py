"""Greedy and beam search, against brute force, for every kind of model there is."""

import itertools

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from course.language import seq2seq, transformer
from course.language.decode import BEGIN, END, PADDING, beam_search, greedy

TOKENS = 7


def model(kind, seed=0, vocabulary=TOKENS):
    """A random model whose opinions are strong enough to differ, and that ends some of its sentences."""
    torch.manual_seed(seed)
    if kind == "transformer":
        writer = transformer.Transformer(vocabulary, 8, 2, 12, 1, dropout=0.3, max_length=40)
    else:
        writer = seq2seq.build(kind, vocabulary, dim=6, hidden=5, dropout=0.3)
    for parameter in writer.parameters():
        nn.init.normal_(parameter, std=0.7)
    return writer.eval()


KINDS = ["transformer", "gru", "lstm+attention"]


def sources(seed=0, B=4, L=6, vocabulary=TOKENS):
    source = torch.randint(3, vocabulary, (B, L), generator=torch.Generator().manual_seed(seed))
    for b in range(1, B):
        source[b, L - b :] = PADDING
    return source


def log_p(writer, source, tokens):
    """log p of one written sentence, by teacher forcing: source (1, Ls), tokens a list."""
    target = torch.tensor([[BEGIN, *tokens]])
    with torch.no_grad():
        steps = writer.decode(target[:, :-1], writer.encode(source)).log_softmax(-1)[0]
    return sum(steps[t, token].item() for t, token in enumerate(tokens))


def sentence(row):
    """A row of tokens, up to its end."""
    row = row.tolist()
    return row[: row.index(END) + 1] if END in row else row


@pytest.mark.parametrize("kind", KINDS)
def test_greedy_takes_the_likeliest_at_every_step(kind):
    writer, source = model(kind), sources()
    tokens = greedy(writer, source, max_length=9)
    for b in range(len(source)):
        written = sentence(tokens[b])
        target = torch.tensor([[BEGIN, *written]])
        with torch.no_grad():
            logits = writer(source[b : b + 1], target[:, :-1])
        assert logits.argmax(-1)[0].tolist() == written
        assert (tokens[b, len(written) :] == PADDING).all()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(4))
def test_the_cache_changes_nothing(kind, seed):
    writer, source = model(kind, seed), sources(seed)
    assert torch.equal(greedy(writer, source, 8), greedy(writer, source, 8, cached=False))
    tokens, scores = beam_search(writer, source, 3, max_length=8)
    uncached, same = beam_search(writer, source, 3, max_length=8, cached=False)
    assert torch.equal(tokens, uncached)
    torch.testing.assert_close(scores, same, atol=1e-5, rtol=1e-5)


@settings(max_examples=15, deadline=None)
@given(st.sampled_from(KINDS), st.integers(0, 9999), st.integers(1, 9), st.floats(0, 2))
def test_a_beam_of_one_is_greedy(kind, seed, max_length, length_penalty):
    writer, source = model(kind, seed), sources(seed)
    tokens, scores = beam_search(writer, source, 1, length_penalty, max_length)
    expected = greedy(writer, source, max_length)
    assert torch.equal(tokens, expected)
    for b in range(len(source)):
        written = sentence(tokens[b])
        score = log_p(writer, source[b : b + 1], written) / ((5 + len(written)) / 6) ** length_penalty
        assert scores[b].item() == pytest.approx(score, abs=1e-4)


def everything(vocabulary, max_length):
    """All sentences that end, of at most so many tokens with the end."""
    words = [token for token in range(vocabulary) if token != END]
    for length in range(max_length):
        for beginning in itertools.product(words, repeat=length):
            yield [*beginning, END]


@settings(max_examples=8, deadline=None)
@given(st.sampled_from(KINDS), st.integers(0, 9999), st.sampled_from([0.0, 0.6, 1.0, 2.5]))
def test_a_beam_wide_enough_finds_the_best_sentence_of_all(kind, seed, length_penalty):
    vocabulary, longest = 4, 3
    writer, source = model(kind, seed, vocabulary), sources(seed, B=2, L=3, vocabulary=vocabulary)
    tokens, scores = beam_search(writer, source, vocabulary**longest, length_penalty, longest)
    for b in range(2):
        found = {
            tuple(written): log_p(writer, source[b : b + 1], written)
            / ((5 + len(written)) / 6) ** length_penalty
            for written in everything(vocabulary, longest)
        }
        best = max(found.values())
        assert scores[b].item() == pytest.approx(best, abs=1e-4)
        assert found[tuple(sentence(tokens[b]))] == pytest.approx(best, abs=1e-4)


class Table(nn.Module):
    """A writer that knows p(next | last token) by heart, whatever the source: for tests by hand."""

    def __init__(self, probabilities):
        super().__init__()
        self.log_p = torch.tensor(probabilities).log()
        self.eval()

    def encode(self, source):
        return source

    def decode(self, target, memory):
        return self.log_p[target]

    def start(self, memory):
        return TableState(memory)

    def step(self, tokens, state):
        return self.log_p[tokens]


class TableState:
    def __init__(self, memory):
        self.memory = memory

    def select(self, rows):
        self.memory = self.memory[rows]


#                      pad  begin  end   a    b
BY_HAND = Table(
    [
        [0.0, 0.0, 1.0, 0.0, 0.0],
        [0.0, 0.0, 0.0, 0.6, 0.4],  # after begin: a is likelier,
        [0.0, 0.0, 1.0, 0.0, 0.0],
        [0.0, 0.0, 0.5, 0.5, 0.0],  # but after a it is undecided,
        [0.0, 0.0, 1.0, 0.0, 0.0],  # and after b sure of its end
    ]
)
A, B = 3, 4


def test_the_beam_sees_further_than_greedy():
    source = torch.ones(1, 1, dtype=torch.long)
    assert greedy(BY_HAND, source, 5)[0].tolist() == [A, END]  # p = 0.3, by the first of two equals
    tokens, scores = beam_search(BY_HAND, source, width=2, length_penalty=0.0, max_length=5)
    assert tokens[0].tolist()[:2] == [B, END] and set(tokens[0].tolist()[2:]) <= {PADDING}
    assert scores.exp().item() == pytest.approx(0.4)


def test_the_length_penalty_prefers_the_longer():
    """p(a end) = 0.4 and p(b b b end) = 0.6 · 0.6 = 0.36: the longer wins once length is divided by."""
    writer = Table(
        [
            [0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0],
            [0.0, 0.0, 0.0, 0.4, 0.6, 0.0, 0.0],
            [0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0],
            [0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0],
            [0.0, 0.0, 0.0, 0.2, 0.0, 0.6, 0.2],
            [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0],
            [0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0],
        ]
    )
    source = torch.ones(1, 1, dtype=torch.long)
    short, score = beam_search(writer, source, 4, 0.0, 6)
    assert sentence(short[0]) == [3, END] and score.exp().item() == pytest.approx(0.4)
    long, score = beam_search(writer, source, 4, 0.6, 6)
    assert sentence(long[0]) == [4, 5, 6, END]
    assert score.item() == pytest.approx(torch.tensor(0.36).log().item() / (9 / 6) ** 0.6)


def test_a_sentence_that_never_ends_is_cut_and_one_that_ends_is_preferred():
    endless = Table([[0.0, 0.0, 0.0, 1.0]] * 4)
    source = torch.ones(2, 1, dtype=torch.long)
    assert greedy(endless, source, 4).tolist() == [[3] * 4] * 2
    tokens, scores = beam_search(endless, source, 1, max_length=4)
    assert tokens.tolist() == [[3] * 4] * 2 and scores.tolist() == [0, 0]
    reluctant = Table([[0.0, 0.0, 0.1, 0.9]] * 4)
    tokens, scores = beam_search(reluctant, source, 2, 0.0, max_length=3)
    assert sentence(tokens[0]) == [END] and scores[0].exp().item() == pytest.approx(0.1)


@pytest.mark.parametrize("kind", KINDS)
def test_rows_do_not_depend_on_each_other(kind):
    writer, source = model(kind, 3), sources(3)
    together, scores = beam_search(writer, source, 3, max_length=8)
    greedily = greedy(writer, source, 8)
    for b in range(len(source)):
        alone, score = beam_search(writer, source[b : b + 1], 3, max_length=8)
        assert sentence(alone[0]) == sentence(together[b])
        torch.testing.assert_close(score[0], scores[b], atol=1e-5, rtol=1e-5)
        assert sentence(greedy(writer, source[b : b + 1], 8)[0]) == sentence(greedily[b])


@torch.no_grad()
def slow_beam(writer, source, width, length_penalty, max_length):
    """One row, lists instead of tensors, no cache and no stopping early: the best (score, tokens)."""
    memory = writer.encode(source)
    alive, ended = [(0.0, [])], []
    for length in range(1, max_length + 1):
        lp = ((5 + length) / 6) ** length_penalty
        longer = []
        for score, tokens in alive:
            log_p = writer.decode(torch.tensor([[BEGIN, *tokens]]), memory)[0, -1].log_softmax(-1)
            longer += [(score + p, [*tokens, token]) for token, p in enumerate(log_p.tolist())]
        best = sorted(longer, reverse=True)[:width]
        ended += [(score / lp, tokens) for score, tokens in best if tokens[-1] == END]
        alive = [(score, tokens) for score, tokens in best if tokens[-1] != END]
    return max(ended or [(score / lp, tokens) for score, tokens in alive])


@pytest.mark.parametrize("kind", KINDS)
def test_equals_a_slow_search_that_never_stops_early(kind):
    lengths = set()
    for seed, (width, length_penalty, max_length) in enumerate([(2, 0.6, 8), (4, 0.0, 5), (3, 1.5, 9)]):
        writer, source = model(kind, seed), sources(seed, B=3)
        tokens, scores = beam_search(writer, source, width, length_penalty, max_length)
        for b in range(len(source)):
            score, expected = slow_beam(writer, source[b : b + 1], width, length_penalty, max_length)
            assert sentence(tokens[b]) == expected
            assert scores[b].item() == pytest.approx(score, abs=1e-4)
            lengths.add(len(expected))
    assert len(lengths) > 1  # or else the test would tell little


def test_other_tokens_may_begin_and_end():
    writer = Table([[0.0, 0.0, 0.0, 1.0], [1.0, 0.0, 0.0, 0.0], [0.0, 1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0]])
    source = torch.ones(1, 1, dtype=torch.long)
    assert greedy(writer, source, 9, begin=3, end=0).tolist() == [[2, 1, 0]]
    assert beam_search(writer, source, 1, max_length=9, begin=3, end=0)[0].tolist() == [[2, 1, 0]]


def test_wrong_use():
    writer, source = model("gru"), sources()
    with pytest.raises(ValueError, match="max_length must be a whole number of at least 1; got 0"):
        greedy(writer, source, 0)
    with pytest.raises(ValueError, match="width must be"):
        beam_search(writer, source, 0)
    with pytest.raises(ValueError, match=r"length_penalty must be 0 or more; got -1"):
        beam_search(writer, source, 2, -1)
    writer.train()
    for search in (greedy, beam_search):
        with pytest.raises(RuntimeError, match=r"training mode.*call model.eval\(\)"):
            search(writer, source)
