"""What `python -m benchmarks.few_labels` measured, for a lesson to show: benchmarks/results/few-labels.md.

Shares of 359 unseen digits that are right, one for each seed, by strategy and labels a class;
four of the eleven strategies.
"""

RECORDED: dict[str, dict[int, tuple[float, ...]]] = {
    "nearest image": {
        1: (0.1978, 0.1922, 0.1922),
        2: (0.2869, 0.3092, 0.2953),
        5: (0.4318, 0.3816, 0.4485),
        10: (0.5487, 0.5265, 0.6267),
        50: (0.8273, 0.8719, 0.844),
    },
    "labels alone": {
        1: (0.2061, 0.1811, 0.1783),
        2: (0.2869, 0.3148, 0.2786),
        5: (0.4039, 0.3649, 0.3844),
        10: (0.4624, 0.4958, 0.5209),
        50: (0.6657, 0.6574, 0.6407),
    },
    "augmented": {
        1: (0.3928, 0.2897, 0.3733),
        2: (0.4262, 0.4429, 0.4401),
        5: (0.4791, 0.454, 0.5404),
        10: (0.5515, 0.5265, 0.5877),
        50: (0.61, 0.6351, 0.6267),
    },
    "contrast, frozen": {
        1: (0.4513, 0.3482, 0.454),
        2: (0.5432, 0.4652, 0.6212),
        5: (0.6045, 0.5348, 0.6713),
        10: (0.6992, 0.6769, 0.7047),
        50: (0.766, 0.7326, 0.7855),
    },
}
