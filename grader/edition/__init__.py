"""A student edition of the course: exercises without their answers, and no solutions beside them."""
