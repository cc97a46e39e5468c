"""Answers to `attention_flops`; with each wrong one, what was once said of it by hand."""

WRONG = {
    "6*L*d*n + 4*L**2*n": (
        "One of the four projections is missing: the value projection Wv or the output projection Wo "
        "is the usual one."
    ),
    "4*L*d*n + 4*L**2*n": (
        "Only half the work of the projections is counted: two of the four are missing, or they are in "
        "multiply–adds and the rest is not."
    ),
    "2*L*d*n + 4*L**2*n": "Only one of the four projections is counted.",
    "8*L*d*n + 2*L**2*n": (
        "Of the two products with an L×L matrix one is counted: the scores or the weighted sum is "
        "missing (or both are in multiply–adds)."
    ),
    "6*L*d*n + 2*L**2*n": "One projection is missing, and one of the two products with an L×L matrix.",
    "2*L*d*n + 2*L**2*n": "Three projections are missing, and one of the two products with an L×L matrix.",
    "8*L*d*n": "The projections are counted, but not the scores and the weighted sum.",
    "6*L*d*n": "Queries, keys and values are counted, and nothing after them.",
    "4*L**2*n": "The scores and the weighted sum are counted, but none of the projections.",
    "2*L**2*n": "Only the scores are counted.",
    "L**2*n": "Only the scores are counted, and in multiply–adds.",
    "2*L*d*n": "Only one projection is counted; six products are in the formula.",
    "3*L*d*n": "In multiply–adds, and queries, keys and values are counted but nothing after them.",
    "L*d*n + 2*L**2*n": "In multiply–adds, and three of the four projections are missing.",
    "2*L*d*n + L**2*n": (
        "In multiply–adds, and two projections and one of the two products with an L×L matrix are missing."
    ),
    "3*L*d*n + 2*L**2*n": "In multiply–adds, and one of the four projections is missing.",
    "4*L*d*n + L**2*n": "In multiply–adds, and one of the two products with an L×L matrix is missing.",
    "3*L*d*n + L**2*n": (
        "In multiply–adds, and one projection and one of the two products with an L×L matrix are missing."
    ),
    "8*L*d*n + 4*L**2": "Each pair of tokens is counted once, not n times: a score is a sum of n products.",
    "8*L*d*n + 2*L**2": "Each pair of tokens is counted once, not n times: a score is a sum of n products.",
    "8*L*d*n + L**2": "Each pair of tokens is counted once, not n times: a score is a sum of n products.",
    "6*L*d*n + 4*L**2": "One projection is missing, and each pair of tokens is counted once, not n times.",
    "6*L*d*n + 2*L**2": "One projection is missing, and each pair of tokens is counted once, not n times.",
    "6*L*d*n + L**2": "One projection is missing, and each pair of tokens is counted once, not n times.",
    "6*L*d*n + 4*L**2*d": (
        "One projection is missing, and scores and weighted sum are charged the width d; they are n wide."
    ),
    "6*L*d**2 + 4*L**2*d": (
        "The matrices are taken for d×d; here n is the inner width. And one of the six products is missing."
    ),
    "8*L*d**2 + 2*L**2*d": (
        "The matrices are taken for d×d; here n is the inner width. And one of the six products is missing."
    ),
    "4*L*d**2 + 2*L**2*d": (
        "The matrices are taken for d×d; here n is the inner width. And these are multiply–adds."
    ),
    "8*L*d*n + 2*L**2*n + 2*L**2": (
        "The scores are charged one multiplication and one addition for each pair of tokens: a score "
        "is a sum of n products."
    ),
    "8*L*d*n + 4*L**2*d": "Queries, keys and values are n wide, not d: d meets no L×L matrix here.",
    "8*L*d*n + 2*L**2*n + 2*L**2*d": (
        "The scores or the weighted sum is charged the width d; queries, keys and values are n wide."
    ),
    "8*L*d**2 + 4*L**2*d": (
        "The matrices are taken for d×d, as in most Transformers; here n is the inner width."
    ),
    "8*L*n**2 + 4*L**2*n": "The matrices are taken for n×n; they are d×n and n×d.",
    "6*L*d*n + 2*L*n**2 + 4*L**2*n": "The output projection is taken for n×n; it goes from n back to d.",
    "6*L*d*n + 2*L*d**2 + 4*L**2*n": "The output projection is taken for d×d; it goes from n to d.",
    "8*L*d*n + 4*L*n**2": (
        "Here keys and values are multiplied first. That is another order, with another price: the "
        "formula goes from left to right."
    ),
    "8*L*d*n + 2*L**2*n + 2*L*n**2": "Keys and values are n×L and L×n here; the weighted sum is (L×L)(L×n).",
    "8*L*d*n + 2*L**2*n + 2*L**3": "The weighted sum is charged as (L×L)(L×L); the values are L×n.",
    "8*d*n + 4*L*n": "This is the price for one query; there are L of them.",
    "8*d*n + 4*L**2*n": "The projections are counted for one token only; there are L of them.",
    "8*L*d*n + 4*L*n": "Each token is compared with one token only; it meets all L of them.",
    "8*L*d*n + 4*L**2*n + L**2": (
        "A softmax or a division is counted; formula (b) has neither, and the counters leave them out."
    ),
    "8*L*d*n + 4*L**2*n + 2*L**2": (
        "A softmax or a division is counted; formula (b) has neither, and the counters leave them out."
    ),
    "8*L*d*n + 4*L**2*n + 3*L**2": (
        "A softmax or a division is counted; formula (b) has neither, and the counters leave them out."
    ),
    "8*L*d*n + 4*L**2*n + 4*L**2": (
        "A softmax or a division is counted; formula (b) has neither, and the counters leave them out."
    ),
    "8*L*d*n + 4*L**2*n + 5*L**2": (
        "A softmax or a division is counted; formula (b) has neither, and the counters leave them out."
    ),
    "8*L*d*n + 4*L**2*n + 3*L*n + L*d": "Biases are counted; here there are none.",
    "8*L*d*n + 4*L**2*d*n": "The width is in the scores twice: they are (L×n)(n×L), and d is gone by then.",
    "4*L*d*n": "This is layer (a); no token meets another one in it.",
    "12*L*d*n + 4*L**2*n": "The attention layer and the MLP are counted together.",
    "16*L*d*n + 8*L**2*n": (
        "Everything is counted twice: 2·L·d·n per product already holds multiplications and additions."
    ),
    "24*L*d*n + 12*L**2*n": "This is a forward and a backward pass; only the forward one is asked for.",
    "3*L*n*(2*d - 1) + L**2*(2*n - 1) + L*n*(2*L - 1) + L*d*(2*n - 1)": (
        "One addition fewer per entry is exact by hand, but every counter charges one addition for "
        "each multiplication."
    ),
    "8*L*d*n + 6*L**2*n": (
        "Three products with an L×L matrix are charged; there are two, the scores and the weighted sum."
    ),
    "12*L*d*n": "All six products are charged as projections; two of them meet an L×L matrix.",
    "10*L*d*n + 2*L**2*n": (
        "Five products are charged as projections: scores and weighted sum both meet an L×L matrix."
    ),
    "10*L*d*n + 4*L**2*n": "Five projections are charged; there are four.",
    "8*L*d*n + 8*L**2*n": "The projections are right, and the pairs are charged twice.",
    "8*L*d*n + 4*L**3": (
        "Scores and weighted sum are charged as (L×L)(L×L); they are (L×n)(n×L) and (L×L)(L×n)."
    ),
    "8*L*d*n + 1*L**2*n": "One of the two products with an L×L matrix is counted, in multiply–adds.",
    "0*L*d*n + 6*L**2*n": (
        "None of the four projections is counted; three products with an L×L matrix are charged "
        "instead of two."
    ),
    "0*L*d*n + 8*L**2*n": (
        "None of the four projections is counted; the two products with an L×L matrix are charged twice."
    ),
    "2*L*d*n + 6*L**2*n": (
        "One of the four projections is counted; three products with an L×L matrix are charged instead "
        "of two."
    ),
    "2*L*d*n + 8*L**2*n": (
        "One of the four projections is counted; the two products with an L×L matrix are charged twice."
    ),
    "3*L*d*n + 4*L**2*n": "Three of the four projections are counted, in multiply–adds.",
    "3*L*d*n + 6*L**2*n": (
        "Three of the four projections are counted, in multiply–adds; three products with an L×L "
        "matrix are charged instead of two."
    ),
    "3*L*d*n + 8*L**2*n": (
        "Three of the four projections are counted, in multiply–adds; the two products with an L×L "
        "matrix are charged twice."
    ),
    "4*L*d*n + 6*L**2*n": (
        "Two of the four projections are counted (or all four in multiply–adds); three products with "
        "an L×L matrix are charged instead of two."
    ),
    "4*L*d*n + 8*L**2*n": (
        "Two of the four projections are counted (or all four in multiply–adds); the two products with "
        "an L×L matrix are charged twice."
    ),
    "6*L*d*n + 1*L**2*n": (
        "Three of the four projections are counted; one of the two products with an L×L matrix is "
        "counted, in multiply–adds."
    ),
    "6*L*d*n + 6*L**2*n": (
        "Three of the four projections are counted; three products with an L×L matrix are charged "
        "instead of two."
    ),
    "6*L*d*n + 8*L**2*n": (
        "Three of the four projections are counted; the two products with an L×L matrix are charged twice."
    ),
    "10*L*d*n + 1*L**2*n": (
        "Five projections are charged instead of four; one of the two products with an L×L matrix is "
        "counted, in multiply–adds."
    ),
    "10*L*d*n + 6*L**2*n": (
        "Five projections are charged instead of four; three products with an L×L matrix are charged "
        "instead of two."
    ),
    "10*L*d*n + 8*L**2*n": (
        "Five projections are charged instead of four; the two products with an L×L matrix are charged twice."
    ),
    "12*L*d*n + 1*L**2*n": (
        "Six projections are charged instead of four; one of the two products with an L×L matrix is "
        "counted, in multiply–adds."
    ),
    "12*L*d*n + 2*L**2*n": (
        "Six projections are charged instead of four; of the two products with an L×L matrix one is "
        "counted (or both in multiply–adds)."
    ),
    "12*L*d*n + 6*L**2*n": (
        "Six projections are charged instead of four; three products with an L×L matrix are charged "
        "instead of two."
    ),
    "12*L*d*n + 8*L**2*n": (
        "Six projections are charged instead of four; the two products with an L×L matrix are charged twice."
    ),
    "16*L*d*n + 4*L**2*n": "The projections are charged twice.",
    "16*L*d*n + 1*L**2*n": (
        "The projections are charged twice; one of the two products with an L×L matrix is counted, in "
        "multiply–adds."
    ),
    "16*L*d*n + 2*L**2*n": (
        "The projections are charged twice; of the two products with an L×L matrix one is counted (or "
        "both in multiply–adds)."
    ),
    "16*L*d*n + 6*L**2*n": (
        "The projections are charged twice; three products with an L×L matrix are charged instead of two."
    ),
    "8*L*d*n + 2*L**2*d": (
        "Scores and weighted sum are charged the width d; they are n wide; of the two products with an "
        "L×L matrix one is counted (or both in multiply–adds)."
    ),
    "4*L*d*n + 4*L**2*d": (
        "Scores and weighted sum are charged the width d; they are n wide; two of the four projections "
        "are counted (or all four in multiply–adds)."
    ),
    "4*L*d*n + 2*L**2*d": (
        "Scores and weighted sum are charged the width d; they are n wide; two of the four projections "
        "are counted (or all four in multiply–adds); of the two products with an L×L matrix one is "
        "counted (or both in multiply–adds)."
    ),
    "6*L*d*n + 2*L**2*d": (
        "Scores and weighted sum are charged the width d; they are n wide; three of the four "
        "projections are counted; of the two products with an L×L matrix one is counted (or both in "
        "multiply–adds)."
    ),
    "4*L*d**2 + 4*L**2*d": (
        "The matrices are taken for d×d; here n is the inner width; two of the four projections are "
        "counted (or all four in multiply–adds)."
    ),
    "6*L*d**2 + 2*L**2*d": (
        "The matrices are taken for d×d; here n is the inner width; three of the four projections are "
        "counted; of the two products with an L×L matrix one is counted (or both in multiply–adds)."
    ),
    "8*L*n**2 + 2*L**2*n": (
        "The matrices are taken for n×n; they are d×n and n×d; of the two products with an L×L matrix "
        "one is counted (or both in multiply–adds)."
    ),
    "4*L*n**2 + 4*L**2*n": (
        "The matrices are taken for n×n; they are d×n and n×d; two of the four projections are counted "
        "(or all four in multiply–adds)."
    ),
    "4*L*n**2 + 2*L**2*n": (
        "The matrices are taken for n×n; they are d×n and n×d; two of the four projections are counted "
        "(or all four in multiply–adds); of the two products with an L×L matrix one is counted (or "
        "both in multiply–adds)."
    ),
    "6*L*n**2 + 4*L**2*n": (
        "The matrices are taken for n×n; they are d×n and n×d; three of the four projections are counted."
    ),
    "6*L*n**2 + 2*L**2*n": (
        "The matrices are taken for n×n; they are d×n and n×d; three of the four projections are "
        "counted; of the two products with an L×L matrix one is counted (or both in multiply–adds)."
    ),
    "8*L*d**2 + 4*L**2*n": "The projections are taken for d×d; they are d×n and n×d.",
    "8*L*d**2 + 2*L**2*n": (
        "The projections are taken for d×d; they are d×n and n×d; of the two products with an L×L "
        "matrix one is counted (or both in multiply–adds)."
    ),
    "4*L*d**2 + 4*L**2*n": (
        "The projections are taken for d×d; they are d×n and n×d; two of the four projections are "
        "counted (or all four in multiply–adds)."
    ),
    "4*L*d**2 + 2*L**2*n": (
        "The projections are taken for d×d; they are d×n and n×d; two of the four projections are "
        "counted (or all four in multiply–adds); of the two products with an L×L matrix one is counted "
        "(or both in multiply–adds)."
    ),
    "6*L*d**2 + 4*L**2*n": (
        "The projections are taken for d×d; they are d×n and n×d; three of the four projections are counted."
    ),
    "6*L*d**2 + 2*L**2*n": (
        "The projections are taken for d×d; they are d×n and n×d; three of the four projections are "
        "counted; of the two products with an L×L matrix one is counted (or both in multiply–adds)."
    ),
    "8*d*n + 2*L*n": (
        "This is for one token; there are L of them; of the two products with an L×L matrix one is "
        "counted (or both in multiply–adds)."
    ),
    "4*d*n + 4*L*n": (
        "This is for one token; there are L of them; two of the four projections are counted (or all "
        "four in multiply–adds)."
    ),
    "4*d*n + 2*L*n": (
        "This is for one token; there are L of them; two of the four projections are counted (or all "
        "four in multiply–adds); of the two products with an L×L matrix one is counted (or both in "
        "multiply–adds)."
    ),
    "6*d*n + 4*L*n": "This is for one token; there are L of them; three of the four projections are counted.",
    "6*d*n + 2*L*n": (
        "This is for one token; there are L of them; three of the four projections are counted; of the "
        "two products with an L×L matrix one is counted (or both in multiply–adds)."
    ),
    "8*d*n + 2*L**2*n": (
        "The projections are counted for one token only; of the two products with an L×L matrix one is "
        "counted (or both in multiply–adds)."
    ),
    "4*d*n + 4*L**2*n": (
        "The projections are counted for one token only; two of the four projections are counted (or "
        "all four in multiply–adds)."
    ),
    "4*d*n + 2*L**2*n": (
        "The projections are counted for one token only; two of the four projections are counted (or "
        "all four in multiply–adds); of the two products with an L×L matrix one is counted (or both in "
        "multiply–adds)."
    ),
    "6*d*n + 4*L**2*n": (
        "The projections are counted for one token only; three of the four projections are counted."
    ),
    "6*d*n + 2*L**2*n": (
        "The projections are counted for one token only; three of the four projections are counted; of "
        "the two products with an L×L matrix one is counted (or both in multiply–adds)."
    ),
    "8*L*d*n + 2*L*n": (
        "Each token is compared with one token only; it meets all L of them; of the two products with "
        "an L×L matrix one is counted (or both in multiply–adds)."
    ),
    "4*L*d*n + 4*L*n": (
        "Each token is compared with one token only; it meets all L of them; two of the four "
        "projections are counted (or all four in multiply–adds)."
    ),
    "4*L*d*n + 2*L*n": (
        "Each token is compared with one token only; it meets all L of them; two of the four "
        "projections are counted (or all four in multiply–adds); of the two products with an L×L "
        "matrix one is counted (or both in multiply–adds)."
    ),
    "6*L*d*n + 4*L*n": (
        "Each token is compared with one token only; it meets all L of them; three of the four "
        "projections are counted."
    ),
    "6*L*d*n + 2*L*n": (
        "Each token is compared with one token only; it meets all L of them; three of the four "
        "projections are counted; of the two products with an L×L matrix one is counted (or both in "
        "multiply–adds)."
    ),
    "4*L*d*n + 4*L**2": (
        "Each pair of tokens is counted once, not n times; two of the four projections are counted (or "
        "all four in multiply–adds)."
    ),
    "4*L*d*n + 2*L**2": (
        "Each pair of tokens is counted once, not n times; two of the four projections are counted (or "
        "all four in multiply–adds); of the two products with an L×L matrix one is counted (or both in "
        "multiply–adds)."
    ),
    "8*L*d*n + 2*L**2*d*n": (
        "The width d is in the scores as well; it is gone by then; of the two products with an L×L "
        "matrix one is counted (or both in multiply–adds)."
    ),
    "4*L*d*n + 4*L**2*d*n": (
        "The width d is in the scores as well; it is gone by then; two of the four projections are "
        "counted (or all four in multiply–adds)."
    ),
    "4*L*d*n + 2*L**2*d*n": (
        "The width d is in the scores as well; it is gone by then; two of the four projections are "
        "counted (or all four in multiply–adds); of the two products with an L×L matrix one is counted "
        "(or both in multiply–adds)."
    ),
    "6*L*d*n + 4*L**2*d*n": (
        "The width d is in the scores as well; it is gone by then; three of the four projections are counted."
    ),
    "6*L*d*n + 2*L**2*d*n": (
        "The width d is in the scores as well; it is gone by then; three of the four projections are "
        "counted; of the two products with an L×L matrix one is counted (or both in multiply–adds)."
    ),
    "8*L*d*n + 2*L**3": (
        "The products with an L×L matrix are taken for (L×L)(L×L); of the two products with an L×L "
        "matrix one is counted (or both in multiply–adds)."
    ),
    "4*L*d*n + 4*L**3": (
        "The products with an L×L matrix are taken for (L×L)(L×L); two of the four projections are "
        "counted (or all four in multiply–adds)."
    ),
    "4*L*d*n + 2*L**3": (
        "The products with an L×L matrix are taken for (L×L)(L×L); two of the four projections are "
        "counted (or all four in multiply–adds); of the two products with an L×L matrix one is counted "
        "(or both in multiply–adds)."
    ),
    "6*L*d*n + 4*L**3": (
        "The products with an L×L matrix are taken for (L×L)(L×L); three of the four projections are counted."
    ),
    "6*L*d*n + 2*L**3": (
        "The products with an L×L matrix are taken for (L×L)(L×L); three of the four projections are "
        "counted; of the two products with an L×L matrix one is counted (or both in multiply–adds)."
    ),
    "8*L*d*n + 2*L*n**2": (
        "Keys and values are multiplied first, in another order than the formula's; of the two "
        "products with an L×L matrix one is counted (or both in multiply–adds)."
    ),
    "4*L*d*n + 4*L*n**2": (
        "Keys and values are multiplied first, in another order than the formula's; two of the four "
        "projections are counted (or all four in multiply–adds)."
    ),
    "4*L*d*n + 2*L*n**2": (
        "Keys and values are multiplied first, in another order than the formula's; two of the four "
        "projections are counted (or all four in multiply–adds); of the two products with an L×L "
        "matrix one is counted (or both in multiply–adds)."
    ),
    "6*L*d*n + 4*L*n**2": (
        "Keys and values are multiplied first, in another order than the formula's; three of the four "
        "projections are counted."
    ),
    "6*L*d*n + 2*L*n**2": (
        "Keys and values are multiplied first, in another order than the formula's; three of the four "
        "projections are counted; of the two products with an L×L matrix one is counted (or both in "
        "multiply–adds)."
    ),
    "8*L**2*d*n + 4*L**2*n": "L is twice in the projections; each token is projected by itself.",
    "8*L**2*d*n + 2*L**2*n": (
        "L is twice in the projections; each token is projected by itself; of the two products with an "
        "L×L matrix one is counted (or both in multiply–adds)."
    ),
    "4*L**2*d*n + 4*L**2*n": (
        "L is twice in the projections; each token is projected by itself; two of the four projections "
        "are counted (or all four in multiply–adds)."
    ),
    "4*L**2*d*n + 2*L**2*n": (
        "L is twice in the projections; each token is projected by itself; two of the four projections "
        "are counted (or all four in multiply–adds); of the two products with an L×L matrix one is "
        "counted (or both in multiply–adds)."
    ),
    "6*L**2*d*n + 4*L**2*n": (
        "L is twice in the projections; each token is projected by itself; three of the four "
        "projections are counted."
    ),
    "6*L**2*d*n + 2*L**2*n": (
        "L is twice in the projections; each token is projected by itself; three of the four "
        "projections are counted; of the two products with an L×L matrix one is counted (or both in "
        "multiply–adds)."
    ),
    "1*L*d*n": "Projections alone are charged, and not four of them.",
    "5*L*d*n": "Projections alone are charged, and not four of them.",
    "10*L*d*n": "Projections alone are charged, and not four of them.",
    "14*L*d*n": "Projections alone are charged, and not four of them.",
    "16*L*d*n": "Projections alone are charged, and not four of them.",
    "24*L*d*n": "Projections alone are charged, and not four of them.",
    "8*L*d*n + 4*L**2*n + 4*L*n": "Biases are counted; here there are none.",
    "8*L*d*n + 4*L**2*n + 3*L*n": "Biases are counted; here there are none.",
    "8*L*d*n + 4*L**2*n + L*d": "Biases are counted; here there are none.",
    "8*L*d*n + 4*L**2*n + 3*n + d": "Biases are counted; here there are none.",
    "8*L*d*n + 4*L**2*n + 4*n": "Biases are counted; here there are none.",
    "8*L*d*n + 4*L**2*n + 4*L*d": "Biases are counted; here there are none.",
    "8*L*d*n + 4*L**2*n + L*n": (
        "Something is counted that formula (b) does not have, or that is no operation."
    ),
    "8*L*d*n + 4*L**2*n + L*d*n": (
        "Something is counted that formula (b) does not have, or that is no operation."
    ),
    "8*L*d*n + 4*L**2*n + 2*L**3": (
        "Something is counted that formula (b) does not have, or that is no operation."
    ),
    "8*L*d*n + 4*L**2*n + L": "Something is counted that formula (b) does not have, or that is no operation.",
    "8*L*d*n + 4*L**2*n + L*L*d": (
        "Something is counted that formula (b) does not have, or that is no operation."
    ),
    "8*L*d*n + 4*L**2*n + L**3": (
        "Something is counted that formula (b) does not have, or that is no operation."
    ),
    "8*L*d*n + 4*L**2*n + 10*L**2": (
        "Something is counted that formula (b) does not have, or that is no operation."
    ),
    "8*L*d*n + 4*L**2*n + 6*L**2": (
        "Something is counted that formula (b) does not have, or that is no operation."
    ),
    "8*L*d*n + 4*L**2*n + 4*d*n": (
        "Something is counted that formula (b) does not have, or that is no operation."
    ),
    "(8*L*d*n + 4*L**2*n)/10**3": "These are kFLOPs, MFLOPs or GFLOPs; the number of FLOPs is asked for.",
    "(8*L*d*n + 4*L**2*n)/10**6": "These are kFLOPs, MFLOPs or GFLOPs; the number of FLOPs is asked for.",
    "(8*L*d*n + 4*L**2*n)/10**9": "These are kFLOPs, MFLOPs or GFLOPs; the number of FLOPs is asked for.",
    "4*(8*L*d*n + 4*L**2*n)": "The right price, times some number: there is one layer and one sequence.",
    "8*(8*L*d*n + 4*L**2*n)": "The right price, times some number: there is one layer and one sequence.",
    "32*(8*L*d*n + 4*L**2*n)": "The right price, times some number: there is one layer and one sequence.",
    "L*(8*L*d*n + 4*L**2*n)": "The right price, times some number: there is one layer and one sequence.",
    "n*(8*L*d*n + 4*L**2*n)": "The right price, times some number: there is one layer and one sequence.",
    "d*(8*L*d*n + 4*L**2*n)": "The right price, times some number: there is one layer and one sequence.",
    "1*L**2*d": "The scores or the weighted sum are charged alone; there are four projections as well.",
    "1*L**2*d*n": "The scores or the weighted sum are charged alone; there are four projections as well.",
    "2*L**2*d": "The scores or the weighted sum are charged alone; there are four projections as well.",
    "2*L**2*d*n": "The scores or the weighted sum are charged alone; there are four projections as well.",
    "4*L**2*d": "The scores or the weighted sum are charged alone; there are four projections as well.",
    "4*L**2*d*n": "The scores or the weighted sum are charged alone; there are four projections as well.",
    "6*L**2*d": "The scores or the weighted sum are charged alone; there are four projections as well.",
    "6*L**2*d*n": "The scores or the weighted sum are charged alone; there are four projections as well.",
    "8*L**2*d": "The scores or the weighted sum are charged alone; there are four projections as well.",
    "8*L**2*d*n": "The scores or the weighted sum are charged alone; there are four projections as well.",
    "1*L**3": "This is the price of L×L matrices; the widths d and n are missing.",
    "2*L**3": "This is the price of L×L matrices; the widths d and n are missing.",
    "4*L**3": "This is the price of L×L matrices; the widths d and n are missing.",
    "(8*L*d*n + 4*L**2*n) / 2": (
        "This counts multiply–adds. Here every multiplication and every addition is one FLOP, so a "
        "multiply–add is two."
    ),
}

RIGHT = [
    "4*L*n*(2*d + L)",
    "2*L*d*n + 2*L*d*n + 2*L*d*n + 2*L*L*n + 2*L*L*n + 2*L*n*d",
    "8*L*n*d + 4*L*L*n",
    "4*(2*L*d*n + L**2*n)",
    "3*2*L*d*n + 2*2*L**2*n + 2*L*n*d",
    "4*L*d*n*(2 + L/d)",
    "(8*d + 4*L)*L*n",
]
