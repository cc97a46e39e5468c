"""What runs beside student code: a question goes in, what the answer makes of it comes out."""
