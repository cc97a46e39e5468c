"""Which sentence fits best?

Image and sentences are vectors in the same space. The sentence that fits is the one
whose vector has the largest **cosine** with the image's: the dot product, divided by
both lengths. Return its number. (How long a vector is must not matter.)
"""

import math

from grader.site.rung import Rung


def closest_sentence(image, sentences):
    """image: d numbers, sentences: a list of lists of d numbers -> a place in the list"""
    cosines = []
    for sentence in sentences:
        product = sum(a * b for a, b in zip(image, sentence))
        cosines.append(product / math.sqrt(sum(b * b for b in sentence)))
    return cosines.index(max(cosines))


def space(draw, right, count):
    image = [draw.integer(2, 6) for _ in range(3)]
    sentences = [
        [9 * x + 20 * (n == i) for i, x in enumerate(image)]
        for n in draw.shuffled([*range(3)] * 2)[: count - 1]
    ]
    sentences.insert(right, [x / 10 for x in image])
    return {"image": image, "sentences": sentences}


rung = Rung(
    closest_sentence,
    before="zero_shot",
    cases={
        "the first fits": lambda draw: space(draw, 0, 3),
        "another one fits": lambda draw: space(draw, draw.integer(1, 3), 5),
    },
    slips={
        "product / math.sqrt(sum(b * b for b in sentence)) -> product": (
            "A long vector wins by its length here: divide by it."
        ),
        "cosines.index(max(cosines)) -> cosines.index(min(cosines))": (
            "This is the sentence that fits least."
        ),
        "cosines.index(max(cosines)) -> max(cosines)": (
            "This is the largest cosine; the sentence's number is asked for."
        ),
        "cosines.index(max(cosines)) -> cosines.index(max(cosines)) + 1": "Places are counted from 0.",
    },
    also_right=[
        "product / math.sqrt(sum(b * b for b in sentence)) -> product / math.sqrt(sum(b * b for "
        "b in sentence)) / math.sqrt(sum(a * a for a in image))",
    ],
    hints=[
        "The image's length divides all cosines alike: it may be left out.",
        "list.index(max(list)) is the place of the largest.",
    ],
)
