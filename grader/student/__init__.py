"""Where student code meets ours: in a notebook's kernel, or in a process that runs a file."""

CONFINED = "COURSE_CONFINED"  # a variable that is set in the sandbox, and nowhere else
CODE = 2  # the process of the sandbox that runs student code
