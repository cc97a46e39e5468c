"""What the gradebook says of a class, and how it leaves for other programs; late penalties."""
