"""`python -m keras_port train MODEL`, `evaluate FILE.keras` and `predict FILE.keras IMAGE...`."""

import os

import numpy as np

import mnist_digits
from keras_port.inputs import check_keras_file, read_image
from recipe import MODELS, InputError, command
from recipe.quiet import without_startup_messages


def main():
    """Run the command line; ends the process."""
    command.run(_main, "keras_port")


def _main():
    parser = command.Parser(prog="keras_port", description="The documents' three networks in Keras 3.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND", dest="command")

    train = commands.add_parser("train", help="train one of the networks on MNIST")
    train.add_argument("model", choices=MODELS, metavar="MODEL", help=", ".join(MODELS))
    command.add_training_flags(train)
    train.set_defaults(action=_train)

    evaluate = commands.add_parser("evaluate", help="accuracy and loss on the 10,000 test digits")
    evaluate.add_argument("file", metavar="FILE.keras")
    evaluate.add_argument("--data-dir", metavar="DIR", help="folder of the four idx files (default: bundled)")
    evaluate.set_defaults(action=_evaluate)

    predict = commands.add_parser("predict", help="say which digits images show: file, digit, probability")
    predict.add_argument("file", metavar="FILE.keras")
    predict.add_argument("images", nargs="+", metavar="IMAGE",
                         help=".npy, .png, .pgm and the like: grey, 28 x 28, bright on dark as in MNIST")
    predict.set_defaults(action=_predict)

    arguments = parser.parse_args()
    return arguments.action(arguments)


def _train(arguments):
    recipe = command.recipe_from(arguments, arguments.model)
    mnist = mnist_digits.read_data_sets(
        arguments.data_dir, one_hot=True, generator=np.random.RandomState(recipe.seed))
    recipe.check_fits(mnist.train)
    training = _import_training()
    model = training.build(recipe)
    model_dir = arguments.model_dir or os.path.join("models", recipe.model)
    training.train(model, recipe, mnist.train, model_dir, arguments.log)
    loss, accuracy = training.evaluate(model, mnist.test)
    print(f"test digits: accuracy {accuracy:.4f}, loss {loss:.4f}, without dropout")


def _evaluate(arguments):
    check_keras_file(arguments.file)
    test = mnist_digits.read_data_sets(arguments.data_dir, one_hot=True).test
    training = _import_training()
    loss, accuracy = training.evaluate(_load(training, arguments.file), test)
    print(f"accuracy {accuracy:.4f}, loss {loss:.4f} on {test.num_examples} test digits")


def _predict(arguments):
    check_keras_file(arguments.file)
    images = [read_image(path) for path in arguments.images]
    training = _import_training()
    digits, probabilities = training.predict(_load(training, arguments.file), images)
    for path, digit, probability in zip(arguments.images, digits, probabilities):
        print(f"{path}\t{digit}\t{probability:.4f}")


def _import_training():
    with without_startup_messages():
        from keras_port import training
    return training


def _load(training, path):
    model = training.load(path)
    if model.input_shape[1:] != (28, 28) or model.output_shape[1:] != (10,):
        raise InputError(f"{path}: a model from {model.input_shape[1:]} to {model.output_shape[1:]}; "
                         "expected one from 28 x 28 pixels to 10 classes")
    return model


if __name__ == "__main__":
    main()
