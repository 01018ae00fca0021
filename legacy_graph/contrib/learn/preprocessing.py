"""`tf.contrib.learn.preprocessing`: maps text to word ids."""

import collections
import pickle
import re

import numpy as np
import tensorflow.compat.v1 as tf

from legacy_graph.namespace import refuse_unknown

# A run of capitals, a capitalized part of a CamelCase word, or a run of letters, digits, ' and -.
_WORD = re.compile(r"[A-Z]{2,}(?![a-z])|[A-Z][a-z]+(?=[A-Z])|['\w\-]+")


def tokenizer(iterator):
    """Yield the list of words of each text."""
    for text in iterator:
        yield _WORD.findall(text)


class CategoricalVocabulary:
    """Maps categories to ids 1, 2, 3, ... in order of appearance; id 0 is the unknown token."""

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
        """Freeze the vocabulary: new categories get id 0 from now on."""
        self._freeze = freeze

    def get(self, category):
        """Return the id of a category. A new category gets a new id, or 0 if the vocabulary is frozen."""
        if category not in self._mapping:
            if self._freeze:
                return 0
            self._mapping[category] = len(self._mapping)
            self._reverse_mapping.append(category)
        return self._mapping[category]

    def add(self, category, count=1):
        """Add to the count of a category."""
        if self.get(category) > 0:
            self._freq[category] += count

    def trim(self, min_frequency, max_frequency=-1):
        """Keep categories that were counted more than `min_frequency` times, most frequent first.

        Ties are in alphabetical order. If `max_frequency` is above 0, categories counted that often
        or more are removed.
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
        """Return the category of an id. Raises ValueError without `support_reverse`."""
        if not self._support_reverse:
            raise ValueError("This vocabulary wasn't initialized with support_reverse to support reverse() function.")
        return self._reverse_mapping[class_id]


class VocabularyProcessor:
    """Maps texts to rows of word ids: int64, (max_document_length,), zero-padded.

    Args:
      max_document_length: longer texts are truncated.
      min_frequency: if above 0, keep only words that occur more often than this.
      vocabulary: a CategoricalVocabulary; default a new one.
      tokenizer_fn: function from an iterable of texts to lists of words.
    """

    def __init__(self, max_document_length, min_frequency=0, vocabulary=None, tokenizer_fn=None):
        self.max_document_length = max_document_length
        self.min_frequency = min_frequency
        self.vocabulary_ = vocabulary or CategoricalVocabulary()
        self._tokenizer = tokenizer_fn or tokenizer

    def fit(self, raw_documents, unused_y=None):
        """Build the vocabulary from the texts, then freeze it; return self."""
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
        """Yield the row of word ids of each text."""
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
        """Save this processor to a file with pickle."""
        with tf.gfile.Open(filename, "wb") as out:
            out.write(pickle.dumps(self))

    @classmethod
    def restore(cls, filename):
        """Load a processor written by `save`. It is unpickled: only load files that you trust."""
        with tf.gfile.Open(filename, "rb") as stream:
            return pickle.loads(stream.read())


__all__ = ["CategoricalVocabulary", "VocabularyProcessor", "tokenizer"]
__getattr__ = refuse_unknown("tf.contrib.learn.preprocessing", __all__)
