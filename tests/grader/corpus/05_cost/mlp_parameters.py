"""Answers to `mlp_parameters`; with each wrong one, what was once said of it by hand."""

WRONG = {
    "d*n": "The weights of one matrix only: W1 and W2 hold d·n each.",
    "2*d*n + n + d": "Both biases are counted; here there are none.",
    "2*d*n + n": "The bias of the first layer is counted; here there is none.",
    "2*d*n + d": "The bias of the second layer is counted; here there is none.",
    "2*d*n + 2*n": "Two biases of n numbers are counted; here there are none.",
    "2*L*d*n": "Weights are shared by all tokens: their number does not depend on L.",
    "L*d*n": "Weights are shared by all tokens: their number does not depend on L.",
    "d**2*n**2": "The weights of W1 and of W2 are multiplied where they add.",
    "2*d**2*n**2": "The weights of W1 and of W2 are multiplied where they add.",
    "4*d*n": (
        "These are the FLOPs for one token (two for each weight), or four matrices; there are W1 and W2."
    ),
    "8*d*n": "This is the memory of the weights in bytes, at four bytes each.",
    "d + n": "The sides are added: a d×n matrix holds d·n numbers.",
    "2*(d + n)": "The sides are added: a d×n matrix holds d·n numbers.",
    "d*n + n**2": "One matrix is taken for n×n: W1 goes from d to n, W2 from n back to d.",
    "d*n + d**2": "One matrix is taken for d×d: W1 goes from d to n, W2 from n back to d.",
    "2*n**2": "Both matrices are taken for square ones; they are d×n and n×d.",
    "2*d**2": "Both matrices are taken for square ones; they are d×n and n×d.",
    "d**2 + n**2": "Both matrices are taken for square ones; they are d×n and n×d.",
    "d**2": "W1 and W2 are merged into one d×d matrix; two matrices are stored and trained.",
    "2*d*n + L*d": "X is counted; it is the input, and nothing in it is learned.",
    "L*d + d*n": "X is counted; it is the input, and nothing in it is learned.",
    "L*d": "X is counted; it is the input, and nothing in it is learned.",
    "2*d*n + L*n": "The hidden units are counted; they are computed from X, not learned.",
    "L*n": "The hidden units are counted; they are computed from X, not learned.",
    "3*d*n": "Three matrices are counted; there are W1 and W2.",
    "d*n + L*n": "The hidden units are counted in place of a matrix; they are computed, not learned.",
    "2*d*n + L*d + L*n": "X and the hidden units are counted; neither is learned.",
    "L*d + L*n": "X and the hidden units are counted; neither is learned.",
    "2*L*d": "X and the hidden units are counted; neither is learned.",
    "2*L*n": "X and the hidden units are counted; neither is learned.",
    "2*d*n + 2*L*d": "X and the hidden units are counted; neither is learned.",
    "2*L*d + L*n": "X and the hidden units are counted; neither is learned.",
    "2*d*n + L*d*n": "X and the hidden units are counted; neither is learned.",
    "64*d*n": (
        "A factor that turns numbers into bytes or bits (or back), or several layers; the two "
        "matrices' numbers are asked for."
    ),
    "32*d*n": (
        "A factor that turns numbers into bytes or bits (or back), or several layers; the two "
        "matrices' numbers are asked for."
    ),
    "16*d*n": (
        "A factor that turns numbers into bytes or bits (or back), or several layers; the two "
        "matrices' numbers are asked for."
    ),
    "2*d*n/8": (
        "A factor that turns numbers into bytes or bits (or back), or several layers; the two "
        "matrices' numbers are asked for."
    ),
    "d*n + n": "This is one matrix, and with a bias; here there are two, and none has a bias.",
    "d*n + d": "This is one matrix, and with a bias; here there are two, and none has a bias.",
    "d*n + n + d": "This is one matrix, and with a bias; here there are two, and none has a bias.",
    "2*d*n + 1": "A single number is counted as a bias; here there are none.",
    "2*d*n + 2": "A single number is counted as a bias; here there are none.",
    "2*d*n + 2*d": "A single number is counted as a bias; here there are none.",
    "4*d*n + n + d": "A single number is counted as a bias; here there are none.",
    "6*d*n": "A matrix too many: one for each of three layers, or the attention layer's as well.",
    "5*d*n": "A matrix too many: one for each of three layers, or the attention layer's as well.",
    "2*d*n + d**2": "A matrix too many: one for each of three layers, or the attention layer's as well.",
    "2*d*n + n**2": "A matrix too many: one for each of three layers, or the attention layer's as well.",
    "2*d*n/10**3": "In thousands or millions; the number of weights is asked for.",
    "2*d*n/10**6": "In thousands or millions; the number of weights is asked for.",
    "2*d*n/10**9": "In thousands or millions; the number of weights is asked for.",
    "(d + n)**2": "The two sizes are combined wrongly: a d×n matrix holds d·n numbers.",
    "2*d + n": "The two sizes are combined wrongly: a d×n matrix holds d·n numbers.",
    "d + 2*n": "The two sizes are combined wrongly: a d×n matrix holds d·n numbers.",
    "d**2*n": "The two sizes are combined wrongly: a d×n matrix holds d·n numbers.",
    "d*n**2": "The two sizes are combined wrongly: a d×n matrix holds d·n numbers.",
    "2*d**2*n": "The two sizes are combined wrongly: a d×n matrix holds d·n numbers.",
    "2*d*n**2": "The two sizes are combined wrongly: a d×n matrix holds d·n numbers.",
    "d*n/2": "The two sizes are combined wrongly: a d×n matrix holds d·n numbers.",
    "n**2": "The two sizes are combined wrongly: a d×n matrix holds d·n numbers.",
    "2*n": "The two sizes are combined wrongly: a d×n matrix holds d·n numbers.",
    "2*d": "The two sizes are combined wrongly: a d×n matrix holds d·n numbers.",
    "d": "The two sizes are combined wrongly: a d×n matrix holds d·n numbers.",
    "n": "The two sizes are combined wrongly: a d×n matrix holds d·n numbers.",
}

RIGHT = [
    "2*n*d",
    "d*n + n*d",
    "d*n*2",
    "n*(d + d)",
    "2*(d*n)",
    "4*d*n/2",
    "d*(2*n)",
]
