"""Exercises are data: one class a kind, all asked, compared and proven by the same machinery."""

from grader.exercise.base import Exercise, Question
from grader.exercise.formula import Formula
from grader.exercise.formulas import Entry, Formulas
from grader.exercise.function import Function
from grader.exercise.matching import Matching
from grader.exercise.module import Module, Spread
from grader.exercise.number import Number
from grader.exercise.property_test import PropertyTest
from grader.exercise.quiz import Quiz
from grader.exercise.training_outcome import Halfway, TrainingOutcome

__all__ = [
    "Entry",
    "Exercise",
    "Formula",
    "Formulas",
    "Function",
    "Halfway",
    "Matching",
    "Module",
    "Number",
    "PropertyTest",
    "Question",
    "Quiz",
    "Spread",
    "TrainingOutcome",
]
