"""Reports of comparisons: as text (`table`), and as a page with plots (`report`, `page`, `markup`, `plots`).

`recorded` reads what TensorFlow 1.15 computed for the tutorial programs.
"""
