# %% [markdown] author=true
# What a reader ought to be able to answer after this lesson (ask whoever tries it):
#
# 1. A 64 × 64 image, every pixel a token, one head: how many weights? In windows of 7 × 7? Along the axes?
# 2. A colleague masks all but the neighbours and measures no gain. Why? (the table is made whole; the mask
#    forbids, it saves nothing)
# 3. How would you put a new block into a trained network without harming it, and which test shows that?
# 4. Why does class attention cost N and not N², and what does it leave alone?
# 5. Where does PEG's knowledge of place come from? What would circular padding do? (the border; nothing is known)
# 6. "PEG works at any resolution." What does that sentence promise, and what not? (positions do; features do not:
#    digits scaled up are lost on all of them)
# 7. In which term of DeiT's loss does the second token stand, and what does the model return at evaluation?
# 8. CvT-13 and ViT-S/16 cost the same at 224. At 512? (CvT more: its first stage is all pairs)
# 9. Two models differ by two points on 360 test images. Which three things do you ask for before you believe it?
#
# NOT given: relative positions, Swin's shifted windows, talking heads, talk of speed on a GPU.
#
# Recorded numbers: benchmarks/results/variants-cpu.md; that those of the text are its own, and all others, is
# tested in tests/lessons/test_07_variants.py.

# %% [markdown]
# # 07 · Variants: where to put attention, and how little of it is enough
#
# A Vision Transformer cuts an image into patches and lets all of them look at all. That is one of several ways
# to put attention into a vision network. This lesson builds small versions of each from **your own attention**,
# and asks of each what it buys.
#
# **You will be able to**
#
# - say what attention on pixels, in windows, along axes and on patches costs, before anything is run;
# - put a block into a network that is trained already, and test that it does no harm;
# - give tokens a place without giving them positions, and say what that promises at a new resolution;
# - learn from a teacher by both of DeiT's losses;
# - read a table of variants: what was held equal, what was not, and whether a difference is one.
#
# **You need** lessons 02 and 03 (attention, masks, heads, positions); 04 helps (its block is used here), and
# what the lesson on the Vision Transformer is about: patches, CLS, learned positions. A convolution (lesson 01).
#
# **Time** about three hours, two thirds of them for {{exercises}} questions ({{points}} points). The cells
# themselves take a minute of processor time.

# %%
import torch
import torch.nn.functional as F
from torch import nn

from course import cost
from course.cost.vision import cait, class_layer
from course.norm import GRN
from course.position import LearnedPosition
from course.show import needs
from course.show.guesses import beside_guesses
from course.show.matrices import matrices
from course.show.recorded import against_cost
from course.show.stages import pyramid
from course.vision import cait as cait_models
from course.vision import cvt as cvt_models
from course.vision.small_cnn import SmallCNN, fit, right
from course.vision.what_and_where import WhatAndWhere, accuracy, learn
from grader import check, hint, mine, numbers, sign_in
from grader.formula import value_of

# Yours, of lessons 02 and 04.
attention, EncoderBlock = mine.attention, mine.EncoderBlock

# %% [markdown]
# {{notebook: In a class, write the id and the key that your instructor gave you between the quotes; otherwise
# leave them empty.}}

# %%
sign_in("", key="")

# %% [markdown]
# ## What if every pixel could ask every pixel?
#
# A photograph of 224 × 224. As patches of 16 × 16 it is 196 tokens, and one head's table of weights fits into
# 150 KB. **Your guess first:** with every *pixel* a token, how many times larger is that table? {{notebook: Put
# it in place of `None`, then run both cells.}}{{page: Write it down, then read on.}}

# %%
my_times = None

# %% demonstration=true
tables = {"patches": (224 // 16) ** 4, "pixels": 224**4}
times = tables["pixels"] / tables["patches"]
said = {"pixels / patches": my_times}
beside_guesses({"pixels / patches": times}, said, "times", log=True)
print(f"{4 * tables['pixels'] / 2**30:.1f} GiB in float32, for one head of one layer")

# %% [markdown]
# A patch is sixteen pixels on each side, and the table grows with the *fourth* power of a side. So nobody does
# it on photographs; what is done in its place is the first half of this lesson.
#
# ### Three questions on what came before
#
# <details><summary>1 · What does a mask of this course say by True, and at which point does it act?</summary>
#
# "May attend." It puts −∞ into the scores where it is False, before the softmax.
#
# </details>
# <details><summary>2 · Attention without positions, its tokens shuffled: what happens to its outputs?</summary>
#
# They are shuffled alike: it is permutation equivariant. A CLS token that reads them notices nothing.
#
# </details>
# <details><summary>3 · A 3 × 3 convolution moves with the image. Where does it not?</summary>
#
# At the border, where it sees the zeros around the image (lesson 01). Remember this one.
#
# </details>

# %% exercise="attention_entries"

# %% [markdown]
# Your formulas for three images: a digit, CIFAR's 32 × 32, a photograph; with windows of 7 × 7, always 64 patches
# (so P = n/8), and a map of 4 × 4. **Before you run:** which of the five is cheapest on the *digit*, and is it still
# the cheapest on the photograph?

# %% demonstration=true
needs(attention_entries=attention_entries)
print(f"{'':18}" + "".join(f"{f'{n} × {n}':>16}" for n in (8, 32, 224)))
for way, formula in attention_entries.items():
    sizes = [value_of(formula, n=n, k=7, P=n // 8, s=n // 4) for n in (8, 32, 224)]
    print(f"{way:18}" + "".join(f"{int(size):16,}" for size in sizes))

# %% [markdown]
# What is cut into a fixed number of tokens costs the same at any size; what looks at pixels grows with n², n³, n⁴.
# Now each of them, one after the other.
#
# ## Is it enough to see the neighbours?
#
# A convolution sees k × k pixels, and so can attention. First the counting, at the border, too:

# %% exercise="window_pairs"
given = numbers("window_pairs")

window_pairs = None  # a whole number
### BEGIN SOLUTION
line = given.n * given.k - (given.k**2 - 1) // 4  # of one line of n pixels
window_pairs = line**2
### END SOLUTION

# %% exercise="local_mask"

# %% [markdown]
# One pixel's row of your mask, as an image; a middle one and a corner. And the sum of all, beside the formula
# that you counted by.

# %% demonstration=true
needs(local_mask=local_mask)
mask = local_mask(6, 8, 5)  # (48, 48)
rows = {f"pixel {p}": mask[p].reshape(6, 8).float() for p in (0, 27)}
matrices(rows, axes=("row", "column"), digits=0, label="may look")
line = {n: n * 5 - (5**2 - 1) // 4 for n in (6, 8)}
print(f"{int(mask.sum())} pairs, counted line by line {line[6] * line[8]}")

# %% [markdown]
# Now your attention with your mask on a 16 × 16 image: 256 tokens, each of which may see 9 of them. All
# others are forbidden. **Your guess:** what per cent of the FLOPs of the unmasked attention does it take?

# %%
my_masked = None  # per cent

# %% demonstration=true
needs(local_mask=local_mask)
tokens, mask = 3 * [(1, 256, 32)], local_mask(16, 16, 3)
whole = cost.measure(attention, *tokens).flops
masked = cost.measure(attention, *tokens, mask).flops
gathered = 4 * 256 * 9 * 32  # scores and weighted sum, if only neighbours are fetched
shares = {"by a mask": 100 * masked / whole, "by fetching": 100 * gathered / whole}
beside_guesses(shares, {"by a mask": my_masked}, "per cent of all pairs' FLOPs")
x = torch.randn(1, 256, 32)
theirs = F.scaled_dot_product_attention(x, x, x, attn_mask=mask)
print(f"off PyTorch's own by {(attention(x, x, x, mask) - theirs).abs().max():.0e}")

# %% [markdown]
# **A mask forbids, and saves nothing.** The whole table is made, and most of it thrown away. To save, one has to
# fetch each pixel's neighbours and score those only (*stand-alone self-attention*, Ramachandran et al. 2019, does;
# `course.vision.standalone`), or cut the image into windows that do not overlap (Swin).
#
# ## Can two short looks replace a long one?
#
# The neighbour of a neighbour is reached by the next layer: with k = 3, the far corner of a 32 × 32 image
# after 31 of them. **Axial** attention goes along a column and then along a row. How many layers of it does a pixel
# take to see all others?

# %% exercise="axial_attention"

# %% [markdown]
# Who is seen by the pixel in row 2, column 5? The gradient of its output tells, for one pass of each kind.
# **Say first** what the two pictures will look like.

# %% demonstration=true
needs(axial_attention=axial_attention, local_mask=local_mask)
def seen_by(layer, row=2, column=5):
    x = torch.randn(1, 8, 8, 4, requires_grad=True)
    layer(x)[0, row, column].sum().backward()
    return (x.grad[0].abs().sum(-1) > 0).float()  # (8, 8)


def windowed(x):
    flat = x.flatten(1, 2)  # (1, 64, 4)
    return attention(flat, flat, flat, local_mask(8, 8, 3)).unflatten(1, (8, 8))


pictures = {"windows of 3 × 3": windowed, "column, then row": axial_attention}
seen = {name: seen_by(layer) for name, layer in pictures.items()}
matrices(seen, axes=("row", "column"), digits=0, label="seen")

# %% [markdown]
# One layer: everything, at 2n³ instead of n⁴: seven times less at n = 14, 112 times at 224. But it is not the same
# function: a pixel in another row and column is seen only through the one at the corner between, mixed with all that
# this one saw. (Wang et al. 2020 built a whole network of it, with
# positions in queries, keys and values.)
#
# ## Can a trained network be given attention afterwards?
#
# A CNN that works, and in which two far places never meet. A **non-local** block (Wang et al. 2018) lets all
# places of one of its maps attend to each other, and *adds* the result.

# %% exercise="NonLocal"

# %% [markdown]
# The control on real data: a small CNN learns digits for some seconds; then your block, untrained, with its
# output weights drawn from a normal distribution of deviation 1, is put between its two convolutions. **Your
# guess:** of 100 digits, how many does it still get right?

# %%
my_inserted = None

# %% demonstration=true
needs(NonLocal=NonLocal)
torch.manual_seed(0)
cnn = fit(SmallCNN(16), epochs=4)
kept = {"before": 100 * right(cnn)}
cnn.between = NonLocal(16)
nn.init.normal_(cnn.between.output.weight, std=1.0)
kept["a block put in"] = 100 * right(cnn)
nn.init.zeros_(cnn.between.output.weight)
nn.init.zeros_(cnn.between.output.bias)
kept["its output at zero"] = 100 * right(cnn)
beside_guesses(kept, {"a block put in": my_inserted}, "right of 100")

# %% [markdown]
# With `output` at zero the block is not there yet, and training can let it in. The same thought stands in
# many places: ResNets are often begun with each block's last scale, that of its BatchNorm, at 0, and **LayerScale**
# (CaiT) multiplies each branch by factors that start small, 1e-5 in 24 layers and 1e-6 in more, so that 48 layers
# begin as nearly none.

# %% exercise="LayerScale"

# %% exercise="test_starts_as_identity"

# %% [markdown]
# Your test as a judge, of four blocks: your `NonLocal` as it is made; the same with a silent output layer; a branch
# behind your `LayerScale`; and *GRN*, ConvNeXt V2's norm, whose two parameters start at 0. **Which** will it reject?


# %% demonstration=true
def verdict(kind):
    """Of your test, on a block of that class, made for as many channels as come."""
    try:
        test_starts_as_identity(lambda x: kind(x.shape[1])(x).detach())
    except AssertionError:
        return "rejected"
    return "accepted"


class Scaled(nn.Module):
    """x plus a linear layer of it, behind LayerScale; maps of d channels."""

    def __init__(self, d):
        super().__init__()
        self.branch = nn.Sequential(nn.Linear(d, d), LayerScale(d))

    def forward(self, x):
        return x + self.branch(x.movedim(1, -1)).movedim(-1, 1)


# %% demonstration=true
class Normed(nn.Module):
    def __init__(self, d):
        super().__init__()
        self.norm = GRN(d)  # channels last

    def forward(self, x):
        return self.norm(x.movedim(1, -1)).movedim(-1, 1)


class Silent(nn.Module):
    """A non-local block whose output layer starts at zero."""

    def __init__(self, d):
        super().__init__()
        self.block = NonLocal(d)
        for parameter in self.block.output.parameters():
            nn.init.zeros_(parameter)

    def forward(self, x):
        return self.block(x)


# %% demonstration=true
needs(NonLocal=NonLocal, LayerScale=LayerScale)
needs(test_starts_as_identity=test_starts_as_identity)
for kind in (NonLocal, Silent, Scaled, Normed):
    print(f"{kind.__name__:9}", verdict(kind))

# %% [markdown]
# ## Must CLS be there all along?
#
# In ViT a CLS token goes through all layers, and its table row is two things at once: patches look at it, and it
# looks at patches. CaiT parts the two: a trunk of patches alone; then two layers in which **CLS only reads**.

# %% exercise="ClassAttention"

# %% [markdown]
# One query instead of N + 1. **Your guess:** of all FLOPs of CaiT-S24 (24 layers of patches, 2 of class
# attention, 196 patches), what per cent do the two class layers take?

# %%
my_class_share = None  # per cent: 2 layers of 26

# %% demonstration=true
sizes = cait_models.VARIANTS["S24"]
N, d = 196, sizes["dim"]
two = 2 * class_layer(1 + N, d, sizes["hidden"], sizes["heads"])
share = 100 * two.flops / cait(**sizes).flops
measured = {"class attention": float(share)}
said = {"class attention": my_class_share}
beside_guesses(measured, said, "per cent of CaiT-S24's FLOPs")
scores = 4 * (1 + N) * d, 4 * (1 + N) ** 2 * d
print(f"scores and weighted sums: {scores[0]:,} FLOPs a layer, and not {scores[1]:,}")

# %% [markdown]
# What is left of them are keys and values of all tokens; queries, scores and the MLP are CLS's alone.
#
# ## How can a token know its place, if nobody tells it?
#
# Learned positions are a table made for one grid. **PEG** (conditional positions, Chu et al. 2021) has no table: a
# depthwise convolution over the patches, laid out as the image they came from, added to them.

# %% exercise="PEG"

# %% [markdown]
# An experiment that shows where the places come from. A *constant* image: all patches are the same. What leaves PEG
# with zeros around the image, and with an image that goes round?

# %% demonstration=true
needs(PEG=PEG)


def going_round(d):
    peg = PEG(d)
    weights = peg.convolution.state_dict()
    peg.convolution = nn.Conv2d(d, d, 3, padding=1, groups=d, padding_mode="circular")
    peg.convolution.load_state_dict(weights)
    return peg


same = torch.ones(1, 1 + 36, 1)
outputs = {}
for name, make in {"zeros around": PEG, "going round": going_round}.items():
    torch.manual_seed(0)
    outputs[name] = make(1)(same, (6, 6))[0, 1:].reshape(6, 6).detach()
matrices(outputs, axes=("row", "column"), digits=2)

# %% exercise="where_it_stands"

# %% [markdown]
# ## What, and where?
#
# Now a network of your parts: two of your `EncoderBlock`s (lesson 04), your `PEG` behind the first, your
# `ClassAttention` at the end. It learns real digits, 8 × 8 pixels, each in one of the four corners of an
# empty image of 16 × 16, and is asked two things: **what** is it, and in which corner, **where**?
#
# Four nets, alike but for the positions: none; a learned table for the 4 × 4 grid; your PEG; your PEG with
# circular padding. Then the same nets, **without further training**, on images of 48 × 48 (the table is
# resized as a picture; the digit keeps its 8 × 8 pixels). **Four guesses**, right of 100, *where*:

# %%
my_where = {
    "none, 16": None,
    "circular PEG, 16": None,
    "learned, 48": None,
    "PEG, 48": None,
}


# %% demonstration=true
def in_corners(kind, seed):
    torch.manual_seed(seed)
    places = {
        "none": {},
        "learned": {"learned": LearnedPosition((4, 4), 32, extra=1)},
        "PEG": {"peg": PEG(32)},
        "circular PEG": {"peg": going_round(32)},
    }[kind]
    blocks = [EncoderBlock(32, 4, 64), EncoderBlock(32, 4, 64)]
    net = WhatAndWhere(32, blocks, ClassAttention(32), **places)
    learn(net, seed=seed)
    return net


# %% demonstration="long"
needs(PEG=PEG, ClassAttention=ClassAttention)
kinds, seeds = ("none", "learned", "PEG", "circular PEG"), (0, 1)
nets = {kind: [in_corners(kind, seed) for seed in seeds] for kind in kinds}
found = {
    (kind, side): [accuracy(net, side) for net in nets[kind]]
    for kind in kinds
    for side in (16, 48)
}
where = {
    f"{kind}, {side}": [100 * corner for _, corner in shares]
    for (kind, side), shares in found.items()
}
beside_guesses(where, my_where, "where: right of 100", floor=25)

# %% demonstration=true
needs(PEG=PEG, ClassAttention=ClassAttention)
print(f"{'what: right of 100':20}" + "".join(f"{kind:>16}" for kind in kinds))
for side in (16, 48):
    told = [[round(100 * what) for what, _ in found[kind, side]] for kind in kinds]
    print(f"{f'{side} × {side}':20}" + "".join(f"{one!s:>16}" for one in told))

# %% [markdown]
# - *What* hardly cares: with none at all most digits are read. A set of patches is enough for digits, which is
#   why a missing position is so easily overlooked there.
# - *Where* is at chance without positions and **with the circular PEG**: it knows its neighbours, and
#   neighbours are the same in each corner. The zeros at the border were all there was to know.
# - On the larger image *what* suffers in all four nets, so not from their positions: it has many more empty patches.
# - On the larger image PEG still knows, as a corner looks like a corner. The stretched table is worse. (It is
#   not the number of tokens: PEG's net has as many.)
#
# This is what PEG's authors (Chu et al. 2021) report of ImageNet, trained at 224 and tested at 224 / 384: DeiT-Ti with
# a learned table 72.2 / 71.2, with sines 72.3 / 70.8, CPVT-Ti, with PEG, 72.4 / **73.2**.
#
# ### So any resolution will do?
#
# The images above grew *around* the digit. Usually an image is scaled, and the digit with it. A recorded run
# (`benchmarks/variants.py`: 8 × 8 digits, 4 × 4 patches of 2 × 2 pixels, three seeds) scaled the test images to
# 12 × 12, with a table resized as a picture, or wrongly, as if its 16 rows were one line; and a CNN beside them.
# **Your guess:** at 8 × 8 both had more than 80 % right. And at 12 × 12?

# %%
my_scaled = {"learned, 12": None, "PEG, 12": None}  # per cent

# %% demonstration=true
scaled = {
    "learned, 8": [90.0, 82.5, 89.1],
    "learned, 12": [55.7, 45.1, 41.8],
    "as one line, 12": [27.6, 30.4, 21.4],
    "PEG, 8": [95.5, 96.7, 97.8],
    "PEG, 12": [35.7, 46.5, 51.3],
    "CNN, 12": [18.1, 20.3, 15.3],
}
beside_guesses(scaled, my_scaled, "per cent right, three seeds")

# %% [markdown]
# All of them fall, and **PEG's lead is gone**: nine points at 8 × 8, and at 12 × 12 the seeds of the two overlap. Two
# controls. In the corners the places changed and the patches did not: there PEG lost nothing. Here the patches
# changed too (a stroke is half again as thick), and the CNN, which has no positions to lose, falls further than
# either. So it is not only the places that are lost. "Any resolution" is a promise about positions; it does not
# make features that were learnt at one size fit another.
# On ImageNet a net has seen objects at all sizes in training, by random crops; our digits all came at one.
#
# And *as one line* is a bug to know: the table's 16 rows stretched as if they were a line, and not a grid. The
# shapes are right, nothing warns, and another part of the accuracy is gone.
#
# ## What does a teacher add to the labels?
#
# DeiT learns from a CNN as well, through a **second token** with a head of its own. Two losses: a teacher who
# points, and one who explains.

# %% exercise="hard_loss"

# %% exercise="soft_loss"

# %% [markdown]
# What is there to explain? A teacher's logits for one digit, at three temperatures: what it says beside the 7.

# %% demonstration=true
said = torch.tensor([0.2, 4.5, 1.0, 0.4, 3.0, 0.1, 0.0, 9.0, 0.3, 5.5])  # ten classes
rows = [f"τ = {tau}" for tau in (1, 3, 10)]
table = torch.stack([(said / tau).softmax(dim=0) for tau in (1, 3, 10)])
matrices({"": table}, rows, list("0123456789"), axes=("", "digit"), digits=2, label="p")

# %% [markdown]
# A control for τ²: the same student, its gradient by the soft term at three temperatures. **Before you run:** what
# would you see without the τ²?

# %% demonstration=true
needs(soft_loss=soft_loss)
torch.manual_seed(0)
student = torch.randn(8, 10, requires_grad=True)
teacher, labels = torch.randn(8, 10), torch.arange(8)
for tau in (1, 4, 16):
    loss = soft_loss(student, student, teacher, labels, 1.0, tau)
    (gradient,) = torch.autograd.grad(loss, student)
    length = gradient.norm().item()
    print(f"τ = {tau:2}: gradient {length:.3f}, without τ² {length / tau**2:.5f}")

# %% [markdown]
# In training the model hands out both logits, each for its own target. At **evaluation** it returns their mean
# (the paper adds the softmaxes; its code, and ours, average the logits), and there is no teacher any more.
# A model that still returns a pair at evaluation, or only the CLS head, is the usual bug.
#
# ## Must all layers be alike?
#
# ViT is **isotropic**: N tokens of one width in every layer. A CNN is **hierarchical**: many narrow places first,
# few wide ones at the end; CvT (Wu et al. 2021) is a Transformer of that form.

# %% exercise="stage_sizes"

# %% [markdown]
# Both to one scale. Move the slider, click a stage (or use the arrow keys).
#
# 1. At 224, what do both models cost in all? Which stage of CvT takes most, and which has the largest table?
# 2. From which size on does CvT-13 cost more than ViT-S/16?
# 3. At 1,024: which stage takes most now, with one layer of thirteen?

# %% demonstration=true
pyramid("ViT-S/16", "CvT-13", 224)

# %% [markdown]
# <details><summary>What you should have seen</summary>
#
# 1. Both about 9 GFLOPs; the third stage 72 %, while the first, with 11 %, has a table 250 times as large.
# 2. From 256 on or so: a pyramid is not the cheaper one at large sizes, for its first stage still compares all
#    its tokens.
# 3. The first: 46 %, nearly all of it pairs.
#
# </details>
#
# The numbers of CvT's paper beside our formulas. They are printed as FLOPs, and are multiply–adds:

# %% demonstration=true
printed = {("13", 224): 4.5, ("21", 224): 7.1, ("13", 384): 16.3, ("21", 384): 24.9}
for (variant, size), told in printed.items():
    ours = cost.vision.cvt(**cvt_models.VARIANTS[variant], resolution=size)
    print(f"CvT-{variant} at {size}: printed {told}, ours {ours.flops / 2e9:.1f}")

# %% exercise="choose_way"

# %% [markdown]
# ## Which of them is best?
#
# Six networks: a plain ViT; the same with a PEG (`cpvt`), and with a teacher (`deit`); a small ResNet whose map is the
# ViT's image (`hybrid`); a pyramid (`cvt`); a CNN. They are equal to 4 % in parameters (about 200,000), in epochs,
# batches and learning rate; 1,438 digits,
# three seeds; recorded. `deit` was also told what the `cnn` of its seed took each image for. **Your
# guesses**, per cent right of 359 unseen digits:

# %%
my_right = {"vit": None, "cpvt": None, "deit": None}
my_right |= {"hybrid": None, "cvt": None, "cnn": None}

# %% demonstration=true
recorded = {
    "vit": (7.0, [90.0, 82.5, 89.1]),
    "cpvt": (7.0, [95.5, 96.7, 97.8]),
    "deit": (7.4, [95.8, 92.5, 92.2]),
    "hybrid": (9.1, [98.6, 97.2, 99.4]),
    "cvt": (3.5, [98.9, 97.8, 98.3]),
    "cnn": (4.0, [99.2, 98.9, 98.9]),
}
against_cost(recorded, my_right)

# %% [markdown]
# - Parameters are equal, work is not: the hybrid takes 2.6 times CvT's FLOPs for the same accuracy.
# - On 1,438 digits, **whatever brings a convolution in helps**: 640 parameters of PEG, a ResNet in front, or CvT's.
#   Why? Lesson 06 has the control: less because a CNN knows neighbours than because it tells places apart from
#   the start, where a plain ViT's positions are still nearly silent.
# - The distilled ViT gained six points from the CNN's answers, without one image more. But a teacher had to be
#   trained first, and that is in nobody's budget.
# - Three seeds, 359 images: one image is 0.3 points. Where the points of two networks overlap, this run does not
#   tell them apart.
#
# With 300 million images the order of ViT and CNN turns round (Dosovitskiy et al. 2021).

# %% [markdown] by_hand="believe_it" points=3 difficulty=3 minutes=8
# Would you believe it?
#
# A blog post: "At the same number of parameters, our attention block beats the CNN by 1.1 points (one run
# each, 400 test images), so attention is the better operation." In three or four sentences: what does this
# evidence not show, why, and what would you ask for?
#
# ### BEGIN SOLUTION
# *A point for each:*
#
# - 1.1 points of 400 images are four or five images; one run has no spread: ask for seeds and a larger test.
# - Equal parameters are not equal FLOPs, epochs, augmentation or tuning: say what was held equal, show cost.
# - Even so it holds for this set and size: the ranking turns with data and resolution, "better operation" does not
#   follow.
# ### END SOLUTION

# %% [markdown]
# ## What the papers report
#
# - **DeiT** (Touvron et al. 2021), ImageNet top-1: Ti 72.2 → 74.5 with a CNN's hard labels, S 79.8 → 81.2,
#   B 81.8 → 83.4.
# - **CPVT** (Chu et al. 2021): see *What, and where?* above. **CvT-13** (Wu et al. 2021): 81.6 % with 20 M parameters.
# - **LR-Net-50** (Hu et al. 2019): attention in 7 × 7 windows in place of the 3 × 3 convolutions: 23.3 M
#   parameters against ResNet-50's 25.5 M, and 77.3 % on ImageNet. Windows alone can carry a network.
# - **CaiT-M36** (Touvron et al. 2021b): 86.1 % at 384, distilled.
#
# Ours are toys: 1,438 digits, a fifth of a million parameters, minutes. They show mechanisms and
# which control to ask for; which network to take for photographs they do not show.
#
# ## Three sentences to remember
#
# 1. The price of attention is how many ask times how many each is scored against; a mask lowers neither.
# 2. A block that starts as the identity can be put in anywhere; a test shows it in one line.
# 3. PEG knows its place from the zeros at the border, which is why it moves to other grids; what the
#    patches themselves look like must still be what was learnt.
#
# **One limit of what you built:** everything here was taught with labels. 1,438 of them were enough for digits;
# for photographs they would not be.
#
# **Next:** what to do with few labels.
#
# ## References
#
# - X. Wang, R. Girshick, A. Gupta, K. He. *Non-local neural networks.* CVPR 2018. arXiv 1711.07971
# - P. Ramachandran et al. *Stand-alone self-attention in vision models.* NeurIPS 2019. arXiv 1906.05909
# - H. Hu, Z. Zhang, Z. Xie, S. Lin. *Local relation networks for image recognition.* ICCV 2019. arXiv 1904.11491
# - H. Wang et al. *Axial-DeepLab.* ECCV 2020. arXiv 2003.07853
# - H. Touvron et al. *Training data-efficient image Transformers.* ICML 2021. arXiv 2012.12877
# - H. Touvron et al. *Going deeper with image Transformers.* ICCV 2021. arXiv 2103.17239
# - X. Chu et al. *Conditional positional encodings for Vision Transformers.* arXiv 2102.10882
# - A. Dosovitskiy et al. *An image is worth 16×16 words.* ICLR 2021. arXiv 2010.11929
# - H. Wu et al. *CvT: introducing convolutions to Vision Transformers.* ICCV 2021. arXiv 2103.15808
