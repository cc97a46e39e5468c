"""What `python -m benchmarks.two_views` measured of batch sizes, for a lesson to show: two-views.md.

Per cent of 359 unseen painted digits that kNN names rightly, before the head, one for each seed.
"""

# images in a batch, images seen, steps, and each seed
BATCHES: list[tuple[int, int, int, tuple[float, ...]]] = [
    (16, 2400, 150, (86.4, 86.4, 85.5)),
    (16, 9600, 600, (92.5, 90.8, 93.6)),
    (64, 9600, 150, (91.6, 89.7, 92.2)),
    (256, 9472, 37, (86.4, 86.1, 86.4)),
    (256, 38400, 150, (91.9, 93.9, 93.9)),
]
