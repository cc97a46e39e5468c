"""A detector of choosing on the test images

S settings of a probe were tried. An honest table reports, of the setting that does best on the
*validation* images, how many *test* images it has right; where several tie on validation, that of any of
them. By how much does the reported number exceed what could have been reported in good faith? 0 where it does
not. The answer is one whole number, as a tensor or Python's own.
"""

import torch

from grader.exercise import Function


def above_chosen(validation, test, reported):
    """validation, test: (S,), counts, reported: a count -> the excess, 0 or more"""
    best = validation == validation.max()  # (S,), more than one where they tie
    honest = test[best].max()
    return max(int(reported - honest), 0)


def _case(kind):
    def case(draw):
        S = draw.integer(6, 9)
        order = draw.shuffled(range(S))
        validation = (400 + 20 * torch.arange(S))[order]
        test = 600 + 30 * torch.tensor(draw.shuffled(range(S)))
        low, high = int(validation.argmin()), int(validation.argmax())
        middle = next(s for s in range(S) if s not in (low, high))
        if test[high] == test.max():  # the chosen one must not be the best by luck
            test[high], test[low] = test[low].item(), test[high].item()
        if kind in ("ties", "first"):
            validation[middle] = validation[high]
            downwards = (middle > high) == (kind == "ties")  # else the first of the two is the better one
            test[[middle, high]] = test[[middle, high]].sort(descending=downwards).values
            reported = max(test[middle], test[high]).item()
        elif kind == "bogus":
            reported = test.max().item()
        elif kind == "modest":
            reported = test[high].item() - draw.integer(20, 50)
        else:
            reported = test[high].item()
        return dict(validation=validation, test=test, reported=reported)

    return case


exercise = Function(
    above_chosen,
    cases={
        "chosen on validation": _case("honest"),
        "chosen on test": _case("bogus"),
        "settings that tie, honestly": _case("ties"),
        "settings that tie, the first the better": _case("first"),
        "less reported than there was": _case("modest"),
    },
    without=["gradient"],
    words={"honest": "what may be reported"},
    slips={
        "test[best].max() -> test.max()": "It compares with the best on the *test* images: who reports "
        "that is who should be caught, and never is.",
        "test[best].max() -> validation.max()": "Test accuracy is compared with validation accuracy: they "
        "are of different images.",
        "test[best].max() -> test[validation.argmax()]": "Of settings that tie, only the first is allowed: "
        "somebody honest is accused.",
        "test[best].max() -> test[best].min()": "Of settings that tie, only the worse is allowed: who "
        "reports either of them is honest.",
        "test[best].max() -> test[best].double().mean()": "Of settings that tie, the mean is taken: who "
        "reports either of them is honest.",
        "test[best].max() -> test.double().mean()": "It compares with the mean of all settings: even who "
        "chose on validation is accused.",
        "max(int(reported - honest), 0) -> reported - honest": "Whoever reports less than they could "
        "gets a negative excess; it is 0.",
        "max(int(reported - honest), 0) -> (reported - honest).abs()": "Whoever reports less than they "
        "could is accused as well.",
        "test[best].max() -> test[validation.argmax()] ;; max(int(reported - honest), 0) -> reported - honest"
        "": "Of settings that tie, only the first is allowed, and whoever reports less "
        "gets a negative excess.",
    },
    also_right=[
        "max(int(reported - honest), 0) -> torch.clamp(reported - honest, min=0)",
        "max(int(reported - honest), 0) -> (reported - honest).clamp(min=0).float()",
    ],
    points=3,
    difficulty=3,
    minutes=8,
    hints=[
        "Which settings does validation choose? `validation == validation.max()` also finds ties.",
        "Of those, the best on the test images is what could have been reported in good faith.",
    ],
)
