"""Slips: small changes of a right answer's syntax tree, each with the sentence that names it.

Pure syntax: nothing here knows exercises, questions or verdicts.
"""
