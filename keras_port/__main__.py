"""`python -m keras_port`: train MODEL, evaluate FILE.keras, predict FILE.keras IMAGE..., convert SRC DST.

Arguments are checked before Keras is imported.
"""

from mnist_training import early

early.begin("keras_port")

import glob
import os
import pathlib

from keras_port.inputs import check_keras_file, read_image
from keras_port.workers import Workers, cluster_of
from mnist_training import MODELS, InputError, data, digits, files
from mnist_training.cli import command, flags
from mnist_training.cli.quiet_start import without_startup_messages
from mnist_training.recipe import check_number


def main():
    """Run the command line; ends the process."""
    command.run(_main, "keras_port")


def _main():
    parser = command.Parser(prog="keras_port", description="The tutorial's three networks in Keras 3.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND", dest="command")

    train = commands.add_parser("train", help="train one of the networks on MNIST")
    train.add_argument("model", choices=MODELS, metavar="MODEL", help=", ".join(MODELS))
    flags.add_training_flags(train)
    flags.add_resume_flags(train)
    train.set_defaults(action=_train_or_stop)

    evaluate = commands.add_parser("evaluate", help="accuracy and loss on the 10,000 test digits")
    evaluate.add_argument("file", metavar="FILE.keras")
    evaluate.add_argument("--data-dir", metavar="DIR", help="folder of the four idx files (default: bundled)")
    evaluate.set_defaults(action=_evaluate)

    predict = commands.add_parser("predict", help="classify images of digits: prints file, digit, probability")
    predict.add_argument("file", metavar="FILE.keras")
    predict.add_argument(
        "images",
        nargs="+",
        metavar="IMAGE",
        help=".npy, .png, .pgm and the like: grey, 28 x 28, bright on dark as in MNIST",
    )
    predict.set_defaults(action=_predict)

    convert = commands.add_parser(
        "convert",
        help="make a Keras model of a TF 1 checkpoint, or back; or Keras code of a captured graph or a .meta file",
        description="Either SRC or DST ends in .keras, which gives the direction. The TF 1 checkpoint is named by "
        "its prefix, such as DIR/model.ckpt-782. The flags give what a TF 1 checkpoint does not "
        "hold; --with-optimizer converts the state of Adam, too. Where SRC is a capture folder "
        "(legacy-graph run --capture) or X.meta with its checkpoint, DST is a folder for model.py and model.keras.",
    )
    convert.add_argument("source", metavar="SRC")
    convert.add_argument("destination", metavar="DST")
    convert.add_argument(
        "--forget-bias", type=float, metavar="X", help="forget bias of the graph's LSTM cells (default 1.0)"
    )
    convert.add_argument("--rows", type=int, metavar="N", help="number of rows of a digit (default 28)")
    convert.add_argument(
        "--keep-prob",
        type=float,
        metavar="X",
        help="probability of keeping each input of a multi_lstm layer (default 0.5)",
    )
    convert.add_argument("--learning-rate", type=float, metavar="X", help="learning rate of Adam (default 0.001)")
    convert.add_argument(
        "--with-optimizer",
        action="store_true",
        default=None,
        help="carry Adam's moments and step, so that training goes on where it stopped",
    )
    convert.add_argument(
        "--inputs", metavar="NAMES", help="for a .meta file: the tensors that are fed, separated by commas"
    )
    convert.add_argument("--outputs", metavar="NAMES", help="for a .meta file: the tensors that the model returns")
    convert.add_argument(
        "--checkpoint", metavar="PREFIX", help="for a .meta file: its checkpoint (default: its own name without .meta)"
    )
    convert.add_argument(
        "--keep-forget-bias",
        action="store_true",
        help="for a graph: add an LSTM's forget bias at run time, as TF 1 did, instead of folding it into the bias",
    )
    convert.set_defaults(action=_convert)

    arguments = parser.parse_args()
    return arguments.action(arguments)


def _train_or_stop(arguments):
    with command.handling_signals("keras_port"):
        _train(arguments)


def _train(arguments):
    recipe, saving = flags.recipe_from(arguments, arguments.model), flags.saving_from(arguments)
    cluster = cluster_of(os.environ)
    if cluster:
        cluster.check(recipe)
    mnist = digits(recipe, arguments.data_dir)
    training = _import_training()
    together = Workers(cluster) if cluster else None
    model = training.build(recipe)
    model_dir = arguments.model_dir or os.path.join("models", recipe.model)
    if together:
        training.train_distributed(together, model, recipe, mnist.train, model_dir, **saving)
        if not cluster.is_first:
            return
    else:
        training.train(model, recipe, mnist.train, model_dir, **saving)
    loss, accuracy = training.evaluate(model, mnist.test)
    print(f"test digits: accuracy {accuracy:.4f}, loss {loss:.4f}, without dropout")


def _evaluate(arguments):
    check_keras_file(arguments.file)
    test = data.read(arguments.data_dir).test
    training = _import_training()
    loss, accuracy = training.evaluate(_load(training, arguments.file), test)
    print(f"accuracy {accuracy:.4f}, loss {loss:.4f} on {test.num_examples} test digits")


def _predict(arguments):
    check_keras_file(arguments.file)
    images = [read_image(path) for path in arguments.images]
    training = _import_training()
    classes, probabilities = training.predict(_load(training, arguments.file), images)
    for path, digit, probability in zip(arguments.images, classes, probabilities):
        print(f"{path}\t{digit}\t{probability:.4f}")


def _convert(arguments):
    if _is_graph(arguments.source, arguments.destination):
        return _translate(arguments)
    graph_only = [name for name in ("inputs", "outputs", "checkpoint", "keep_forget_bias") if getattr(arguments, name)]
    if graph_only:
        raise InputError(
            f"--{graph_only[0].replace('_', '-')}: only for a capture folder or a .meta file; leave it out"
        )
    to_keras = arguments.destination.endswith(".keras")
    if to_keras == arguments.source.endswith(".keras"):
        raise InputError(
            f"{arguments.source} to {arguments.destination}: expected just one of the two to "
            "end in .keras; the other is a TF 1 checkpoint's prefix, such as DIR/model.ckpt-782"
        )
    destination = pathlib.Path(arguments.destination)
    if os.path.isdir(destination):
        raise InputError(
            f"{destination}: a folder; expected the name of a file"
            if to_keras
            else f"{destination}: a folder; expected a prefix, such as {destination / 'model.ckpt'}"
        )
    files.check_file(destination if to_keras else f"{destination}.index", "DST")
    options = _conversion_options(arguments)
    if options and not to_keras:
        flags = ", ".join("--" + name.replace("_", "-") for name in options)
        raise InputError(f"{flags}: only for the conversion of a TF 1 checkpoint to a Keras model; leave it out")
    if not to_keras:
        check_keras_file(arguments.source)
    with without_startup_messages():
        from keras_port import training
        from keras_port.conversion import convert
    name = glob.escape(destination.name)
    if to_keras:
        model, report = convert.load(arguments.source, options)
        earlier = files.keep_earlier(destination.parent, name)
        training.save(model, destination)
    else:
        model = training.load(arguments.source)
        earlier = files.keep_earlier(destination.parent, f"{name}.index", f"{name}.data-[0-9]*")
        report = convert.save_tf1(model, destination)
    print(f"{model.name}: {arguments.source} to {destination}\n{report}")
    if earlier:
        print(f"kept the earlier files in {earlier}")


def _is_graph(source, destination):
    """Whether SRC is a graph to translate: a .meta file, or a folder without checkpoints."""
    if not os.path.isdir(source):
        return source.endswith(".meta")
    return os.path.exists(os.path.join(source, "capture.json")) or not destination.endswith(".keras")


def _translate(arguments):
    """Write model.py, model.keras and port.json for a graph."""
    if _conversion_options(arguments):
        raise InputError(
            f"{arguments.source}: a graph holds its own settings; leave out "
            "the flags for checkpoints of the three networks"
        )
    destination = pathlib.Path(arguments.destination)
    if destination.exists() and (not destination.is_dir() or any(destination.iterdir())):
        raise InputError(f"{destination}: exists already; expected the name of a new folder, or of an empty one")
    with without_startup_messages():
        from keras_port.translation import capture, port
    if arguments.source.endswith(".meta"):
        found = capture.read_graph(
            arguments.source, arguments.checkpoint, _names(arguments.inputs), _names(arguments.outputs)
        )
    else:
        found = capture.read_capture(arguments.source)
    port.port(found, destination, folded=not arguments.keep_forget_bias)
    print(f"{arguments.source} to {destination}: model.py, model.keras, port.json")


def _names(text):
    return [name.strip() for name in (text or "").split(",") if name.strip()]


def _conversion_options(arguments):
    names = ("forget_bias", "rows", "keep_prob", "learning_rate", "with_optimizer")
    options = {name: getattr(arguments, name) for name in names if getattr(arguments, name) is not None}
    for name, value in options.items():
        check_number("--" + name.replace("_", "-"), value)
    return options


def _import_training():
    with without_startup_messages():
        from keras_port import training
    return training


def _load(training, path):
    model = training.load(path)
    if model.input_shape[1:] != (28, 28) or model.output_shape[1:] != (10,):
        raise InputError(
            f"{path}: a model with inputs of shape {model.input_shape[1:]} and outputs of shape "
            f"{model.output_shape[1:]}; expected (28, 28), the pixels of a digit, and (10,), its classes"
        )
    return model


if __name__ == "__main__":
    main()
