"""Answers to `matmul_flops`; with each wrong one, what was once said of it by hand."""

WRONG = {
    "L*n": "These are the entries of the result; each of them is a sum of d products.",
    "2*L*n": "Every entry of the result is charged one multiplication and one addition, not d of each.",
    "L*d + d*n": "These are the numbers that go in, not the operations done with them.",
    "2*L*d + 2*d*n": "These are twice the numbers that go in, not the operations done with them.",
    "L*d + d*n + L*n": "These are the numbers read and written, which is memory traffic and not arithmetic.",
    "L*n*(2*d - 1)": (
        "d − 1 additions per entry is exact by hand, but every counter charges one addition for each "
        "multiplication: 2d, not 2d − 1."
    ),
    "2*d*n": "This is the price for one token; X has L of them.",
    "d*n": "This is how many weights W has; each of them is used once for every token.",
    "2*L*d": "Only one column of W is counted; it has n.",
    "L*d": "This is how many numbers X holds.",
    "4*L*d*n": "Multiplication and addition are charged twice over: 2 per product already holds both.",
    "2*(L + d + n)": "The three sizes are added where they multiply.",
    "L + d + n": "The three sizes are added where they multiply.",
    "2*L*(d + n)": "The price of the rows and of the columns is added where it multiplies.",
    "L*(d + n)": "The price of the rows and of the columns is added where it multiplies.",
    "2*L*d*n + L*n": "A bias is added to every entry; here there is none.",
    "L*d**2*n": "The inner size is counted twice: it stands in both shapes and is summed over once.",
    "2*L*d**2*n": "The inner size is counted twice: it stands in both shapes and is summed over once.",
    "2*d**3": "This is the price of two square matrices; X is L×d and W is d×n.",
    "2*L**3": "This is the price of two square matrices; X is L×d and W is d×n.",
    "2*n**3": "This is the price of two square matrices; X is L×d and W is d×n.",
    "L*d*n + L*n": (
        "One addition for each entry is counted; a sum of d products takes as many additions as products."
    ),
    "3*L*d*n": "Three operations are charged for each product: a multiplication and an addition are two.",
    "2*L**2*d": "This is X times its own transpose; W is d×n.",
    "L*n*(d - 1)": "Only the additions are counted, one fewer than products.",
    "2*L**2*n": "One of the sizes is in it twice: each of L, d and n counts once.",
    "2*L*n**2": "One of the sizes is in it twice: each of L, d and n counts once.",
    "2*d*n**2": "One of the sizes is in it twice: each of L, d and n counts once.",
    "2*L*d**2": "One of the sizes is in it twice: each of L, d and n counts once.",
    "2*L**2*d*n": "One of the sizes is in it twice: each of L, d and n counts once.",
    "2*L*d*n**2": "One of the sizes is in it twice: each of L, d and n counts once.",
    "2*d**2*n": "One of the sizes is in it twice: each of L, d and n counts once.",
    "2*d": "This is the work for one entry of the result; it has L·n of them.",
    "2*d - 1": "This is the work for one entry of the result; it has L·n of them.",
    "d": "This is the work for one entry of the result; it has L·n of them.",
    "d - 1": "This is the work for one entry of the result; it has L·n of them.",
    "L": "This is a single size of the three; each of L, d and n counts once.",
    "n": "This is a single size of the three; each of L, d and n counts once.",
    "2*L": "This is a single size of the three; each of L, d and n counts once.",
    "2*n": "This is a single size of the three; each of L, d and n counts once.",
    "6*L*d*n": "Three products are charged, or a backward pass as well; one product is asked for.",
    "8*L*d*n": (
        "Too large by a factor: a multiplication and an addition make 2 per product, and nothing is in "
        "bytes or bits."
    ),
    "16*L*d*n": (
        "Too large by a factor: a multiplication and an addition make 2 per product, and nothing is in "
        "bytes or bits."
    ),
    "32*L*d*n": (
        "Too large by a factor: a multiplication and an addition make 2 per product, and nothing is in "
        "bytes or bits."
    ),
    "64*L*d*n": (
        "Too large by a factor: a multiplication and an addition make 2 per product, and nothing is in "
        "bytes or bits."
    ),
    "2*L*d*n/10**3": "These are kFLOPs, MFLOPs or GFLOPs; the number of FLOPs is asked for.",
    "2*L*d*n/10**6": "These are kFLOPs, MFLOPs or GFLOPs; the number of FLOPs is asked for.",
    "2*L*d*n/10**9": "These are kFLOPs, MFLOPs or GFLOPs; the number of FLOPs is asked for.",
    "L*d*n/2": "It divides by two where it should multiply: each product goes with an addition.",
    "L**2*n": "One of the sizes is in it twice, and in multiply–adds: each of L, d and n counts once.",
    "L*n**2": "One of the sizes is in it twice, and in multiply–adds: each of L, d and n counts once.",
    "d*n**2": "One of the sizes is in it twice, and in multiply–adds: each of L, d and n counts once.",
    "L*d**2": "One of the sizes is in it twice, and in multiply–adds: each of L, d and n counts once.",
    "L**2*d": "One of the sizes is in it twice, and in multiply–adds: each of L, d and n counts once.",
    "L**2*d*n": "One of the sizes is in it twice, and in multiply–adds: each of L, d and n counts once.",
    "L*d*n**2": "One of the sizes is in it twice, and in multiply–adds: each of L, d and n counts once.",
    "d**2*n": "One of the sizes is in it twice, and in multiply–adds: each of L, d and n counts once.",
    "(L*d*n)**2": "Everything is squared: each of L, d and n counts once.",
    "2*(L*d*n)**2": "Everything is squared: each of L, d and n counts once.",
    "4*(L*d*n)**2": "Everything is squared: each of L, d and n counts once.",
    "2*n*(L + d)": "The price of two pairs of sizes is added where it multiplies.",
    "n*(L + d)": "The price of two pairs of sizes is added where it multiplies.",
    "2*L*d*n + 2*L*d": "The price of two pairs of sizes is added where it multiplies.",
    "2*L*d*n + 2*d*n": "The price of two pairs of sizes is added where it multiplies.",
    "L*d*(2*n - 1)": (
        "One addition fewer is taken off at the wrong place; and every counter charges 2d per entry."
    ),
    "d*n*(2*L - 1)": (
        "One addition fewer is taken off at the wrong place; and every counter charges 2d per entry."
    ),
    "2*L*n*(d - 1)": (
        "One addition fewer is taken off at the wrong place; and every counter charges 2d per entry."
    ),
    "2*L*d*n - 1": (
        "One addition fewer is taken off at the wrong place; and every counter charges 2d per entry."
    ),
    "2*L*d*n + L*d": "The numbers that go in or come out are added to the operations done with them.",
    "2*L*d*n + d*n": "The numbers that go in or come out are added to the operations done with them.",
    "2*L*d*n + L*d + d*n": "The numbers that go in or come out are added to the operations done with them.",
    "2*L*d*n + L*d + d*n + L*n": (
        "The numbers that go in or come out are added to the operations done with them."
    ),
    "d**3": "These are square matrices, and in multiply–adds; X is L×d and W is d×n.",
    "L**3": "These are square matrices, and in multiply–adds; X is L×d and W is d×n.",
    "n**3": "These are square matrices, and in multiply–adds; X is L×d and W is d×n.",
    "(2*L*d*n) / 2": (
        "This counts multiply–adds. Here every multiplication and every addition is one FLOP, so a "
        "multiply–add is two."
    ),
}

RIGHT = [
    "2*n*d*L",
    "L*n*2*d",
    "L*d*n + L*d*n",
    "L*n*(d + d)",
    "L*(2*d)*n",
    "(2*L*d)*n",
    "4*L*d*n/2",
]
