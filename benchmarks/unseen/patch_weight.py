"""Answers to `patch_weight`: the weight of key A, for a query and two keys with two pixels each."""

from benchmarks.unseen import Answer

ANSWERS = [
    Answer(
        "No division by the square root of d.",
        """
s = torch.tensor([given.query[0]*given.key_a[0] + given.query[1]*given.key_a[1],
                  given.query[0]*given.key_b[0] + given.query[1]*given.key_b[1]], dtype=torch.float)
patch_weight = s.softmax(0)[0].item()
""",
    ),
    Answer(
        "Divides by d = 2.",
        """
q, a, b = (torch.tensor(v, dtype=torch.float32) for v in (given.query, given.key_a, given.key_b))
w = torch.stack([q @ a, q @ b]) / 2
patch_weight = torch.softmax(w, dim=0)[0]
""",
    ),
    Answer(
        "The weight of key B.",
        """
q, a, b = (torch.tensor(v, dtype=torch.float32) for v in (given.query, given.key_a, given.key_b))
w = torch.softmax(torch.stack([q @ a, q @ b]) / math.sqrt(2), dim=0)
patch_weight = w[1].item()
""",
    ),
    Answer(
        "Share of the similarities, no exponential.",
        """
sa = sum(x * y for x, y in zip(given.query, given.key_a))
sb = sum(x * y for x, y in zip(given.query, given.key_b))
patch_weight = sa / (sa + sb)
""",
    ),
    Answer(
        "Leaves out the denominator: e to the affinity.",
        """
sa = sum(x * y for x, y in zip(given.query, given.key_a))
patch_weight = math.exp(sa / math.sqrt(2))
""",
    ),
    Answer(
        "Stops at the affinity of key A.",
        """
sa = sum(x * y for x, y in zip(given.query, given.key_a))
patch_weight = sa / math.sqrt(2)
""",
    ),
    Answer(
        "The ratio of the exponentials, A over B.",
        """
sa = sum(x * y for x, y in zip(given.query, given.key_a)) / 2 ** 0.5
sb = sum(x * y for x, y in zip(given.query, given.key_b)) / 2 ** 0.5
patch_weight = math.exp(sa) / math.exp(sb)
""",
    ),
    Answer(
        "In per cent.",
        """
sa = sum(x * y for x, y in zip(given.query, given.key_a)) / 2 ** 0.5
sb = sum(x * y for x, y in zip(given.query, given.key_b)) / 2 ** 0.5
patch_weight = 100 * math.exp(sa) / (math.exp(sa) + math.exp(sb))
""",
    ),
    Answer(
        "The roots of the similarities instead of dividing by the root of d.",
        """
sa = sum(x * y for x, y in zip(given.query, given.key_a))
sb = sum(x * y for x, y in zip(given.query, given.key_b))
patch_weight = math.exp(sa ** 0.5) / (math.exp(sa ** 0.5) + math.exp(sb ** 0.5))
""",
    ),
    Answer(
        "2 to the power of the affinity instead of e.",
        """
sa = sum(x * y for x, y in zip(given.query, given.key_a)) / 2 ** 0.5
sb = sum(x * y for x, y in zip(given.query, given.key_b)) / 2 ** 0.5
patch_weight = 2 ** sa / (2 ** sa + 2 ** sb)
""",
    ),
    Answer(
        "By hand with math.exp.",
        """
sa = (given.query[0] * given.key_a[0] + given.query[1] * given.key_a[1]) / math.sqrt(2)
sb = (given.query[0] * given.key_b[0] + given.query[1] * given.key_b[1]) / math.sqrt(2)
patch_weight = math.exp(sa) / (math.exp(sa) + math.exp(sb))
""",
        right=True,
    ),
    Answer(
        "A tensor of one number.",
        """
q = torch.tensor(given.query, dtype=torch.float32)
keys = torch.tensor([given.key_a, given.key_b], dtype=torch.float32)
patch_weight = torch.softmax(keys @ q / math.sqrt(len(q)), dim=0)[0]
""",
        right=True,
    ),
    Answer(
        "Rounded to four digits.",
        """
q = torch.tensor(given.query).float()
keys = torch.tensor([given.key_a, given.key_b]).float()
patch_weight = float(f"{torch.softmax(keys @ q / 2 ** .5, dim=0)[0].item():.4g}")
""",
        right=True,
    ),
    Answer(
        "As a sigmoid of the difference.",
        """
diff = sum(q * (a - b) for q, a, b in zip(given.query, given.key_a, given.key_b))
patch_weight = 1 / (1 + math.exp(-diff / math.sqrt(2)))
""",
        right=True,
    ),
    Answer(
        "With numpy.",
        """
import numpy as np
scores = np.array([np.dot(given.query, given.key_a), np.dot(given.query, given.key_b)]) / np.sqrt(2)
patch_weight = (np.exp(scores) / np.exp(scores).sum())[0]
""",
        right=True,
    ),
    Answer(
        "One minus the other weight.",
        """
q = torch.tensor(given.query, dtype=torch.float64)
keys = torch.tensor([given.key_a, given.key_b], dtype=torch.float64)
weights = torch.softmax(keys @ q / math.sqrt(2), dim=0)
patch_weight = 1 - weights[1].item()
""",
        right=True,
    ),
]
