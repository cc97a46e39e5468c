"""What the lessons build on: attention and all that follows from it, in plain PyTorch.

Nothing in here knows about Jupyter or about grading; a module can be read on its own, top to bottom.
"""

__version__ = "0.1.0"
