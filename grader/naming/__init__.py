"""Which sentence a wrong answer gets. A false name is worse than none."""
