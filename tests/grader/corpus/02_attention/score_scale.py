"""Answers to `score_scale`; with each wrong one, what was once said of it by hand."""

WRONG = {
    "d": (
        "Dividing by d divides the variance by d²: it becomes 1/d instead of 1, and wide queries see "
        "all keys alike."
    ),
    "1/sqrt(d)": "This is the factor to *multiply* by; the question asks for the number to divide by.",
    "d**2": "Dividing by d² divides the variance by d to the fourth.",
    "d/2": "At d = 4 this is right too; at d = 64 the scores keep a standard deviation of 1/4.",
    "sqrt(2*d)": "Both factors are already at variance 1, so nothing is counted twice: no factor 2.",
    "d**(1/4)": (
        "A fourth root leaves a variance of √d: that is what scaling the query alone this way would do."
    ),
    "sqrt(d-1)": "The mean of a product is 0, not 1, so no product is to be taken off: all d count.",
    "sqrt(2)": "That is √d for the patches, which have d = 2; d varies here.",
    "-sqrt(d)": (
        "The variance is 1, but the sign turns the order round: the most similar key gets the smallest "
        "weight."
    ),
    "1/d": "1/d is a factor to multiply by, and it lacks the root; the number to divide by is asked for.",
    "2*sqrt(d)": "The standard deviation becomes 1/2: √d alone makes it 1.",
    "sqrt(d)/2": "The standard deviation becomes 2: √d alone makes it 1.",
    "sqrt(d/2)": "The variance becomes 2 instead of 1.",
    "1": "Dividing by 1 changes nothing: the variance stays d.",
    "2": "One fixed number is right at one width only; d varies here.",
    "4": "One fixed number is right at one width only; d varies here.",
    "8": "One fixed number is right at one width only; d varies here.",
    "16": "One fixed number is right at one width only; d varies here.",
    "32": "One fixed number is right at one width only; d varies here.",
    "64": "One fixed number is right at one width only; d varies here.",
    "1024": "One fixed number is right at one width only; d varies here.",
    "d**(1/3)": "A cube root leaves a variance of the cube root of d.",
    "log(d)": "A logarithm grows far too slowly: the spread grows with √d.",
    "log2(d)": "A logarithm grows far too slowly: the spread grows with √d.",
    "sqrt(log(d))": "A logarithm grows far too slowly: the spread grows with √d.",
    "2*d": "That is twice the variance; its root without a factor is asked for.",
    "d**(3/2)": "d to the power 3/2 divides the variance by d³.",
    "sqrt(d+1)": "The d products are counted as d + 1.",
    "1/d**2": (
        "Dividing by this makes the scores of wide queries larger, not smaller; no factor to multiply "
        "by is asked for."
    ),
    "1/d**(1/4)": (
        "Dividing by this makes the scores of wide queries larger, not smaller; no factor to multiply "
        "by is asked for."
    ),
    "2/d": (
        "Dividing by this makes the scores of wide queries larger, not smaller; no factor to multiply "
        "by is asked for."
    ),
    "1/(2*d)": (
        "Dividing by this makes the scores of wide queries larger, not smaller; no factor to multiply "
        "by is asked for."
    ),
    "1/sqrt(2*d)": (
        "Dividing by this makes the scores of wide queries larger, not smaller; no factor to multiply "
        "by is asked for."
    ),
    "sqrt(2/d)": (
        "Dividing by this makes the scores of wide queries larger, not smaller; no factor to multiply "
        "by is asked for."
    ),
    "2/sqrt(d)": (
        "Dividing by this makes the scores of wide queries larger, not smaller; no factor to multiply "
        "by is asked for."
    ),
    "-1/sqrt(d)": (
        "Dividing by this makes the scores of wide queries larger, not smaller; no factor to multiply "
        "by is asked for."
    ),
    "1/2": (
        "Dividing by this makes the scores of wide queries larger, not smaller; no factor to multiply "
        "by is asked for."
    ),
    "sqrt(3*d)": "A factor or a term too many: the variance of one score is d, exactly.",
    "sqrt(d/3)": "A factor or a term too many: the variance of one score is d, exactly.",
    "sqrt(d+2)": "A factor or a term too many: the variance of one score is d, exactly.",
    "sqrt(d)+1": "A factor or a term too many: the variance of one score is d, exactly.",
    "sqrt(d)-1": "A factor or a term too many: the variance of one score is d, exactly.",
    "4*sqrt(d)": "A factor or a term too many: the variance of one score is d, exactly.",
    "3*sqrt(d)": "A factor or a term too many: the variance of one score is d, exactly.",
    "sqrt(d)/3": "A factor or a term too many: the variance of one score is d, exactly.",
    "sqrt(d)/4": "A factor or a term too many: the variance of one score is d, exactly.",
    "d**3": "Some power or multiple of d, and not the standard deviation of a sum of d products.",
    "d**(2/3)": "Some power or multiple of d, and not the standard deviation of a sum of d products.",
    "d**(3/4)": "Some power or multiple of d, and not the standard deviation of a sum of d products.",
    "d/3": "Some power or multiple of d, and not the standard deviation of a sum of d products.",
    "d/4": "Some power or multiple of d, and not the standard deviation of a sum of d products.",
    "3*d": "Some power or multiple of d, and not the standard deviation of a sum of d products.",
    "4*d": "Some power or multiple of d, and not the standard deviation of a sum of d products.",
    "d+1": "Some power or multiple of d, and not the standard deviation of a sum of d products.",
    "d-1": "Some power or multiple of d, and not the standard deviation of a sum of d products.",
    "-d": "Some power or multiple of d, and not the standard deviation of a sum of d products.",
    "exp(d)": "Some power or multiple of d, and not the standard deviation of a sum of d products.",
    "d*log(d)": "Some power or multiple of d, and not the standard deviation of a sum of d products.",
    "sqrt(2)*d": "Some power or multiple of d, and not the standard deviation of a sum of d products.",
    "log(d+1)": "Some power or multiple of d, and not the standard deviation of a sum of d products.",
    "3": "One fixed number is right at one width only; d varies here.",
    "5": "One fixed number is right at one width only; d varies here.",
    "6": "One fixed number is right at one width only; d varies here.",
    "7": "One fixed number is right at one width only; d varies here.",
    "9": "One fixed number is right at one width only; d varies here.",
    "10": "One fixed number is right at one width only; d varies here.",
    "12": "One fixed number is right at one width only; d varies here.",
    "20": "One fixed number is right at one width only; d varies here.",
    "24": "One fixed number is right at one width only; d varies here.",
    "48": "One fixed number is right at one width only; d varies here.",
    "100": "One fixed number is right at one width only; d varies here.",
    "128": "One fixed number is right at one width only; d varies here.",
    "256": "One fixed number is right at one width only; d varies here.",
    "512": "One fixed number is right at one width only; d varies here.",
    "768": "One fixed number is right at one width only; d varies here.",
    "sqrt(3)": "One fixed number is right at one width only; d varies here.",
    "sqrt(8)": "One fixed number is right at one width only; d varies here.",
    "sqrt(32)": "One fixed number is right at one width only; d varies here.",
    "sqrt(128)": "One fixed number is right at one width only; d varies here.",
    "sqrt(512)": "One fixed number is right at one width only; d varies here.",
    "sqrt(768)": "One fixed number is right at one width only; d varies here.",
}

RIGHT = [
    "d**0.5",
    "d**(1/2)",
    "d/sqrt(d)",
    "sqrt(4*d)/2",
    "1/(d**-0.5)",
    "(d**2)**(1/4)",
]
