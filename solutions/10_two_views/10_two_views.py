# %% [markdown] author=true
# What a reader ought to be able to answer after this lesson, on a case they have not seen:
#
# 1. A colleague's SimCLR on microscope slides groups them by laboratory and not by tissue. Why, and what do you
#    change? (the stain is a shortcut: colours must be changed in the views)
# 2. Their loss starts at ln N and not at ln(2N − 1). Who is missing? (candidates of one half only)
# 3. Doubling the batch at the same number of epochs made kNN worse. How can that be? (half as many steps)
# 4. A DINO log falls to 0.03 in the first hundred steps. Good news? (one output wins: look at the outputs)
# 5. Another stays at ln K. Which of the two forces is missing? (sharpening)
# 6. Why is the projection head thrown away, and how would you show it? (kNN of what the views change)
# 7. A map of CLS attention finds the object. Does that show self-supervision segments? (supervised did as well;
#    untrained beside it; attention follows the objective)
# 8. NOT given: MoCo's queue, BYOL, SwAV, DINOv2's recipes, training on photographs.
#
# Numbers are live, one seed each; `python -m benchmarks.two_views --write` measures batch, temperature and colours
# with three. What the text says is tested in tests/lessons/test_10_two_views.py.

# %% [markdown]
# # 10 · Two views: contrast and self-distillation
#
# A ResNet-50 is shown 13 labelled photographs of each of ImageNet's 1,000 classes, and no others. Of 100 new
# photographs, the right class is then among its five first answers for 48. Now the same network, with the same
# 13 labels a class; but before them it has seen all the *other* photographs **without a label**, and was asked one
# silly question, a thousand times over: *which two of these 8,192 pictures were once the same one?*
#
# **Your guess first:** for how many of 100 is the right class among the first five now? {{notebook: Put a
# number in place of `None`.}}{{page: Write it down, then read on.}}

# %%
my_silly_question = None  # of 100

# %% [markdown]
# **You will be able to**
#
# - write NT-Xent and DINO's loss from their equations, and tests that catch the usual mistakes in them;
# - find the shortcut that a network takes, and close it;
# - say what temperature, batch size and projection head do, with the control that shows it;
# - tell four kinds of runs apart by their logs, two of which look like success;
# - judge a claim about what self-supervised attention "finds".
#
# **You need** lessons 02 and 06 (attention, CLS, patches) and to have trained a network with cross-entropy. No GPU.
#
# **Time** about four hours: {{minutes}} minutes for the {{exercises}} exercises, the rest for reading, guessing and
# looking. {{points}} points, {{by_hand}} of them given by a person{{notebook: , and not counted by `progress()`}}. All cells together compute for about a minute.

# %%
import math

import torch
from torch import nn
from torch.nn import functional as F

from course import checkpoints
from course.checkpoints.looking import overlap
from course.data.clutter import clutter
from course.data.painted import painted
from course.show import Attention, attention_viewer, needs
from course.show.contact_sheet import contact_sheet
from course.show.guesses import beside_guesses
from course.show.sphere import sphere
from course.show.training import curves
from course.show.twins import find_the_twin
from course.ssl.in_seconds import CELLS, Projected, SmallEncoder, contrast, crops
from course.ssl.in_seconds import distil, judged, student
from course.vision.standardised import standardise
from course.vision.vit import ViT
from grader import check, hint, numbers, sign_in

# %% [markdown]
# {{notebook: In a class, write the id and the key that your instructor gave you between the quotes; otherwise
# leave them empty.}}

# %%
sign_in("", key="")

# %% demonstration=true
found = {"labels alone": 48.4, "the silly question before": 75.5}
said = {"the silly question before": my_silly_question}
beside_guesses(found, said, "right class among five, of 100")

# %% [markdown]
# (SimCLR, Chen et al. 2020, table 7: 1 % of the labels.) How can a question about pictures that are *the same*
# teach a network what is *alike*?
#
# ## Before that: three questions on what came before
#
# <details><summary>1 · All logits of a classifier are equal. Its cross-entropy over K classes?</summary>
#
# ln K. You will meet it twice more today, once as a good sign and once as a bad one.
#
# </details>
# <details><summary>2 · What does a softmax become when its logits are multiplied by a large number?</summary>
#
# One-hot: the largest takes all (lesson 02). Dividing by a small temperature is the same thing.
#
# </details>
# <details><summary>3 · CLS in a ViT: what does it show of the image when it goes in?</summary>
#
# Nothing; it is one learnt vector. All that it says at the end it has fetched by attention (lesson 06).
#
# </details>

# %% [markdown]
# ## Which two were once the same?
#
# Take an image and change it twice at random: cut out a piece, change its colours. These are two **views** of it.
# A network that recognises which views belong together must have seen through the changes.
#
# Our images are scikit-learn's digits, each in two colours of its own: its **paper**, one of eight, says nothing
# about the digit.

# %% demonstration=true
train, test = painted(), painted("test")
contact_sheet(train.about("colour"), 2, 8)

# %% [markdown]
# **Be SimCLR.** Eight views of four images; one is framed. Click its twin. Before each click say how sure you are:
# the surer, the less a right choice costs, and the more a wrong one. Two simple players are asked the same: one
# sees only the mean colour of a view, the other only its grey pixels. There are eight such sets of views, one after
# the other: play them all. Then choose **colours kept** under *views* (the same crops, but nobody touches the
# colours) and play again.
#
# 1. How many of the eight twins did you find, and at which sureness was your loss least?
# 2. Who wins once colours are kept, and did *you* still look at the digits?

# %% demonstration=true
views, rounds = {}, 8
for name, colours in {"colours changed": True, "colours kept": False}.items():
    generator = torch.Generator().manual_seed(3)
    chosen = torch.randperm(len(train), generator=generator)[: 4 * rounds]
    images = train.floats(chosen).view(rounds, 4, 3, 8, 8)
    both = torch.cat([images, images], dim=1).flatten(0, 1)  # (8 · rounds, 3, 8, 8)
    views[name] = crops(0.5, colours=colours)(both, generator).view(rounds, 8, 3, 8, 8)
find_the_twin(views)

# %% [markdown]
# With colours kept the player who sees nothing but one mean colour is hardly ever wrong. It is the cheapest answer
# to the question, and the question does not ask for more. Keep that in mind.
#
# ## What does a choice cost?
#
# You paid by the loss of SimCLR. The network gives each view an **embedding** z; two are compared by the cosine of
# their angle, sim; and view i has to pick its twin j among *all other* views of the batch:
#
# $$\ell(i, j) = -\log \frac{e^{\mathrm{sim}(z_i, z_j)/\tau}}{\sum_{k \ne i} e^{\mathrm{sim}(z_i, z_k)/\tau}}$$
#
# It is called **NT-Xent**, *normalised temperature-scaled cross-entropy*; τ is the temperature. By hand first:

# %% exercise="loss_of_one"
given = numbers("loss_of_one")

loss_of_one = None  # nats
### BEGIN SOLUTION
candidates = [given.twin, given.first, given.second, given.third]
shares = [math.exp(cosine / given.tau) for cosine in candidates]
loss_of_one = -math.log(shares[0] / sum(shares))
### END SOLUTION

# %% exercise="batch_counts"

# %% [markdown]
# SimCLR's batch of 4,096 images: 8,190 negatives a view, and a first loss near ln 8,191 = 9.01. Now for whole
# batches.

# %% exercise="contrast_logits"

# %% exercise="nt_xent"

# %% exercise="test_contrast"

# %% [markdown]
# Your test on your own loss:

# %% demonstration=true
needs(nt_xent=nt_xent, test_contrast=test_contrast)
test_contrast(nt_xent)
print("Your test accepts your nt_xent.")

# %% [markdown]
# Yours against PyTorch: there is no NT-Xent in it, but a cross-entropy that can leave a class out, and cosines.
# And the value that you derived for the case that nothing is learnt.

# %% demonstration=true
needs(contrast_logits=contrast_logits, nt_xent=nt_xent)
torch.manual_seed(0)
z1, z2 = torch.randn(2, 6, 16)
z = torch.cat([z1, z2])
cosines = F.cosine_similarity(z[:, None], z[None], dim=-1)  # (12, 12)
cosines.fill_diagonal_(-torch.inf)
theirs = F.cross_entropy(cosines / 0.5, torch.arange(12).roll(6))
print(f"off PyTorch's cross-entropy by {abs(nt_xent(z1, z2, 0.5) - theirs):.0e}")
same = torch.ones(6, 16)
print(f"all the same: {nt_xent(same, same, 0.5):.4f}; ln 11 = {math.log(11):.4f}")

# %% [markdown]
# ## Which answer will the network find?
#
# Your loss trains an encoder (two convolutions and a linear layer, 64 features) for 150 steps of 64 images, at τ =
# 0.2: once with colours changed in each view, once with colours kept. No label is used. Then **kNN** judges: a test image is
# named by the 20 training images whose features are nearest; asked for the digit, and for the colour of the paper.
# The untrained encoder has about 82 digits of 100 right, and 99 colours.
#
# **Your guess**, of 100 digits:

# %%
my_digits = {"colours changed": None, "colours kept": None}

# %% demonstration=true
def learnt(loss, seed=0, **options):
    """An encoder that learnt with that loss; options: batch, steps, tau, colours."""
    torch.manual_seed(seed)
    net = Projected(SmallEncoder())
    options = dict(batch=64, steps=150, tau=0.2) | options
    for _ in contrast(net, train.floats(), loss, seed=seed, **options):
        pass
    return net


def knn(encoder, what="digit"):
    return judged(encoder, train.about(what), test.about(what))


# %% demonstration="long"
needs(contrast_logits=contrast_logits, nt_xent=nt_xent)
nets = {"colours changed": learnt(nt_xent)}
nets["colours kept"] = learnt(nt_xent, colours=False)
torch.manual_seed(0)
untrained = SmallEncoder()
found = {"untrained": knn(untrained)}
found |= {name: knn(net.encoder) for name, net in nets.items()}
beside_guesses(found, my_digits, "digits right of 100, by kNN", floor=10)

# %% [markdown]
# The same loss, the same images, the same steps. With colours kept it did what the simple player did, and *forgot*
# digits that an untrained network still has: it came out below its own start. **What the views change is what
# the network learns to ignore; what they keep is what it may use.** Choosing views is choosing what counts.
#
# ### And why is the head thrown away?
#
# The loss is not taken on the features but on what two more layers make of them, the **projection head**. It is
# used in training only. **Your guess** for the net with colours changed, by kNN on what stands before the head and
# behind it: how many of 100 *colours*?

# %%
my_colours = {"colour, before the head": None, "colour, behind it": None}

# %% demonstration="long"
needs(contrast_logits=contrast_logits, nt_xent=nt_xent)
net = nets["colours changed"]
found = {
    "digit, before the head": knn(net.encoder),
    "digit, behind it": knn(net),
    "colour, before the head": knn(net.encoder, "colour"),
    "colour, behind it": knn(net, "colour"),
}
beside_guesses(found, my_colours, "right of 100, by kNN", floor=100 / 8)

# %% [markdown]
# The loss punishes whatever tells views of one image apart, and the head does most of the forgetting; in front of
# it more survives, and that may be what you need tomorrow. (Chen et al. 2020, section 4.2: ten points of linear
# probe on ImageNet.)
#
# ## What does the temperature do?

# %% exercise="push_and_pull"

# %% [markdown]
# So τ decides **whom** the loss pushes. At τ = 1 a negative at cosine 0.9 is pushed 1.5 times as hard as one at
# 0.5; at τ = 0.1, 55 times. Embeddings of length 1 lie on a sphere. In the figure, sixteen images, with two noisy
# views each, start in four groups that lie close together, and move down the gradient of NT-Xent; a line is as wide
# as the push is hard. *Alignment* tells how far twins lie apart, *uniformity* how evenly all lie (the lower the
# better).
#
# 1. **From the start**, 300 steps each at τ = 2, 0.2 and 0.05: at which do neighbours stay nearest, and why?
# 2. Which lies most evenly, and which was slowest? Look at the lines at τ = 0.05: how many does it push at all?

# %% demonstration=true
sphere()

# %% [markdown]
# <details><summary>What you should have seen</summary>
#
# At τ = 2 all are pushed alike, near or far, and neighbours stay 30° from one another (uniformity −2.4); at 0.2 it
# is the near ones that are pushed, and they come 43° apart (−2.6). At 0.05 nearly all the push goes to one
# neighbour: even in the end, but slow (41° after 300 steps).
#
# </details>

# %% exercise="on_the_sphere"

# %% [markdown]
# Your two numbers for real embeddings behind the heads, of 200 test images, beside kNN on the features; with one
# more training, at τ = 1.

# %% demonstration="long"
needs(contrast_logits=contrast_logits, nt_xent=nt_xent, on_the_sphere=on_the_sphere)
generator = torch.Generator().manual_seed(0)
both = crops(0.5)(test.floats(slice(200)).repeat(2, 1, 1, 1), generator)
torch.manual_seed(0)
shown = {"untrained": Projected(SmallEncoder()), **nets}
shown["τ = 1, colours changed"] = learnt(nt_xent, tau=1.0)
for name, net in shown.items():
    with torch.no_grad():
        alignment, uniformity = on_the_sphere(*net.eval().features(both).chunk(2))
    numbers_of = f"alignment {alignment:.2f}, uniformity {uniformity:5.2f}"
    print(f"{name:24} {numbers_of}, kNN {knn(net.encoder):.0f}")

# %% [markdown]
# The untrained head aligns best of all: it puts everything in one place. Only together do the two numbers say
# anything. And τ = 1, which pushes near and far almost alike, leaves kNN about where the untrained encoder is; τ =
# 0.2 had 91 of 100. (One training each.)
#
# ### How large must a batch be?
#
# More images in a batch are more negatives, and SimCLR is known for batches of 4,096. Your loss once more, with
# batches of 16 and of 256 and **as many images** seen as above, about 9,600: that is 600 steps of the one, 38 of the
# other. **Your guesses**, digits of 100; with batches of 64 it was 91:

# %%
my_batches = {"batch 16, 600 steps": None, "batch 256, 38 steps": None}

# %% demonstration="long"
needs(contrast_logits=contrast_logits, nt_xent=nt_xent)
sixteen = learnt(nt_xent, batch=16, steps=600)
found = {
    "batch 16, 600 steps": knn(sixteen.encoder),
    "batch 64, 150 steps": knn(nets["colours changed"].encoder),
    "batch 256, 38 steps": knn(learnt(nt_xent, batch=256, steps=38).encoder),
    "batch 16, 150 steps": knn(learnt(nt_xent, batch=16).encoder),
}
beside_guesses(found, my_batches, "digits right of 100, by kNN")

# %% [markdown]
# At as many images the *small* batches are ahead: they have had sixteen times as many steps. The control is the
# last line: at as many **steps**, 150, the batch of 16 is behind that of 64, which has seen four times as many
# images and has four times as many negatives. So "larger batches are better" holds at equal steps and turns round
# at equal images, here. That was one training each. Recorded with three (`benchmarks/results/two-views.md`), batches of
# 16, 64 and 256 have, at as many images, 92.3 ± 1.4, 91.2 ± 1.3 and 86.3 ± 0.2; at as many steps 86.1 ± 0.5, 91.2 ± 1.3
# and 93.2 ± 1.2. The temperature counts as much: at τ = 0.05 91.0 ± 0.3, and at τ = 1 79.8 ± 3.4, which is what the
# untrained encoder has. (Chen et al. 2020, figure 9: with hundreds of epochs what a large batch gains shrinks.)
#
# ☕ *A good place for a break.*
#
# ## Can it work without negatives?
#
# Negatives keep all embeddings from becoming the same. **DINO** has none. A *student* sees crops of an image, large
# and small; its *teacher*, a slow copy of itself, sees only the two large ones; and the student must say what the
# teacher says, on K outputs that nobody has named. The perfect answer is to say the same of every image. Two
# things stand against it:
#
# - **centring**: what the teacher says of all images on average, c, is taken from its logits;
# - **sharpening**: the teacher's temperature is lower than the student's.
#
# $$P_t = \mathrm{softmax}\big((g_t - c)/\tau_t\big), \qquad
# P_s = \mathrm{softmax}(g_s/\tau_s), \qquad L = -\textstyle\sum P_t \log P_s$$
#
# A pair is a large crop at the teacher and any *other* crop at the student: with 2 large and 6 small ones,
# 2 · 8 − 2 = 14 pairs.

# %% exercise="dino_loss"

# %% exercise="distil_step"

# %% exercise="half_life"

# %% [markdown]
# At DINO's m = 0.996 half of the teacher is left after 173 steps; at the 0.98 of the next experiment, after 34.
#
# ### Four cells of collapse
#
# Centring on or off, sharpening on or off: four short trainings on our painted digits, with **your** `distil_step`
# and 128 outputs. The names of the curves are taken off. The first figure is the entropy of the teacher's answers,
# averaged over the views of a batch: 0 if each is sure, ln 128 if none is. The second is how many **outputs are in
# use**: eᴴ, where H is the entropy of the batch's *mean* answer. All views on one output: 1; spread evenly over ten,
# each sure of one: 10; all 128 alike in every answer: 128. The third is the **rank** of the teacher's logits, (Σλ)² /
# Σλ² with the eigenvalues λ of their covariance over the batch: in how many directions the views differ. All on one
# line: 1; ten directions alike: 10. **Which is which?**

# %% demonstration="long"
needs(dino_loss=dino_loss, distil_step=distil_step)
looks = [1, 5, 10, 20, 40, 80, 150]  # steps after which kNN judges; it is shown below
told, judgements = {}, {}
for letter, switches in CELLS.items():
    net, told[letter], judgements[letter] = student(seed=0), [], []
    for moment in distil(net, train.floats(), distil_step, **switches):
        told[letter].append(moment)
        if len(told[letter]) in looks:
            judgements[letter].append(knn(net.encoder))
figures = {"entropy": "entropy, nats", "outputs": "outputs in use", "rank": "rank"}
for what, name in figures.items():
    runs = {letter: [getattr(m, what) for m in told[letter]] for letter in CELLS}
    curves(runs, xlabel="step", ylabel=name)

# %% exercise="four_cells"

# %% [markdown]
# **Your guess:** judged by kNN on digits after these 150 steps, where the untrained encoder had about 82, how many
# do the cell with both and the one with sharpening alone have?

# %%
my_cells = {"centring and sharpening": None, "sharpening alone": None}

# %% demonstration="long"
needs(dino_loss=dino_loss, distil_step=distil_step)
found, over_time = {"untrained": knn(student(seed=0).encoder)}, {}
row = "{:24} {:6.2f} {:8.2f} {:8.1f} {:5.1f} {:6.3f} {:9.3f}"
heads = f"{'loss':>6} {'entropy':>8} {'outputs':>8} {'rank':>5}  apart (at first)"
print(f"{'at the last step':24} {heads}")
for letter, on in CELLS.items():
    names = [what for what, is_on in on.items() if is_on]
    name = " and ".join(names) + " alone" * (len(names) == 1) or "neither"
    last, over_time[name] = told[letter][-1], judgements[letter]
    found[name] = over_time[name][-1]
    apart = [max(0.0, math.log(m.outputs) - m.entropy) for m in (last, told[letter][0])]
    print(row.format(name, last.loss, last.entropy, last.outputs, last.rank, *apart))
beside_guesses(found, my_cells, "digits right of 100, by kNN")
curves(over_time, xlabel="step", ylabel="digits right of 100, by kNN", x=looks)

# %% [markdown]
# - **Sharpening alone**: within a few dozen steps one output wins for every image. The loss is 0.04, and looks
#   like a success.
# - **Centring alone**: the teacher is uniform, its entropy ln 128, every output equally in use. The loss, 5.46, is
#   above that: the student has not followed yet.
# - **Neither**: the student agrees with its teacher at once, and nothing moves any more: the loss *is* the entropy.
# - **Both**: two forces that forbid each other's optimum. Entropy goes neither to 0 nor to ln 128, and does not come to
#   rest.
#
# It looks as if the last one told images apart. It does not. If every view gets the *same* answer, that one is the
# mean answer, and the entropy of both is the same: ln(outputs) = entropy. What lies between the two is how far the
# answers to different views are **apart**, in nats, and it stands in the table: 0.9 or 0.3 at first, and at the last
# step less than 0.01 in *all four* cells. With both, as with neither, nearly the same is said of every view, only
# spread, over some 32 outputs or 25: a third collapse, which entropy and outputs show only together. The rank agrees:
# it falls from 7.4 to between 1.4 and 2.9. What the two forces forbid is one output, and all of them alike; they do
# not say that images must differ, and in these 150 steps they do not.
#
# And the control: **not one of the four is better than the untrained encoder.** 150 steps are seconds, where DINO takes
# days. Nor does kNN over time show the collapse here: its four curves fall together, from 82 to between 75 and 78, most
# of it in 20 steps, whether entropy has gone to 0 by then, to ln 128, or neither. (Mind the axis: it is seven points
# high.) It is the head that says the same of all; the features in front of it keep most of what they had at random.
# Entropy and outputs together tell at once. (Images that are not standardised can do the same to a run: a DINO of this
# course, on pixels as they come, was at an entropy of 6.7 of ln 1,024 = 6.93 after minutes; standardised, at 2.9.)

# %% exercise="read_log"

# %% [markdown] by_hand="why_both" points=3 difficulty=3 minutes=8
# Two forces
#
# In three sentences: what would happen without centring, what without sharpening, and why can neither do the
# other's work? Name the number of a log by which you would notice each.
#
# ### BEGIN SOLUTION
# *A point for each:*
#
# - Without centring one output wins for every image (entropy near 0, outputs near 1, loss near 0).
# - Without sharpening the teacher becomes uniform (entropy at ln K, all outputs in use; the loss there or, until the
#   student has followed, above: 5.46 here, where ln K is 4.85).
# - Centring only takes away what all images share, and is satisfied by a uniform answer, while sharpening makes
#   each answer sure, and is satisfied by the same sure one: each one's optimum is what the other forbids.
# ### END SOLUTION

# %% [markdown]
# ## Where does it look?
#
# DINO became famous by a picture: CLS of its last layer, trained without labels, attends to the object and not to
# the background; and a supervised ViT's does not. Is it so? `dino-clutter` and `supervised-clutter` are the same
# small ViT, on one large shape over clutter: the one has learnt by DINO, the other to name the colour of the shape.
# The masks of the shapes are known, so that a map can be scored. First it has to become a mask:

# %% exercise="attention_mass"

# %% [markdown]
# **IoU**, intersection over union: the pixels in both masks over those in either; 1 is perfect. On a grid of 8 × 8
# patches the best that any choice of patches reaches is 0.67. **Place your bets**: the IoU of 60 % of CLS's
# attention, last layer, mean of 300 pictures:

# %%
my_iou = {"untrained": None, "supervised": None, "DINO": None}

# %% demonstration=true
trained, card = checkpoints.load("dino-clutter")
taught, _ = checkpoints.load("supervised-clutter")
pictures = clutter(300, seed=1)
models = {"supervised": taught.encoder, "DINO": trained.encoder}
fresh = []
for seed in range(3):
    torch.manual_seed(seed)
    fresh.append(ViT(32, 4, 64, 4, 4, 256, len(pictures.classes)).eval())
    standardise(fresh[-1], pictures.mean, pictures.std)


# %% demonstration=true
@torch.no_grad()
def looks(model, images):
    """All weights: (B, 3, 32, 32) -> (layers, B, heads, 65, 65)"""
    record = {}
    model.features(images, record)
    return torch.stack(record["weights"])


# %% demonstration="long"
needs(attention_mass=attention_mass)
def scored(model):
    """The IoU that each layer comes to."""
    weights = looks(model, pictures.floats())[..., 0, 1:]  # (layers, B, heads, 64)
    most = [attention_mass(layer, 0.6) for layer in weights.mean(dim=2)]
    return [overlap(one, pictures.masks) for one in most]


of_fresh = [scored(one) for one in fresh]
of_models = {name: scored(model) for name, model in models.items()}
found = {"untrained": [layers[-1] for layers in of_fresh]}
found |= {name: layers[-1] for name, layers in of_models.items()}
beside_guesses(found, my_iou, "IoU of CLS attention and shape, last layer")
for layer, iou in enumerate(of_fresh[0]):
    both = ", ".join(f"{name} {of[layer]:.2f}" for name, of in of_models.items())
    print(f"layer {layer + 1}: untrained {iou:.2f}, {both}")

# %% [markdown]
# In the last layer the one without labels is ahead; in the second both are alike and better than either's last.
# One training each (the untrained: three draws): it is no table of methods. What both say against the untrained
# net is clear. **Attention follows the objective**: to know the colour, or to know the image again, either net has
# to find the shape. On pictures in which the background tells images apart, DINO of this size looked *away* from
# the shape (measured here on small shapes over backgrounds of their own: IoU 0.04, untrained 0.08).
#
# The two in the viewer: press *CLS* below the picture. The third map is the **difference**, supervised less DINO;
# choose it under *Heads of* to see it head by head. Do they disagree on the shape, or on which *part* of it?

# %%
my_picture = 7  # 0 … 299

# %% demonstration=true
image = pictures.floats([my_picture])
maps = {name: looks(model, image)[:, 0] for name, model in models.items()}
attention_viewer(
    Attention(maps["DINO"], name="DINO"),
    image[0],
    grid=(8, 8),
    other=Attention(maps["supervised"], name="supervised"),
)

# %% [markdown]
# ## Finale: your loss, without a label
#
# The net from above that learnt with **your** `nt_xent` from batches of 16. Beside it the same
# training with one word of the loss wrong: each view's twin is said to be the **next row**. Its loss is a perfectly
# good cross-entropy. **Your guess**, digits of 100 by kNN; the raw pixels have 89, the untrained encoder 82:

# %%
my_finale = {"yours": None, "the next row": None}


# %% demonstration=true
def next_row(z1, z2, tau):
    logits = contrast_logits(z1, z2, tau)
    return F.cross_entropy(logits, torch.arange(len(logits)).roll(1))


class Pixels(nn.Module):
    def __init__(self):
        super().__init__()
        self.nothing = nn.Parameter(torch.zeros(1))  # what asks for a device finds one

    def features(self, images):
        return images.flatten(1) - 0.5


# %% demonstration="long"
needs(contrast_logits=contrast_logits, nt_xent=nt_xent)
found = {"raw pixels": knn(Pixels()), "untrained": knn(untrained)}
found["yours"] = knn(sixteen.encoder)
found["the next row"] = knn(learnt(next_row, batch=16, steps=600).encoder)
beside_guesses(found, my_finale, "digits right of 100, by kNN", floor=10)

# %% [markdown]
# From 82 to about 92 without a label, above the raw pixels, with a loss that you wrote from its equation. One
# wrong word costs all of it, though gradients flow and nothing warns: the net is no better than untrained. Its log
# would have told you, if you had known what to look for. At the end it stands at 3.43, and ln(2 · 16 − 1) = 3.43.
#
# ## What the papers report
#
# - **SimCLR** (Chen et al. 2020), ImageNet, linear probe: ResNet-50 69.3 %, four times as wide 76.5 %, as good as
#   ResNet-50 with labels. The slides that this course began with (deck 0) print its transfer: CIFAR-10 linear 90.6,
#   supervised 93.6; fine-tuned 97.7 against 97.5, random start 95.9. Equal are network and tuning; not equal is how
#   long each was pre-trained.
# - **DINO** (Caron et al. 2021): ViT-S/16 linear 77.0 %, kNN 74.5 %. Deck 0, fine-tuned on CIFAR-10: S/16
#   supervised 99.0, DINO 99.0; B/16 99.0 and 99.1; on ImageNet B/16 81.8 and 82.8. One run each; a tenth of a
#   point is ten of CIFAR-10's 10,000 test images, and fifty of ImageNet's 50,000.
# - Caron et al., figure 4: IoU of 60 % attention with Pascal VOC's masks, S/16: random 22.0, supervised 27.3, DINO
#   45.9. On photographs the gap is wide; in ours, with one shape and its colour for a label, it is not.
# - **Wang and Isola 2020**: alignment and uniformity together predict the probe; either alone does not.
#
# Ours are toys. The digits have 8 × 8 pixels, their encoder 38,000 parameters, a training takes seconds; the two ViTs
# have 200,000 parameters and saw 4,000 drawn pictures of 32 × 32 pixels, DINO for 19 minutes of one core, the
# supervised one for 9. They show mechanisms and their controls.
#
# ## Why? A last look back
#
# <details><summary>Why may a contrastive loss near its start value be fine, and a DINO loss there not?</summary>
#
# ln(2N − 1) says that nothing is learnt *yet*, and gradients push. ln K in DINO can be an optimum: teacher and
# student agree that all outputs are alike, and nothing pushes any more.
#
# </details>
# <details><summary>Somebody adds rotation to the views of handwritten digits. What will they lose?</summary>
#
# The difference of 6 and 9: what the views change, the network learns to ignore.
#
# </details>
#
# ## Three sentences to remember
#
# 1. What two views share is what a network may learn from them; if a colour is enough, a colour is all it learns.
# 2. A loss does not show a collapse: look at entropy and outputs in use, both at once, at rank, and at kNN beside an
#    untrained net.
# 3. Attention follows the objective; ask for the untrained and the supervised net beside every beautiful map.
#
# **One limit of what you built:** views come from changes that *we* chose, for pictures of one thing each.
#
# **Next:** what a network learns from images of which most is hidden.
#
# ## References
#
# - T. Chen, S. Kornblith, M. Norouzi, G. Hinton. *A simple framework for contrastive learning.* ICML 2020. arXiv
#   2002.05709
# - M. Caron et al. *Emerging properties in self-supervised Vision Transformers.* ICCV 2021. arXiv 2104.14294
# - T. Wang, P. Isola. *Understanding contrastive representation learning through alignment and uniformity on the
#   hypersphere.* ICML 2020. arXiv 2005.10242
# - Z. Wu, Y. Xiong, S. Yu, D. Lin. *Unsupervised feature learning via non-parametric instance discrimination.* CVPR
#   2018. arXiv 1805.01978
