# %% [markdown] author=true
# What a reader ought to be able to answer after this lesson (ask whoever tries it):
#
# 1. The labels are the same for every image. How can a network learn anything about images from them? (it sees
#    patches without places: to say where they lie it has to look at what they show)
# 2. A 14 × 14 grid: what is chance, what is the floor, and what would you believe a net knows at 24 %?
# 3. A colleague reports 99.9 % on relations. Which one question do you ask? (are positions on?) Which control?
# 4. Why must two patches that look alike be wrong in at least one of the two directions?
# 5. Which axis does the softmax run along, in attention and here? What would the other one mean?
# 6. Where does ε stand, against what, and why does no gradient care about it in RelViT?
# 7. Of six gains on a slide one is misprinted. Which habit finds it? (recompute; and ask for the spread)
# 8. Relations first, then 100 labels: what must be equal for the comparison with labels alone to be fair?
#
# NOT given: crops and colours of each patch alone (told, not tried), multi-crop, mega-patches, other methods'
# numbers.

# %% [markdown]
# # 12 · Relations: what patches know of each other
#
# Cut an image into patches, throw away where each of them lay, and ask a network to say it again. Nobody has to
# label anything. This lesson builds that task (*RelViT*, Camporese, Izzo and Ballan 2022) from your own parts,
# and asks of each number that comes out: compared with what?
#
# **You will be able to**
#
# - make four kinds of labels from a grid alone: relations, distances, angles, places;
# - say how good a network is that has learnt nothing, which is not 1/9;
# - turn attention's scores into a classifier of pairs, one head a class;
# - tell a shortcut from something learnt, by an experiment on images in which there is nothing;
# - learn with few labels after relations, compare it with labels alone fairly, and say so where nothing is gained.
#
# **You need** lesson 02 (scores), 03 (heads, positions) and 06 (patches, CLS, a ViT on digits).
#
# **Time** about four hours (the one who tried it took 250 minutes): {{minutes}} minutes for the {{exercises}} exercises
# ({{points}} points, {{by_hand}} of them given by a person{{notebook: , and not counted by `check`}}), the rest for reading and
# guessing. Good places to stop are after the test of relations, the angles, the four tasks and the digits, three
# quarters of an hour to an hour each. All cells together compute for about a minute.

# %%
import math

import torch
import torch.nn.functional as F
from torch import nn

from course.fewlabels.relations_first import (
    DIM,
    N,
    blind,
    encoder,
    fine_tuned,
    learn,
    logits,
    louder,
    noise,
    scattered,
    some_digits,
    twins,
    unseen,
)
from course.show import needs
from course.show.guesses import beside_guesses
from course.show.matrices import matrices
from course.show.published import Row, published
from course.show.training import curves
from course.show.two_patches import two_patches
from grader import check, hint, numbers, sign_in
from grader.formula import value_of

WORDS = ["LU", "CU", "RU", "LC", "CC", "RC", "LD", "CD", "RD"]

# %% [markdown]
# {{notebook: In a class, write the id and the key that your instructor gave you between the quotes; otherwise
# leave them empty.}}

# %%
sign_in("", key="")

# %% [markdown]
# ## How many labels are there that nobody wrote?
#
# CIFAR-10 has 50,000 images to learn from, and people were paid to write a label for each: 0.05 million labels. Cut
# each image into 8 × 8 patches, and ask of every pair of them, a patch with itself included: where does the one lie,
# seen from the other? **Your guess first:** how many million labels are these?

# %%
my_millions = None

# %% demonstration=true
classes = {"written by people": 50_000 / 1e6}
pairs = {"patches, seen from patches": 50_000 * (8 * 8) ** 2 / 1e6}
said = {"patches, seen from patches": my_millions}
beside_guesses(classes | pairs, said, "million labels", log=True)

# %% [markdown]
# Too good to be true? Look again: the table of labels is **the same for every image**. It has 4,096 entries, of only
# nine different values, and not 200 million. Whoever knows the places of the patches needs no image to write them all down.
#
# So this is the question of the lesson: *what can be learnt from labels that say nothing about the image?*
#
# ### Three questions on what came before
#
# <details><summary>1 · A score of attention, q·k/√d: what does it become next, and along which axis?</summary>
#
# A softmax along the keys turns each query's row of scores into weights that sum to one.
#
# </details>
# <details><summary>2 · A ViT without positions, its patches shuffled: what happens to its outputs?</summary>
#
# They are shuffled alike: it is permutation equivariant. To it an image is a set of patches.
#
# </details>
# <details><summary>3 · What is a network's cross-entropy on nine classes before it has learnt anything?</summary>
#
# If all logits are about equal, ln 9 ≈ 2.2 nats.
#
# </details>

# %% exercise="seen_from"

# %% exercise="grid_places"

# %% exercise="relations_of"

# %% [markdown]
# Your table for a 3 × 3 grid. A row is patch i, a column the patch it is seen from; 0 is LU and 8 is RD. **Before you
# run:** which numbers stand on the diagonal, and what do [i, j] and [j, i] add up to?

# %% demonstration=true
needs(relations_of=relations_of)
table = relations_of(3, 3)
matrices({"": table}, axes=("patch i", "seen from patch j"), digits=0, label="class")
print("seen from the middle:", [WORDS[c] for c in table[:, 4]])

# %% [markdown]
# <details><summary>What you should have seen</summary>
#
# 4 on the whole diagonal, and nowhere else: a patch seen from itself is CC. And [i, j] and [j, i] add up to 8: where
# one is LU (0), the other is RD (8); CU (1) faces CD (7), and so on.
#
# </details>

# %% exercise="test_relations"

# %% [markdown]
# Your test as a judge of four tables: yours; yours turned round; one that runs through columns first; one that
# tells up and down only. **Which** does it reject?

# %% demonstration=true
needs(relations_of=relations_of, test_relations=test_relations)
changes = {
    "yours": lambda table: table,
    "turned round": lambda table: table.T,
    "columns first": lambda table: 3 * (table % 3) + table // 3,
    "up and down only": lambda table: 3 * (table // 3) + 1,
}
for name, change in changes.items():
    try:
        test_relations(lambda H, W, change=change: change(relations_of(H, W)))
        print(f"{name:18} accepted")
    except AssertionError:
        print(f"{name:18} rejected")

# %% [markdown]
# ## How good is 20 per cent?
#
# Nine classes, so chance is 1/9 = 11 %? On an 8 × 8 grid, **two guesses**, in per cent: how often is somebody
# right who always says LU; and how often somebody who sees whether a pair is one and the same patch, and
# nothing else?

# %%
my_shares = {"always LU": None, "same or not": None}

# %% exercise="relation_shares"

# %% demonstration=true
needs(relations_of=relations_of)
counted = torch.bincount(relations_of(8, 8).flatten(), minlength=9) / 64**2
lu, floor = 100 * counted[0].item(), 100 * (counted[0] + counted[4]).item()
measured = {"always LU": lu, "same or not": floor}
beside_guesses(measured, my_shares, "per cent right on 8 × 8", floor=100 / 9)

# %% [markdown]
# Counted with your table. Now by your formulas, on other grids. **Before you run:** on which of them is 1/9 right?

# %% demonstration=true
needs(relation_shares=relation_shares)
print("patches on a side " + "".join(f"{n:>8}" for n in (3, 4, 5, 8, 14, 1000)))
for name, formula in relation_shares.items():
    told = [100 * float(value_of(formula, n=n)) for n in (3, 4, 5, 8, 14, 1000)]
    print(f"{name:18}" + "".join(f"{share:8.2f}" for share in told))

# %% [markdown]
# - On **3 × 3**, the grid of all drawings, each class has exactly 1/9. That is where the mistake comes from.
# - On a fine grid two patches are hardly ever in one row: four corner classes share nearly everything, 25 % each.
# - The floor is *chance plus a recognised self*: 20.70 % on 8 × 8. It is lowest on 5 × 5. A published accuracy
#   without its grid says nothing.
#
# ## How far, and at which angle?
#
# "Left and up" does not say how far. Two more tables, of numbers this time.

# %% exercise="scaled_distances"

# %% [markdown]
# And an angle: between the arrows that lead from a corner to the two patches. From the corner *of the grid*, patch 0
# would be an arrow of length zero, without direction. So RelViT first moves all places by half a side, (H/2, W/2),
# away from the corner. (One step would do against the zero. But with half a side the widest angle is nearly the same
# on every grid, 46° on 4 × 4 and 50° on 8 × 8; with one step it would be 62° and 76°.)

# %% exercise="angle_between"

# %% [markdown]
# Why an ε at all? On an 8 × 8 grid no arrow is of length zero. In float32, each patch and itself, without ε:
# the cosine is 1 but for rounding. **Your guess:** of the 64 angles on the diagonal, how many are NaN, not a
# number?

# %%
my_nans = None

# %% demonstration=true
needs(grid_places=grid_places, angle_between=angle_between)
p = grid_places(8, 8).float() + 4  # (64, 2)
nans = {}
for eps in (0, 1e-5, 1e-3):
    nans[f"ε = {eps:g}"] = angle_between(p, p, eps).isnan().sum().item()
beside_guesses(nans, {"ε = 0": my_nans}, "NaN of 64")
off = {eps: angle_between(p, p, eps).nan_to_num(0).max().item() for eps in (1e-5, 1e-3)}
print("the widest angle of a patch with itself, radians:", off)

# %% [markdown]
# (No NaN at all? Then your function clamps the cosine, or replaces NaN. That is good practice, and does without ε.)
#
# A cosine of 1.0000001 has no arccos. ε mends it, if it is large enough to be seen beside ‖u‖‖v‖, and it has a
# price: a patch and itself are no longer at angle 0. (Our library sets the diagonal to 0 in place of it.)
#
# There is a second reason that is often told: the slope.

# %% exercise="arccos_slope"

# %% demonstration=true
needs(angle_between=angle_between)
for eps in (0.0, 1e-4):
    u = torch.tensor([6.0, 8.0], dtype=torch.float64, requires_grad=True)
    (slope,) = torch.autograd.grad(angle_between(u, torch.tensor([6.0, 8.0]), eps), u)
    print(f"ε = {eps:g}: the gradient at the same patch {slope.tolist()}")

# %% [markdown]
# At the very point where two patches are one, the gradient of arccos is infinite, and 0 · ∞ is NaN. But **in RelViT
# nobody differentiates an angle**: it is a label, and labels are constants. Here ε only stands against rounding.
# It is needed for its slope where a network *predicts* the vectors.
#
# Both tables for patch 0 of a 4 × 4 grid, rescaled to [−1, 1], laid out as the image. **Before you run:** which
# patches have the angle of patch 0 with itself?

# %% demonstration=true
def tables():
    """Relations, distances and angles of a 4 × 4 grid: three times (16, 16)"""
    needs(relations_of=relations_of, scaled_distances=scaled_distances)
    needs(grid_places=grid_places, angle_between=angle_between)
    p = grid_places(4, 4).double() + 2  # (16, 2)
    angles = angle_between(p[:, None], p[None], 1e-6)  # (16, 16)
    angles = 2 * angles / angles.max() - 1
    return relations_of(4, 4), scaled_distances(4, 4).float(), angles.float()


_, distances, angles = tables()
pictures = {"distance": distances[:, 0], "angle": angles[:, 0]}
square = {name: column.reshape(4, 4) for name, column in pictures.items()}
matrices(square, axes=("row", "column"), label="of patch 0")

# %% [markdown]
# The whole diagonal: these patches lie on one ray. Each table leaves out something that another one has.
#
# ## Who answers for a pair?
#
# Attention has a number for each pair already: its score. RelViT takes it as it is, before any softmax, and gives
# each **class a head of its own**: head 0 says how much speaks for LU, head 8 for RD.

# %% exercise="PairLogits"

# %% exercise="relation_loss"

# %% [markdown]
# Beside PyTorch's own (if you called it, the first line is no test, and the second one is), and with logits that know
# nothing. **Before you run:** what is the loss of the second line?

# %% demonstration=true
needs(PairLogits=PairLogits, relation_loss=relation_loss, relations_of=relations_of)
torch.manual_seed(0)
labels = relations_of(4, 4)
scores = PairLogits(DIM, 9)(torch.randn(2, N, DIM))  # (2, 9, 16, 16)
theirs = F.cross_entropy(scores, labels.expand(2, N, N))
print(f"yours {relation_loss(scores, labels):.6f}, PyTorch's {theirs:.6f}")
print(f"nothing known: {relation_loss(0 * scores, labels):.4f}")
for axis, name in {1: "heads", -1: "keys"}.items():
    shares = scores.softmax(dim=axis)[0, :, 0, 5]  # (9,), of one pair
    print(f"softmax over {name}: nine shares of a pair add up to {shares.sum():.2f}")

# %% exercise="FourTasks"

# %% [markdown]
# ## What can be learnt where there is nothing?
#
# Now a network. It is lesson 06's small ViT for digits of 8 × 8 pixels (patches of 2 × 2, so a grid of 4 × 4;
# 48 numbers a token, three layers), with your `FourTasks` on top, its four losses added up; of the first, the
# relations, the accuracy can be measured. But first it gets no digits: **every image is noise**, new at each of 150 steps. Twice:
# with lesson 06's learned positions at the input, and without any.
#
# **Your guess:** of the relations on new images of noise, how many per cent will each have right? (On 4 × 4,
# always-LU gives 14.1 and the floor is 20.3.)

# %%
my_noise = {"no positions": None, "positions": None}


# %% demonstration=true
def ready():
    """The three tables, once all is written that the network is made of."""
    needs(PairLogits=PairLogits, relation_loss=relation_loss, FourTasks=FourTasks)
    return tables()


def learnt(draw, positions=False, steps=150, seed=0):
    """A net and its heads, and the four losses of each step: (steps, 4)"""
    net, heads = encoder(seed, positions), FourTasks(DIM, N)
    return net, heads, learn(net, heads, ready(), draw, steps=steps, seed=seed)


# %% demonstration=true
def relations_right(net, heads, images):
    """Per cent right of all pairs."""
    labels, *_ = ready()
    told = logits(net, heads.relations, images).argmax(dim=1)  # (B, N, N)
    return 100 * (told == labels).float().mean().item()


# %% demonstration="long"
ready()
snow = noise(200, torch.Generator().manual_seed(99))
found = {}
for name, positions in {"no positions": False, "positions": True}.items():
    snowed, heads, _ = learnt(noise, positions)
    found[name] = relations_right(snowed, heads, snow)
beside_guesses(found, my_noise, "per cent right on noise", floor=20.3125)

# %% [markdown]
# With positions nearly everything is right, and there was **nothing to see**: each patch came with its place, and the
# network read it off. Without positions no more than the floor is to be had: a patch can be told from all others,
# and the rest can only be said blindly. (150 steps are few: this net is still below the floor, between it and
# always-LU.)
#
# This is a *shortcut*: a way to solve the task that teaches nothing of what the task was made for.

# %% exercise="why_no_positions"

# %% [markdown]
# ## What is there to learn in digits?
#
# The same network without positions, now on 1,438 real digits without their labels. And the control:
# the same digits, but the patches of each **scattered** in an order of its own: all patches are still there, and
# what they show says nothing about where they lie. **Your guess**, per cent right of the relations in digits not
# seen before:

# %%
my_digits = {"digits": None, "scattered": None}

# %% demonstration="long"
ready()
digits = some_digits()
right, nets = {}, {}
for name, draw in {"digits": digits, "scattered": scattered(digits)}.items():
    nets[name] = learnt(draw)
    right[name] = relations_right(*nets[name][:2], unseen())
beside_guesses(right, my_digits, "per cent right on unseen digits", floor=20.3125)

# %% [markdown]
# Above the floor there is only one way up: *what* a patch shows says *where* it lies. Strokes are in the middle,
# paper is at the sides, an upper edge is another one than a lower edge. That is knowledge of images, if a modest
# one. Scattered digits have none of it to give. That net, too, is tested on digits that are *not* scattered; with
# 15.2 it is hardly above always-LU, and below the floor, as the net of noise is.
#
# Which classes are hard? Per cent right of each, laid out as they lie, and how often each is said at all:

# %% demonstration=true
def by_class(net, heads, images):
    """Of each class, per cent right and per cent of all answers: two times (3, 3)"""
    labels, *_ = ready()
    told = logits(net, heads.relations, images).argmax(dim=1)  # (B, N, N)
    hits = (told == labels).float().mean(dim=0)  # (N, N)
    each = torch.stack([100 * hits[labels == c].mean() for c in range(9)])
    often = torch.stack([100 * (told == c).float().mean() for c in range(9)])
    return each.reshape(3, 3), often.reshape(3, 3)


# %% demonstration=true
ready()
upright, often = by_class(*nets["digits"][:2], unseen())
sides, axes = ("UCD", "LCR"), ("up or down", "left or right")
matrices({"right": upright, "said": often}, *sides, axes, 0, label="%")

# %% [markdown]
# Up and down in one column (CU, CD) are told far better than left and right in one row (LC, RC), though both are
# equally common. Is it the digits, or the net? The control: the same net learns the same digits **turned on their
# side**. If it is the net, the picture stays as it is. **Before you run:** which classes will be hard?

# %% demonstration="long"
ready()
lying = learnt(lambda B, chance: digits(B, chance).mT)
on_their_side, _ = by_class(*lying[:2], unseen().mT)
matrices({"upright": upright, "lying": on_their_side}, *sides, axes, 0, label="%")

# %% [markdown]
# It is the digits: the hard classes turn with them.
#
# Even CC, a patch with itself, is not always told. How can that be, if a patch recognises itself? Some patches
# are **twins**: empty paper, to the last pixel the same. Without positions they are the same token, so [i, j],
# [j, i] and [i, i] have the same nine logits, and at most one of the three can be right. The control: the same
# numbers for pairs of twins, and for all others; and a floor of these digits' own: what somebody can have right who
# sees whether two patches look alike, and nothing else.

# %% demonstration=true
labels, *_ = ready()
images, (net, heads, _) = unseen(), nets["digits"]
correct = logits(net, heads.relations, images).argmax(dim=1) == labels  # (B, N, N)
alike = twins(images)  # (B, N, N), True where two patches show the same
same = torch.eye(N, dtype=torch.bool)
groups = {"twins": alike & ~same, "others": ~alike}
single = alike.sum(dim=-1) == 1  # (B, N)
groups |= {"itself, has a twin": same & ~single[..., None]}
groups |= {"itself, has none": same & single[..., None]}
for name, chosen in groups.items():
    share, count = 100 * correct[chosen].float().mean(), 100 * chosen.float().mean()
    print(f"{name:20} {share:5.1f} % right, {count:4.1f} % of all pairs")
table = labels.expand_as(alike)
best = [table[seen].bincount().max().item() for seen in (alike, ~alike)]
print(f"alike or not, and no more: {100 * sum(best) / alike.numel():.1f} % at most")

# %% [markdown]
# ### Pick two patches
#
# Eight digits that the net has not seen. Click a patch i and a patch j (or use the arrow keys); read their label,
# distance and angle, and what the net says of them, as nine shares.
#
# 1. Find a pair that is told rightly and surely. What do the two show?
# 2. Take two empty corners, then change i and j round. What happens to the nine shares?
# 3. Set i = j on a stroke, then on empty paper.

# %% demonstration=true
ready()
net, heads, _ = nets["digits"]
shown = unseen()[:8]
two_patches(shown[:, 0], logits(net, heads.relations, shown).softmax(dim=1))

# %% [markdown]
# <details><summary>What you should have seen</summary>
#
# 1. Two patches with ink, one higher than the other, most often from upper left to lower right (LU, RD): where a stroke
#    begins and where it ends. Hardly ever two of one row (LC, RC).
# 2. Nothing: the same token twice.
# 3. On a stroke CC is sure; on paper it is one candidate of many.
#
# </details>
#
# ### And the other three tasks?
#
# The net learnt all four at once. Here is each, on digits, as a share of its *blind* loss: that of somebody who sees
# only whether two patches look alike. A task that stays at 100 has learnt nothing. **Before you run:** which of the
# four will end lowest?

# %% demonstration=true
blindly = blind(twins(unseen()), *ready())  # (4,)
*_, losses = nets["digits"]
left = 100 * losses / blindly  # (150, 4)
left = left.unflatten(0, (-1, 10)).mean(dim=1)  # (15, 4), the mean of ten steps
names = ["relations", "distances", "angles", "places"]
steps = range(5, 10 * len(left), 10)
curves(dict(zip(names, left.T)), "step", "loss, % of blind", steps)

# %% [markdown]
# Places end lowest, angles highest, though these came down furthest: they began far above blind. None has stayed at 100. An accuracy alone is harder to read:

# %% exercise="which_score"

# %% [markdown]
# ## Is it worth anything?
#
# A pretext score is not the result. The result: **lesson 06's ViT, and 100 labelled digits.** It starts from
# random weights (*labels alone*), or from what your `FourTasks` taught it, above, about all 1,438 digits without
# labels, or from the same with positions left on (the *shortcut*). From there on all is equal: positions on, a new
# head, the same images, the same 200 steps. **Your guesses**, per cent right of 359 unseen digits:

# %%
my_worth = {"labels alone": None, "relations first": None, "shortcut first": None}

# %% demonstration="long"
ready()
starts = {
    "labels alone": encoder(0),
    "relations first": nets["digits"][0],
    "shortcut first": learnt(digits, positions=True)[0],
}
worth = {name: 100 * fine_tuned(net, 100, steps=200) for name, net in starts.items()}
beside_guesses(worth, my_worth, "per cent right of 359 digits, 100 labels")

# %% [markdown]
# The shortcut, whose pretext score was worth nothing, comes out on top. Before you explain it: what is different
# about *its* start? It is the only one whose **positions have been learnt**. Lesson 06 found a plain ViT's
# positions, begun at ± 0.02, nearly silent for a long time. If that is all there is to it, two things follow.
#
# - The shortcut learnt on *noise*, which never saw a digit, must be as good.
# - With positions begun at ± 1 (*loud*), labels alone must be about as good, without any pretext task; and
#   relations, which had no positions to learn, get a fair chance at last.
#
# **Your guesses** for these three controls:

# %%
my_controls = {
    "noise first": None,
    "labels alone, loud": None,
    "relations first, loud": None,
}

# %% demonstration="long"
ready()
controls = {
    "noise first": snowed,
    "labels alone, loud": louder(encoder(0)),
    "relations first, loud": louder(nets["digits"][0]),
}
told = {name: 100 * fine_tuned(net, 100, steps=200) for name, net in controls.items()}
beside_guesses(told, my_controls, "per cent right of 359 digits, 100 labels")

# %% [markdown]
# - **Noise decides.** A net that was never shown a digit gains nearly as much as the one that was: most of what
#   the shortcut is worth is positions that can be heard, and nothing about images.
# - **Labels alone, loud,** are better than either, without any pretext task. *Labels alone*, quiet, was a weak
#   baseline. Against it, nearly anything that wakes the positions looks like a discovery.
# - So what relations are worth is *relations first, loud* against *labels alone, loud*, and no other pair. One image
#   of 359 is 0.3 points, and this is one seed; here the two came out alike, at 87.5. **No gain**, then. From how many
#   points on would you have called it one?
#
# Is a quiet start merely slow, or was it this seed? The same with twice the steps and three seeds (recorded,
# `benchmarks/results/relations.md`), and a control: all four tasks learnt on images whose patches are *scattered*, each
# image otherwise, so that there is nothing to learn about places. **Your guesses** for the means:

# %%
my_longer = {"labels alone": None, "labels alone, loud": None}
my_longer |= {"all four first, loud": None, "scattered first, loud": None}

# %% demonstration=true
recorded = {  # per cent right of 359 digits, a seed each
    "labels alone": [58.8, 54.3, 59.6],
    "labels alone, loud": [88.0, 90.0, 86.6],
    "all four first, loud": [88.9, 87.2, 86.9],
    "scattered first, loud": [88.9, 87.7, 88.9],
    "shortcut first": [81.6, 78.0, 82.5],
}
beside_guesses(recorded, my_longer, "per cent right of 359 digits, 400 steps")

# %% [markdown]
# - Quiet is neither merely slow nor bad luck: with twice the steps and three seeds the gap is about 30 points still.
# - **Against a fair baseline the tasks are worth nothing here.** 87.7 ± 1.1 after all four, 88.2 ± 1.7 without;
#   each task by itself, and relations with places as the published script has them, lie between 86.5 and 88.7. And
#   scattered patches, from which no relation can be learnt, do as well as real ones.
# - That is not to say that nothing was *learnt*. Left frozen, the patches of a small ViT have 60 % of digits right by kNN
#   after relations, 26 % with random weights (`benchmarks/results/equal-budget.md`, ten labels a class). But a hundred
#   labels, fine-tuned, teach as much by themselves.
#
# One encoder, one set of digits, one budget. `python -m benchmarks.relations` measures all of it in a quarter of an
# hour{{page: , in a copy of the course}}; change what you doubt there.
#
# RelViT's encoder comes to the labels with positions as they were drawn, so such a comparison is quickly unfair
# *against* it, too. Two starts are comparable if they differ in what was learnt, and in nothing else.

# %% [markdown]
# ## What the papers report
#
# RelViT: 100 epochs of relations and places without labels, then 100 epochs with labels, against the 100 with labels
# alone. (So the one had twice the steps; the paper has longer runs as well.) The table as the slides that this course
# began with (deck 2) print it:

# %% exercise="wrong_difference"

# %% demonstration=true
table = {  # from scratch and its spread, after RelViT and its spread; which ViT
    "CIFAR-10": (86.09, 0.46, 90.23, 0.09, "S/4"),
    "SVHN": (96.01, 0.07, 97.14, 0.03, "S/4"),
    "CIFAR-100": (59.19, 0.84, 64.99, 0.46, "S/4"),
    "Flower-102": (42.08, 0.29, 45.78, 0.75, "S/32"),
    "Tiny ImageNet": (43.19, 0.78, 51.98, 0.20, "S/8"),
    "ImageNet-100": (58.04, 0.91, 66.46, 0.45, "S/32"),
}
for name, (before, spread, after, then, _) in table.items():
    both = (spread**2 + then**2) ** 0.5
    print(f"{name:14} {after - before:+.2f}, spread of the difference {both:.2f}")

# %% [markdown]
# All six gains are well above the spread of their seeds. Is the gain largest where there was most to gain?
# Choose the axes, point at a dot.

# %% demonstration=true
rows = []
for name, (before, _, after, _, kind) in table.items():
    told = {"from scratch, %": before, "after RelViT, %": after}
    told |= {"gain, points": round(after - before, 2)}
    told |= {"errors mended, %": round(100 * (after - before) / (100 - before), 1)}
    rows.append(Row(name, kind, told))
along = ["from scratch, %", "after RelViT, %"]
up = ["gain, points", "errors mended, %", "after RelViT, %"]
published(rows, along, up, "Camporese, Izzo and Ballan 2022, as printed in deck 2")

# %% [markdown]
# <details><summary>What you should have seen</summary>
#
# In points, SVHN gains least and Tiny ImageNet most. As a share of the errors that were left, CIFAR-10 and SVHN gain
# most, over a quarter each, and Flower-102 least. "Helps most on hard data" and "helps most on easy data" can
# both be read off the same six rows.
#
# </details>

# %% [markdown] by_hand="which_cue" points=3 difficulty=3 minutes=10
# In your own words
#
# There is one thing in the published script that this lesson left out: it crops and colours **each patch alone** (cuts
# a smaller piece out of it, and shifts its colours) before it asks where the patches lie. Recall what a line that runs
# on across the border of two tiles gave away in lesson 09, and why those were cut with a gap. In three or four
# sentences: which way of answering does that take from the network, why would that way be bad, and how would you test
# whether your own network uses it?
#
# ### BEGIN SOLUTION
# *A point for each:*
#
# - Neighbours share lines and colours over their common border: matching the border pixels tells that two patches
#   touch, and on which side.
# - It is local and says nothing of what the image shows, so little of it is of use for classes: a shortcut, like
#   positions.
# - A control with everything else equal: cut a pixel off each patch's border, or shift each patch's colours, on
#   test images; if the accuracy falls to the floor, it was used. Train with and without, and compare after
#   fine-tuning, not on the pretext task.
# ### END SOLUTION

# %% [markdown]
# ## Three sentences to remember
#
# 1. Labels that are the same for every image teach about images only if the network is not told what they are about.
# 2. Compare with what somebody reaches who learnt nothing: on 8 × 8 that is 20.70 %, and on noise with
#    positions nearly 100.
# 3. The pretext score is not the result; the result is what the same labels give after it, against a baseline
#    that differs in nothing else.
#
# **One limit of what you built:** digits have much empty paper, a grid of 4 × 4, and always stand upright in
# the middle. On photographs patches touch along textures and lines, which is why the published method crops and
# colours each alone.
#
# **Next:** images were all there was so far. Then come several modalities.
#
# ## References
#
# - G. Camporese, E. Izzo, L. Ballan. *Where are my neighbors? Exploiting patches relations in self-supervised Vision
#   Transformer.* BMVC 2022. arXiv 2206.00481
# - C. Doersch, A. Gupta, A. Efros. *Unsupervised visual representation learning by context prediction.* ICCV 2015. arXiv
#   1505.05192
# - M. Noroozi, P. Favaro. *Unsupervised learning of visual representations by solving jigsaw puzzles.* ECCV 2016. arXiv
#   1603.09246
# - A. Dosovitskiy et al. *An image is worth 16×16 words.* ICLR 2021. arXiv 2010.11929
