"""The LSTM layer of the three networks: computes the same as keras.layers.RNN(BasicLSTMCell(...)), faster.

layer.py says how; on_tensorflow.py, on_jax.py and on_torch.py hold the loop over the time steps, one a
backend. Each has one function,

    recurrence(inputs, kernel, recurrent_kernel, bias, h, c, every_step) -> (outputs, h, c)

of inputs (batch, steps, features), kernels and bias as BasicLSTMCell has them but with the forget bias
already in the bias, and the first states h and c (batch, units). `outputs` holds the h of every step,
(batch, steps, units), or is the last h where `every_step` is false.
"""

from keras_port.recurrence.layer import LSTM, InputProjection

__all__ = ["LSTM", "InputProjection"]
