# %% [markdown]
# # 02 · Attention: how does one thing look at others?
#
# A word is read in the light of other words, a patch of an image in the light of other patches. *Which*
# others matter differs from word to word, so no fixed filter will do: the network has to look, decide, and
# gather. Here you build the function that does it, in four lines of your own; at the end they read
# handwritten digits without any training.
#
# **You will be able to**
# - turn similarities into attention weights, by hand and in code;
# - say why the softmax is there, why √d is there, and show what fails without them;
# - write masked, batched attention, and a test that catches attention which looks where it must not;
# - use attention as a look-up on real data, and notice when it cheats.
#
# **You need** Python, and a small network trained in PyTorch once. **Time**: about 100 minutes, 80 of them
# in 16 exercises, with a break marked on the way; the cells themselves take 15 seconds on two CPU cores.
# If your first cell shows no number beside it, the kernel was still starting: run it again.

# %% [markdown]
# ### Before you begin: three questions on what came before
#
# Answer each aloud, then unfold.
#
# 1. You stack two convolutions 3 wide. How many inputs can one output depend on?
# 2. A recurrent encoder hands its decoder one vector, whatever the length of the sentence. What goes wrong
#    as sentences grow?
# 3. Two vectors have d independent entries each, all with mean 0 and variance 1. What is the variance of
#    the product of their *first* entries?
#
# <details><summary>Unfold the answers</summary>
#
# 1. Five: each layer adds one on each side. To look far, convolutions need many layers. We come back to how
#    many.
# 2. Everything has to fit into that vector, so details of long sentences are lost. Attention began as the
#    cure: let the decoder look back at all encoder states (Bahdanau et al. 2015).
# 3. One: 1 × 1, because they are independent and have mean 0. Keep this; it explains the √d.
#
# </details>

# %%
import math

import torch
from torch import nn
from torch.nn import functional as F

import course.attention
from course.data import digits
from course.show import attending, needs, scaling
from grader import check, hint, numbers, sign_in
from grader.formula import parse

torch.manual_seed(0)
torch.set_printoptions(precision=4, sci_mode=False)

# %% [markdown]
# In a class, write the name and the key that your instructor gave you between the quotes; otherwise leave
# them empty.

# %%
sign_in("", key="")

# %% [markdown]
# | slides | meaning | shape | in code |
# |---|---|---|---|
# | X | a sequence: L tokens (words, patches), one in each row | (L, d) | `x` |
# | d | width of queries and keys | | `q.shape[-1]` |
# | L | length; L<sub>q</sub> queries may look at L<sub>k</sub> keys | | `q.shape[-2]`, `k.shape[-2]` |
# | q | query: what I look for | (L<sub>q</sub>, d) | `q` |
# | k | key: what I am found by | (L<sub>k</sub>, d) | `k` |
# | v | value: what I hand over | (L<sub>k</sub>, d<sub>v</sub>) | `v` |
# | W<sub>q</sub>,&nbsp;W<sub>k</sub>,&nbsp;W<sub>v</sub> | learnt matrices that make q, k, v out of X | (d, d) | `query`, `key`, `value` |
# | α | attention weights: each row sums to one | (L<sub>q</sub>, L<sub>k</sub>) | `weights` |

# %% [markdown]
# ## How alike are two patches?
#
# Three patches of an image, two pixels each: a = [4, 1], b = [3, 0], c = [0, 4]. Two of them are bright in
# the same place.
#
# **Your guess first:** order the pairs ab, ac, bc from most to least alike, then find the three dot
# products in your head. Then run.

# %% demonstration=true
patches = torch.tensor([[4.0, 1.0], [3.0, 0.0], [0.0, 4.0]])
a, b, c = patches
print("a·b =", (a @ b).item(), "  a·c =", (a @ c).item(), "  b·c =", (b @ c).item())

# %% [markdown]
# 12, 4 and 0. A dot product is large where two patches are large *together*; that makes it our measure of
# **similarity**. It is a choice: it counts length too. Is a more like b, or more like itself? (4·4 + 1·1 =
# 17.) And [8, 2], twice as bright, would beat both.
#
# Three patches have nine such pairs. One at a time is slow; your turn to get them all at once. The cell
# after your answer calls `check(…)`: run it as often as you like. Stuck? In a new cell,
# `hint("similarities")`, with the name you are asked to define, gives one hint at a time. Neither ever costs
# points. The cells after that run *your* function; until it is written, they say so.

# %% exercise="similarities"

# %% [markdown]
# Your table, for the three patches, beside the patches themselves. Before you look at the right: which row
# will have a zero in it?

# %% demonstration=true
needs(similarities=similarities)
attending.patches_and_table(patches, similarities(patches))

# %% [markdown]
# ## How much attention does each key get?
#
# The patch that looks is the **query**; those it looks at are the **keys**. Similarities become shares of
# attention in two steps:
#
# $$\text{affinity}_j = \frac{q \cdot k_j}{\sqrt d} \qquad\qquad \alpha_j = \frac{e^{\text{affinity}_j}}{\sum_i e^{\text{affinity}_i}}$$
#
# The second step is the **softmax**: the exponential makes everything positive, the sum makes the shares
# add up to one. (Why √d? We come to it.)
#
# The slides work two examples with d = 2, cut to a few digits, not rounded. Similarities of 1 and 8 give
# affinities 0.70 and 5.65; 1 and 12 give 0.70 and 8.48. (Patches with
# these similarities: query [4, 1], keys [0, 1], [2, 0] and [3, 0].)
#
# | affinities | weights on the slides |
# |---|---|
# | 0.70 and 5.65 | 0.0070 and 0.9929 |
# | 0.70 and 8.48 | 0.0004 and 0.9958 |
#
# **One of these four weights cannot be right.** Find it without a computer; then run.

# %% demonstration=true
query = torch.tensor([4.0, 1.0])
for keys in (torch.tensor([[0.0, 1.0], [2.0, 0.0]]), torch.tensor([[0.0, 1.0], [3.0, 0.0]])):
    similarity = keys @ query
    affinity = similarity / math.sqrt(2)
    weights = affinity.softmax(dim=0)
    print("similarity", similarity.tolist(), "→ affinity", affinity, "→ weights", weights)

# %% [markdown]
# Weights sum to one, and 0.0004 + 0.9958 does not: a 9 was lost, the weight is 0.9996 (0.99958 before
# rounding). It is **a check you can make on any slide**, and in your own code.
#
# Look at how unequal they are. Similarities of 1 and 8 look like 1 to 8; their weights are 1 to 141. The
# softmax sees only the *difference* of two affinities, here 4.95, and e<sup>4.95</sup> = 141.

# %% exercise="patch_weight"
given = numbers("patch_weight")

patch_weight = None  # a number between 0 and 1
### BEGIN SOLUTION
affinity_a = (given.query[0] * given.key_a[0] + given.query[1] * given.key_a[1]) / math.sqrt(2)
affinity_b = (given.query[0] * given.key_b[0] + given.query[1] * given.key_b[1]) / math.sqrt(2)
patch_weight = math.exp(affinity_a) / (math.exp(affinity_a) + math.exp(affinity_b))
### END SOLUTION

# %% [markdown]
# ### What breaks a softmax?
#
# In the formula, nothing. In float32, this. **Your guess:** which of the three rows survives?

# %% demonstration=true
for row in ([1.0, 2.0, 3.0], [101.0, 102.0, 103.0], [-201.0, -202.0, -203.0]):
    e = torch.tensor(row).exp()
    print(row, "→ exp", e, "→ weights", e / e.sum())

# %% [markdown]
# All three rows have gaps of one between their scores, so the formula gives the three weights 0.0900,
# 0.2447, 0.6652 each time (last row in reverse). But e<sup>101</sup> is more than float32 can hold (inf),
# and e<sup>−201</sup> less (0); inf/inf and 0/0 are NaN.
#
# The way out was in front of you: only *differences* of scores count.

# %% exercise="softmax_rows"

# %% [markdown]
# ## Why not let the best key win?
#
# A query, some keys, and under each key a **value**: what is handed over when that key is chosen. The
# plainest look-up hands over the value of the best key and forgets the rest. That is **hard attention**,
# and you can write it in one line.

# %% exercise="hard_attention"

# %% [markdown]
# The three patches become keys; under them lie the values 0, 1 and 2. A query of length one turns through
# half a circle.
#
# **Your guess first:** draw the output of hard attention against the angle. Now move the query by a
# thousandth of a degree: how often does the output change? (Soft attention, the other line, is borrowed
# from `course.attention`; you write it next.)

# %% demonstration=true
needs(hard_attention=hard_attention)
values = torch.tensor([[0.0], [1.0], [2.0]])
angles = torch.linspace(-90, 90, 361)
turning = torch.stack([angles.deg2rad().cos(), angles.deg2rad().sin()], dim=-1)  # (361, 2)
hard = torch.stack([hard_attention(q, patches, values) for q in turning])  # (361, 1)
soft = course.attention.attention(turning, patches, values)  # (361, 1)

attending.staircase(angles, hard, soft)

# %% [markdown]
# A staircase is flat almost everywhere. What does gradient descent see on it? Ask autograd how the output
# moves with the **query**, at an angle of 24°. (Write down the two numbers for hard attention before you
# run.)


# %% demonstration=true
needs(hard_attention=hard_attention)


def gradients(look):
    """How the output of a look-up moves with the query, and with the values."""
    q = torch.tensor([0.9135, 0.4067], requires_grad=True)
    v = values.clone().requires_grad_()
    output = look(q, patches, v).sum()
    return torch.autograd.grad(output, (q, v), allow_unused=True, materialize_grads=True)


def soft_attention(q, k, v):
    return course.attention.attention(q[None], k, v)[0]


for look in (hard_attention, soft_attention):
    by_query, by_values = gradients(look)
    print(f"{look.__name__}: query {by_query}, values {by_values.flatten()}")

# %% [markdown]
# Through `argmax`: exactly zero. Not small, zero. Through the softmax: a direction to turn the query in. In
# both, the gradient for the *values* is the attention weights themselves: one value has it all, or all have
# some.

# %% exercise="hard_gradient"

# %% [markdown]
# Hard attention can be trained, by trying choices at random and rewarding good ones (reinforcement
# learning, as in *Show, Attend and Tell*, Xu et al. 2015). Soft attention needs nothing of the
# kind: it is **differentiable**, so we keep the softmax.
#
# Keep it *soft*, that is. There is a way to lose that without noticing.

# %% [markdown]
# ## Why does a wide query stare at one key?
#
# One query, 10,000 keys; every number in them comes from a standard normal distribution. No key is special.
# Similarities go into a softmax as they are, with no division.
#
# **Your guess first:** as the width goes from d = 4 to d = 1,024, what happens to the largest of the 10,000
# weights? Set the five handles, then reveal. Then the same for the entropy, which counts in bits how
# undecided the weights are: log₂ 10,000 = 13.3 when all keys are alike, 0 when one has everything.

# %% demonstration=true
scaling.guess(scaling.measure())

# %% [markdown]
# At d = 1,024 one key among 10,000 equals takes nearly all the weight. Nobody trained it to. Soft attention
# has turned into hard attention, and you have seen what that learns: a weight of p moves
# with its own score at the rate p (1 − p), which at p = 0.998 is 0.002.
#
# Where does it come from? Look at how far the scores spread. **Before you run:** question 3 at the start
# gave variance 1 for one product; a score adds up d of them.


# %% demonstration=true
def spread(d, divide_by=1.0):
    """Of 100 queries, 10,000 keys: the scores' standard deviation, the mean of the largest weights."""
    scores = torch.randn(10_000, d) @ torch.randn(d, 100) / divide_by  # (keys, queries)
    return scores.std().item(), scores.softmax(dim=0).amax(dim=0).mean().item()


torch.manual_seed(0)
for d in (4, 16, 64, 256, 1024):
    print(f"d = {d:5}   standard deviation of the scores {spread(d)[0]:5.1f}")

# %% [markdown]
# Independent variances add: a score has variance d. Sixteen times the width, four times the spread; and a
# softmax over numbers tens apart is a one-hot vector.

# %% exercise="score_scale"

# %% [markdown]
# Now the experiment again, divided by *your* formula. Which of the two columns should stay put from top to
# bottom, and at what?

# %% demonstration=true
needs(score_scale=score_scale)
torch.manual_seed(0)
for d in (4, 16, 64, 256, 1024):
    deviation, largest = spread(d, divide_by=parse(score_scale, ["d"]).value(d=d))
    print(f"d = {d:5}   standard deviation {deviation:4.2f}   largest weight {largest:.4f}")

# %% [markdown]
# The spread stays at 1 and the largest weight below a hundredth at every width: no key is special, and none
# is treated so. In the figure above, press *… and with scores of variance 1* to see it beside the first
# curve. This is the "scaled" in *scaled dot-product attention*.
#
# ☕ *A good place for a break: you have every part. What is left is to put them together.*

# %% [markdown]
# ## What does a soft look-up hand back?
#
# A Python dictionary compares your query with its keys and hands back **one** value, if a key is *equal*.
# Soft look-up hands back a **mean of all values**, weighted by how *similar* each key is. Four words, four
# lines: similarity, affinity, softmax, weighted sum.

# %% exercise="look_up"

# %% [markdown]
# Break it in two directions. The values are 0, 1 and 2, and the query is patch a, which is most like patch
# a (similarities 17, 12 and 4). Multiply the query by 0, by 0.1, by 1, by 10. **Your guess:** what comes
# out at 0, and what at 10?

# %% demonstration=true
needs(look_up=look_up)
for factor in (0, 0.1, 1, 10):
    print(f"{factor:>4} × query →", look_up(factor * a, patches, values))

# %% [markdown]
# Times 0: all affinities are equal, the plain mean of the values, 1. Times 10: patch a's own value, 0, the
# dictionary again. Between the two lies everything a network can learn to do by making its queries longer
# or shorter.
#
# One more trick to keep: hand in the **identity matrix as values**, and the weighted sum is the weights
# themselves. You can look inside any attention this way without opening it. What must the numbers below sum
# to?

# %% demonstration=true
needs(look_up=look_up)
print(look_up(0.1 * a, patches, torch.eye(3)))

# %% [markdown]
# ## What must not be seen?
#
# Two reasons to forbid a key. **Padding**: sentences of a batch differ in length, the short ones are filled
# up, and nobody should read the filling. **Causality**: a model that predicts the next word must not look
# at it.
#
# A **mask** says so: boolean, one row for each query, one column for each key, and **True means may
# attend**. (In `torch.nn.MultiheadAttention` True means *forbidden*: look it up whenever you change
# libraries.)
#
# **Your guess:** two sentences, of five and three tokens, padded to five. Which shape does this mask have,
# and how can so few numbers serve five queries a sentence?

# %% demonstration=true
lengths = torch.tensor([5, 3])
padding_mask = torch.arange(5) < lengths[:, None, None]
print(padding_mask.shape, padding_mask.int().tolist())

# %% [markdown]
# (2, 1, 5): one row for each sentence, which broadcasts over all its queries. The causal mask is the other
# way round: one table for all sentences, a different row for each query.

# %% exercise="causal_mask"

# %% [markdown]
# Where does a mask go in? Here are three ways to forbid the **last** of three keys, and the weights they
# leave. One more experiment: what becomes of the *other two* weights when the forbidden key's score goes
# from 3 to 5? **Your guess:** in which of the three rows do they change?

# %% demonstration=true
for forbidden in (3.0, 5.0):
    print(f"the forbidden key has score {forbidden:.0f}")
    print("  −inf before the softmax", torch.tensor([1.0, 2.0, -math.inf]).softmax(0))
    print("  0 before the softmax   ", torch.tensor([1.0, 2.0, 0.0]).softmax(0))
    print(
        "  0 after the softmax    ",
        torch.tensor([1.0, 2.0, forbidden]).softmax(0) * torch.tensor([1, 1, 0]),
    )

# %% [markdown]
# −inf: e<sup>−∞</sup> is exactly 0, above the line and in the sum below. The key has left no trace. In the
# second row it still holds weight, because e<sup>0</sup> = 1. In the third, it is gone from its place and
# still in everybody's denominator: the row no longer sums to one, and *moves with a number that nobody was
# allowed to see*.

# %% exercise="mask_when"

# %% [markdown]
# And a query that may look at **nothing**? Decide what you would want, then run.

# %% demonstration=true
print(torch.full((3,), -math.inf).softmax(0))

# %% [markdown]
# 0/0. One such row, and the loss of the whole batch is NaN. Every query needs at least one key: in a causal
# mask that is its own, which is why the diagonal is True.

# %% [markdown]
# ## The whole of it, in four lines
#
# $$\text{Attention}(Q, K, V) = \text{softmax}\!\left(\frac{QK^\top}{\sqrt d}\right) V$$
#
# Nothing here is new: your `look_up`, for many queries at once. Row i of $QK^\top$ holds the similarities
# of query i with all keys. Before you write, put a shape to each piece for L<sub>q</sub> = 3, L<sub>k</sub>
# = 5, d = 4, d<sub>v</sub> = 2.
#
# <details><summary>Unfold the shapes</summary>
#
# Q (3, 4) · Kᵀ (4, 5) → scores (3, 5) → softmax over the **last** axis, so that each of the 3 rows sums to
# one → (3, 5) · V (5, 2) → (3, 2): one output for each query, as wide as a value.
#
# </details>

# %% exercise="attention"

# %% [markdown]
# Eight random queries look at eight random keys, through your function, with three masks. The identity as
# values shows the weights; a weight of exactly 0 stays blank. **Before you look:** in the causal table, which
# row must hold a single 1? And may a weight that was not forbidden be *larger* than without the mask?

# %% demonstration=true
needs(causal_mask=causal_mask, attention=attention)
torch.manual_seed(3)
q, k = torch.randn(8, 16), torch.randn(8, 16)
masks = {
    "no mask": None,
    "causal": causal_mask(8),
    "padding: 5 are real": torch.arange(8)[None] < 5,
}
tables = {name: attention(q, k, torch.eye(8), mask) for name, mask in masks.items()}  # (8, 8) each
attending.weight_tables(tables)

# %% [markdown]
# It may: each row shares out one unit among fewer keys. In row 0 of the causal table a single key is left,
# and it gets everything whatever its score.

# %% [markdown]
# ## How would you know that it never looks?
#
# Your check compared numbers with a right answer. Out in the world there is no right answer to compare
# with, only *properties that must hold*. A good test states them: it accepts every right implementation,
# also one you would never write, and rejects every wrong one.

# %% exercise="test_attention_weights"

# %% [markdown]
# Does your own `attention` pass your own test? With the identity as values, it is a function that returns
# weights.

# %% demonstration=true
needs(attention=attention, test_attention_weights=test_attention_weights)
test_attention_weights(lambda q, k, mask: attention(q, k, torch.eye(len(k)), mask))
print("passed")

# %% [markdown]
# ## Where do queries, keys and values come from?
#
# From the sequence itself, seen in three ways. In **self-attention** each token asks (X W<sub>q</sub>), can
# be found (X W<sub>k</sub>) and has something to hand over (X W<sub>v</sub>), and the three matrices are
# learnt:
#
# $$\text{SelfAttention}(X) = \text{softmax}\!\left(\frac{XW_q\,(XW_k)^\top}{\sqrt d}\right) XW_v$$
#
# **Think first:** what would be lost with W<sub>q</sub> = W<sub>k</sub>? Compare the score of i for j with
# the score of j for i.
#
# <details><summary>Unfold</summary>
#
# They would be equal: an adjective could not look for its noun without the noun looking for its adjective
# exactly as hard. Two matrices let "looks for" and "is found by" differ.
#
# </details>

# %% exercise="SelfAttention"

# %% [markdown]
# A detective's test for a leak from the future: change the **last** of six tokens, and see whose output
# changes. **Your guess**, for each of the two rows: which tokens notice?

# %% demonstration=true
needs(causal_mask=causal_mask, SelfAttention=SelfAttention)
torch.manual_seed(0)
layer, x = SelfAttention(16), torch.randn(6, 16)
changed = x.clone()
changed[-1] = torch.randn(16)
for name, mask in [("no mask", None), ("causal", causal_mask(6))]:
    with torch.no_grad():
        difference = (layer(x, mask) - layer(changed, mask)).abs().amax(dim=-1)
    print(f"{name:8}", difference)

# %% [markdown]
# Without a mask everyone noticed. With it only token 5 did, which looks at itself; for the others the
# difference is exactly 0. You can run this test on any model that claims to be causal.

# %% [markdown]
# ## How far does one layer see?
#
# A convolution 3 wide sees one neighbour on each side. 15 tokens in a row: how many such layers until the
# output at the *middle* token depends on all 15? Until the output at the *first* does? **Put your guesses
# in**, then run.

# %% demonstration=true
for_the_middle, for_the_first = 1, 1  # ← your guesses, in layers
needs(SelfAttention=SelfAttention)


def reach(layer, L=15, d=4):
    """Which inputs (columns) move which outputs (rows)."""
    moves = torch.autograd.functional.jacobian(layer, torch.randn(1, L, d))  # (1, L, d, 1, L, d)
    return moves.abs().sum(dim=(0, 2, 3, 5)) > 0  # (L, L)


def convolutions(layers, d=4):
    stack = nn.Sequential(*[nn.Conv1d(d, d, 3, padding=1) for _ in range(layers)])
    return lambda x: stack(x.transpose(1, 2)).transpose(1, 2)


networks = {
    "1 convolution": convolutions(1),
    "7 convolutions": convolutions(7),
    "14 convolutions": convolutions(14),
}
networks["1 attention"] = SelfAttention(4)
seen = {name: reach(network) for name, network in networks.items()}
for name, table in seen.items():
    middle, first = int(table[7].sum()), int(table[0].sum())
    print(f"{name:15} the middle output sees {middle:2} of 15 inputs, the first {first:2}")
attending.reached(seen)
print(f"The middle needs 7 (you said {for_the_middle}), the first 14 (you said {for_the_first}).")

# %% [markdown]
# n layers reach n tokens to each side: a band 2n + 1 wide. For the middle of L tokens to see all, ⌈(L −
# 1)/2⌉ layers (7 here); for the first to see the last, L − 1 (14). Attention needs **one** for any L, and
# pays for it with a table of L × L scores (lesson 05).

# %% exercise="receptive_field"

# %% [markdown]
# ## Can attention read digits it never learnt from?
#
# 1,797 real handwritten digits, 8 × 8 pixels. **No training.** Query: an image to be read. Keys: images
# whose label is known. Values: those labels, one-hot. Then the output of your `attention` is a mean of
# labels, ten shares that sum to one.
#
# Each image is made one long (x / ‖x‖), so that bright ones do not win by brightness. A factor β on the
# query says how picky it is. The last 300 images ask the first 1,497: how many of a hundred are read
# correctly at β = 1, how many at β = 1,000? (Guessing blindly: 10.) **Put your guesses in.**

# %% demonstration=true
images, labels = digits()  # (1797, 8, 8), (1797,)
x = F.normalize(images.flatten(1), dim=-1)  # (1797, 64)
one_hot = F.one_hot(labels, 10).float()  # (1797, 10)

# %% demonstration=true
guess = {1: 50, 1000: 50}  # ← your guesses, out of a hundred
needs(attention=attention)

for beta in (1, 10, 100, 1000):
    shares = attention(beta * x[-300:], x[:-300], one_hot[:-300])  # (300, 10)
    right = (shares.argmax(dim=-1) == labels[-300:]).float().mean()
    said = f" (you said {guess[beta]})" if beta in guess else ""
    chosen = shares.amax(dim=-1).mean()
    print(f"β = {beta:5}: {100 * right:.1f} in a hundred{said}; the winner's share is {chosen:.2f}")

# %% [markdown]
# From half to 94 %, with the four lines you wrote. At β = 1 the scores lie between 0 and 1/√64 = 0.125, so
# all 1,497 weights are nearly equal: the *opposite* of the trouble with wide queries, and a network mends
# it by learning longer queries.
#
# Where does it look? Three images at β = 300, and the five that each gave most weight to. **Before you
# run:** would you expect all five to be the same digit?

# %% demonstration=true
needs(attention=attention)
asking = [-300, -226, -71]
weights = attention(300 * x[asking], x[:-300], torch.eye(1497))  # (3, 1497)
read = (weights @ one_hot[:-300]).argmax(dim=-1)  # (3,)
attending.looked_at(
    [(images[i], f"{labels[i]}, read as {digit}") for i, digit in zip(asking, read)],
    [
        [(images[j], f"α {row[j]:.2f}: {labels[j]}") for j in row.topk(5).indices]
        for row in weights
    ],
)

# %% [markdown]
# The second went to a 1 that looks like it. The third is the telling one: its three best keys *are* 3s, and
# yet it is read as 8, because soft attention counts all 1,497 votes, and many small ones for 8 outweigh the
# few best. Does it help to listen to the best alone? Change 300 to 1,000 in the cell, and run it again.

# %% [markdown]
# ### Does it read, or does it remember?
#
# To use all 1,797 as queries, we let each image ask **all** images, itself included. Or all *others*: a
# mask with False on the diagonal, called leave-one-out.
#
# Two curves against β, then, from 1 to 3,000. Where are they furthest apart? **Put your guess in.**

# %% demonstration=true
furthest_apart = 100  # ← your guess, a β from 1 to 3,000
needs(attention=attention)
betas = [1, 3, 10, 30, 100, 300, 1000, 3000]
others = ~torch.eye(len(x), dtype=torch.bool)
accuracy = {}
for name, mask in {"all others (mask)": others, "all, itself included": None}.items():
    read = [attention(beta * x, x, one_hot, mask).argmax(dim=-1) for beta in betas]
    accuracy[name] = [(digit == labels).float().mean().item() for digit in read]
    print(f"{name:22}", [round(value, 3) for value in accuracy[name]])
attending.against_beta(betas, accuracy, furthest_apart)

# %% [markdown]
# Furthest apart at β = 1: where the evidence is thin, one vote that is always right counts most. At the
# right end the unmasked curve reaches 100.0 %, and it means nothing: each image found itself, and under it
# its own label. 99.0 % with the mask is an answer to an honest question. A leak seldom looks like a bug; it
# looks like a good result.
#
# But the last 300 against the first 1,497 gave 94.3 %, not 99. Scikit-learn's notes on these images say that
# 13 people wrote them, about 138 each. **Your guess:** is somebody still looking at their own hand? Hide, besides
# the image itself, its 130 neighbours on each side in the file; and, to compare, 260 others at random.

# %% demonstration=true
needs(attention=attention)
place = torch.arange(1797)
away = (place[:, None] - place).abs()  # (1797, 1797), how far apart in the file
seen = {f"but its {n:3} neighbours on each side": away > n for n in (0, 10, 130, 300)}
seen["but 260 others at random"] = others & (torch.rand(1797, 1797) > 260 / 1797)
for name, mask in seen.items():
    read = attention(1000 * x, x, one_hot, mask).argmax(dim=-1)  # (1797,)
    print(f"all others {name:36} {(read == labels).float().mean():.1%} right")

# %% [markdown]
# Hiding 260 at random costs next to nothing; hiding the 260 neighbours, a little more than one person's
# share, brings the score down to 96.1 %, and hiding more hardly moves it. What helped was the writer's own
# hand. Each number answers a different question, and *which keys a query may see* is the question.

# %% exercise="leak"

# %% [markdown]
# ## What the papers report, and why ours differs
#
# - **Bahdanau et al. 2015**, where soft attention for translation began: English to French, trained on
#   sentences of up to 50 words, BLEU 17.82 with one fixed vector and 26.75 with attention (table 1, all
#   sentences). The score there is a small network on query and key ("additive"), not a dot product.
# - **Vaswani et al. 2017**, §3.2.1: for large widths, unscaled dot products do worse than additive attention;
#   the authors "suspect" that the softmax is pushed to where gradients are extremely small, and divide by
#   √d<sub>k</sub>. Footnote 4 is the variance argument you checked. Their heads are 64 wide, as our digits
#   are.
#
# Ours is a toy: 64 pixels stand in for learnt keys, 1,797 images for a language. Nothing was trained, so
# nothing here says how well attention *learns*. The formula is the same.

# %% [markdown]
# ## Why, and what if?
#
# Two last questions. Answer before you try anything out.

# %% exercise="sharper"

# %% exercise="shuffle"

# %% [markdown]
# See it with your own layer: shuffle, then look whether the outputs have moved along. What should the
# printed difference be?

# %% demonstration=true
needs(SelfAttention=SelfAttention)
torch.manual_seed(1)
layer, tokens, order = SelfAttention(16), torch.randn(6, 16), torch.randperm(6)
with torch.no_grad():
    print("largest difference:", (layer(tokens[order]) - layer(tokens)[order]).abs().max().item())

# %% [markdown]
# ## Three sentences to remember
#
# 1. Attention is a soft look-up: the mean of the values, weighted by a softmax of how similar each key is
#    to the query.
# 2. A score sums d products, so its variance is d; dividing by √d keeps the softmax soft, and soft is what
#    has a gradient.
# 3. Whoever must not be seen gets −inf *before* the softmax, so that even the sum below never hears of it.
#
# **One limit of what you built.** It does not know order: "dog bites man" and "man bites dog" are the same
# set of tokens to it, as `shuffle` showed.
#
# **Multi-head attention** picks this up: position encodings tell the tokens where they stand, and several heads let
# one token look for several things at once. Your `attention` already accepts the axis for them; you tested
# it ("two axes in front").
#
# ## References
#
# - D. Bahdanau, K. Cho, Y. Bengio. *Neural machine translation by jointly learning to align and translate.*
#   ICLR 2015. arXiv 1409.0473
# - A. Vaswani et al. *Attention is all you need.* NeurIPS 2017. arXiv 1706.03762, §3.2.1 and footnote 4
# - K. Xu et al. *Show, attend and tell: neural image caption generation with visual attention.* ICML 2015.
#   arXiv 1502.03044
# - E. Alpaydin, C. Kaynak. *Optical recognition of handwritten digits.* UCI Machine Learning Repository,
#   1998; its test part is scikit-learn's `load_digits`
