"""Trainings cut short, where a whole lesson is run only to see that no cell ends in an error of ours.

By lesson: code that stands behind the notebook's imports, and puts shorter ones in the place of the lesson's
own. Each cell runs all the same; what it then shows is looked at in the solved lesson.
"""

SHORTER = {
    "01_context": """
_learn_to_copy = copying.learn_to_copy
copying.learn_to_copy = lambda *given, **others: _learn_to_copy(*given, **others, steps=2)
letter_table.STEPS = 2
""",
    "03_heads_positions": """
_learn = learn
def learn(*arguments, **others):
    return _learn(*arguments[:2], steps=25)
""",
    "06_vit": """
_learn = learn
def learn(*arguments, **others):
    return _learn(*arguments[:2], steps=5)
""",
    "07_variants": """
_learn, _fit = learn, fit
def learn(net, seed=0):
    return _learn(net, steps=3)
def fit(net, epochs=1):
    return _fit(net, epochs=1, batch=700)
""",
    "08_few_labels": """
_train = train
def trained(method, data, seed, lr=1e-3):
    _train(method, data.take(range(64)), Recipe(epochs=1, batch=32))
    return method.encoder
def train(method, data, recipe):
    trained(method, data, 0)
def of_letters(seed):
    return new(seed)
def of_contrast(images, seed):
    return new(seed)
def scored(name, given, test):
    return 0.5
""",
    "09_pretext": """
_train, _fine_tune = train, fine_tune
def train(method, data, recipe):
    return _train(method, data.take(range(64)), Recipe(epochs=1, batch=32))
def fine_tune(net, few, unseen, recipe, layer_decay):
    return _fine_tune(net, few, unseen, Recipe(epochs=1, batch=32))
""",
    "10_two_views": """
_contrast, _distil = contrast, distil
def contrast(*given, **others):
    return _contrast(*given, **(others | dict(batch=8, steps=2)))
def distil(*given, **others):
    return _distil(*given, batch=8, steps=3, **others)
""",
    "11_masked": """
_learn, _tune = digit_mae.learn, digit_mae.fine_tune
digit_mae.learn = lambda net, *loss: _learn(net, *loss, steps=2)
digit_mae.fine_tune = lambda net, seed=0: _tune(net, seed=seed, steps=10)
""",
    "12_relations": """
_learn, _fine_tuned = learn, fine_tuned
def learn(*given, steps, seed):
    return _learn(*given, steps=2, seed=seed)
def fine_tuned(start, count, steps):
    return 0.5
""",
    "13_modalities": """
_learn_pairs = learn_pairs
def learn_pairs(*given, **others):
    return _learn_pairs(*given, **(others | dict(steps=2)))
""",
    "14_choose": """
labels_alone = augmented = untrained
""",
}
