"""Numbers that formulas are worked out in: exact fractions, and what is irrational to eighty digits.

What `grader.formula` does with Python's `fractions` and `decimal`, neither of which MicroPython has. A number
is a pair (numerator, denominator), or a `Real`.
"""

BITS = 270  # of a real number: a little more than eighty digits
GUARD = 64  # more of them while one is worked out
LARGEST_EXPONENT = 2302585092994045681  # of exp: beyond it Python's decimal overflows, too
AGREE = 10**40  # irrational numbers that are closer than one part of this are equal


class Real:
    """m · 2**e, with m of at most `BITS` bits."""

    def __init__(self, m, e=0):
        spare = bit_length(m) - BITS
        if spare > 0:
            m, e = ((m >> (spare - 1)) + 1) >> 1, e + spare
        self.m, self.e = m, e


def bit_length(n):
    return 4 * (len(hex(abs(n))) - 2) if n else 0


def shifted(m, by):
    """m · 2**by, rounded down."""
    return m << by if by >= 0 else m >> -by


def fraction(above, below=1):
    """An exact number in lowest terms.

    Raises:
        ZeroDivisionError: the denominator is zero.
    """
    if below == 1:
        return above, 1
    if not below:
        raise ZeroDivisionError
    a, b = abs(above), abs(below)
    while b:
        a, b = b, a % b
    a = -a if below < 0 else a
    return above // a, below // a


def is_exact(x):
    return isinstance(x, tuple)


def real(x):
    """A number as a `Real`."""
    if not is_exact(x):
        return x
    above, below = x
    if below == 1:
        return Real(above)
    up = max(0, BITS + GUARD + bit_length(below) - bit_length(above))
    return Real((above << up) // below, -up)


def nearest_float(x):
    """As a number of the machine; infinite where it is too large for one."""
    x = real(x)
    spare = max(0, bit_length(x.m) - 60)
    m, e = x.m >> spare, x.e + spare
    if e > 1000 or e < -1140:
        return 0.0 if e < 0 or not m else float("inf") if m > 0 else -float("inf")
    half = e // 2  # or one factor alone is too small to be held
    return float(m) * 2.0**half * 2.0 ** (e - half)


# -- sums and products ------------------------------------------------------------------------------------


def add(a, b):
    if is_exact(a) and is_exact(b):
        return fraction(a[0] * b[1] + b[0] * a[1], a[1] * b[1])
    a, b = real(a), real(b)
    if not a.m or not b.m:
        return b if not a.m else a
    if a.e < b.e:
        a, b = b, a
    apart = a.e - b.e
    if apart > 2 * BITS + GUARD:  # too small to be seen beside the other
        return a
    return Real((a.m << apart) + b.m, b.e)


def negative(a):
    return (-a[0], a[1]) if is_exact(a) else Real(-a.m, a.e)


def subtract(a, b):
    return add(a, negative(b))


def multiply(a, b):
    if is_exact(a) and is_exact(b):
        return fraction(a[0] * b[0], a[1] * b[1])
    a, b = real(a), real(b)
    return Real(a.m * b.m, a.e + b.e)


def divide(a, b):
    if is_exact(a) and is_exact(b):
        return fraction(a[0] * b[1], a[1] * b[0])
    a, b = real(a), real(b)
    if not b.m:
        raise ZeroDivisionError
    up = max(0, BITS + GUARD + bit_length(b.m) - bit_length(a.m))
    return Real((a.m << up) // b.m, a.e - up - b.e)


def sign(a):
    m = a[0] if is_exact(a) else a.m
    return (m > 0) - (m < 0)


def is_less(a, b):
    return sign(subtract(a, b)) < 0


def size(a):
    return negative(a) if sign(a) < 0 else a


def close(a, b):
    """Whether two numbers are equal, as far as eighty digits tell."""
    if is_exact(a) and is_exact(b):
        return a[0] * b[1] == b[0] * a[1]
    bound = max_of([size(a), size(b), (1, 1)])
    return not is_less(bound, multiply((AGREE, 1), size(subtract(a, b))))


def max_of(numbers):
    largest = numbers[0]
    for number in numbers[1:]:
        if is_less(largest, number):
            largest = number
    return largest


def min_of(numbers):
    return negative(max_of([negative(number) for number in numbers]))


def floor(a):
    if is_exact(a):
        return a[0] // a[1], 1
    below = shifted(a.m, a.e)
    for nearest in (below, below + 1):
        if close(a, (nearest, 1)):  # √L·√L is a whole number, though its last digits are not
            return Real(nearest)
    return Real(below)


def ceil(a):
    return negative(floor(negative(a)))


# -- roots, logarithms, powers ----------------------------------------------------------------------------


def whole_root(n):
    """The root of a whole number, rounded down."""
    if n < 0:
        raise ValueError
    x = 1 << (bit_length(n) // 2 + 1)
    while True:
        closer = (x + n // x) >> 1 if x else 0
        if closer >= x:
            return x
        x = closer


def root(a):
    """Raises ValueError for a negative number."""
    if sign(a) < 0:
        raise ValueError
    if is_exact(a):
        above, below = whole_root(a[0]), whole_root(a[1])
        if above * above == a[0] and below * below == a[1]:
            return above, below
    a = real(a)
    up = 2 * (BITS + GUARD) + (a.e & 1)
    return Real(whole_root(a.m << up), (a.e - up) // 2)


ONE = 1 << (BITS + 2 * GUARD)  # one, in the fixed point that logarithms and powers are worked out in


def _log_of_fixed(x):
    """The logarithm of x / ONE, between a half and four, in the same fixed point."""
    roots = 8
    for _ in range(roots):
        x = whole_root(x * ONE)
    z = (x - ONE) * ONE // (x + ONE)
    square, total, term, n = z * z // ONE, 0, z, 1
    while term:
        total += term // n
        term = -(-term * square // ONE) if term < 0 else term * square // ONE
        n += 2
    return total * 2 << roots


LOG_OF_TWO = _log_of_fixed(2 * ONE)


def log(a):
    """The natural logarithm. Raises ValueError where there is none."""
    if sign(a) <= 0:
        raise ValueError
    a = real(a)
    bits = bit_length(a.m)
    fixed = shifted(a.m, BITS + 2 * GUARD - bits)  # between 1/16 and 1: hexadecimal digits are counted
    while fixed < ONE:
        fixed, bits = fixed << 1, bits - 1
    return Real(_log_of_fixed(fixed) + (a.e + bits) * LOG_OF_TWO, -(BITS + 2 * GUARD))


def log2(a):
    return divide(log(a), Real(LOG_OF_TWO, -(BITS + 2 * GUARD)))


def exp(a):
    """Raises OverflowError as Python's decimal does."""
    a = real(a)
    if is_less((LARGEST_EXPONENT, 1), a):
        raise OverflowError
    if is_less(a, (-LARGEST_EXPONENT, 1)):
        return Real(0)
    fixed = shifted(a.m, a.e + BITS + 2 * GUARD)
    twos = fixed // LOG_OF_TWO
    halvings = 16
    x = (fixed - twos * LOG_OF_TWO) >> halvings
    total, term, n = ONE, ONE, 1
    while term:
        term = term * x // ONE // n
        total += term
        n += 1
    for _ in range(halvings):
        total = total * total // ONE
    return Real(total, twos - (BITS + 2 * GUARD))


def power(base, exponent):
    if is_exact(exponent) and exponent[1] == 1:
        n = exponent[0]
        if is_exact(base):
            above, below = (base[0], base[1]) if n >= 0 else (base[1], base[0])
            return fraction(above ** abs(n), below ** abs(n))
        result = (1, 1)
        for _ in range(abs(n)):
            result = multiply(result, base)
        return divide((1, 1), result) if n < 0 else result
    if exponent == (1, 2):
        return root(base)
    if not sign(base):
        if sign(exponent) <= 0:
            raise ZeroDivisionError
        return Real(0)
    return exp(multiply(exponent, log(base)))
