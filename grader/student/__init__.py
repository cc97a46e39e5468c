"""Where student code meets ours: in a notebook's kernel, or in a process that runs a file."""
