"""Learning with few labels: what to do depends on what there is besides them.

    what you have                                            what to do
    ------------------------------------------------------   -------------------------------------------------
    labels, and nothing else                                 `supervised`, and augmentation: crops, MixUp, …
    a network that learned something else; very few labels   `transfer`: freeze it, train a new head
    the same, and a few thousand labels or other images      `transfer` of the top stages, or `fine_tuning`
    the same, and a label for each pixel                     `segmentation`
    many images like yours without labels, no network        `course.ssl`, then one of the above
    many images like yours without labels, of your classes   `pseudo_labels`
    a good network that is too large or too slow             `distillation` into a small one

`strategies` puts the same few labels to use in all these ways, beside controls; `rounds` looks at what is
believed on the way. They add up: pretrain, fine-tune, then distil. All are Methods, trained by
`course.training.loop`, and see images from 0 to 1. Whichever it is, compare it with `Supervised` at the same
number of steps, on several draws of the labelled images (`ImageSet.few`, another seed each): with ten images
a class, which ten matters more than most methods do.
"""
