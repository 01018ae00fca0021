"""The loop over the time steps on PyTorch: the LSTM kernel of torch.nn.LSTM, with our weights; cuDNN's on a GPU.

PyTorch's gates stand in Keras's order, i, f, candidate, o; its matrices are the transposes. It adds two
biases; the second is zero. cuDNN reads all weights from one piece of memory, in that order; elsewhere PyTorch
would copy them there at every call, and warn.
"""

import torch


def is_faster(inputs, units, training):
    """Always: nothing is compiled."""
    return True


def recurrence(inputs, kernel, recurrent_kernel, bias, h, c, every_step):
    """See keras_port.recurrence."""
    weights = [kernel.T.contiguous(), recurrent_kernel.T.contiguous(), bias, torch.zeros_like(bias)]
    if inputs.is_cuda:
        together = torch.cat([part.reshape(-1) for part in weights]).split([part.numel() for part in weights])
        weights = [part.view(whole.shape) for part, whole in zip(together, weights)]
    outputs, h, c = torch.lstm(
        inputs,
        (h[None], c[None]),
        weights,
        has_biases=True,
        num_layers=1,
        dropout=0.0,
        train=torch.is_grad_enabled(),
        bidirectional=False,
        batch_first=True,
    )
    return outputs if every_step else h[0], h[0], c[0]
