"""Small trained models for the lessons that show real learning, each with a card that says what it is.

    module, card = load("mae-shapes")     # in evaluation mode; card["scores"] is what it was measured at

`recipes` is the table of them; `making` trains one, on a CPU in minutes, as `course checkpoints make NAME`
does; `shelf` knows where they lie. What a method of each kind is measured by stands in `translating`,
`masked`, `looking` and `placing`.

What people usually get wrong: taking what a checkpoint shows for what the method can do. These are the sizes
and minutes of a laptop; a card says which, and what stands beside its score.
"""

from course.checkpoints.shelf import load

__all__ = ["load"]
