# %% [markdown] author=true
# What a reader ought to be able to answer after this lesson, on a case they have not seen. Ask it of whoever
# tries the lesson as a new reader; each line says where the lesson gives it.
#
# 1. Two scores differ by 3. How many times the weight has the larger one, and what if 100 is added to both?
#    (e³, the same: *How much attention*, `softmax_rows`)
# 2. A colleague normalises queries and keys to unit length and keeps dividing by √64. What do the weights look
#    like, and what has to be learnt or set? (nearly equal; a β: the digits at β = 1)
# 3. Training stands still, the largest weight is 0.999 from the first step. Two causes, one look that tells them
#    apart? (no √d, or weights initialised too large; the spread of the scores)
# 4. Weights are set to 0 after the softmax, and a test says that nothing of the future is seen. What did it not
#    look at? (the sum below: `mask_when`, the test of a property)
# 5. In a batch for generation, one output is NaN and the loss of all is. Where do you look? (a query that may
#    see nothing: `may_look`)
# 6. A retrieval system with ten times as many documents of one kind answers with that kind. Why, and how is it
#    shown? (votes: `never_read`, and the control with as many keys of each)
# 7. "The model looked at this patch, so this patch is why." What would you change to find out? (the boxes: what
#    is inside the box with most weight, and inside the others)
# 8. Two leaves of an evaluation set are from the same tree. Which mask would you set? (the writers)
# 9. Decoder states ask encoder states: what are q, k, v, and what shape have the weights? (cross-attention)

# %% [markdown]
# # 02 · Attention: how does one thing look at others?
#
# How many of a hundred handwritten digits can be read by a function of four lines that has **never been
# trained**? No learning, no layers, no parameters: an image is compared with images whose label is known.

# %%
import math

import torch
from torch import nn
from torch.nn import functional as F

import course.attention
from course.data import digits
from course.data.recall import boxes
from course.show import attending, needs, scaling
from course.show.guesses import beside_guesses
from course.show.mechanism import mechanism
from grader import check, hint, numbers, sign_in
from grader.formula import parse

torch.manual_seed(0)
torch.set_printoptions(precision=4, sci_mode=False)

# %% [markdown]
# {{notebook: Write your guess in place of `None`, and run both cells. (Blind guessing reads 10. If the first cell
# shows no number beside it, the kernel was still starting: run it again.)}}{{page: Write your guess down, then read
# on. (Blind guessing reads 10.)}}

# %%
my_hundred = None  # of a hundred digits

# %% demonstration=true
images, labels = digits()  # (1797, 8, 8), (1797,): real digits, written by 13 people
pixels = F.normalize(images.flatten(1), dim=-1)  # (1797, 64), each of unit length
one_hot = F.one_hot(labels, 10).float()  # (1797, 10)
shares = course.attention.attention(1000 * pixels[-300:], pixels[:-300], one_hot[:-300])
hundred = 100 * (shares.argmax(dim=-1) == labels[-300:]).float().mean().item()
beside_guesses({"read": hundred}, {"read": my_hundred}, "of a hundred digits")

# %% [markdown]
# **94.** The function, called in the cell's fourth line, is *attention*: each word is read in the light of other
# words, each patch in that of other patches, and *which* others matter differs from case to case. At the end its
# four lines are yours, one layer of them has learnt something, and you know when to distrust a 94.
#
# **You will be able to**
# - turn similarities into attention weights, by hand and in code;
# - say why the softmax is there, why √d is there, and show what fails without them;
# - write masked, batched attention, and a test that catches attention which looks where it must not;
# - diagnose attention that reads wrongly, and notice when it cheats.
#
# **You need** Python, matrix products, and a small network trained in PyTorch once. **Time**: three to
# three and a half hours, about half of them in the {{exercises}} exercises, with a break marked on the way.

# %% [markdown]
# ## Three questions on what came before
#
# <details><summary>1 · A recurrent encoder hands its decoder one vector, whatever the length of the sentence.
# What goes wrong as sentences grow?</summary>
#
# Everything has to fit into it, so details are lost. Attention began as the cure: let the decoder look back at all
# encoder states.
#
# </details>
# <details><summary>2 · Two vectors have d independent entries each, all with mean 0 and variance 1. What is the
# variance of the product of their first entries?</summary>
#
# One: 1 × 1, because they are independent and have mean 0. Keep this; it explains the √d.
#
# </details>
# <details><summary>3 · What does gradient descent do with a parameter whose gradient is zero?</summary>
#
# Nothing.
#
# </details>
#
# {{notebook: In a class, write the id and the key that your instructor gave you between the quotes; otherwise
# leave them empty.}}

# %%
sign_in("", key="")

# %% [markdown]
# ## How alike are two patches?
#
# Three patches of an image, two pixels each: a = [4, 1], b = [3, 0], c = [0, 4]. Two of them are bright in the
# same place. How alike two are is told by their **dot product**, which is large where both are large *together*:
# a · b = 12, a · c = 4, b · c = 0. It counts length too: [8, 2], twice as bright as a, is twice as alike.
#
# Your turn to get all nine at once. {{notebook: The cell after your answer calls `check(…)`: run it as often as you
# like. Stuck? In a new cell, `hint("similarities")` gives one hint at a time. Neither ever costs points. The cells
# after that run *your* function; until it is written, they say so.}}

# %% exercise="similarities"

# %% demonstration=true
patches = torch.tensor([[4.0, 1.0], [3.0, 0.0], [0.0, 4.0]])
needs(similarities=similarities)
attending.patches_and_table(patches, similarities(patches))

# %% [markdown]
# ## How much attention does each key get?
#
# The patch that looks is the **query** q, "what I look for"; those it looks at are the **keys** k, "what I am
# found by". Both are d numbers wide. Their similarities become shares of attention, the **weights** α, in two
# steps:
#
# $$\text{affinity}_j = \frac{q \cdot k_j}{\sqrt d} \qquad\qquad \alpha_j = \frac{e^{\text{affinity}_j}}{\sum_i e^{\text{affinity}_i}}$$
#
# (Why √d? We come to it.) The second step is the **softmax**: the exponential makes everything positive, the
# sum makes the shares add up to one. Papers call what goes into a softmax **scores** or **logits**.
#
# Two examples with d = 2, as a lecture prints them (cut, not rounded):
#
# | similarities | affinities | weights |
# |---|---|---|
# | 1 and 8 | 0.70 and 5.65 | 0.0070 and 0.9929 |
# | 1 and 12 | 0.70 and 8.48 | 0.0004 and 0.9958 |
#
# **One of these four weights cannot be right.** Find it without a computer.
#
# <details><summary>Unfold</summary>
#
# Weights sum to one, and 0.0004 + 0.9958 does not: a 9 was lost, it is 0.99958. And look how unequal they are:
# similarities of 1 and 8, weights of 1 to 141. The softmax sees only the *difference* of two affinities, here
# 4.95, and e<sup>4.95</sup> = 141.
#
# </details>

# %% exercise="patch_weight"
given = numbers("patch_weight")

patch_weight = None  # a number between 0 and 1
### BEGIN SOLUTION
affinity_a = (
    given.query[0] * given.key_a[0] + given.query[1] * given.key_a[1]
) / math.sqrt(2)
affinity_b = (
    given.query[0] * given.key_b[0] + given.query[1] * given.key_b[1]
) / math.sqrt(2)
patch_weight = math.exp(affinity_a) / (math.exp(affinity_a) + math.exp(affinity_b))
### END SOLUTION

# %% [markdown]
# ### What breaks a softmax?
#
# In the formula, nothing. In float32, this:

# %% demonstration=true
for row in ([1.0, 2.0, 3.0], [101.0, 102.0, 103.0], [-201.0, -202.0, -203.0]):
    e = torch.tensor(row).exp()
    print(row, "→ exp", e, "→ weights", e / e.sum())

# %% [markdown]
# All three rows have gaps of one, so the formula gives the same three weights each time (last row in reverse).
# But e<sup>101</sup> is more than float32 can hold (inf), and e<sup>−201</sup> less (0); inf/inf and 0/0 are
# NaN. The way out was in front of you: only *differences* of scores count.

# %% exercise="softmax_rows"

# %% [markdown]
# ## What does the query get?
#
# Under each key lies a **value** v: what that key hands over. The query gets the **weighted mean** of all
# values, each counted by its key's weight:
#
# $$\text{output} = \sum_j \alpha_j \, v_j$$
#
# That is all of attention. Step through it; then pick another query, and say the next number before you press.

# %% demonstration=true
queries = torch.tensor([[1.0, 0.0], [0.0, 1.0], [0.5, 0.5]])
two_values = torch.tensor([[1.0, 0.0], [0.0, 1.0], [2.0, 2.0]])
names = ["bright on the left", "bright on the right", "half and half"]
mechanism(queries, patches, two_values, queries=names, keys=["a", "b", "c"])

# %% [markdown]
# The same in code, with your softmax. A trick to keep is in the last line: with the **identity matrix as
# values**, the weighted mean is the weights themselves. So you can look inside any attention without opening it.

# %% demonstration=true
needs(softmax_rows=softmax_rows)
weights = softmax_rows(patches @ queries[0] / math.sqrt(2))  # (3,)
print("weights", weights, "→ mean of the values", weights @ two_values)
print("with the identity as values", weights @ torch.eye(3))

# %% [markdown]
# ## When does soft attention become hard?
#
# Now one number for each value, 0, 1 and 2, and patch a as the query, which is most like key a (similarities
# 17, 12 and 4). Make the query longer: multiply it by 0, 0.1, 1 and 10. **What comes out at 0, and what at 10?**

# %%
my_outputs = {"query × 0": None, "query × 10": None}

# %% demonstration=true
values = torch.tensor([[0.0], [1.0], [2.0]])
measured = {}
for factor in (0, 0.1, 1, 10):
    output = course.attention.attention(factor * patches[:1], patches, values)
    measured[f"query × {factor:g}"] = output.item()
beside_guesses(measured, my_outputs, "output")

# %% [markdown]
# Times 0, all weights are equal: the plain mean of the values. Times 10, the best key has it all. A factor on
# the scores is one over a **temperature**: cold is decided, hot is undecided. (Ten times the keys would do the
# same; ten times the values would not.)
#
# So **hard attention**, a look-up that hands over the value of the best key and forgets the rest, is the limit
# of soft attention as the query grows. It fits in a line.

# %% exercise="hard_attention"

# %% [markdown]
# Why not use it, then? A query of unit length turns through half a circle, and both look-ups answer:

# %% demonstration=true
needs(hard_attention=hard_attention)
angles = torch.linspace(-90, 90, 361)
turning = torch.stack([angles.deg2rad().cos(), angles.deg2rad().sin()], dim=-1)
hard = torch.stack([hard_attention(q, patches, values) for q in turning])  # (361, 1)
soft = course.attention.attention(turning, patches, values)  # (361, 1)
attending.staircase(angles, hard, soft)

# %% [markdown]
# A staircase is flat almost everywhere. What does gradient descent see on it? Ask autograd how the output moves
# with the query, and with the values:

# %% demonstration=true
needs(hard_attention=hard_attention)


def gradients(look):
    """How the output of a look-up moves with the query, and with the values."""
    q, v = turning[228].clone().requires_grad_(), values.clone().requires_grad_()
    output = look(q, patches, v).sum()
    return torch.autograd.grad(output, (q, v), materialize_grads=True)


def soft_attention(q, k, v):
    return course.attention.attention(q[None], k, v)[0]


for look in (hard_attention, soft_attention):
    by_query, by_values = gradients(look)
    print(f"{look.__name__}: query {by_query}, values {by_values.flatten()}")

# %% [markdown]
# Through `argmax`: exactly zero. Not small, zero. Through the softmax: a direction to turn the query in. For the
# *values* the gradient is, in both, the attention weights themselves.

# %% exercise="hard_gradient"

# %% [markdown]
# Hard attention can be trained, by trying choices and rewarding good ones (Xu et al. 2015). Soft
# attention is **differentiable**: we keep the softmax, and we keep it *soft*. There is a way to lose that.
#
# ## Why does a wide query stare at one key?
#
# One query, 10,000 keys; every number in them comes from a standard normal distribution, so no key is special.
# Similarities go into a softmax as they are, with no division. **As the width goes from d = 4 to d = 1,024, what
# happens to the largest of the 10,000 weights?** Set the five handles, then reveal. Then the same for the
# entropy, which counts in bits how undecided the weights are: 13.3 when all keys are alike, 0 when one has all.

# %% demonstration=true
scaling.guess(scaling.measure())

# %% [markdown]
# At d = 1,024 one key among 10,000 equals takes nearly all the weight. Soft attention has turned into hard
# attention: a weight of p moves with its own score at the rate p (1 − p), which at p = 0.998 is 0.002.
#
# Where does it come from? A score adds up d products of variance 1. Look at its spread:


# %% demonstration=true
def spread(d, divide_by=1.0):
    """Of 100 queries, 10,000 keys: the scores' deviation, the mean largest weight."""
    scores = torch.randn(10_000, d) @ torch.randn(d, 100) / divide_by  # (keys, queries)
    return scores.std().item(), scores.softmax(dim=0).amax(dim=0).mean().item()


torch.manual_seed(0)
for d in (4, 16, 64, 256, 1024):
    print(f"d = {d:5}   standard deviation of the scores {spread(d)[0]:5.1f}")

# %% [markdown]
# Sixteen times the width, four times the spread; and a softmax over numbers tens apart is a one-hot vector.

# %% exercise="score_scale"

# %% demonstration=true
needs(score_scale=score_scale)
torch.manual_seed(0)
for d in (4, 16, 64, 256, 1024):
    deviation, largest = spread(d, divide_by=parse(score_scale, ["d"]).value(d=d))
    print(f"d = {d:5}   standard deviation {deviation:4.2f}   largest {largest:.4f}")

# %% [markdown]
# Divided by *your* formula, the spread should stay at 1, and the largest weight below a hundredth at every width.
# This is the "scaled" in *scaled dot-product attention*. It is a statement about **initialisation**: queries and
# keys are random vectors before training, and only then. What training makes of their lengths is its own
# affair; you will see it stretch them on purpose.

# %% [markdown] by_hand="why_scaled" points=4 difficulty=3 minutes=8
# What fails without √d?
#
# In your own words, in four to six sentences and with a number from above in each part: **what** fails when the
# scores of wide vectors go into the softmax undivided, **why** is that bad for learning, and **how** does the
# division mend it? What does it *not* mend?
#
# ### BEGIN SOLUTION
# *A point for each:*
#
# - What fails: a score is a sum of d products of variance 1, so its variance is d and its spread √d (32 at d =
#   1,024); differences that large make the softmax one-hot, whatever the keys are.
# - Why that is bad: where a weight is nearly 1 or 0, the gradient p (1 − p) through it is nearly 0 (0.002 at p =
#   0.998): queries and keys cannot learn, as with hard attention. Which key wins is an accident of the start.
# - How it is mended: dividing by √d divides the variance by d, to 1 at every width; the largest of 10,000
#   weights then stays below 0.01.
# - What is not mended: later training may stretch queries and keys as it likes; vectors that are not random, or
#   not of variance 1, get another spread (unit vectors: far too small a one).
# ### END SOLUTION

# %% [markdown]
# ☕ *A good place for a break: you have every part. What is left is to put them together.*

# %% [markdown]
# ## What must not be seen?
#
# Two reasons to forbid a key. **Padding**: sentences of a batch differ in length, the short ones are filled up,
# and nobody should read the filling. **Causality**: a model that predicts the next word must not look at it.
#
# A **mask** says so: boolean, one row for each query, one column for each key, and **True means may attend**.
# (In `torch.nn.MultiheadAttention` True means *forbidden*: look it up whenever you change libraries.) Two
# sentences of five and three tokens, padded to five, need a mask of shape (2, 1, 5):

# %% demonstration=true
lengths = torch.tensor([5, 3])
padding_mask = torch.arange(5) < lengths[:, None, None]
print(padding_mask.shape, padding_mask.int().tolist())

# %% [markdown]
# One row for each sentence, which broadcasts over all its queries. The causal mask is the other way round: one
# table for all sentences, a different row for each query.

# %% exercise="causal_mask"

# %% [markdown]
# Where does a mask go in? Three ways to forbid the **last** of three keys. Watch the *other two* weights while
# the forbidden key's score goes from 3 to 5: in which of the three rows do they move?

# %% demonstration=true
for forbidden in (3.0, 5.0):
    scores = torch.tensor([1.0, 2.0, forbidden])
    print(f"the forbidden key has score {forbidden:.0f}")
    print("  −inf before the softmax", torch.tensor([1.0, 2.0, -math.inf]).softmax(0))
    print("  0 before the softmax   ", torch.tensor([1.0, 2.0, 0.0]).softmax(0))
    print("  0 after the softmax    ", scores.softmax(0) * torch.tensor([1, 1, 0]))

# %% [markdown]
# −inf: e<sup>−∞</sup> is exactly 0, above the line and in the sum below. In the second row the key still holds
# weight, because e<sup>0</sup> = 1. In the third, it is gone from its place and still in everybody's
# denominator: the row *moves with a number that nobody was allowed to see*.

# %% exercise="mask_when"

# %% [markdown]
# ## The whole of it, in four lines
#
# $$\text{Attention}(Q, K, V) = \text{softmax}\!\left(\frac{QK^\top}{\sqrt d}\right) V$$
#
# L<sub>q</sub> queries are the rows of Q, L<sub>k</sub> keys those of K, and each value in V is d<sub>v</sub>
# wide. Before you write, put a shape to each piece for L<sub>q</sub> = 3, L<sub>k</sub> = 5, d = 4,
# d<sub>v</sub> = 2.
#
# <details><summary>Unfold the shapes</summary>
#
# Q (3, 4) · Kᵀ (4, 5) → scores (3, 5) → softmax over the **last** axis, so that each of the 3 rows sums to one →
# (3, 5) · V (5, 2) → (3, 2): one output for each query, as wide as a value.
#
# </details>

# %% exercise="attention"

# %% [markdown]
# PyTorch has the same function, fused into one fast kernel. Yours beside it, in a batch of 2 with 4 heads and a
# mask; anything near 1e-7 is rounding:

# %% demonstration=true
needs(attention=attention, causal_mask=causal_mask)
q, k, v = torch.randn(3, 2, 4, 6, 8)  # (2, 4, 6, 8) each
theirs = F.scaled_dot_product_attention(q, k, v, attn_mask=causal_mask(6))
yours = attention(q, k, v, causal_mask(6))
print(f"largest difference {(yours - theirs).abs().max():.0e}")

# %% [markdown]
# Eight random queries look at eight random keys through your function, with three masks; a weight of exactly 0
# stays blank. Which weights that were *not* forbidden are larger than without the mask?

# %% demonstration=true
needs(causal_mask=causal_mask, attention=attention)
torch.manual_seed(3)
q, k = torch.randn(2, 8, 16)
masks = {
    "no mask": None,
    "causal": causal_mask(8),
    "padding: 5 are real": torch.arange(8)[None] < 5,
}
tables = {name: attention(q, k, torch.eye(8), mask) for name, mask in masks.items()}
attending.weight_tables(tables)

# %% [markdown]
# All in each row that lost a key: one unit is shared among fewer. In row 0 of the causal table a single key is
# left, and it gets everything whatever its score. And a query that may look at **nothing**? 0/0: one such row,
# and the loss of the whole batch is NaN. A causal mask alone cannot do that, as its diagonal is True. With another
# one beside it, it can.

# %% exercise="may_look"

# %% [markdown]
# ## How would you know that it never looks?
#
# Out in the world there is no right answer to compare numbers with, only *properties that must hold*. A good test
# states them: it accepts every right implementation, also one you would never write, and rejects every wrong one.

# %% exercise="test_attention_weights"

# %% [markdown]
# Does your own `attention` pass your own test?

# %% demonstration=true
needs(attention=attention, test_attention_weights=test_attention_weights)
test_attention_weights(lambda q, k, mask: attention(q, k, torch.eye(len(k)), mask))
print("passed")

# %% [markdown]
# ## Where do queries, keys and values come from?
#
# X is a sequence: L tokens (words, patches), one in each row, d numbers wide. In **self-attention** each token
# asks (X W<sub>q</sub>), can be found (X W<sub>k</sub>) and has something to hand over (X W<sub>v</sub>), and
# the three d × d matrices are learnt:
#
# $$\text{SelfAttention}(X) = \text{softmax}\!\left(\frac{XW_q\,(XW_k)^\top}{\sqrt d}\right) XW_v$$
#
# In **cross-attention** the queries come from one sequence, keys and values from another, as when a translation
# looks back at its source: your `attention` does that as it is, with weights that need not be square.
#
# <details><summary>What would be lost with W<sub>q</sub> = W<sub>k</sub>? Think, then unfold.</summary>
#
# The *scores* would be symmetric: two tokens could not look for different things in each other. The *weights*
# would not be: each row is divided by a sum of its own.
#
# </details>

# %% exercise="SelfAttention"

# %% [markdown]
# A detective's test for a leak from the future: change the **last** of six tokens. **How many of the six outputs
# notice**, without a mask and with the causal one?

# %%
my_noticing = {"no mask": None, "causal mask": None}

# %% demonstration=true
needs(causal_mask=causal_mask, SelfAttention=SelfAttention)
torch.manual_seed(0)
layer, tokens = SelfAttention(16), torch.randn(6, 16)
changed = tokens.clone()
changed[-1] = torch.randn(16)
noticed = {}
for name, mask in {"no mask": None, "causal mask": causal_mask(6)}.items():
    with torch.no_grad():
        difference = (layer(tokens, mask) - layer(changed, mask)).abs().amax(dim=-1)
    noticed[name] = int((difference > 0).sum())
beside_guesses(noticed, my_noticing, "tokens that notice, of 6")

# %% [markdown]
# Without a mask everyone: one layer sees the whole sequence, where stacked convolutions 3 wide need ⌈(L − 1)/2⌉
# until their middle does. With the mask only the last token, which looks at itself; for the others the
# difference is exactly 0. You can run this test on any model that claims to be causal.

# %% exercise="shuffle"

# %% [markdown]
# Papers call this **equivariance** to permutation: shuffle the input, and the output is shuffled along. See it
# with your own layer; only rounding should be left.

# %% demonstration=true
needs(SelfAttention=SelfAttention)
torch.manual_seed(1)
layer, tokens, order = SelfAttention(16), torch.randn(6, 16), torch.randperm(6)
with torch.no_grad():
    moved = (layer(tokens[order]) - layer(tokens)[order]).abs().max()
print(f"largest difference: {moved:.0e}")

# %% [markdown]
# ## Can it learn where to look?
#
# Eight boxes stand in a row, a letter on each and a digit inside, all drawn anew every time. The ninth token asks:
# what is in box **K**? There is nothing to learn by heart, only where to look. One layer of *your*
# `SelfAttention` between two embeddings and a linear layer; a few seconds of training.


# %% demonstration=true
class Recall(nn.Module):
    """letters, digits: (B, 9) -> which digit the last token asks for: (B, 10)"""

    def __init__(self, d=32):
        super().__init__()
        self.letter, self.digit = nn.Embedding(16, d), nn.Embedding(11, d)
        self.look, self.answer = SelfAttention(d), nn.Linear(d, 10)

    def embed(self, letters, digits):
        return self.letter(letters) + self.digit(digits)  # (B, 9, d)

    def forward(self, letters, digits):
        return self.answer(self.look(self.embed(letters, digits))[:, -1])


# %% demonstration=true
def look_inside(model, letters, digits):
    """The last token's scores before the softmax, and its weights: (B, 9) each"""
    with torch.no_grad():
        tokens = model.embed(letters, digits)
        q, k = model.look.query(tokens[:, -1:]), model.look.key(tokens)
        scores = (q @ k.transpose(-2, -1))[:, 0] / math.sqrt(q.shape[-1])
        return scores, attention(q, k, torch.eye(9))[:, 0]


# %% [markdown]
# Before training, the last token gives every token about a ninth on average. **After it: how much of its weight
# goes to the box asked for?** The model is never told where that is, only whether its digit was right.

# %%
my_weight = {"after": None}  # between 0 and 1

# %% demonstration="long"
needs(SelfAttention=SelfAttention, attention=attention)
torch.manual_seed(0)
model = Recall()
asked, hidden, place = boxes(1000)  # 1,000 rows that are not trained on
inside = {"before": look_inside(model, asked, hidden)}
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)

for _ in range(200):
    letters, contents, box = boxes(128)
    target = contents.gather(1, box[:, None])[:, 0]  # (128,)
    optimizer.zero_grad()
    F.cross_entropy(model(letters, contents), target).backward()
    optimizer.step()
inside["after"] = look_inside(model, asked, hidden)

# %% demonstration="long"
needs(SelfAttention=SelfAttention, attention=attention)
found = {
    name: weights.gather(1, place[:, None]).mean().item()
    for name, (_, weights) in inside.items()
}
beside_guesses(found, my_weight, "weight on the box asked for, mean of 1,000 rows")

# %% demonstration="long"
needs(SelfAttention=SelfAttention, attention=attention)
seen = {name: row[0] for name, (_, row) in inside.items()}
stand_on = ["ABCDEFGHIJKLMNOP"[letter] for letter in asked[0]]
attending.recalled(stand_on, [*map(str, hidden[0, :-1].tolist()), "?"], seen, place[0])
for name, (scores, _) in inside.items():
    print(f"{name}: the scores spread over a standard deviation of {scores.std():.1f}")

# %% [markdown]
# It found out that a question should look for its own letter, and stretched the scores' spread from less than 1 to
# several units. √d gave it a soft start to get there from.
#
# **Is the weight the reason?** A map shows where a model looked, and **weights are no explanation** until something
# was changed. Change what is inside the box with most weight, then inside another one: how often does the answer
# change?

# %% demonstration="long"
needs(SelfAttention=SelfAttention, attention=attention)
most = inside["after"][1].argmax(dim=-1)  # (1000,)
answers = model(asked, hidden).argmax(dim=-1)
told = (answers == hidden.gather(1, place[:, None])[:, 0]).float().mean()
print(f"right in {told:.1%} of 1,000 new rows")
touched = {"the box with most weight": most, "its neighbour": (most + 1) % 8}
for name, where in touched.items():
    other = hidden.scatter_add(1, where[:, None], torch.ones_like(where)[:, None])
    other[:, :-1] %= 10  # the digit inside becomes the next one
    changed = (model(asked, other).argmax(dim=-1) != answers).float().mean()
    print(f"{name} changed: the answer changes in {changed:.1%}")

# %% [markdown]
# Here weight and reason agree, and now you know it. In networks that mix tokens before they look, they often do
# not (Jain and Wallace 2019).

# %% [markdown]
# ## Can attention read digits it never learnt from?
#
# Back to the digits, with *your* `attention`. Query: an image to be read. Keys: 1,497 images whose label is known.
# Values: those labels, one-hot; so the output is a mean of labels, ten shares that sum to one. A mean weighted
# by similarity is what statistics calls **kernel regression** (Nadaraya and Watson, 1964): attention in which
# nothing is learnt. A factor β on the query says how picky it is; the 94 of the opening were at β = 1,000.
# **How many of a hundred at β = 1?**

# %%
my_digits = {"β = 1": None}

# %% demonstration=true
needs(attention=attention)
read, known, truth = {}, slice(None, -300), labels[-300:]
for beta in (1, 10, 100, 1000):
    shares = attention(beta * pixels[-300:], pixels[known], one_hot[known])  # (300, 10)
    read[f"β = {beta}"] = shares.argmax(dim=-1)
    print(f"β = {beta:4}: mean share of the winner {shares.amax(dim=-1).mean():.2f}")
right = {name: 100 * (r == truth).float().mean().item() for name, r in read.items()}
beside_guesses(right, my_digits, "of a hundred digits")

# %% [markdown]
# Half. "The weights are too equal, the evidence is washed out": that is the natural explanation, and it is wrong.
# **Before you explain a number, look at what is behind it**, here at which digits are read:

# %% demonstration=true
needs(attention=attention)
rows = {"keys": labels[known], "asking": truth}
rows |= {f"read at {name}": read[name] for name in ("β = 1", "β = 1000")}
print(f"{'digit':16}", "".join(f"{digit:5}" for digit in range(10)))
for name, some in rows.items():
    counts = some.bincount(minlength=10).tolist()
    print(f"{name:16}", "".join(f"{count:5}" for count in counts))

# %% exercise="never_read"

# %% [markdown]
# An explanation is worth a **control**: change what it names, and as little else as you can. 140 keys of each
# digit, the same 300 asking. If it is right, β = 1 must get much better, and β = 1,000 must not.

# %% demonstration=true
needs(attention=attention)
kept = torch.cat([(labels[known] == digit).nonzero()[:140, 0] for digit in range(10)])
for beta in (1, 10, 100, 1000):
    shares = attention(beta * pixels[-300:], pixels[kept], one_hot[kept])  # (300, 10)
    balanced = 100 * (shares.argmax(dim=-1) == truth).float().mean()
    before = right[f"β = {beta}"]
    print(f"β = {beta:4}: {before:.1f} with all keys, {balanced:.1f} with 140 of each")
means = torch.stack([pixels[kept][labels[kept] == d].mean(0) for d in range(10)])
nearest = 100 * ((pixels[-300:] @ means.T).argmax(dim=-1) == truth).float().mean()
print(f"the most similar of ten mean images: {nearest:.1f}")

# %% [markdown]
# | β | all 1,497 keys | 140 of each digit |
# |---|---|---|
# | 1 | 49.7 | 83.3 |
# | 10 | 84.0 | 84.3 |
# | 100 | 91.0 | 90.3 |
# | 1,000 | 94.3 | 94.3 |
#
# A third of all digits hung on a handful of keys too many. What nearly equal weights really do is the last line
# of the output, 83.0: they compare with the *mean* image of each digit. What pickiness adds is the rest.
#
# ### Where does it look?
#
# Three images at β = 300, and the five that each gave most weight to:

# %% demonstration=true
needs(attention=attention)
looking = [-300, -226, -71]
weights = attention(300 * pixels[looking], pixels[kept], torch.eye(1400))  # (3, 1400)
said = (weights @ one_hot[kept]).argmax(dim=-1)  # (3,)
shown = [(images[i], f"{labels[i]}, read as {d}") for i, d in zip(looking, said)]
looked_at = [
    [(images[kept[j]], f"α {row[j]:.2f}: {labels[kept[j]]}") for j in row.topk(5)[1]]
    for row in weights
]
attending.looked_at(shown, looked_at)

# %% [markdown]
# The second went to a 1 that looks like it. The third is the telling one: four of its five best keys *are* 3s, and
# it is read as 8. Were the five the reason? Let only its best n keys vote:

# %% demonstration=true
needs(attention=attention)
best = weights[2].argsort(descending=True)
for n in (5, 20, 50, 1400):
    votes = weights[2][best[:n]] @ one_hot[kept][best[:n]]  # (10,)
    print(f"{n:4} best, {votes.sum():4.0%} of the weight: read as {votes.argmax()}")

# %% [markdown]
# Nine tenths of the weight lie on keys that no list of five shows, and they decide.
#
# ### Does it read, or does it remember?
#
# To use all 1,797 as queries, let each image ask **all** images, itself included; or all *others*, with a mask
# that is False on the diagonal (*leave-one-out*). Mind the votes: that mask takes a key from the *right* digit. So
# each share is divided by the number of keys that the query may see of that digit. **At which β, from 1 to
# 3,000, are the two curves furthest apart?**

# %%
my_furthest = None  # a β

# %% demonstration=true
needs(attention=attention)
everyone = torch.ones(1797, 1797, dtype=torch.bool)
others = ~torch.eye(1797, dtype=torch.bool)
betas, accuracy = [1, 3, 10, 30, 100, 300, 1000, 3000], {}


def correct(beta, mask, divide=True):
    """The share of all 1,797 images that are read correctly."""
    votes = mask.float() @ one_hot if divide else 1  # (1797, 10)
    shares = attention(beta * pixels, pixels, one_hot, mask) / votes
    return (shares.argmax(dim=-1) == labels).float().mean().item()


for name, mask in {"all others": others, "all, itself included": everyone}.items():
    accuracy[name] = [correct(beta, mask) for beta in betas]
attending.against_beta(betas, accuracy, my_furthest)

# %% demonstration=true
needs(attention=attention)
undivided = [f"{correct(1, mask, False):.1%}" for mask in (everyone, others)]
print("not divided, β = 1: all {}, others {}".format(*undivided))
for beta, alone, whole in zip(betas, *accuracy.values()):
    own = 1797 * attention(beta * pixels, pixels, torch.eye(1797)).diagonal().mean()
    print(f"β = {beta:4}: all {whole:.1%}, others {alone:.1%}; own weight {own:6.1f}")

# %% [markdown]
# At the right end the curve with oneself reaches 100 %, and it means nothing: each image found itself, and under
# it its own label. A leak seldom looks like a bug; it looks like a good result. (The first line is the fault of
# before in another dress: undivided, the mask costs 13 points at β = 1, for a vote that it took away.)

# %% exercise="leak"

# %% [markdown]
# Without oneself it is 99.0 %; yet the last 300 against the rest gave 94.3. Thirteen people wrote these images, one
# after the other. Is somebody looking at their own hand? Hide each image's neighbours in the file; and as a
# control, as many others at random.

# %% demonstration=true
needs(attention=attention)
at = torch.arange(1797)
away = (at[:, None] - at).abs()  # (1797, 1797), how far apart in the file
visible = {f"but {n} neighbours on each side": away > n for n in (0, 10, 130, 300)}
visible["but 260 others at random"] = others & (torch.rand(1797, 1797) > 260 / 1797)
for name, mask in visible.items():
    print(f"all others {name:32} {correct(1000, mask):.1%}")

# %% [markdown]
# 260 at random cost next to nothing, the 260 neighbours three points: it was the writer's own hand. Each number
# answers a different question, and *which keys a query may see* is the question.
#
# ## What the papers report, and why ours differs
#
# - **Bahdanau et al. 2015**, where soft attention for translation began: English to French, BLEU 17.82 with one
#   fixed vector and 26.75 with attention (table 1, all sentences). The score there is a small network on query and
#   key ("additive"), not a dot product.
# - **Vaswani et al. 2017**, §3.2.1: for large widths, unscaled dot products do worse than additive attention; the
#   authors "suspect" the small gradients that you measured. Footnote 4 is the variance argument you checked.
#
# Ours are toys: eight boxes stand in for a text, and the digits learn nothing. The formula is the same.
#
# ## Three sentences to remember
#
# 1. Attention is a soft look-up: the mean of the values, weighted by a softmax of how similar each key is to the
#    query.
# 2. A score sums d products, so at the start its variance is d; dividing by √d keeps the softmax soft, and soft
#    is what has a gradient.
# 3. Whoever must not be seen gets −inf *before* the softmax; and who may be seen decides what a result means.
#
# **One limit of what you built.** It does not know order: "dog bites man" and "man bites dog" are the same set of
# tokens to it, as `shuffle` showed. **Lesson 03** picks this up: positions tell the tokens where they stand, and
# several heads let one token look for several things at once. Your `attention` already accepts the axis for them.
#
# ## References
#
# - D. Bahdanau, K. Cho, Y. Bengio. *Neural machine translation by jointly learning to align and translate.* ICLR
#   2015. arXiv 1409.0473
# - A. Vaswani et al. *Attention is all you need.* NeurIPS 2017. arXiv 1706.03762, §3.2.1 and footnote 4
# - K. Xu et al. *Show, attend and tell: neural image caption generation with visual attention.* ICML 2015. arXiv
#   1502.03044
# - S. Jain, B. C. Wallace. *Attention is not explanation.* NAACL 2019. arXiv 1902.10186
# - E. A. Nadaraya. *On estimating regression.* Theory of Probability and its Applications 9, 1964. G. S. Watson.
#   *Smooth regression analysis.* Sankhyā A 26, 1964
# - E. Alpaydin, C. Kaynak. *Optical recognition of handwritten digits.* UCI Machine Learning Repository, 1998; its
#   test part, 13 writers, is scikit-learn's `load_digits`
