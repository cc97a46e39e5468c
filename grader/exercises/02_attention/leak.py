"""One key out of 1,797"""

from grader.exercise import Quiz

exercise = Quiz(
    question="“Without the mask only 1 key in 1,797 is the image itself. Its influence on the answer is at "
    "most 1/1,797, so I need no mask.” What is wrong with this?",
    options={
        "a": "Nothing: a share that small cannot change which digit wins.",
        "b": "The image's own key gets a weight of exactly one, whatever β is.",
        "c": "It holds for a small β, where all weights are nearly equal; for a large one it does not.",
        "d": "Shares of weight are not shares of keys: the softmax favours the key that is most similar, "
        "and that is the image itself.",
    },
    right="d",
    why={
        "a": "Look at the figure: the two curves differ at every β, so the winner did change.",
        "b": "Its weight is the largest of the row; it is near one only for a large β.",
        "c": "Look at the left end of your figure: the weights are nearly equal there, and the gap is at "
        "its widest. When the evidence is thin, one vote that is always right decides many cases.",
    },
    points=1,
    difficulty=2,
    minutes=2,
    hints=[
        "What decides a key's weight: how many keys there are, or how similar they are to the query?",
        "For rows of length one, x · y is largest for y = x. What does a softmax do with the largest score?",
    ],
)
