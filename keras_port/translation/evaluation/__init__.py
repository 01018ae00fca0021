"""A graph evaluated symbolically into expressions; its while loops become recurrences over expressions."""
