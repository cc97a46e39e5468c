"""Numbers in words, French and English: a language small enough to learn in a minute.

French counts in twenties from 60 on (97 is *quatre-vingt-dix-sept*, four twenties ten seven) where English
keeps to tens (*ninety-seven*), so a letter's source is not always where its place would say. The spelling is
num2words': of France before the reform of 1990 (hyphens below a hundred, but *vingt et un*) and of Britain
(*one hundred and one*).

What people usually get wrong: taking a good result on held-out numbers for more than it is. Each of their
words was seen in training beside others; what is tested is whether the model puts known parts together.
"""

import random

from course import expect

SPLITS = ("train", "test", "all")
TESTED = 10  # one number in so many is held out


def number_words(upto: int = 1000, split: str = "train", seed: int = 0) -> list[tuple[str, str]]:
    """The numbers below `upto` in words: [(French, English), …], no two alike

    "test" is a tenth of them drawn by the seed, "train" the others, both shuffled; "all" is in order from 0.
    So there are 900 pairs to train on and 100 to test of `upto` = 1000. Raises ValueError below 10.
    """
    expect.one_of("split", split, SPLITS)
    expect.whole(upto=upto)
    if upto < TESTED:
        raise ValueError(f"upto must be at least {TESTED}, for a tenth of the numbers to be one; got {upto}")
    from num2words import num2words  # only needed here

    numbers = list(range(upto))
    if split != "all":
        random.Random(seed).shuffle(numbers)
        held_out = upto // TESTED
        numbers = numbers[:held_out] if split == "test" else numbers[held_out:]
    return [(num2words(number, lang="fr"), num2words(number, lang="en_GB")) for number in numbers]
