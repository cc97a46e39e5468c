"""A student who was refused wrongly: a person's word on an answer, where it is kept, what it does."""
