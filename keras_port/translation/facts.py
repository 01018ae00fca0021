"""port.json: which tensors and variables of the graph a port's inputs, outputs and weights correspond to."""

from keras_port.translation.expressions import dims
from keras_port.translation.expressions.expression import walk

FORMAT = 1


def facts_of(translation, model):
    """Return the contents of port.json, a dict, for a Translation and the model that its module builds."""
    loss, roots = translation.loss, translation.roots()
    label = None
    if loss is not None and loss.kind == "compiled":
        label = next(part.options["name"] for part in walk(loss.label) if part.op == "input")
    return {
        "format": FORMAT,
        "script": translation.capture.script,
        "inputs": [_input(translation, name, tensor) for name, tensor, _ in translation.inputs],
        "labels": [] if label is None else [{"tensor": label, "output": 0}],
        "outputs": [_output(translation, *output) for output in translation.outputs],
        "loss": translation.capture.loss,
        "loss_kind": loss.kind if loss else None,
        "weights": rows(translation.writer, model),
        "constants": {tensor: value for tensor, value in translation.settings.values()},
        "training_feeds": translation.training_feeds,
        "dropout": any(
            part.options["layer"].kind == "Dropout" or "keras.random" in translation.text
            for part in walk(*roots)
            if part.op in ("call", "layer")
        ),
        "notes": translation.evaluator.notes,
    }


def _input(translation, name, tensor):
    """Return an entry of "inputs"; "indices" names the other tensor of labels that the script fed as a SparseTensor."""
    indices = translation.sparse.get(tensor)
    return {"name": name, "tensor": tensor, **({"indices": indices} if indices else {})}


def rows(writer, model):
    """Return the rows (see conversion.weight_kinds) that map checkpoint variables to the weights of `model`.

    Args:
      writer: the ModuleWriter that wrote the module.
      model: the keras.Model that this module builds.
    """
    found = []
    for layer in writer.layers:
        if not layer.weights:  # its name may not be fixed: Keras numbers unnamed layers per process
            continue
        weights = model.get_layer(writer.layer_names[id(layer)]).weights
        for row in layer.weights:
            paths = [weights[place].path for place in row.places]
            found.append(
                {
                    "variable": row.variables[0] if len(row.variables) == 1 else list(row.variables),
                    "keras": paths[0] if len(paths) == 1 else paths,
                    "how": row.how,
                    **row.options,
                }
            )
    return found


def _output(translation, name, tensor, expression):
    """Return an output's entry, with the shape of the graph's tensor where the model's output has another one."""
    facts = {"name": name, "tensor": tensor}
    shape = translation.tensor_shapes.get(tensor)
    if shape is not None and shape != expression.shape:
        facts["shape"] = [size if dims.is_known(size) else -1 for size in shape]
    return facts
