"""The pages of docs/ that are worked out from the course: papers, mistakes, and what each lesson takes.

`python -m grader.handbook` writes them anew; with `--check` it says which are not as they would be.
"""
