"""Sets a TF 1 graph and a Keras model side by side, and says where they differ."""
