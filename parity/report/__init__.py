"""Shows what comparisons found: as text (`table`), and as a page with plots (`report`, `page`, `markup`, `plots`).

`recorded` holds what TensorFlow 1.15 itself computed for the tutorial's programs.
"""
