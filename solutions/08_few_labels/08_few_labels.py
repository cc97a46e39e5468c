# %% [markdown] author=true
# What a reader ought to be able to answer after this lesson (ask whoever tries it):
#
# 1. A vertical flip for satellite images, for digits, for X-rays of the chest: where does it harm, and why?
# 2. CutMix draws λ = 0.5 with a centre anywhere. Why is the label's share of the partner not 0.5 on average?
# 3. A strategy gains 3 points with 5 labels a class. Which two controls and which spread do you ask for?
# 4. A frozen network with BatchNorm is left in training mode. What happens? (its averages follow the new images)
# 5. Why does FixMatch divide by all images, also those that nothing is said about?
# 6. Self-training with threshold 0.99: few wrong labels. Why is that not the end of the matter? (few, easy ones)
# 7. Temperature 10, τ² forgotten: what is the soft term worth beside the labels'? (a hundredth)
# 8. 94 % of the pixels right and a mean IoU of 0.10: how can both be true?
# 9. Why is a rate that falls from layer to layer more gentle to a network than a small rate for all?
#
# NOT given: mean teachers, MixMatch, label propagation, active learning, LoRA and other adapters.
#
# What the text says of the numbers that cells print is tested in tests/lessons/test_08_few_labels.py.

# %% [markdown]
# # 08 · Few labels: what else do you have?
#
# FixMatch learnt CIFAR-10's ten classes from **ten** labelled photographs, one of each, and 50,000 without
# labels. How many of 10,000 test images did it get right? From 48.6 to 85.3 per cent (Sohn et al. 2020, section
# 4.4). It was the same method, and only *which ten* had changed.
#
# So this lesson asks of each way to make do with few labels what it buys, on several draws of them, beside
# a control. You build the parts, and at the end the same few labels are put to use in a dozen ways.
#
# **You will be able to**
#
# - choose an augmentation that leaves the label true, and test one that changes the label;
# - put a new head on a frozen network, and set the learning rate of every layer;
# - see pseudo-labels go wrong, and say why more rounds do not mend it;
# - distil with a temperature, and say what τ² is for;
# - choose a strategy by what there is besides the labels, and name the control that it must beat.
#
# **You need** lessons 02 and 06 (softmax, layers of a ViT); 07 for its soft loss; PyTorch's cross-entropy.
#
# **Time** about three hours and a half (the one who tried it took 213 minutes): {{minutes}} minutes for the
# {{exercises}} questions alone ({{points}} points, {{by_hand}} of them given by a person{{notebook: , and not counted
# by `check` and `progress()`}}). The cells themselves take less than a minute of processor time.

# %%
from dataclasses import replace
from statistics import fmean, stdev

import torch
import torch.nn.functional as F
from torch import nn

from course.data.by_name import load
from course.data.shapes import COLOURS, shapes
from course.data.text_lines import font_files, text_lines
from course.evaluate.features import called, share_right
from course.fewlabels.few_labels_recorded import BELIEVED, RECORDED
from course.fewlabels.pseudo_labels import PseudoLabels
from course.fewlabels.segmentation import Segmentation, Segmenter, confusion
from course.fewlabels.strategies import (
    DIM,
    HEAD_RATE,
    STRONG,
    WEAK,
    Given,
    Headed,
    Reader,
    letters_read,
    nearest,
    new,
    of_contrast,
    of_letters,
    printed_letters,
    repeated,
    scattered,
    scored,
    trained,
)
from course.fewlabels.supervised import Supervised
from course.fewlabels.transfer import freeze
from course.show import needs
from course.show.augmentation import augmentation_bench
from course.show.by_count import by_count
from course.show.guesses import beside_guesses
from course.show.text_boxes import boxed
from course.training.loop import train
from course.training.recipe import Recipe
from course.vision.resnet import BasicBlock, CIFARResNet
from grader import check, hint, mine, numbers, sign_in

soft_loss = mine.soft_loss  # yours, of lesson 07

# %% [markdown]
# {{notebook: In a class, write the id and the key that your instructor gave you between the quotes; otherwise
# leave them empty.}}

# %%
sign_in("", key="")

# %% [markdown]
# ## Which ten?
#
# The cheapest strategy is no network at all: a digit is called what the **nearest labelled image** is called,
# pixel by pixel. One label a class, ten in all, 30 draws of which ten, 359 others to be read. **Your guess
# first**: right of 100 in the worst draw, and in the best.

# %%
my_draws = {"worst of 30": None, "best of 30": None}

# %% demonstration=true
digits, unseen = load("digits"), load("digits", "test")
drawn = [100 * nearest(digits.few(1, seed), unseen) for seed in range(30)]
measured = {"worst of 30": min(drawn), "best of 30": max(drawn)}
beside_guesses(measured, my_draws, "right of 100")

# %% [markdown]
# Nothing was trained, and nothing was random but the choice of ten. One method on *its* ten against another on
# *its* ten shows nothing, unless they are further apart than that. From here on all strategies get the same
# draws, two or three of them.
#
# ### Three questions on what came before
#
# <details><summary>1 · What did a teacher of lesson 07 tell its student that labels do not?</summary>
#
# Shares of all classes: that this 7 is a little like a 9.
#
# </details>
# <details><summary>2 · Why does a ViT need more images than a CNN on digits (lesson 06)?</summary>
#
# At first it hardly knows where its patches lie; a CNN tells places apart from the start.
#
# </details>
# <details><summary>3 · Logits of 300 and 100: what does softmax make of them, and of both divided by 100?</summary>
#
# 1 and e⁻²⁰⁰; 0.88 and 0.12.
#
# </details>
#
# ## What may happen to a picture, and the answer stays?
#
# With five labels a class, are 50 pictures all there is? Digits lie in the middle of their images. Suppose
# that the camera was not held still: each digit is put somewhere in an image of 10 × 10, off the middle by a
# pixel at most. **Your guess**, nearest labelled image, five a class: right of 100, as they come, and moved?

# %%
my_nearest = {"as they come": None, "moved": None}

# %% demonstration=true
moved, moved_unseen = scattered(digits), scattered(unseen, seed=1)
found = {
    name: [100 * nearest(train.few(5, seed), test) for seed in range(3)]
    for name, train, test in [
        ("as they come", digits, unseen),
        ("moved", moved, moved_unseen),
    ]
}
beside_guesses(found, my_nearest, "right of 100, three draws")

# %% [markdown]
# One pixel, and half of what pixels told is gone. To us it is the same digit: *the answer does not depend on
# where it lies*. That is knowledge, and no label holds it. **Augmentation** is how one says it to a network:
# show it the picture moved, under the same label.
#
# But each such change is a claim. Which claims are true?

# %% exercise="label_survives"

# %% [markdown]
# Now by hand. Below are pictures, sliders, and the label that training would see. Crop, turn, mirror, hue and
# RandAugment (n changes in a row, each of strength m) never touch the label; MixUp and CutMix share it out.
#
# 1. The 6, turned by 180°: what does the label say, and what do you say?
# 2. At which share of the area does a crop of the word no longer hold the word?
# 3. CutMix with a side of 16, across = 0: how large is the box that was drawn, and how large is what was pasted?

# %% demonstration=true
lines = text_lines(1, 32, 32, texts=["ink"], seed=3)
shown = shapes(200, seed=2)
pictures = {
    "six": (digits.images[digits.labels == 6][0, 0].repeat_interleave(4, 0), "6"),
    "nine": (digits.images[digits.labels == 9][0, 0].repeat_interleave(4, 0), "9"),
}
pictures = {name: (x.repeat_interleave(4, 1), y) for name, (x, y) in pictures.items()}
pictures["word"] = (lines.images[0, 0], "ink")
for number in (0, 3):
    kind = shown.classes[int(shown.labels[number])]
    pictures[f"a {kind}"] = (shown.images[number], kind)
augmentation_bench(pictures)

# %% [markdown]
# <details><summary>What you should have seen</summary>
#
# 1. "1.00 6" beside what is a 9. The network will be taught that.
# 2. It depends on the word; at half of the area letters are missing, and the label still says all of them.
# 3. 25 % of the picture were drawn, 12.5 % pasted: half of the box hangs over the border.
#
# </details>
#
# The commonest of them all, written for a batch: each image has a crop of its own.

# %% exercise="crop_and_flip"

# %% [markdown]
# ## What is a picture of two things called?
#
# **MixUp** (Zhang et al. 2018) lays two images over each other, **CutMix** (Yun et al. 2019) pastes a part of one
# into the other, and the label says how much of each.

# %% exercise="mix_up"

# %% exercise="cut_mix"

# %% [markdown]
# λ is drawn first, and the side of the box follows from it: √(1 − λ) of the image's. Let λ be 0.5, the centre
# anywhere. The pasted part is then half of the image, or so one would say. **Your guess**: which share of the
# label, on average, is the partner's?

# %%
my_pasted = None

# %% demonstration=true
needs(cut_mix=cut_mix)
torch.manual_seed(0)
both, label = torch.arange(2.0)[:, None, None, None].expand(2, 1, 32, 32), torch.eye(2)
partner, side = torch.tensor([1, 0]), round(32 * 0.5**0.5)
centres = torch.randint(32, (1000, 2)).tolist()
each = [cut_mix(both, label, partner, y, x, side)[1][0, 1].item() for y, x in centres]
share = sum(each) / len(each)
name = "the partner's share"
beside_guesses({name: share}, {name: my_pasted}, "of the label, λ = 0.5")

# %% [markdown]
# About a third. Take the image's side as 1, the box's as b = √0.5. Where the centre is u < b/2 from a border, b/2 − u
# of the box hang over it: drawn over u, a triangle with two sides of b/2, so b²/8 on average over all centres, and
# at the other border as much again. So b − b²/4 = 0.58 of a side stays inside; rows and columns are drawn
# independently, and 0.58² = 0.34 of the picture is pasted. A label that keeps the λ that was drawn is wrong by 16
# points, in one direction. No shape is wrong, no loss looks odd. So write the test that would have caught it, for
# any mixing at all.

# %% exercise="test_mixing"

# %% [markdown]
# ## Does it help?
#
# A network of two hidden layers, 440 steps, five labels a class, moved digits. Labels alone; with each picture
# turned a little, moved, enlarged; and a control that changes as much and says something **untrue** as well: half
# of them mirrored. This takes some seconds; two draws.
#
# In the cell, `new(seed)` is a network that has learnt nothing, the same for all who ask with that seed.
# `Supervised` is cross-entropy with the labels, on images that went through `augment`: `WEAK` turns by at most
# 10°, moves by at most 12 % of the side, and enlarges or shrinks by at most 10 %. `repeated` takes the 50 images over
# and over until there are 1,438, as many as the whole set has, so that an epoch is as many steps for 50 images as for
# all; `trained` makes ten epochs.

# %% demonstration="long"
def learnt(seed, augment):
    few = repeated(moved.few(5, seed), 1438)
    net = trained(Supervised(new(seed), augment=augment), few, seed)
    return 100 * share_right(net, moved_unseen)


def mirrored(images, generator=None):
    images = WEAK(images, generator)
    B, _, H, _ = images.shape
    half = torch.rand(B, generator=generator) < 0.5
    return crop_and_flip(images, torch.zeros(B).long(), torch.zeros(B).long(), half, H)


# %% demonstration="long"
needs(crop_and_flip=crop_and_flip)
kinds = {"labels alone": None, "augmented": WEAK, "mirrored, too": mirrored}
gained = {name: [learnt(seed, kind) for seed in (0, 1)] for name, kind in kinds.items()}
beside_guesses(gained, {}, "right of 100, two draws")

# %% [markdown]
# Moving the pictures about is worth some seven to nine points, without one label more: the claim is true, and it
# was missing. Mirrored as well, a part of that is gone again: more is changed, and half of the claims are false.
#
# ## What can a network bring along that learnt something else?
#
# The network below reads **printed** letters, moved about in the same way, drawn by the course with their labels in
# eight fonts: not well, as you will see, but there are 52 of them. It has never seen a digit, nor handwriting. Its
# last layer is of no use here; what comes before may be.

# %% demonstration="long"
letters = of_letters(0)
exactly, any_case = letters_read(letters, scattered(printed_letters(100, 1), seed=1))
print(f"new lines: {exactly:.0%} right, {any_case:.0%} where o may stand for O")

# %% exercise="NewHead"

# %% [markdown]
# Your head on that network, and as a control the same head on a network that has learnt **nothing**; each with
# features as they come (mean 0, std 1 left in your head; one draw), and standardised by those of the 50 labelled
# images (two draws). **Your guesses** for the two that are standardised, right of 100:

# %%
my_transfer = {"letters, standardised": None, "nothing, standardised": None}


# %% demonstration="long"
def with_new_head(reader, seed, standardised):
    torch.manual_seed(seed)
    few, head = moved.few(5, seed), NewHead(DIM, 10)
    if standardised:
        features = reader.features(few.floats())  # (50, 64)
        head.mean.data, head.std.data = features.mean(0), features.std(0) + 0.01
    method = Supervised(Headed(reader, head), augment=WEAK)
    net = trained(method, repeated(few, 1438), seed, HEAD_RATE)
    return 100 * share_right(net, moved_unseen)


# %% demonstration="long"
needs(NewHead=NewHead)
readers, found = {"letters": letters, "nothing": new(0)}, {}
for how, seeds in {"as it comes": [0], "standardised": [0, 1]}.items():
    for name, reader in readers.items():
        reader.requires_grad_(False)  # frozen
        each = [with_new_head(reader, seed, how == "standardised") for seed in seeds]
        found[f"{name}, {how}"] = each
beside_guesses(found, my_transfer, "right of 100, one or two draws")

# %% [markdown]
# As they come, letters lead by some fifteen points: what was learnt of print serves digits. So it seems, and so it
# would be printed. Standardised, the network that learnt *nothing* comes up to within a few points: most of the lead
# was how **large** its features are, for one learning rate and 440 steps, and not what it knows. A control
# has to be given the same chance.
#
# And either is *below* the augmented network from scratch, which never saw a letter. The control to beat is the best
# that the labels can do alone.
#
# With more labels one lets the rest learn, too, but not all of it equally: what a network sees first is of use in
# any task. **Layer-wise decay** (ELECTRA, BEiT) gives each layer its own rate.

# %% exercise="layer_rate"
given = numbers("layer_rate")

layer_rate = None  # the rate of layer i
### BEGIN SOLUTION
layer_rate = given.r * given.g ** (given.n + 1 - given.i)
### END SOLUTION

# %% exercise="decay_or_not"

# %% [markdown]
# ### A branch that is sometimes not there
#
# Networks that are fine-tuned with few labels get **stochastic depth** (Huang et al. 2016): a kind of dropout for
# whole branches. At evaluation all of them are there; so on average they must be there in training, too.

# %% exercise="drop_path"

# %% [markdown]
# The control: the mean of 4,000 draws at rate 0.3, over the branch. It should be 1.

# %% demonstration=true
needs(drop_path=drop_path)
torch.manual_seed(0)
branch = torch.ones(4000, 1, 1)
kept = torch.rand(4000) > 0.3
mean = drop_path(torch.zeros_like(branch), branch, kept, 0.3).mean()
print(f"mean of what is added: {mean:.2f}, without a factor {kept.float().mean():.2f}")

# %% [markdown]
# ## Who labels pictures for nothing?
#
# Whoever draws them. The letters above came from rendered lines: the text is known before the picture is, and
# where each letter lies (Jaderberg et al. 2014 taught a reader of photographs from drawn words alone).

# %% exercise="text_boxes"

# %% [markdown]
# A drawn line, cut by your boxes: of each character you get the pixels that differ from the paper.

# %% demonstration=true
needs(text_boxes=text_boxes)
boxed(text_lines(2, 32, 160, texts=["seven stars", "Winter"], seed=5), text_boxes)

# %% [markdown]
# Can a network that only ever saw drawn letters read what it never saw? One learns from 300 lines in eight fonts,
# with a larger learning rate than the one above. Then it is shown other lines in those; lines in three fonts that it
# never saw; and the eight under noise, which it never saw either. (No real scan is among them: the course has none to
# pass on.) The control learns from as many lines, all in **one** font. **Your guess**: by how many points is each of
# the two worse in the three new fonts than in the eight?

# %%
my_worse = {"learnt eight fonts": None, "learnt one font": None}

# %% demonstration="long"
seen, others = font_files(), font_files(["STIXGeneral", "cmss10", "cmtt10"])
texts = {
    name: scattered(printed_letters(100, 1, fonts=fonts), seed=1)
    for name, fonts in {"the eight": seen, "new fonts": others}.items()
}
torch.manual_seed(0)
plain = texts["the eight"].images.float()  # 0 … 255
noisy = (plain + 60 * torch.randn_like(plain)).clamp(0, 255).to(torch.uint8)
texts["noise"] = replace(texts["the eight"], images=noisy)


def learnt_from(fonts):
    torch.manual_seed(0)
    method = Supervised(Reader(52), augment=WEAK)
    lines = scattered(printed_letters(300, fonts=fonts))
    return trained(method, lines, 0, lr=5e-3)


# %% demonstration="long"
worse = {}
for name, fonts in {"eight fonts": seen, "one font": seen[:1]}.items():
    reader = learnt_from(fonts)
    read = {text: letters_read(reader, shown) for text, shown in texts.items()}
    for text, (exactly, any_case) in read.items():
        told = f"{exactly:4.0%} right, {any_case:4.0%} where o may stand for O"
        print(f"learnt {name:12} {text:10} {told}")
    worse[f"learnt {name}"] = 100 * (read["the eight"][0] - read["new fonts"][0])
beside_guesses(worse, my_worse, "points worse in new fonts")

# %% [markdown]
# New fonts cost each of the two some four to seven points, and who learnt one font is some seven to ten behind who
# learnt eight, in old fonts and in new ones. Noise, which nobody had drawn, is another matter: who learnt eight read
# seven letters of ten, and now three. So draw what will come. Who renders text can render noise, dirt and folds as
# well, and still has every label for nothing. Whether new fonts are so cheap because fonts hardly differ at 8 × 8
# pixels, this does not show; larger pictures would. And seven of ten is far from good: 52 classes, a small network,
# and no way to tell o from O once each letter fills its square.
#
# ## May a network believe itself?
#
# 1,438 images, and 50 of them have labels; nobody looks at those of the other 1,388. **Self-training**: learn from
# the 50, ask the network about all 1,438, believe what it is *sure* of, learn anew from both. Sure means that
# the largest probability is at least a threshold c. **Your guess**: in the first round, of 100 images that are
# believed, how many are believed wrongly, with c = 0 (everything is believed) and c = 0.5?

# %%
my_wrong = {"c = 0": None, "c = 0.5": None}

# %% demonstration="long"
net = trained(Supervised(new(0), augment=WEAK), repeated(moved.few(5, 0), 1438), 0)
confidence, said = called(net, net, moved, 512).softmax(dim=1).max(dim=1)  # (1438,)
wrong = {}
for c in (0, 0.5):
    sure = confidence >= c
    mistaken = sure & (said != moved.labels)
    wrong[f"c = {c}"] = 100 * mistaken.sum().item() / max(sure.sum().item(), 1)
beside_guesses(wrong, my_wrong, "per cent of the believed are wrong")

# %% [markdown]
# And then? Three rounds, three draws, five thresholds (recorded, `benchmarks/results/few-labels.md`), each round with a
# new network that learns from the 50 and from what was believed. Each entry: how many are believed − how many of them
# wrongly: right of the unseen. All are means over the draws.

# %% demonstration=true
print("        " + "".join(f"{f'round {number}':18}" for number in range(4)))
for c, draws in BELIEVED.items():
    told = []
    for each in zip(*draws):
        believed, wrong, right = (sum(one) / len(one) for one in zip(*each))
        told.append(f"{believed:5,.0f} − {wrong:3.0f}: {right:.0%}")
    print(f"c = {c:<4}" + "   ".join(told))

# %% [markdown]
# *Confirmation bias* (Arazo et al. 2020), in numbers. At c = 0 half of what is taught is wrong, and the network gets
# **worse than it was without it**, from round to round. At 0.5 a good quarter is wrong at first, and half in
# round 3. At 0.8 one in ten is wrong, and the network gets worse *sooner*: those that it is sure of are the easy
# ones. In the first draw there are 85 of them, no 1 and no 8 among them, one 4 and one 6, so that the next network
# hardly hears of four of the classes. At 0.99 nobody is believed, and nothing happens.
#
# You know how many are wrong because we looked at labels that training never sees: whoever really has none sees only
# that more and more images are "sure". No threshold helps here. What could?

# %% exercise="why_it_stuck"

# %% [markdown]
# FixMatch brings in a second opinion: the picture is asked as it is, or nearly (*weak*), and must be recognised
# when it is changed **strongly**. What is believed can then disagree with what is taught.

# %% exercise="believed_loss"

# %% [markdown]
# ### The finale of the first half: your loss at work
#
# All 1,438 images, 50 of them labelled, your `believed_loss` at c = 0.95, 440 steps as before. The controls are the
# runs *augmented* from above, which had the same draws, and the same training **without a threshold** (c = 0; one
# draw). `STRONG` turns by at most 20°, moves by 18 % and zooms by 15 %; `ratio` 4 makes a step of 32 images without a
# label and 8 with one.

# %% demonstration=true
class Believing(PseudoLabels):
    def forward(self, batch):
        parts = batch["images"], batch["weak"], batch["strong"]
        known, weak, strong = (self.encoder(images) for images in parts)
        loss = F.cross_entropy(known, batch["labels"])
        return loss + believed_loss(weak, strong, self.threshold), {}


# %% demonstration="long"
needs(believed_loss=believed_loss)
views = {"weak": WEAK, "strong": STRONG, "ratio": 4}
for c, seeds in {0.0: [0], 0.95: [0, 1]}.items():
    gained[f"yours, c = {c}"] = []
    for seed in seeds:
        method = Believing(new(seed), moved.few(5, seed), threshold=c, **views)
        net = trained(method, moved, seed)
        gained[f"yours, c = {c}"].append(100 * share_right(net, moved_unseen))
    answers = called(net, net, moved_unseen, 512).argmax(1).unique().tolist()
    print(f"c = {c}: unseen images are called {answers}")
beside_guesses(gained, {}, "right of 100, two draws")

# %% [markdown]
# Two things are true here, and neither stands in an advertisement. **Without a threshold nearly all is called the
# same**: the network believes its first, accidental preference on 32 images a step, and 8 labels cannot contradict
# it. All images alike is a perfect optimum of the second term. In the rounds above it did not happen: they learn from
# what was said once, and this from what is said now.
#
# And with the threshold it is *below* augmentation alone, by some seven points. Two things differ from that control,
# and this run does not tell them apart: a step sees 8 labelled images in place of 32, and in 440 steps a network is
# seldom as sure as 0.95, so that the second term is nearly silent. The paper trains a WRN-28-2 for about a million
# steps, and gets 95 % from 250 labels. Our toy does not refute the method; nor does the method's name improve our toy.
#
# ## What is τ² for?
#
# A good network that is too large can teach a small one (**distillation**, Hinton et al. 2015). Your `soft_loss` of
# lesson 07 multiplies the soft term by τ². Where does the square come from?

# %% exercise="soft_gradient"

# %% [markdown]
# Is it right? PyTorch's own derivative of your `soft_loss` beside your formula; then the length of the gradient, as
# it is and divided by τ²; and what it points to: the cosine with *student − teacher*, the plain difference of their
# logits (each row's mean taken away). **Your guess** of that cosine at τ = 20?

# %%
my_cosine = None

# %% demonstration=true
needs(soft_gradient=soft_gradient)
torch.manual_seed(0)
student, teacher = 3 * torch.randn(64, 10), 3 * torch.randn(64, 10)
apart = (student - teacher) - (student - teacher).mean(dim=1, keepdim=True)
student.requires_grad_()
cosines = {}
for tau in (1.0, 4.0, 20.0):
    loss = soft_loss(student, student, teacher, torch.arange(64) % 10, 1.0, tau)
    (theirs,) = torch.autograd.grad(loss, student)
    yours = soft_gradient(student.detach(), teacher, tau)
    cosine = F.cosine_similarity(yours.flatten(), apart.flatten(), dim=0)
    cosines[f"τ = {tau:g}"] = cosine.item()
    lengths = f"{yours.norm():.2f}, without τ² {yours.norm() / tau**2:.4f}"
    print(f"τ = {tau:4}: off by {(yours - theirs).abs().max():.0e}, length {lengths}")
beside_guesses(cosines, {"τ = 20": my_cosine}, "cosine; 1: the same way")

# %% [markdown]
# Without τ² the soft term would have faded beside the labels: at τ = 20 it would weigh 400 times less, and α would
# mean another thing at each temperature. With it, the higher the temperature, the more distilling becomes
# what its authors found in it: **matching logits**, (s − t)/K each, the small ones as well as the large.
#
# ## Does what was learnt for whole pictures know *where*?
#
# Another task: the class of every **pixel**. Pixels of the background are many, so first a way to count that
# they cannot win.

# %% exercise="mean_class_iou"

# %% [markdown]
# Pictures of 16 × 16 with one coloured shape each. A small CNN learns to name the **colour** of 1,200 whole pictures;
# no label ever said where it is. Then it is frozen (by `freeze`: no gradient, *and* evaluation mode, or else its
# BatchNorm would go on averaging the new pictures, and what is frozen would change all the same). A new head, a
# 1 × 1 convolution, sees a few pictures with masks: background, or which colour, for each pixel. The controls: the
# same head on a CNN that has learnt nothing; a CNN of which *everything* learns from the masks; and an answer that
# needs no network, *all is background*.
# **Your guesses** for this last one:

# %%
my_background = {"pixels right": None, "mean IoU": None}  # per cent

# %% demonstration="long"
painted, tested = (shapes(n, 16, n).about("colour") for n in (1200, 300))
masked = repeated(painted.few(5), 800)
background = torch.zeros_like(tested.segmentation())


def cnn():
    torch.manual_seed(0)
    sizes = {"depths": (1, 1), "width": 16, "channels": 3}
    return CIFARResNet(block=BasicBlock, classes=len(COLOURS), **sizes)


# %% demonstration="long"
def counted(encoder, frozen=True):
    model = Segmenter(encoder, 32, 1 + len(COLOURS))
    if frozen:
        freeze(model)
    train(Segmentation(model), masked, Recipe(epochs=5, batch=20, lr=2e-2))
    said = called(model, model, tested, 300).argmax(1)
    return confusion(said, tested.segmentation(), 1 + len(COLOURS))


# %% demonstration="long"
needs(mean_class_iou=mean_class_iou)
colours = Supervised(cnn())
train(colours, painted, Recipe(epochs=8, batch=40, lr=3e-3))
blind = confusion(background, tested.segmentation(), 1 + len(COLOURS))
counts = {"all is background": blind, "learnt nothing": counted(cnn())}
counts["from scratch, all learns"] = counted(cnn(), frozen=False)
counts["learnt colours"] = counted(colours.encoder)
pixels = {name: float(one.diagonal().sum() / one.sum()) for name, one in counts.items()}
iou = {name: mean_class_iou(one).item() for name, one in counts.items()}
for name in counts:
    print(f"{name:24} {pixels[name]:.1%} of the pixels, mean IoU {iou[name]:.2f}")
none = "all is background"
measured = {"pixels right": 100 * pixels[none], "mean IoU": 100 * iou[none]}
beside_guesses(measured, my_background, "per cent, for “all is background”")

# %% [markdown]
# 93 per cent of the pixels for an answer that has looked at nothing; the mean IoU says what it is worth. The network
# that learnt nothing, frozen, does as badly; but you know from above how little such a control may say. The fair one
# learns everything from the masks. It is below the network that learnt the colours of whole pictures, which turns out
# to have known, pixel by pixel, where they are.
#
# ## Which strategy?
#
# Five labels a class, the same draws, 440 steps for each network. To those that you know by now come **contrast**,
# a network that learnt without labels which two views show one image (SimCLR, on all 1,438), frozen; and three that
# were recorded on three draws: MixUp, without any other change; letters with everything fine-tuned; and a new
# network that was **distilled** from what contrast says of all images. **Place your bets**, right of 100:

# %%
my_bets = {
    "nearest image": None,
    "contrast, frozen": None,
    "MixUp, recorded": None,
    "letters, fine-tuned, recorded": None,
    "distilled, recorded": None,
}

# %% demonstration="long"
needs(NewHead=NewHead, believed_loss=believed_loss, crop_and_flip=crop_and_flip)
shared = moved, letters, of_contrast(moved, 0)
for name in ("nearest image", "contrast, frozen"):
    each = [Given(moved.few(5, seed), *shared, seed) for seed in (0, 1)]
    gained[name] = [100 * scored(name, given, moved_unseen) for given in each]
for name in ("MixUp", "letters, fine-tuned", "distilled"):
    gained[f"{name}, recorded"] = [100 * one for one in RECORDED[name][5]]
ranked = dict(sorted((gained | found).items(), key=lambda one: -fmean(one[1])))
beside_guesses(ranked, my_bets, "right of 100, one to three draws")

# %% [markdown]
# - One stands apart, in both draws: **contrast, frozen**, ten points above the augmented network. No label went into
#   what it learnt first. It is not that there *were* 1,438 images: yours, at c = 0.95, had the same ones and gained
#   nothing; it matters what is asked of them. (Nor was the work equal: it had 660 steps of 256 views before the 440
#   of its head.)
# - Distilled from it, a new network lost what its teacher had gained; in 440 steps it is worth an augmented one.
# - MixUp is within a point or so of labels alone, and the nearest image, which is no network, is level with both.
# - Two draws and 359 images: three points between two of them say nothing.
#
# ### And with more labels?
#
# Recorded with three draws (`python -m benchmarks.few_labels`): eleven strategies from 1 to 50 labels a class, four of
# them drawn. **Your guess** for both ends of two, right of 100:

# %%
my_ends = {
    "nearest image": {1: None, 50: None},
    "contrast, frozen": {1: None, 50: None},
}

# %% demonstration=true
drawn = ["nearest image", "labels alone", "augmented", "contrast, frozen"]
by_count({name: RECORDED[name] for name in drawn}, my_ends, "labelled images a class")
print("right of 100, mean ± spread of three draws")
print(f"{'labels a class':20}" + "".join(f"{n:>10}" for n in (1, 2, 5, 10, 50)))
for name, runs in RECORDED.items():
    told = [f"{100 * fmean(one):.0f} ± {100 * stdev(one):.0f}" for one in runs.values()]
    print(f"{name:20}" + "".join(f"{one:>10}" for one in told))

# %% [markdown]
# With **one** label a class the nearest image reads 19, contrast 42. With fifty it is the other way round: 85 of 100
# for the player that learns nothing, 76 for contrast, 65 for labels alone; and augmentation, worth 16 points at
# one label, now costs three. (440 steps for all: a network that augments has more to learn in them.) "The best strategy
# for few labels" is a sentence without a number in it. And who leaves out the plain control may never notice that
# it wins.
#
# What would you do with other things at hand?

# %% exercise="choose_strategy"

# %% [markdown] by_hand="believe_the_gain" points=3 difficulty=3 minutes=8
# Would you believe it?
#
# A report: "Pre-training without labels on our 40,000 X-rays raised the accuracy from 71 to 78 %, with 10 labelled
# images of each of 4 diseases (one draw; 50 epochs for both)." In three or four sentences: what would you ask for
# before you believed that pre-training did it, and why?
#
# ### BEGIN SOLUTION
# *A point for each:*
#
# - Several draws of the 40 images, the same for both: which ones are drawn can matter by more than 7 points.
# - A control for the network that was compared: the same augmentation, head, learning rate and number of *steps*,
#   and a random encoder frozen; 50 epochs of 40 images are few steps from scratch.
# - How settings were chosen and on what: a held-out set, patients of their own in it, not the test set; and what
#   nearest neighbours give.
# ### END SOLUTION

# %% [markdown]
# ## What the papers report
#
# - **FixMatch** (Sohn et al. 2020), CIFAR-10 with 4, 25, 400 labels a class, a WRN-28-2: 86.2, 94.9, 95.7 %.
# - **MixUp** (Zhang et al. 2018), CIFAR-10, PreAct ResNet-18: error 5.6 → 4.2 %. **CutMix** (Yun et al. 2019),
#   ImageNet, ResNet-50: error 23.7 → 21.4 %, with MixUp 22.6 %.
# - **Stochastic depth** (Huang et al. 2016), CIFAR-10, ResNet-110: error 6.4 → 5.25 %.
# - **BEiT** (Bao et al. 2022) and **MAE** (He et al. 2022) fine-tune with layer-wise decay what has first learnt,
#   without labels, to fill in hidden patches; MAE's ViT-B then gets 83.6 % on ImageNet.
#
# Those have photographs, deep networks and a hundred thousand steps; ours are toys of 100 pixels. What carries
# over is the question, *against which control*, and not the order.
#
# ## Three sentences to remember
#
# 1. An augmentation is a claim about the world: it is worth labels where it is true and missing, and costs
#    them where it is false.
# 2. Which few images are labelled can matter more than the method: compare on the same draws, several of them, beside
#    a control that learnt nothing.
# 3. A network that is taught its own answers grows surer, not righter; only labels, another view or another
#    teacher can contradict it.
#
# **One limit of what you built:** every image without a label was of one of the ten classes, in equal shares.
# In a real heap of images most are of none, and get a label with confidence all the same.
#
# **Next:** what can be learnt from images without any label at all.
#
# ## References
#
# - K. Sohn et al. *FixMatch.* NeurIPS 2020. arXiv 2001.07685
# - H. Zhang et al. *mixup: beyond empirical risk minimization.* ICLR 2018. arXiv 1710.09412
# - S. Yun et al. *CutMix.* ICCV 2019. arXiv 1905.04899
# - E. D. Cubuk et al. *RandAugment.* NeurIPS 2020. arXiv 1909.13719
# - G. Huang et al. *Deep networks with stochastic depth.* ECCV 2016. arXiv 1603.09382
# - K. Clark et al. *ELECTRA.* ICLR 2020. arXiv 2003.10555 · H. Bao et al. *BEiT.* ICLR 2022. arXiv 2106.08254
# - K. He et al. *Masked autoencoders are scalable vision learners.* CVPR 2022. arXiv 2111.06377
# - G. Hinton, O. Vinyals, J. Dean. *Distilling the knowledge in a neural network.* 2015. arXiv 1503.02531
# - E. Arazo et al. *Pseudo-labeling and confirmation bias.* IJCNN 2020. arXiv 1908.02983
# - M. Jaderberg et al. *Synthetic data and artificial neural networks for natural scene text recognition.* 2014.
#   arXiv 1406.2227
