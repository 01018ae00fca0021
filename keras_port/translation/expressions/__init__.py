"""What a graph computes, as expressions; their shapes and sizes; patterns of them, and rules that rewrite them."""
