"""Checkpoints: the official weights of the papers into our models, and our own out and in again.

    load_official(vit, "B_16.npz", "augreg")            # every tensor has its place, or none moves
    load_official(vit, url, "dino", checksum="sha256:…", head=False)
    save(vit, "mine.safetensors", {"variant": "B/16"})  # whole or not at all
    load(vit, "mine.safetensors")                       # -> {"variant": "B/16"}

`tables` says what each official name is called here, as data; `files` reads and fetches; `fit` looks at every
tensor before it changes the first; `official` and `own` join them.

What people usually get wrong
- `load_state_dict(strict=False)`, which is silent about a name that it does not know: the layer stays random;
- unpickling: a `.pth` file is a program, and runs on the machine that opens it unless `weights_only=True`;
- writing to the file itself, where a crash halfway leaves neither the old checkpoint nor the new one.
"""

from course.checkpoint.files import fetch, read
from course.checkpoint.official import load_official
from course.checkpoint.own import load, metadata, save
from course.checkpoint.tables import LAYOUTS, Layout, Row

__all__ = ["LAYOUTS", "Layout", "Row", "fetch", "load", "load_official", "metadata", "read", "save"]
