"""What the op-seed cases of recurrent networks share."""


def x(tf, shape=(3, 5, 4), dtype="float32"):
    """Inputs: (batch, time, features) unless another shape is asked for."""
    return tf.placeholder(dtype, shape)


def rows(tf, number=3, batch=3):
    """Inputs, a row a step."""
    return [x(tf, (batch, 4)) for _ in range(number)]


def cells(tf):
    """Each cell and wrapper: {name: a function that makes one}."""
    rnn = tf.contrib.rnn
    return {
        "BasicRNNCell": lambda: rnn.BasicRNNCell(2),
        "BasicLSTMCell": lambda: rnn.BasicLSTMCell(2),
        "BasicLSTMCell of joined state": lambda: rnn.BasicLSTMCell(2, state_is_tuple=False),
        "BasicLSTMCell without forget bias": lambda: rnn.BasicLSTMCell(2, forget_bias=0.0),
        "BasicLSTMCell of relu": lambda: rnn.BasicLSTMCell(2, activation=tf.nn.relu),
        "GRUCell": lambda: rnn.GRUCell(2),
        "LSTMCell": lambda: rnn.LSTMCell(2),
        "LSTMCell with peepholes": lambda: rnn.LSTMCell(2, use_peepholes=True),
        "LSTMCell with projection": lambda: rnn.LSTMCell(2, num_proj=3),
        "LSTMCell clipped": lambda: rnn.LSTMCell(2, cell_clip=1.0, num_proj=3, proj_clip=1.0),
        "LSTMCell of an initializer": lambda: rnn.LSTMCell(
            2, initializer=tf.random_uniform_initializer(-0.1, 0.1)
        ),
        "LSTMCell partitioned": lambda: rnn.LSTMCell(2, num_unit_shards=2),
        "DropoutWrapper by place": lambda: rnn.DropoutWrapper(rnn.BasicLSTMCell(2), 0.5),
        "DropoutWrapper of output": lambda: rnn.DropoutWrapper(rnn.BasicLSTMCell(2), output_keep_prob=0.5),
        "DropoutWrapper of input and output": lambda: rnn.DropoutWrapper(
            rnn.GRUCell(2), input_keep_prob=0.8, output_keep_prob=0.5
        ),
        "DropoutWrapper of state": lambda: rnn.DropoutWrapper(rnn.BasicLSTMCell(2), state_keep_prob=0.5),
        "DropoutWrapper of 1": lambda: rnn.DropoutWrapper(rnn.BasicLSTMCell(2), 1.0, 1.0),
        "DropoutWrapper of a tensor": lambda: rnn.DropoutWrapper(
            rnn.BasicLSTMCell(2), output_keep_prob=tf.placeholder(tf.float32, [])
        ),
        "DropoutWrapper variational": lambda: rnn.DropoutWrapper(
            rnn.BasicLSTMCell(2), 0.5, 0.5, 0.5, variational_recurrent=True, dtype=tf.float32, input_size=4
        ),
        "DropoutWrapper with a seed": lambda: rnn.DropoutWrapper(rnn.BasicLSTMCell(2), 0.5, seed=3),
        "ResidualWrapper": lambda: rnn.ResidualWrapper(rnn.BasicRNNCell(4)),
        "DeviceWrapper": lambda: rnn.DeviceWrapper(rnn.BasicLSTMCell(2), "/cpu:0"),
        "MultiRNNCell": lambda: rnn.MultiRNNCell([rnn.BasicLSTMCell(2), rnn.BasicLSTMCell(3)]),
        "MultiRNNCell of joined states": lambda: rnn.MultiRNNCell(
            [rnn.GRUCell(2), rnn.GRUCell(2)], state_is_tuple=False
        ),
        "MultiRNNCell of one shared cell": lambda: rnn.MultiRNNCell([rnn.BasicLSTMCell(4)] * 3),
        "MultiRNNCell of shared dropout": lambda: rnn.MultiRNNCell(
            [rnn.DropoutWrapper(rnn.BasicLSTMCell(4), 0.5)] * 3
        ),
        "MultiRNNCell of dropout": lambda: rnn.MultiRNNCell(
            [rnn.DropoutWrapper(rnn.GRUCell(2), output_keep_prob=0.5) for _ in range(2)]
        ),
        "DropoutWrapper round MultiRNNCell": lambda: rnn.DropoutWrapper(
            rnn.MultiRNNCell([rnn.LSTMCell(2), rnn.LSTMCell(2)]), output_keep_prob=0.5
        ),
    }


def contrib_cells(tf):
    """As `cells`, of tf.contrib alone."""
    rnn = tf.contrib.rnn
    return {
        "LSTMBlockCell": lambda: rnn.LSTMBlockCell(2),
        "LSTMBlockCell with peepholes": lambda: rnn.LSTMBlockCell(2, use_peephole=True),
        "GRUBlockCell": lambda: rnn.GRUBlockCell(2),
        "GRUBlockCellV2": lambda: rnn.GRUBlockCellV2(2),
        "CoupledInputForgetGateLSTMCell": lambda: rnn.CoupledInputForgetGateLSTMCell(2),
        "TimeFreqLSTMCell": lambda: rnn.TimeFreqLSTMCell(2, feature_size=4, frequency_skip=4),
        "HighwayWrapper": lambda: rnn.HighwayWrapper(rnn.BasicRNNCell(4)),
        "AttentionCellWrapper": lambda: rnn.AttentionCellWrapper(rnn.BasicLSTMCell(4), 3),
        "LayerNormBasicLSTMCell": lambda: rnn.LayerNormBasicLSTMCell(2),
        "LayerNormBasicLSTMCell with dropout": lambda: rnn.LayerNormBasicLSTMCell(2, dropout_keep_prob=0.5),
        "NASCell": lambda: rnn.NASCell(2),
        "UGRNNCell": lambda: rnn.UGRNNCell(2),
        "IntersectionRNNCell": lambda: rnn.IntersectionRNNCell(4),
        "IndRNNCell": lambda: rnn.IndRNNCell(2),
        "IndyGRUCell": lambda: rnn.IndyGRUCell(2),
        "IndyLSTMCell": lambda: rnn.IndyLSTMCell(2),
        "OutputProjectionWrapper": lambda: rnn.OutputProjectionWrapper(rnn.BasicLSTMCell(2), 3),
        "InputProjectionWrapper": lambda: rnn.InputProjectionWrapper(rnn.BasicLSTMCell(2), 3),
        "CompiledWrapper": lambda: rnn.CompiledWrapper(rnn.BasicLSTMCell(2)),
        "SRUCell": lambda: rnn.SRUCell(4),
        "CudnnCompatibleLSTMCell": lambda: tf.contrib.cudnn_rnn.CudnnCompatibleLSTMCell(2),
        "CudnnCompatibleGRUCell": lambda: tf.contrib.cudnn_rnn.CudnnCompatibleGRUCell(2),
        "GLSTMCell": lambda: rnn.GLSTMCell(4, number_of_groups=2),
    }


def raw_rnn(tf, cell):
    """What raw_rnn gives for five steps."""
    inputs = tf.TensorArray(tf.float32, 5).unstack(x(tf, (5, 3, 4)))

    def loop(time, output, state, loop_state):
        finished = tf.greater_equal(time, [5, 5, 5])
        following = tf.cond(tf.reduce_all(finished), lambda: tf.zeros([3, 4]), lambda: inputs.read(time))
        return finished, following, cell.zero_state(3, tf.float32) if output is None else state, output, None

    outputs, _, _ = tf.nn.raw_rnn(cell, loop)
    return outputs.stack()


def trained(tf, build_outputs, optimizer=None):
    """A snippet: outputs, a loss, its gradients and an optimizer."""

    def build():
        with tf.variable_scope("model"):
            outputs = build_outputs()
            logits = tf.layers.dense(outputs, 2)
        loss = tf.reduce_mean(
            tf.nn.softmax_cross_entropy_with_logits(logits=logits, labels=x(tf, logits.shape.as_list()))
        )
        (optimizer or tf.train.AdamOptimizer)(0.001).minimize(loss)

    return build


def dynamic_last(tf, make, **arguments):
    """The last outputs of a loop over time."""
    return lambda: tf.nn.dynamic_rnn(make(), x(tf), dtype=tf.float32, **arguments)[0][:, -1]


def static_last(tf, make):
    """The last outputs of the unrolled cell."""
    return lambda: tf.contrib.rnn.static_rnn(make(), rows(tf), dtype=tf.float32)[0][-1]
