"""Answers to `mlp_flops`; with each wrong one, what was once said of it by hand."""

WRONG = {
    "2*L*d*n": (
        "This is half of it. Either one of the two layers is forgotten, or multiply–adds are counted: "
        "here a multiplication and an addition are two FLOPs."
    ),
    "L*d*n": "One layer of the two, and in multiply–adds.",
    "4*d*n": "This is the price for one token; X has L of them.",
    "2*d*n": "This is how many weights there are; each is used once for every token, with two operations.",
    "8*L*d*n": (
        "Everything is counted twice: 2·L·d·n per product already holds multiplications and additions."
    ),
    "4*L*d*n + L*n + L*d": "Biases are counted; here there are none.",
    "4*L*d*n + L*n": "A bias or a non-linearity in the middle is counted; here there is none.",
    "2*L*d*n + 2*L*n**2": "The second layer is taken for n×n; W2 goes from n back to d.",
    "2*L*d*n + 2*L*d**2": "One layer is taken for d×d; W1 goes from d to n, W2 from n back to d.",
    "4*L*n**2": "Both layers are taken for square ones; they are d×n and n×d.",
    "4*L*d**2": "Both layers are taken for square ones; they are d×n and n×d.",
    "4*L**2*d*n": "L is in it twice: nothing here compares one token with another.",
    "4*L**2*n": "L is in it twice: nothing here compares one token with another.",
    "4*L**2*d": "L is in it twice: nothing here compares one token with another.",
    "4*L**2*d**2*n**2": "The prices of the two layers are multiplied where they add.",
    "L**2*d**2*n**2": "The prices of the two layers are multiplied where they add.",
    "2*L*(d + n)": "The sizes d and n are added where they multiply.",
    "4*L*(d + n)": "The sizes d and n are added where they multiply.",
    "L*n*(2*d - 1) + L*d*(2*n - 1)": (
        "One addition fewer per entry is exact by hand, but every counter charges one addition for "
        "each multiplication."
    ),
    "L*n + L*d": "These are the entries of the two results; each of them is a sum of many products.",
    "2*d**2*n + 2*L*d**2": "Here W1 W2 is multiplied out first. That is another order, with another price.",
    "2*L*d**2": "This is one d×d matrix in place of the two layers.",
    "12*L*d*n": "This is a forward and a backward pass; only the forward one is asked for.",
    "6*L*d*n": "Three products are charged; there are two, X W1 and that times W2.",
    "3*L*d*n": "One layer is counted in FLOPs and the other in multiply–adds.",
    "4*L*d*n + L*d": "The bias of the second layer is counted; here there is none.",
    "4*L*d*n + 2*d*n": "The FLOPs and the weights are added up.",
    "4*L*d*n/10**3": "These are kFLOPs, MFLOPs or GFLOPs; the number of FLOPs is asked for.",
    "4*L*d*n/10**6": "These are kFLOPs, MFLOPs or GFLOPs; the number of FLOPs is asked for.",
    "4*L*d*n/10**9": "These are kFLOPs, MFLOPs or GFLOPs; the number of FLOPs is asked for.",
    "16*L*d*n": "Too large by a factor: two layers at 2 per product, and nothing is in bytes or bits.",
    "32*L*d*n": "Too large by a factor: two layers at 2 per product, and nothing is in bytes or bits.",
    "64*L*d*n": "Too large by a factor: two layers at 2 per product, and nothing is in bytes or bits.",
    "128*L*d*n": "Too large by a factor: two layers at 2 per product, and nothing is in bytes or bits.",
    "2*L*d*n + L*n + L*d": (
        "In multiply–adds, and biases or a non-linearity are counted; here there are none."
    ),
    "2*L*d*n + L*n": "In multiply–adds, and biases or a non-linearity are counted; here there are none.",
    "2*L*d*n + L*d": "In multiply–adds, and biases or a non-linearity are counted; here there are none.",
    "6*d*n": "Everything is counted one token at a time, and not every factor: X has L tokens.",
    "8*d*n": "Everything is counted one token at a time, and not every factor: X has L tokens.",
    "12*d*n": "Everything is counted one token at a time, and not every factor: X has L tokens.",
    "d*n": "Everything is counted one token at a time, and not every factor: X has L tokens.",
    "2*L*d": "The sums are not counted: each entry of the results is a sum of many products.",
    "2*L*n": "The sums are not counted: each entry of the results is a sum of many products.",
    "4*L*d": "The sums are not counted: each entry of the results is a sum of many products.",
    "4*L*n": "The sums are not counted: each entry of the results is a sum of many products.",
    "L*d": "The sums are not counted: each entry of the results is a sum of many products.",
    "L*n": "The sums are not counted: each entry of the results is a sum of many products.",
    "4*L*d**2*n": "One of the sizes is in it twice: each of L, d and n counts once for each layer.",
    "4*L*d*n**2": "One of the sizes is in it twice: each of L, d and n counts once for each layer.",
    "2*L**2*d*n": "One of the sizes is in it twice: each of L, d and n counts once for each layer.",
    "2*L*d**2*n": "One of the sizes is in it twice: each of L, d and n counts once for each layer.",
    "2*L*d*n**2": "One of the sizes is in it twice: each of L, d and n counts once for each layer.",
    "2*L**2*d*n + 2*L*d*n": "One of the sizes is in it twice: each of L, d and n counts once for each layer.",
    "2*L*d*n + 2*d*n": "Only the first layer reads L tokens here; the second does as well.",
    "2*L*d*n + d*n": "Only the first layer reads L tokens here; the second does as well.",
    "4*L*d*n + L**2": "An L×L matrix is charged; no token meets another one here.",
    "2*L*d*n + 2*L**2*n": "An L×L matrix is charged; no token meets another one here.",
    "2*L*d*n + 2*L**2*d": "An L×L matrix is charged; no token meets another one here.",
    "4*L*d*n + 2*L**2*n": "An L×L matrix is charged; no token meets another one here.",
    "4*L*d*n + 4*L**2*n": "An L×L matrix is charged; no token meets another one here.",
    "8*L*d*n + 4*L**2*n": "An L×L matrix is charged; no token meets another one here.",
    "4*L*d*n + 2*L*n": (
        "A bias of each layer, or several operations of a non-linearity, are counted; here there are none."
    ),
    "4*L*d*n + 2*L*n + 2*L*d": (
        "A bias of each layer, or several operations of a non-linearity, are counted; here there are none."
    ),
    "4*L*d*n + n + d": (
        "A bias of each layer, or several operations of a non-linearity, are counted; here there are none."
    ),
    "4*L*d*n + n": (
        "A bias of each layer, or several operations of a non-linearity, are counted; here there are none."
    ),
    "4*L*d*n + d": (
        "A bias of each layer, or several operations of a non-linearity, are counted; here there are none."
    ),
    "4*L*d*n + 4*L*n": (
        "A bias of each layer, or several operations of a non-linearity, are counted; here there are none."
    ),
    "4*L*d*n + 5*L*n": (
        "A bias of each layer, or several operations of a non-linearity, are counted; here there are none."
    ),
    "4*L*d*n + 8*L*n": (
        "A bias of each layer, or several operations of a non-linearity, are counted; here there are none."
    ),
    "4*L*d*n - L*n": (
        "One addition fewer is taken off in one layer only; and every counter charges 2 per product."
    ),
    "4*L*d*n - L*d": (
        "One addition fewer is taken off in one layer only; and every counter charges 2 per product."
    ),
    "L*d*n + L*n**2": (
        "One layer is taken for a square one; W1 goes from d to n, W2 from n back to d. And in multiply–adds."
    ),
    "L*d*n + L*d**2": (
        "One layer is taken for a square one; W1 goes from d to n, W2 from n back to d. And in multiply–adds."
    ),
    "2*L*n**2": (
        "One layer is taken for a square one; W1 goes from d to n, W2 from n back to d. And in multiply–adds."
    ),
    "10*L*d*n": "Too many products are charged; there are two, X W1 and that times W2.",
    "14*L*d*n": "Too many products are charged; there are two, X W1 and that times W2.",
    "24*L*d*n": "Too many products are charged; there are two, X W1 and that times W2.",
    "5*L*d*n": "Too many products are charged; there are two, X W1 and that times W2.",
    "4*L*d*n + L*d + 2*d*n": "The numbers read and written are added to the operations done with them.",
    "4*L*d*n + 2*L*d": "The numbers read and written are added to the operations done with them.",
    "4*L*d*n + 2*d*n + 2*L*d + L*n": (
        "The numbers read and written are added to the operations done with them."
    ),
    "2*L*d + 2*d*n": "The numbers read and written are added to the operations done with them.",
    "L*d + 2*d*n": "The numbers read and written are added to the operations done with them.",
    "2*L*d + 2*d*n + L*n": "The numbers read and written are added to the operations done with them.",
}

RIGHT = [
    "2*L*d*n + 2*L*n*d",
    "4*n*d*L",
    "2*(2*L*d*n)",
    "L*(4*d*n)",
    "2*L*(d*n + n*d)",
    "2*L*n*(d + d)",
    "8*L*d*n/2",
    "(2*L)*(2*d)*n",
]
