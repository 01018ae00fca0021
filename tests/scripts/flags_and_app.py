# tf.app.flags and tf.app.run: the exit status is what main returns.
import sys
import tensorflow as tf

flags = tf.app.flags
flags.DEFINE_string("model", "small", "A type of model.")
flags.DEFINE_integer("num_steps", 20, "Number of steps.")
flags.DEFINE_float("learning_rate", 0.5, "Learning rate.")
tf.flags.DEFINE_boolean("use_fp16", False, "Train using 16-bit floats.")
FLAGS = flags.FLAGS


class SmallConfig(object):
    hidden_size = 200


def main(argv):
    assert len(argv) == 1, argv
    tf.logging.set_verbosity(tf.logging.INFO)
    print(FLAGS.model, FLAGS.num_steps, FLAGS.learning_rate, FLAGS.use_fp16, SmallConfig().hidden_size)
    with tf.Graph().as_default(), tf.Session() as sess:
        print(sess.run(tf.constant(FLAGS.num_steps) * 2))
    return 3


if __name__ == "__main__":
    tf.app.run()
