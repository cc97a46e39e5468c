# %% [markdown] author=true
# What a reader ought to be able to answer after this lesson, on a case they have not seen. Ask it of whoever tries
# the lesson as a new reader; each line says where the lesson gives it.
#
# 1. A captioning model's validation loss falls to 0.001 and its captions are one word repeated. Name two suspects
#    and the test for each. (targets not shifted, mask missing: `shift_right`, `test_no_peeking`, the leak)
# 2. Two papers report perplexity 5.3 and 25.6. What do you ask before you compare? (who was fed the truth: forced
#    and free; equal parameters; `which_row`)
# 3. The source has 40 tokens, the target 7. What shape has each attention matrix of one decoder layer?
#    (`CrossAttention`, `DecoderBlock`)
# 4. A batch of one translates better than a batch of thirty. Where do you look? (an end that ends all:
#    `append_likeliest`; padding that is read: the masks)
# 5. Beam search with width 50 returns very short sentences. Why, and what helps? (log p only falls; the tree)
# 6. Writing 1,000 tokens takes eight times as long as 500 with no cache. Why not twice, and what is it with one?
#    (`cache_flops`)
# 7. A GRU with attention beats a Transformer of its size after three epochs. Is recurrence better? (what is held
#    equal; the curves in benchmarks/results/translation.md)
# 8. NOT given: byte-pair vocabularies, dropout's part, label smoothing (only in the library), sampling (only named).

# %% [markdown]
# # 04 · The Transformer
#
# French says 97 as *quatre-vingt-dix-sept*, four twenties ten seven. A network is shown 900 of the numbers below
# 1,000 in French and in English, **letter by letter**: nobody tells it what a word is, or a digit, or a number. It
# has tens of seconds on your processor. Then it translates a hundred numbers that it has never seen.
#
# **Your guess first:** how many of the hundred will it spell right, to the last letter? You will have written the
# network by then. {{notebook: Put a number in place of `None`.}}{{page: Write it down, then read on.}}

# %%
my_hundred = None  # of a hundred numbers never seen

# %% [markdown]
# **You will be able to**
#
# - build the encoder–decoder of *Attention is all you need* from your own attention, train it, and let it write;
# - tell a triumph from a leak when a loss goes to zero, and say which row of a table was fed the truth;
# - search with a beam, and cache what never changes; say what each of them costs;
# - say what attention did for recurrent translators, and when those still win.
#
# **You need** lessons 02 (attention, masks) and 03 (heads, positions), and to have trained a network. No GPU.
#
# **Time** four hours: {{minutes}} minutes for the {{exercises}} exercises ({{points}} points, {{by_hand}} of them
# given by a person{{notebook: , and not counted by `check`}}), the rest for reading; a break is marked. The computer needs two
# minutes, most of them for training.

# %%
import copy
import math
import time
from functools import partial
from operator import itemgetter

import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.flop_counter import FlopCounterMode

from course.checkpoints import load
from course.cost import milliseconds
from course.data.backwards import backwards, letters_right
from course.data.number_words import number_words
from course.language.decode import greedy
from course.language.seq2seq import Seq2Seq
from course.language.translate import Characters, batches
from course.layers import xavier
from course.position import sinusoidal
from course.show import needs
from course.show.align import alignment
from course.show.beam import beam_tree
from course.show.guesses import beside_guesses
from course.show.translating import by_length
from grader import check, hint, mine, numbers, sign_in
from grader.formula import parse

attention, causal_mask = mine.attention, mine.causal_mask  # yours, of lesson 02
split_heads, merge_heads = mine.split_heads, mine.merge_heads  # and of lesson 03

# %% [markdown]
# {{notebook: In a class, write the id and the key that your instructor gave you between the quotes; otherwise
# leave them empty.}}

# %%
sign_in("", key="")

# %% [markdown]
# ## Three questions on what came before
#
# Answer aloud, then unfold.
#
# <details><summary>1 · Three queries look at five keys. What shape have the weights, and what sums to one?</summary>
#
# (3, 5), and each of the three rows sums to one. There are as many outputs as queries, whatever the number of keys.
#
# </details>
# <details><summary>2 · Why does a forbidden key get −∞ before the softmax, and not 0 after it?</summary>
#
# After the softmax it still stands in everybody's denominator: the row moves with a number that nobody was allowed
# to see.
#
# </details>
# <details><summary>3 · Without positions, what would a layer of attention make of "dog bites man"?</summary>
#
# The same set as of "man bites dog": shuffle the tokens, and the outputs are shuffled along (equivariance).
#
# </details>

# %% [markdown]
# ## What does a translator learn from?
#
# From pairs, as numbers. Every letter is a token; 0 is padding, 1 begins a text, 2 ends it, and 3 stands for a letter
# that it does not know.

# %% demonstration=true
seen, unseen = number_words(1000), number_words(1000, "test")  # 900 and 100 pairs
letters = Characters(text for pair in seen for text in pair)
some = [("trois", "three"), ("vingt et un", "twenty-one")]
print(letters.encode([french for french, _ in some]))
print(letters.encode([english for _, english in some], begin=True))
print(len(letters), "tokens:", "".join(letters.entries))

# %% [markdown]
# A translator gives the probability of a sentence token by token:
#
# $$p(y \mid \text{source}) = \prod_t p(y_t \mid y_1 \dots y_{t-1},\, \text{source})$$
#
# y is the translation. So at each place it has to be *told what came before*. While it learns that is
# the true beginning, whatever it would have written itself.

# %% exercise="shift_right"

# %% [markdown]
# What it says at each place is a table of V **logits**, one for each token; its loss is the surprise at the true
# one. Here the ends of short sentences matter: half a batch may be padding.

# %% exercise="padded_loss"

# %% [markdown]
# ## Can a sentence go through one vector?
#
# In 2014 a recurrent network (GRU) read the source into **one vector**, and another wrote from it. Let it learn
# something simple: read a string of letters, write it *backwards*. The strings have 2 to 14 letters, each drawn at
# random, so nothing can be guessed. Trained for some seconds: **what share of the letters is right at 4 letters,
# and what at 14?** (A tenth would be blind guessing.)

# %%
my_share = {4: None, 14: None}  # between 0 and 1


# %% [markdown]
# Bahdanau, Cho and Bengio (2015) let the writer look back: before each token its state s is the query, and all
# states h of the reader are keys and values. Their score is a small network.

# %% exercise="additive_attention"

# %% [markdown]
# In the library's GRU translator one method says what the writer is told of the source. In yours it is *your*
# attention; that is all that differs. (The widths are chosen so that both have about as many parameters.)


# %% demonstration=true
class LookingBack(Seq2Seq):
    """The GRU translator with your additive attention in place of the one vector."""

    def __init__(self, vocabulary, dim, hidden, **options):
        super().__init__(vocabulary, dim, hidden, **options)
        self.W = nn.Parameter(torch.randn(hidden, hidden) / hidden**0.5)
        self.U = nn.Parameter(torch.randn(2 * hidden, hidden) / hidden**0.5)
        self.w = nn.Parameter(torch.randn(hidden) / hidden**0.5)

    def context(self, s, memory, record=None):
        h, weights = memory.x, (self.W, self.U, self.w)  # h: (B, Ls, 2 · hidden)
        return additive_attention(s[:, None], h, h, *weights)[:, 0]  # (B, 2 · hidden)


# %% [markdown]
# One loop trains everything in this lesson. It uses your `shift_right` and your `padded_loss`, and gives each step's
# loss while it goes; `*_, loss = trained(…)` takes all steps and keeps the last one's. (Why the rate rises first is
# told further down.)


# %% demonstration=true
def trained(model, data, steps, peak=0.005):
    """Learn from (source, labels) of data; the rate rises for 50 steps, then falls."""
    optimiser = torch.optim.Adam(model.parameters(), betas=(0.9, 0.98), eps=1e-9)
    for step, (source, labels) in zip(range(steps), data):
        rate = peak * min((step + 1) / 50, 1 - step / steps)
        optimiser.param_groups[0]["lr"] = rate
        loss = padded_loss(model(source, shift_right(labels)), labels)
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        yield loss.item()


# %% demonstration="long"
needs(additive_attention=additive_attention, shift_right=shift_right)
needs(padded_loss=padded_loss)
torch.manual_seed(0)
small = {  # 14 tokens; 24 wide; so many hidden units
    "GRU": Seq2Seq(14, 24, 48, dropout=0.0),
    "GRU + your attention": LookingBack(14, 24, 44, dropout=0.0),
}
reversed_right = {}
for name, model in small.items():
    *_, loss = trained(model, backwards(), 220)
    size = sum(p.numel() for p in model.parameters())
    print(f"{name}: {size:,} parameters, loss {loss:.2f} nats")
    reversed_right[name] = letters_right(partial(greedy, model.eval()))
by_length(reversed_right, my_share, "letters right")

# %% [markdown]
# One vector of 48 numbers holds four letters, not fourteen: there it is right about one time in four. What the
# writer may look back at does not run full: with attention it is right four times of five, and was still learning.
# In the paper, English to French, sentences of up to 50 words: BLEU 17.82 with one vector, 26.75 with attention
# (Bahdanau et al. 2015, table 1). **BLEU** counts, from 0 to 100, how many runs of one to four words a translation
# shares with a reference, and takes points off for what is too short.
#
# Attention was the help of a recurrent network. **Vaswani et al. (2017) kept the help and threw out the network.**

# %% [markdown]
# ## How does one sequence ask another?
#
# In your `MultiHead` of lesson 03 queries, keys and values come from one sequence. Nothing in your `attention` asks
# for that. Let x be what is being written, L<sub>q</sub> tokens, and *memory* what was read, L<sub>k</sub> tokens.
# **How many rows has the output?** Say it, then write the layer.

# %% exercise="CrossAttention"

# %% [markdown]
# As many rows as there are queries: each token written gets one answer. With `memory = x` it is self-attention, so
# this one layer is all the attention that a Transformer has.
#
# ## What is around the attention?
#
# The paper's layer (its figure 1) adds two things. A **way around**: x + f(x), so that a layer only has to say what
# to *change*, and gradients have a road past it. And an **MLP**, which works on each token alone; attention moves
# things between tokens, the MLP makes something of them.

# %% exercise="EncoderBlock"

# %% [markdown]
# Yours, and PyTorch's with your weights; anything near 1e-7 is rounding:

# %% demonstration=true
needs(CrossAttention=CrossAttention, EncoderBlock=EncoderBlock)
torch.manual_seed(0)
mine_, x = EncoderBlock(16, 4, 32), torch.randn(2, 5, 16)
theirs = nn.TransformerEncoderLayer(16, 4, 32, dropout=0.0, batch_first=True)
own = mine_.state_dict()
for kind in ("weight", "bias"):
    names = [f"attention.{part}.{kind}" for part in ("query", "key", "value")]
    own[f"self_attn.in_proj_{kind}"] = torch.cat([own.pop(name) for name in names])
    own[f"self_attn.out_proj.{kind}"] = own.pop(f"attention.output.{kind}")
    own[f"linear1.{kind}"] = own.pop(f"mlp.0.{kind}")
    own[f"linear2.{kind}"] = own.pop(f"mlp.2.{kind}")
theirs.load_state_dict(own)
print(f"largest difference {(mine_(x) - theirs(x)).abs().max():.0e}")

# %% [markdown]
# (Norm behind the sum is the paper's **post-norm**. Most models since have **pre-norm**, x + f(norm(x)), which
# trains deep stacks with less care: lesson 03 shows what reaches the last layer.)

# %% exercise="DecoderBlock"

# %% [markdown]
# ## The whole of it
#
# Tokens become vectors, scaled by √d, and positions are added; layers read; layers write, and may not see what they
# have yet to write; the same table that turned tokens into vectors turns vectors back into logits.


# %% demonstration=true
class Tokens(nn.Module):
    """Numbers to vectors with positions, (B, L) -> (B, L, d), and back to logits."""

    def __init__(self, vocabulary, d):
        super().__init__()
        self.table = nn.Embedding(vocabulary, d)
        nn.init.normal_(self.table.weight, std=d**-0.5)

    def forward(self, ids):
        d = self.table.embedding_dim
        return self.table(ids) * math.sqrt(d) + sinusoidal(ids.shape[1], d)

    def logits(self, x):
        return x @ self.table.weight.T  # (B, L, vocabulary)


# %% demonstration=true
class Reading(nn.Module):
    """Half a translator: source (B, Ls) -> memory (B, Ls, d), and what is no padding"""

    def __init__(self, vocabulary, layers, d, heads, hidden):
        super().__init__()
        blocks = (EncoderBlock(d, heads, hidden) for _ in range(layers))
        self.tokens, self.reading = Tokens(vocabulary, d), nn.ModuleList(blocks)

    def read(self, source):
        real = (source != 0)[:, None, None]  # (B, 1, 1, Ls)
        memory = self.tokens(source)
        for block in self.reading:
            memory = block(memory, real)
        return memory, real


# %% demonstration=true
class Translator(Reading):
    """source (B, Ls), inputs (B, Lt) -> logits (B, Lt, V), about the next token"""

    def __init__(self, vocabulary, d=64, heads=4, hidden=128, layers=2, causal=True):
        super().__init__(vocabulary, layers, d, heads, hidden)
        blocks = (DecoderBlock(d, heads, hidden) for _ in range(layers))
        self.writing, self.causal = nn.ModuleList(blocks), causal
        xavier(self.reading, self.writing)

    def forward(self, source, inputs):
        x, (memory, real) = self.tokens(inputs), self.read(source)
        mask = causal_mask(inputs.shape[1]) if self.causal else None  # (Lt, Lt)
        for block in self.writing:
            x = block(x, memory, mask, real)
        return self.tokens.logits(x)


# %% [markdown]
# ☕ *A good place for a break: you have built a Transformer. What is left is to make it learn, and to make it write.*
#
# ## How fast may it learn?
#
# Early steps are the dangerous ones: Adam's estimates rest on a few batches, and a post-norm layer is easily thrown
# off. So the rate **warms up**.

# %% exercise="warmup_rate"

# %% [markdown]
# Your two branches for the paper's d = 512, w = 4,000, at steps 1,000 and 16,000. Which of the two numbers should
# be half of the highest rate?

# %% demonstration=true
needs(warmup_rate=warmup_rate)
for branch, step in (("rising", 1000), ("falling", 16_000), ("highest", 4000)):
    rate = parse(warmup_rate[branch], ["s", "w", "d"]).value(s=step, w=4000, d=512)
    print(f"{branch:8} at step {step:6,}: {rate:.2e}")

# %% [markdown]
# Falling at 4w: a half; rising at w/4: a quarter. Now train: 350 batches, all with **your** parts. (For so few
# steps ours falls in a straight line to zero, and not as the root.) It is the longest wait of the lesson.


# %% demonstration=true
def pairs_again(seed=0):
    """The 900 pairs in batches of like length, again and again: (source, labels)"""
    generator = torch.Generator().manual_seed(seed)
    while True:
        for source, target in batches(seen, letters, 2048, generator):
            yield source, target[:, 1:]  # without its begin


# %% demonstration="long"
parts = dict(CrossAttention=CrossAttention, EncoderBlock=EncoderBlock)
parts |= dict(DecoderBlock=DecoderBlock, shift_right=shift_right)
parts |= dict(padded_loss=padded_loss)
needs(**parts)
torch.manual_seed(0)
translator = Translator(len(letters))
training = trained(translator, pairs_again(), 350)
for step, loss in enumerate(training, 1):
    if step == 120:
        beginner = copy.deepcopy(translator)  # kept for later
    if step % 60 == 0:
        print(f"step {step}: {loss:.4f} nats a letter")

# %% [markdown]
# ## How does it write?
#
# The loss was measured with the truth fed at each place. Now there is none: the model's own tokens are its input, one
# after the other (**greedy** decoding takes the likeliest each time).

# %% exercise="append_likeliest"


# %% demonstration=true
@torch.no_grad()
def written(model, source, longest=70):
    """Greedy, in your steps: (B, Ls) -> (B, at most `longest`)"""
    tokens = torch.ones(len(source), 1, dtype=torch.long)  # begin
    while tokens.shape[1] <= longest and not (tokens == 2).any(dim=-1).all():
        tokens = append_likeliest(tokens, model(source, tokens)[:, -1])
    return tokens[:, 1:]


def share_right(model, pairs):
    """How many of a hundred it writes right to the last letter, and what it wrote."""
    french, english = zip(*pairs[:100])
    said = letters.decode(written(model, letters.encode(french)))
    return sum(one == other for one, other in zip(said, english)), said


# %% [markdown]
# The hundred of the beginning:

# %% demonstration="long"
needs(**parts, append_likeliest=append_likeliest)
right, said = share_right(translator, unseen)
known, _ = share_right(translator, seen)
measured = {"never seen": right, "a hundred that it learnt": known}
guesses = {"never seen": my_hundred, "a hundred that it learnt": None}
beside_guesses(measured, guesses, "right, of a hundred")
for (french, english), wrote in zip(unseen[:5], said):
    print(f"{french} → {wrote}" + ("" if wrote == english else f"   ({english})"))

# %% [markdown]
# In our runs it was 93 to 98 of the hundred (three seeds), and 99 or all of those it had learnt. **You wrote that
# network.**
#
# What was tested? Not new *words*: each word of the hundred stood beside others in the 900. What is new is how they
# are put together, and that nothing told the network where a word begins.
#
# ### Where did it look?
#
# Each letter written asked the source once a head and layer. **Play** it. Before you do: while it writes the *seven*
# of ninety-seven, which French letters should it look at?

# %% demonstration=true
@torch.no_grad()
def looks(model, source, inputs, heads=4):
    """Cross-attention weights of one sentence in each layer: (layers, heads, Lt, Ls)"""
    found = []

    def keep(cross, args):
        q = split_heads(cross.query(args[0]), heads)  # (1, heads, Lt, d / heads)
        k = split_heads(cross.key(args[1]), heads)
        one_each = torch.eye(k.shape[-2])  # as values: the weights themselves come out
        found.append(attention(q, k, one_each)[0])  # (heads, Lt, Ls)

    hooks = [b.cross.register_forward_pre_hook(keep) for b in model.writing]
    model(source, inputs)
    for hook in hooks:
        hook.remove()
    return torch.stack(found)


# %% demonstration="long"
needs(**parts, append_likeliest=append_likeliest)
french = "quatre-vingt-dix-sept"
source = letters.encode([french])
wrote = written(translator, source)
weights = looks(translator, source, shift_right(wrote))
alignment(weights, [*french, "■"], [*letters.decode(wrote)[0], "■"])

# %% [markdown]
# In our runs the *n* of ninety went to *quatre* (0.8 to 0.9 to its u, layer 1, head 0, counted from 0), the *s* of seven to *sept*. At
# the start of a word it looks sharply; further on, where the word is decided, anywhere.
#
# Did it need what it looked at? Take a word away: the decoder may not look at its letters, by a mask; the encoder has
# read them.


# %% demonstration=true
@torch.no_grad()
def without_seeing(model, french, word):
    """What it writes when its decoder may not look at one word of the source."""
    source, start = letters.encode([french]), french.index(word)
    memory, real = model.read(source)
    real = real.clone()
    real[..., start : start + len(word)] = False
    blind = copy.copy(model)
    blind.read = lambda source: (memory, real)
    return letters.decode(written(blind, source))[0]


# %% demonstration="long"
needs(**parts, append_likeliest=append_likeliest)
for french in ("six cent vingt et un", "quatre-vingt-dix-sept"):
    for word in french.replace("-", " ").split():
        print(f"{french}, {word} hidden: {without_seeing(translator, french, word)}")

# %% [markdown]
# In our runs 621 without *six* had another hundred, without *vingt* it was six hundred and one, and without *un* the last
# word was lost, or garbled: there the map told the truth. But ninety-seven without *sept* was still ninety-seven,
# whatever the map said: the encoder must have put the seven into other rows as well. **A map shows where it looked.
# What it needed, only taking away shows.**
#
# ### A larger one, of another kind
#
# With the course comes a **checkpoint**: a network that was trained before you came, and a card that says how. This one
# is a GRU with Bahdanau's attention, taught the same 900 numbers for 350 steps, fixed beforehand. Its map first, to
# play. **Will it, too, write ninety-seven when *sept* is hidden from its attention?**

# %% demonstration=true
taught, card = load("translate-numbers")
print(f"{card['about']}: {card['steps']} steps of {card['recipe']['batch']} numbers")
right = card["scores"][0]["this"]
print(f"{card['parameters']:,} parameters; of the hundred, {right:.0f} are right")
french = "quatre-vingt-dix-sept"
(wrote,) = taught.write([french])
weights = taught.alignment(french, wrote)  # (Lt, Ls): one layer, one head
alignment(weights[None, None], [*french, "■"], [*wrote, "■"])


# %% demonstration=true
def taught_without_seeing(french, word):
    """What the checkpoint writes when its attention may not look at one word."""
    source, start = taught.vocabulary.encode([french]), french.index(word)
    memory = taught.encoder.encode(source)
    memory.mask[..., start : start + len(word)] = False
    blind = copy.copy(taught.encoder)
    blind.encode = lambda source: memory
    return taught.vocabulary.decode(greedy(blind, source))[0]


# %% demonstration=true
for word in ("quatre", "vingt", "dix", "sept"):
    print(f"{french}, {word} hidden: {taught_without_seeing(french, word)}")

# %% [markdown]
# Without *sept* it writes ninety-*three*: what it looked at, it needed. Without any of the other words it writes what
# it wrote before, because its reader went over the whole number in both directions, and each state knows of the others.
# Two networks that are right, and another answer to the same question: neither map could have told you.

# %% [markdown]
# ## Is a loss of nearly zero good news?
#
# A second translator, the same but for one word: `causal=False`. Its decoder may see the whole English sentence while
# it learns; 200 steps instead of 350 are plenty for that. Its loss on the hundred will be below 0.1 nats a letter: it gives the true
# letter more than nine tenths. **Your guess:** how many of the hundred does it write right?

# %%
my_leak = {"right, without the mask": None}  # of a hundred

# %% demonstration="long"
needs(**parts, append_likeliest=append_likeliest)
torch.manual_seed(0)
leaky = Translator(len(letters), causal=False)
*_, loss = trained(leaky, pairs_again(), 200)
print(f"loss of the last step {loss:.4f}")


# %% demonstration=true
@torch.no_grad()
def fed_the_truth(model):
    """The loss in nats a letter on the hundred that no model has seen."""
    labels = letters.encode([english for _, english in unseen])
    source = letters.encode([french for french, _ in unseen])
    return padded_loss(model(source, shift_right(labels)), labels).item()


# %% demonstration="long"
needs(**parts, append_likeliest=append_likeliest)
both = {"without the mask": leaky, "with it": translator}
for name, model in both.items():
    print(f"{name:18} loss on numbers never seen {fed_the_truth(model):.4f}")
leaked, nonsense = share_right(leaky, unseen)
print("without the mask it writes:", nonsense[:3])
beside_guesses({"right, without the mask": leaked}, my_leak, "right, of a hundred")

# %% [markdown]
# Two losses near zero, both on numbers that nobody trained on. One writes nine of ten, the other not one. (That the
# honest loss is as low says something about this language: once the number is understood, every letter is certain.)

# %% exercise="why_nonsense"

# %% [markdown]
# No curve shows the difference. A test does, in a millisecond, before anything has learnt.

# %% exercise="test_no_peeking"

# %% [markdown]
# Your test on your own decoder layer, with its mask and without:


# %% demonstration=true
def decoder(causal):
    """Your DecoderBlock as a function of what is written, (L, d) -> (L, d)"""
    made = {}

    def decode(x):
        d = x.shape[-1]
        block = made.setdefault(d, DecoderBlock(d, 1, 8))
        mask = causal_mask(len(x)) if causal else None
        return block(x[None], torch.zeros(1, 1, d), mask)[0].detach()

    return decode


# %% demonstration=true
needs(CrossAttention=CrossAttention, DecoderBlock=DecoderBlock)
needs(test_no_peeking=test_no_peeking)
for name, causal in {"with the mask": True, "without it": False}.items():
    try:
        test_no_peeking(decoder(causal))
        print(name, "it passes your test")
    except AssertionError:
        print(name, "your test says no")

# %% [markdown]
# ## Which row was fed the truth?
#
# "Told the truth at each place, a model can only do better." Try it on a model so small that it fits in one line:
# every picture has two right captions, and it knows both perfectly: "a dog runs fast" for 60 pictures of a hundred, "fast
# runs a dog" for 40. Somebody draws a reference from the two. **Of a hundred captions, how many are one of the two
# right ones**, if each word is the likeliest after the *true* beginning (forced), and if it goes on from its *own*
# (free)?

# %%
my_captions = {"forced": None, "free": None}  # of a hundred

# %% demonstration=true
captions = {"a dog runs fast": 0.6, "fast runs a dog": 0.4}


def likeliest(beginning):
    """The word that is likeliest after these words, among the captions that fit."""
    n, fits = len(beginning), {}
    for caption, p in captions.items():
        words = caption.split()
        if words[:n] == beginning:
            fits[words[n]] = fits.get(words[n], 0) + p
    return max(fits, key=fits.get)


# %% demonstration=true
fine = {"forced": 0.0, "free": 0.0}
for caption, p in captions.items():
    truth, own = caption.split(), []
    forced = [likeliest(truth[:n]) for n in range(4)]
    for _ in range(4):
        own.append(likeliest(own))
    for name, words in {"forced": forced, "free": own}.items():
        fine[name] += 100 * p * (" ".join(words) in captions)
        print(f"reference “{caption}”, {name}: {' '.join(words)}")
beside_guesses(fine, my_captions, "right captions, of a hundred")

# %% [markdown]
# "a runs a dog": the first word is the likeliest there is, the others follow a sentence that does not begin so. Forcing
# makes a *loss* look better, as no mistake has consequences, and a *sentence* worse, as nobody wrote it. So before
# you compare two rows, ask of each: **who was fed the truth?** (A widely used tutorial sets recurrent models at
# perplexity, e to the loss, 25.6 beside a Transformer at 5.3: the former wrote freely, the latter was forced, and has
# half the parameters. Source: bentrevett/pytorch-seq2seq.)

# %% exercise="which_row"

# %% [markdown]
# ## Is the likeliest next word the way to the likeliest sentence?

# %% exercise="two_beginnings"
given = numbers("two_beginnings")

two_beginnings = None  # times as probable
### BEGIN SOLUTION
best = given.first_b * given.then_b
greedys = given.first_a * given.then_a
two_beginnings = best / greedys
### END SOLUTION

# %% [markdown]
# A **beam search** keeps not one beginning but W of them, W being its *width*. Step through it. Crossed out is what
# was dropped; ■ is the end of a sentence, and a dot marks one that has ended. Then move the length penalty α:
# sentences are ranked by
#
# $$\frac{\log p(y)}{((5 + |y|)/6)^\alpha}$$
#
# (Wu et al. 2016), where |y| counts the end, too. **Which sentence wins with width 1, with 2, with 3? And with 3, from
# which α on does the longest one win?**

# %% demonstration=true
tree = {
    "": {"it": 0.5, "a": 0.4, "no": 0.1},
    "it": {"is": 0.4, "rains": 0.35, "■": 0.25},
    "it is": {"■": 0.6, "late": 0.4},
    "it rains": {"■": 1.0},
    "a": {"dog": 0.9, "cat": 0.1},
    "a dog": {"runs": 0.75, "■": 0.25},
    "a dog runs": {"fast": 0.55, "■": 0.45},
    "a dog runs fast": {"■": 1.0},
}
beam_tree(tree)

# %% [markdown]
# Width 1 is greedy: "it is", 0.120. Width 2 finds "a dog runs fast", 0.149, whose first word is not the likeliest.
# Width 3 finds the most probable of all, "it rains", 0.175: a wider beam finds what is more *probable*, and that is
# often what is *shorter*, as every token more makes log p smaller. From α = 0.41 on, 0.5 on the slider, the longest
# one is back. The papers
# use widths around 4 and α = 0.6: numbers that were tried out, not derived.

# %% exercise="beam_step"


# %% demonstration=true
@torch.no_grad()
def search(model, source, width, alpha, longest=60):
    """The best sentence in your steps: one source (1, Ls) -> (1, L)"""
    tokens, scores = torch.ones(width, 1).long(), torch.full((width,), -math.inf)
    scores[0], best = 0, (-math.inf, tokens[0])  # there is one beginning yet
    for length in range(1, longest + 1):
        log_p = model(source.expand(width, -1), tokens)[:, -1].log_softmax(dim=-1)
        scores, beginnings, added = beam_step(scores, log_p)
        tokens = torch.cat([tokens[beginnings], added[:, None]], dim=1)
        final = scores.masked_fill(added != 2, -math.inf) / ((5 + length) / 6) ** alpha
        best = max(best, (final.max(), tokens[final.argmax()]), key=itemgetter(0))
        scores = scores.masked_fill(added == 2, -math.inf)  # what has ended rests
        if scores.max() / ((5 + longest) / 6) ** alpha <= best[0]:
            break  # whatever follows can only become less probable
    return best[1][None, 1:]


# %% [markdown]
# Where does that help? Not with a model that is sure. But `beginner`, kept after 120 steps, is not. **Of 25 numbers
# never seen, how many does it write right greedily, and how many with four beginnings?**

# %%
my_search = {"greedy": None, "beam of 4": None}  # of 25

# %% demonstration="long"
needs(**parts, append_likeliest=append_likeliest, beam_step=beam_step)
found = {"greedy": 0, "beam of 4": 0}
for french, english in unseen[:25]:
    source = letters.encode([french])
    by_beam = letters.decode(search(beginner, source, 4, 0.6))[0]
    by_greedy = letters.decode(written(beginner, source))[0]
    found["greedy"] += by_greedy == english
    found["beam of 4"] += by_beam == english
    if by_beam != by_greedy:
        print(f"{english}\n    greedy {by_greedy}\n    beam   {by_beam}")
beside_guesses(found, my_search, "right, of 25")

# %% [markdown]
# Little, or nothing. Read what it wrote: the beam's sentences are more *probable*, and mostly as wrong. A search finds
# what the model believes; it does not make it know more. Translators of real sentences, which are unsure because
# several wordings are right, gain more: 35.0 to 39.6 BLEU in the recorded run below.

# %% [markdown]
# ## What is computed again and again?
#
# `written` runs the whole decoder for each letter, on everything written so far. Yet under a causal mask nothing about
# an earlier token can change when a later one comes.

# %% exercise="attend_with_cache"

# %% exercise="cache_flops"

# %% [markdown]
# d = 64, and 256 tokens are written. **How many times fewer FLOPs with the cache?** Then your function against the
# whole sequence at once under the mask, and PyTorch's counter against your formulas.

# %%
my_saving = {"times fewer": None}

# %% demonstration=true
needs(attend_with_cache=attend_with_cache)
torch.manual_seed(0)
d, L = 64, 256
x, (Wq, Wk, Wv, Wo) = torch.randn(1, L, d), torch.randn(4, d, d) / d**0.5
whole = attention(x @ Wq, x @ Wk, x @ Wv, causal_mask(L)) @ Wo
keys, values, outputs = torch.zeros(1, 0, d), torch.zeros(1, 0, d), []
with FlopCounterMode(display=False) as counter:
    for new in x.split(1, dim=1):
        y, keys, values = attend_with_cache(new, keys, values, Wq, Wk, Wv)
        outputs.append(y @ Wo)
difference = (torch.cat(outputs, dim=1) - whole).abs().max()
print(f"cached against whole: largest difference {difference:.0e}")

# %% demonstration=true
needs(attend_with_cache=attend_with_cache, cache_flops=cache_flops)
anew = parse(cache_flops["token t, anew"], ["t", "L", "d"])
cached = parse(cache_flops["all L, cached"], ["t", "L", "d"])
without = sum(anew.value(t=t, L=L, d=d) for t in range(1, L + 1))
with_cache = cached.value(t=L, L=L, d=d)
print(f"counted {counter.get_total_flops():,}; your formula {with_cache:,}")
# (An einsum of a single key is no product to PyTorch: then it counts 2d less.)
saving = without / with_cache
beside_guesses({"times fewer": saving}, my_saving, "times fewer FLOPs")

# %% [markdown]
# The price is memory: 2 L d numbers in each layer. In large language models this cache, and not the arithmetic, is what
# limits how many texts are written side by side.
#
# ## Does it cost more than what it replaced?
#
# A GRU goes through L tokens one after the other; attention makes a table of L × L. **At which L does one of your
# encoder layers (d = 64) become slower than one GRU layer as wide**, reading on this machine?

# %%
my_crossing = {"slower from": None}  # tokens

# %% demonstration="long"
needs(CrossAttention=CrossAttention, EncoderBlock=EncoderBlock)
gru, block = nn.GRU(64, 64, batch_first=True), EncoderBlock(64, 4, 128)
took = {}
with torch.no_grad():
    for L in (64, 128, 256, 512, 1024, 2048):
        x = torch.randn(1, L, 64)
        took[L] = [milliseconds(m, x, clock=time.thread_time) for m in (gru, block)]
        print(f"L = {L:5,}: GRU {took[L][0]:7.2f} ms, your layer {took[L][1]:7.2f} ms")
slower = next((L for L, (one, other) in took.items() if other > one), None)
if slower:
    beside_guesses({"slower from": slower}, my_crossing, "tokens, a power of two")

# %% [markdown]
# On a short text your layer is the faster one although it does more: all places at once, where the GRU waits for each
# step. On a long one L² wins: in our runs, from 1,024 or from 2,048 tokens on. (Processor time, one text, nothing but
# reading; the fused kernel, which never holds the table, would move the crossing.)
#
# ## Then why is anyone still using a GRU?
#
# Three translators, the same data, the same number of parameters, the same number of steps: French to English captions,
# letter by letter, 1.4 million parameters, 2.7 epochs (`benchmarks/results/translation.md`, one seed):
#
# | | loss, nats | BLEU, greedy | BLEU, beam of 4 |
# |---|---|---|---|
# | Transformer | 1.187 | 8.3 | 9.1 |
# | GRU, one vector | 0.902 | 15.6 | 17.4 |
# | GRU + attention | 0.656 | 35.0 | 39.6 |
#
# **The GRU with attention is far ahead**, and at equal *time*, too: one of its steps took 1.4 times as long, but when the
# Transformer was through, after 551 seconds, the GRU's loss was down at 0.70. Why? A guess: because of what it need not
# learn. A GRU reads and writes *in order*; where it stands is in its state from the first step on. A Transformer is told
# by a pattern of sines, and must first learn to read it. In the last 75 steps its loss still fell twice as fast as that
# of the GRU with attention (0.021 against 0.010). And this is where the two looked, in one real sentence:
#
# ![Two maps of “Des gens réparent le toit d'une maison.” → “People are fixing the roof of a house.”, letter by letter. The
# Transformer's has stripes from top to bottom: each letter looked at the same places. That of the GRU with attention has
# a diagonal.](../../benchmarks/results/translation-alignment.png)
#
# An explanation needs a **control**. So take *your* Transformer to the small task of letters backwards, and change one
# thing: in place of the sines a GRU goes over the embedded tokens, and hands on its states. Attention, layers and loss
# stay as they are; its MLPs are made narrower, so that it has no more parameters.


# %% demonstration=true
class InOrder(Tokens):
    """No sines: the places are told by a GRU that reads the tokens one by one"""

    def __init__(self, vocabulary, d):
        super().__init__(vocabulary, d)
        self.gru = nn.GRU(d, d, batch_first=True)

    def forward(self, ids):
        x = self.table(ids) * math.sqrt(self.table.embedding_dim)
        return self.gru(x)[0]  # (B, L, d)


# %% [markdown]
# If order is what it lacked, that must help. (If it helps, something else that a GRU hands on, such as what the letter
# before was, may have helped as well: the encoder's GRU and the decoder's both read from left to right, so nothing
# leaks.) The other control is patience: the sines again, with
# three times as many steps. Yours as it is, after as many steps as the GRUs had, will be where the GRU with one vector
# was. **What share of 14 letters will be right when a GRU tells the order?**

# %%
my_order = {14: None}  # between 0 and 1

# %% demonstration="long"
needs(**parts, append_likeliest=append_likeliest, additive_attention=additive_attention)
torch.manual_seed(0)
yours, patient, told = (Translator(14, 48, 4, n, layers=1) for n in (128, 128, 54))
told.tokens = InOrder(14, 48)
controls = {
    "yours": (yours, 220),
    "yours, order told by a GRU": (told, 220),
    "yours, 3 × the steps": (patient, 660),
}
for name, (model, steps) in controls.items():
    *_, loss = trained(model, backwards(), steps)
    size = sum(p.numel() for p in model.parameters())
    print(f"{name}: {size:,} parameters, loss {loss:.2f} nats")
    reversed_right[name] = letters_right(partial(written, model))
by_length(reversed_right, my_order, "letters right")

# %% [markdown]
# In our runs (five of them) the share at 14 letters was 0.19 to 0.23 with the sines, and 0.40 to 0.45 with the order
# told; the loss, with the truth told, 0.8 to 1.0 nats, and 0.1 to 0.2. Order, or what comes with it, is much of what
# it lacked. And order can be learnt, by steps: three times as many with the sines made 0.55 to 0.75, where the GRU
# with attention had about 0.8 after one time. The paper gave it 100,000, on GPUs, which do all places at once. What
# no control here shows is that the captions go the same way.

# %% [markdown] by_hand="why_mask" points=4 difficulty=3 minutes=8
# What must a decoder not see?
#
# In your own words, in four to six sentences: **what** is hidden from a decoder while it learns, and by which two
# means (one is in the inputs, one in the attention); **what** happens to its loss and to what it writes if one of
# them is missing; **why** no learning curve shows it; and **what** you would do to find out.
#
# ### BEGIN SOLUTION
# *A point for each:*
#
# - The token it is to say, and all after it: by shifting the target one place (`shift_right`), and by the causal mask
#   in the decoder's self-attention.
# - The loss goes to nearly zero, on new sentences too, and what it writes is nonsense: it has learnt to copy what
#   will not be there.
# - The truth is fed at validation as in training, so both curves fall together; overfitting would part them.
# - Change later tokens and see whether earlier outputs move (`test_no_peeking`); or score what it writes by itself.
# ### END SOLUTION

# %% [markdown]
# ## What the paper reports, and why ours differs
#
# Six layers of each kind, d = 512, 8 heads, 65 million parameters: 27.3 BLEU English to German, from 4.5 million
# sentence pairs, and 38.1 to French, from 36 million; the large one 28.4 and 41.8 (Vaswani et al. 2017, table 2), in
# 3.5 days on eight GPUs. Ours has two layers, 64 wide, and a language of 1,000 sentences: a toy that is learnt whole.
# What is the same is every line that you wrote. The paper adds dropout, label smoothing, and tokens that are parts of
# words.
#
# ## Three sentences to remember
#
# 1. A Transformer is attention and an MLP, each with a way around it; the decoder asks the encoder by
#    cross-attention, and one row of weights belongs to each token that is written.
# 2. Told the truth, it learns all places at once; writing, it is told nothing: a score means little until you know who
#    was fed the truth, and a loss of zero is a question.
# 3. The likeliest words do not make the likeliest sentence (beam), and what cannot change need not be computed twice
#    (cache).
#
# **One limit of what you built.** It pays L² for everything it reads, and it has to learn what order is. **Lesson 05**
# has the bill; and later an image is cut into tokens that your `EncoderBlock` reads unchanged.
#
# ## References
#
# - A. Vaswani et al. *Attention is all you need.* NeurIPS 2017. arXiv 1706.03762
# - D. Bahdanau, K. Cho, Y. Bengio. *Neural machine translation by jointly learning to align and translate.* ICLR 2015.
#   arXiv 1409.0473
# - I. Sutskever, O. Vinyals, Q. V. Le. *Sequence to sequence learning with neural networks.* NeurIPS 2014. arXiv
#   1409.3215
# - Y. Wu et al. *Google's neural machine translation system.* 2016. arXiv 1609.08144: the length penalty, equation 14
# - D. Elliott et al. *Multi30K: multilingual English–German image descriptions.* 2016. arXiv 1605.00459
# - B. Trevett, *pytorch-seq2seq*, and the captions of `which_row`: S. Vinodababu, *a PyTorch tutorial to image
#   captioning*, both on GitHub
