"""`tf.contrib.learn.preprocessing`: words to numbers, as text scripts of TF 1 did it."""

import collections
import pickle
import re

import numpy as np
import tensorflow.compat.v1 as tf

from legacy_graph.namespace import refuse_unknown

# A run of capitals, a capitalised part of a CamelCase word, or letters, digits, ' and -.
_WORD = re.compile(r"[A-Z]{2,}(?![a-z])|[A-Z][a-z]+(?=[A-Z])|['\w\-]+")


def tokenizer(iterator):
    """Yield the list of words of each text."""
    for text in iterator:
        yield _WORD.findall(text)


class CategoricalVocabulary:
    """Numbers categories 1, 2, 3, ... in the order met; 0 is the unknown token."""

    def __init__(self, unknown_token="<UNK>", support_reverse=True):
        self._unknown_token = unknown_token
        self._support_reverse = support_reverse
        self._freq = collections.defaultdict(int)
        self._freeze = False
        self._number([])

    def _number(self, categories):
        self._reverse_mapping = [self._unknown_token, *categories]
        self._mapping = {category: number for number, category in enumerate(self._reverse_mapping)}

    def __len__(self):
        return len(self._mapping)

    def freeze(self, freeze=True):
        """Take no new categories from now on."""
        self._freeze = freeze

    def get(self, category):
        """Return a category's number, a new one for a new category; 0 where frozen."""
        if category not in self._mapping:
            if self._freeze:
                return 0
            self._mapping[category] = len(self._mapping)
            self._reverse_mapping.append(category)
        return self._mapping[category]

    def add(self, category, count=1):
        """Count a category."""
        if self.get(category) > 0:
            self._freq[category] += count

    def trim(self, min_frequency, max_frequency=-1):
        """Keep what was counted more than `min_frequency` times, most frequent first.

        Equally frequent ones are in alphabetical order. What was counted `max_frequency` times
        or more is left out, where that is above 0.
        """
        by_name = sorted(self._freq.items(), key=lambda item: (isinstance(item[0], str), item[0]))
        kept = [
            (category, count)
            for category, count in sorted(by_name, key=lambda item: item[1], reverse=True)
            if count > min_frequency and not 0 < max_frequency <= count
        ]
        self._number(category for category, _ in kept)
        self._freq = dict(kept)

    def reverse(self, class_id):
        """Return the category of a number; ValueError without support_reverse."""
        if not self._support_reverse:
            raise ValueError("This vocabulary wasn't initialized with support_reverse to support reverse() function.")
        return self._reverse_mapping[class_id]


class VocabularyProcessor:
    """Maps texts to rows of word numbers: int64, `max_document_length` long, padded with 0.

    Args:
      max_document_length: longer texts are cut.
      min_frequency: words must be more frequent than this, where it is above 0.
      vocabulary: a CategoricalVocabulary, a new one where None.
      tokenizer_fn: gives lists of words for an iterable of texts.
    """

    def __init__(self, max_document_length, min_frequency=0, vocabulary=None, tokenizer_fn=None):
        self.max_document_length = max_document_length
        self.min_frequency = min_frequency
        self.vocabulary_ = vocabulary or CategoricalVocabulary()
        self._tokenizer = tokenizer_fn or tokenizer

    def fit(self, raw_documents, unused_y=None):
        """Learn the words of the texts, then freeze the vocabulary; return self."""
        for words in self._tokenizer(raw_documents):
            for word in words:
                self.vocabulary_.add(word)
        if self.min_frequency > 0:
            self.vocabulary_.trim(self.min_frequency)
        self.vocabulary_.freeze()
        return self

    def fit_transform(self, raw_documents, unused_y=None):
        """`fit`, then `transform`."""
        self.fit(raw_documents)
        return self.transform(raw_documents)

    def transform(self, raw_documents):
        """Yield the row of word numbers of each text."""
        for words in self._tokenizer(raw_documents):
            row = np.zeros(self.max_document_length, np.int64)
            for place, word in enumerate(words[: self.max_document_length]):
                row[place] = self.vocabulary_.get(word)
            yield row

    def reverse(self, documents):
        """Yield each row's words, joined by spaces."""
        for row in documents:
            yield " ".join(self.vocabulary_.reverse(number) for number in row)

    def save(self, filename):
        """Write this processor to a file, as a pickle."""
        with tf.gfile.Open(filename, "wb") as out:
            out.write(pickle.dumps(self))

    @classmethod
    def restore(cls, filename):
        """Return the processor that `save` wrote. Unpickles: open only files you trust."""
        with tf.gfile.Open(filename, "rb") as stream:
            return pickle.loads(stream.read())


__all__ = ["CategoricalVocabulary", "VocabularyProcessor", "tokenizer"]
__getattr__ = refuse_unknown("tf.contrib.learn.preprocessing", __all__)
