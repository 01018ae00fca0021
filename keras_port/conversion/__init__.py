"""TensorFlow 1 checkpoints to Keras models and back.

`convert` turns checkpoints of the tutorial's three networks into .keras files and back, by way of
`checkpoint` (the files), `identify` (which network a checkpoint holds), `tf1_names`, `weight_map`
(which variable is which weight) and `gates` (their order). `cells` fills Keras layers of any network.
"""
