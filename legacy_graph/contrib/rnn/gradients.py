"""Gradients of LSTMBlockCell and GRUBlockCell, which today's TensorFlow no longer registers.

The kernels LSTMBlockCellGrad and GRUBlockCellGrad still exist and compute the gradients of the
gates; the gradients of inputs and weights follow by matrix products. Importing this module
registers both gradients, unless they are registered already. (BlockLSTM has kept its gradient.)
"""

import tensorflow.compat.v1 as tf


def _register(op_type, gradient):
    try:
        tf.RegisterGradient(op_type)(gradient)
    except KeyError:  # already registered, by TensorFlow or by another package
        pass


def _bias_gradient(gates):
    return tf.raw_ops.BiasAddGrad(out_backprop=gates)


def _lstm_block_cell(op, *gradients):
    """Return the gradients of LSTMBlockCell's inputs (x, cs_prev, h_prev, w, wci, wcf, wco, b)."""
    x, cs_prev, h_prev, w, wci, wcf, wco, b = op.inputs
    i, cs, f, o, ci, co, _ = op.outputs
    batch, input_size = (-1 if size is None else size for size in x.shape.with_rank(2).as_list())
    units = cs_prev.shape.with_rank(2).as_list()[1]
    if input_size == -1 or units is None:
        raise ValueError(
            "The gradient of LSTMBlockCell needs inputs and state of known width; "
            f"their shapes are {x.shape} and {cs_prev.shape}."
        )
    cs_prev_grad, gates, wci_grad, wcf_grad, wco_grad = tf.raw_ops.LSTMBlockCellGrad(
        x=x,
        cs_prev=cs_prev,
        h_prev=h_prev,
        w=w,
        wci=wci,
        wcf=wcf,
        wco=wco,
        b=b,
        i=i,
        cs=cs,
        f=f,
        o=o,
        ci=ci,
        co=co,
        cs_grad=gradients[1],
        h_grad=gradients[6],
        use_peephole=op.get_attr("use_peephole"),
    )
    xh_grad = tf.matmul(gates, w, transpose_b=True)
    x_grad = tf.slice(xh_grad, (0, 0), (batch, input_size))
    h_prev_grad = tf.slice(xh_grad, (0, input_size), (batch, units))
    w_grad = tf.matmul(tf.concat([x, h_prev], 1), gates, transpose_a=True)
    return (x_grad, cs_prev_grad, h_prev_grad, w_grad, wci_grad, wcf_grad, wco_grad, _bias_gradient(gates))


def _gru_block_cell(op, *gradients):
    """Return the gradients of GRUBlockCell's inputs (x, h_prev, w_ru, w_c, b_ru, b_c)."""
    x, h_prev, w_ru, w_c, b_ru, b_c = op.inputs
    r, u, c, _ = op.outputs
    x_grad, h_prev_grad, c_gate, ru_gates = tf.raw_ops.GRUBlockCellGrad(
        x=x, h_prev=h_prev, w_ru=w_ru, w_c=w_c, b_ru=b_ru, b_c=b_c, r=r, u=u, c=c, d_h=gradients[3]
    )
    w_ru_grad = tf.matmul(tf.concat([x, h_prev], 1), ru_gates, transpose_a=True)
    b_ru_grad = _bias_gradient(ru_gates)
    w_c_grad = tf.matmul(tf.concat([x, h_prev * r], 1), c_gate, transpose_a=True)
    return x_grad, h_prev_grad, w_ru_grad, w_c_grad, b_ru_grad, _bias_gradient(c_gate)


_register("LSTMBlockCell", _lstm_block_cell)
_register("GRUBlockCell", _gru_block_cell)
