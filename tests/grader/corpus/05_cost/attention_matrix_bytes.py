"""Answers to `attention_matrix_bytes`; with each wrong one, what was once said of it by hand.

They were written when one matrix was asked for; today it is one for each of 12 layers, B images and h heads.
"""

OF_ONE = {
    "L**2": "These are the entries; each takes four bytes.",
    "32*L**2": "These are bits, not bytes.",
    "2*L**2": "Two bytes an entry is half precision; single precision takes four.",
    "8*L**2": "Eight bytes an entry: that is double precision, or two matrices.",
    "4*L": "This is one row, the weights of one query; there are L rows.",
    "4*L**2*n": "A weight is one number, whatever the width: the matrix is L×L.",
    "4*L**2*d": "A weight is one number, whatever the width: the matrix is L×L.",
    "4*L*n": "This is the memory of the queries (or keys, or values), which are L×n.",
    "4*L*d": "This is the memory of X, which is L×d.",
    "4*n**2": "The matrix compares tokens with tokens: it is L×L.",
    "4*d**2": "The matrix compares tokens with tokens: it is L×L.",
    "4*d*n": "The matrix compares tokens with tokens: it is L×L.",
    "2*L*(L - 1)": (
        "Only one half of the matrix is counted; it is not symmetric, for queries and keys differ."
    ),
    "2*L*(L + 1)": (
        "Only one half of the matrix is counted; it is not symmetric, for queries and keys differ."
    ),
    "L**2/4": "The entries are divided by four; each takes four bytes.",
    "4*L**2/1024": "These are KiB, not bytes.",
    "4*L**2/1024**2": "These are MiB, not bytes.",
    "4*L**2/1024**3": "These are GiB, not bytes.",
    "8*L": "The two sides are added: an L×L matrix has L·L entries.",
    "2*L": "The two sides are added: an L×L matrix has L·L entries.",
    "12*L*n": "This is the memory of queries, keys and values together.",
    "32*L**2*d": "These are bits, and d (or n) numbers for each pair; a weight is one number of four bytes.",
    "32*L**2*n": "These are bits, and d (or n) numbers for each pair; a weight is one number of four bytes.",
    "L**2/8": "The entries are divided by eight; each takes four bytes.",
    "16*L**2": "Sixteen bytes an entry: the 4 is squared with L, or counted twice.",
    "4*L**2/1000": "These are kB, not bytes.",
    "4*L**2/10**6": "These are MB, not bytes.",
    "4*L**2/10**9": "These are GB, not bytes.",
    "12*L**2": "Twelve bytes are charged for each number (three matrices, or a training step).",
    "64*L**2": "These are bits, and of double precision.",
    "1/2*L**2": "Half a byte is charged for each number.",
    "3*L**2": "Three bytes are charged for each number.",
    "128*L**2": "These are bits, and four times too many.",
    "1*L": "This is one row of the matrix, or one side; a single byte, or none, is charged for each number.",
    "12*L": (
        "This is one row of the matrix, or one side; twelve bytes are charged for each number (three "
        "matrices, or a training step)."
    ),
    "16*L": "This is one row of the matrix, or one side; sixteen bytes are charged for each number.",
    "32*L": "This is one row of the matrix, or one side; these are bits, not bytes.",
    "64*L": "This is one row of the matrix, or one side; these are bits, and of double precision.",
    "1/4*L": "This is one row of the matrix, or one side; the numbers are divided by four.",
    "1/8*L": "This is one row of the matrix, or one side; the numbers are divided by eight.",
    "1/2*L": "This is one row of the matrix, or one side; half a byte is charged for each number.",
    "3*L": "This is one row of the matrix, or one side; three bytes are charged for each number.",
    "128*L": "This is one row of the matrix, or one side; these are bits, and four times too many.",
    "1*L**2*n": (
        "N numbers are charged for each pair; a weight is one number; a single byte, or none, is "
        "charged for each number."
    ),
    "2*L**2*n": (
        "N numbers are charged for each pair; a weight is one number; two bytes are charged for each "
        "number (half precision)."
    ),
    "8*L**2*n": (
        "N numbers are charged for each pair; a weight is one number; eight bytes are charged for each "
        "number (double precision, or two matrices)."
    ),
    "12*L**2*n": (
        "N numbers are charged for each pair; a weight is one number; twelve bytes are charged for "
        "each number (three matrices, or a training step)."
    ),
    "16*L**2*n": (
        "N numbers are charged for each pair; a weight is one number; sixteen bytes are charged for "
        "each number."
    ),
    "64*L**2*n": (
        "N numbers are charged for each pair; a weight is one number; these are bits, and of double "
        "precision."
    ),
    "1/4*L**2*n": (
        "N numbers are charged for each pair; a weight is one number; the numbers are divided by four."
    ),
    "1/8*L**2*n": (
        "N numbers are charged for each pair; a weight is one number; the numbers are divided by eight."
    ),
    "1/2*L**2*n": (
        "N numbers are charged for each pair; a weight is one number; half a byte is charged for each number."
    ),
    "3*L**2*n": (
        "N numbers are charged for each pair; a weight is one number; three bytes are charged for each "
        "number."
    ),
    "128*L**2*n": (
        "N numbers are charged for each pair; a weight is one number; these are bits, and four times "
        "too many."
    ),
    "1*L**2*d": (
        "D numbers are charged for each pair; a weight is one number; a single byte, or none, is "
        "charged for each number."
    ),
    "2*L**2*d": (
        "D numbers are charged for each pair; a weight is one number; two bytes are charged for each "
        "number (half precision)."
    ),
    "8*L**2*d": (
        "D numbers are charged for each pair; a weight is one number; eight bytes are charged for each "
        "number (double precision, or two matrices)."
    ),
    "12*L**2*d": (
        "D numbers are charged for each pair; a weight is one number; twelve bytes are charged for "
        "each number (three matrices, or a training step)."
    ),
    "16*L**2*d": (
        "D numbers are charged for each pair; a weight is one number; sixteen bytes are charged for "
        "each number."
    ),
    "64*L**2*d": (
        "D numbers are charged for each pair; a weight is one number; these are bits, and of double "
        "precision."
    ),
    "1/4*L**2*d": (
        "D numbers are charged for each pair; a weight is one number; the numbers are divided by four."
    ),
    "1/8*L**2*d": (
        "D numbers are charged for each pair; a weight is one number; the numbers are divided by eight."
    ),
    "1/2*L**2*d": (
        "D numbers are charged for each pair; a weight is one number; half a byte is charged for each number."
    ),
    "3*L**2*d": (
        "D numbers are charged for each pair; a weight is one number; three bytes are charged for each "
        "number."
    ),
    "128*L**2*d": (
        "D numbers are charged for each pair; a weight is one number; these are bits, and four times "
        "too many."
    ),
    "1*L*n": (
        "These are the queries (or keys, or values); a single byte, or none, is charged for each number."
    ),
    "2*L*n": (
        "These are the queries (or keys, or values); two bytes are charged for each number (half precision)."
    ),
    "8*L*n": (
        "These are the queries (or keys, or values); eight bytes are charged for each number (double "
        "precision, or two matrices)."
    ),
    "16*L*n": "These are the queries (or keys, or values); sixteen bytes are charged for each number.",
    "32*L*n": "These are the queries (or keys, or values); these are bits, not bytes.",
    "64*L*n": "These are the queries (or keys, or values); these are bits, and of double precision.",
    "1/4*L*n": "These are the queries (or keys, or values); the numbers are divided by four.",
    "1/8*L*n": "These are the queries (or keys, or values); the numbers are divided by eight.",
    "1/2*L*n": "These are the queries (or keys, or values); half a byte is charged for each number.",
    "3*L*n": "These are the queries (or keys, or values); three bytes are charged for each number.",
    "128*L*n": "These are the queries (or keys, or values); these are bits, and four times too many.",
    "1*L*d": "This is X; a single byte, or none, is charged for each number.",
    "2*L*d": "This is X; two bytes are charged for each number (half precision).",
    "8*L*d": "This is X; eight bytes are charged for each number (double precision, or two matrices).",
    "12*L*d": "This is X; twelve bytes are charged for each number (three matrices, or a training step).",
    "16*L*d": "This is X; sixteen bytes are charged for each number.",
    "32*L*d": "This is X; these are bits, not bytes.",
    "64*L*d": "This is X; these are bits, and of double precision.",
    "1/4*L*d": "This is X; the numbers are divided by four.",
    "1/8*L*d": "This is X; the numbers are divided by eight.",
    "1/2*L*d": "This is X; half a byte is charged for each number.",
    "3*L*d": "This is X; three bytes are charged for each number.",
    "128*L*d": "This is X; these are bits, and four times too many.",
    "1*d*n": "This is a weight matrix; a single byte, or none, is charged for each number.",
    "2*d*n": "This is a weight matrix; two bytes are charged for each number (half precision).",
    "8*d*n": (
        "This is a weight matrix; eight bytes are charged for each number (double precision, or two "
        "matrices)."
    ),
    "12*d*n": (
        "This is a weight matrix; twelve bytes are charged for each number (three matrices, or a "
        "training step)."
    ),
    "16*d*n": "This is a weight matrix; sixteen bytes are charged for each number.",
    "32*d*n": "This is a weight matrix; these are bits, not bytes.",
    "64*d*n": "This is a weight matrix; these are bits, and of double precision.",
    "1/4*d*n": "This is a weight matrix; the numbers are divided by four.",
    "1/8*d*n": "This is a weight matrix; the numbers are divided by eight.",
    "1/2*d*n": "This is a weight matrix; half a byte is charged for each number.",
    "3*d*n": "This is a weight matrix; three bytes are charged for each number.",
    "128*d*n": "This is a weight matrix; these are bits, and four times too many.",
    "1*d**2": (
        "The matrix is taken for d×d; it compares tokens with tokens; a single byte, or none, is "
        "charged for each number."
    ),
    "2*d**2": (
        "The matrix is taken for d×d; it compares tokens with tokens; two bytes are charged for each "
        "number (half precision)."
    ),
    "8*d**2": (
        "The matrix is taken for d×d; it compares tokens with tokens; eight bytes are charged for each "
        "number (double precision, or two matrices)."
    ),
    "12*d**2": (
        "The matrix is taken for d×d; it compares tokens with tokens; twelve bytes are charged for "
        "each number (three matrices, or a training step)."
    ),
    "16*d**2": (
        "The matrix is taken for d×d; it compares tokens with tokens; sixteen bytes are charged for "
        "each number."
    ),
    "32*d**2": "The matrix is taken for d×d; it compares tokens with tokens; these are bits, not bytes.",
    "64*d**2": (
        "The matrix is taken for d×d; it compares tokens with tokens; these are bits, and of double "
        "precision."
    ),
    "1/4*d**2": (
        "The matrix is taken for d×d; it compares tokens with tokens; the numbers are divided by four."
    ),
    "1/8*d**2": (
        "The matrix is taken for d×d; it compares tokens with tokens; the numbers are divided by eight."
    ),
    "1/2*d**2": (
        "The matrix is taken for d×d; it compares tokens with tokens; half a byte is charged for each number."
    ),
    "3*d**2": (
        "The matrix is taken for d×d; it compares tokens with tokens; three bytes are charged for each "
        "number."
    ),
    "128*d**2": (
        "The matrix is taken for d×d; it compares tokens with tokens; these are bits, and four times "
        "too many."
    ),
    "1*n**2": (
        "The matrix is taken for n×n; it compares tokens with tokens; a single byte, or none, is "
        "charged for each number."
    ),
    "2*n**2": (
        "The matrix is taken for n×n; it compares tokens with tokens; two bytes are charged for each "
        "number (half precision)."
    ),
    "8*n**2": (
        "The matrix is taken for n×n; it compares tokens with tokens; eight bytes are charged for each "
        "number (double precision, or two matrices)."
    ),
    "12*n**2": (
        "The matrix is taken for n×n; it compares tokens with tokens; twelve bytes are charged for "
        "each number (three matrices, or a training step)."
    ),
    "16*n**2": (
        "The matrix is taken for n×n; it compares tokens with tokens; sixteen bytes are charged for "
        "each number."
    ),
    "32*n**2": "The matrix is taken for n×n; it compares tokens with tokens; these are bits, not bytes.",
    "64*n**2": (
        "The matrix is taken for n×n; it compares tokens with tokens; these are bits, and of double "
        "precision."
    ),
    "1/4*n**2": (
        "The matrix is taken for n×n; it compares tokens with tokens; the numbers are divided by four."
    ),
    "1/8*n**2": (
        "The matrix is taken for n×n; it compares tokens with tokens; the numbers are divided by eight."
    ),
    "1/2*n**2": (
        "The matrix is taken for n×n; it compares tokens with tokens; half a byte is charged for each number."
    ),
    "3*n**2": (
        "The matrix is taken for n×n; it compares tokens with tokens; three bytes are charged for each "
        "number."
    ),
    "128*n**2": (
        "The matrix is taken for n×n; it compares tokens with tokens; these are bits, and four times "
        "too many."
    ),
    "1*L*(L - 1)/2": (
        "Half of the matrix is counted, without its diagonal; a single byte, or none, is charged for "
        "each number."
    ),
    "2*L*(L - 1)/2": (
        "Half of the matrix is counted, without its diagonal; two bytes are charged for each number "
        "(half precision)."
    ),
    "8*L*(L - 1)/2": (
        "Half of the matrix is counted, without its diagonal; eight bytes are charged for each number "
        "(double precision, or two matrices)."
    ),
    "12*L*(L - 1)/2": (
        "Half of the matrix is counted, without its diagonal; twelve bytes are charged for each number "
        "(three matrices, or a training step)."
    ),
    "16*L*(L - 1)/2": (
        "Half of the matrix is counted, without its diagonal; sixteen bytes are charged for each number."
    ),
    "32*L*(L - 1)/2": "Half of the matrix is counted, without its diagonal; these are bits, not bytes.",
    "64*L*(L - 1)/2": (
        "Half of the matrix is counted, without its diagonal; these are bits, and of double precision."
    ),
    "1/4*L*(L - 1)/2": (
        "Half of the matrix is counted, without its diagonal; the numbers are divided by four."
    ),
    "1/8*L*(L - 1)/2": (
        "Half of the matrix is counted, without its diagonal; the numbers are divided by eight."
    ),
    "1/2*L*(L - 1)/2": (
        "Half of the matrix is counted, without its diagonal; half a byte is charged for each number."
    ),
    "3*L*(L - 1)/2": (
        "Half of the matrix is counted, without its diagonal; three bytes are charged for each number."
    ),
    "128*L*(L - 1)/2": (
        "Half of the matrix is counted, without its diagonal; these are bits, and four times too many."
    ),
    "1*L*(L + 1)/2": (
        "Half of the matrix is counted, with its diagonal; a single byte, or none, is charged for each "
        "number."
    ),
    "2*L*(L + 1)/2": (
        "Half of the matrix is counted, with its diagonal; two bytes are charged for each number (half "
        "precision)."
    ),
    "8*L*(L + 1)/2": (
        "Half of the matrix is counted, with its diagonal; eight bytes are charged for each number "
        "(double precision, or two matrices)."
    ),
    "12*L*(L + 1)/2": (
        "Half of the matrix is counted, with its diagonal; twelve bytes are charged for each number "
        "(three matrices, or a training step)."
    ),
    "16*L*(L + 1)/2": (
        "Half of the matrix is counted, with its diagonal; sixteen bytes are charged for each number."
    ),
    "32*L*(L + 1)/2": "Half of the matrix is counted, with its diagonal; these are bits, not bytes.",
    "64*L*(L + 1)/2": (
        "Half of the matrix is counted, with its diagonal; these are bits, and of double precision."
    ),
    "1/4*L*(L + 1)/2": "Half of the matrix is counted, with its diagonal; the numbers are divided by four.",
    "1/8*L*(L + 1)/2": "Half of the matrix is counted, with its diagonal; the numbers are divided by eight.",
    "1/2*L*(L + 1)/2": (
        "Half of the matrix is counted, with its diagonal; half a byte is charged for each number."
    ),
    "3*L*(L + 1)/2": (
        "Half of the matrix is counted, with its diagonal; three bytes are charged for each number."
    ),
    "128*L*(L + 1)/2": (
        "Half of the matrix is counted, with its diagonal; these are bits, and four times too many."
    ),
    "12*L*(L - 1)": (
        "The diagonal is left out; a token looks at itself as well; twelve bytes are charged for each "
        "number (three matrices, or a training step)."
    ),
    "3*L*(L - 1)": (
        "The diagonal is left out; a token looks at itself as well; three bytes are charged for each number."
    ),
    "128*L*(L - 1)": (
        "The diagonal is left out; a token looks at itself as well; these are bits, and four times too many."
    ),
    "4*L**3": "L is in it three times; an L×L matrix has L·L entries.",
    "1*L**3": (
        "L is in it three times; an L×L matrix has L·L entries; a single byte, or none, is charged for "
        "each number."
    ),
    "2*L**3": (
        "L is in it three times; an L×L matrix has L·L entries; two bytes are charged for each number "
        "(half precision)."
    ),
    "8*L**3": (
        "L is in it three times; an L×L matrix has L·L entries; eight bytes are charged for each "
        "number (double precision, or two matrices)."
    ),
    "12*L**3": (
        "L is in it three times; an L×L matrix has L·L entries; twelve bytes are charged for each "
        "number (three matrices, or a training step)."
    ),
    "16*L**3": (
        "L is in it three times; an L×L matrix has L·L entries; sixteen bytes are charged for each number."
    ),
    "32*L**3": "L is in it three times; an L×L matrix has L·L entries; these are bits, not bytes.",
    "64*L**3": (
        "L is in it three times; an L×L matrix has L·L entries; these are bits, and of double precision."
    ),
    "1/4*L**3": "L is in it three times; an L×L matrix has L·L entries; the numbers are divided by four.",
    "1/8*L**3": "L is in it three times; an L×L matrix has L·L entries; the numbers are divided by eight.",
    "1/2*L**3": (
        "L is in it three times; an L×L matrix has L·L entries; half a byte is charged for each number."
    ),
    "3*L**3": (
        "L is in it three times; an L×L matrix has L·L entries; three bytes are charged for each number."
    ),
    "128*L**3": (
        "L is in it three times; an L×L matrix has L·L entries; these are bits, and four times too many."
    ),
    "4*L**4": "The entries are squared; an L×L matrix has L·L entries.",
    "1*L**4": (
        "The entries are squared; an L×L matrix has L·L entries; a single byte, or none, is charged "
        "for each number."
    ),
    "2*L**4": (
        "The entries are squared; an L×L matrix has L·L entries; two bytes are charged for each number "
        "(half precision)."
    ),
    "8*L**4": (
        "The entries are squared; an L×L matrix has L·L entries; eight bytes are charged for each "
        "number (double precision, or two matrices)."
    ),
    "12*L**4": (
        "The entries are squared; an L×L matrix has L·L entries; twelve bytes are charged for each "
        "number (three matrices, or a training step)."
    ),
    "16*L**4": (
        "The entries are squared; an L×L matrix has L·L entries; sixteen bytes are charged for each number."
    ),
    "32*L**4": "The entries are squared; an L×L matrix has L·L entries; these are bits, not bytes.",
    "64*L**4": (
        "The entries are squared; an L×L matrix has L·L entries; these are bits, and of double precision."
    ),
    "1/4*L**4": "The entries are squared; an L×L matrix has L·L entries; the numbers are divided by four.",
    "1/8*L**4": "The entries are squared; an L×L matrix has L·L entries; the numbers are divided by eight.",
    "1/2*L**4": (
        "The entries are squared; an L×L matrix has L·L entries; half a byte is charged for each number."
    ),
    "3*L**4": (
        "The entries are squared; an L×L matrix has L·L entries; three bytes are charged for each number."
    ),
    "128*L**4": (
        "The entries are squared; an L×L matrix has L·L entries; these are bits, and four times too many."
    ),
    "4*L*d*n": "D and n are in it; a weight is one number for each pair of tokens.",
    "1*L*d*n": (
        "D and n are in it; a weight is one number for each pair of tokens; a single byte, or none, is "
        "charged for each number."
    ),
    "2*L*d*n": (
        "D and n are in it; a weight is one number for each pair of tokens; two bytes are charged for "
        "each number (half precision)."
    ),
    "8*L*d*n": (
        "D and n are in it; a weight is one number for each pair of tokens; eight bytes are charged "
        "for each number (double precision, or two matrices)."
    ),
    "12*L*d*n": (
        "D and n are in it; a weight is one number for each pair of tokens; twelve bytes are charged "
        "for each number (three matrices, or a training step)."
    ),
    "16*L*d*n": (
        "D and n are in it; a weight is one number for each pair of tokens; sixteen bytes are charged "
        "for each number."
    ),
    "32*L*d*n": (
        "D and n are in it; a weight is one number for each pair of tokens; these are bits, not bytes."
    ),
    "64*L*d*n": (
        "D and n are in it; a weight is one number for each pair of tokens; these are bits, and of "
        "double precision."
    ),
    "1/4*L*d*n": (
        "D and n are in it; a weight is one number for each pair of tokens; the numbers are divided by four."
    ),
    "1/8*L*d*n": (
        "D and n are in it; a weight is one number for each pair of tokens; the numbers are divided by eight."
    ),
    "1/2*L*d*n": (
        "D and n are in it; a weight is one number for each pair of tokens; half a byte is charged for "
        "each number."
    ),
    "3*L*d*n": (
        "D and n are in it; a weight is one number for each pair of tokens; three bytes are charged "
        "for each number."
    ),
    "128*L*d*n": (
        "D and n are in it; a weight is one number for each pair of tokens; these are bits, and four "
        "times too many."
    ),
    "12*(L**2 + L*n)": (
        "The queries (or keys, or values) are counted as well; twelve bytes are charged for each "
        "number (three matrices, or a training step)."
    ),
    "32*(L**2 + L*n)": "The queries (or keys, or values) are counted as well; these are bits, not bytes.",
    "64*(L**2 + L*n)": (
        "The queries (or keys, or values) are counted as well; these are bits, and of double precision."
    ),
    "3*(L**2 + L*n)": (
        "The queries (or keys, or values) are counted as well; three bytes are charged for each number."
    ),
    "128*(L**2 + L*n)": (
        "The queries (or keys, or values) are counted as well; these are bits, and four times too many."
    ),
    "4*(L**2 + 3*L*n)": "Queries, keys and values are counted as well.",
    "1*(L**2 + 3*L*n)": (
        "Queries, keys and values are counted as well; a single byte, or none, is charged for each number."
    ),
    "2*(L**2 + 3*L*n)": (
        "Queries, keys and values are counted as well; two bytes are charged for each number (half "
        "precision)."
    ),
    "8*(L**2 + 3*L*n)": (
        "Queries, keys and values are counted as well; eight bytes are charged for each number (double "
        "precision, or two matrices)."
    ),
    "12*(L**2 + 3*L*n)": (
        "Queries, keys and values are counted as well; twelve bytes are charged for each number (three "
        "matrices, or a training step)."
    ),
    "16*(L**2 + 3*L*n)": (
        "Queries, keys and values are counted as well; sixteen bytes are charged for each number."
    ),
    "32*(L**2 + 3*L*n)": "Queries, keys and values are counted as well; these are bits, not bytes.",
    "64*(L**2 + 3*L*n)": (
        "Queries, keys and values are counted as well; these are bits, and of double precision."
    ),
    "1/4*(L**2 + 3*L*n)": "Queries, keys and values are counted as well; the numbers are divided by four.",
    "1/8*(L**2 + 3*L*n)": "Queries, keys and values are counted as well; the numbers are divided by eight.",
    "1/2*(L**2 + 3*L*n)": (
        "Queries, keys and values are counted as well; half a byte is charged for each number."
    ),
    "3*(L**2 + 3*L*n)": (
        "Queries, keys and values are counted as well; three bytes are charged for each number."
    ),
    "128*(L**2 + 3*L*n)": (
        "Queries, keys and values are counted as well; these are bits, and four times too many."
    ),
    "4*(L**2 + L*d)": "X is counted as well.",
    "1*(L**2 + L*d)": "X is counted as well; a single byte, or none, is charged for each number.",
    "2*(L**2 + L*d)": "X is counted as well; two bytes are charged for each number (half precision).",
    "8*(L**2 + L*d)": (
        "X is counted as well; eight bytes are charged for each number (double precision, or two matrices)."
    ),
    "12*(L**2 + L*d)": (
        "X is counted as well; twelve bytes are charged for each number (three matrices, or a training step)."
    ),
    "16*(L**2 + L*d)": "X is counted as well; sixteen bytes are charged for each number.",
    "32*(L**2 + L*d)": "X is counted as well; these are bits, not bytes.",
    "64*(L**2 + L*d)": "X is counted as well; these are bits, and of double precision.",
    "1/4*(L**2 + L*d)": "X is counted as well; the numbers are divided by four.",
    "1/8*(L**2 + L*d)": "X is counted as well; the numbers are divided by eight.",
    "1/2*(L**2 + L*d)": "X is counted as well; half a byte is charged for each number.",
    "3*(L**2 + L*d)": "X is counted as well; three bytes are charged for each number.",
    "128*(L**2 + L*d)": "X is counted as well; these are bits, and four times too many.",
    "1*L**2/1000": "These are kB, not bytes, and not of four bytes an entry.",
    "2*L**2/1000": "These are kB, not bytes, and not of four bytes an entry.",
    "8*L**2/1000": "These are kB, not bytes, and not of four bytes an entry.",
    "32*L**2/1000": "These are kB, not bytes, and not of four bytes an entry.",
    "1*L**2/10**6": "These are MB, not bytes, and not of four bytes an entry.",
    "2*L**2/10**6": "These are MB, not bytes, and not of four bytes an entry.",
    "8*L**2/10**6": "These are MB, not bytes, and not of four bytes an entry.",
    "32*L**2/10**6": "These are MB, not bytes, and not of four bytes an entry.",
    "1*L**2/10**9": "These are GB, not bytes, and not of four bytes an entry.",
    "2*L**2/10**9": "These are GB, not bytes, and not of four bytes an entry.",
    "8*L**2/10**9": "These are GB, not bytes, and not of four bytes an entry.",
    "32*L**2/10**9": "These are GB, not bytes, and not of four bytes an entry.",
    "1*L**2/1024": "These are KiB, not bytes, and not of four bytes an entry.",
    "2*L**2/1024": "These are KiB, not bytes, and not of four bytes an entry.",
    "8*L**2/1024": "These are KiB, not bytes, and not of four bytes an entry.",
    "32*L**2/1024": "These are KiB, not bytes, and not of four bytes an entry.",
    "1*L**2/1024**2": "These are MiB, not bytes, and not of four bytes an entry.",
    "2*L**2/1024**2": "These are MiB, not bytes, and not of four bytes an entry.",
    "8*L**2/1024**2": "These are MiB, not bytes, and not of four bytes an entry.",
    "32*L**2/1024**2": "These are MiB, not bytes, and not of four bytes an entry.",
    "1*L**2/1024**3": "These are GiB, not bytes, and not of four bytes an entry.",
    "2*L**2/1024**3": "These are GiB, not bytes, and not of four bytes an entry.",
    "8*L**2/1024**3": "These are GiB, not bytes, and not of four bytes an entry.",
    "32*L**2/1024**3": "These are GiB, not bytes, and not of four bytes an entry.",
}

WRONG = {f"12*B*h*({text})": said for text, said in OF_ONE.items()}
RIGHT = [
    "12*B*h*(4*L*L)",
    "12*B*h*((2*L)**2)",
    "12*B*h*(L**2*4)",
    "12*B*h*(L*(4*L))",
    "12*B*h*(2*L*2*L)",
    "12*B*h*(32*L**2/8)",
]
