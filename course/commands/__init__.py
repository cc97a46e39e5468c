"""The parts of the `course` command, a file for each."""
