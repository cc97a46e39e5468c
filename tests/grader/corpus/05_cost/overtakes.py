"""Answers to `overtakes`; with each wrong one, what was once said of it by hand."""

WRONG = {
    "2*d": "This holds for n = 4d; here n is any number of hidden units.",
    "n": "The projections are left out: 4·L²·d against 4·L·d·n.",
    "4*d": "The projections are left out, and n = 4d is put in; here n is any number of units.",
    "d*n - 2*d**2": "A factor d is left over: divide every term by 4·L·d.",
    "n - 2*d**2": "A factor d is left over: divide every term by 4·L·d.",
    "d*n - 2*d": "A factor d is left over: divide every term by 4·L·d.",
    "n - d": "Two of the four projections are missing on attention's side.",
    "n - 3*d/2": "One of the four projections is missing on attention's side.",
    "n - 4*d": "The projections are counted twice.",
    "2*n - 4*d": "Of the two products with an L×L matrix one is missing on attention's side.",
    "2*n - 3*d": (
        "One projection and one of the two products with an L×L matrix are missing on attention's side."
    ),
    "2*n - 2*d": "Attention is in multiply–adds and the MLP in FLOPs.",
    "n/2 - 2*d": "The MLP is in multiply–adds, or has one layer, and attention is in FLOPs.",
    "n + 2*d": "A sign is turned: the projections are paid before the race starts, so they come off n.",
    "2*d - n": "The sign is turned round: for n = 4d this is negative, and there the two do meet.",
    "max(n - 2*d, 0)": (
        "Right wherever the two meet. Where they never do, leave the length negative in place of 0."
    ),
    "4*n - 8*d": "The 4 in front of L² is lost when dividing.",
    "n/2 - d": "Half the right length: check the 4 in front of L² when dividing.",
    "n/d - 2": "Everything is divided by d once too often: this is L/d.",
    "n - 2": "The d of the projections is lost when dividing.",
    "d": "This is where the two quadratic products alone pass the MLP of layer (a) with the same n.",
    "2*n": "The projections are left out, and one of the two products with an L×L matrix.",
    "d - 2*d**2/n": (
        "The projections are d×d, but scores and weighted sum are still charged n; they are d wide then."
    ),
    "n/2": "There is no d in it: the wider the tokens, the earlier the two meet.",
    "n/4": "There is no d in it: the wider the tokens, the earlier the two meet.",
    "-d": "d is put in for the MLP's n as well; the MLP keeps its n hidden units.",
    "n - 8*d": "The 4 is divided out of the MLP and the pairs, and not out of the projections' 8.",
    "n - d/2": "Three of the four projections are missing on attention's side.",
    "(8*n - 8*d)/2": "One of the two products with an L×L matrix is counted; the MLP is counted twice.",
    "(2*n - 8*d)/8": "They are counted twice; one layer of the MLP is counted.",
    "(8*n - 0*d)/2": (
        "The projections are left out; one of the two products with an L×L matrix is counted; the MLP "
        "is counted twice."
    ),
    "(2*n - 2*d)/4": "One of the four projections is counted; one layer of the MLP is counted.",
    "(8*n - 2*d)/4": "One of the four projections is counted; the MLP is counted twice.",
    "(4*n - 2*d)/2": (
        "One of the four projections is counted; one of the two products with an L×L matrix is counted."
    ),
    "(8*n - 2*d)/2": (
        "One of the four projections is counted; one of the two products with an L×L matrix is "
        "counted; the MLP is counted twice."
    ),
    "(4*n - 2*d)/8": "One of the four projections is counted; they are counted twice.",
    "(2*n - 2*d)/8": (
        "One of the four projections is counted; they are counted twice; one layer of the MLP is counted."
    ),
    "(8*n - 2*d)/8": (
        "One of the four projections is counted; they are counted twice; the MLP is counted twice."
    ),
    "(8*n - 4*d)/2": (
        "Half the work of the projections is counted (two of four, or multiply–adds); one of the two "
        "products with an L×L matrix is counted; the MLP is counted twice."
    ),
    "(2*n - 4*d)/8": (
        "Half the work of the projections is counted (two of four, or multiply–adds); they are counted "
        "twice; one layer of the MLP is counted."
    ),
    "(2*n - 6*d)/4": "Three of the four projections are counted; one layer of the MLP is counted.",
    "(8*n - 6*d)/4": "Three of the four projections are counted; the MLP is counted twice.",
    "(2*n - 6*d)/2": (
        "Three of the four projections are counted; one of the two products with an L×L matrix is "
        "counted; one layer of the MLP is counted."
    ),
    "(8*n - 6*d)/2": (
        "Three of the four projections are counted; one of the two products with an L×L matrix is "
        "counted; the MLP is counted twice."
    ),
    "(4*n - 6*d)/8": "Three of the four projections are counted; they are counted twice.",
    "(2*n - 6*d)/8": (
        "Three of the four projections are counted; they are counted twice; one layer of the MLP is counted."
    ),
    "(8*n - 6*d)/8": (
        "Three of the four projections are counted; they are counted twice; the MLP is counted twice."
    ),
    "(2*n - 16*d)/4": "The projections are counted twice; one layer of the MLP is counted.",
    "(4*n - 16*d)/2": (
        "The projections are counted twice; one of the two products with an L×L matrix is counted."
    ),
    "(2*n - 16*d)/8": (
        "The projections are counted twice; they are counted twice; one layer of the MLP is counted."
    ),
    "(2*n + 4*d)/1": "A sign is turned, and a factor is off: the projections come off n.",
    "(2*n + 4*d)/4": "A sign is turned, and a factor is off: the projections come off n.",
    "(2*n + 6*d)/1": "A sign is turned, and a factor is off: the projections come off n.",
    "(2*n + 6*d)/2": "A sign is turned, and a factor is off: the projections come off n.",
    "(2*n + 6*d)/4": "A sign is turned, and a factor is off: the projections come off n.",
    "(2*n + 8*d)/1": "A sign is turned, and a factor is off: the projections come off n.",
    "(2*n + 8*d)/2": "A sign is turned, and a factor is off: the projections come off n.",
    "(2*n + 8*d)/4": "A sign is turned, and a factor is off: the projections come off n.",
    "(2*n + 16*d)/1": "A sign is turned, and a factor is off: the projections come off n.",
    "(2*n + 16*d)/2": "A sign is turned, and a factor is off: the projections come off n.",
    "(2*n + 16*d)/4": "A sign is turned, and a factor is off: the projections come off n.",
    "(4*n + 4*d)/1": "A sign is turned, and a factor is off: the projections come off n.",
    "(4*n + 4*d)/2": "A sign is turned, and a factor is off: the projections come off n.",
    "(4*n + 4*d)/4": "A sign is turned, and a factor is off: the projections come off n.",
    "(4*n + 6*d)/1": "A sign is turned, and a factor is off: the projections come off n.",
    "(4*n + 6*d)/2": "A sign is turned, and a factor is off: the projections come off n.",
    "(4*n + 6*d)/4": "A sign is turned, and a factor is off: the projections come off n.",
    "(4*n + 8*d)/1": "A sign is turned, and a factor is off: the projections come off n.",
    "(4*n + 16*d)/1": "A sign is turned, and a factor is off: the projections come off n.",
    "(8*n + 4*d)/1": "A sign is turned, and a factor is off: the projections come off n.",
    "(8*n + 4*d)/2": "A sign is turned, and a factor is off: the projections come off n.",
    "(8*n + 4*d)/4": "A sign is turned, and a factor is off: the projections come off n.",
    "(8*n + 6*d)/1": "A sign is turned, and a factor is off: the projections come off n.",
    "(8*n + 6*d)/2": "A sign is turned, and a factor is off: the projections come off n.",
    "(8*n + 6*d)/4": "A sign is turned, and a factor is off: the projections come off n.",
    "(8*n + 8*d)/1": "A sign is turned, and a factor is off: the projections come off n.",
    "(8*n + 16*d)/1": "A sign is turned, and a factor is off: the projections come off n.",
    "(1*n - 1*d)/8": "The factor of n or of d is not that of the equation: divide every term by 4·L·d.",
    "(1*n - 2*d)/8": "The factor of n or of d is not that of the equation: divide every term by 4·L·d.",
    "(1*n - 4*d)/8": "The factor of n or of d is not that of the equation: divide every term by 4·L·d.",
    "(1*n - 8*d)/8": "The factor of n or of d is not that of the equation: divide every term by 4·L·d.",
    "(2*n - 1*d)/8": "The factor of n or of d is not that of the equation: divide every term by 4·L·d.",
    "(4*n - 1*d)/8": "The factor of n or of d is not that of the equation: divide every term by 4·L·d.",
    "1*d - 1*n": "The sides are swapped: the sign is turned round, and a factor is off.",
    "1*d - 2*n": "The sides are swapped: the sign is turned round, and a factor is off.",
    "1*d - 4*n": "The sides are swapped: the sign is turned round, and a factor is off.",
    "4*d - 1*n": "The sides are swapped: the sign is turned round, and a factor is off.",
    "4*d - 2*n": "The sides are swapped: the sign is turned round, and a factor is off.",
    "4*d - 4*n": "The sides are swapped: the sign is turned round, and a factor is off.",
    "8*d - 1*n": "The sides are swapped: the sign is turned round, and a factor is off.",
    "8*d - 2*n": "The sides are swapped: the sign is turned round, and a factor is off.",
    "8*d - 4*n": "The sides are swapped: the sign is turned round, and a factor is off.",
    "(n - 2*d)*n": "A factor is left over: divide every term by 4·L·d.",
    "(n - 2*d)*4*d": "A factor is left over: divide every term by 4·L·d.",
    "(n - 2*d)*8*d": "A factor is left over: divide every term by 4·L·d.",
    "(n - 2*d)/n": "It is divided once too often: divide every term by 4·L·d.",
    "(n - 2*d)/(4*d)": "It is divided once too often: divide every term by 4·L·d.",
    "(n - 2*d)/(2*d)": "It is divided once too often: divide every term by 4·L·d.",
    "(n - 2*d)/(4*n)": "It is divided once too often: divide every term by 4·L·d.",
    "1/2*d": "n = 4d (or another ratio) is put in; here n is any number of hidden units.",
    "3*d": "n = 4d (or another ratio) is put in; here n is any number of hidden units.",
    "6*d": "n = 4d (or another ratio) is put in; here n is any number of hidden units.",
    "8*d": "n = 4d (or another ratio) is put in; here n is any number of hidden units.",
    "3*n": "There is no d in it: the wider the tokens, the earlier the two meet.",
    "1/8*n": "There is no d in it: the wider the tokens, the earlier the two meet.",
    "n/d": "The sizes are combined wrongly: every term of the equation has the factor 4·L·d in common.",
    "n/(2*d)": "The sizes are combined wrongly: every term of the equation has the factor 4·L·d in common.",
    "d/n": "The sizes are combined wrongly: every term of the equation has the factor 4·L·d in common.",
    "n - 2*n": "The sizes are combined wrongly: every term of the equation has the factor 4·L·d in common.",
    "d*n": "The sizes are combined wrongly: every term of the equation has the factor 4·L·d in common.",
    "n**2 - 2*d": (
        "The sizes are combined wrongly: every term of the equation has the factor 4·L·d in common."
    ),
    "n - d**2": "The sizes are combined wrongly: every term of the equation has the factor 4·L·d in common.",
    "n - 2*d - 1": (
        "The sizes are combined wrongly: every term of the equation has the factor 4·L·d in common."
    ),
    "n - 2*d + 1": (
        "The sizes are combined wrongly: every term of the equation has the factor 4·L·d in common."
    ),
    "sqrt(n)": "The sizes are combined wrongly: every term of the equation has the factor 4·L·d in common.",
    "2*n/d": "The sizes are combined wrongly: every term of the equation has the factor 4·L·d in common.",
    "n*d/2": "The sizes are combined wrongly: every term of the equation has the factor 4·L·d in common.",
    "n**2/d": "The sizes are combined wrongly: every term of the equation has the factor 4·L·d in common.",
    "sqrt(d*n)": "The sizes are combined wrongly: every term of the equation has the factor 4·L·d in common.",
}

RIGHT = [
    "-2*d + n",
    "n - d - d",
    "(4*n - 8*d)/4",
    "d*(n/d - 2)",
    "-(2*d - n)",
    "(4*d*n - 8*d**2)/(4*d)",
    "2*(n/2 - d)",
]
