"""What a `BasicDecoder` reads next: given inputs, its own samples, or a mixture.

Stands for `contrib.seq2seq.python.ops.helper` of TensorFlow 1.15. A helper says three things:
the first inputs, the sample taken from an output, and the inputs that follow a sample. The
table tells the helpers apart:

| helper | sample | next inputs |
| --- | --- | --- |
| TrainingHelper | argmax | the given inputs |
| ScheduledEmbeddingTrainingHelper | a draw, or -1 | the drawn symbol's embedding, or the given inputs |
| ScheduledOutputTrainingHelper | a coin | the output itself, or the given inputs |
| GreedyEmbeddingHelper | argmax | the symbol's embedding |
| SampleEmbeddingHelper | a draw | the symbol's embedding |
| InferenceHelper, CustomHelper | your function | your function |
"""

# With the private names that programs of the time took from the file.
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
