"""What a translation model is trained and judged with: numbers by hand, and PyTorch's own."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn.functional import cross_entropy

from course.language import seq2seq
from course.language.decode import BEGIN, END, PADDING
from course.language.transformer import Transformer
from course.language.translate import (
    UNKNOWN,
    Characters,
    Words,
    batches,
    bleu,
    chrf,
    smoothed_cross_entropy,
    train,
    translate,
    validation_loss,
    warmup_rate,
)

PAIRS = [
    ("un", "one"),
    ("deux", "two"),
    ("trois", "three"),
    ("quatre", "four"),
    ("cinq", "five"),
    ("six", "six"),
]
texts = st.lists(st.text(max_size=12), min_size=1, max_size=6)


@given(texts)
def test_characters_there_and_back(sentences):
    vocabulary = Characters(sentences)
    ids = vocabulary.encode(sentences)
    assert vocabulary.decode(ids) == sentences
    assert vocabulary.decode(vocabulary.encode(sentences, begin=True)) == sentences
    assert ids.shape == (len(sentences), max(map(len, sentences)) + 1) and ids.dtype == torch.int64
    assert len(vocabulary) == 4 + len(set("".join(sentences)))
    assert (ids < len(vocabulary)).all()


def test_characters_by_hand():
    vocabulary = Characters(["ba", "c"])
    assert vocabulary.encode(["ab", "c"]).tolist() == [[4, 5, END], [6, END, PADDING]]
    assert vocabulary.encode(["ab"], begin=True).tolist() == [[BEGIN, 4, 5, END]]
    assert vocabulary.encode(["a!"]).tolist() == [[4, UNKNOWN, END]]
    assert vocabulary.decode(
        torch.tensor([[BEGIN, 4, UNKNOWN, END, 5], [PADDING, 6, PADDING, PADDING, 4]])
    ) == [
        "a�",
        "ca",
    ]
    assert Characters(["c", "ab"]).entries == vocabulary.entries  # whatever the order of the texts
    assert vocabulary.encode([]).shape == (0, 0)


def test_characters_wrong():
    vocabulary = Characters(["abc"])
    for wrong in (lambda: Characters("abc"), lambda: vocabulary.encode("abc")):
        with pytest.raises(TypeError, match=r"texts must be several texts; got one str: write \[text\]"):
            wrong()
    with pytest.raises(ValueError, match="ids holds token 7, but the vocabulary is 0 to 6"):
        vocabulary.decode(torch.tensor([[7]]))


def test_words_by_hand():
    vocabulary = Words(["L'homme dort, l'homme.", "A man's hat (well-known) is on."], least=1)
    assert vocabulary.split("L'homme dort, l’homme.") == ["L'", "homme", "dort", ",", "l’", "homme", "."]
    assert vocabulary.split("a well-known man's hat") == ["a", "well-known", "man'", "s", "hat"]
    for text in ("L'homme dort, l'homme.", "A man's hat (well-known) is on."):
        assert vocabulary.decode(vocabulary.encode([text])) == [text]
    again = Words.of(vocabulary.entries)
    assert again.entries == vocabulary.entries and again.decode(again.encode(["L'homme."])) == ["L'homme."]


def test_words_that_are_rare_are_unknown():
    vocabulary = Words(["un chien", "un chat", "deux chats"], least=2)
    assert vocabulary.entries == ["un"] and len(vocabulary) == 5
    assert vocabulary.encode(["un chat un"]).tolist() == [[4, UNKNOWN, 4, END]]
    assert vocabulary.decode(torch.tensor([[4, UNKNOWN, END]])) == ["un �"]
    for wrong in (lambda: Words("un"), lambda: vocabulary.encode("un")):
        with pytest.raises(TypeError, match=r"texts must be several texts; got one str: write \[text\]"):
            wrong()


def test_batches_are_measured_in_the_vocabularys_own_tokens():
    pairs = [("un chien noir", "a black dog")] * 12
    vocabulary = Words(text for pair in pairs for text in pair)
    sizes = [source.shape for source, _ in batches(pairs, vocabulary, tokens=20)]
    assert sizes == [(4, 4)] * 3


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.text("abc", max_size=9), st.text("abc", max_size=9)), max_size=30),
    st.integers(1, 60),
    st.one_of(st.none(), st.integers(0, 99)),
)
def test_batches_hold_every_pair_once_and_no_more_tokens_than_allowed(pairs, tokens, seed):
    vocabulary = Characters(["abc"])
    generator = None if seed is None else torch.Generator().manual_seed(seed)
    seen = []
    for source, target in batches(pairs, vocabulary, tokens, generator):
        assert len(source) == len(target)
        assert len(source) == 1 or max(source.numel(), target.numel()) <= tokens
        assert (target[:, 0] == BEGIN).all()
        seen += zip(vocabulary.decode(source), vocabulary.decode(target), strict=True)
    assert sorted(seen) == sorted(pairs)


def test_batches_waste_little_and_are_shuffled_by_the_seed():
    generator = torch.Generator().manual_seed(0)
    lengths = torch.randint(10, 60, (400,), generator=generator).tolist()
    pairs = [("a" * n, "b" * n) for n in lengths]
    vocabulary = Characters(["ab"])

    def run(seed):
        return list(batches(pairs, vocabulary, 1000, torch.Generator().manual_seed(seed)))

    epoch = run(0)
    real, held = (sum(f(source) for source, _ in epoch) for f in (lambda s: (s != 0).sum(), torch.numel))
    assert real / held > 0.93
    shapes = [tuple(source.shape) for source, _ in epoch]
    assert shapes == [tuple(source.shape) for source, _ in run(0)]
    assert shapes != [tuple(source.shape) for source, _ in run(1)]


@settings(max_examples=50, deadline=None)
@given(st.integers(1, 4), st.integers(1, 6), st.integers(2, 9), st.floats(0, 0.9), st.integers(0, 9999))
def test_smoothed_cross_entropy_equals_pytorchs(B, L, V, smoothing, seed):
    generator = torch.Generator().manual_seed(seed)
    logits = 3 * torch.randn(B, L, V, generator=generator)
    labels = torch.randint(0, V, (B, L), generator=generator)
    labels[0, 0] = 1  # at least one that counts
    expected = cross_entropy(
        logits.flatten(0, 1), labels.flatten(), ignore_index=PADDING, label_smoothing=smoothing
    )
    torch.testing.assert_close(smoothed_cross_entropy(logits, labels, smoothing), expected)


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_smoothed_cross_entropy_of_tokens_that_cannot_be(smoothing):
    """Infinite where the smoothing asks for them, as in PyTorch, and never no number."""
    logits = torch.randn(2, 3, 5, generator=torch.Generator().manual_seed(0))
    labels = torch.tensor([[1, 2, 3], [4, PADDING, PADDING]])
    padded = logits.clone()
    padded[1, 1:, 2] = padded[1, 2, PADDING] = -math.inf  # where nothing counts
    padded.requires_grad_()
    loss = smoothed_cross_entropy(padded, labels, smoothing)
    torch.testing.assert_close(loss, smoothed_cross_entropy(logits, labels, smoothing))
    loss.backward()
    assert padded.grad.isfinite().all()
    logits[..., 0] = -math.inf  # padding is never said
    expected = cross_entropy(
        logits.flatten(0, 1), labels.flatten(), ignore_index=PADDING, label_smoothing=smoothing
    )
    assert expected.isinf() == bool(smoothing)
    torch.testing.assert_close(smoothed_cross_entropy(logits, labels, smoothing), expected)


def test_smoothed_cross_entropy_by_hand():
    """V = 4, ε = 0.1: the true token wants 0.925, each other 0.025; the model says 0.7 and 0.1."""
    logits = torch.tensor([[[0.1, 0.7, 0.1, 0.1], [0.25, 0.25, 0.25, 0.25]]]).log()
    labels = torch.tensor([[1, PADDING]])
    expected = -0.925 * math.log(0.7) - 3 * 0.025 * math.log(0.1)
    assert smoothed_cross_entropy(logits, labels).item() == pytest.approx(expected, rel=1e-5)


def test_smoothed_cross_entropy_wrong():
    with pytest.raises(ValueError, match=r"logits \(1, 3, 4\) and labels \(1, 2\) do not belong together"):
        smoothed_cross_entropy(torch.zeros(1, 3, 4), torch.ones(1, 2, dtype=torch.long))
    with pytest.raises(TypeError, match="logits must be a tensor of floating-point numbers; got int64"):
        smoothed_cross_entropy(torch.zeros(1, 2, 4).long(), torch.ones(1, 2, dtype=torch.long))
    with pytest.raises(ValueError, match="smoothing must be at least 0 and below 1"):
        smoothed_cross_entropy(torch.zeros(1, 2, 4), torch.ones(1, 2, dtype=torch.long), 1.0)


def test_warmup_rate():
    """The paper's own numbers: the top, at step 4,000 of width 512, is 512^-0.5 · 4000^-0.5 = 7.0e-4."""
    assert warmup_rate(4000, 512) == pytest.approx(6.9877e-4, rel=1e-4)
    assert warmup_rate(1, 512) == pytest.approx(6.9877e-4 / 4000, rel=1e-4)
    assert warmup_rate(2000, 512) == pytest.approx(6.9877e-4 / 2, rel=1e-4)
    assert warmup_rate(16_000, 512) == pytest.approx(6.9877e-4 / 2, rel=1e-4)
    assert warmup_rate(10, 64, warmup=100, scale=0.5) == pytest.approx(0.5 / 8 * 10 / 1000)
    rates = [warmup_rate(step, 512) for step in range(1, 9000)]
    assert rates.index(max(rates)) == 3999
    with pytest.raises(ValueError, match="step must be a whole number of at least 1; got 0"):
        warmup_rate(0, 512)


def epochs(vocabulary, n):
    for seed in range(n):
        yield from batches(PAIRS, vocabulary, 60, torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("kind", ["transformer", "gru+attention"])
def test_training_learns_to_translate(kind):
    torch.manual_seed(0)
    vocabulary = Characters(text for pair in PAIRS for text in pair)
    if kind == "transformer":
        model = Transformer(len(vocabulary), 32, 4, 64, 1, dropout=0.0, max_length=30)
    else:
        model = seq2seq.build(kind, len(vocabulary), dim=32, hidden=32, dropout=0.0)
    data = list(batches(PAIRS, vocabulary))
    before = validation_loss(model, data)
    steps = train(model, epochs(vocabulary, 120), lambda step: warmup_rate(step, 32, 40, scale=0.4))
    losses = [loss.item() for loss in steps]
    assert losses[-1] < losses[0] / 2
    least = -math.log(1 - 0.1 + 0.1 / len(vocabulary))  # 0.1, of a model that says what smoothing asks for
    assert least < validation_loss(model, data) < 0.15 < before / 10
    assert model.training  # as it was
    model.eval()
    sources, references = zip(*PAIRS, strict=True)
    for width in (1, 3):
        assert translate(model, sources, vocabulary, width, max_length=12) == list(references)


def test_training_takes_the_rates_that_it_is_given():
    torch.manual_seed(0)
    vocabulary = Characters(text for pair in PAIRS for text in pair)
    model = seq2seq.build("gru", len(vocabulary), dim=4, hidden=4)
    before = [parameter.clone() for parameter in model.parameters()]
    asked = []

    def rate(step):
        asked.append(step)
        return 0.0

    losses = list(train(model, batches(PAIRS, vocabulary, 20), rate))
    assert asked == list(range(1, len(losses) + 1)) and len(losses) > 1
    assert all(map(torch.equal, model.parameters(), before))  # a rate of 0 teaches nothing
    assert not losses[0].requires_grad


def test_validation_loss_weighs_tokens_and_not_batches():
    torch.manual_seed(0)
    vocabulary = Characters(text for pair in PAIRS for text in pair)
    model = seq2seq.build("gru", len(vocabulary), dim=4, hidden=4)
    whole = validation_loss(model, batches(PAIRS, vocabulary, 1000))
    assert validation_loss(model, batches(PAIRS, vocabulary, 8)) == pytest.approx(whole, rel=1e-5)
    assert math.isnan(validation_loss(model, []))


def test_of_no_sentence_no_translation():
    vocabulary = Characters(text for pair in PAIRS for text in pair)
    for variant in ("gru", "gru+attention"):
        model = seq2seq.build(variant, len(vocabulary), dim=4, hidden=4).eval()
        assert translate(model, [], vocabulary) == []


@pytest.mark.parametrize("sentence", ["one", "forty two", "forty two times", "trente - deux fois", "a"])
def test_a_perfect_translation_has_100_however_short_it_is(sentence):
    assert bleu([sentence], [sentence]) == chrf([sentence], [sentence]) == 100
    assert bleu([sentence, ""], [sentence, ""]) == 100


def test_bleu_has_the_order_that_the_translations_have():
    # 1 of 2 words and no pair but sacrebleu's half: √(1/2 · 1/2); a longer sentence brings the order 4 back
    assert bleu(["forty two"], ["forty three"]) == pytest.approx(50)
    long = "the cat sat on the mat"
    assert bleu(["forty two", long], ["forty three", long]) == pytest.approx(
        100 * (7 / 8 * 5 / 6 * 4 / 4 * 3 / 3) ** 0.25
    )
    assert bleu(["two"], ["forty two"]) == pytest.approx(100 * math.exp(1 - 2))  # brevity still counts


def test_scores():
    perfect = ["a man is riding a bike .", "two dogs are running ."]
    assert bleu(perfect, perfect) == chrf(perfect, perfect) == 100
    assert bleu(["xx yy", "zz"], perfect) < 1 and chrf(["", ""], perfect) == 0
    # 5 of 6 words, 3 of 5 pairs, 2 of 4 triples and 1 of 3 fours are shared; the lengths agree
    found = bleu(["the cat sat on a mat"], ["the cat sat on the mat"])
    assert found == pytest.approx(100 * (5 / 6 * 3 / 5 * 2 / 4 * 1 / 3) ** 0.25, abs=0.01)
    with pytest.raises(ValueError, match="there are 1 translations and 2 references"):
        bleu(["a"], perfect)
    with pytest.raises(TypeError, match="got one str"):
        chrf("a", "b")
    with pytest.raises(ValueError, match="there are 0 translations"):
        chrf([], [])
