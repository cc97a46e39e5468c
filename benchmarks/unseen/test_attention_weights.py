"""Answers to `test_attention_weights`: a test that right attention passes and wrong attention fails."""

from benchmarks.unseen import Answer

ANSWERS = [
    Answer(
        "Asserts the shape only.",
        """
def test_attention_weights(weights):
    q, k = torch.randn(3, 4), torch.randn(5, 4)
    mask = torch.rand(3, 5) > 0.5
    mask[:, 0] = True
    w = weights(q, k, mask)
    assert w.shape == (3, 5)
""",
    ),
    Answer(
        "Asserts that rows sum to one, nothing about the mask or signs.",
        """
def test_attention_weights(weights):
    q, k = torch.randn(3, 4), torch.randn(5, 4)
    mask = torch.ones(3, 5, dtype=torch.bool)
    w = weights(q, k, mask)
    assert torch.allclose(w.sum(dim=-1), torch.ones(3), atol=1e-5)
""",
    ),
    Answer(
        "Everything but the signs.",
        """
def test_attention_weights(weights):
    q, k = torch.randn(4, 8), torch.randn(4, 8)
    mask = torch.tril(torch.ones(4, 4)).bool()
    w = weights(q, k, mask)
    assert torch.allclose(w.sum(dim=-1), torch.ones(4), atol=1e-5)
    assert (w[~mask] == 0).all()
""",
    ),
    Answer(
        "Everything but the sums.",
        """
def test_attention_weights(weights):
    q, k = torch.randn(4, 8), torch.randn(4, 8)
    mask = torch.tril(torch.ones(4, 4)).bool()
    w = weights(q, k, mask)
    assert (w >= 0).all()
    assert torch.all(w[~mask] == 0)
""",
    ),
    Answer(
        "Sums and signs, not the mask.",
        """
def test_attention_weights(weights):
    q, k = torch.randn(4, 8), torch.randn(6, 8)
    mask = torch.rand(4, 6) > 0.3
    mask[:, 0] = True
    w = weights(q, k, mask)
    assert (w >= 0).all()
    assert torch.allclose(w.sum(-1), torch.ones(4), atol=1e-5)
""",
    ),
    Answer(
        "Exact equality of the sums: rounding rejects right code.",
        """
def test_attention_weights(weights):
    q, k = torch.randn(40, 8), torch.randn(30, 8)
    mask = torch.rand(40, 30) > 0.5
    mask[:, 0] = True
    w = weights(q, k, mask)
    assert (w >= 0).all()
    assert (w.sum(-1) == 1).all()
    assert (w[~mask] == 0).all()
""",
    ),
    Answer(
        "Asks for strictly positive weights: a forbidden key's 0 fails.",
        """
def test_attention_weights(weights):
    q, k = torch.randn(4, 8), torch.randn(4, 8)
    mask = torch.tril(torch.ones(4, 4)).bool()
    w = weights(q, k, mask)
    assert (w > 0).all()
    assert torch.allclose(w.sum(dim=-1), torch.ones(4), atol=1e-5)
    assert (w[~mask] == 0).all()
""",
    ),
    Answer(
        "Sums over the columns.",
        """
def test_attention_weights(weights):
    q, k = torch.randn(4, 8), torch.randn(5, 8)
    mask = torch.rand(4, 5) > 0.4
    mask[:, 0] = True
    w = weights(q, k, mask)
    assert (w >= 0).all()
    assert torch.allclose(w.sum(dim=0), torch.ones(5), atol=1e-5)
    assert (w[~mask] == 0).all()
""",
    ),
    Answer(
        "The mask upside down in the test.",
        """
def test_attention_weights(weights):
    q, k = torch.randn(4, 8), torch.randn(5, 8)
    mask = torch.rand(4, 5) > 0.5
    mask[:, 0] = True
    mask[:, 1] = False
    w = weights(q, k, mask)
    assert (w >= 0).all()
    assert torch.allclose(w.sum(dim=-1), torch.ones(4), atol=1e-5)
    assert (w[mask] == 0).all()
""",
    ),
    Answer(
        "Only the total is compared with the number of queries.",
        """
def test_attention_weights(weights):
    q, k = torch.randn(3, 4), torch.randn(5, 4)
    mask = torch.rand(3, 5) > 0.5
    mask[:, 0] = True
    w = weights(q, k, mask)
    assert (w >= 0).all()
    assert abs(w.sum().item() - 3) < 1e-4
    assert (w[~mask] == 0).all()
""",
    ),
    Answer(
        "One query only.",
        """
def test_attention_weights(weights):
    q, k = torch.randn(1, 4), torch.randn(5, 4)
    mask = torch.tensor([[True, True, False, True, False]])
    w = weights(q, k, mask)
    assert (w >= 0).all()
    assert torch.allclose(w.sum(dim=-1), torch.ones(1), atol=1e-5)
    assert (w[~mask] == 0).all()
""",
    ),
    Answer(
        "Returns True or False instead of asserting.",
        """
def test_attention_weights(weights):
    q, k = torch.randn(4, 8), torch.randn(4, 8)
    mask = torch.tril(torch.ones(4, 4)).bool()
    w = weights(q, k, mask)
    return bool((w >= 0).all() and torch.allclose(w.sum(-1), torch.ones(4)) and (w[~mask] == 0).all())
""",
    ),
    Answer(
        "A tolerance so wide that 1.05 passes.",
        """
def test_attention_weights(weights):
    q, k = torch.randn(4, 8), torch.randn(4, 8)
    mask = torch.tril(torch.ones(4, 4)).bool()
    w = weights(q, k, mask)
    assert (w >= 0).all()
    assert torch.allclose(w.sum(-1), torch.ones(4), atol=0.1)
    assert (w[~mask] == 0).all()
""",
    ),
    Answer(
        "A fully masked row: right code returns NaN there.",
        """
def test_attention_weights(weights):
    q, k = torch.randn(4, 8), torch.randn(4, 8)
    mask = torch.tril(torch.ones(4, 4), diagonal=-1).bool()
    w = weights(q, k, mask)
    assert (w >= 0).all()
    assert torch.allclose(w.sum(-1), torch.ones(4), atol=1e-5)
    assert (w[~mask] == 0).all()
""",
    ),
    Answer(
        "Three assertions with a causal mask.",
        """
def test_attention_weights(weights):
    torch.manual_seed(0)
    L = 6
    q, k = torch.randn(L, 8), torch.randn(L, 8)
    mask = torch.tril(torch.ones(L, L)).bool()
    w = weights(q, k, mask)
    assert w.shape == (L, L)
    assert (w >= 0).all(), "negative weight"
    assert torch.allclose(w.sum(dim=-1), torch.ones(L), atol=1e-4), "rows must sum to one"
    assert (w[~mask].abs() < 1e-6).all(), "looks at a forbidden key"
""",
        right=True,
    ),
    Answer(
        "torch.testing and a random mask.",
        """
def test_attention_weights(weights):
    q, k = torch.randn(5, 4), torch.randn(7, 4)
    mask = torch.rand(5, 7) > 0.5
    mask[torch.arange(5), torch.arange(5)] = True
    mask[:, 6] = False
    w = weights(q, k, mask)
    torch.testing.assert_close(w.sum(-1), torch.ones(5), rtol=1e-4, atol=1e-4)
    assert w.min() >= 0
    assert w.masked_select(~mask).abs().max() < 1e-6
""",
        right=True,
    ),
    Answer(
        "Loops over every entry.",
        """
def test_attention_weights(weights):
    q, k = torch.randn(4, 3), torch.randn(5, 3)
    mask = torch.tensor([[True, False, True, True, False],
                         [False, True, False, False, True],
                         [True, True, False, True, False],
                         [False, False, True, False, True]])
    w = weights(q, k, mask)
    for i in range(4):
        total = 0.0
        for j in range(5):
            assert w[i, j].item() >= 0
            if not mask[i, j]:
                assert w[i, j].item() < 1e-6
            total += w[i, j].item()
        assert abs(total - 1) < 1e-4
""",
        right=True,
    ),
    Answer(
        "Also changes a forbidden key.",
        """
def test_attention_weights(weights):
    q, k = torch.randn(4, 8), torch.randn(6, 8)
    mask = torch.ones(4, 6, dtype=torch.bool)
    mask[:, 5] = False
    mask[1, 0] = mask[2, 3] = False
    w = weights(q, k, mask)
    assert torch.all(w >= 0)
    assert torch.all((w.sum(1) - 1).abs() < 1e-4)
    assert torch.all(w[~mask].abs() < 1e-6)
    other = k.clone()
    other[5] = torch.randn(8)
    assert torch.allclose(weights(q, other, mask), w, atol=1e-4)
""",
        right=True,
    ),
    Answer(
        "Several masks in turn.",
        """
def test_attention_weights(weights):
    for _ in range(5):
        q, k = torch.randn(6, 4), torch.randn(6, 4)
        mask = (torch.rand(6, 6) > 0.5) | torch.eye(6, dtype=torch.bool)
        w = weights(q, k, mask)
        assert not torch.isnan(w).any()
        assert (w >= 0).all()
        assert torch.isclose(w.sum(-1), torch.ones(6), atol=1e-4).all()
        assert torch.isclose(w * ~mask, torch.zeros(6, 6), atol=1e-6).all()
""",
        right=True,
    ),
    Answer(
        "raise AssertionError by hand.",
        """
def test_attention_weights(weights):
    q, k = torch.randn(5, 16), torch.randn(5, 16)
    mask = torch.ones(5, 5).tril().bool()
    w = weights(q, k, mask)
    if not bool((w >= 0).all()):
        raise AssertionError("negative")
    if not torch.allclose(w.sum(-1), torch.ones(5), atol=1e-4):
        raise AssertionError("sum")
    if (w[~mask] > 1e-6).any():
        raise AssertionError("mask")
""",
        right=True,
    ),
]
