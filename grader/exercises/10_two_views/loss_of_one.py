"""One view, by hand

A view has a cosine of `given.twin` with its twin and of `given.first`, `given.second` and `given.third`
with three other views of the batch. At temperature τ = `given.tau`, **what is its loss**, in nats? That
is minus the logarithm of the share that the twin gets of

$$e^{\\cos/\\tau}$$

summed over the four. The view itself is not among them.
"""

from grader.exercise import Number

TWIN, OTHERS = "exp(twin/tau)", "exp(first/tau) + exp(second/tau) + exp(third/tau)"

exercise = Number(
    given=lambda draw: {
        "twin": draw.integer(50, 90) / 100,
        "first": draw.integer(-40, -5) / 100,
        "second": draw.integer(0, 30) / 100,
        "third": draw.integer(40, 80) / 100,
        "tau": draw.integer(2, 6) / 10,
    },
    value=f"log(({TWIN} + {OTHERS}) / {TWIN})",
    unit="nats",
    slips={
        f"log(({OTHERS}) / {TWIN})": "The twin is left out of the sum below: it is one of the candidates.",
        f"log((exp(1/tau) + {TWIN} + {OTHERS}) / {TWIN})": "The view itself is among the candidates, with "
        "its "
        "cosine of 1.",
        f"{TWIN} / ({TWIN} + {OTHERS})": "This is the twin's share; the loss is minus its logarithm.",
        f"log({TWIN} / ({TWIN} + {OTHERS}))": "The sign is turned: a loss is not negative.",
        "log((exp(twin) + exp(first) + exp(second) + exp(third)) / exp(twin))": "The temperature is left "
        "out.",
        "log((exp(twin*tau) + exp(first*tau) + exp(second*tau) + exp(third*tau)) / exp(twin*tau))": "The "
        "cosines are multiplied by τ; they are divided by it.",
        f"log2(({TWIN} + {OTHERS}) / {TWIN})": "This is in bits; take the natural logarithm.",
    },
    points=2,
    difficulty=1,
    minutes=5,
    hints=[
        "Four numbers first: math.exp(cosine / tau) for each of the four candidates.",
        "The twin's share is one of them over the sum of all four. Then −math.log of it.",
    ],
)
