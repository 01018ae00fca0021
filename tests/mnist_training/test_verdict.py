"""What --json, --quiet and --version print, for any command with a verdict."""

import json

import numpy as np
import pytest

from mnist_training import InputError
from mnist_training.cli import command, verdict

PASSED = verdict.Result("lstm", True, "same", [verdict.Check("logits", np.bool_(True), np.float32(0.5), 1.0, "[3]")])
FAILED = verdict.Result("bi_lstm", False, "differs at losses", [verdict.Check("losses", False, float("nan"), 1e-4)])


def refuse(_):
    print("so far")
    raise InputError("no such\nmodel")


ACTIONS = {"pass": lambda _: [PASSED], "differ": lambda _: print("a table") or [PASSED, FAILED], "refuse": refuse}


@pytest.fixture
def run(run_command):
    def main():
        def act():
            parser = command.Parser(prog="tool")
            commands = parser.add_subparsers(required=True, metavar="COMMAND")
            compare = commands.add_parser("compare")
            compare.add_argument("how", choices=ACTIONS)
            verdict.add_flags(compare)
            compare.set_defaults(action=verdict.reported(lambda arguments: ACTIONS[arguments.how](arguments)))
            arguments = parser.parse_args()
            return arguments.action(arguments)

        command.run(act, "tool")

    return lambda *arguments: run_command(main, *arguments)


def test_without_flags_only_the_exit_status_is_the_verdicts(run):
    assert run("compare", "pass") == (0, "", "")
    assert run("compare", "differ") == (1, "a table\n", "")


def test_json_is_all_there_is_on_stdout(run):
    status, out, err = run("compare", "differ", "--json")
    told = json.loads(out)
    assert (status, err) == (1, "a table\n")
    assert told["schema"] == verdict.SCHEMA and told["command"] == "tool compare"
    assert (told["passed"], told["exit_status"], told["error"]) == (False, 1, None)
    assert [result["passed"] for result in told["results"]] == [True, False]
    assert told["results"][0]["checks"][0] == {
        "name": "logits",
        "same": True,
        "difference": 0.5,
        "bound": 1.0,
        "where": "[3]",
    }
    assert told["results"][1]["checks"][0]["difference"] == "nan"


def test_json_says_when_all_passed(run):
    status, out, _ = run("compare", "--json", "pass")
    assert status == 0 and json.loads(out)["passed"] is True


@pytest.mark.parametrize("arguments, says", [(["refuse"], "no such model"), (["bass"], "Did you mean pass?")])
def test_json_is_given_also_when_asked_wrongly(run, arguments, says):
    status, out, err = run("compare", *arguments, "--json")
    told = json.loads(out)
    assert (status, told["exit_status"], told["passed"], told["results"]) == (2, 2, False, [])
    assert says in told["error"] and says in err.splitlines()[-1]


def test_quiet_is_one_line_a_result(run):
    assert run("compare", "differ", "-q") == (1, "lstm: same\nbi_lstm: differs at losses\n", "")


@pytest.mark.parametrize("arguments", [["--version"], ["compare", "--version"]])
def test_every_command_tells_its_version(run, arguments):
    status, out, _ = run(*arguments)
    assert status == 0 and out.startswith(" ".join(["tool", *arguments[:-1], verdict.version()]))
    assert "tensorflow 2." in out and "numpy" in out and "Python 3." in out
