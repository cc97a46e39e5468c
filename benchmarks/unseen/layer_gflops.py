"""Answers to `layer_gflops`: layer (b) at the student's own L, d and n, in GFLOPs."""

from benchmarks.unseen import Answer

ANSWERS = [
    Answer(
        "In FLOPs.",
        """
L, d, n = given.L, given.d, given.n
layer_gflops = 8*L*d*n + 4*L**2*n
""",
    ),
    Answer(
        "In GMACs.",
        """
L, d, n = given.L, given.d, given.n
layer_gflops = (4*L*d*n + 2*L**2*n) / 1e9
""",
    ),
    Answer(
        "In MFLOPs.",
        """
layer_gflops = (8*given.L*given.d*given.n + 4*given.L**2*given.n) / 1e6
""",
    ),
    Answer(
        "Divides by 2**30.",
        """
L, d, n = given.L, given.d, given.n
layer_gflops = (8*L*d*n + 4*L*L*n) / 2**30
""",
    ),
    Answer(
        "The MLP's FLOPs.",
        """
layer_gflops = 4 * given.L * given.d * given.n / 10**9
""",
    ),
    Answer(
        "Forgets the output projection.",
        """
L, d, n = given.L, given.d, given.n
layer_gflops = (6*L*d*n + 4*L**2*n) * 1e-9
""",
    ),
    Answer(
        "The pairs with d.",
        """
L, d, n = given.L, given.d, given.n
layer_gflops = (8*L*d*n + 4*L**2*d) / 1e9
""",
    ),
    Answer(
        "Only the projections.",
        """
L, d, n = given.L, given.d, given.n
layer_gflops = 8*L*d*n / 1e9
""",
    ),
    Answer(
        "Forgets the weighted sum.",
        """
L, d, n = given.L, given.d, given.n
layer_gflops = (8*L*d*n + 2*L**2*n) / 1e9
""",
    ),
    Answer(
        "n taken for d everywhere.",
        """
L, d, n = given.L, given.d, given.n
layer_gflops = (8*L*d*d + 4*L**2*d) / 1e9
""",
    ),
    Answer(
        "The formula, divided by 1e9.",
        """
L, d, n = given.L, given.d, given.n
layer_gflops = (8*L*d*n + 4*L**2*n) / 1e9
""",
        right=True,
    ),
    Answer(
        "Factored.",
        """
layer_gflops = 4 * given.L * given.n * (2 * given.d + given.L) / 10**9
""",
        right=True,
    ),
    Answer(
        "Rounded to four digits.",
        """
L, d, n = given.L, given.d, given.n
layer_gflops = float("%.4g" % ((8*L*d*n + 4*L**2*n) / 1e9))
""",
        right=True,
    ),
    Answer(
        "Through the course's counter.",
        """
import course.cost
layer = course.cost.AttentionLayer(given.d, given.n, device="meta")
layer_gflops = course.cost.measure(layer, (given.L, given.d)).flops / 1e9
""",
        right=True,
    ),
    Answer(
        "A tensor.",
        """
L, d, n = (torch.tensor(x, dtype=torch.float64) for x in (given.L, given.d, given.n))
layer_gflops = (8*L*d*n + 4*L**2*n) / 1e9
""",
        right=True,
    ),
    Answer(
        "Product by product.",
        """
def product(a, b, c):
    return 2 * a * b * c
L, d, n = given.L, given.d, given.n
total = 3 * product(L, d, n) + product(L, n, L) + product(L, L, n) + product(L, n, d)
layer_gflops = total / 1_000_000_000
""",
        right=True,
    ),
]
