# %% [markdown]
# # 01 · Context: what may one output look at?
#
# A pixel on its own says nothing; among its neighbours it is part of an edge, of an
# eye, of a face. Every layer of a network answers one question before it learns
# anything: **which inputs may one output look at, and who decides?** Here you build the
# two old answers, the convolution and the recurrence, find where each of them fails, and
# meet attention as the third.
#
# **You will be able to**
#
# - write a convolution and a recurrence yourself, equal to PyTorch's;
# - compute what a stack of layers sees, weighs and costs, from formulas;
# - test whether a layer is translation equivariant, and say what that buys;
# - say why one context vector fails with length, and what looking back costs.
#
# **You need** Python, tensors and their shapes (lesson 00), and to have trained a small
# network in PyTorch once. No GPU.
#
# **Time** about three hours, half of them in {{exercises}} exercises ({{points}} points),
# with a break marked on the way. The computer needs about a minute and a half in all, and
# up to half a minute more with a `conv2d` that loops over the places of the image.

# %% [markdown] author=true
# Transfer: what a reader ought to be able to answer after this lesson.
# 1. A layer 5 wide with stride 2, then two layers 3 wide. How far does an output see? (13)
# 2. A colleague says a CNN is "translation invariant". What is, and what is not?
# 3. A model reads log files line by line with a GRU and answers questions about the
#    first line. Long files fail. Is a wider state the cure? What does it cost?
# 4. Spectrograms: is a pattern that moves along the frequency axis the same pattern?
#    Would you choose a convolution there?
# 5. Someone encodes weekdays as the numbers 1 to 7. What has been said by that?
# 6. "Attention is O(n²·d), recurrence O(n·d²): at n < d attention is cheaper." Check it.
# 7. All columns of a table of measurements are stored in random order. FC, CNN, or
#    attention without positions: which would you try first, and why?

# %%
import math
import time

import torch
from torch import nn
from torch.nn import functional as F

import course.attention
from course.data import digits
from course.language import copying, letter_table
from course.show import context, cost_stills, needs
from course.show.shifts import shifts
from course.training.stand_in import stand_in
from course.vision.bag_of_words import BagOfWords
from grader import check, hint, numbers, sign_in
from grader.formula import parse

# %% [markdown]
# {{notebook: In a class, write the id and the key that your instructor gave you between the
# quotes; otherwise leave them empty.}}

# %%
sign_in("", key="")

# %% [markdown]
# ## Why not let every output look at everything?
#
# A phone takes photographs of 4,000 × 3,000 pixels, three numbers each. Take the
# plainest layer there is, fully connected, from such a photograph to one of the same
# size: every output looks at every input, with a weight of its own, four bytes each.
#
# **Your guess first:** how many terabytes are its weights? {{notebook: Put a
# number in place of `None`, then run both cells.}}{{page: Write it down, then read on.}}

# %%
my_terabytes = None

# %% demonstration=true
numbers_in_it = 4000 * 3000 * 3
needed = 4 * numbers_in_it**2 / 1e12
cost_stills.bars(
    {"your guess": my_terabytes, "a large hard disk": 24, "the weights": needed}, "TB"
)
print(f"A convolution 3 × 3 from 3 channels to 3: {4 * (3 * 3 * 3 * 3 + 3)} bytes.")

# %% [markdown]
# 5,184 TB, over two hundred of the largest disks, for **one** layer. The convolution does
# it in 336 bytes, by two decisions: one output looks at 3 × 3 pixels, and all outputs
# share the same weights. What do we lose by them, and when do we want it back?
#
# ### Before you begin: three questions on tensors
#
# Answer each aloud, then open.
#
# <details><summary>1 · a has shape (64,), b has shape (64, 1). What is the shape of a − b?</summary>
#
# (64, 64). Shapes are aligned from the right; the ones are stretched.
#
# </details>
# <details><summary>2 · x is (8, 16, 5, 5): images, channels, rows, columns. How do you average over all places?</summary>
#
# `x.mean(dim=(-2, -1))`, which leaves (8, 16).
#
# </details>
# <details><summary>3 · X is (L, d), W is (d, n). Which rows of X does row i of X W depend on?</summary>
#
# On row i alone. A matrix on the right treats tokens one by one; nothing here looks at
# anything else. The rest of this course is about what does.
#
# </details>

# %% [markdown]
# ## What does a convolution do in the corner of a photograph?
#
# Three channels, so three layers of one kernel, k = 3 wide. Its middle is laid on a
# pixel, every number of the kernel is multiplied with what lies under it, and all 27
# products are added up, with one **bias**. Where the kernel reaches over the border, it
# meets zeros (*zero padding*). In the upper left corner of a photograph:
#
# | | red | green | blue |
# |---|---|---|---|
# | image | 0 0 0 / 0 **156 155** / 0 **153 154** | 0 0 0 / 0 **167 166** / 0 **164 165** | 0 0 0 / 0 **163 162** / 0 **160 161** |
# | kernel | −1 −1 1 / 0 **1 −1** / 0 **1 1** | 1 0 0 / 1 **−1 −1** / 1 **0 −1** | 0 1 1 / 0 **1 0** / 1 **−1 1** |
#
# Red: 156 − 155 + 153 + 154 = 308. **Do green and blue on paper**, add the three and a
# bias of 1, then open.
#
# <details><summary>The number in the corner</summary>
#
# Green −167 − 166 − 165 = −498, blue 163 − 160 + 161 = 164. 308 − 498 + 164 + 1 = **−25**.
#
# </details>
#
# Once more, with pixels of your own. {{notebook: The cell after your answer calls
# `check(…)`: run it as often as you like. Stuck? In a new cell, `hint("corner")` gives
# one hint at a time. Neither ever costs points.}}{{page: Check as often as you like.
# Stuck? Below the answer hints unfold, one at a time. Neither costs anything.}}

# %% exercise="corner"

# %% [markdown]
# One place is done. A photograph has twelve million.

# %% exercise="conv2d"

# %% [markdown]
# Your function, on three rows of that photograph, beside PyTorch's. Which number do you
# expect first?

# %% demonstration=true
needs(conv2d=conv2d)
red = torch.tensor([[156, 155, 156, 158, 158],
                    [153, 154, 157, 159, 159],
                    [149, 151, 155, 158, 159.0]])  # fmt: skip
photograph = torch.stack([red, red + 11, red + 7])  # (3, 3, 5): red, green, blue
kernel = torch.tensor([[[-1, -1, 1], [0, 1, -1], [0, 1, 1]],
                       [[1, 0, 0], [1, -1, -1], [1, 0, -1]],
                       [[0, 1, 1], [0, 1, 0], [1, -1, 1.0]]])[None]  # fmt: skip
yours = conv2d(photograph, kernel, torch.ones(1), padding=1)  # (1, 3, 5)
theirs = F.conv2d(photograph, kernel, torch.ones(1), padding=1)
print(yours[0], "PyTorch's, the same:", torch.allclose(yours, theirs), sep="\n")

# %% [markdown]
# −25 in the corner. (In mathematics a convolution turns the kernel by 180° first; what
# networks do is called a *cross-correlation*. As the kernel is learnt, nobody minds.)
#
# A kernel is a question asked at every place. All −1 with an 8 in the middle asks: *is
# this pixel unlike its neighbours?* On a flat patch it answers 0. Where do you expect it
# to answer loudest on a handwritten digit?

# %%
unlike = -torch.ones(1, 1, 3, 3)
unlike[0, 0, 1, 1] = 8

# %% demonstration=true
needs(conv2d=conv2d)
four = digits()[0][:4]  # (4, 8, 8) from 0, paper, to 1, ink
answers = conv2d(four[:, None], unlike, torch.zeros(1), padding=1)[:, 0]
context.pictures({"four digits": four, "unlike its neighbours?": answers})

# %% exercise="output_size"

# %% [markdown]
# ## How far does a stack of layers see?
#
# One layer sees k pixels in a row. The next one looks at *its* outputs, each of which
# saw k. How wide is that?

# %% exercise="field_of_view"

# %% [markdown]
# AlexNet, which won ImageNet in 2012, looks at 224 × 224 pixels through five convolutions and
# three pools. Does one output of the last see all of them? Beside your function's answer stands a
# control: which inputs move the middle output, asked of autograd.

# %% demonstration=true
needs(field_of_view=field_of_view)
stacks = {
    "AlexNet": ([11, 3, 5, 3, 3, 3, 3, 3], [4, 2, 1, 2, 1, 1, 1, 2]),
    "five layers 3 wide": ([3] * 5, [1] * 5),
    "the same, stride 2": ([3] * 5, [2] * 5),
}
for name, (kernels, strides) in stacks.items():
    row = torch.ones(1, 1, 500, requires_grad=True)
    layers = [nn.AvgPool1d(k, s) for k, s in zip(kernels, strides)]
    result = nn.Sequential(*layers)(row)[0, 0]
    result[len(result) // 2].backward()
    seen = int((row.grad != 0).sum())
    print(f"{name:20} yours {field_of_view(kernels, strides):4}   measured {seen:4}")

# %% [markdown]
# 195 of 224: almost. Without strides, five layers see 11 pixels; you would need 112 of
# them for 224. Far context is expensive for a convolution: that is its first limit.
#
# ## Does a layer notice where something is?
#
# Move the cat three pixels to the right. A convolution's result moves three pixels to
# the right and is otherwise the same: it is **translation equivariant**, f(move x) =
# move f(x). (*Invariant* would be f(move x) = f(x). A convolution is not; you often read
# that it is.) It comes for free from sharing the weights. Is it true of your `conv2d`, and
# of code you have not written? Write the test that decides.

# %% exercise="test_translation"

# %% [markdown]
# Your test judges three layers. **Before you look:** which of them pass?

# %%
def filtered(image):
    return conv2d(image[None], unlike, torch.zeros(1), padding=1)[0]


def each_second(image):
    few = filtered(image)[::2, ::2]  # and each of them written four times
    return few.repeat_interleave(2, dim=0).repeat_interleave(2, dim=1)


judged = {
    "your conv2d": filtered,
    "each second place of it": each_second,
    "louder to the right": lambda x: filtered(x) * torch.arange(x.shape[-1]),
}

# %% demonstration=true
needs(conv2d=conv2d, test_translation=test_translation)
for name, layer in judged.items():
    try:
        test_translation(layer)
        print(f"accepted: {name}")
    except AssertionError:
        print(f"rejected: {name}")

# %% [markdown]
# Sharing weights is what is tested: a gain of its own for each column breaks it, and so
# does a **stride** of 2, which is equivariant to moves by even numbers only. At the
# **border** even your convolution fails: zeros come into view. So no real network is
# exactly equivariant. The mean over all places would not change
# at all: it is *invariant*, and knows no longer where anything is.
#
# ## Who can read a digit that has moved?
#
# Two of your convolutions and a mean make a network.

# %% exercise="ConvNet"

# %% [markdown]
# The digits lie in the middle of a sheet of 12 × 12 pixels, two pixels of paper on each
# side. Three readers learn from 1,200 of them, *always in the middle*; the other 597, most of
# them by other writers, are for testing. **Fully connected**: 144 inputs, 64 hidden units.
# **Convolutional**: your `ConvNet`. **Look-up**: no training at all; the image asks all
# 1,200 known ones and takes the mean of their labels, weighted by how alike they are
# (attention, which you build in lesson 02).
#
# A training reads each image twelve times: minutes, with a `conv2d` that loops over the
# places of an image. So PyTorch's may do it in place of yours (`stand_in`), but only where
# the network's answers and gradients stay the same; a line says whether they do. In the
# figure below the curves, and in the finale's test, it is yours that reads.
#
# **Your guess first:** in the middle each reads about nine of ten. How many of 100 are right
# when the digit stands two pixels further to the right?

# %%
my_shift = {"fully connected": None, "convolutional": None, "look-up": None}  # of 100


# %%
def fit(network, x, labels, epochs=12, lr=0.02, seed=0):
    """Train on images x with their labels, and say how many seconds it took."""
    start = time.perf_counter()
    shuffle = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.Adam(network.parameters(), lr=lr)
    steps = epochs * math.ceil(len(x) / 64)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, lr, total_steps=steps)
    for _ in range(epochs):
        for batch in torch.randperm(len(x), generator=shuffle).split(64):
            optimizer.zero_grad()
            F.cross_entropy(network(x[batch]), labels[batch]).backward()
            optimizer.step()
            schedule.step()
    return time.perf_counter() - start


def accuracy(reader, x, labels):
    """How many of 100 images a reader names rightly."""
    with torch.no_grad():
        return 100 * (reader(x).argmax(dim=-1) == labels).float().mean().item()


def fully_connected(inputs):
    return nn.Sequential(
        nn.Flatten(), nn.Linear(inputs, 64), nn.ReLU(), nn.Linear(64, 10)
    )


images, labels = digits()
images = images[:, None] / images.std()  # (1797, 1, 8, 8); paper stays 0
one_hot = F.one_hot(labels, 10).float()  # (1797, 10)


def looked_up(known, beta=1000):
    """A reader that compares with `known` images, whose labels are the first ones."""
    keys = F.normalize(known.flatten(1), dim=-1)  # all of length one

    def read(x):
        queries = F.normalize(x.flatten(1), dim=-1)
        values = one_hot[: len(keys)]
        return course.attention.attention(beta * queries, keys, values).log()

    return read


# %% demonstration="long"
needs(ConvNet=ConvNet, conv2d=conv2d)
sheets = F.pad(images, (2, 2, 2, 2))  # (1797, 1, 12, 12)
torch.manual_seed(0)
readers = {"fully connected": fully_connected(144), "convolutional": ConvNet(1, 24, 10)}
moves, read = [-2, -1, 0, 1, 2], {}
with stand_in("conv2d", F.conv2d, readers["convolutional"], sheets[:50]):
    for reader in readers.values():
        fit(reader, sheets[:1200], labels[:1200])
    readers["look-up"] = looked_up(sheets[:1200])
    for name, r in readers.items():
        moved = {m: sheets[1200:].roll(m, -1) for m in moves}
        read[name] = [accuracy(r, moved[m], labels[1200:]) for m in moves]
context.curves(moves, read, {name: {2: g} for name, g in my_shift.items()},
               xlabel="pixels to the right", ylabel="right, of 100")  # fmt: skip

# %% [markdown]
# Two pixels, and both readers that look at fixed places are nearly blind: the ink has come
# to weights, and to pixels of the known images, that belong to other parts of a digit. The
# convolutional one hardly notices. Take a digit in your hand: drag it, or click it and use
# the arrow keys. The bars are how sure each reader is.
#
# 1. Find a place where the convolutional reader alone is right.
# 2. Where do its bars move, and why there?

# %% demonstration=true
needs(ConvNet=ConvNet, conv2d=conv2d, readers=globals().get("readers"))
shown = [1200, 1203, 1209, 1215]
shifts(images[shown, 0], labels[shown], readers)

# %% [markdown]
# <details><summary>What you should have seen</summary>
#
# The convolutional reader's bars move a little near the border: what its windows, 5 pixels
# wide, would answer outside the sheet is missing from its mean. Otherwise they stand
# still, because a mean does not ask where.
#
# </details>
#
# Is it the shared weights that do it? A control: give the look-up, which has none, 25
# copies of each known image, one for each place.

# %% demonstration=true
needs(ConvNet=ConvNet, conv2d=conv2d, readers=globals().get("readers"))
everywhere = torch.cat([
    sheets[:1200].roll((down, right), (-2, -1)) for down in moves for right in moves
])  # (30000, 1, 12, 12)  # fmt: skip
keys = F.normalize(everywhere.flatten(1), dim=-1)
queries = F.normalize(sheets[1200:].roll(2, -1).flatten(1), dim=-1)
read = course.attention.attention(1000 * queries, keys, one_hot[:1200].repeat(25, 1))
right = (read.argmax(dim=-1) == labels[1200:]).float().mean().item()
print(f"look-up among 30,000 moved images, two pixels to the right: {100 * right:.1f}")

# %% [markdown]
# What the convolution knows from birth can be bought with data: 25 times as much of it.
# Remember this when a Transformer is trained on images.
#
# ☕ *A good place for a break. Next: sequences.*

# %% [markdown]
# ## How does a letter become numbers?
#
# Text has no pixels. Each of the 26 letters needs a vector of d numbers first.

# %% exercise="encode_letters"

# %% [markdown]
# Does d < 26 lose anything? A network of two tables predicts the next letter in 465,000
# characters of English (Python's own manual, which is on your disk): letter → d numbers →
# 26 scores. With one-hot vectors it reaches what the pairs of letters allow, 3.2 bits a
# letter. **Your guess:** from which d on is it within 0.05 bits of that?

# %%
my_d = None

# %% demonstration="long"
pairs = letter_table.letter_pairs()  # (26, 26): how often each letter follows each
widths = [1, 2, 3, 5, 8, 13, 26]
learnt = {d: letter_table.learn_table(pairs, d) for d in widths}
torch.manual_seed(0)
fixed = {d: letter_table.learn_table(pairs, d, torch.randn(26, d)) for d in widths}
kinds = {"table learnt": learnt, "table at random": fixed}
bits = {name: [found[0] for found in kind.values()] for name, kind in kinds.items()}
least = letter_table.entropy(pairs)
context.curves(widths, bits, xlabel="d", ylabel="bits a letter", at=my_d, floor=least)

# %% [markdown]
# A *learnt* table of 8 numbers is enough: letters that behave alike may share. A random
# one needs nearly all 26: a linear layer behind it can give only d letters scores of
# their own choice; those of the others follow, and here chance says how. Which letters
# moved together? The learnt table with d = 2:

# %% demonstration=true
needs(learnt=globals().get("learnt"))
context.letters(learnt[2][1])

# %% exercise="what_is_lost"

# %% [markdown]
# ## How does one read a sequence?
#
# The convolution's trick again, along time: the same weights at every step. But
# this time each step hands on what it knows, the **state** h, n numbers.

# %% exercise="recurrent_step"

# %% exercise="recurrence"

# %% [markdown]
# One line against PyTorch's own, on your letters:

# %% demonstration=true
needs(recurrent_step=recurrent_step, recurrence=recurrence)
needs(encode_letters=encode_letters)
word = encode_letters("attention", torch.eye(26))  # (9, 26)
theirs = nn.RNN(26, 8)
wx, wh, b_in, b_state = (parameter.data for parameter in theirs.parameters())
states = recurrence(word, wx.T, wh.T, b_in + b_state)  # (9, 8)
print("the same as nn.RNN:", torch.allclose(states, theirs(word)[0], atol=1e-6))

# %% [markdown]
# Every state has heard of all tokens before it, so the receptive field is the whole past,
# at the price of a convolution 2 wide. Where is the catch?
#
# ## How much fits into one vector?
#
# In 2014 translation worked like this: one recurrent network reads the sentence, **its last
# state is all the second one is given**, and that one writes. Give such a pair the easiest
# task there is: *copy* a row of random digits, 1 to 10 long, through one vector.
#
# Both are recurrences of the kind used then, the **GRU** (Cho et al. 2014). Its step also
# computes z and r, *gates* between 0 and 1, each a sigmoid of x W + h U + b with weights of
# its own:
#
# $$h' = z \odot h + (1 - z) \odot \tanh(x\,W_x + r \odot (h\,W_h) + b)$$
#
# Where z is near 1 a number of the state stays as it was, so that it can be kept over many
# steps; where r is near 0 the new one is made of the token alone. The reader goes over the
# row in both directions, 24 numbers each. Its twin may look back at all states: Bahdanau's
# attention, 2015. Same data, same 400 steps.
#
# **Your guess first:** with the one vector, what share of the digits is right at each
# length? (Guessing blindly: 0.1. The last two are longer than any in training.)

# %%
my_copies = {1: None, 4: None, 7: None, 10: None, 12: None, 14: None}

# %% demonstration="long"
lengths = list(my_copies)
writers = {
    "one vector": copying.learn_to_copy(24, looks_back=False),
    "one vector, 48 wide": copying.learn_to_copy(48, looks_back=False),
    "looks back": copying.learn_to_copy(24, looks_back=True),
}
copied = {name: copying.share_copied(w, lengths) for name, w in writers.items()}
context.curves(lengths, copied, {"one vector": my_copies},
               xlabel="digits to copy", ylabel="share copied rightly")  # fmt: skip

# %% [markdown]
# The longer the row, the less comes through. Is the vector too small? The control says
# that this is not the whole of it: twice as wide, with three times the weights, does no better
# in the same 400 steps. All digits have to be packed into one place and unpacked in order,
# and *that* is hard to learn. Looking back, one output chooses **for each digit** which
# of the inputs to look at; where to look is all it has to learn. That is attention.
#
# On real sentences (Bahdanau et al. 2015, table 1, English to French): BLEU 17.82 with
# one vector, 26.75 with attention.

# %% [markdown] by_hand="in_one_vector" points=3 difficulty=3 minutes=8
# In your own words
#
# Two or three sentences for a colleague: what fails when a sequence is handed on as one
# vector, what did the wider vector show, and what does looking back cost in its place?
#
# ### BEGIN SOLUTION
# *A point for each:*
#
# - The longer the sequence, the less of it is given back rightly: the vector's size is
#   fixed, what has to be packed into it grows.
# - Room alone is no cure: in the same training the wider one did no better, though it
#   has three times the weights; and whatever the width, some length is too much.
# - All states have to be kept, and every output is compared with every input: memory
#   grows with the length, comparisons with its square.
# ### END SOLUTION

# %% [markdown]
# ## What does each of them cost?
#
# Four layers for L tokens, each d wide: fully connected over all of it, convolution,
# recurrence, attention. In an attention layer each token is multiplied by four matrices
# (query, key, value, output; lesson 02 says what they are for), and each pair of tokens is
# compared once and added up once.

# %% exercise="layer_weights"

# %% exercise="attention_over_recurrence"

# %% [markdown]
# Tables in papers write n for L, compare n²·d with n·d², and conclude that attention is
# cheaper than recurrence for n < d. With its projections it is never cheaper than yours:
# 2 + L/d is more than 2. (A GRU, with three times the matrices, makes it (2 + L/d)/3, and
# there the tables are right.) So why did it win? **Your guess:** L = 512, d = 256. By your
# formula attention takes 4 times the multiply–adds. How many times the recurrence's *time*
# will it take?

# %%
my_clock = None


# %%
def milliseconds(run, *inputs):
    """The time of the fastest of five runs: the others were disturbed."""
    times = []
    for _ in range(5):
        start = time.perf_counter()
        with torch.no_grad():
            run(*inputs)
        times.append(1000 * (time.perf_counter() - start))
    return min(times)


# %% demonstration=true
needs(recurrent_step=recurrent_step, recurrence=recurrence)
needs(attention_over_recurrence=attention_over_recurrence)
ratio = parse(attention_over_recurrence, ["L", "d"])
measured = {}
d = 256
for L in (64, 512):
    x, wx, wh = torch.randn(L, d), torch.randn(d, d) / 16, torch.randn(d, d) / 16
    attend = nn.MultiheadAttention(d, 1, bias=False)
    by_attention = milliseconds(attend, x, x, x)
    by_recurrence = milliseconds(recurrence, x, wx, wh, torch.zeros(d))
    measured[L] = by_attention / by_recurrence
    print(f"L = {L:3}: {ratio.value(L=L, d=d):.2f} times the multiply–adds, "
          f"{by_attention:.2f} ms against {by_recurrence:.2f} ms")  # fmt: skip
cost_stills.against_guess(measured, {512: my_clock}, "attention ÷ recurrence, in time")

# %% [markdown]
# More work in less time: a recurrence has to wait for each state before the next, attention
# is a few large products, and processors love large products. It is not cheap; it is
# **parallel**.

# %% exercise="first_to_last"

# %% [markdown]
# ## Which of them notices when the pixels are shuffled?
#
# A cruel experiment, on the digits. *One shuffle*: all images get their 64 pixels in the
# same new order. *Own shuffle*: each image gets an order of its own.

# %% demonstration=true
orders = torch.rand(1797, 64, generator=torch.Generator().manual_seed(1)).argsort(dim=1)
pixels = images.flatten(1)  # (1797, 64)
shuffled = {
    "as they are": images,
    "one shuffle": pixels[:, orders[0]].reshape(-1, 1, 8, 8),
    "own shuffle": pixels.gather(1, orders).reshape(-1, 1, 8, 8),
}
context.pictures({name: x[1:5, 0] for name, x in shuffled.items()})

# %% [markdown]
# You could read neither. Three networks are trained and tested on each kind, twelve times
# through the 1,200 images each: the fully-connected one, your `ConvNet`, and **attention**: each of the 64 pixels is a token,
# looks at all 64, and the mean over tokens goes to the classes. A token is its grey, and
# nothing else.
#
# **Guess each cell first**, of 100 right. (Guessing blindly: 10.)

# %%
my_shuffles = {
    "fully connected": {"as they are": None, "one shuffle": None, "own shuffle": None},
    "convolutional": {"as they are": None, "one shuffle": None, "own shuffle": None},
    "attention": {"as they are": None, "one shuffle": None, "own shuffle": None},
}


# %%
class PixelAttention(nn.Module):
    """Every pixel is a token, and looks at all others. (B, 1, 8, 8) -> (B, 10)"""

    def __init__(self, positions, d=32):
        super().__init__()
        self.grey = nn.Linear(1, d)
        self.place = nn.Parameter(torch.randn(64, d) / 2) if positions else 0
        self.look = course.attention.SelfAttention(d)
        self.think = nn.Sequential(nn.Linear(d, 64), nn.ReLU(), nn.Linear(64, d))
        self.last = nn.Linear(d, 10)

    def forward(self, images):
        x = self.grey(images.flatten(1)[..., None]) + self.place  # (B, 64, d)
        x = x + self.look(x)
        return self.last((x + self.think(x)).mean(dim=1))


networks = {  # and the rate at which each learns
    "fully connected": (lambda: fully_connected(64), 0.02),
    "convolutional": (lambda: ConvNet(1, 24, 10), 0.02),
    "attention": (lambda: PixelAttention(positions=False), 0.01),
    "attention with positions": (lambda: PixelAttention(positions=True), 0.01),
}


# %% demonstration="long"
needs(ConvNet=ConvNet, conv2d=conv2d)
noticed = {name: {} for name in networks}
with stand_in("conv2d", F.conv2d, ConvNet(1, 24, 10), images[:50]):
    for kind, x in shuffled.items():
        for name, (make, lr) in networks.items():
            torch.manual_seed(0)
            network = make()
            fit(network, x[:1200], labels[:1200], lr=lr)
            noticed[name][kind] = accuracy(network, x[1200:], labels[1200:])
context.against_guesses(noticed, my_shuffles)

# %% [markdown]
# - **Fully connected**: one shuffle is only a renaming of its inputs. It never knew who is
#   whose neighbour. With an own shuffle for each image it knows nothing.
# - **Convolutional**: notices *both*. It counts on neighbours that belong together.
# - **Attention** notices *neither*, and reads next to nothing. To it an image is a set of
#   greys: whatever the order, the set is the same.
# - Told where each pixel stands (**positions**, a learnt vector added to each: lesson 03),
#   it reads; and to an own shuffle for each image it is as blind as the others.
#
# Does it mind the one shuffle? Its two numbers differ, but so do those of two seeds. A
# control that needs no training: shuffle its positions along with the pixels. **What do you
# expect** of the difference?

# %% demonstration=true
torch.manual_seed(0)
network, renamed = PixelAttention(positions=True), PixelAttention(positions=True)
renamed.load_state_dict(network.state_dict())
renamed.place.data = network.place.data[orders[0]]
with torch.no_grad():
    apart = network(images[:100]) - renamed(shuffled["one shuffle"][:100])
print(f"largest difference: {apart.abs().max():.1e}")

# %% [markdown]
# Zero, up to rounding: to it, as to the fully-connected network, one shuffle is a renaming, and
# what it can learn is the same.
#
# What a layer takes for granted about its input is its **inductive bias**: help if it is
# true, harm if it is not. Attention takes nothing for granted. It has to be told, or to
# learn it.

# %% exercise="why_it_moved"

# %% [markdown]
# ## Three ages of vision, on one set
#
# 1. **Bag of visual words** (2004): small patches described by a recipe that people
#    designed, counted in a histogram, and a linear classifier (SVM). What to look at: designed.
# 2. **Convolutional network** (2012): the kernels are learnt; that one looks at
#    neighbours is designed. Your `ConvNet`, and your `conv2d` reads the test.
# 3. **Attention** (2020): whom to look at is computed from what is there. Here in its
#    plainest form, the look-up among known images, which learns nothing.
#
# The same 1,200 images to learn from, the same 597 to be tested on. **Your guess:** how many
# of 100 does each read?

# %%
my_ages = {"bag of visual words": None, "convolutional": None, "look-up": None}

# %%
known, known_labels, unknown, unknown_labels = (
    images[:1200], labels[:1200], images[1200:], labels[1200:]
)  # fmt: skip


def designed(seed):
    """Bag of visual words: the seconds it takes, and how many of 100 it reads."""
    start, brightest = time.perf_counter(), images.max()
    bag = BagOfWords(seed=seed).fit(known / brightest, known_labels)
    seconds = time.perf_counter() - start
    right = bag.predict(unknown / brightest) == unknown_labels
    return seconds, 100 * right.float().mean().item()


def learnt_kernels(seed):
    """Your `ConvNet`: the seconds it takes, and the network."""
    torch.manual_seed(seed)
    network = ConvNet(1, 24, 10)
    return fit(network, known, known_labels, seed=seed), network


# %% demonstration="long"
needs(ConvNet=ConvNet, conv2d=conv2d)
with stand_in("conv2d", F.conv2d, ConvNet(1, 24, 10), known[:50]):
    learnt_by_seed = [learnt_kernels(seed) for seed in range(3)]
ages = {
    "bag of visual words": [designed(seed) for seed in range(3)],
    "convolutional": [  # read by your own conv2d
        (seconds, accuracy(network, unknown, unknown_labels))
        for seconds, network in learnt_by_seed
    ],
    "look-up": [(0.0, accuracy(looked_up(known), unknown, unknown_labels))],
}
context.ages(ages, my_ages)

# %% [markdown]
# Each dot is a run with another seed. Newer is not better here: with 1,200 small images in
# the middle of the sheet, what people designed in 2004 holds its own against what is learnt,
# and comparing pixel by pixel is hard to beat. (Moved by two pixels it is lost, as you saw.)
# What changed the order was *data*: on ImageNet's 1.2 million images five networks of 2012,
# averaged, did not have the right answer among their best five in 16.4 % of cases, the best
# of the designed entries in 26.2 % (Krizhevsky et al. 2012). With 303 million images, a
# network of attention alone overtook the convolutional ones (Dosovitskiy et al. 2021). **The
# less is designed, the more has to be learnt, and the more there is to gain.**
#
# ## Three sentences to remember
#
# 1. A layer is a decision about who may look at whom: neighbours (convolution), the past
#    through one vector (recurrence), everyone, by what they find (attention).
# 2. A convolution is *equivariant* to translation because it shares its weights; the mean
#    over places makes it invariant; stride and border break it.
# 3. Attention takes 2 + L/d times the work of a plain recurrence; it is parallel, one step
#    from anywhere to anywhere, and knows nothing of order.
#
# **One limit of what you built.** 1,797 digits of 8 × 8 pixels are a toy: a window 5 wide
# is more than half as wide as the image. On photographs the CNN's lead over the fully-connected
# net is far larger, and one shuffle costs it far more.
#
# **Lesson 02** picks up here: how does one thing find what to look at? You will write the
# look-up in four lines. **Lesson 03** gives the pixels their places back.
#
# ## References
#
# - G. Csurka et al. *Visual categorization with bags of keypoints.* ECCV workshop 2004.
# - A. Krizhevsky, I. Sutskever, G. Hinton. *ImageNet classification with deep convolutional
#   neural networks.* NeurIPS 2012.
# - I. Sutskever, O. Vinyals, Q. Le. *Sequence to sequence learning with neural networks.*
#   NeurIPS 2014. arXiv 1409.3215
# - K. Cho et al. *Learning phrase representations using RNN encoder–decoder for statistical
#   machine translation.* EMNLP 2014. arXiv 1406.1078
# - D. Bahdanau, K. Cho, Y. Bengio. *Neural machine translation by jointly learning to align
#   and translate.* ICLR 2015. arXiv 1409.0473
# - A. Vaswani et al. *Attention is all you need.* NeurIPS 2017. arXiv 1706.03762, table 1
# - A. Dosovitskiy et al. *An image is worth 16×16 words.* ICLR 2021. arXiv 2010.11929
# - E. Alpaydin, C. Kaynak. *Optical recognition of handwritten digits.* UCI, 1998.
