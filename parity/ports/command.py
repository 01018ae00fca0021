"""The commands `parity prove` and `parity port`: their flags, output and files."""

import os
import pathlib
import shlex
import sys

from mnist_training import InputError, keep_earlier, replacing
from mnist_training.cli import verdict
from mnist_training.cli.quiet_start import without_startup_messages

REPORT = "report.html"
# Switched off: TensorFlow 1.15 did not use oneDNN, and some of its kernels take ten times as long, such as the gradient
# of a Conv2D with one input channel.
_ONEDNN = "TF_ENABLE_ONEDNN_OPTS"
_EVERY_STEP = "compare all captured steps (default: as many as time allows, where a step takes long)"


def add_commands(commands):
    """Add both commands to argparse's subparsers."""
    prove = commands.add_parser("prove", help="prove a ported script, on the batches that were captured")
    prove.add_argument("capture", metavar="CAPTURE", help="what `legacy-graph run --capture` left")
    prove.add_argument("out", metavar="OUT", help="what `keras-port convert CAPTURE OUT` left")
    prove.add_argument("--every-step", action="store_true", help=_EVERY_STEP)
    verdict.add_flags(prove)
    prove.set_defaults(action=verdict.reported(_prove))
    port = commands.add_parser("port", help="run a TF 1 script, make a Keras model of it, and prove it")
    port.add_argument("script", nargs="?", metavar="SCRIPT", help="a script or notebook; its own arguments after --")
    port.add_argument("-m", dest="module", metavar="MODULE", help="a module, as python -m runs it")
    port.add_argument("--out", metavar="DIR", required=True, help="where model.py, model.keras and the proof go")
    port.add_argument("--seed", type=int, metavar="N", help="of the script's random numbers")
    port.add_argument("--data-dir", metavar="DIR", help="folder of the four MNIST files")
    port.add_argument("--capture-steps", type=int, metavar="N", help="training steps to prove it on (default: 20)")
    port.add_argument("--every-step", action="store_true", help=_EVERY_STEP)
    verdict.add_flags(port)
    port.set_defaults(action=verdict.reported(_port), script_arguments=[])


def _prove(arguments):
    os.environ.setdefault(_ONEDNN, "0")
    with without_startup_messages():
        from parity.ports.prove import check_folders
    check_folders(arguments.capture, arguments.out)
    return [prove_into(arguments.capture, arguments.out, arguments.every_step)]


def _port(arguments):
    if (arguments.script is None) == (arguments.module is None):
        raise InputError("expected either SCRIPT or -m MODULE, and then --out DIR")
    os.environ.setdefault(_ONEDNN, "0")
    from parity.ports import port

    port.port(arguments)
    return [prove_into(pathlib.Path(arguments.out) / port.CAPTURE, arguments.out, arguments.every_step)]


def prove_into(capture, out, every_step=False):
    """Prove a port, print the rungs, and write the report and a test to its folder; returns the verdict.Result."""
    with without_startup_messages():
        from parity.ports import kept_test
        from parity.ports.prove import prove
        from parity.report import port_page
        from parity.report.report import made_by
    proof = prove(capture, out, lambda line: print(line, flush=True), every_step)
    print("\n".join([*(f"  {rung}" for rung in proof.report.rungs), *(f"  note: {note}" for note in proof.notes)]))
    out = pathlib.Path(out)
    earlier = keep_earlier(out, REPORT, *kept_test.FILES)
    if earlier:
        print(f"kept the earlier proof in {earlier}")
    with replacing(out / REPORT) as name:
        name.write_text(port_page.page(proof, made_by(shlex.join(["parity", *sys.argv[1:]]))), encoding="utf-8")
    files = {"model": str(out / "model.py"), "weights": str(out / "model.keras"), "report": str(out / REPORT)}
    kept_test.write(out, proof)
    files["test"] = str(out / kept_test.FILES[0])
    print("\n".join(f"  {what}: {path}" for what, path in files.items()))
    script = proof.capture.about["script"]
    print(f"{script}: {proof.verdict}")
    return verdict.Result(
        script, proof.same, proof.verdict, [verdict.Check.of(rung) for rung in proof.report.rungs], files
    )
