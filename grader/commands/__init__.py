"""Commands of `grader`, a file for each group of people; `grader.cli` adds them."""
