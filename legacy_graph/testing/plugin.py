"""pytest plugin: TensorFlow 1 scripts as tests, and a fixture for tests of one's own. See docs/ci.md.

    [pytest]
    tf1_scripts = scripts/*.py
    tf1_goldens = goldens

Each script is a test, which compares it with its golden, goldens/train.json, or with several, goldens/train.NAME.json.
pytest finds the plugin once this package is installed. TensorFlow is not imported until a test needs it.
"""

import os

import pytest

_SCRIPTS: pytest.StashKey[dict] = pytest.StashKey()


def pytest_addoption(parser):
    """Add the settings, and the flags that go with them."""
    parser.addini(
        "tf1_scripts", "TensorFlow 1 scripts that are held to their goldens, as glob patterns", "linelist", []
    )
    parser.addini("tf1_goldens", "folder of the goldens", default="goldens")
    group = parser.getgroup("tf1", "TensorFlow 1 scripts")
    group.addoption("--tf1-exact", action="store_true", help="hold scripts to their goldens without tolerances")
    group.addoption("--tf1-any-versions", action="store_true", help="other versions of libraries are no difference")
    group.addoption(
        "--tf1-record", action="store_true", help="record the goldens of the scripts again; then look at git diff"
    )


def pytest_configure(config):
    """Find the scripts. A pattern without a match is an error: a moved script must not silently go untested."""
    config.stash[_SCRIPTS] = scripts = {}
    for pattern in config.getini("tf1_scripts"):
        found = sorted(path for path in config.rootpath.glob(pattern) if path.suffix in (".py", ".ipynb"))
        if not found:
            raise pytest.UsageError(f"tf1_scripts: no script matches {pattern!r} in {config.rootpath}")
        for path in found:
            earlier = scripts.setdefault(path.stem, path)
            if earlier != path:
                raise pytest.UsageError(f"tf1_scripts: {earlier} and {path} would share a golden; rename one")
    if config.args_source is not pytest.Config.ArgsSource.ARGS:  # whatever testpaths says
        given = [config.invocation_params.dir / argument for argument in config.args]
        for path in scripts.values():
            if not any(path.is_relative_to(folder) for folder in given):
                config.args.append(str(path))


@pytest.hookimpl(hookwrapper=True)
def pytest_collect_file(file_path, parent):
    """Collect a script that the configuration names, and keep pytest from importing, and so running, it."""
    outcome = yield
    if parent.config.stash[_SCRIPTS].get(file_path.stem) == file_path:
        outcome.force_result([ScriptFile.from_parent(parent, path=file_path)])


class ScriptFile(pytest.File):
    """A script, and a test for each of its goldens: STEM.json and STEM.NAME.json."""

    def collect(self):
        """Yield the tests; one that fails where the script has no golden."""
        folder = self.config.rootpath / self.config.getini("tf1_goldens")
        goldens = sorted([*folder.glob(f"{self.path.stem}.json"), *folder.glob(f"{self.path.stem}.*.json")])
        for golden in goldens or [folder / f"{self.path.stem}.json"]:
            yield ScriptItem.from_parent(self, name=golden.stem, golden=golden)


class ScriptItem(pytest.Item):
    """Runs a script in a process of its own, from pytest's root folder, and compares it with its golden."""

    def __init__(self, golden, **kwargs):
        super().__init__(**kwargs)
        self.golden = golden

    def runtest(self):
        """Run and compare; raises Differs. With --tf1-record: record, and report the test as skipped."""
        from legacy_graph.regression import command

        root, option = self.config.rootpath, self.config.getoption
        golden, script = (os.path.relpath(path, root) for path in (self.golden, self.path))
        if option("--tf1-record"):
            earlier = command.read(str(self.golden)) if self.golden.exists() else None
            is_recorded, said = command.recorded(str(self.golden), earlier, script, root=root)
            if not is_recorded:
                raise Differs(said)
            pytest.skip(said)
        if not self.golden.exists():
            raise Differs(f"{golden}: there is none. Record it: pytest --tf1-record {script}")
        kept = command.read(str(self.golden))
        how = {"exact": option("--tf1-exact"), "any_versions": option("--tf1-any-versions")}
        differences, notes = command.checked(kept, script, kept["arguments"], root=root, **how)
        if differences:
            said = command.report(golden, differences, notes)
            raise Differs(f"{said}\nIf that is meant: pytest --tf1-record {script}")

    def repr_failure(self, excinfo, style=None):
        """Show the differences, without this plugin's traceback."""
        from mnist_training.errors import InputError

        if excinfo.errisinstance((Differs, InputError)):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self):
        """Say which script it is."""
        return self.path, None, f"{self.path.name} as in {self.golden.name}"


class Differs(Exception):
    """A script differs from its golden; the message says where."""


@pytest.fixture
def tf1_script(request):
    """A `legacy_graph.testing.scripts.Scripts`, which runs TensorFlow 1 scripts in your own tests."""
    from legacy_graph.testing.scripts import Scripts

    with Scripts(request.config.rootpath) as scripts:
        yield scripts
