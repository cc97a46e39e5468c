"""Only the best is shown

Several people run the same method with seeds of their own, and each reports the best
of their runs. By how much is the mean of what is **reported** above the mean of
**all** runs? (All make as many runs.)
"""

from grader.site.rung import Rung


def luck_of_best(people):
    """people: for each the list of their accuracies -> how much the reports flatter"""
    runs = [run for one in people for run in one]
    reported = [max(one) for one in people]
    return sum(reported) / len(reported) - sum(runs) / len(runs)


def labs(draw, people, each):
    return {"people": [[draw.integer(700, 900) / 10 for _ in range(each)] for _ in range(people)]}


rung = Rung(
    luck_of_best,
    before="luck_of_shown",
    cases={
        "two people, three runs each": lambda draw: labs(draw, 2, 3),
        "four people, two runs each": lambda draw: labs(draw, 4, 2),
    },
    slips={
        "sum(reported) / len(reported) - sum(runs) / len(runs) -> max(reported) - sum(runs) / "
        "len(runs)": "This is the best of all people; the mean of what they report is asked for.",
        "sum(reported) / len(reported) - sum(runs) / len(runs) -> sum(reported) / len(reported)": (
            "This is the mean of the reports; take the mean of all runs from it."
        ),
        "sum(reported) / len(reported) - sum(runs) / len(runs) -> sum(runs) / len(runs) - "
        "sum(reported) / len(reported)": "The sign is turned: reports lie above.",
        "sum(reported) / len(reported) - sum(runs) / len(runs) -> sum(reported) / len(runs) - "
        "sum(runs) / len(runs)": (
            "The reports are divided by how many runs there are; divide by how many reports."
        ),
    },
    also_right=[
        "[run for one in people for run in one] -> sum(people, [])",
    ],
    hints=[
        "Each person's report is max(one).",
        "[run for one in people for run in one] are all runs in one list.",
    ],
)
