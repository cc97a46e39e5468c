"""The number to divide by

By which positive number must the scores be divided so that their variance is 1, whatever d is? Write a
formula in `d`, in quotes. `sqrt(…)` is understood, and so are `+ - * / **`.
"""

from grader.exercise import Formula

exercise = Formula(
    reference="sqrt(d)",
    symbols={"d": "width of queries and keys"},
    points=2,
    difficulty=2,
    minutes=3,
    slips={
        "d": "Dividing by d divides the variance by d²: it becomes 1/d instead of 1, and wide queries see "
        "all keys alike.",
        "1/sqrt(d)": "This is the factor to *multiply* by; the question asks for the number to divide by.",
        "1/d": "1/d is a factor to multiply by, and it lacks the root; the number to divide by is asked for.",
        "d**2": "Dividing by d² divides the variance by d to the fourth.",
        "d/2": "At d = 4 this is right too; at d = 64 the scores keep a standard deviation of 1/4.",
        "d**(1/4)": "A fourth root leaves a variance of √d.",
        "sqrt(2*d)": "The variance of one score is d, not 2d: this leaves a variance of 1/2.",
        "sqrt(d - 1)": "The mean of a product is 0, so none is to be taken off: all d products count.",
        "-sqrt(d)": "The variance is 1, but the sign turns the order round: the most similar key gets the "
        "smallest weight.",
        "1": "Dividing by 1 changes nothing: the variance stays d.",
        "8": "This is right at d = 64 alone; d varies here.",
        "log(d)": "A logarithm grows far too slowly: the spread grows with √d.",
    },
    also_right=["d**(1/2)"],
    hints=[
        "The table above gives the standard deviation of the scores at five widths. Square one of them.",
        "Dividing by c divides the variance by c². The variance of one score is d.",
        "So the variance becomes d / c², and it is to be 1.",
    ],
)
