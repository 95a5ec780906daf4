"""``jodo-mock check`` and scenario files: the same messages as loading, and the exit code."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from mockserver import cli

if TYPE_CHECKING:
    import pytest

TWELVE = Path(__file__).resolve().parents[1] / "data" / "twelve.yaml"


def test_mistakes_are_findings(capsys: pytest.CaptureFixture[str]) -> None:
    """SIM-27: twelve mistakes are twelve lines with file, line and column, and exit code 1."""
    assert cli.main(["check", str(TWELVE)]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 12
    assert all(line.startswith(f"{TWELVE}:") for line in lines)
    places = [line.removeprefix(f"{TWELVE}:").split(": ")[0].split(":") for line in lines]
    assert all(len(place) == 2 and all(map(str.isdecimal, place)) for place in places)
    assert places == sorted(places, key=lambda place: [int(number) for number in place])


def test_notes_are_no_findings(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file with nothing but notes is well; they are printed all the same."""
    path = tmp_path / "odd.yaml"
    path.write_text("name: odd\nrules: [{probability: 0, then: {nothing: true}}]\n", encoding="utf-8")
    assert cli.main(["check", str(path)]) == 0
    note, summary = capsys.readouterr().out.splitlines()
    assert note == f"{path}:2:23: /rules/0/probability: note: this rule never fires"
    assert summary == "1 checked, nothing wrong"


def test_kinds_of_files_are_told_apart(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """YAML is a scenario, and so is JSON with rules; other JSON is what its content says."""
    good, bad, plain = (tmp_path / name for name in ("good.json", "bad.json", "plain.json"))
    good.write_text('{"name": "good", "rules": []}', encoding="utf-8")
    bad.write_text('{"name": "bad",\n "rules": [{"then": {"statu": 1}}]}', encoding="utf-8")
    plain.write_text("{}", encoding="utf-8")
    assert cli.main(["check", str(good)]) == 0
    capsys.readouterr()
    assert cli.main(["check", str(good), str(bad), str(plain)]) == 1
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith(f"{bad}:2:22: /rules/0/then/statu: this member is not known; expected one of ")
    assert second.startswith(f"{plain}: /: is no document of ours; expected a scenario, ")


def test_ours_are_checked_too(capsys: pytest.CaptureFixture[str]) -> None:
    """Without files the packaged scenarios are looked at with everything else that ships."""
    assert cli.main(["check"]) == 0
    (summary,) = capsys.readouterr().out.splitlines()
    assert "scenarios: nothing wrong" in summary
    assert ", 0 scenarios" not in summary
