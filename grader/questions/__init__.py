"""What is asked: inputs drawn from a seed, and the values that are a student's own."""
