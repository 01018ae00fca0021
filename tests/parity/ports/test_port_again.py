"""`parity port` into a folder that holds a port: the new one takes its place, the old one is kept whole."""

import types

from parity.ports import port

FILES = ("capture/graph.meta", "model.py", "model.keras", "port.json")
PROOF = ("report.html", "test_port.py", "reference.npz")


def contents(folder):
    return {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*") if path.is_file()}


def test_what_was_there_is_kept_in_one_folder(tmp_path, monkeypatch, capsys):
    def run(_, command):
        """Stand in for the commands that capture and convert."""
        folder = command[-1]
        folder.mkdir()
        for name in FILES:
            if name.startswith("capture") == (folder.name == "capture"):
                (folder / name.removeprefix("capture/")).write_text(content)

    monkeypatch.setattr(port, "_run", run)
    monkeypatch.setattr(port, "_check", lambda captured: None)
    monkeypatch.setattr(port, "_capture_command", lambda arguments, captured: [captured])
    (tmp_path / "script.py").touch()
    arguments = types.SimpleNamespace(script=str(tmp_path / "script.py"), module=None, out=str(tmp_path / "out"))
    for content in ("first", "second"):
        port.port(arguments)
        assert contents(tmp_path / "out") == {name: content for name in FILES} or content == "second"
        for name in PROOF:
            assert not (tmp_path / "out" / name).exists()
            (tmp_path / "out" / name).write_text(content)
    kept = {f"earlier-1/{name}": "first" for name in (*FILES, *PROOF)}
    assert contents(tmp_path / "out") == {**{name: "second" for name in (*FILES, *PROOF)}, **kept}
    assert capsys.readouterr().out.count("kept the earlier port") == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "script.py"]
