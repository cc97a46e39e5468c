"""Self-supervised methods: what an encoder can learn from images without labels, one method a file."""
