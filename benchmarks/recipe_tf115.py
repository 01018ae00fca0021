"""A tutorial recipe on real TensorFlow 1.15, as the tutorial program has it: `python recipe_tf115.py MODEL STEPS DIR`.

Reads the digits, builds the program, trains, measures accuracy every 20 steps, saves. For Python 3.7.
"""

import os
import sys

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")


def main():
    """Train."""
    network, steps, folder = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    sys.path.insert(0, os.path.join(ROOT, "tests", "golden"))
    import tensorflow as tf
    from programs import program_module
    from tensorflow.examples.tutorials.mnist import input_data

    mnist = input_data.read_data_sets(os.path.join(ROOT, "mnist_digits", "data"), one_hot=True)
    program = program_module(tf, network).build()
    saver = tf.train.Saver()
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for step in range(steps):
            images, labels = mnist.train.next_batch(128)
            feed = {program.x: images.reshape(-1, 28, 28), program.y: labels}
            session.run([program.train_op], feed)
            if step % 20 == 0:
                print(session.run(program.accuracy, feed))
        print("saved", saver.save(session, os.path.join(folder, "model.ckpt"), global_step=steps))


if __name__ == "__main__":
    main()
