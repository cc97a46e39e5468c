"""Answers to `attention_parameters`; with each wrong one, what was once said of it by hand."""

WRONG = {
    "3*d*n": "One of the four matrices is missing, most often the output projection Wo.",
    "2*d*n": "Two of the four matrices are missing: count Wq, Wk, Wv and Wo.",
    "d*n": "The weights of one matrix only: there are Wq, Wk, Wv and Wo.",
    "3*d*n + n**2": "The output projection is taken for n×n; it goes from n back to d.",
    "3*d*n + d**2": "The output projection is taken for d×d; it goes from n to d.",
    "4*d**2": "The matrices are taken for d×d, as in most Transformers; here they are d×n and n×d.",
    "4*n**2": "The matrices are taken for n×n; here they are d×n and n×d.",
    "3*d**2": (
        "The matrices are taken for d×d, and one of the four is missing: count Wq, Wk, Wv (d×n) and Wo (n×d)."
    ),
    "L**2": "These are the entries of the attention matrix; it is not learned.",
    "4*d*n + L**2": "The attention matrix is counted; it is computed from X, not learned.",
    "3*d*n + L**2": "The attention matrix is counted, and the output projection is not.",
    "4*d*n + 3*n + d": "Biases are counted; here there are none.",
    "4*d*n + 4*n": "Biases are counted; here there are none.",
    "4*d*n + 3*n": "Biases are counted; here there are none.",
    "4*d*n + 4*d": "Biases are counted; here there are none.",
    "4*L*d*n": "Weights are shared by all tokens: their number does not depend on L.",
    "3*L*d*n": "Weights are shared by all tokens: their number does not depend on L.",
    "6*d*n": (
        "Six matrices are counted; only four hold weights, Wq, Wk, Wv and Wo: scores and weighted sum "
        "have none, and the MLP is another layer."
    ),
    "8*d*n": (
        "These are the FLOPs of the projections for one token (two for each weight), or the four "
        "matrices twice."
    ),
    "16*d*n": "This is the memory of the weights in bytes, at four bytes each.",
    "4*(d + n)": "The sides are added: a d×n matrix holds d·n numbers.",
    "3*(d + n)": "The sides are added: a d×n matrix holds d·n numbers.",
    "d**4*n**4": "The weights of the four matrices are multiplied where they add.",
    "5*d*n": "Five matrices are counted; four hold weights: Wq, Wk, Wv and Wo.",
    "4*d*n + L*d": "X is counted; it is the input, and nothing in it is learned.",
    "3*d*n + L*d": "X is counted; it is the input, and nothing in it is learned.",
    "3*L*n": "These are the numbers in queries, keys and values; they are computed from X, not learned.",
    "4*d*n + 3*L*n": "Queries, keys and values are counted too; they are computed from X, not learned.",
    "4*d*n + 2*L*d": "X or what is made from it is counted; neither is learned.",
    "4*d*n + L*n": "X or what is made from it is counted; neither is learned.",
    "3*d*n + L*n": "X or what is made from it is counted; neither is learned.",
    "3*d*n + 3*L*n": "X or what is made from it is counted; neither is learned.",
    "4*d*n + 3*L*n + L**2": "X or what is made from it is counted; neither is learned.",
    "4*d*n + 4*L*n": "X or what is made from it is counted; neither is learned.",
    "4*d*n + L*d*n": "X or what is made from it is counted; neither is learned.",
    "L*n": "X or what is made from it is counted; neither is learned.",
    "L*d": "X or what is made from it is counted; neither is learned.",
    "4*L*n": "X or what is made from it is counted; neither is learned.",
    "4*L*d": "X or what is made from it is counted; neither is learned.",
    "3*L*d": "X or what is made from it is counted; neither is learned.",
    "2*L*n": "X or what is made from it is counted; neither is learned.",
    "3*L*n + L**2": "X or what is made from it is counted; neither is learned.",
    "3*L*n + L*d": "X or what is made from it is counted; neither is learned.",
    "4*d*n + 2*L**2": "X or what is made from it is counted; neither is learned.",
    "2*d*n + L**2": "X or what is made from it is counted; neither is learned.",
    "d*n + L**2": "X or what is made from it is counted; neither is learned.",
    "2*L**2": "X or what is made from it is counted; neither is learned.",
    "2*d*n + 2*d**2": "Some of the matrices are taken for square ones; they are d×n, and Wo is n×d.",
    "2*d*n + 2*n**2": "Some of the matrices are taken for square ones; they are d×n, and Wo is n×d.",
    "d*n + 3*d**2": "Some of the matrices are taken for square ones; they are d×n, and Wo is n×d.",
    "d*n + 3*n**2": "Some of the matrices are taken for square ones; they are d×n, and Wo is n×d.",
    "3*n**2": "Some of the matrices are taken for square ones; they are d×n, and Wo is n×d.",
    "2*d**2": "Some of the matrices are taken for square ones; they are d×n, and Wo is n×d.",
    "2*n**2": "Some of the matrices are taken for square ones; they are d×n, and Wo is n×d.",
    "d**2": "Some of the matrices are taken for square ones; they are d×n, and Wo is n×d.",
    "n**2": "Some of the matrices are taken for square ones; they are d×n, and Wo is n×d.",
    "3*d**2 + n**2": "Some of the matrices are taken for square ones; they are d×n, and Wo is n×d.",
    "3*n**2 + d**2": "Some of the matrices are taken for square ones; they are d×n, and Wo is n×d.",
    "2*d*n + d**2": "Some of the matrices are taken for square ones; they are d×n, and Wo is n×d.",
    "2*d*n + n**2": "Some of the matrices are taken for square ones; they are d×n, and Wo is n×d.",
    "2*L*d*n": "Weights are shared by all tokens, and one of the usual factors is off: L is not in it.",
    "L*d*n": "Weights are shared by all tokens, and one of the usual factors is off: L is not in it.",
    "8*L*d*n": "Weights are shared by all tokens, and one of the usual factors is off: L is not in it.",
    "6*L*d*n": "Weights are shared by all tokens, and one of the usual factors is off: L is not in it.",
    "8*L*d*n + 4*L**2*n": (
        "Weights are shared by all tokens, and one of the usual factors is off: L is not in it."
    ),
    "4*L**2*d*n": "Weights are shared by all tokens, and one of the usual factors is off: L is not in it.",
    "128*d*n": (
        "A factor that turns numbers into bytes or bits (or back), or several layers; the four "
        "matrices' numbers are asked for."
    ),
    "64*d*n": (
        "A factor that turns numbers into bytes or bits (or back), or several layers; the four "
        "matrices' numbers are asked for."
    ),
    "32*d*n": (
        "A factor that turns numbers into bytes or bits (or back), or several layers; the four "
        "matrices' numbers are asked for."
    ),
    "4*d*n/8": (
        "A factor that turns numbers into bytes or bits (or back), or several layers; the four "
        "matrices' numbers are asked for."
    ),
    "4*d*n/10**3": "In thousands or millions; the number of weights is asked for.",
    "4*d*n/10**6": "In thousands or millions; the number of weights is asked for.",
    "4*d*n/10**9": "In thousands or millions; the number of weights is asked for.",
    "4*d*n + 1": "A single number for each matrix is counted as a bias; here there are none.",
    "4*d*n + 4": "A single number for each matrix is counted as a bias; here there are none.",
    "4*d*n + n": "A single number for each matrix is counted as a bias; here there are none.",
    "4*d*n + d": "A single number for each matrix is counted as a bias; here there are none.",
    "4*d*n + n + d": "A single number for each matrix is counted as a bias; here there are none.",
    "4*d*n + 4*(n + d)": "A single number for each matrix is counted as a bias; here there are none.",
    "3*d*n + 3*n": "A single number for each matrix is counted as a bias; here there are none.",
    "3*d*n + 3*n + d": "A single number for each matrix is counted as a bias; here there are none.",
    "(d*n)**3": "The matrices are combined wrongly: a d×n matrix holds d·n numbers, and their numbers add.",
    "4*(d*n)**2": "The matrices are combined wrongly: a d×n matrix holds d·n numbers, and their numbers add.",
    "(d*n)**2": "The matrices are combined wrongly: a d×n matrix holds d·n numbers, and their numbers add.",
    "4*d + 4*n + 4": (
        "The matrices are combined wrongly: a d×n matrix holds d·n numbers, and their numbers add."
    ),
    "4*d": "The matrices are combined wrongly: a d×n matrix holds d·n numbers, and their numbers add.",
    "4*n": "The matrices are combined wrongly: a d×n matrix holds d·n numbers, and their numbers add.",
    "3*d + n": "The matrices are combined wrongly: a d×n matrix holds d·n numbers, and their numbers add.",
    "4*d**2*n": "The matrices are combined wrongly: a d×n matrix holds d·n numbers, and their numbers add.",
    "4*d*n**2": "The matrices are combined wrongly: a d×n matrix holds d·n numbers, and their numbers add.",
    "d + n": "The matrices are combined wrongly: a d×n matrix holds d·n numbers, and their numbers add.",
    "2*(d + n)": "The matrices are combined wrongly: a d×n matrix holds d·n numbers, and their numbers add.",
    "d*n/4": "The matrices are combined wrongly: a d×n matrix holds d·n numbers, and their numbers add.",
    "12*d*n": "Too many matrices: four hold weights, Wq, Wk, Wv and Wo.",
    "7*d*n": "Too many matrices: four hold weights, Wq, Wk, Wv and Wo.",
    "10*d*n": "Too many matrices: four hold weights, Wq, Wk, Wv and Wo.",
    "24*d*n": "Too many matrices: four hold weights, Wq, Wk, Wv and Wo.",
}

RIGHT = [
    "4*n*d",
    "3*d*n + n*d",
    "d*n + d*n + d*n + n*d",
    "2*(2*d*n)",
    "n*(4*d)",
    "(2*d)*(2*n)",
    "8*d*n/2",
]
