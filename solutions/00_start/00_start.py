# %% [markdown]
# # 00 · Start
#
# Every model in this course is a few lines about shapes. This lesson is where shapes stop being luck, and
# where you meet the exercises: how an answer is checked, how a mistake is named, and where hints come from.
#
# **You will be able to**
#
# - say which shape comes out when two tensors meet, before you run it;
# - sum over the axis you mean, multiply whole batches of matrices, and pick with True and False;
# - read what a check tells you, and hand in your work.
#
# **You need** Python, and to have seen a PyTorch tensor. No GPU, no network.
#
# **Time** about 50 minutes, half of them for the {{exercises}} exercises. The computer
# needs some seconds.

# %%
import torch
import torch.nn.functional as F

from course.data.by_name import load
from course.show import first_steps, needs
from course.show.broadcasting import broadcasting
from grader import check, hint, numbers, progress, sign_in

# %% [markdown]
# {{notebook: In a class, write the id and the key that your instructor gave you between the quotes; otherwise
# leave them empty.}}

# %%
sign_in("", key="")

# %% [markdown]
# ## Can a training succeed and learn nothing?
#
# 64 points near the line y = 3x + 1. A network with one weight and one bias learns them: 300 steps, in which
# the loss falls and then lies still. `predictions` come out of it as (64, 1), as they do of every layer;
# `targets` are (64,). The loss is `((predictions - targets) ** 2).mean()`.
#
# **Your guess first:** which slope has it learnt in the end? A friend says 3.
# {{notebook: Put yours in place of `None`, then run both cells.}}{{page: Write it down, then read on.}}

# %%
my_slope = None

# %% demonstration=true
x = torch.rand(64, 1, generator=torch.Generator().manual_seed(0)) * 2 - 1  # (64, 1)
noise = torch.randn(64, generator=torch.Generator().manual_seed(1))
targets = 3 * x[:, 0] + 1 + 0.2 * noise
slope, bias = (torch.zeros(1, requires_grad=True) for _ in range(2))
optimiser, losses = torch.optim.SGD([slope, bias], lr=0.1), []
for _ in range(300):
    predictions = x * slope + bias  # (64, 1)
    loss = ((predictions - targets) ** 2).mean()
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    losses.append(loss.item())

first_steps.line_and_loss(x[:, 0], targets, slope.item(), bias.item(), my_slope, losses)
print(f"slope {abs(slope.item()):.2f}, bias {bias.item():.2f}")
print(f"the targets' mean is {targets.mean():.2f}")

# %% [markdown]
# The loss fell, nothing complained, and the slope is **0**. The network says the mean of all targets,
# whatever x is.
#
# `predictions - targets` is not 64 differences. A (64, 1) and a (64,) make a table of 64 × 64: *every*
# prediction less *every* target, 4,096 differences, and the one number that is nearest to all targets at
# once is their mean. The control is one line away: {{page: in the notebook, }}write `predictions[:, 0]` in the
# loss and run it again. The slope is 3.00.
#
# No error, no warning, a falling curve. This lesson is about seeing it in the shapes.
#
# ## Which shape comes out?
#
# Where two tensors meet entry by entry (`+`, `-`, `*`, `/`, comparisons), their shapes are written under
# each other, **aligned from the right**. In each axis the two lengths must be equal, or one of them must be
# 1, or missing; that one is repeated. This is called *broadcasting*.
#
# Type two shapes. Try (64, 1) and (64,). Then a table and a number for each of its rows, (R, C) and (R,): for
# which R and C do they fit?

# %% demonstration=true
broadcasting((3, 5), (3,))

# %% exercise="which_shape"

# %% [markdown]
# ## What does a check say when you are wrong?
#
# You have met one check already. It lists what it asked, and each line is worth the same share of the
# points: four of those five pairs are 1.6 of 2.
#
# This time **be wrong first**. A friend's answer to the next exercise is
#
# ```python
# return x - x.mean(dim=-1)
# ```
#
# {{notebook:
# 1. Write your friend's line in place of `...your code here`, run the cell, then run the one below it.
# 2. Read the panel that comes. Its sentence says what your friend's line *does*. (Where no such sentence is
#    known, a check lists what holds and what does not; where code stops, it shows the line.)
# 3. In a new cell, run `hint("centre_rows")`. Hints cost nothing.
# 4. Mend the line, run both cells again.
# }}{{page: It needs PyTorch, so the notebook judges it. Here, be wrong in the warm-up: `return a`, whatever b is.
# Read what comes: a sentence that says what your line *does*, and a case of which it is wrong. Then unfold the
# hints one by one, and mend it.}}

# %% exercise="centre_rows"

# %% [markdown]
# `dim=-1` names the axis that **goes**: of (R, C) the mean over `dim=-1` leaves (R,), a number for each
# row. And (R,) under (R, C) is aligned with the *columns*. `keepdim=True` leaves (R, 1) instead, which
# fits. You will write `keepdim=True` in nearly every lesson.
#
# Your friend's line raises an error on most tables. On a square it runs, and returns a square: somebody who
# tries it there is content. (It runs on a single column, too, and makes the table of the beginning; on a
# single row it is even right.)

# %% exercise="test_centre_rows"

# %% [markdown]
# ## How does a batch go through one product?
#
# `A @ B` multiplies matrices: (N, d) @ (d, M) gives (N, M), and the inner length d goes. With more axes
# than two, the last two are the matrices and all those in front are a batch, for which the rule from above
# holds.
#
# **Your guess:** `torch.ones(8, 1, 5, 3) @ torch.ones(4, 3, 2)` — which shape? Write it down, then
# {{notebook: run both cells}}{{page: read on}}.

# %%
my_shape = None  # such as (8, 4, 5, 3)

# %% demonstration=true
shape = tuple((torch.ones(8, 1, 5, 3) @ torch.ones(4, 3, 2)).shape)
guess = "" if my_shape is None else f"your guess: {my_shape}"
print(shape, guess, "✓" if shape == my_shape else "")

# %% [markdown]
# The matrices are 5×3 and 3×2, so 5×2; the batches are (8, 1) and (4,), so (8, 4). Attention is two of
# these products. The first of them compares everything with everything:

# %% exercise="overlaps"

# %% [markdown]
# How large is such a table? This number is **your own**: nobody beside you has the same sizes.
# {{notebook: `numbers` shows them.}}

# %% exercise="own_table"

# %% [markdown]
# ## How do you pick without a loop?
#
# A comparison gives a tensor of True and False, a *mask*: `labels == 3` says for each picture whether it is
# a three. In a product True counts as 1 and False as 0.

# %% demonstration=true
digits = load("digits")  # 1,438 pictures of handwritten digits, 8 × 8
print(digits.labels[:10].tolist())
print((digits.labels[:10] == 3).tolist())
print("threes:", (digits.labels == 3).sum().item())

# %% exercise="mean_of_kept"

# %% [markdown]
# ## Your three functions read handwriting
#
# Now all of it together, on real pictures. `mean_of_kept` makes the mean picture of each digit;
# `centre_rows` takes the brightness of every picture away; `overlaps` compares 359 pictures that were kept
# aside with the ten means. The mean that is most alike is the answer. Nothing is trained.
#
# **Your guess:** how many of 100 new digits does this read? By chance it would be 10.

# %%
my_percent = None

# %% demonstration=true
needs(mean_of_kept=mean_of_kept, centre_rows=centre_rows, overlaps=overlaps)
images = digits.floats().flatten(1)  # (1438, 64)
keep = digits.labels == torch.arange(10)[:, None]  # (10, 1438): what shows each digit
means = mean_of_kept(images.expand(10, -1, -1), keep)  # (10, 64)

test = load("digits", "test")
pictures = test.floats().flatten(1)  # (359, 64)


def share_read(pictures, prepare):
    shown, known = (F.normalize(prepare(x), dim=-1) for x in (pictures, means))
    table = overlaps(shown, known)  # (359, 10)
    return 100 * (table.argmax(dim=-1) == test.labels).float().mean().item()


first_steps.means_of_digits(means, my_percent, share_read(pictures, centre_rows))

# %% [markdown]
# About 91 of 100, from ten mean pictures and a table of dot products. Does centring do anything? Here is
# the control: the same pictures as they are, and photographed in a lighter room, with 1 added to every
# pixel.

# %% demonstration=true
needs(mean_of_kept=mean_of_kept, centre_rows=centre_rows, overlaps=overlaps)
for room, shown in {"as they are": pictures, "in a lighter room": pictures + 1}.items():
    plain, centred = (share_read(shown, way) for way in (torch.clone, centre_rows))
    print(f"{room:<18} not centred {plain:.1f} %, centred {centred:.1f} %")

# %% [markdown]
# As they are, centring gains nothing: these pictures are equally bright. In the lighter room the plain
# comparison loses ten of 100, the centred one none: what is added to a whole row is gone from it, exactly.
# Layer normalisation, in every Transformer, begins with this line.
#
# ## How do you go on from here?
#
# - **What you have.** What passes a check is kept in a folder `my_answers` beside the lessons, as plain Python. Later lessons build on
#   it. {{notebook: Run the next cell whenever you want to know how far you are, today or in a month.}}{{page: What you
#   answer in these pages is kept in this browser; the front page says how far you are.}}

# %% demonstration=true
progress()

# %% [markdown]
# - **Handing in.** In a class, save the notebook and submit it as your instructor says: in JupyterLab under
#   *Nbgrader → Assignments*, or the file itself. What counts is the last version that you saved; the score is computed again on
#   the instructor's side, with inputs that no notebook contains.
# - **A GPU is not needed.** Where there is one, `.to("cuda")` on a model and on its inputs is all there is to say.
# - **On a hosted notebook** such as Colab, upload the course's folder, run `pip install -e .` in it, and open the lesson there. No
#   figure needs a server of ours.
# - **Is something wrong with your machine?** `course doctor` in a terminal says what, and what to do about it; so does this cell:

# %% demonstration=true
from course.commands.doctor import examine

for finding in examine():
    if finding.state != "ok":
        print(f"{finding.what}: {finding.found} {finding.advice}")
print("Everything else is as it should be.")

# %% [markdown]
# ## Two questions without a computer
#
# <details><summary>Scores are (L, L), one row a query. A colleague divides by scores.sum(dim=-1), and the test on L = 5 passes without an error. What is wrong, and on which shape would it have shown?</summary>
#
# The sums are (L,), aligned with the columns: column j is divided by the sum of row j. With as many keys as
# queries nothing complains. On a table of 4 × 6 it stops.
#
# </details>
# <details><summary>Your loss falls to 2.9 and stays; the targets' variance is 2.9. What do you look at first?</summary>
#
# The shapes of predictions and targets. The variance is the loss of whoever always says the mean.
#
# </details>
#
# ## To remember
#
# 1. Shapes are aligned from the right; an axis of length 1, or a missing one, is repeated.
# 2. The axis that you name is the one that goes; `keepdim=True` leaves a 1 in its place.
# 3. An error is the good case. Test on shapes where all lengths differ, so that the wrong axis cannot fit.
#
# **A limit of what you built:** ten mean pictures know only *which pixels are dark*. Shift a digit by two
# pixels and they are lost; lesson 01 shows it.
#
# **Next:** what may one output look at? A fixed window, everything that came before, or whatever it
# chooses.
#
# ## References
#
# - PyTorch's rules of [broadcasting](https://pytorch.org/docs/stable/notes/broadcasting.html) and of [`torch.matmul`](https://pytorch.org/docs/stable/generated/torch.matmul.html).
# - The digits: E. Alpaydin, C. Kaynak, *Optical recognition of handwritten digits*, 1998, UCI; 1,797 of them in scikit-learn.

# %% [markdown] author=true
# What a reader ought to be able to answer afterwards, and where the lesson gives it:
#
# - Which shape has (8, 1, 64) * (12, 1)? (the rule, the figure, which_shape)
# - scores / scores.sum(-1) runs on (5, 5). Which test finds it? (test_centre_rows, the first question without a computer)
# - Why did the loss stop at the targets' variance? (the opening, the second question)
# - What is left of (B, N, d) after .mean(dim=1), with and without keepdim? (centre_rows, overlaps)
# - How does one take the mean of some rows without a loop, in a batch? (mean_of_kept)
# - What does a check tell, when, and what does a score depend on? (be wrong first; handing in)
