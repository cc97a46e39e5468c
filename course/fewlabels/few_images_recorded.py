"""What `python -m benchmarks.few_images` measured, for lessons to show: benchmarks/results/few-images.md.

Shares of 359 unseen digits that are right, one for each seed, by network and number of labelled images.
"""

RECORDED: dict[str, dict[int, tuple[float, ...]]] = {
    "CNN": {
        50: (0.8273,),
        200: (0.9638,),
        1000: (0.9833,),
        1438: (0.9889,),
    },
    "ViT": {
        50: (0.4903,),
        200: (0.6769,),
        1000: (0.8858,),
        1438: (0.8774,),
    },
    "ViT, loud positions": {
        50: (0.8329,),
        200: (0.9276,),
        1000: (0.9694,),
        1438: (0.9749,),
    },
    "MLP": {
        50: (0.8802,),
        200: (0.9443,),
        1000: (0.9721,),
        1438: (0.9749,),
    },
    "CNN, rearranged": {
        50: (0.8663,),
        200: (0.9443,),
        1000: (0.9749,),
    },
}
