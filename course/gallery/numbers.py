"""The numbers from 0 to 999 in words, French and English: a language small enough to learn in a minute.

French counts in twenties from 60 on (97 is *quatre-vingt-dix-sept*, four twenties ten seven) where English
keeps to tens (*ninety-seven*), so a letter's source is not always where its place would say.
Spelling as in France before the reform of 1990: hyphens below a hundred, but *vingt et un*.
"""

UNITS = [
    *("zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf"),
    *("dix", "onze", "douze", "treize", "quatorze", "quinze", "seize", "dix-sept", "dix-huit", "dix-neuf"),
]
TENS = {20: "vingt", 30: "trente", 40: "quarante", 50: "cinquante", 60: "soixante"}

ENGLISH_UNITS = [
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven"),
    *("twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
]
ENGLISH_TENS = {
    **{20: "twenty", 30: "thirty", 40: "forty", 50: "fifty"},
    **{60: "sixty", 70: "seventy", 80: "eighty", 90: "ninety"},
}


def french(number: int) -> str:
    """0 to 999 in French words."""
    hundreds, rest = divmod(_checked(number), 100)
    if hundreds:
        several = f"{UNITS[hundreds]} cent" if hundreds > 1 else "cent"
        return f"{several} {french(rest)}" if rest else several + "s" * (hundreds > 1)
    if number < 20:
        return UNITS[number]
    if number >= 80:
        return f"quatre-vingt-{UNITS[number - 80]}" if number > 80 else "quatre-vingts"
    ten = min(number // 10 * 10, 60)
    unit = number - ten  # up to 19 behind 60
    if unit == 0:
        return TENS[ten]
    return TENS[ten] + (" et " if unit in (1, 11) else "-") + UNITS[unit]


def english(number: int) -> str:
    """0 to 999 in British English words."""
    hundreds, rest = divmod(_checked(number), 100)
    if hundreds:
        return f"{ENGLISH_UNITS[hundreds]} hundred" + (f" and {english(rest)}" if rest else "")
    if number < 20:
        return ENGLISH_UNITS[number]
    ten, unit = number // 10 * 10, number % 10
    return ENGLISH_TENS[ten] + (f"-{ENGLISH_UNITS[unit]}" if unit else "")


def _checked(number: int) -> int:
    if not 0 <= number <= 999:
        raise ValueError(f"numbers go from 0 to 999; got {number}")
    return number
