"""The judge: compares what came of the questions with what should, and says so."""
