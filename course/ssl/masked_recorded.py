"""What `python -m benchmarks.masked` measured, for a lesson to show: benchmarks/results/masked.md.

Right of 100 unseen digits at ten labels a class, one number for each seed, by what the weights were before: a
linear probe, and fine-tuned, after 45 and after 150 steps.
"""

RECORDED: dict[str, dict[str, tuple[float, ...]]] = {
    "first weights": {
        "probe": (71.5, 73.0, 76.6),
        "45 steps": (54.9, 48.9, 54.9),
        "fine-tuned": (79.3, 79.1, 78.3),
    },
    "25 % hidden": {
        "probe": (71.0, 69.3, 73.0),
        "45 steps": (61.2, 71.0, 71.5),
        "fine-tuned": (74.3, 77.8, 73.6),
    },
    "50 % hidden": {
        "probe": (78.6, 68.5, 69.0),
        "45 steps": (69.0, 58.4, 66.2),
        "fine-tuned": (75.8, 72.5, 74.3),
    },
    "75 % hidden": {
        "probe": (70.0, 72.0, 68.0),
        "45 steps": (69.5, 62.0, 65.5),
        "fine-tuned": (71.3, 69.3, 74.1),
    },
    "88 % hidden": {
        "probe": (69.0, 70.8, 71.3),
        "45 steps": (62.0, 69.8, 65.5),
        "fine-tuned": (73.3, 73.8, 72.3),
    },
    "75 % hidden, then shuffled": {
        "probe": (75.1, 70.5, 73.6),
        "45 steps": (66.5, 74.3, 61.5),
        "fine-tuned": (82.1, 75.8, 82.4),
    },
}
