"""TensorFlow 1 checkpoints to Keras models and back.

`convert` converts checkpoints of the tutorial's three networks to .keras files and back, using
`checkpoint` (the files), `identify` (which network a checkpoint holds), `tf1_names`, `weight_map`
(which variable is which weight) and `gates` (their order). `cells` fills Keras layers of any network.
"""
