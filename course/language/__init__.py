"""Sequences to sequences: the Transformer, what came before it, and how a sentence is written with them."""
