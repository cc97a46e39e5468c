# %% [markdown] author=true
# What a reader ought to be able to answer after this lesson, on a case they have not seen:
#
# 1. A ViT-B/16 for 224 gets images of 448. How many tokens, what happens to the positions, and which share of
#    a block's FLOPs is attention? (785; the grid resized, CLS kept; near 2d = 1,536 tokens it would be half)
# 2. A colleague's ViT trains, but test accuracy is 3 points low. Its patches are cut by view(B, N, -1). Which
#    picture do you ask for? (one token laid out as an image; `to_patches`, `test_cut`)
# 3. A ViT without positions reads 93 of 100 digits. How can that be? (a bag of patches says much; `Places`)
# 4. 300 labelled images. ViT or CNN, and what would change your mind? (few images; pre-training; the controls)
# 5. Loss at step 0 is 9.2 with 1,000 classes. What do you look at first? (the head is not zero: `first_loss`)
# 6. Somebody shows a map of CLS attention as the reason for an answer. Ask for what? (deletion, random orders)
# 7. A table says ViT-L is worse than ViT-B. What do you ask? (pre-trained on how many images?)
# 8. NOT given: training recipes for ImageNet, distillation, hierarchical ViTs.

# %% [markdown]
# # 06 · The Vision Transformer
#
# JFT-300M is a collection of 303 million photographs. Look at one a second, day and night, and you are done in
# nine years and seven months. A Vision Transformer with 307 million parameters, ViT-L/16, learnt from
# ImageNet's 1.28 million photographs gets 76.5 % of ImageNet right; a ResNet-152, a fifth as large, 80.6 %.
#
# **Your guess first:** what does the *same* ViT get on ImageNet if it has seen the 303 million before? {{notebook: Put
# a number in place of `None`.}}{{page: Write it down, then read on.}}

# %%
my_jft = None  # per cent right

# %% [markdown]
# **You will be able to**
#
# - build a Vision Transformer from parts that you wrote, and load trained weights into it;
# - say what it knows of an image before it has learnt anything, and test whether that is why few labels hurt;
# - count its parameters and find the image size at which attention becomes the larger half of the price;
# - use it at a resolution that it never saw, and judge a picture of "where it looks".
#
# **You need** lesson 02 (attention), 03 (heads, positions, pre-norm), and to have trained a network. FLOPs are additions
# and multiplications, counted singly. No GPU.
#
# **Time** about four hours: {{minutes}} minutes for the {{exercises}} exercises ({{points}} points, {{by_hand}} of them
# given by a person{{notebook:, not counted by `check`}}), the rest for reading. All cells together compute for a
# minute or two.

# %%
import math

import torch
from torch import nn
from torch.nn import functional as F

from course import checkpoints
from course.checkpoint import load_official
from course.checkpoints.placing import KEPT
from course.cost.vision import vit as vit_cost
from course.data.by_name import load
from course.data.clutter import clutter
from course.data.pictures import photograph
from course.fewlabels.few_images import few, learn, pair, right
from course.fewlabels.few_images_recorded import RECORDED
from course.show import attention_viewer, faithfulness, needs, why_this_weight
from course.show.by_count import by_count
from course.show.contact_sheet import contact_sheet
from course.show.filters import components
from course.show.growing import growing_grid
from course.show.guesses import beside_guesses
from course.show.lecture_tables import days_of_computing, two_diets
from course.show.matrices import matrices
from course.show.reach import distances
from course.show.squares import shuffled_squares
from course.vision.patches import rearranged
from course.vision.vit import WIDTHS, ViT, build
from grader import check, hint, mine, numbers, sign_in
from grader.formula import parse

# yours, of lessons 02 and 03
attention, split_heads, MultiHead = mine.attention, mine.split_heads, mine.MultiHead

# %% [markdown]
# {{notebook: In a class, write the id and the key that your instructor gave you between the quotes; otherwise
# leave them empty.}}

# %%
sign_in("", key="")

# %% demonstration=true
found = {"ViT-L/16 after 303 million": 87.1, "after 1.28 million, as told": 76.5}
beside_guesses(found, {"ViT-L/16 after 303 million": my_jft}, "right of 100 (ImageNet)")

# %% [markdown]
# (Dosovitskiy et al. 2021, table 5.) The same network, the same code: from behind the ResNet to far in front of
# it. What does it lack that a CNN has, so that it takes nine years of photographs to make up for it? By the end you
# will have tested one answer.
#
# ## Before that: three questions on what came before
#
# <details><summary>1 · Shuffle the tokens of a self-attention layer without positions. What happens to its
# outputs?</summary>
#
# They are shuffled in the same way: equivariance. Their *mean* stays: invariance.
#
# </details>
# <details><summary>2 · Where does pre-norm put the norm, and why did it win?</summary>
#
# On the branch, x + f(norm(x)): the way around is never divided by anything. Where each branch adds as much variance
# as x began with, 7.7 % of x is left after twelve layers, and post-norm leaves one part in 4,000. (At PyTorch's
# initialisation branches add less, and twelve layers of the two are close; the deeper the net, the less so.)
#
# </details>
# <details><summary>3 · What in attention grows with the square of the number of tokens?</summary>
#
# The scores and the weighted sum: 4L²d FLOPs of a layer, and the table of weights, L² for each head.
#
# </details>

# %% [markdown]
# ## How does an image become a sentence?
#
# Attention reads tokens. Pixels as tokens would be 50,176 for a photograph of 224 × 224, and a table of 2.5 thousand
# million weights for each head. So the image is cut into squares, **patches** of P × P pixels, and each square is one
# token: N = HW/P² of them. P = 16 makes 196.

# %% exercise="four_tokens"

# %% exercise="to_patches"

# %% [markdown]
# Below, a digit of 16 × 16 pixels in its 16 patches of 4 × 4: cut by your function, and by the classic wrong line,
# `images.reshape(1, 16, -1)`. Both have the shape (1, 16, 16). **Before you run:** which pixels does the wrong one
# put into its first patch?

# %% demonstration=true
needs(to_patches=to_patches)
image = load("digits", "test", size=16).floats([3])  # (1, 1, 16, 16)
cuts = {"yours": to_patches(image, 4), "reshape alone": image.reshape(1, 16, -1)}
for name, patches in cuts.items():
    tiles = patches.view(4, 4, 4, 4)  # rows and columns of patches, then of pixels
    picture = tiles.permute(0, 2, 1, 3).reshape(16, 16)  # each patch in its place
    matrices({name: picture}, axes=("", ""), digits=0)

# %% [markdown]
# The first sixteen in reading order: the whole first row, as a square. A network can learn from that, worse, and
# without a word of complaint.

# %% exercise="test_cut"

# %% [markdown]
# Your test on your own function:


# %% demonstration=true
def cut_by_mine(image, P):
    """Your to_patches for one image: (C, H, W) -> (N, C, P, P)"""
    return to_patches(image[None], P)[0].unflatten(1, (-1, P, P))


needs(to_patches=to_patches, test_cut=test_cut)
test_cut(cut_by_mine)
print("Your test accepts your to_patches.")

# %% [markdown]
# ## What is a patch to the network?
#
# A vector of d numbers: z = E·patch + b, one matrix **E** for all patches. Libraries write it as a convolution.

# %% exercise="PatchEmbed"

# %% [markdown]
# Is it the same? A linear layer with your convolution's weights, on what your `to_patches` gives. **Guess:** how far
# apart will the two be?

# %% demonstration=true
needs(to_patches=to_patches, PatchEmbed=PatchEmbed)
torch.manual_seed(0)
embed, images = PatchEmbed(4, 24, 3), torch.randn(2, 3, 12, 20)
E, b = embed.projection.weight.flatten(1), embed.projection.bias  # (24, 48), (24,)
apart = (embed(images) - F.linear(to_patches(images, 4), E, b)).abs().max()
print(f"largest difference {apart:.0e}")

# %% [markdown]
# Nothing but rounding: a convolution whose stride is its kernel *is* a linear map of each patch. It is the only place
# in a ViT that knows which pixels are neighbours.
#
# ## Who answers, and who knows what lies where?
#
# One more token is put in front, **CLS**. It shows nothing; it is there to collect. And each of the 1 + N gets a
# learnt vector added, its **position**:
#
# $$z_0 = [x_\text{class};\ x^1 E;\ \dots;\ x^N E] + E_\text{pos}$$
#
# (equation 1 of the paper). The order matters: whoever adds positions first shifts them all by one place.

# %% exercise="Places"

# %% exercise="PreNormBlock"

# %% [markdown]
# Yours against PyTorch's own layer, with your weights in it:

# %% demonstration=true
needs(PreNormBlock=PreNormBlock)
torch.manual_seed(0)
block, x = PreNormBlock(16, 4, 64), torch.randn(2, 5, 16)
options = dict(activation="gelu", norm_first=True, layer_norm_eps=1e-6)
theirs = nn.TransformerEncoderLayer(16, 4, 64, dropout=0, batch_first=True, **options)
own = block.state_dict()
for kind in ("weight", "bias"):
    names = [f"attention.{part}.{kind}" for part in ("query", "key", "value")]
    own[f"self_attn.in_proj_{kind}"] = torch.cat([own.pop(name) for name in names])
    own[f"self_attn.out_proj.{kind}"] = own.pop(f"attention.output.{kind}")
    own[f"linear1.{kind}"] = own.pop(f"mlp.0.{kind}")
    own[f"linear2.{kind}"] = own.pop(f"mlp.2.{kind}")
theirs.load_state_dict(own)
print(f"largest difference {(block(x) - theirs(x)).abs().max():.0e}")

# %% exercise="VisionTransformer"

# %% exercise="first_loss"
given = numbers("first_loss")

first_loss = None  # nats
### BEGIN SOLUTION
first_loss = math.log(given.classes)
### END SOLUTION

# %% [markdown]
# If a new ViT's first loss is not that, something is wrong before anything has been learnt.
#
# ### Is it the real one?
#
# The library's ViT with random weights, and yours with **the same weights handed in**. Only names differ.

# %% demonstration=true
NAMES = {"embedding.": "patches.", "position.table": "places.position"}
NAMES |= {"layers.": "blocks.", "mlp.expand": "mlp.0", "mlp.contract": "mlp.2"}


def in_mine(theirs, **sizes):
    """The weights of the library's ViT in a VisionTransformer of yours."""
    weights = {}
    for name, weight in theirs.named_parameters():
        for old, new in NAMES.items():
            name = name.replace(old, new)
        weights["places.cls" if name == "cls" else name] = weight.detach()
    made = VisionTransformer(**sizes)
    made.load_state_dict(weights)
    return made


# %% demonstration=true
parts = dict(PatchEmbed=PatchEmbed, Places=Places, PreNormBlock=PreNormBlock)
parts |= dict(VisionTransformer=VisionTransformer)
needs(**parts)
torch.manual_seed(0)
theirs, images = ViT(32, 8, 48, 3, 4, 192, 10), torch.randn(5, 3, 32, 32)
nn.init.normal_(theirs.head.weight)  # or all logits would be zero
sizes = dict(side=32, P=8, d=48, depth=3, heads=4, hidden=192, classes=10)
twin = in_mine(theirs, **sizes)
print(f"largest difference of logits {(twin(images) - theirs(images)).abs().max():.0e}")

# %% [markdown]
# (Other than above: these logits are larger, and so is their rounding.) And that one gives the logits of Hugging Face's
# `transformers`, by a test of this course. You have built a ViT.
#
# ☕ *A good place for a break.*
#
# ## What does it notice?
#
# Two of yours learn scikit-learn's handwritten digits: 1,438 images of 8 × 8 pixels, 16 patches of 2 × 2. One is
# whole; in the other the positions are zero and stay so. Then the sixteen squares of each test image are shuffled.
# (`learn` is the course's loop of training: AdamW, 32 images a step; `right` is the share that is right.)
#
# **Your guess:** of 100 digits, how many does each read right, as they are and shuffled?

# %%
my_reading = {"with positions": None, "with positions, shuffled": None}
my_reading |= {"without": None, "without, shuffled": None}


# %% demonstration=true
def for_digits(seed, loudness=1.0):
    """A new VisionTransformer of yours for digits, its positions times `loudness`."""
    torch.manual_seed(seed)
    net = VisionTransformer(8, 2, 48, 3, 4, 192, 10, channels=1)
    net.places.position.data *= loudness
    return net


train, test = load("digits"), load("digits", "test")
digits, labels = pair(test)  # standardised, (359, 1, 8, 8), and what they show

# %% demonstration="long"
needs(**parts)
readers = {"with positions": for_digits(0), "without": for_digits(0, loudness=0.0)}
readers["without"].places.position.requires_grad_(False)
for name, net in readers.items():
    losses = list(learn(net, pair(train), steps=400))
    print(f"{name}: loss {losses[0]:.3f} at first, {losses[-1]:.3f} at the end")

# %% demonstration="long"
needs(**parts)
order = torch.randperm(16, generator=torch.Generator().manual_seed(1))
found = {}
for name, net in readers.items():
    found[name] = 100 * right(net, (digits, labels))
    shuffled = rearranged(digits, 2, order)
    found[f"{name}, shuffled"] = 100 * right(net, (shuffled, labels))
beside_guesses(found, my_reading, "right of 100", floor=10)

# %% [markdown]
# The first loss was ln 10 = 2.303, as it must. Without positions *nothing* changes, not one logit: to such a ViT an
# image is a bag of squares, and still it reads two digits of three, from what kinds of squares there are. The other
# one is better, but look at its last number: shuffled, it reads most of them, too. After 400 steps it hardly uses its
# positions yet. Keep that in mind.

# %% [markdown]
# ## Did anyone tell it that the image is a grid?
#
# No. It got sixteen vectors of noise and had to find out what lies beside what. Did it? The next figure is recorded
# from a training of this course (`course checkpoints make positions-snapshots`, which need not be run): a ViT with 8 × 8 patches that
# learnt the digits, its positions kept at nine moments. **Move the slider from left to right.**
#
# 1. At which moment do you see the first structure, and is it rows, columns or spots?
# 2. Choose a patch in a corner: who is like it? Is the edge of the image like the middle?

# %% demonstration=true
snapshots, card = checkpoints.load("positions-snapshots")
growing_grid(snapshots.kept, KEPT)

# %% [markdown]
# <details><summary>What you should have seen</summary>
#
# 1. Columns first: at 10 % a patch has a cosine of 0.25 with those above and below it, and of 0.07 with those beside
# it; at the end 0.36 and 0.18.
# 2. The left edge is like the *right* edge (0.43 in the same row at the end): both hold nothing but paper.
#
# </details>
#
# Positions begin as noise and come to be something like a map. Nobody drew it; it was *learnt*, from labels, and not
# of distances alone: alike become places where alike things lie. Which suggests why labels must be many.
#
# ## Who learns from few images?
#
# The same digits, but only 50 of them labelled; then 200, 1,000, all 1,438. A residual **CNN** and a **ViT**
# of 87,000 parameters each, and 400 steps of 32 images for both, whatever the number of images; the other 359 to test
# on.
#
# **Draw both curves first**, eight numbers: how many of 100 unseen digits are right?

# %%
my_curves = {
    "CNN": {50: None, 200: None, 1000: None, 1438: None},
    "ViT": {50: None, 200: None, 1000: None, 1438: None},
}

# %% demonstration=true
by_count({name: RECORDED[name] for name in my_curves}, my_curves)

# %% [markdown]
# (Recorded, three seeds: `benchmarks/results/few-images.md`.) Both learnt what they were shown by heart. Is it a
# matter of that one run? Here is the smallest point with **your** ViT, live:

# %% demonstration="long"
needs(**parts)
few_labels = pair(few(train, 50, seed=0))
for loudness in (1.0, 50.0):
    net = for_digits(0, loudness)
    *_, loss = learn(net, few_labels)
    seen, unseen = right(net, few_labels), right(net, (digits, labels))
    print(f"positions × {loudness:2.0f}: {100 * seen:.0f} of 100 it learnt", end=", ")
    print(f"{100 * unseen:.0f} of 100 it never saw")

# %% [markdown]
# ### Why?
#
# "A CNN knows beforehand that neighbours belong together", says every lecture. If so, put the squares of
# *all* images, in training and in test, into one and the same wrong order: neighbours are neighbours no more, and the
# CNN must fall. And a network with no such knowledge at all, an MLP with a weight of its own for each
# pixel, must be as bad as the ViT. Two controls and a third, in which positions begin fifty times as loud, as in the
# last line above. **Your guess** for these three at 50 images, where the ViT has 44 of 100:

# %%
my_controls = {"CNN, rearranged": None, "MLP": None, "ViT, loud positions": None}

# %% demonstration=true
controls = ("CNN, rearranged", "MLP", "ViT, loud positions", "ViT")
guesses = {name: {50: guess} for name, guess in my_controls.items()}
by_count({name: RECORDED[name] for name in controls}, guesses)

# %% [markdown]
# Here the lecture's sentence does not survive. The CNN hardly minds the wrong order, and the MLP, which knows nothing
# of neighbours, is as good. What the ViT lacks at 50 labels is something that *both* have: a way to tell
# **where** a patch lies. Its positions begin at ± 0.02 beside patches of size 1, so that it starts almost as the bag of
# squares from above; with loud ones it starts as a network that sees places, and most of the gap is gone.
#
# That is on digits, which lie in the middle of their image. On photographs, where a dog may sit anywhere, an MLP
# fails, and a convolution's equal treatment of all places does count. **The control, not the sentence, says which
# reason holds on your data.**
#
# Now all 1,438 images for yours with loud positions. Before, it read 80 of 100, and 63 when shuffled.
# **Your guess** for both:

# %%
my_loud = {"loud": None, "loud, shuffled": None}

# %% demonstration="long"
needs(**parts)
readers["loud"] = reader = for_digits(0, loudness=50.0)
for _ in learn(reader, pair(train)):
    pass
shuffled = rearranged(digits, 2, order)
found = {"loud": 100 * right(reader, (digits, labels))}
found["loud, shuffled"] = 100 * right(reader, (shuffled, labels))
beside_guesses(found, my_loud, "right of 100", floor=10)

# %% [markdown]
# As good as a CNN, and blind once the squares are moved: *this* one reads an image, not a bag. Move them yourself.
# **Which of the three changes its mind first, and which never?**

# %% demonstration="long"
needs(**parts)
moved = [torch.arange(16)]  # one more pair of squares changes places at each step
for one in torch.randperm(16, generator=torch.Generator().manual_seed(2)).split(2):
    moved.append(moved[-1].clone())
    moved[-1][one] = moved[-1][one.flip(0)]
image = test.floats([11])  # (1, 1, 8, 8)
shown = torch.cat([rearranged(1 - image, 2, o)[:, 0] for o in moved])
inputs = torch.cat([rearranged(digits[[11]], 2, o) for o in moved])
with torch.no_grad():
    said = {name: net(inputs).softmax(dim=-1) for name, net in readers.items()}
shuffled_squares(shown, said, test.classes, int(labels[11]))

# %% exercise="why_few_hurt"

# %% [markdown] by_hand="few_xrays" points=3 difficulty=3 minutes=8
# Two thousand X-rays
#
# A clinic has 2,000 labelled X-rays and wants "a Vision Transformer, as everyone has one". In three sentences: what do
# you expect if it is trained from scratch and why, what would you compare it with so that the comparison is fair,
# and what could make the ViT the right choice after all?
#
# ### BEGIN SOLUTION
# *A point for each:*
#
# - With so few images a ViT from scratch fits them and generalises worse than a CNN, as it has to learn from labels
#   what lies where.
# - Compare at equal parameters, steps, augmentation and labelled images, over several seeds, beside a simple
#   baseline.
# - Pre-training (on many images, labelled or not) is what changes the order, as for ViT-L from 76.5 to 87.1.
# ### END SOLUTION

# %% [markdown]
# ## What does one cost?
#
# Every ViT of the paper is one formula of d (width), depth, P, N and the classes c.

# %% exercise="vit_parameters"

# %% [markdown]
# Your table for the five sizes at 224 pixels, 1,000 classes. The paper prints 86, 307 and 632 M for B, L and H.
# **Which of the three will your formula not give?**

# %% demonstration=true
needs(vit_parameters=vit_parameters)
symbols = ["d", "P", "N", "c"]
table = {part: parse(text, symbols) for part, text in vit_parameters.items()}
for name, P in {"Ti": 16, "S": 16, "B": 16, "L": 16, "H": 14}.items():
    sizes = WIDTHS[name]
    values = dict(d=sizes["dim"], P=P, N=(224 // P) ** 2, c=1000)
    times = {"one block": sizes["depth"]}
    total = sum(times.get(k, 1) * f.value(**values) for k, f in table.items())
    large = -(-384 // P) * P  # the next multiple of P: 384, or 392 = 28 · 14
    flops = [vit_cost(**sizes, patch=P, resolution=side).flops for side in (224, large)]
    growth = f"{flops[0] / 1e9:6.1f} GFLOPs at 224, {flops[1] / 1e9:6.1f} at {large}"
    print(f"{name}/{P}: {float(total) / 1e6:6.2f} M parameters, {growth}")

# %% [markdown]
# B has 86.6 and H 632.0; L has 304.3: the 307 M of the paper's table is one per cent too many (so it is in the
# lectures that this course grew out of, and whose numbers it checks). At 384 pixels there are 2.9 times as many
# tokens, and B takes 3.2 times the FLOPs: its L² is hardly felt yet. The narrow Ti takes 3.8 times. From where on is
# it the larger half?

# %% exercise="overtaking_side"

# %% demonstration=true
needs(overtaking_side=overtaking_side)
crossing = parse(overtaking_side, ["P", "d"])
for name, P in {"Ti": 16, "S": 16, "B": 16, "L": 16, "H": 14}.items():
    side = crossing.value(P=P, d=WIDTHS[name]["dim"])
    print(f"{name}/{P}: attention is the larger half from {float(side):.0f} pixels on")

# %% [markdown]
# The wider the model, at equal P, the larger the image at which it happens: at 224 the L² of attention is not what a
# ViT pays for.
#
# ## Can it read an image larger than any it saw?
#
# Attention takes any number of tokens. Positions do not: there are 16 and a larger image asks for 36.

# %% exercise="resize_places"

# %% [markdown]
# Your loud reader learnt 8 × 8 pixels, a grid of 4 × 4. Now the same test digits at 12 × 12, a grid of 6 × 6.
# **Your guess:** of 100, how many with resized positions, and how many if the 36 patches get whichever of the
# sixteen comes next in the list, over and over?

# %%
my_larger = {"grid resized": None, "list repeated": None}

# %% demonstration="long"
needs(**parts, resize_places=resize_places)
larger = load("digits", "test", size=12).normalised(), labels
learnt = reader.places.position.data  # (1, 17, 48)
cls, grid = learnt[:, :1], learnt[:, 1:]
tables = {"grid resized": resize_places(learnt, 6)}
tables["list repeated"] = torch.cat([cls, grid.repeat(1, 3, 1)[:, :36]], dim=1)
found = {}
for name, table in tables.items():
    reader.places.position.data = table
    found[name] = 100 * right(reader, larger)
reader.places.position.data = learnt
beside_guesses(found, my_larger, "right of 100, at 12 × 12", floor=10)

# %% [markdown]
# No weight was trained for it, and it reads most of them; given wrong places it guesses. It costs a little: each
# stroke is now half as thick again in every patch, and it never saw such strokes. Official weights made for one
# resolution lose in the same way at another (9.5 points for B/16 at 224 in place of 384: google-research's
# vision_transformer, issue 6); a short fine-tuning brings them back.
#
# ## Where does it look?
#
# The finale. `supervised-clutter` is a ViT of this course that has learnt to name the colour of one large shape over
# clutter. Its weights go into **your** VisionTransformer, block by block. {{notebook: Choose
# a picture:}}{{page: Picture 7, of 0 … 999:}}

# %%
my_picture = 7  # 0 … 999

# %% demonstration=true
needs(**parts)
trained, card = checkpoints.load("supervised-clutter")
door = trained.encoder.embedding.projection  # it keeps its set's mean and std
pictures = clutter(1000, seed=1)
inputs = (pictures.floats() - door.mean) / door.std  # (1000, 3, 32, 32)
sizes = dict(side=32, P=4, d=64, depth=4, heads=4, hidden=256)
net = in_mine(trained.encoder, **sizes, classes=len(pictures.classes)).eval()
with torch.no_grad():
    said = net(inputs).argmax(dim=1)
    apart = (net(inputs[:50]) - trained.encoder(pictures.floats()[:50])).abs().max()
print(f"yours against the checkpoint, logits: {apart:.0e}")
print(f"right: {100 * (said == pictures.labels).float().mean():.1f} of 100")
contact_sheet(pictures.take([my_picture]), 1, 1)


# %% demonstration=true
@torch.no_grad()
def looks(net, image):
    """The weights of all heads: (C, H, W) -> (blocks, heads, 1 + N, 1 + N)"""
    x, found = net.places(net.patches(image[None])), []
    for block in net.blocks:
        ask, z = block.attention, block.norm1(x)
        q, k = (split_heads(part(z), ask.heads) for part in (ask.query, ask.key))
        found.append(attention(q, k, torch.eye(k.shape[-2]))[0])  # V = I shows them
        x = block(x)
    return torch.stack(found)


# %% [markdown]
# Press *CLS* below the picture, go through the layers, then through the heads. **Does it look at the shape, and in
# which layers?** Then choose another mode under *Show*.

# %% demonstration=true
needs(**parts)
weights = looks(net, inputs[my_picture])
attention_viewer(weights, pictures.floats([my_picture])[0], grid=(8, 8))

# %% [markdown]
# It was told colours, never *where*. Yet to know the colour it must find the shape: attention follows the objective.
# One number behind such a map, taken apart: your own digit reader, its CLS in the last block, one head.

# %% demonstration=true
needs(**parts)
with torch.no_grad():
    x = reader.places(reader.patches(digits[[11]]))
    for block in reader.blocks:
        last, z = block.attention, block.norm1(x)  # of the last block, in the end
        x = block(x)
    parts_of_z = (last.query, last.key, last.value)
    q, k, v = (split_heads(part(z), last.heads)[0, 0] for part in parts_of_z)  # head 0
names = ["CLS", *(f"{n // 4}, {n % 4}" for n in range(16))]
why_this_weight(q, k, v, queries=names, keys=names, query=0, key=6)

# %% exercise="attention_distance"

# %% [markdown]
# Your distances for a hundred pictures, trained and untrained. **Before you run:** in a CNN the first layers see
# little and the last ones all. And here?

# %% demonstration=true
needs(**parts, attention_distance=attention_distance)
torch.manual_seed(0)
fresh = VisionTransformer(**sizes, classes=10)
far = {}
for name, model in {"trained": net, "untrained": fresh}.items():
    maps = torch.stack([looks(model, image) for image in inputs[:100]])
    far[name] = attention_distance(maps, 8).mean(dim=0)  # (blocks, heads)
distances(far, unit="patches")

# %% [markdown]
# The untrained one looks everywhere alike, 4.1 patches away on average, from the first block on. Training has changed
# that little here, and only in the last block, to 3.8. The large ViTs of the paper have heads in their first blocks that
# stay near and others that look far; ours, on data whose clutter has no structure, had no reason to.
#
# And the very first layer, the matrix **E**? Papers show its filters as waves and edges. Below, of the trained one and
# of the untrained one, the directions in which the 64 filters differ most; lots were drawn for which comes first.
# **Which is which?**

# %% demonstration=true
needs(**parts)
lots = torch.randperm(2, generator=torch.Generator().manual_seed(1))
for number in lots.tolist():
    model = (fresh, net)[number]
    components(model.patches.projection.weight.detach(), 14)

# %% [markdown]
# <details><summary>The answer</summary>
#
# The first is the trained one, and nobody can see it: its first direction explains 6.4 % of the variance, the other's
# 6.7 %. 64 random directions of a patch's 48 numbers lose nothing of it, so whoever comes later can find the colour.
# The waves of the paper (its figure 7) are those of ViT-L/32 after 303 million photographs. A network can be right
# 99 times of 100 while its filters look like noise, and a picture of noise is no sign that it has learnt nothing.
#
# </details>
#
# ### Is the map true?
#
# Take away the squares that CLS looks at most, 16 of 64, and see what is left of the right answer's probability;
# beside it, 16 squares at random. **Your guess**, in per cent of probability:

# %%
my_deletion = {"CLS's favourites gone": None, "random ones gone": None}

# %% demonstration="long"
needs(**parts)
left = {"CLS's favourites gone": [], "random ones gone": []}
for number in range(20):
    label = int(pictures.labels[number])
    seen = looks(net, inputs[number])[1:3].mean(dim=(0, 1))[0, 1:]  # of blocks 1 and 2
    curves = faithfulness.curves(
        lambda images, label=label: net(images).softmax(dim=-1)[:, label].detach(),
        inputs[number],
        {"CLS": seen.view(8, 8)},
        steps=4,
    )
    left["CLS's favourites gone"].append(curves["CLS"].deletion[0, 1])
    left["random ones gone"].append(curves["random"].deletion[:, 1].mean())
means = {name: float(100 * sum(each) / 20) for name, each in left.items()}
beside_guesses(means, my_deletion, "probability of the right answer, per cent")

# %% [markdown]
# The control is the random row: only the *difference* says that the map knew something. (Squares are replaced by a
# blurred copy, so that no hole gives anything away.)
#
# ### With official weights, if you have a file
#
# DINO S/16 (`dino_deitsmall16_pretrain.pth`), a ViT or a DeiT: {{page: in the notebook, }}give the path of the file and
# of a photograph of yours, and the same cell shows real attention in the viewer. Without a file it says so and does
# nothing.

# %%
my_weights, my_layout, my_variant = "", "dino", "S/16"  # layouts: dino, deit, timm
my_photo = ""

# %% demonstration=true
needs(**parts)
shown = "No file is given, so nothing is shown."
if my_weights and my_photo:
    theirs, photo = build(my_variant, classes=1), photograph(my_photo, 224)
    load_official(theirs, my_weights, my_layout, head=False)
    size, P = my_variant.split("/")
    widths = {"d" if name == "dim" else name: n for name, n in WIDTHS[size].items()}
    official = in_mine(theirs, side=224, P=int(P), classes=1, **widths)
    mean, std = torch.tensor([[0.485, 0.456, 0.406], [0.229, 0.224, 0.225]])
    inputs = (photo - mean[:, None, None]) / std[:, None, None]  # ImageNet's
    shown = attention_viewer(looks(official, inputs), photo, (224 // int(P),) * 2)
shown

# %% [markdown]
# ## What the papers report
#
# Point at the dots; dashes join the rows of one model. Then put *images before* along the axis. **1.** Which model
# gains most from the 303 million? **2.** Which comparison of a ViT with a ResNet holds nothing equal at all?

# %% demonstration=true
two_diets()

# %% [markdown]
# <details><summary>What you should have seen</summary>
#
# 1. ViT-L/32, 13.2 points: large, with few tokens.
# 2. Every ViT after JFT-300M beside any ResNet: neither images nor parameters. After ImageNet the images at least are
#    the same. The next figure has a ResNet after JFT, BiT-L.
#
# </details>
#
# Days of computing, in the same paper. **Is there a test set on which four times the days buy BiT-L the first place?**

# %% demonstration=true
days_of_computing()

# %% [markdown]
# On none. Even ViT-L/16 is level with it or ahead on all but VTAB (0.01 points behind), in a fourteenth of its days.
#
# - **Dosovitskiy et al. 2021**, table 5: with few images the larger ViT is the *worse* one; with many it is the other
#   way round.
# - The same, table 8: without positions 61.4 %, with learnt ones 64.2 %; two-dimensional or relative ones no better.
# - **Raghu et al. 2021**: ViTs that have seen few images do not learn to look near in their first layers; with
#   JFT they do, and are better.
# - **Steiner et al. 2021**: augmentation and regularisation are worth as much as ten times the images.
#
# Ours is a toy: digits of 8 × 8, 87,000 parameters, seconds. It shows which reasons *can* be tested and how; it does not
# show how a ViT does on photographs.
#
# ## Three sentences to remember
#
# 1. A ViT is a Transformer encoder that reads squares of an image; a convolution with stride P, a token to collect the
#    answer and a learnt vector for each place are all that is new.
# 2. Before it has learnt its positions an image is a bag of squares to it; few labels do not suffice to learn them,
#    and a control, not a sentence, says whether that is the reason on your data.
# 3. A map of attention is a claim: take away what it points at, beside random squares, before you believe it.
#
# **One limit of what you built:** one resolution of tokens from the first block to the last, and labels by the
# thousand. Both can be mended: other ways of putting attention into vision networks, and learning without labels.
#
# ## References
#
# - A. Dosovitskiy et al. *An image is worth 16×16 words.* ICLR 2021. arXiv 2010.11929
# - M. Raghu et al. *Do Vision Transformers see like convolutional neural networks?* NeurIPS 2021. arXiv 2108.08810
# - A. Steiner et al. *How to train your ViT?* 2021. arXiv 2106.10270
# - K. He et al. *Deep residual learning for image recognition.* CVPR 2016. arXiv 1512.03385
# - V. Petsiuk, A. Das, K. Saenko. *RISE.* BMVC 2018. arXiv 1806.07421
# - H. Chefer, S. Gur, L. Wolf. *Transformer interpretability beyond attention visualization.* CVPR 2021. 2012.09838
