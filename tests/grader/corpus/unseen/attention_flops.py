"""Answers to `attention_flops` written from its statement alone; beside wrong ones, what is wrong."""

WRONG = {
    "6*L*d*n + 4*L**2*n": "one of the four projections missing",
    "8*L*d*n + 2*L**2*n": "one of the two products of pairs missing (scores or weighted sum)",
    "8*L*d*n + 4*L**2*d": "products of pairs charged with width d instead of n",
    "4*L*d*n + 2*L**2*n": "multiply-adds: half",
    "8*L*d*n + 4*L*n**2": "L and n exchanged in the products of pairs (L*n**2 instead of L**2*n)",
    "8*d*n + 4*L**2*n": "projections without L (for one token only)",
    "8*L*d*n + 4*L**2*n + 5*L**2": "softmax counted too: an extra 5*L**2",
    "8*L*d*n + 3*L**2*n": "one of the pair products in multiply-adds: 3 instead of 4 L**2*n",
    "8*L*d**2 + 4*L**2*d": "n taken to be d",
    "4*L*d*n + 4*L**2*n": "projections halved (two missing, or multiply-adds)",
    "(8*L*d*n)*(4*L**2*n)": "terms multiplied instead of added",
    "8*L*d*n + 4*L**2": "width n missing in the products of pairs",
    "6*L*d*n + 2*L*n**2 + 4*L**2*n": "output projection charged as n x n: 2*L*n**2 instead of 2*L*d*n",
    "4*(2*L*d*n + 4*L**2*n)": "products of pairs counted four times: 16 instead of 4 L**2*n",
    "8*L*d*n + 4*L*n": "one L missing in the products of pairs",
    "8*L**2*d*n + 4*L**2*n": "one L too many in the projections",
    "3*L*n*(2*d-1) + L*L*(2*n-1) + L*n*(2*L-1) + L*d*(2*n-1)": (
        "each sum counted as one addition fewer (2d-1)"
    ),
    "6*L*d*n + 2*L**2*n": "one projection and one pair product missing",
    "8*L*d*n - 4*L**2*n": "sign: minus for plus",
    "16*L*d*n + 8*L**2*n": "doubled",
    "8*L*d*n + 4*L**2*n*d": "extra factor d in the products of pairs",
}

RIGHT = [
    "2*n*L*(4*d + 2*L)",
    "4·L·n·(2·d + L)",
    "3*(2*L*d*n) + 2*L^2*n + 2*L^2*n + 2*L*n*d",
]
