"""Training: one loop, its recipe, the folder of a run, and what they stand on (precision, processes, chance).

Nothing in here knows any method: what the loop calls is written down in `trainable`.
"""
