"""TensorFlow 1 RNN programs on today's TensorFlow, faithful to the letter of their graphs."""
