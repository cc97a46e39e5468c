"""What students hand in, from a folder or a learning platform's zip into submitted/."""
