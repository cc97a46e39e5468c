# %% [markdown] author=true
# What a reader ought to be able to answer after this lesson (ask whoever tries it):
#
# 1. A picture in a paper shows a reconstruction at 75 %, targets normalised per patch. What do you ask first?
#    (whose mean and deviation were put back)
# 2. `restore` is an argsort of an argsort. What goes wrong with one of them, and would the shapes tell? (no)
# 3. The loss on visible patches is larger than on hidden ones. A bug? (no: nothing is paid for them)
# 4. Hiding 75 % makes the encoder four times cheaper. And the whole method? (the decoder reads all patches)
# 5. Why does MaskFeat's encoder cost the same at any ratio?
# 6. A ConvNet is pre-trained with zeros in hidden places at its entrance only. What does it learn?
# 7. What would I-JEPA learn if the context were not cut out around its targets? (to copy)
# 8. A colleague's features differ at every call. (the mask is still on)
# 9. Probe 13 % like a random encoder, fine-tuned better than labels alone: what is said of the features?
# 10. Why must targets of a teacher be normalised? (the loss could be lowered by quiet features)
#
# NOT given: BEiT's tokens, data2vec, video (VideoMAE), how to scale; MAE on photographs is cited, not run.
#
# Recorded numbers: benchmarks/results/methods-cpu.md; tests in tests/lessons/test_11_masked.py.

# %% [markdown]
# # 11 · Masked images: hide it, and ask for it
#
# Cover most of a picture, have a network say what is under the cover, and uncover: the picture itself knows the
# answer, and nobody has to label anything. This lesson builds that, shows how easily its pictures deceive, and asks
# what it is good for.
#
# **You will be able to**
#
# - hide patches at random and put them back, in five lines and without a loop;
# - say what hiding saves, as a formula, and which part of the network it does not make cheaper;
# - choose what to ask for: pixels, pixels to their own scale, edges (HOG), or a teacher's features;
# - keep a convolution from looking under the cover, and test what a method that paints nothing asks for;
# - see through a reconstruction, and tell a linear probe from fine-tuning.
#
# **You need** lessons 02 to 06: attention, heads, positions, blocks, FLOPs and the Vision Transformer. That a network
# can learn from a task made of the images themselves (a *pretext task*) is all you need to know of such tasks.
#
# **Time** about five hours: {{minutes}} minutes for the {{exercises}} exercises ({{points}} points, {{by_hand}} of
# them given by a person{{notebook: , and not counted by `check`}}), the rest for reading. All cells together compute for a minute.

# %%
import copy
import math
import random
from functools import partial

import torch
import torch.nn.functional as F
from torch import nn

from course.checkpoints import shelf
from course.checkpoints.masked import decibels, nearest_visible, predicted_zero
from course.data.photographs import photograph
from course.data.shapes import shapes
from course.show import figure, needs
from course.show.guesses import beside_guesses
from course.show.hiding import hiding
from course.show.masked_table import masked_on_imagenet
from course.show.matrices import matrices
from course.show.reconstructions import reconstructions, side_by_side
from course.show.targets import four_targets
from course.show.training import curves
from course.ssl import digit_mae, ijepa
from course.ssl.digit_mae import DigitMAE
from course.ssl.mae import patchify, random_masking, unpatchify
from course.ssl.masked_recorded import RECORDED
from course.ssl.maskfeat import gradients, hog
from grader import check, hint, mine, numbers, sign_in
from grader.formula import value_of

# Yours, of lesson 04.
EncoderBlock = mine.EncoderBlock

# %% [markdown]
# {{notebook: In a class, write the id and the key that your instructor gave you between the quotes; otherwise
# leave them empty.}}

# %%
sign_in("", key="")

# %% [markdown]
# ## How much work is in one picture?
#
# A photograph of 224 × 224 pixels is 196 patches of 16 × 16. Hide 147 of them, three quarters. Each choice of what to
# hide is another question, with its answer in the picture. **Your guess first:** how many such questions does this
# one picture hold? Give the number of digits (1,000 has four). {{notebook: Put it in place of `None`, then
# run both cells.}}{{page: Write it down, then read on.}}

# %%
my_digits = None

# %% demonstration=true
questions = math.comb(196, 147)
digits = {"ways to hide 147 of 196": len(str(questions))}
beside_guesses(digits, {"ways to hide 147 of 196": my_digits}, "digits")

# %% [markdown]
# There are some 10⁵⁰ atoms in the Earth; a few thousand photographs hold as many questions. That is why masked
# methods hardly need augmentation, and why MAE (masked autoencoder: an encoder reads what is visible, a small decoder
# paints the rest; He et al. 2022) had not stopped gaining after 1,600 epochs over the same images (its
# paper, section 4.1): each time the question is new.
#
# ### Three questions on what came before
#
# <details><summary>1 · A ViT reads 49 of 196 patches. How do its attention tables shrink, and how its MLPs?</summary>
#
# The tables have 49² entries for 196²: a sixteenth. MLPs act on each token alone: a quarter.
#
# </details>
# <details><summary>2 · Positions are added to patches. What would a ViT know of a quarter of them without positions?</summary>
#
# A heap of patches, and not where they were. So positions are added *before* patches are dropped.
#
# </details>
# <details><summary>3 · What does a 3 × 3 convolution know after n layers?</summary>
#
# A square of 2n + 1 on each side (lesson 01). Remember it when something is hidden.
#
# </details>
#
# ## Which of these has learnt?
#
# A photograph (it comes with scikit-learn), 75 % of its patches hidden. We measure what is painted in their place in
# **decibels**, −10 log₁₀ of the mean squared error on hidden pixels: ten more is a tenth of the error. Two who learnt
# nothing: the mean colour of what is visible, everywhere; and for each hidden patch the mean colour of the *nearest
# visible* one. And a third: a network that **predicts zero, always**, for pixels normalised to mean 0 and deviation 1
# in each patch. To look at it one must undo the normalisation; let us do that as is usual, with the mean and
# deviation of the true patch. **Your guess:** how many decibels has *zero*? (A good small MAE has about 20 on simpler
# pictures.)

# %%
my_zero = None  # dB

# %% demonstration=true
photo = photograph("china")  # (1, 3, 416, 640)
true, grid = patchify(photo, 16), (26, 40)  # (1, 1040, 768)
noise = torch.rand(1, 1040, generator=torch.Generator().manual_seed(0))
_, rank = random_masking(noise, 260)  # of each patch by its noise
covered = rank >= 260  # (1, 1040)
mean_colour = true.unflatten(2, (-1, 3))[~covered].mean(dim=(0, 1)).repeat(256)
painted = {
    "mean colour": mean_colour.expand_as(true),
    "nearest visible": nearest_visible(true, covered, grid),
    "zero": predicted_zero(true, covered, grid),
}
found = {name: decibels(patches, true, covered) for name, patches in painted.items()}
beside_guesses(found, {"zero": my_zero}, "dB on hidden patches")

# %% demonstration=true
columns = {}
for name, patches in painted.items():
    pasted = torch.where(covered[..., None], patches, true)
    columns[name] = unpatchify(pasted, grid, 16)
figure(side_by_side(columns), alt="A temple, 75 % painted by three who learnt nothing")

# %% [markdown]
# **Zero knows nothing and wins.** What you see is the mean of each *hidden* patch, grey because one mean is taken
# over its colours too, pasted in by whoever drew the picture. Published figures of normalised MAEs are made like this
# (ours in `MAE.reconstruct` says so); it is right for looking, as long as nobody concludes anything from it. (It
# does not win on every picture: on scikit-learn's other one, a flower, most of which is smooth, it is two decibels
# behind the nearest visible patch{{notebook:; try `photograph("flower")`}}.)
#
# Now three painters of smaller pictures: zero with the true means and deviations; nearest visible; and a real MAE,
# trained by this course for twenty minutes {{notebook: (`course checkpoints card mae-shapes`) }}on pixels as they
# are. They are named A, B and C by lot. **Which is the trained one?** Look first, then write its letter.

# %% demonstration=true
mae = shelf.load("mae-shapes").module
drawn = shapes(1000, seed=1).floats()  # (1000, 3, 32, 32), not in its training
small = patchify(drawn, 4)  # (1000, 64, 48)
noise = torch.rand(1000, 64, generator=torch.Generator().manual_seed(0))
with torch.no_grad():
    by_mae, gone = mae.predict({"images": drawn, "noise": noise})
others = [paint(small, gone, (8, 8)) for paint in (predicted_zero, nearest_visible)]
lot = random.Random(7).sample("ABC", 3)
painters = dict(sorted(zip(lot, (by_mae, *others))))

# %% demonstration=true
pictures = {"given": drawn[:4]}
for letter, patches in painters.items():
    pasted = torch.where(gone[..., None], patches, small)[:4].clamp(0, 1)
    pictures[letter] = unpatchify(pasted, (8, 8), 4)
shown = side_by_side(pictures, hidden=gone[:4].unflatten(1, (8, 8)))
figure(shown, alt="Four shapes, 75 % hidden, as painted by A, B and C")

# %%
my_trained = None  # "A", "B" or "C"

# %% demonstration=true
for letter, patches in painters.items():
    said = "   <- your choice" if letter == my_trained else ""
    print(f"{letter}: {decibels(patches, small, gone):.1f} dB on hidden patches{said}")

# %% [markdown]
# <details><summary>Which was it?</summary>
#
# B. A is *zero*, which has learnt nothing, half a decibel behind it; C is the nearest visible patch, half a decibel
# further. So small is the honest margin of a small model after twenty minutes, and so easily is it matched by pasting
# the answer's mean in. (A betrays itself: in the second row it knows a ring of which two bits of the edge are
# visible, and nobody could.) Keep both beside anything you measure from here on; from now on nothing is pasted in.
#
# </details>
#
# ## How does one hide?
#
# Three quarters of the patches, others for each image, all images of a batch at once, and so that afterwards
# everything can be put back. The trick is to *sort random numbers*.

# %% exercise="choose_visible"

# %% exercise="back_in_place"

# %% [markdown]
# Both together, on a digit of 4 × 4 patches: numbers 0 to 15 as "tokens", four of them stay, −1 is the mask token.
# **Say first** what the middle picture must be if you were right.

# %% demonstration=true
needs(choose_visible=choose_visible, back_in_place=back_in_place)
torch.manual_seed(1)
keep, restore = choose_visible(torch.rand(1, 16), 4)
tokens = torch.arange(16.0)[keep][..., None]  # (1, 4, 1), in the order of the noise
placed = back_in_place(tokens, torch.tensor([-1.0]), restore)
numbered = {
    "all": torch.arange(16.0).reshape(4, 4),
    "put back": placed.reshape(4, 4),
    "rank of the noise": restore.reshape(4, 4).float(),
}
matrices(numbered, digits=0, axes=("row", "column"))

# %% [markdown]
# ### Hide it yourself
#
# The real MAE from above, its weights in this page, computing as you move: press and drag to hide patches, again to
# show them; the slider hides a share at random.
#
# 1. Hide only the shape, nothing else. What is painted, and why must it be so?
# 2. Hide all but the patches of the shape's border. Is the inside filled with the right colour?
# 3. At which share is the MAE no better than the nearest visible patch?
# 4. Hide 90 % or more and compare with *zero, true means pasted in*. Why does it get no worse?

# %% demonstration=true
hiding()

# %% [markdown]
# <details><summary>What you should have seen</summary>
#
# 1. Background: nothing that is visible says that there was a shape. What is hidden whole cannot be known.
# 2. Yes, mostly: the border tells colour and extent.
# 3. It depends on the picture; on the mean of 1,000 pictures it stays ahead, by 0.6, 0.9 and 1.1 dB at 50, 75 and 90 %.
# 4. It is told the mean of what is hidden at every share. That cannot get worse, and at 90 % it is ahead of the
#    network that was trained.
#
# </details>
#
# ## What is paid for?
#
# The visible patches are in the input. Painting them needs no understanding, so MAE does not pay for it.

# %% exercise="hidden_loss"

# %% [markdown]
# The trained MAE once more, 1,000 pictures, 75 % hidden: 19.5 dB on what was hidden. **Your guess:** and on the
# patches that it was *shown*?

# %%
my_visible = None  # dB

# %% demonstration=true
needs(hidden_loss=hidden_loss)
parts = {"hidden": gone, "visible": ~gone}
paid = {
    name: -10 * hidden_loss(by_mae, small, which).log10().item()
    for name, which in parts.items()
}
beside_guesses(paid, {"visible": my_visible}, "dB, the trained MAE")

# %% [markdown]
# Ten decibels *worse*: ten times the squared error, on what stands in its input. No bug: nobody paid for them. So
# pictures of reconstructions have the visible patches pasted in, too. (What happens when all are paid for, you will
# measure at the end.)

# %% [markdown]
# And a patch of sky that is a little too dark costs more than a leaf's lost veins. To ask for structure, each target
# patch is brought to its own scale: 85.4 in place of 84.9 % on ImageNet (He et al. 2022, table 1d). (The brightness is
# no longer asked for; hence the temptation of *Which of these has learnt?*)

# %% exercise="unit_patches"

# %% [markdown]
# PyTorch has nearly the same: a layer norm over each patch, without weights. **Before you run:** by how much do the two
# differ, for patches of 48 numbers?

# %% demonstration=true
needs(unit_patches=unit_patches)
ratio = F.layer_norm(small, (48,), eps=1e-6) / unit_patches(small)
middle = ratio.nanmedian()  # a number that is its patch's mean is 0 in both: 0 / 0
print(f"layer norm / yours: {middle:.4f}, √(48/47) = {(48 / 47) ** 0.5:.4f}")

# %% [markdown]
# ## What does hiding save?
#
# MAE's encoder never sees a hidden patch, *not even as a mask token*; the decoder, small and thrown away later, gets
# mask tokens for all of them.

# %% exercise="mae_flops"

# %% [markdown]
# ViT-B: 12 layers, 768 wide; the paper's decoder: 8 layers, 512 wide; 196 patches, 49 of them visible. **Your
# guess:** the encoder with mask tokens would cost 100. What do encoder **and** decoder of MAE cost together?

# %%
my_cost = None  # per cent of the encoder that reads everything

# %% demonstration=true
needs(mae_flops=mae_flops)
base = dict(N=196, V=49, D=12, d=768, K=8, w=512)
cost = {name: float(value_of(formula, **base)) for name, formula in mae_flops.items()}
whole = cost["encoder with mask tokens"]
shares = {name: 100 * cost[name] / whole for name in ("encoder", "decoder")}
shares["encoder and decoder"] = shares["encoder"] + shares["decoder"]
beside_guesses(shares, {"encoder and decoder": my_cost}, "per cent")

# %% demonstration=true
needs(mae_flops=mae_flops)
print(f"{'hidden':>8}{'encoder':>10}{'+ 8 layers':>12}{'+ 1 layer':>12}   (per cent)")
for visible in (147, 98, 49, 20):
    sizes = {**base, "V": visible}
    encoder = value_of(mae_flops["encoder"], **sizes)
    deep, flat = (value_of(mae_flops["decoder"], **{**sizes, "K": K}) for K in (8, 1))
    sums = (encoder, encoder + deep, encoder + flat)
    told = [float(100 * one / whole) for one in sums]
    print(f"{1 - visible / 196:8.0%}{told[0]:10.0f}{told[1]:12.0f}{told[2]:12.0f}")

# %% [markdown]
# At 75 % the *decoder* is the dearer half. Does it need eight layers? The paper judges encoders in two ways, as we
# shall: **fine-tuned**, with a new head and all weights learning from labels, and by a **linear probe**, one linear
# layer that reads the frozen features. With one layer in place of eight, fine-tuning is as good (84.8 against 84.9 %)
# and the probe is not (65.5 against 73.5; table 1a, ViT-L): a flat decoder leaves part of the painting to the
# encoder's last layers. Keep that for the end.
#
# ## What else could one ask for?
#
# A pixel is a lot of detail. Before networks learnt features, the best one was a **histogram of oriented gradients**:
# for each cell of an image, how much edge there is in each direction. MaskFeat (Wei et al. 2022) asks for that; its
# encoder reads a mask token in the place of each hidden patch.

# %% exercise="edge_vote"
given = numbers("edge_vote")

edge_vote = None  # between 0 and 1
### BEGIN SOLUTION
first, second = math.hypot(given.a, given.b), math.hypot(given.c, given.d)
edge_vote = 3 * first / math.hypot(3 * first, second)
### END SOLUTION

# %% exercise="cell_histograms"

# %% [markdown]
# Yours beside the library's on a channel of the photograph. (What counts as 0 in a flat sky is a matter of rounding:
# `course.ssl.maskfeat` says why.) And a control: the same picture at **half its contrast**, and inverted. **Before
# you run:** which of the two changes its HOG?

# %% demonstration=true
needs(cell_histograms=cell_histograms)
grey = photo.mean(dim=1, keepdim=True)[..., 128:256, 256:384]  # (1, 1, 128, 128)


def yours(image):
    dx, dy = gradients(image)  # Sobel's
    return cell_histograms(dx[0, 0], dy[0, 0], 8, 9)  # (16, 16, 9)


theirs = hog(grey, cell=8)[0, 0].permute(1, 2, 0)
print(f"off the library's by {(yours(grey) - theirs).abs().max():.1e}")
changes = {"half the contrast": 0.5 * grey + 0.25, "inverted": 1 - grey}
for name, other in changes.items():
    apart = (yours(other) - yours(grey)).norm(dim=-1)
    print(f"{name:18} moves a histogram of length 1 by {apart.mean():.4f} on average")

# %% [markdown]
# Neither: contrast is divided out, and an edge has no sign. What a target forgets, nobody is paid to paint.
#
# The four targets of **one picture**: pixels; each patch to its own scale (shown as it is asked for: no mean is put
# back, and you see why people do); HOG, each cell's strongest direction; and what the trained encoder says of each
# patch, its three main directions as red, green and blue. *Which of them still tells you the shape's colour?*

# %% demonstration=true
needs(unit_patches=unit_patches, cell_histograms=cell_histograms)
one = drawn[5:6]
dx, dy = gradients(one.mean(dim=1, keepdim=True))
with torch.no_grad():
    tokens = mae.encoder.tokens(one)[0, 1:]  # (64, 64), nothing hidden
histograms = cell_histograms(dx[0, 0], dy[0, 0], 4, 9)  # (8, 8, 9)
four_targets(one[0], unit_patches(patchify(one, 4))[0], histograms, tokens, 4)

# %% [markdown]
# <details><summary>What you should have seen</summary>
#
# Pixels tell it, and so do patches at their own scale wherever a patch holds more than one colour; a flat patch has
# lost its brightness, and the faint shading of the ground fills the whole scale. HOG knows the outline and no colour.
# The features of our small MAE say first of all *where* a patch lies, from left to right and from top to bottom, and
# hardly what it shows. A linear probe agrees: it reads 13.1 % of the eight kinds of shape; chance is 12.5. Twenty
# minutes made a painter, and not yet features that tell shapes apart.
#
# </details>

# %% [markdown]
# ## Why can a convolution not do that?
#
# A Transformer leaves hidden tokens out. A convolution slides over *all* places; put zeros into the hidden ones, and
# it will fill them.

# %% exercise="still_hidden"

# %% [markdown]
# ConvNeXt, a convolutional network with a ViT's recipe: its first layer makes one place of 4 × 4 pixels, its kernels
# are 7 × 7, and what is hidden are squares of 32 pixels, so 8 × 8 places. **Before you run:** after how many layers
# does the last of the 64 places know of its surroundings?

# %% demonstration=true
needs(still_hidden=still_hidden)
unknowing, gone_after = still_hidden["unknowing after n"], still_hidden["gone after"]
for n in (0, 1):
    left = int(value_of(unknowing, s=8, k=7, n=n))
    print(f"{n} convolutions of 7 × 7: {left} of 64 places know nothing")
print(f"the last is gone after {float(value_of(gone_after, s=8, k=7, n=1)):.2f}")

# %% [markdown]
# A square of 8 loses 6 a layer: after 8/6 layers, so in the second (round up where k − 1 does not divide s), nothing
# is hidden any more, and the network can do by copying what it should learn by
# understanding. FCMAE (Woo et al. 2023) computes at visible places only. With ordinary convolutions the same is had by
# setting what is hidden to zero, before a layer and behind it.

# %% exercise="sealed_convolution"

# %% [markdown]
# Two layers of 3 × 3, dense and sealed; a square of 8 × 8 in a map of 16 × 16 is hidden. What has come in from
# outside? And the control: if what is *hidden* changes, does anything visible notice?

# %% demonstration=true
needs(sealed_convolution=sealed_convolution)
hole = torch.ones(1, 16, 16, dtype=torch.bool)
hole[:, 4:12, 4:12] = False
weight, none = torch.ones(1, 1, 3, 3) / 9, torch.zeros(1)


def twice(x, sealed):
    for _ in range(2):
        dense = F.conv2d(x, weight, none, padding=1)
        x = sealed_convolution(x, weight, none, hole) if sealed else dense
    return x


ways = {"dense": False, "sealed": True}
came = {name: twice(1.0 * hole[None], way)[0, 0] > 0 for name, way in ways.items()}
came = {name: 1.0 * knows for name, knows in came.items()}
matrices(came, digits=0, axes=("row", "column"), label="knows of outside")

# %% demonstration=true
needs(sealed_convolution=sealed_convolution)
torch.manual_seed(0)
x = torch.rand(1, 1, 16, 16)
changed = torch.where(hole[None], x, torch.rand(1, 1, 16, 16))  # only what is hidden
for name, way in ways.items():
    apart = (twice(x, way) - twice(changed, way)).abs() * hole[None]
    print(f"{name:7} {int((apart > 1e-7).sum())} visible places notice")

# %% [markdown]
# With FCMAE alone ConvNeXt-B did not gain (ImageNet, fine-tuned 83.7 %, from labels 83.8; Woo et al., table 3). Its
# authors looked into it and found channels that were dead, or all alike. With channels that compete it did (84.6):

# %% exercise="ResponseNorm"

# %% [markdown]
# Two channels, one ten times as loud. What does GRN do with γ = 1 to their ratio? **Say first.** And a control: is it
# nothing at all at γ = 0, so that it may be put into a network that is trained already (lesson 07)?

# %% demonstration=true
needs(ResponseNorm=ResponseNorm)
norm = ResponseNorm(2)
x = F.normalize(torch.randn(1, 8, 8, 2), dim=(1, 2)) * torch.tensor([1.0, 10.0])
print("at the start it changes x by", (norm(x) - x).abs().max().item())
nn.init.ones_(norm.gamma)
loud = norm(x).square().sum(dim=(0, 1, 2)).sqrt()
print(f"10 to 1 becomes {loud[1] / loud[0]:.1f} to 1")

# %% [markdown]
# The mean strength is (1 + 10) / 2 = 5.5, so the quiet channel is multiplied by 1 + 1/5.5 = 1.18 and the loud one by
# 1 + 10/5.5 = 2.82, which makes 28.2 to 1.18: who is loud grows louder than the rest. Strengths are *relative*: two
# channels that are alike are both doubled, and stay alike until something else tells them apart.
#
# ## And if nothing is painted at all?
#
# I-JEPA (Assran et al. 2023) asks for *features* of a hidden block: what a slow average of the encoder, the teacher,
# says of those patches after reading the whole image. One large **context** block is read; four **target** blocks are
# asked for; whatever is a target is cut out of the context.

# %% exercise="test_blocks"

# %% [markdown]
# Your test as a judge of the course's own sampler, and of the same with the context left whole:

# %% demonstration=true
def drawn_blocks(cut):
    size = ijepa.block_size((14, 14), (0.15, 0.2), (0.75, 1.5), torch.rand(2).tolist())
    targets = ijepa.place(torch.rand(4, 2), size, (14, 14))  # (4, 14, 14)
    block = ijepa.place(torch.rand(2), (13, 13), (14, 14))  # (14, 14)
    return (block & ~targets.any(dim=0) if cut else block), targets


needs(test_blocks=test_blocks)
torch.manual_seed(0)
for cut in (True, False):
    try:
        test_blocks(partial(drawn_blocks, cut))
        verdict = "accepted"
    except AssertionError:
        verdict = "rejected"
    print("context", "without targets:" if cut else "left whole:", verdict)

# %% exercise="teacher_targets"

# %% [markdown]
# Why normalised? The loss is a distance to *moving* targets, and there is a cheap way to make a distance small: quiet
# features. Halve what the teacher says, and look at the loss of a student that has learnt nothing (I-JEPA's code takes
# *smooth L1*: half the squared distance where that is below 1, the plain distance less ½ beyond):

# %% demonstration=true
needs(teacher_targets=teacher_targets)
torch.manual_seed(0)
teacher, where = torch.randn(8, 16, 32), torch.randint(16, (8, 4, 3))
rows = torch.arange(8)[:, None, None]
for loud in (1.0, 0.5, 0.01):
    plain = F.smooth_l1_loss(torch.zeros(8, 4, 3, 32), loud * teacher[rows, where])
    asked = teacher_targets(loud * teacher, where)
    even = F.smooth_l1_loss(torch.zeros(8, 4, 3, 32), asked)
    print(f"teacher × {loud:4}: loss {plain:.4f} as it is, {even:.4f} normalised")

# %% [markdown]
# As they are, quiet features make the loss small; brought to one scale, they cannot. (Nothing learns here:
# it is the loss of a student that says zero.)

# %% exercise="whose_target"

# %% [markdown]
# ## Your own MAE
#
# Now everything together: digits of 8 × 8, sixteen patches, **four of them visible**; two of your `EncoderBlock`s read
# them, one paints; your `choose_visible`, your `back_in_place`, your `hidden_loss`. It learns from 1,400 digits in ten
# seconds or so and is measured on 397 others. Beside it the same net with the loss on **all** patches, and one that has
# `restore` wrong: one argsort where two are needed, which no shape gives away.
#
# **Your guesses**, mean squared error of a pixel between 0 and 1. For scale: who paints the mean digit, whatever is
# asked, has 0.073 on hidden patches.

# %%
my_error = {"yours, hidden": None, "yours, visible": None, "one argsort, hidden": None}


# %% demonstration=true
def small_mae(choose, place):
    torch.manual_seed(0)
    encoder = [EncoderBlock(48, 4, 96), EncoderBlock(48, 4, 96)]
    decoder = [EncoderBlock(48, 4, 96)]
    return DigitMAE(48, encoder, decoder, choose=choose, place=place)


def one_argsort(noise, kept):
    shuffle = noise.argsort(dim=1)
    return shuffle[:, :kept], shuffle


def on_all(predicted, target, hidden):
    return F.mse_loss(predicted, target)


# %% demonstration="long"
needs(choose_visible=choose_visible, back_in_place=back_in_place)
needs(hidden_loss=hidden_loss)
nets = {
    "yours": (choose_visible, hidden_loss),
    "all patches paid": (choose_visible, on_all),
    "one argsort": (one_argsort, hidden_loss),
}
error = {}
for name, (choose, loss) in nets.items():
    net = small_mae(choose, back_in_place)
    digit_mae.learn(net, loss)
    error[f"{name}, hidden"], error[f"{name}, visible"] = digit_mae.errors(net)
    nets[name] = net

# %% demonstration="long"
needs(choose_visible=choose_visible, back_in_place=back_in_place)
needs(hidden_loss=hidden_loss)
with torch.no_grad():
    asked = nets["yours"](digit_mae.seen_and_unseen()[1], digit_mae.noise_of_test())[1]
floor = digit_mae.mean_image_error(asked)
beside_guesses(error, my_error, "mean squared error", floor=floor)

# %% demonstration=true
needs(choose_visible=choose_visible, back_in_place=back_in_place)
needs(hidden_loss=hidden_loss)
images, made, away = digit_mae.painted(nets["yours"], 4)
reconstructions(images, made, away)

# %% [markdown]
# - **One argsort is as good as nothing**: tokens come back to wrong places, the loss still falls (from 0.5 to that of
#   the mean digit), no shape and no warning tells. Whoever looks at a falling curve alone would call it trained.
# - Your visible patches are painted *worse* than the hidden ones, although they were in the input: nobody paid for
#   them. With a loss on all patches they are nearly perfect, and the hidden ones are not better for it. So in a
#   picture of a reconstruction the visible patches are pasted in, and nothing is wrong with a model that paints them
#   badly.
#
# ## What is it good for?
#
# Painting was a pretext. What is kept is the encoder; the decoder goes. Its features are taken **with nothing
# hidden**. A bug of real notebooks is to leave the mask on. **Your guess:** the same 397 digits, read twice with
# different noise, mask still on: what is the cosine of the two feature vectors of a digit, on average? (Two different
# digits, no mask, have the *floor*. The mean over all digits is taken off first.)

# %%
my_cosine = None

# %% demonstration="long"
needs(choose_visible=choose_visible, back_in_place=back_in_place)
needs(hidden_loss=hidden_loss)
net, unseen = nets["yours"], digit_mae.seen_and_unseen()[1]
with torch.no_grad():
    masked = net.features_under_mask
    twice_read = [masked(unseen, torch.rand(397, 16)) for _ in range(2)]
    whole = net.features(unseen)
first, second, whole = (x - x.mean(dim=0) for x in (*twice_read, whole))
strangers = F.cosine_similarity(whole, whole.roll(1, 0)).mean().item()
same = F.cosine_similarity(first, second).mean().item()
measured = {"one digit, two masks": same}
beside_guesses(measured, {"one digit, two masks": my_cosine}, "cosine", floor=strangers)

# %% [markdown]
# Two calls, two answers: one digit is hardly more like itself, 0.11, than two different ones are, 0.04, the floor. Now
# the features as they should be, judged in both ways at ten labels a class: a linear probe, and fine-tuning, 150 steps.
# Beside yours the net with the **first weights** that yours had: a random encoder for the probe, labels alone for
# fine-tuning. Three draws of the hundred labelled digits. **Your guesses**, right of 100 unseen digits:

# %%
my_use = {"probe, first weights": None, "probe, yours": None}
my_use |= {"tuned, first weights": None, "tuned, yours": None}


# %% demonstration=true
def judged(net):
    """Three draws of labels: by a probe (3,); fine-tuned, read on the way (3, 10)"""
    probed = [digit_mae.probe(net.features, seed=draw) for draw in range(3)]
    tuned = [digit_mae.fine_tune(copy.deepcopy(net), seed=draw) for draw in range(3)]
    return 100 * torch.tensor(probed), 100 * torch.tensor(tuned)


# %% demonstration="long"
needs(choose_visible=choose_visible, back_in_place=back_in_place)
needs(hidden_loss=hidden_loss)
first = small_mae(choose_visible, back_in_place)
use, along = {}, {}
for name, net in {"first weights": first, "yours": nets["yours"]}.items():
    probed, along[name] = judged(net)
    use[f"probe, {name}"] = probed.tolist()
    use[f"tuned, {name}"] = along[name][:, -1].tolist()
beside_guesses(dict(sorted(use.items())), my_use, "right of 100, three draws")

# %% [markdown]
# **It paints, and it reads no better for it.** By the probe your encoder is no better than a random one; fine-tuned it
# is *behind* labels alone. One excuse is at hand: its weights have grown in training, and are tuned at a rate made for
# small ones. **The control:** yours **shuffled**, the trained numbers of each matrix in a random order, as large as
# before and telling nothing. **Your guess:** what does fine-tuning make of them?

# %%
my_shuffled = None  # right of 100

# %% demonstration="long"
needs(choose_visible=choose_visible, back_in_place=back_in_place)
needs(hidden_loss=hidden_loss)
_, along["shuffled"] = judged(digit_mae.shuffled(nets["yours"]))
last = {name: tuned[:, -1].tolist() for name, tuned in along.items()}
beside_guesses(last, {"shuffled": my_shuffled}, "right of 100, fine-tuned")
curves(along, "steps of fine-tuning", "right of 100", x=range(15, 151, 15))

# %% [markdown]
# After 30 and 45 steps yours is ahead of the first weights, after 60 behind them, and it ends last, when all three know
# the hundred labelled digits by heart. Shuffled, the same numbers have that early lead, too, and keep it over yours all
# along. So it is not their size: what stands in the way is what your encoder has *learnt*. (Which part of it, no run
# here tells. With three trainings, recorded: 71.6 ± 2.4 from yours, 78.9 ± 0.5 from first weights, 80.1 ± 3.7
# shuffled.) A falling loss, and even a picture that convinces, say nothing of features.
#
# Is 75 % the wrong share to hide? Recorded with three seeds, each with first weights, masks and labelled digits of its
# own (`benchmarks/results/masked.md`): a quarter, half, three quarters and seven eighths of the patches hidden.
# **Your guess:** at which of the four is the probe best, and at which is it best to fine-tune?

# %%
my_shares = {"probe": None, "fine-tuned": None}  # 25, 50, 75 or 88

# %% demonstration=true
shares = (25, 50, 75, 88)
lines, best = {}, {}
for what in my_shares:
    runs = torch.tensor([RECORDED[f"{share} % hidden"][what] for share in shares])
    best[what] = shares[runs.mean(dim=1).argmax()]
    before = torch.tensor(RECORDED["first weights"][what])
    lines[what] = runs.T  # (3, 4)
    lines[f"{what}, first weights"] = before[:, None].expand(3, 4)
curves(lines, "per cent hidden", "right of 100", x=shares)

# %% demonstration=true
beside_guesses(best, my_shares, "per cent hidden, where the mean is best")

# %% [markdown]
# No share stands out: the bands lie on one another, of four means one is always the best, and none is better to
# fine-tune than the first weights. Nor is a better painter a better reader: the error on hidden pixels is 0.033 where a
# quarter is hidden and 0.063 at seven eighths.
#
# Nor does this say that masking does not pay. The course's own methods, each around a larger ViT or ConvNet on digits
# of 16 × 16, three seeds, linear probe at ten labels a class (`benchmarks/results/methods-cpu.md`):
#
# | | random encoder | labels alone | pre-trained |
# |---|---|---|---|
# | MAE, ViT | 53.1 ± 6.9 | 60.7 ± 4.8 | **74.1 ± 1.3** |
# | MaskFeat, ViT | 53.1 ± 6.9 | 60.7 ± 4.8 | **67.6 ± 0.6** |
# | I-JEPA, ViT | 53.2 ± 2.2 | 53.4 ± 3.6 | **61.2 ± 2.5** |
# | FCMAE, ConvNeXt | 53.6 ± 3.3 | **89.0 ± 2.3** | 77.3 ± 3.5 |
#
# A ViT gains, beyond the spread of seeds; yours did not, and so it depends on network, pictures and steps whether it
# pays. The ConvNeXt gains over a random one too, and labels alone are better still: what a convolution brings is worth
# more here than what masking taught. Always two baselines.

# %% exercise="why_probe_lower"

# %% [markdown] by_hand="would_you_show_it" points=3 difficulty=3 minutes=10
# Would you show this figure?
#
# A draft: "Our model reconstructs hidden patches almost perfectly" above a figure with the columns *masked, ours,
# original*. The method text says that targets are normalised per patch, and the visible patches of *ours* are those
# of the input. In three or four sentences: what may this figure hide, why is that bad, and what would you show in its
# place?
#
# ### BEGIN SOLUTION
# *A point for each:*
#
# - The mean and deviation of each true hidden patch are put back, so that a prediction of zero looks good (17 dB
#   here); the reader takes for knowledge what was pasted in.
# - Visible patches are the input, so most of a picture with little hidden is no prediction at all.
# - Show the same figure for zero and for the nearest visible patch, numbers on hidden pixels only, or train a model
#   on pixels as they are for looking at; and judge the method by its features.
# ### END SOLUTION

# %% [markdown]
# ## What the papers report
#
# ImageNet, from four papers; a colour for each kind of target. Point at dots, and turn the menus.
#
# 1. Fine-tuned, ViT-L: how much does it matter *what* was asked for, and how much that something was?
# 2. By the linear probe, at one size: whose features are ahead, and after how many epochs?
# 3. Two dots are ViT-L from labels alone. What lies between them?
# 4. Which dot may not be compared with any other?

# %% demonstration=true
masked_on_imagenet()

# %% [markdown]
# <details><summary>What you should have seen</summary>
#
# 1. Pixels 85.9, edges 85.7, labels alone 82.6: three points for asking, next to nothing for the kind of target.
# 2. A teacher's features: 77.5 against 76.0 for ViT-L, 79.3 against 77.2 for ViT-H, after 600 and 300 epochs instead
#    of 1,600.
# 3. The *recipe*: 76.5 in the paper of the ViT, 82.6 with the MAE authors' (82.5 where they compare it with 84.9, for
#    MAE after 800 epochs). So six of the eight points between 76.5 and 84.9 are no merit of masks. Ask for both
#    baselines.
# 4. 88.9 %: between pre-training and the end it saw the labels of 14 million other images, and pictures of 512 pixels.
#
# </details>
#
# - The slides that this course began with print these numbers too, and "H488" for the ViT-H of 448 pixels; and DINO's
#   ViT-B, which never painted anything, with 82.8 fine-tuned.
# - MAE's best ratio: 75 % for a probe, anything from 40 to 80 % when fine-tuned (its section 4.1). BERT hides 15 % of
#   its words: a missing word is hard to guess, a missing patch mostly lies beside one like it.
#
# Ours are toys: digits, and shapes on flat grounds. They show mechanisms and what to be careful of; that masking pays
# is shown by ImageNet, not by them.
#
# ## Three sentences to remember
#
# 1. Hide by sorting noise, restore by sorting the order; what is hidden never enters MAE's encoder, and is all that
#    is paid for.
# 2. What you ask for is what is learnt: pixels, edges, or a teacher's features; and whatever can be copied will be.
# 3. A reconstruction proves little: ask what was pasted in, and judge the encoder, without a mask, by what it is for.
#
# **One limit of what you built:** sixteen patches of a digit; nothing here had to understand an object.
#
# **Next:** hiding nothing, and asking where two patches lie to one another.
#
# ## References
#
# - K. He, X. Chen, S. Xie, Y. Li, P. Dollár, R. Girshick. *Masked autoencoders are scalable vision learners.* CVPR
#   2022. arXiv 2111.06377
# - C. Wei, H. Fan, S. Xie, C.-Y. Wu, A. Yuille, C. Feichtenhofer. *Masked feature prediction for self-supervised
#   visual pre-training.* CVPR 2022. arXiv 2112.09133
# - S. Woo et al. *ConvNeXt V2: co-designing and scaling ConvNets with masked autoencoders.* CVPR 2023. arXiv
#   2301.00808
# - M. Assran et al. *Self-supervised learning from images with a joint-embedding predictive architecture.* CVPR 2023.
#   arXiv 2301.08243
# - N. Dalal, B. Triggs. *Histograms of oriented gradients for human detection.* CVPR 2005.
# - X. Chen, S. Xie, K. He. *An empirical study of training self-supervised Vision Transformers* (MoCo v3). ICCV 2021.
#   arXiv 2104.02057
