"""The pictures of the docs: `python -m docs.pictures` draws them all from what real runs measured.

`measure` runs the models and keeps what it saw in measured.json; the other modules draw from that. Nothing is
drawn by hand, and a picture is the same to the byte each time, so that a test can tell one that is out of date.
"""
