"""What `benchmarks.methods`, `variants` and `equal_budget` measured, for the last page of lesson 14 to show.

The whole of it stands in benchmarks/results: methods-cpu.md, variants-cpu.md and equal-budget.md. Seconds are
those of one training.
"""

# group, method, encoder and image, epochs, seconds, and % of unseen digits with 10 labels a class, by linear
# probe, one for each seed; within a group encoder, images, epochs, batch and rate are the same
METHODS: list[tuple[int, str, str, int, float, tuple[float, ...]]] = [
    (0, "supervised from scratch", "vit-mini/4, 16 × 16", 20, 145.4, (66.0, 59.6, 56.5)),
    (0, "mae", "vit-mini/4, 16 × 16", 20, 219.6, (73.8, 73.0, 75.5)),
    (0, "maskfeat", "vit-mini/4, 16 × 16", 20, 146.6, (68.2, 67.4, 67.1)),
    (0, "patch-jigsaw", "vit-mini/4, 16 × 16", 20, 115.0, (75.8, 73.0, 74.4)),
    (1, "supervised from scratch", "vit-mini/4, 16 × 16", 60, 96.1, (65.7, 66.6, 63.8)),
    (1, "simclr", "vit-mini/4, 16 × 16", 60, 214.5, (85.2, 86.4, 85.8)),
    (2, "supervised from scratch", "vit-mini/4, 16 × 16", 20, 30.3, (49.3, 54.9, 56.0)),
    (2, "ijepa", "vit-mini/4, 16 × 16", 20, 39.7, (63.8, 61.0, 58.8)),
    (3, "supervised from scratch", "vit-mini/4, 16 × 16", 20, 109.2, (41.2, 56.5, 56.8)),
    (3, "relvit", "vit-mini/4, 16 × 16", 20, 99.3, (77.2, 71.9, 71.9)),
    (4, "supervised from scratch", "convnext-mini/2, 16 × 16", 14, 165.0, (90.8, 89.7, 86.4)),
    (4, "fcmae", "convnext-mini/2, 16 × 16", 14, 180.9, (81.1, 76.9, 74.1)),
    (5, "supervised from scratch", "resnet-mini, 8 × 8", 20, 170.4, (91.9, 91.4, 89.1)),
    (5, "autoencoder", "resnet-mini, 8 × 8", 20, 208.2, (88.6, 91.4, 91.9)),
    (5, "vae", "resnet-mini, 8 × 8", 20, 380.5, (89.7, 90.3, 89.4)),
    (5, "dino", "resnet-mini, 8 × 8", 20, 425.4, (83.0, 73.5, 85.5)),
    (6, "supervised from scratch", "resnet-mini, 16 × 16", 14, 94.9, (89.4, 86.6, 91.4)),
    (6, "context", "resnet-mini, 16 × 16", 14, 53.3, (81.3, 75.5, 79.1)),
    (6, "jigsaw", "resnet-mini, 16 × 16", 14, 145.1, (73.0, 77.4, 75.5)),
    (7, "supervised from scratch", "resnet-mini, 16 × 16", 8, 125.3, (88.9, 85.2, 91.9)),
    (7, "rotation", "resnet-mini, 16 × 16", 8, 761.8, (71.6, 71.0, 73.0)),
]

# network -> MFLOPs of an image, seconds, and % of unseen digits with all 1,438 labels, one for each seed
NETWORKS: dict[str, tuple[float, float, tuple[float, ...]]] = {
    "vit": (7.0, 29.3, (90.0, 82.5, 89.1)),
    "cpvt": (7.0, 28.9, (95.5, 96.7, 97.8)),
    "cnn": (4.0, 21.2, (99.2, 98.9, 98.9)),
    "deit": (7.4, 34.9, (95.8, 92.5, 92.2)),
    "hybrid": (9.1, 51.1, (98.6, 97.2, 99.4)),
    "cvt": (3.5, 42.2, (98.9, 97.8, 98.3)),
}

# One small ViT (vit-mini/4) on digits of 16 × 16, taught without labels for as many epochs as SimCLR, then
# for as many FLOPs: method, epochs, MFLOPs an image, forward and backward; % of unseen digits with 10 labels
# a class by each of READ_BY, one for each seed
READ_BY = ("kNN", "linear probe", "fine-tuned")
EQUAL_BUDGET: list[tuple[str, int, float, tuple[float, ...], tuple[float, ...], tuple[float, ...]]] = [
    ("simclr", 20, 43.3, (68.5, 65.7, 65.5), (84.4, 84.4, 85.5), (86.6, 85.5, 86.6)),
    ("dino", 20, 71.5, (21.7, 15.9, 22.8), (30.1, 49.0, 55.4), (33.7, 32.0, 36.5)),
    ("dino", 12, 71.5, (15.9, 19.2, 18.7), (41.2, 54.3, 45.4), (31.2, 16.7, 25.1)),
    ("mae", 20, 13.8, (58.2, 32.9, 59.3), (73.8, 73.0, 75.5), (47.6, 40.7, 59.9)),
    ("mae", 63, 13.8, (73.0, 66.9, 77.2), (84.7, 83.3, 82.7), (76.9, 78.8, 72.1)),
    ("maskfeat", 20, 21.2, (47.4, 40.1, 50.4), (68.2, 67.4, 67.1), (43.2, 37.6, 39.8)),
    ("maskfeat", 41, 21.2, (64.6, 51.5, 55.4), (78.0, 73.3, 74.1), (73.5, 61.3, 70.2)),
    ("ijepa", 20, 22.7, (26.5, 27.9, 29.0), (56.3, 54.9, 45.1), (26.5, 29.2, 21.7)),
    ("ijepa", 38, 22.7, (36.8, 25.1, 33.1), (59.1, 49.0, 49.0), (26.5, 24.0, 29.0)),
    ("relvit", 20, 22.0, (63.0, 56.3, 60.4), (77.2, 71.9, 71.9), (64.1, 62.4, 58.5)),
    ("relvit", 39, 22.0, (72.7, 65.5, 74.4), (83.0, 78.6, 81.1), (77.7, 73.0, 78.0)),
]
