"""Every picture of `course.show` on one page, drawn from models that are trained on the spot.

python -m course.gallery [FILE]
"""
