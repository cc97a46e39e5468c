"""How far from a standard normal?

One latent of an image is normal with mean m and **variance** v. Its divergence from the standard normal is
the mean, over that latent z, of log q − log p, with q its own density and p the standard normal's: that is
−½ log v − (z − m)² / 2v + z² / 2. The mean of (z − m)² is v, that of z² is m² + v. What is the divergence?

Type it in m and v, with `*` wherever two things are multiplied and what a logarithm is taken of in
parentheses; as `"(m**2 + log(v)) / 2"` is typed (which is not the answer).
"""

from grader.exercise import Formula

exercise = Formula(
    symbols={"m": "mean", "v": "variance"},
    unit="nats",
    reference="(m**2 + v - 1 - log(v))/2",
    terms={
        "how far the mean is off": "m**2/2",
        "how wide it is": "v/2",
        "the 1 of a standard normal": "-1/2",
        "the logarithm": "-log(v)/2",
    },
    points=2,
    difficulty=2,
    minutes=5,
    slips={
        "m**2 + v - 1 - log(v)": "The half is missing.",
        "(m**2 + v - log(v))/2": "At m = 0 and v = 1 the two are the same, and it is not 0.",
        "(m**2 + v - 1 + log(v))/2": "The logarithm has the wrong sign: a wide q would be punished twice.",
        "(m**2 + v - 1 - 2*log(v))/2": "v is the variance: log v is not doubled once more.",
        "(m**2 + v**2 - 1 - 2*log(v))/2": "v is taken for the deviation; it is the variance already.",
        "(m + v - 1 - log(v))/2": "The mean has to be squared.",
        "-(m**2 + v - 1 - log(v))/2": "The sign: a divergence is never below 0.",
    },
    also_right=[
        "-(1 + log(v) - m**2 - v)/2",
        "½·(m² + v − 1 − log(v))",
        "½ (m² + v − 1 − log v)",
        "0.5*(m^2 + v - 1 - ln(v))",
        "-½ ln v - v/(2*v) + (m² + v)/2",
        "(m*m + v - 1)/2 - log(sqrt(v))",
    ],
    hints=[
        "Put the two means into the three terms, one after the other.",
        "−½ log v, then minus v / 2v, then plus (m² + v)/2. A test: it is 0 for m = 0, v = 1.",
    ],
)
