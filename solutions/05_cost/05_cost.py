# %% [markdown]
# # 05 · What does attention cost?
#
# In lesson 02 one layer let every token look at every other. This lesson is the bill.
#
# **You will be able to**
#
# - write down parameters, FLOPs and memory of a layer from its formula, and hold them against PyTorch's own counter;
# - say from which length on attention, and not the MLP beside it, is the expensive half of a Transformer;
# - point at what makes attention quadratic, avoid it where that is allowed, and say why the softmax forbids it.
#
# **You need** lesson 02, and the rule for the shape of a matrix product. No GPU.
#
# **Time** about 70 minutes: 50 for the exercises, 20 for the rest. The computer needs less than a minute.

# %%
import math
import time

import torch
import torch.nn.functional as F
from torch import nn

from course import cost
from course.show import cost_stills, needs
from course.show.cost_curves import cost_curves
from grader import check, hint, numbers, sign_in
from grader.formula import parse

# %% [markdown]
# In a class, write the name and the key that your instructor gave you between the quotes; otherwise leave them empty.

# %%
sign_in("", key="")

# %% [markdown]
# ## What would it take to give attention a whole photograph?
#
# A photograph of 1,024 × 1,024 pixels, every pixel a token, into the attention layer of lesson 02. It makes one table: for each
# pixel, how much it attends to each pixel. One number takes four bytes.
#
# **Your guess first:** how many GiB does that one table take? The cell holds a friend's guess. Replace it with yours, then run
# both cells.

# %%
my_guess = 1.0  # GiB

# %% demonstration=true
pixels = 1024 * 1024
table = torch.empty(pixels, pixels, device="meta")  # "meta": a shape without contents, which takes no memory
needed = table.nbytes / 2**30

cost_stills.bars({"your guess": my_guess, "a laptop": 16, "an H200 GPU": 141e9 / 2**30, "the table": needed}, "GiB")
print(f"The table takes {needed:,.0f} GiB, {needed / my_guess:,g} times your guess.")

# %% [markdown]
# 4,096 GiB, or 4 TiB, for *one* layer with *one* head. The photograph itself fits into 12 MiB. Where does this come from, at which
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
# Each row sums to one: the weights of one query over all keys. The output of token i is the sum of all *values*, weighted by row i.
#
# </details>
# <details><summary>3 · How many attention layers does it take until the first token has seen the last one?</summary>
#
# One. The receptive field of a single layer is the whole sequence. That is what the table buys, and now you know its size.
#
# </details>

# %% [markdown]
# ## Notation
#
# | on the slides | what it is | shape |
# |---|---|---|
# | X | the sequence: L tokens, each d numbers wide | L×d |
# | W1, W2 | weights of the two fully-connected layers, the *MLP* | d×n, n×d |
# | Wq, Wk, Wv | weights that make queries, keys and values | d×n |
# | Wo | weights of the output projection | n×d |
# | Q, K, V | X Wq, X Wk, X Wv | L×n |
# | L, d, n | tokens, width of a token, units | |
#
# **(a)** two fully-connected layers: Y = (X W1) W2
#
# **(b)** attention: Y = (X Wq)(X Wk)ᵀ (X Wv) Wo
#
# Both are stripped to their matrix products: no bias, no softmax, no scale, no ReLU, and products taken from left to right. What
# was stripped costs little, and at the end you will see how little.

# %% [markdown]
# ## What does one matrix product cost?
#
# Everything in (a) and (b) is a matrix product, so one price list is enough. Start with numbers: a 2×3 matrix times a 3×4 matrix.
# **How many multiplications?** Replace the friend's guess, then run.

# %%
my_count = 8

# %%
A = [[1, 2, 3],
     [4, 5, 6]]
B = [[1, 0, 2, 1],
     [0, 1, 1, 0],
     [2, 0, 0, 1]]
AB = [[0, 0, 0, 0],
      [0, 0, 0, 0]]
multiplications = additions = 0
for row in range(2):
    for column in range(4):
        for inner in range(3):
            AB[row][column] += A[row][inner] * B[inner][column]
            multiplications += 1
            additions += 1
print("A B =", AB)
print(f"{multiplications} multiplications and {additions} additions; your guess was {my_count} multiplications")

# %% [markdown]
# Three loops inside one another: every entry of the result (8 of them) is a sum of products (3 each). An operation on two numbers,
# a multiplication or an addition, is one **FLOP**, a *floating-point operation*. This product took 48.
#
# From here on your answers are formulas: text in quotes, in ordinary Python (`"3*L**2 + d"`). Any equal form is right. Run the cell
# below your answer to check it, as often as you like; in a new cell, `hint("matmul_flops")` gives a hint and costs nothing.

# %% exercise="matmul_flops"

# %% [markdown]
# ### Why do two tools give two numbers for the same layer?
#
# Because of that 2. A multiplication followed by an addition is one *multiply–add* (or MAC), and some tools count those, often
# under the name FLOPs. PyTorch's counter counts as you did; fvcore and timm count multiply–adds. Before you compare two numbers,
# ask for the convention: a factor of exactly two between two papers is nearly always this. Here, one multiply–add is two FLOPs.
#
# Next, make the formula work for anything that `@` can multiply.

# %% exercise="count_matmul"

# %% [markdown]
# PyTorch has a counter too. It watches a computation and adds up every product; `cost.measure` runs it on `meta` tensors, so no
# product is really computed. Yours and PyTorch's, on the same shapes:

# %% demonstration=true
needs(count_matmul=count_matmul)
matrices = (2, 3), (3, 4)
layer = (50, 1024), (1024, 2048)
shared = (32, 50, 64), (64, 128)
with_heads = (32, 12, 197, 64), (32, 12, 64, 197)
for a_shape, b_shape in [matrices, layer, shared, with_heads]:
    yours, measured = count_matmul(a_shape, b_shape), cost.measure(torch.matmul, a_shape, b_shape).flops
    print(f"{a_shape} @ {b_shape}:".ljust(40), f"yours {yours:>13,}   PyTorch's {measured:>13,}")

# %% [markdown]
# ## What do two fully-connected layers cost?
#
# Layer (a), Y = (X W1) W2. Three short questions; the shapes in the notation table are all you need. Draw the three matrices of
# each product as rectangles on paper, if you like: the sides that touch are equal, and vanish.

# %% exercise="mlp_parameters"

# %% exercise="mlp_shape"

# %% exercise="mlp_flops"

# %% [markdown]
# Divide the FLOPs by the weights: **every weight costs two FLOPs for every token**, one multiplication and one addition. That rule
# of thumb holds for any layer that treats tokens one by one. Keep it in mind: attention is about to break it.
#
# ## What does attention cost?
#
# Layer (b), Y = (X Wq)(X Wk)ᵀ (X Wv) Wo. The output has the same shape as (a)'s, L×d: two layers with the same input and the same
# output, so that either could stand in for the other.

# %% exercise="attention_parameters"

# %% exercise="attention_flops"

# %% [markdown]
# Two FLOPs for every weight and token are in there: four projections. The rest has no weights at all, and grows with L². It is the
# price of *pairs*: L queries times L keys, once to compare them and once to add up values.

# %% exercise="layer_gflops"

# %% [markdown]
# ## Do the formulas hold?
#
# Formulas are opinions until measured. Take d = 1,024 and n = 2,048, and three sequences: a sentence of 50 tokens, a 28 × 28 image
# with its 784 pixels as tokens, and the photograph with its 1,048,576.
#
# **Predict before you run:** how many times the MLP's FLOPs does attention take, at each of the three lengths? Again the guesses
# are a friend's.

# %%
my_ratios = {50: 1.0, 784: 2.0, 1_048_576: 100.0}

# %%
def at(formula, L, d=1024, n=2048):
    """Your formula at these sizes, as a number; nan as long as it is no formula."""
    try:
        return parse(formula, ["L", "d", "n"]).value(L=L, d=d, n=n)
    except (ValueError, ArithmeticError):
        return math.nan


# %% demonstration=true
needs(mlp_parameters=mlp_parameters, mlp_flops=mlp_flops)
needs(attention_parameters=attention_parameters, attention_flops=attention_flops)
d, n = 1024, 2048
mlp, attention = cost.TwoLayers(d, n, device="meta"), cost.AttentionLayer(d, n, device="meta")
formulas = {"MLP": (mlp, mlp_flops), "attention": (attention, attention_flops)}
print(f"{'':9} {'L':>9} {'output':>17} {'FLOPs, your formula':>23} {'FLOPs, measured':>23} {'difference':>11}")
for name, (layer, flops) in formulas.items():
    for L in my_ratios:
        measured = cost.measure(layer, (L, d))
        yours = at(flops, L)
        print(f"{name:9} {L:>9,} {measured.output_shape!s:>17} {yours:>23,} {measured.flops:>23,} {yours - measured.flops:>11,}")
for name, layer, weights in [("MLP", mlp, mlp_parameters), ("attention", attention, attention_parameters)]:
    counted = cost.measure(layer, (1, d)).parameters
    print(f"{name:9} weights: {at(weights, L=1):>9,} by your formula, {counted:>9,} counted")

# %% [markdown]
# The difference is 0 at all three lengths, up to nine quadrillion (a 9 and fifteen more digits). If one of yours is not, the last
# column tells by how much; and the million tokens were counted on `meta`, where nothing is computed. The output has the input's
# shape, in both layers. Now your predictions:

# %% demonstration=true
d, n = 1024, 2048
layers = cost.AttentionLayer(d, n, device="meta"), cost.TwoLayers(d, n, device="meta")
ratios = {}
for L in my_ratios:
    attention, mlp = (cost.measure(layer, (L, d)).flops for layer in layers)
    ratios[L] = attention / mlp
cost_stills.against_guess(ratios, my_ratios, ylabel="attention ÷ MLP, in FLOPs")

# %% [markdown]
# ## Where does attention become the expensive one?
#
# It starts as the expensive one: 2.05 times the MLP at 50 tokens. Why not 1? Divide your two formulas, and nearly everything cancels:
#
# attention ÷ MLP = **2 + L/d**
#
# The 2 is four projections against two layers. L/d is the price of pairs, measured in MLPs: it is counted in *widths*. At
# L = d = 1,024 the pairs alone cost a whole MLP; at L = 2d they cost as much as the layer's own four projections. A sequence is
# long when L is large **compared with d**; n has dropped out.
#
# Do it with your hands. Move the sliders (mouse, or click one and use the arrow keys), or click into the plot.
#
# 1. Set L = d. Which two curves cross there, and does n move the crossing?
# 2. Find the share of pairs at L = 50, and at L = 1,048,576.
# 3. Press **d wide: a Transformer** and set n = 4,096. What has changed at small L?

# %% demonstration=true
cost_curves(L=784, d=1024, n=2048)

# %% [markdown]
# <details><summary>What you should have seen</summary>
#
# 1. The part with L² crosses the MLP's line. n moves both up and down together and leaves the crossing where it is.
# 2. 2 % of attention's FLOPs at L = 50, more than 99 % at L = 1,048,576. Same layer, two different machines.
# 3. Attention starts *below* the MLP, at half its price: now there is a race.
#
# </details>

# %% [markdown]
# That button is the setting you will meet in every Transformer: queries, keys and values together are as wide as a token, so the
# projections are d×d. The MLP keeps its n hidden units, usually n = 4d. Short sequences are now cheaper to attend over than to
# transform. Until when?

# %% exercise="overtakes"

# %% [markdown]
# Your formula as a vertical line, on curves that PyTorch counted. A line that misses the crossing is wrong.

# %% demonstration=true
needs(overtakes=overtakes)
d, n = 768, 3072  # ViT-B and BERT-base: n = 4d
lengths = [2**k for k in range(6, 15)]
counted = {
    "MLP": [cost.measure(cost.TwoLayers(d, n, device="meta"), (L, d)).flops for L in lengths],
    "attention, d×d projections": [cost.measure(cost.AttentionLayer(d, d, device="meta"), (L, d)).flops for L in lengths],
}
cost_stills.crossing(lengths, counted, line=at(overtakes, L=0, d=d, n=n), title="One block of ViT-B, d = 768, n = 3,072")

# %% [markdown]
# With n = 4d the crossing is at L = 2d. ViT-B (d = 768) sees 197 tokens, 1,536 would be the draw: attention takes 36 % of a block's
# FLOPs there, and **most of the price is the MLP's**.
#
# ## What does it do to the memory?
#
# FLOPs can be waited for; memory cannot. Go back to the table that did not fit.

# %% exercise="attention_matrix_bytes"

# %% demonstration=true
needs(attention_matrix_bytes=attention_matrix_bytes)
for L in (50, 784, 1_048_576):
    matrix = torch.empty(L, L, device="meta").nbytes
    print(f"L = {L:>9,}   yours {at(attention_matrix_bytes, L):>17,} bytes   measured {matrix:>17,} bytes = {cost.human(matrix, 'B')}")

# %% [markdown]
# From 9.8 KiB to 4 TiB. Before the next exercise, decide which is right: "the attention matrix is the largest thing in the
# layer" – always, never, or it depends?

# %% exercise="memory_order"

# %% [markdown]
# It depends. At 784 tokens the matrix is the smallest of the five, 2.3 MiB; at a million it is 131,072 times the weights of the whole
# layer, which have not grown by a byte. Two things make it worse in practice: a layer with h heads makes h matrices, and training keeps
# them for the backward pass.
#
# ## Can the square be avoided?
#
# Look at (b) again, written with Q, K and V: Y = (Q Kᵀ) V Wo. The L×L matrix is born when Q meets Kᵀ, and dies when V arrives.
# Matrix products are *associative*: (Q Kᵀ) V = Q (Kᵀ V). Same numbers, and it never has to be born.
#
# **Predict:** with d = 1,024 and n = 2,048, from which length on does the second order save FLOPs?

# %%
my_saving = 100  # tokens

# %% exercise="linear_attention"

# %% demonstration=true
needs(linear_attention=linear_attention)
d, n = 1024, 2048
print(f"{'L':>9} {'from left to right':>20} {'your function':>20}")
for L in (50, 784, 2048, 8192, 1_048_576):
    usual = cost.measure(cost.AttentionLayer(d, n, device="meta"), (L, d)).flops
    yours = cost.measure(linear_attention, (L, d), (d, n), (d, n), (d, n), (n, d)).flops
    print(f"{L:>9,} {cost.human(usual, 'FLOPs'):>20} {cost.human(yours, 'FLOPs'):>20}")
print(f"you said that it saves from L = {my_saving:,} on")

# %% [markdown]
# If the right-hand column ends at 35 TFLOPs, there is no L×L matrix in your function; if it ends at 9 PFLOPs, there is. The pairs'
# 4L²n has become 4Ln²: one L traded for an n. So the cheap order is the *dear* one until L = n = 2,048: at 784 tokens the layer takes
# 26 GFLOPs in place of 18. Linear in L is a promise about the slope, not about the price.
#
# So why does every Transformer form the L×L matrix? Because of what was stripped. Put the softmax back, on four tokens, in both orders:

# %%
torch.manual_seed(0)
Q, K, V = torch.randn(3, 4, 2)  # four tokens, n = 2
print("softmax(Q Kᵀ) V:\n", (Q @ K.T).softmax(-1) @ V)
print("softmax over Kᵀ V instead:\n", Q @ (K.T @ V).softmax(-1))
print("without a softmax, one order:\n", (Q @ K.T) @ V)
print("and the other:\n", Q @ (K.T @ V))

# %% exercise="why_not_reorder"

# %% [markdown]
# The same thing holds layer (a) together. Without a ReLU between them, X (W1 W2) would be one d×d matrix: fewer FLOPs (for d < 2n), and not two layers
# any more. Non-linearities are what stops us from moving the parentheses, and what we pay them for.
#
# Two ways out are in use. *Linear attention* (Katharopoulos 2020) replaces the softmax by a product, φ(Q) φ(K)ᵀ, and buys the cheap order
# with different numbers. *FlashAttention* (Dao 2022) keeps the softmax and every FLOP, but makes the matrix in tiles and never stores
# it: memory linear, work quadratic.
#
# ## Does the clock agree?
#
# FLOPs are a count, seconds are what you wait. With d = 256, the formula 2 + L/d says 2.2 MLPs of work at L = 50, and 5.1 at L = 784.
# **Predict:** how many MLPs of *time* will attention take at L = 784?

# %%
my_clock = 5.1

# %%
def milliseconds(run, x, repeats=20):
    """The time of the fastest of several runs of run(x): the slower ones were disturbed by something else."""
    fastest = float("inf")
    with torch.no_grad():
        for _ in range(repeats):
            start = time.perf_counter()
            run(x)
            fastest = min(fastest, time.perf_counter() - start)
    return 1000 * fastest


# %% demonstration=true
d, n = 256, 512
layers = {"(a) MLP": cost.TwoLayers(d, n), "(b) attention": cost.AttentionLayer(d, n)}
for L in (50, 784):
    x = torch.randn(L, d)
    took = {name: milliseconds(layer, x) for name, layer in layers.items()}
    for name, layer in layers.items():
        rate = cost.measure(layer, (L, d)).flops / took[name] / 1e6
        print(f"L = {L:3}   {name:14} {took[name]:7.2f} ms   {rate:6.0f} GFLOPs a second")
    print(f"          attention ÷ MLP: {took['(b) attention'] / took['(a) MLP']:.1f} by the clock, {2 + L / d:.1f} by the formula")
print(f"          your guess for L = 784: {my_clock}")

# %% [markdown]
# This is a measurement, not a law: run it again and it moves. The last column says why the clock and the formula seldom agree to the digit:
# the same processor gets through more or fewer FLOPs a second, depending on the shapes of the products and on what has to be written to
# memory in between. FLOPs tell you how the bill *grows*; the clock tells you what it is today.
#
# ## What does a whole model cost?
#
# Your own counter, on ViT-B/16 (`course.vision.vit` builds it): 196 patches of 16 × 16 × 3 numbers and one extra token, 12 blocks of
# attention with 12 heads and an MLP, one linear layer for 1,000 classes. **Predict:** how many per cent of its FLOPs are for pairs of
# tokens?

# %%
my_share = 30  # per cent

# %% demonstration=true
needs(count_matmul=count_matmul)
L, d, n, heads = 197, 768, 3072, 12
projection = (L, d), (d, d)
scores = (heads, L, d // heads), (heads, d // heads, L)
weighted_sum = (heads, L, L), (heads, L, d // heads)
two_layers = [((L, d), (d, n)), ((L, n), (n, d))]
ends = [((196, 16 * 16 * 3), (16 * 16 * 3, d)), ((1, d), (d, 1000))]


def total(products):
    return sum(count_matmul(*shapes) for shapes in products)


parts = {
    "projections": 12 * total(4 * [projection]),
    "pairs of tokens": 12 * total([scores, weighted_sum]),
    "MLPs": 12 * total(two_layers),
    "patches and classes": total(ends),
}
whole = sum(parts.values())
for name, flops in parts.items():
    print(f"{name:20} {flops:>15,}  {flops / whole:6.1%}" + (f"  (you said {my_share} %)" if name == "pairs of tokens" else ""))
print(f"{'ViT-B/16':20} {whole:>15,}")

# %% [markdown]
# Now the same model from PyTorch's own parts, run through PyTorch's counter; and the attention kernel alone, on two devices:

# %% demonstration=true
from torch.utils.flop_counter import FlopCounterMode

block = nn.TransformerEncoderLayer(768, 12, 3072, batch_first=True, norm_first=True, device="meta")
measured = (
    cost.measure(nn.Conv2d(3, 768, kernel_size=16, stride=16, device="meta"), (1, 3, 224, 224)).flops
    + cost.measure(nn.TransformerEncoder(block, 12, enable_nested_tensor=False), (1, 197, 768)).flops
    + cost.measure(nn.Linear(768, 1000, device="meta"), (1, 768)).flops
)
print(f"PyTorch's counter: {measured:,} FLOPs, or {cost.human(cost.multiply_adds(measured), 'MACs')}")

pairs = {}
for device in ("meta", "cpu"):
    q = torch.randn(1, 12, 197, 64, device=device)
    with FlopCounterMode(display=False) as counter:
        F.scaled_dot_product_attention(q, q, q)
    pairs[device] = counter.get_total_flops()
    print(f"pairs of tokens of one layer, counted on {device + ':':5} {pairs[device]:>11,}")
unseen = 12 * (pairs["meta"] - pairs["cpu"])
print(f"the model, its 12 layers counted on the CPU: {cost.human(measured - unseen, 'FLOPs')}")

# %% [markdown]
# 35,127,656,448, to the last digit. And a trap: on a CPU the counter does not see inside the fused attention kernel and reports 0 for it.
# ViT-B/16 would come out at 33.70 GFLOPs, and nothing would look wrong. Whoever can write the formula notices.
#
# What about the softmax that we left out? The counter leaves it out too. It takes about five operations for each score: find the maximum,
# subtract, exponentiate, add up, divide. **Estimate** how much of the model that is, then open.
#
# <details><summary>Estimate</summary>
#
# With 64 dimensions a head, the two products take 4 × 64 = 256 operations for each score, so 5 more are 2 % of the pairs of tokens. Those are
# 4 % of the model: the softmax is less than a thousandth.
#
# </details>

# %% [markdown]
# ## What the papers report
#
# Cover the right-hand column. For each row, say first: does it count FLOPs or multiply–adds, and what does it leave out?
#
# | who | what they write | in the notation of this lesson |
# |---|---|---|
# | Vaswani 2017, table 1 | self-attention O(n²·d), recurrent O(n·d²), convolution O(k·n·d²) per layer; self-attention is faster than recurrence when n < d | their n is our L: the pairs, without the projections |
# | Dosovitskiy 2021 | every pixel attending to every pixel "does not scale to realistic input sizes": hence patches of 16 × 16 | 256 times fewer tokens, 65,536 times fewer pairs |
# | timm | ViT-B/16: 17.58 GMACs | your count: 17.56 G multiply–adds, 35.13 GFLOPs (theirs adds 5 for each entry of the 25 LayerNorms) |
# | He 2016 | ResNet-34: 3.6 billion "FLOPs (multiply-adds)" | 7.2 GFLOPs here |
# | Kaplan 2020, Hoffmann 2022 | training costs 6·N·D FLOPs for N weights and D tokens | 2 for each weight and token, three times (backward costs two forwards); the pairs are left out |
#
# **Try it:** 6·N·D leaves out the pairs. For d = 768 and 12d² weights a block, from which L on would the pairs be more than a
# tenth of a block's forward pass? (The block: attention with d×d projections, and an MLP with n = 4d.)
#
# <details><summary>Answer</summary>
#
# L = 2d/3 = 512. A causal model that skips the masked half of the pairs gets to 4d/3 = 1,024, which is where GPT-2 of this width stops. The
# rule is good where L is small compared with d: GPT-3 has d = 12,288 and 2,048 tokens.
#
# </details>

# %% [markdown]
# ## Why, and what if
#
# Three questions without a computer.

# %% exercise="four_times"

# %% exercise="smaller_patches"

# %% [markdown]
# And the third, to answer aloud:
#
# <details><summary>A colleague replaces all attention in a ViT-B at 197 tokens by linear attention, and expects it to run in half the time. What do you tell them?</summary>
#
# The pairs are 4 % of the FLOPs, so 4 % is the most that can be saved. And with 64 dimensions a head (n = 64, L = 197) the cheap order
# saves two thirds of that. Measure where the cost is before you remove it.
#
# </details>
#
# ## To remember
#
# 1. A product (a×b)(b×c) costs 2abc; a weight costs two FLOPs for every token, and a pair of tokens costs 4n, weights or not.
# 2. Attention over MLP is 2 + L/d with d×n projections; in a Transformer with n = 4d, attention is the dearer half from L = 2d on.
# 3. Weights do not know L; the attention matrix knows nothing else: one number for every pair of tokens, in every head.
#
# **A limit of what you built:** FLOPs are not seconds, and not joules. Normalisation, softmax and copying hardly count and still take time,
# and a kernel that moves less memory (FlashAttention) is faster at the same count.
#
# **Next:** a photograph does not fit as pixels. The Vision Transformer cuts it into patches of 16 × 16, and 4 TiB become 64 MiB; for its own
# images, 224 × 224, about 150 KiB.
#
# ## References
#
# - A. Vaswani et al., *Attention is all you need*, NeurIPS 2017, [arXiv:1706.03762](https://arxiv.org/abs/1706.03762): section 4 and table 1.
# - A. Dosovitskiy et al., *An image is worth 16×16 words*, ICLR 2021, [arXiv:2010.11929](https://arxiv.org/abs/2010.11929): section 2.
# - A. Katharopoulos et al., *Transformers are RNNs: fast autoregressive Transformers with linear attention*, ICML 2020, [arXiv:2006.16236](https://arxiv.org/abs/2006.16236).
# - T. Dao et al., *FlashAttention*, NeurIPS 2022, [arXiv:2205.14135](https://arxiv.org/abs/2205.14135).
# - J. Kaplan et al., *Scaling laws for neural language models*, 2020, [arXiv:2001.08361](https://arxiv.org/abs/2001.08361): section 2.1. J. Hoffmann et al., *Training compute-optimal large language models*, NeurIPS 2022, [arXiv:2203.15556](https://arxiv.org/abs/2203.15556).
# - K. He et al., *Deep residual learning for image recognition*, CVPR 2016, [arXiv:1512.03385](https://arxiv.org/abs/1512.03385): section 3.3.
# - PyTorch's counter: `torch.utils.flop_counter.FlopCounterMode`, in every installation of PyTorch.
