"""Several modalities: pictures, words, sound and motion, each explaining another; one paper a file."""
