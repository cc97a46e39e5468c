"""Networks that see: one architecture a file, each with its module, a table VARIANTS, and `build`."""
