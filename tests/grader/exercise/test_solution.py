"""The cell for an answer, made from the reference."""

import textwrap

from grader.exercise.solution import of_code, of_value


def one_line(x):
    """Twice x.

    x: (L,) -> (L,)
    """
    return 2 * x  # a comment stays


def with_helper(x):
    # a comment in front is the solution's
    def helper(y):
        return y + 1

    return helper(x)


class Layer:
    """A layer."""

    def __init__(self, d):
        super().__init__()
        self.d = d

    def forward(self, x):
        return x * self.d


def marked(x):
    y = x + 1
    ### BEGIN SOLUTION
    y = y * 2
    ### END SOLUTION
    return y


def test_a_value():
    expected = 'n = ""  # a formula\n### BEGIN SOLUTION\nn = "2*L"\n### END SOLUTION'
    assert of_value("n", '""', "a formula", '"2*L"') == expected


def test_signature_and_docstring_stay():
    expected = '''
        def one_line(x):
            """Twice x.

            x: (L,) -> (L,)
            """
            ### BEGIN SOLUTION
            return 2 * x  # a comment stays
            ### END SOLUTION
    '''
    assert of_code(one_line) == textwrap.dedent(expected).strip()


def test_an_inner_function_belongs_to_the_solution():
    lines = of_code(with_helper).split("\n")
    assert lines.count("    ### BEGIN SOLUTION") == 1 and lines[-1] == "    ### END SOLUTION"
    assert lines.index("    ### BEGIN SOLUTION") < lines.index("    def helper(y):")


def test_each_method_of_a_class():
    text = of_code(Layer)
    assert text.count("### BEGIN SOLUTION") == text.count("### END SOLUTION") == 2
    assert "super().__init__()\n        ### BEGIN SOLUTION\n        self.d = d" in text


def test_marks_of_the_author_stay():
    assert of_code(marked).count("### BEGIN SOLUTION") == 1
    assert "    y = x + 1\n    ### BEGIN SOLUTION" in of_code(marked)
