"""The documents' training recipe, and what the command lines of both wings share.

`values` holds the hyperparameters, `command` the flags and the exit statuses, `progress` what a
training run shows and logs, `files` how results reach the disk. Imports no TensorFlow.
"""

from recipe.data import digits
from recipe.errors import InputError
from recipe.files import keep_earlier, replacing
from recipe.progress import Progress
from recipe.values import DOCUMENTS, MODELS, TITLES, Recipe

__all__ = ["DOCUMENTS", "InputError", "MODELS", "Progress", "Recipe", "digits", "keep_earlier", "replacing"]
