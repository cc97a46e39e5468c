# %% [markdown] author=true
# What a reader ought to be able to answer after this lesson (ask whoever tries it):
#
# 1. A model has d = 768 and 12 heads; a colleague makes it 24. What happens to the parameters, the scale
#    of the scores, the number of attention tables? (same; √32 instead of √64; twice as many)
# 2. A layer's outputs have the right shape and it trains. Name a test that would still find a wrong merge.
# 3. "Self-attention is permutation invariant." Correct it, and say when the sentence would be true.
# 4. Why does a causal model with a wrong merge reach a suspiciously low loss?
# 5. What does a layer need to learn "attend 3 back" from sinusoidal positions, and why is it the same matrix
#    at every place?
# 6. Batch norm gives another answer at evaluation than in training. Which of the other three do, and why?
# 7. In a post-norm stack of 48 layers with v = 0.1, which share of x is left? (1.1^-48 = 1 %; pre: 17 %)
# 8. A head draws a perfect picture. What would you do before you say that the model uses it?

# %% [markdown]
# # 03 · Several heads, and where things stand
#
# The attention of lesson 02 cannot tell *dog bites man* from *man bites dog*, and it looks for one thing at
# a time. This lesson mends both, and finds a bug on the way that no training curve shows.
#
# **You will be able to**
#
# - build multi-head attention, and say which shape every tensor in it has;
# - write the test that finds a wrong merge of heads, where loss and accuracy find nothing;
# - tell *equivariant* from *invariant*, and give tokens a place, by sines that you can shift by a matrix;
# - say over which cells each of four norms takes its mean, and what pre-norm leaves of x after 12 layers;
# - show what a head that has learnt is for, by taking it out.
#
# **You need** lesson 02 (attention, masks, why √d), `nn.Module`, and sine and cosine of a sum.
#
# **Time** about three hours, half of them for {{exercises}} questions ({{points}} points). The cells themselves
# take about a minute on two CPU cores.

# %%
import copy
import itertools
import math

import torch
import torch.nn.functional as F
from torch import nn

from course.data.letters import MARKER, SIGNS, ask, commonest, letters
from course.language.one_layer import OneLayer, accuracy, learn
from course.position import sinusoidal
from course.show import attention_viewer, needs
from course.show.guesses import beside_guesses
from course.show.head_flow import head_flow
from course.show.letter_row import letter_row
from course.show.matrices import matrices
from course.show.norm_cut import norm_cut
from course.show.positions import encoding
from course.show.training import curves
from course.show.waves import waves
from grader import check, hint, mine, numbers, sign_in
from grader.formula import parse

attention, causal_mask = mine.attention, mine.causal_mask  # yours, of lesson 02
torch.manual_seed(0)
torch.set_printoptions(precision=4, sci_mode=False)

# %% [markdown]
# {{notebook: In a class, write the id and the key that your instructor gave you between the quotes; otherwise
# leave them empty.}}

# %%
sign_in("", key="")

# %% [markdown]
# ## How many sentences are one and the same?
#
# *The cat that the dog which the man had seen chased ran away into the garden.* Sixteen words. Put them in
# any order, and last lesson's self-attention gives each word the same output: who stands where is in none of
# its formulas.
#
# **Your guess first:** how many orders of sixteen different words are there, all one to it? {{notebook: Put
# a number in place of `None`, then run both cells.}}{{page: Write it down, then read on.}}

# %%
my_orders = None

# %% demonstration=true
orders = math.factorial(16)
said = {"orders": my_orders}
beside_guesses({"orders": orders}, said, "orders of 16 words", log=True)
print(f"{orders:,} orders")

# %% [markdown]
# Twenty-one million million. (In the sentence above *the* stands four times: what does that change?) We come
# back to this with a test that you write. First, the other lack: one head, one look.
#
# ### Before that: three questions on what came before
#
# <details><summary>1 · A query, many keys: what do the weights sum to, and what does one head hand back?</summary>
#
# To one; a mean of the values. Who wants two things at once gets their mean, which may be neither.
#
# </details>
# <details><summary>2 · Scores are divided by √d. If a head is only 16 of a token's 64 numbers wide: by what?</summary>
#
# By √16: its dot products sum 16 terms, whatever the model's width.
#
# </details>
# <details><summary>3 · In a mask of this course, what does True mean? And in nn.MultiheadAttention?</summary>
#
# "May attend" here and in `F.scaled_dot_product_attention`; "may not" in `nn.MultiheadAttention`.
#
# </details>

# %% [markdown]
# ## How can one token look for two things?
#
# By having several attentions side by side, each on a piece of the width of its own. **d** is the width of a
# token, **h** the number of heads; each head is d/h wide:
#
# $$\text{head}_i = \text{attention}(XW_q^i,\ XW_k^i,\ XW_v^i) \qquad
# \text{MultiHead}(X) = [\text{head}_1, \dots, \text{head}_h]\, W_o$$
#
# Step through it. At each step, before you press *Next*, say the shape that comes. Then set h to 8: which
# rectangles become thinner, which more, and which stay as they are?

# %% demonstration=true
head_flow(L=6, h=4)

# %% exercise="head_shapes"

# %% exercise="split_heads"

# %% exercise="merge_heads"

# %% [markdown]
# Both ways, one after the other. What must the difference be? (Not nearly: exactly.)

# %% demonstration=true
needs(split_heads=split_heads, merge_heads=merge_heads)
x = torch.arange(2 * 3 * 8.0).reshape(2, 3, 8)
print("token 0 of the first sequence ", x[0, 0].int().tolist())
print("its pieces in heads 0, 1, 2, 3", split_heads(x, 4)[0, :, 0].int().tolist())
back = merge_heads(split_heads(x, 4))
print("there and back, off by        ", (back - x).abs().max().item())

# %% exercise="MultiHead"

# %% exercise="heads_parameters"

# %% [markdown]
# Yours beside PyTorch's own, with your weights in it. One head, four, sixteen: your formula in the last
# column. **Before you look:** which column changes with h?

# %% demonstration=true
needs(MultiHead=MultiHead, heads_parameters=heads_parameters)
x = torch.randn(2, 10, 64)
for h in (1, 4, 16):
    own, theirs = MultiHead(64, h), nn.MultiheadAttention(64, h, batch_first=True)
    for name in ("weight", "bias"):
        three = [getattr(part, name) for part in (own.query, own.key, own.value)]
        getattr(theirs, f"in_proj_{name}").data = torch.cat(three)
    theirs.out_proj.load_state_dict(own.output.state_dict())
    gap = (own(x) - theirs(x, x, x, need_weights=False)[0]).abs().max()
    count = sum(weight.numel() for weight in own.parameters())
    formula = parse(heads_parameters, ["d", "h"]).value(d=64, h=h)
    print(f"h = {h:2}  off by {gap:.0e}  {count} parameters, by your formula {formula}")

# %% [markdown]
# The same parameters and the same products in the projections: heads cost no weights. What does grow with h
# is the number of tables (lesson 05 counts their bytes).
#
# ## Would you notice if the heads were merged wrongly?
#
# The commonest bug of this lesson: merging by a reshape alone, without the transposition. The shape is
# right. Here it is, put onto a layer of yours: on its way to `output`, what was merged rightly is laid out
# as a reshape would have left it.


# %% demonstration=true
def forget_to_transpose(layer, heads):
    """The layer, its heads now merged by a reshape alone."""
    layer.output.register_forward_pre_hook(
        lambda _, inputs: split_heads(inputs[0], heads).reshape(inputs[0].shape)
    )
    return layer


# %% [markdown]
# Now train both on rows of sixteen letters, one layer each: to **copy** the row, to **reverse**
# it, to **sort** it. Chance is about one in eight.
#
# **Your guess:** how many of 100 letters does the *wrong* layer get right in each task?

# %%
my_wrong_merge = {"copy": None, "reverse": None, "sort": None}  # out of 100

# %% demonstration="long"
needs(MultiHead=MultiHead, split_heads=split_heads)
share, learning = {}, {}
for task, steps in {"copy": 100, "reverse": 250, "sort": 250}.items():
    for merge, seed in itertools.product(("right", "wrong"), (0, 1)):
        torch.manual_seed(seed)
        layer = MultiHead(32, 4)
        if merge == "wrong":
            forget_to_transpose(layer, 4)
        net = OneLayer(layer, 32, sinusoidal(16, 32))
        learning.setdefault((task, merge), []).append(learn(net, [task], steps, seed))
        share.setdefault(f"{task}, {merge}", []).append(100 * accuracy(net, [task])[0])
said = {f"{task}, wrong": guess for task, guess in my_wrong_merge.items()}
beside_guesses(share, said, "right of 100")

# %% demonstration="long"
needs(MultiHead=MultiHead, split_heads=split_heads)
longer = {", ".join(key): runs for key, runs in learning.items() if "copy" not in key}
steps = [25 * (1 + n) for n in range(len(learning["sort", "right"][0]))]
curves(longer, "step", "share right, in training", x=steps)

# %% [markdown]
# Two seeds each. No number would have told you which is which, and no curve; *reverse* is learnt even
# faster with the bug. Copying is the emptiest of these tests. A control: the same net, its attention
# replaced by nothing at all.


# %% demonstration=true
class Nothing(nn.Module):
    def forward(self, x):
        return torch.zeros_like(x)


for task in ("copy", "reverse"):
    torch.manual_seed(0)
    net = OneLayer(Nothing(), 32, sinusoidal(16, 32))
    learn(net, [task], steps=100)
    right = 100 * accuracy(net, [task])[0]
    print(f"{task:8} without any attention: {right:.0f} of 100")

# %% [markdown]
# Copying needs no attention: the residual carries the token. So it cannot test attention. This very
# bug has stood in public repositories (FuxiCTR, issue 30; jsbaan/transformer-from-scratch, pull request 6);
# the second is for teaching, and its test of copying passed.
#
# ### Is a round trip proof?
#
# A better idea: set attention to the identity (each token looks at itself alone). Then split → attend →
# merge must give x back. With one wrong half it does not. But …

# %% exercise="undo_wrong_split"

# %% demonstration=true
needs(split_heads=split_heads, merge_heads=merge_heads)
needs(undo_wrong_split=undo_wrong_split)
torch.manual_seed(0)
x, order = torch.randn(1, 6, 8), torch.tensor([3, 0, 5, 1, 2, 4])
splits = {"right": lambda x: split_heads(x, 4), "wrong": lambda x: x.view(1, 4, 6, 2)}
merges = {"right": merge_heads, "wrong": undo_wrong_split}
print("                           round trip off by   shuffled, off by")
for (s, split), (m, merge) in itertools.product(splits.items(), merges.items()):
    back = merge(split(x))  # through attention that is the identity
    y, z = (merge(attention(*3 * [split(tokens)])) for tokens in (x, x[:, order]))
    trip, shuffled = (back - x).abs().max(), (z - y[:, order]).abs().max()
    print(f"split {s}, merge {m}  {trip:17.1f}   {shuffled:16.7f}")

# %% [markdown]
# The last line is yours: two bugs, and a perfect round trip. The last column is another question asked of
# the same code, and it finds all three. It is the test to write now.
#
# ## What does shuffling do to attention?
#
# Many lectures, and the slides of this course, say that self-attention is *invariant* to the order of its
# input. Invariant means: shuffle the input, and the output **stays**. Is it so? Three numbers for your own
# layer. **Before you look:** which are zero?

# %% demonstration=true
needs(MultiHead=MultiHead)
torch.manual_seed(0)
layer, x = MultiHead(16, 4), torch.randn(1, 6, 16)
order = torch.tensor([3, 0, 5, 1, 2, 4])
with torch.no_grad():
    y, z = layer(x), layer(x[:, order])
print(f"outputs that stay where they were: off by {(z - y).abs().max():.7f}")
print(f"outputs that move along:           off by {(z - y[:, order]).abs().max():.7f}")
print(f"the mean of all outputs: off by {(z.mean(1) - y.mean(1)).abs().max():.7f}")

# %% [markdown]
# The slides' word is wrong: the outputs move *with* the tokens. That is **equivariance**,
# f(x[order]) = f(x)[order]. Invariance comes only when you throw the places away, as a mean over all tokens
# does: the third line.

# %% exercise="test_equivariance"

# %% [markdown]
# Your test as a judge of four layers that you made. **Say first** which it must reject; one of them has
# just learnt to reverse and to sort.


# %% demonstration=true
def verdict(layer):
    """Of your test, on a layer 16 wide: any width is brought to 16 and back."""

    def widened(x):
        lift = torch.arange(16.0 * x.shape[1]).sin().reshape(-1, 16) / 4
        return (layer((x @ lift)[None]) @ lift.T)[0].detach()  # (L, d)

    try:
        test_equivariance(widened)
    except AssertionError:
        return "rejected"
    return "accepted"


# %% demonstration=true
needs(MultiHead=MultiHead, split_heads=split_heads, test_equivariance=test_equivariance)
torch.manual_seed(0)
layer, wrong = MultiHead(16, 4), forget_to_transpose(MultiHead(16, 4), 4)
places = sinusoidal(64, 16)
print("yours, merged rightly:  ", verdict(layer))
print("merged wrongly:         ", verdict(wrong))
print("positions added:        ", verdict(lambda x: layer(x + places[: x.shape[1]])))
print("a causal mask:          ", verdict(lambda x: layer(x, causal_mask(len(x[0])))))

# %% [markdown]
# ### What would the bug have cost?
#
# A shuffled merge mixes tokens that should never meet. The detective's test of lesson 02: a causal mask, and
# the **last** of eight tokens is changed. Who notices? **Your guess:** how many of the other seven, with the
# wrong merge?

# %%
my_noticing = None

# %% demonstration=true
needs(MultiHead=MultiHead, split_heads=split_heads)
torch.manual_seed(0)
x, causal = torch.randn(1, 8, 16), causal_mask(8)
changed = torch.cat([x[:, :-1], torch.randn(1, 1, 16)], dim=1)
layers = {"right": MultiHead(16, 4)}
layers["wrong"] = forget_to_transpose(MultiHead(16, 4), 4)
noticing = {}
for merge, layer in layers.items():
    with torch.no_grad():
        moved = (layer(x, causal) - layer(changed, causal)).abs().amax(dim=-1)  # (1, 8)
    noticing[merge] = int((moved[0, :-1] > 0).sum())
    print(f"{merge} merge: the outputs differ by {moved[0]}")
said = {"wrong": my_noticing}
beside_guesses(noticing, said, "earlier tokens that notice the last")

# %% [markdown]
# With the wrong merge the future leaks past a correct mask: a language model would learn to read its answer
# off there, with a wonderful loss, and write nonsense. (Padding goes the same way: one more padded token,
# and every output changes.)

# %% exercise="why_it_trained"

# %% [markdown] by_hand="evidence" points=3 difficulty=3 minutes=6
# Which evidence would you have trusted?
#
# A colleague shows you a new attention layer: right shapes, a falling loss, 100 % on copying. In three
# sentences: what does this evidence not show, why, and which test do you ask for?
#
# ### BEGIN SOLUTION
# *A point for each:*
#
# - What is not shown: shapes and a falling loss hold for a wrong merge as well, and copying needs no attention at
#   all.
# - Why: training adapts to any fixed shuffle; the residual carries the token.
# - A test that would find it: permutation equivariance without positions and mask, a leak test under a causal mask,
#   or agreement with a trusted layer on random weights.
# ### END SOLUTION

# %% [markdown]
# ☕ *A good place for a break. Behind it: places.*
#
# ## Can it find the token right after the marker?
#
# Rows like `hbd•afce…`: letters and one marker, •. The marker is asked: **which token comes right after
# you?** The same layer, 300 steps, once as it is and once with a vector for each place added to the tokens.
#
# Who answers with the letter that the row holds most often is right in about 25 of 100. **Your guesses**,
# out of 100:

# %%
my_order = {"without positions": None, "with positions": None}

# %% [markdown]
# To see it, you need vectors for places. Counting, 0, 1, 2, …, would do for short rows; but numbers that
# grow drown the token. The paper's answer: **waves**, some fast and some slow, and a place is where each of
# them stands, as the hands of a clock tell the time:
#
# $$PE(p, 2i) = \sin(w_i\, p) \qquad PE(p, 2i+1) = \cos(w_i\, p) \qquad w_i = 10000^{-2i/d}$$
#
# How alike are two places? By hand first, with two hands on the clock (d = 4).

# %% exercise="wave_by_hand"
given = numbers("wave_by_hand")

wave_by_hand = None  # a number between −2 and 2
### BEGIN SOLUTION
wave_by_hand = math.cos(given.p - given.q) + math.cos((given.p - given.q) / 100)
### END SOLUTION

# %% [markdown]
# sin a sin b + cos a cos b = cos(a − b): **only the distance p − q is left**, and it is the same all along
# the row. In the map below, that is why every diagonal has one colour. Drag over the map, and move d.
#
# 1. d = 2 is a clock with one hand. Which other places look like 20?
# 2. From which d on is there no second place with a cosine of 0.9 or more?
# 3. Does moving p ever change the *form* of the curve?

# %% demonstration=true
waves(d=2, p=20)

# %% [markdown]
# <details><summary>What you should have seen</summary>
#
# 1. 14, 26, 33 and so on, about every 2π = 6.28 steps.
# 2. From d = 12, among the widths of the slider.
# 3. Never: it moves along and keeps its form.
#
# </details>

# %% exercise="sinusoidal_positions"

# %% demonstration=true
needs(sinusoidal_positions=sinusoidal_positions)
encoding(sinusoidal_positions(64, 32), title="yours, d = 32")

# %% [markdown]
# ### How does a layer look three back?
#
# It would have to ask, at place p, for the key of place p − 3. If PE(p − 3) is a **matrix** times PE(p), and
# the same matrix for every p, one linear layer can do it: W<sub>q</sub> learns that matrix.

# %% exercise="shift_rotation"

# %% [markdown]
# One matrix, every place; and its transpose takes the steps back. Then the proof on your own layer: keys are
# places, queries are places *turned by your matrix*. **Where will the bright cells be?**

# %% demonstration=true
needs(sinusoidal_positions=sinusoidal_positions, shift_rotation=shift_rotation)
places, R = sinusoidal_positions(16, 64), shift_rotation(-3, 64)
gap = (places[3:] @ R.T - places[:-3]).abs().max()
print(f"R PE(p) against PE(p − 3), the largest difference over all p: {gap:.6f}")
weights = attention(8 * places @ R.T, places, torch.eye(16))  # (16, 16)
matrices({"weights, three back": weights}, digits=1)

# %% [markdown]
# (The first three rows have nobody three back, and look at who is nearest to it.) Now the marker's
# question, with your layer and your positions. {{notebook: Your guesses from above are drawn in.}}

# %% demonstration="long"
needs(MultiHead=MultiHead, sinusoidal_positions=sinusoidal_positions)
found = {"without positions": [], "with positions": []}
for name, places in zip(found, [None, sinusoidal_positions(16, 32)]):
    for seed in range(3):
        torch.manual_seed(seed)
        net = OneLayer(MultiHead(32, 4), 32, places)
        learn(net, ["after"], steps=300, seed=seed)
        found[name].append(100 * accuracy(net, ["after"])[0])
rows = letters(1000, torch.Generator().manual_seed(99))
answers = ask(rows, "after").amax(dim=1)  # (1000,)
floor = 100 * (commonest(rows) == answers).float().mean().item()
beside_guesses(found, my_order, "right of 100", floor=floor)

# %% [markdown]
# Without places it never gets above the dotted line, what a bag of letters allows: three seeds, three times.
# With them it is solved. Sines are not the only way: a learnt vector for each place does
# as well in the paper (BLEU 25.7 against 25.8), and in the Vision Transformer.

# %% [markdown]
# ## Whose mean is subtracted?
#
# Layers are stacked, and what flows through them must neither grow nor vanish: it is *normalised*, a mean
# taken off and a deviation divided by. There are four usual norms, and they differ in one thing only: **which
# cells share the mean**. Of x, (B, N, D): images, places, channels,
#
# - **batch norm** takes one channel, over all places of all images;
# - **layer norm**, in a Transformer, takes one token: all its channels;
# - **instance norm** takes one channel, over all places of one image (it was made to change a picture's style:
#   its contrast goes);
# - **group norm** takes a group of neighbouring channels, over all places of one image (for batches too small
#   for a mean to be trusted).
#
# Hover a cell under each of the four. Then press *evaluation*, stay in image 1, and pull the slider, which
# changes image **3** alone: under which norms does your cell's result move?

# %% demonstration=true
torch.manual_seed(0)
norm_cut(torch.randn(9, 3, 4, 6) + torch.arange(6) / 2 - 1, groups=2)

# %% [markdown]
# Under batch norm in training, and nowhere else. That is why it remembers a mean for evaluation: an image's
# answer must not depend on its neighbours in the batch. And it is why Transformers use layer norm: sentences
# of a batch have nothing in common, and a batch may hold one.

# %% exercise="which_axes"

# %% exercise="norm_over"

# %% [markdown]
# Your three lines against PyTorch's four functions, on images (B, C, H, W). **Before you look**, fill in the
# axes in your head; group norm needs one axis more. Which?

# %% demonstration=true
needs(norm_over=norm_over)
x = torch.randn(4, 6, 5, 5) * 2 + 1
tokens = x.flatten(2).mT  # (B, H·W, C)
grouped = x.unflatten(1, (2, 3))  # (B, 2, C / 2, H, W)
batch_norm = F.batch_norm(x, None, None, training=True)
pairs = {
    "batch    (0, 2, 3)": (norm_over(x, (0, 2, 3)), batch_norm),
    "layer    (-1,)": (norm_over(tokens, (-1,)), F.layer_norm(tokens, (6,))),
    "instance (2, 3)": (norm_over(x, (2, 3)), F.instance_norm(x)),
    "group    (2, 3, 4)": (norm_over(grouped, (2, 3, 4)), F.group_norm(x, 2)),
}
for name, (own, theirs) in pairs.items():
    print(f"{name:20} off by {(own.reshape_as(theirs) - theirs).abs().max():.0e}")

# %% [markdown]
# ### Before the branch or behind the sum?
#
# The paper of 2017 has **post-norm**, x ← norm(x + branch(x)); nearly all since have **pre-norm**,
# x ← x + branch(norm(x)). At the start of training branches are random: each adds something of variance v
# that has nothing to do with x. In pre-norm nothing on the way is divided, the variance behind 12 layers is
# 1 + 12v, and 1/(1 + 12v) of it is x's own: 7.7 % for v = 1.
#
# **Your guess** for post-norm, v = 1, in per cent. Then the formula.

# %%
my_share = None  # per cent

# %% exercise="post_norm_share"

# %% [markdown]
# The control: twelve random branches, each scaled to a variance v, x through both stacks with your
# `norm_over`; what is left of x is the squared correlation of end and start.


# %% demonstration=true
def branch(z, v):
    """A random layer of 256 units, its output of mean 0 and variance v."""
    hidden = (z @ torch.randn(256, 256)).relu() @ torch.randn(256, 256)
    return math.sqrt(v) * norm_over(hidden, (-1,))


# %% demonstration=true
needs(norm_over=norm_over, post_norm_share=post_norm_share)
torch.manual_seed(0)
left = {}
for v in (0.06, 1):
    x = pre = post = norm_over(torch.randn(1000, 256), (-1,))
    for _ in range(12):
        pre = pre + branch(norm_over(pre, (-1,)), v)
        post = norm_over(post + branch(post, v), (-1,))
    for name, y in {"pre": pre, "post": post}.items():
        correlation = F.cosine_similarity(x, y).mean().item()
        left[f"{name}-norm, v = {v}"] = 100 * correlation**2
    formulas = 100 / (1 + 12 * v), 100 / (1 + v) ** 12
    print(f"v = {v}: by the formulas, {formulas[0]:.3g} % and {formulas[1]:.3g} %")
beside_guesses(left, {"post-norm, v = 1": my_share}, "share of x, per cent", log=True)

# %% [markdown]
# One part in 4,000. The way back is the same way: so much of a gradient reaches the first layer unmixed,
# and deep post-norm nets want a warm-up of the learning rate (Xiong et al. 2020). Honest about v: PyTorch's
# own initialisation makes it about 0.06, and then the two are close, at 12 layers.

# %% [markdown]
# ## What does each head do, once it has learnt?
#
# The finale, all of it yours: `MultiHead`, four heads; `sinusoidal_positions`; one layer. Every token is
# asked four questions at once: which letter is at your **mirrored** place? **Before** you? How many
# **equal** you? And which comes right after the **marker**?
#
# **Two guesses:** how many of the four will one layer learn in 600 steps (above 90 of 100)? And does each
# of the four heads get one question, or do all share all?

# %%
my_learnt, my_heads = None, None  # 0 … 4; "one each" or "shared"

# %% demonstration="long"
needs(MultiHead=MultiHead, sinusoidal_positions=sinusoidal_positions)
QUESTIONS = ["reverse", "before", "equal", "marked"]
torch.manual_seed(0)
net = OneLayer(MultiHead(64, 4), 64, sinusoidal_positions(16, 64), questions=4)
learn(net, QUESTIONS, steps=600)
whole = accuracy(net, QUESTIONS)
learnt = sum(share > 0.9 for share in whole)
beside_guesses({"questions learnt": learnt}, {"questions learnt": my_learnt}, "of four")
print({question: round(share, 2) for question, share in zip(QUESTIONS, whole)})

# %% [markdown]
# To see what a head is *for*, take it out: its piece of the width reaches `output` through 16 columns of
# the weight; set them to zero. Rows: the head that is missing.


# %% demonstration=true
def without_head(net, head, width=16):
    """A copy of the net whose output layer no longer hears one of the heads."""
    lame = copy.deepcopy(net)
    lame.attend.output.weight.data[:, head * width : (head + 1) * width] = 0
    return lame


needs(MultiHead=MultiHead, sinusoidal_positions=sinusoidal_positions)
rows = [f"without head {head}" for head in range(4)]
table = [accuracy(without_head(net, head), QUESTIONS) for head in range(4)]
matrices({"": table}, rows, QUESTIONS, axes=("", "question"), label="share right")
print(f"You said: {my_heads}.")

# %% [markdown]
# Each question that was learnt has a head of its own. Without it *before* and *equal* fall to what a guess
# gives (one in eight for a letter; 0.29 for always saying "two", the commonest number), *reverse* to about a
# half; the other two keep 0.7 or more. Nobody asked for this division of labour. Now look at one row of
# letters, all four heads, a row of each table for each query: **which head mirrors, which looks one back,
# which looks for its equals?** Check each answer against the table above.

# %% demonstration=true
needs(MultiHead=MultiHead, sinusoidal_positions=sinusoidal_positions)
needs(split_heads=split_heads)
row = letters(1, torch.Generator().manual_seed(5))
text = "".join(SIGNS[token] for token in row[0])
with torch.no_grad():
    x = net.embedded(row)  # (1, 16, 64)
    q, k = split_heads(net.attend.query(x), 4), split_heads(net.attend.key(x), 4)
    weights = attention(q, k, torch.eye(16))  # (1, 4, 16, 16)
heads = {f"head {head}": weights[0, head] for head in range(4)}
matrices(heads, rows=list(text), columns=list(text), label="weight α")

# %% [markdown]
# The same weights in the viewer, which later lessons lay over images: point at a letter (or use the arrow
# keys), and read whom it attends to in each head.

# %% demonstration=true
needs(MultiHead=MultiHead, sinusoidal_positions=sinusoidal_positions)
needs(split_heads=split_heads)
attention_viewer(weights, letter_row(text), grid=(1, 16), extra=())

# %% [markdown]
# A map is not a cause: it shows where a head looks, and only taking it out shows whether anyone needs it.
# And the fourth question stays unlearnt. To answer it at *every* place, a token must first learn that it
# stands right after the marker, and *then* be found for it: two looks, one after the other. One layer has one.
# That is what depth is for, and lesson 04 stacks them.
#
# ### And with the bug?
#
# Back to the wrong merge. It cost nothing where a net had one question and four heads for it. Here four
# questions share four heads. **Your guess:** of 100 answers to *equal*, how many are right with the bug?

# %%
my_equal = None

# %% demonstration="long"
needs(split_heads=split_heads)
needs(MultiHead=MultiHead, sinusoidal_positions=sinusoidal_positions)
torch.manual_seed(0)
layer = forget_to_transpose(MultiHead(64, 4), 4)
buggy = OneLayer(layer, 64, sinusoidal_positions(16, 64), questions=4)
learn(buggy, QUESTIONS, steps=600)
found = {}
for question, right, wrong in zip(QUESTIONS, whole, accuracy(buggy, QUESTIONS)):
    found[f"{question}, right merge"] = 100 * right
    found[f"{question}, wrong merge"] = 100 * wrong
beside_guesses(found, {"equal, wrong merge": my_equal}, "right of 100")

# %% [markdown]
# The questions about places survive: their answers can be routed around a fixed shuffle. *Equal* has to ask
# with the token's **own letter**, and the shuffle takes a head's answer to another token. So a curve can show
# this bug after all: in a task that crowds the heads, and only if you have the right layer's curve beside
# it. The test of equivariance needed neither, and a millisecond.
#
# **Try it{{page: , in the notebook}}:** change the seed of the net, and run the finale's cells again. Do the same
# heads get the same work?

# %% [markdown]
# ## What the papers report
#
# - **Vaswani et al. 2017**, table 3, English to German, BLEU on the development set, at equal cost: 1 head
#   24.9, 4 heads 25.5, 8 heads 25.8, 16 heads 25.8, 32 heads 25.4. Learnt positions for sines: 25.7.
# - **Michel et al. 2019** took heads out of trained models, as you did: a large part of them was hardly
#   missed, and some layers did as well with one. **Voita et al. 2019** found heads for the next and previous token, and for rare words.
# - **Dosovitskiy et al. 2021**, table 8: a Vision Transformer without positions 61.4 %, with learnt ones
#   64.2 % (ImageNet, 5-shot linear). Images forgive their lack more than sentences do.
#
# Ours is a toy: rows of sixteen random letters, one layer, seconds. It shows *that* heads divide work and
# which test finds which bug; it says nothing about how many heads a large model needs.
#
# ## Three sentences to remember
#
# 1. Heads cut the width, not the tokens; merging them back needs a transposition, and the test that sees
#    whether it is there is equivariance, not the loss.
# 2. Attention is permutation *equivariant*; places must be added, and with sines a shift of places is one
#    matrix, the same everywhere.
# 3. Norms differ in whose mean they take; only batch norm in training looks at other images.
#
# **One limit of what you built:** a single layer looks once. What needs two looks it cannot learn, whatever
# the number of heads.
#
# **Lesson 04** stacks your layer with pre- and post-norm into a Transformer, and lets it translate.
#
# ## References
#
# - A. Vaswani et al. *Attention is all you need.* NeurIPS 2017. arXiv 1706.03762, §3.2.2, §3.5, table 3
# - J. L. Ba, J. R. Kiros, G. E. Hinton. *Layer normalization.* 2016. arXiv 1607.06450
# - S. Ioffe, C. Szegedy. *Batch normalization.* ICML 2015. arXiv 1502.03167
# - D. Ulyanov, A. Vedaldi, V. Lempitsky. *Instance normalization.* 2016. arXiv 1607.08022
# - Y. Wu, K. He. *Group normalization.* ECCV 2018. arXiv 1803.08494
# - R. Xiong et al. *On layer normalization in the Transformer architecture.* ICML 2020. arXiv 2002.04745
# - P. Michel, O. Levy, G. Neubig. *Are sixteen heads really better than one?* NeurIPS 2019. arXiv 1905.10650
# - E. Voita et al. *Analyzing multi-head self-attention.* ACL 2019. arXiv 1905.09418
# - A. Dosovitskiy et al. *An image is worth 16×16 words.* ICLR 2021. arXiv 2010.11929
