"""Runs and captures a TF 1 script, and converts it to a Keras model; `prove` comes afterwards."""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

from mnist_training import InputError, keep_earlier
from mnist_training.cli.quiet_start import without_startup_messages
from parity.ports import kept_test
from parity.ports.command import REPORT

CAPTURE = "capture"  # name of the capture's folder within the port's
PROOF = (REPORT, *kept_test.FILES)
_TICK = 10  # seconds between progress lines


def port(arguments):
    """Run the script of `parity port`, and write the port and its capture to the output folder.

    Args:
      arguments: the parsed flags of `parity port`.

    Raises InputError where the script cannot be run, captured or translated; nothing is written then.
    """
    out = pathlib.Path(arguments.out).absolute()
    if out.exists() and not out.is_dir():
        raise InputError(f"--out {arguments.out}: a file; name a folder")
    if arguments.script is not None and not os.path.isfile(arguments.script):
        raise InputError(f"{arguments.script}: no such file; expected a TF 1 script or notebook")
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{out.name}.", dir=out.parent) as folder:
        captured, ported = pathlib.Path(folder) / CAPTURE, pathlib.Path(folder) / "port"
        what = arguments.script or f"-m {arguments.module}"
        _run(f"running {what} until its training is captured", _capture_command(arguments, captured))
        _check(captured)
        _run("translating the graph to Keras", [sys.executable, "-m", "keras_port", "convert", captured, ported])
        earlier = keep_earlier(out, CAPTURE, *PROOF, *(path.name for path in ported.iterdir()))
        if earlier:
            print(f"kept the earlier port in {earlier}")
        for name in PROOF:  # what was proven of the earlier port says nothing about this one
            (out / name).unlink(missing_ok=True)
        shutil.rmtree(out / CAPTURE, ignore_errors=True)  # shutil.move would move into it
        out.mkdir(exist_ok=True)
        for path in [captured, *ported.iterdir()]:
            shutil.move(path, out / path.name)


def _check(captured):
    """Raise InputError where the capture cannot be used for a proof."""
    with without_startup_messages():
        from parity.ports.captured import Capture
    Capture(captured)


def _capture_command(arguments, folder):
    command = [sys.executable, "-m", "legacy_graph", "run", "--capture", folder]
    for flag, value in (
        ("--seed", arguments.seed),
        ("--data-dir", arguments.data_dir),
        ("--capture-steps", arguments.capture_steps),
    ):
        if value is not None:
            command += [flag, str(value)]
    program = [arguments.script] if arguments.script is not None else ["-m", arguments.module]
    return [*command, *program, *arguments.script_arguments]


def _run(doing, command):
    """Run one of our commands with progress lines; raises InputError with its last line where it fails."""
    print(f"{doing} ...", flush=True)
    began = time.monotonic()
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(
            [str(part) for part in command], stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT
        )
        try:
            while True:
                try:
                    status = process.wait(_TICK)
                    break
                except subprocess.TimeoutExpired:
                    print(f"  {time.monotonic() - began:.0f} s; {_last_line(output)[:100]}", flush=True)
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait()
        if status:
            raise InputError(f"{doing} ended with status {status}: {_last_line(output) or 'it said nothing'}")
    print(f"  done in {time.monotonic() - began:.0f} s", flush=True)


def _last_line(output):
    position = output.tell()
    output.seek(max(0, os.fstat(output.fileno()).st_size - 10_000))
    lines = output.read().decode("utf-8", "replace").replace("\r", "\n").split("\n")
    output.seek(position)
    return next((line.strip() for line in reversed(lines) if line.strip()), "")
