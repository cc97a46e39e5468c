"""The exercises of the course, one file a lesson. Each file names its lesson in ``LESSON``."""
