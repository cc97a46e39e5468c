# %% [markdown]
# # 05 · What does attention cost?
#
# In lesson 02 one layer let every token look at every other. This lesson is the bill.
#
# **You will be able to**
#
# - write down parameters, FLOPs and memory of a layer, and hold them against PyTorch's own counter;
# - say from which length on attention, and not the MLP beside it, is the expensive half of a Transformer;
# - point at what makes attention quadratic, avoid it where that is allowed, and say why the softmax forbids it.
#
# **You need** lesson 02 (queries, keys, values, softmax weights), the rule for the shape of a matrix product, and
# plots with logarithmic axes. Heads and Transformers have lessons of their own, 03 and 04, Vision Transformers later; each
# gets one line where it is met, and that is enough. No GPU.
#
# **Time** about two and a half hours, half of them for the {{exercises}} exercises ({{points}} points). The
# computer needs less than a minute.

# %% [markdown] author=true
# What a reader ought to be able to answer afterwards, and what of the lesson gives it. Ask whoever tries it.
#
# 1. What does X W cost, and why does a paper say half of it? (one product; `matmul_flops`)
# 2. A layer's d, n, L are known: weights, shape, FLOPs of an MLP and of attention? (`cost_table`, `layer_gflops`)
# 3. Is attention the expensive half at L = 300, d = 768? At 3,000? Why does n not matter with d×n matrices, and
#    matter in a Transformer? (`attention_over_mlp`, the sliders, `overtakes`)
# 4. Training runs out of memory when the images get twice as wide. By what factor do the matrices grow, and what
#    else could be made smaller? (`attention_matrix_bytes`, fused kernel; `memory_order`, `four_times`)
# 5. From which L does linear attention pay in a head of 64, and what does it change? (`linear_attention`, figure)
# 6. What is the most that a cheaper attention can save in ViT-B/16? (the whole model; the colleague)
# 7. A layer takes twice the time its FLOPs promise. What is looked at first? (the clock and its parts)
# 8. NOT given: why a backward pass costs two forward ones (only cited); the cache of keys and values when text is
#    generated (belongs to 04); sparse attention and windows (07); energy.
#
# Numbers in the text: `tests/course/cost/test_lesson_numbers.py`. The clock: measured five times on two shared cores
# (load 9 to 12), one thread, L = 784, d = 256, n = 512: on the wall 13.1 to 14.6, later 29 MLPs, of the processor 5.1,
# 5.5, 5.8, 5.8 and 5.9 (count 5.06); the six products alone 10.3 to 11.9 ms of processor time, as a layer 12.0 to 14.5, all
# at 160 to 190 GFLOPs a second. Products into memory that is already there (`out=`) change nothing.

# %%
import math
import time

import torch
import torch.nn.functional as F
from torch.utils.flop_counter import FlopCounterMode

from course import cost
from course.show import cost_stills, needs
from course.show.cost_curves import cost_curves
from course.show.cost_tables import against_counter
from course.vision import vit
from grader import check, hint, numbers, sign_in
from grader.formula import value_of

# %% [markdown]
# {{notebook: In a class, write the id and the key that your instructor gave you between the quotes; otherwise
# leave them empty.}}

# %%
sign_in("", key="")

# %% [markdown]
# ## What would it take to give attention a whole photograph?
#
# A photograph of 1,024 × 1,024 pixels, every pixel a token, into the attention layer of lesson 02. It makes one
# table: for each pixel, how much it attends to each pixel. One number takes four bytes.
#
# **Your guess first:** how many GiB does that one table take? {{notebook: Put a number in place of
# `None`, then run both cells.}}{{page: Write it down, then read on.}}

# %%
my_guess = None  # GiB

# %% demonstration=true
pixels = 1024 * 1024
table = torch.empty(pixels, pixels, device="meta")  # "meta": a shape without contents
memory = {"your guess": my_guess, "a laptop": 16, "an H200 GPU": 141e9 / 2**30}
cost_stills.bars(memory | {"the table": table.nbytes / 2**30}, "GiB")

# %% [markdown]
# 4,096 GiB, or 4 TiB, for *one* table. The photograph itself fits into 12 MiB. Where does this come from, at which
# length does it begin to hurt, and can it be avoided? Those are the questions of this lesson, in that order.
#
# ## Recall
#
# Answer aloud, then open.
#
# <details><summary>1 · X holds L tokens. What shape is Q Kᵀ, and what stands in row i, column j?</summary>
#
# L×L. The similarity of query i and key j: how well what token i looks for fits what token j offers.
#
# </details>
# <details><summary>2 · The softmax turns it into attention weights. What sums to one, and over what does the weighted sum run?</summary>
#
# Each row sums to one: the weights of one query over all keys. The output of token i is the sum of all *values*,
# weighted by row i.
#
# </details>
# <details><summary>3 · How many attention layers does it take until the first token has seen the last one?</summary>
#
# One: a single layer sees the whole sequence. That is what the table buys, and now you know its size.
#
# </details>

# %% [markdown]
# ## What does one matrix product cost?
#
# Both layers of this lesson are nothing but matrix products, so one price is enough. Start with numbers: a 2×3
# matrix times a 3×4 matrix. **How many multiplications?**

# %%
my_count = None

# %%
A = [[1, 2, 3],
     [4, 5, 6]]
B = [[1, 0, 2, 1],
     [0, 1, 1, 0],
     [2, 0, 0, 1]]
AB = [[0, 0, 0, 0],
      [0, 0, 0, 0]]
multiplications = 0
for row in range(2):
    for column in range(4):
        for inner in range(3):
            AB[row][column] += A[row][inner] * B[inner][column]
            multiplications += 1
print("A B =", AB)
print(multiplications, "multiplications, and as many additions; you said", my_count)

# %% [markdown]
# Three loops inside one another: every entry of the result (8 of them) is a sum of products (3 each). An operation
# on two numbers, a multiplication or an addition, is one **FLOP**, a *floating-point operation*. This product took
# 48.
#
# From here on your answers are formulas: text in quotes, in ordinary Python (`"3*L**2 + d"`). Any equal form is
# right. {{notebook: Run the cell below your answer to check it, as often as you like; in a new cell,
# `hint("matmul_flops")` gives a hint and costs nothing.}}{{page: Check as often as you like; hints cost nothing.}}

# %% exercise="matmul_flops"

# %% [markdown]
# ### Why do two tools give two numbers for the same layer?
#
# Because of that 2. A multiplication followed by an addition is one *multiply–add* (or MAC), and some tools count
# those, often under the name FLOPs. PyTorch's counter counts as you did; fvcore and timm count multiply–adds. A
# factor of exactly two between two papers is nearly always this. Here, one multiply–add is two FLOPs.
#
# Next, make the formula work for anything that `@` can multiply.

# %% exercise="count_matmul"

# %% [markdown]
# PyTorch has a counter too, which watches a computation and adds up every product. `cost.measure` runs it on `meta`
# tensors, so no product is really computed. Yours and PyTorch's, on the same shapes:

# %% demonstration=true
needs(count_matmul=count_matmul)
pairs = [
    ((2, 3), (3, 4)),  # two matrices
    ((50, 1024), (1024, 2048)),  # tokens and weights
    ((32, 50, 64), (64, 128)),  # a batch, weights shared by all
    ((32, 12, 197, 64), (32, 12, 64, 197)),  # a batch of 12 products each
]
rows = {}
for a, b in pairs:
    counted = cost.measure(torch.matmul, a, b).flops
    rows[f"{a} @ {b}"] = count_matmul(a, b), counted
against_counter(rows)

# %% [markdown]
# ## What do an MLP and attention cost?
#
# X is a sequence of L tokens, each d numbers wide: L×d. Two layers could come next.
#
# **(a)** two fully-connected layers, together an *MLP*: Y = (X W1) W2
#
# **(b)** attention: Y = (X Wq)(X Wk)ᵀ (X Wv) Wo
#
# W1, Wq, Wk and Wv are d×n, W2 and Wo lead back and are n×d: n *units* inside. Q, K and V are X Wq, X Wk and X Wv.
# Both layers are stripped to their matrix products: no bias, no softmax, no scale, no ReLU, products taken from
# left to right. What was stripped costs little, and at the end you will see how little.

# %% exercise="cost_table"

# %% [markdown]
# Divide (a)'s FLOPs by its weights: **every weight costs two FLOPs for every token**. That rule of thumb holds for
# any layer that treats tokens one by one. In (b) it covers the four projections; the rest has no weights at all,
# and grows with L². It is the price of *pairs*: L queries times L keys, once to compare them and once to add up
# values.

# %% exercise="layer_gflops"

# %% [markdown]
# ## Do the formulas hold?
#
# Formulas are opinions until measured. Take d = 1,024 and n = 2,048, and three sequences: a sentence of 50 tokens, a
# 28 × 28 image with its 784 pixels as tokens, and the photograph with its 1,048,576.
#
# **Predict before you run:** how many times the MLP's FLOPs does attention take, at each of the three lengths?

# %%
my_ratios = {50: None, 784: None, 1_048_576: None}

# %% demonstration=true
needs(cost_table=cost_table)
d, n = 1024, 2048
layers = {
    "(a)": cost.TwoLayers(d, n, device="meta"),
    "(b)": cost.AttentionLayer(d, n, device="meta"),
}
rows = {}
for L in my_ratios:
    for key, layer in layers.items():
        yours = value_of(cost_table[f"FLOPs of {key}"], L=L, d=d, n=n)
        rows[key, L] = yours, cost.measure(layer, (L, d)).flops
against_counter(rows)

# %% [markdown]
# A difference of 0 at all three lengths, up to nine quadrillion (16 digits), says that the formula holds; any other
# tells by how much yours is off. The million tokens were counted on `meta`, where nothing is computed. Weights and
# shapes, and then your predictions:

# %% demonstration=true
needs(cost_table=cost_table)
for key, layer in layers.items():
    figures = cost.measure(layer, (50, d))
    print(f"{key}: {figures.parameters:,} weights, output {figures.output_shape}")
ratios = {L: rows["(b)", L][1] / rows["(a)", L][1] for L in my_ratios}
cost_stills.against_guess(ratios, my_ratios, ylabel="attention ÷ MLP, in FLOPs")

# %% [markdown]
# ## Where does attention become the expensive one?
#
# In this layer it starts as the expensive one: 2.05 times the MLP at 50 tokens. Why not 1?

# %% exercise="attention_over_mlp"

# %% [markdown]
# n has dropped out: the ratio has a part that is always there, four projections against two products, and a part in
# which the length is counted in *widths*. A sequence is long when L is large **compared with d**.
#
# **This holds for d×n projections only.** A *Transformer* stacks blocks of attention and an MLP. In it,
# queries, keys and values together are as wide as a token, so the projections are d×d, while the MLP keeps its n
# hidden units, usually n = 4d. There attention starts at *half* the MLP. Move the sliders (mouse, or click one and
# use the arrow keys), or click into the plot.
#
# 1. Set L = d. Which two curves cross there, and does n move the crossing?
# 2. Find the share of pairs at L = 50, and at L = 1,048,576.
# 3. Press **d wide: a Transformer** and set n = 4,096. What has changed at small L?

# %% demonstration=true
cost_curves(L=784, d=1024, n=2048)

# %% demonstration=true
d = 1024
mlp = cost.TwoLayers(d, 4 * d, device="meta")
attention = cost.AttentionLayer(d, d, device="meta")
for L in (50, 784):
    ratio = cost.measure(attention, (L, d)).flops / cost.measure(mlp, (L, d)).flops
    print(f"d×d projections, n = 4d, L = {L}: attention ÷ MLP = {ratio:.2f}")

# %% [markdown]
# <details><summary>What you should have seen</summary>
#
# 1. The part with L² crosses the MLP's line. n moves both up and down together and leaves the crossing where it is.
# 2. 2 % of attention's FLOPs at L = 50, more than 99 % at L = 1,048,576. Same layer, two different machines.
# 3. Attention starts *below* the MLP, at half its price: now there is a race.
#
# </details>
#
# Short sequences are cheaper to attend over than to transform. Until when?

# %% exercise="overtakes"

# %% [markdown]
# Your formula as a vertical line, on curves that PyTorch counted, at the sizes of a block of ViT-B, a *Vision
# Transformer* (its tokens are patches of an image). A line that misses the crossing is wrong.

# %% demonstration=true
needs(overtakes=overtakes)
d, n = 768, 3072
mlp = cost.TwoLayers(d, n, device="meta")
attention = cost.AttentionLayer(d, d, device="meta")
lengths = [2**k for k in range(6, 15)]
curves = {
    "MLP": [cost.measure(mlp, (L, d)).flops for L in lengths],
    "attention": [cost.measure(attention, (L, d)).flops for L in lengths],
}
title = "One block of ViT-B, d = 768, n = 3,072"
cost_stills.crossing(lengths, curves, value_of(overtakes, d=d, n=n), title)

# %% [markdown]
# With n = 4d the crossing is at L = 2d. ViT-B (d = 768) would have the draw at 1,536 tokens and sees 197, where
# attention takes 36 % of a block's FLOPs, and **most of the price is the MLP's**.
#
# ## What does it do to the memory?
#
# FLOPs can be waited for; memory cannot. You have seen the table of one photograph. Two things make it worse. A layer
# has several *heads* (lesson 03: attention several times side by side, each with queries, keys and values of its own
# and n = 64 or so). And training keeps every table until the backward pass has used it.

# %% exercise="attention_matrix_bytes"

# %% [markdown]
# Your formula against what PyTorch keeps for a backward pass: 12 layers, B = 2, h = 3. The control beside it is the
# same attention by PyTorch's fused kernel, which makes the matrix in tiles and keeps none of them (*FlashAttention*,
# Dao 2022). What both keep anyway, the queries of each layer, keys and values, is taken off.

# %%
def explicit(q, k, v):
    return (q @ k.mT).softmax(-1) @ v


def twelve_layers(q, k, v, attend):
    for _ in range(12):
        q = attend(q, k, v)
    return q


# %% demonstration=true
needs(attention_matrix_bytes=attention_matrix_bytes)
rows = {}
kernels = {"explicit": explicit, "fused": F.scaled_dot_product_attention}
for name, attend in kernels.items():
    for L in (50, 784):
        qkv = 3 * [(2, 3, L, 64)]  # B, h, L, n
        kept = cost.measure(twelve_layers, *qkv, attend=attend).activation_bytes
        yours = value_of(attention_matrix_bytes, B=2, h=3, L=L, d=192, n=64)
        yours = math.nan if name == "fused" else yours  # of which there is no formula
        others = 12 + 2  # q of each layer, k and v
        rows[name, L] = yours, kept - others * 4 * (2 * 3 * L * 64)
against_counter(rows, "bytes")

# %% [markdown]
# The explicit one keeps what you counted. The fused one keeps one number for each *row*, and the last layer's output:
# memory linear in L, with every FLOP still paid. Before the next exercise, decide which is right: "the attention matrix is the largest thing in the
# layer" – always, never, or it depends?

# %% exercise="memory_order"

# %% [markdown]
# It depends. At 784 tokens one matrix is the smallest of the five, 2.3 MiB; at a million it is 131,072 times the weights
# of the whole layer, which have not grown by a byte.
#
# ## Can the square be avoided?
#
# Look at (b) again, written with Q, K and V: Y = (Q Kᵀ) V Wo. The L×L matrix is born when Q meets Kᵀ, and dies when V
# arrives. Matrix products are *associative*: (Q Kᵀ) V = Q (Kᵀ V). Same numbers, and it never has to be born.
#
# **Predict:** with d = 1,024 and n = 2,048, from which length on does the second order save FLOPs?

# %%
my_saving = None  # tokens

# %% exercise="linear_attention"

# %% demonstration=true
needs(linear_attention=linear_attention)
d, n = 1024, 2048
lengths = [2**k for k in range(6, 16)]
usual = cost.AttentionLayer(d, n, device="meta")
weights = (d, n), (d, n), (d, n), (n, d)
curves = {"your function": [], "from left to right": []}
for L in lengths:
    yours = cost.measure(linear_attention, (L, d), *weights)
    curves["your function"].append(yours.flops)
    curves["from left to right"].append(cost.measure(usual, (L, d)).flops)
cost_stills.crossing(lengths, curves, my_saving, "Attention in two orders, n = 2,048")

# %% [markdown]
# The pairs' 4L²n has become 4Ln²: one L traded for an n. So the second order is the *expensive* one until L = n = 2,048.
# Linear in L is a promise about the slope, not about the price. **That 2,048 is this layer's n.** In a Transformer n is
# the width of one head, and with the usual 64 the second order pays from L = 64 on:

# %% demonstration=true
left = lambda q, k, v: (q @ k.T) @ v
right = lambda q, k, v: q @ (k.T @ v)
for n in (2048, 64):
    for L in (n // 2, n, 2 * n):
        qkv = 3 * [(L, n)]
        ratio = cost.measure(right, *qkv).flops / cost.measure(left, *qkv).flops
        print(f"n = {n:5,}, L = {L:5,}: Q (Kᵀ V) takes {ratio:.1f} times the FLOPs")

# %% [markdown]
# So why does every Transformer form the L×L matrix? Because of what was stripped. Put the softmax back, on four tokens,
# in both orders; the control is the same without a softmax:

# %%
torch.manual_seed(0)
Q, K, V = torch.randn(3, 4, 2)  # four tokens, n = 2
print("softmax(Q Kᵀ) V:\n", (Q @ K.T).softmax(-1) @ V)
print("softmax over Kᵀ V instead:\n", Q @ (K.T @ V).softmax(-1))
print("without a softmax, one order:\n", (Q @ K.T) @ V)
print("and the other:\n", Q @ (K.T @ V))

# %% exercise="why_not_reorder"

# %% [markdown]
# The same thing holds layer (a) together. Without a ReLU between them, X (W1 W2) would be one d×d matrix, and not two
# layers any more. Non-linearities are what stops us from moving the parentheses, and what we pay them for. *Linear
# attention* (Katharopoulos 2020) replaces the softmax by a product, φ(Q) φ(K)ᵀ, and buys the other order with different
# numbers.
#
# ## Does the clock agree?
#
# FLOPs are a count, seconds are what you wait. With d = 256, your ratio says 2.2 MLPs of work at L = 50, and 5.1 at
# L = 784. **Predict:** how many MLPs of *time* will attention take at L = 784?

# %%
my_clock = None

# %% demonstration=true
L, d, n = 784, 256, 512
x, mlp, attention = torch.randn(L, d), cost.TwoLayers(d, n), cost.AttentionLayer(d, n)
times = {"your guess": my_clock, "by count": 2 + L / d}
clocks = {"on the wall": time.perf_counter, "of the processor": time.thread_time}
for name, clock in clocks.items():
    took = cost.milliseconds(attention, x, clock=clock)
    times[name] = took / cost.milliseconds(mlp, x, clock=clock)
cost_stills.bars(times, "MLPs")

# %% [markdown]
# The two clocks are experiment and control. The one on the wall runs on while other programs have the processor; the
# other counts only what was done for you. When this was written, on a busy machine, the wall said 13 to 29 MLPs and the
# processor 5.1 to 5.9: the long run of attention is interrupted more surely than the short one of the MLP. If they agree
# on yours, it was idle. And what is left between processor and count? Each product by itself:

# %% demonstration=true
q, scores = torch.randn(L, n), torch.randn(L, L)
w, wo = torch.randn(d, n), torch.randn(n, d)
total = 0
for times, a, b in [(3, x, w), (1, q, q.T), (1, scores, q), (1, q, wo)]:
    alone = cost.milliseconds(torch.matmul, a, b, clock=time.thread_time)
    rate = cost.measure(torch.matmul, a, b).flops / alone / 1e6
    total += times * alone
    what = f"{times} × {tuple(a.shape)} @ {tuple(b.shape)}"
    print(f"{what:28} {alone:6.2f} ms each, {rate:4.0f} GFLOPs a second")
print(f"all six, one by one: {total:.1f} ms; as a layer: {took:.1f} ms")

# %% [markdown]
# If the rates differ, some shapes suit the processor less. If they are alike, and the six take less one by one than as a
# layer, the shapes are not the reason: repeated by itself, a product finds its numbers still at hand from the last time.
# FLOPs tell you how the bill *grows*; the clock tells you what it is today.
#
# ## What does a whole model cost?
#
# Your own counter, on ViT-B/16 (`course.vision.vit` builds it): 196 patches of 16 × 16 × 3 numbers and one extra token,
# 12 blocks of attention with 12 heads and an MLP, one linear layer for 1,000 classes. **Predict:** how many per cent of its FLOPs are for pairs of
# tokens?

# %%
my_share = None  # per cent

# %% demonstration=true
needs(count_matmul=count_matmul)
L, d, n, h = 197, 768, 3072, 12  # tokens, width, hidden units, heads
products = {
    "projections": 4 * [((L, d), (d, d))],
    "pairs of tokens": [((h, L, 64), (h, 64, L)), ((h, L, L), (h, L, 64))],
    "MLPs": [((L, d), (d, n)), ((L, n), (n, d))],
}
parts = {}
for name, some in products.items():
    parts[name] = 12 * sum(count_matmul(*shapes) for shapes in some)
patches, classes = [(196, 16 * 16 * 3), (16 * 16 * 3, d)], [(1, d), (d, 1000)]
parts["patches and classes"] = count_matmul(*patches) + count_matmul(*classes)
cost_stills.shares(parts, {"pairs of tokens": my_share}, "FLOPs")

# %% [markdown]
# Now the same model as a module, run through PyTorch's counter; and the attention kernel alone, on two devices:

# %% demonstration=true
needs(count_matmul=count_matmul)
with torch.device("meta"):
    model = vit.build("B/16")
counted = cost.measure(model, (1, 3, 224, 224)).flops
against_counter({"ViT-B/16": (sum(parts.values()), counted)})
for device in ("meta", "cpu"):
    q = torch.randn(1, 12, 197, 64, device=device)
    with FlopCounterMode(display=False) as counter:
        F.scaled_dot_product_attention(q, q, q)
    print(f"pairs of one layer, counted on {device}: {counter.get_total_flops():,}")

# %% [markdown]
# 35,127,656,448, to the last digit. And a trap: on a CPU PyTorch's own counter does not see inside the fused kernel and
# reports 0 for it. ViT-B/16 would come out at 33.70 GFLOPs, and nothing would look wrong. Whoever can write the formula
# notices.
#
# And the softmax that we left out? The counter leaves it out too. It takes about five operations for each score: find
# the maximum, subtract, exponentiate, add up, divide. **Estimate** how much of the model that is, then open.
#
# <details><summary>Estimate</summary>
#
# With 64 dimensions a head, the two products take 4 × 64 = 256 operations for each score, so 5 more are 2 % of the pairs
# of tokens. Those are 4 % of the model: the softmax is less than a thousandth.
#
# </details>
#
# ## What the papers report
#
# Cover the right-hand column. For each row, say first: does it count FLOPs or multiply–adds, and what does it leave out?
#
# | who | what they write | in the words of this lesson |
# |---|---|---|
# | Vaswani 2017, table 1 | self-attention O(n²·d), recurrent O(n·d²) per layer; self-attention is faster when n < d | their n is our L: the pairs, without the projections |
# | timm | ViT-B/16: 17.58 GMACs | your count: 17.56 G multiply–adds, 35.13 GFLOPs (theirs adds 5 for each entry that a layer norm, lesson 03, rescales) |
# | He 2016 | ResNet-34: 3.6 billion "FLOPs (multiply-adds)" | 7.2 GFLOPs here |
# | Kaplan 2020, Hoffmann 2022 | training costs 6·N·D FLOPs for N weights and D tokens | 2 for each weight and token, three times (backward costs two forwards); the pairs are left out |
#
# ## Why, and what if
#
# Two questions without a computer.

# %% exercise="four_times"

# %% exercise="smaller_patches"

# %% [markdown]
# And one to answer aloud:
#
# <details><summary>A colleague replaces all attention in a ViT-B at 197 tokens by linear attention, and expects it to run in half the time. What do you tell them?</summary>
#
# The pairs are 4 % of the FLOPs, so 4 % is the most that can be saved. And with 64 dimensions a head (n = 64, L = 197)
# the second order saves two thirds of that. Measure where the cost is before you remove it.
#
# </details>

# %% [markdown] by_hand="what_patches_mend" points=3 difficulty=3 minutes=8
# What do patches mend?
#
# A friend wants to hand a Transformer of ViT-B's size (12 layers, 12 heads, d = 768, n = 4d) the 224 × 224 **pixels** of
# an image, each a token. ViT-B cuts the image into 196 patches of 16 × 16 instead. Write to the friend, in about six
# sentences and with a number in each answer: **What fails without patches? Why is that bad? How do patches mend it,** and what do
# they not mend?
#
# ### BEGIN SOLUTION
# *A point for each:*
#
# - What fails: 50,176 tokens make a matrix of 4·L² bytes, 9.4 GiB, in each head of each layer; training keeps 144
#   of them for one image, 1.3 TiB.
# - Why it is bad: no GPU holds that, whatever one is willing to wait; and pairs take L/6d, eleven times what
#   projections and MLP of a block take: over 90 % of the work is pairs.
# - How patches mend it, and what they do not: 256 times fewer tokens, so 65,536 times smaller matrices (150 KiB
#   each, 21 MiB in all), and pairs are 4 % of the work. The square stays: patches half as wide make matrices 16
#   times as large; and what is inside a patch meets by one projection only.
#
# A number that is right in its order of magnitude is right. No point for "it is too slow" without a reason.
# ### END SOLUTION

# %% [markdown]
# ## To remember
#
# 1. A product (a×b)(b×c) costs 2abc; a weight costs two FLOPs for every token, and a pair of tokens costs 4n, weights or
#    not.
# 2. In a Transformer with n = 4d attention starts at half the MLP, and is the more expensive half from L = 2d on.
# 3. Weights do not know L; the attention matrix knows nothing else: one number for every pair of tokens, in every head.
#
# **A limit of what you built:** FLOPs are not seconds, and not joules. Normalisation, softmax and copying hardly count
# and still take time, and a kernel that moves less memory is faster at the same count.
#
# **Next:** a photograph does not fit as pixels. The Vision Transformer cuts it into patches of 16 × 16, and 4 TiB become 64 MiB.
#
# ## References
#
# - A. Vaswani et al., *Attention is all you need*, NeurIPS 2017, [arXiv:1706.03762](https://arxiv.org/abs/1706.03762): section 4 and table 1.
# - A. Katharopoulos et al., *Transformers are RNNs: fast autoregressive Transformers with linear attention*, ICML 2020, [arXiv:2006.16236](https://arxiv.org/abs/2006.16236).
# - T. Dao et al., *FlashAttention*, NeurIPS 2022, [arXiv:2205.14135](https://arxiv.org/abs/2205.14135).
# - J. Kaplan et al., *Scaling laws for neural language models*, 2020, [arXiv:2001.08361](https://arxiv.org/abs/2001.08361): section 2.1. J. Hoffmann et al., *Training compute-optimal large language models*, NeurIPS 2022, [arXiv:2203.15556](https://arxiv.org/abs/2203.15556).
# - K. He et al., *Deep residual learning for image recognition*, CVPR 2016, [arXiv:1512.03385](https://arxiv.org/abs/1512.03385): section 3.3.
# - PyTorch's counter: `torch.utils.flop_counter.FlopCounterMode`, in every installation of PyTorch.
