"""Helpers, which choose a `BasicDecoder`'s inputs: given inputs, samples, or a mixture.

Stands for `contrib.seq2seq.python.ops.helper` of TensorFlow 1.15. A helper defines the first
inputs, how to sample from an output, and the inputs that follow a sample:

| helper | sample | next inputs |
| --- | --- | --- |
| TrainingHelper | argmax | the given inputs |
| ScheduledEmbeddingTrainingHelper | a categorical sample, or -1 | the sample's embedding, or the given inputs |
| ScheduledOutputTrainingHelper | a Bernoulli sample | the output itself, or the given inputs |
| GreedyEmbeddingHelper | argmax | the symbol's embedding |
| SampleEmbeddingHelper | a categorical sample | the sample's embedding |
| InferenceHelper, CustomHelper | your function | your function |
"""

# Includes private names that programs for TF 1 import from that file.
from legacy_graph.contrib.rnn import transpose_batch_time as _transpose_batch_time
from legacy_graph.contrib.seq2seq.helper_base import Helper
from legacy_graph.contrib.seq2seq.inference_helpers import (
    CustomHelper,
    GreedyEmbeddingHelper,
    InferenceHelper,
    SampleEmbeddingHelper,
)
from legacy_graph.contrib.seq2seq.sampling import _call_sampler, bernoulli_sample, categorical_sample
from legacy_graph.contrib.seq2seq.training_helpers import (
    ScheduledEmbeddingTrainingHelper,
    ScheduledOutputTrainingHelper,
    TrainingHelper,
    _unstack_ta,
)

__all__ = [
    "CustomHelper",
    "GreedyEmbeddingHelper",
    "Helper",
    "InferenceHelper",
    "SampleEmbeddingHelper",
    "ScheduledEmbeddingTrainingHelper",
    "ScheduledOutputTrainingHelper",
    "TrainingHelper",
]
