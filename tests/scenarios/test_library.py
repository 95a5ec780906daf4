"""The library: scenarios by name, read when they are needed, never replaced by a bad file."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from mockserver.errors import InvalidDocument, InvalidSetting, UnknownScenario
from mockserver.paths import data_dir
from mockserver.scenarios.library import Library, scenario_files
from mockserver.scenarios.loading import load_scenario

if TYPE_CHECKING:
    from pathlib import Path

    from mockserver.contract.catalogue import Catalogue


def text(name: str, description: str = "first") -> str:
    return f"name: {name}\ndescription: {description}\nrules: []\n"


def put(path: Path, content: str, *, tick: int) -> Path:
    """Write a file as if it were done that many seconds later."""
    path.write_text(content, encoding="utf-8")
    os.utime(path, ns=(tick * 10**9, tick * 10**9))
    return path


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    """A folder that stands for the packaged one."""
    folder = tmp_path / "packaged"
    folder.mkdir()
    put(folder / "quiet.yaml", text("quiet"), tick=1)
    put(folder / "loud.json", '{"name": "loud", "rules": []}', tick=1)
    put(folder / "README.md", "no scenario", tick=1)
    return folder


def test_everything_that_ships_loads_without_a_note(catalogue: Catalogue) -> None:
    """SIM-27: each packaged scenario is known by name and passes every check, and none is odd."""
    library = Library(catalogue, wire=True)
    assert "calm" in library.names()
    assert [library.get(name).name for name in library.names()] == list(library.names())
    assert (library.problems(), library.notes()) == ([], [])
    for path in scenario_files(data_dir("scenarios")):
        first = path.read_text(encoding="utf-8").split("\n")[0]
        assert first == "# yaml-language-server: $schema=../schemas/scenario.json"
        assert load_scenario(path, catalogue, wire=True)[0].description


def test_a_name_that_nothing_has_is_told_with_the_nearest(catalogue: Catalogue, shelf: Path) -> None:
    """The message names what was probably meant, or everything there is."""
    library = Library(catalogue, wire=True, packaged=shelf)
    assert library.names() == ("loud", "quiet")
    with pytest.raises(UnknownScenario, match=r"no scenario 'quite'; did you mean quiet\?"):
        library.get("quite")
    with pytest.raises(UnknownScenario, match="'x'; expected one of loud, quiet"):
        library.get("x")
    with pytest.raises(UnknownScenario, match="did you mean quiet"):
        Library(catalogue, ["quite"], wire=True, packaged=shelf)


def test_what_is_given_is_known_and_chosen(catalogue: Catalogue, shelf: Path, tmp_path: Path) -> None:
    """Names and files are chosen in their order, a folder only makes its scenarios known; a given file wins."""
    mine = put(tmp_path / "mine.yaml", text("mine"), tick=1)
    folder = tmp_path / "more"
    folder.mkdir()
    put(folder / "quiet.yaml", text("quiet", "of the folder"), tick=1)
    library = Library(catalogue, [str(mine), str(folder), "loud"], wire=True, packaged=shelf)
    assert library.names() == ("loud", "mine", "quiet")
    assert library.chosen == ("mine", "loud")
    assert library.get("quiet").description == "of the folder"


def test_what_is_given_and_not_there_is_refused(catalogue: Catalogue, shelf: Path, tmp_path: Path) -> None:
    """A file that is not there, and two files of one name, are wrong settings."""
    with pytest.raises(InvalidSetting, match=r"none\.yaml is not there"):
        Library(catalogue, [str(tmp_path / "none.yaml")], wire=True, packaged=shelf)
    one, other = (tmp_path / f"quiet.{suffix}" for suffix in ("yaml", "json"))
    for path in (one, other):
        put(path, "", tick=1)
    with pytest.raises(InvalidSetting, match="two scenario files are called quiet"):
        Library(catalogue, [str(one), str(other)], wire=True, packaged=shelf)
    assert Library(catalogue, [str(one), str(one)], wire=True, packaged=shelf).chosen == ("quiet", "quiet")


def test_files_are_read_when_they_are_asked_for(catalogue: Catalogue, shelf: Path) -> None:
    """A bad file troubles nobody who does not ask for it; who does is told each time."""
    put(shelf / "bad.yaml", "name: bad\nrule: []\n", tick=1)
    library = Library(catalogue, wire=True, packaged=shelf)
    assert (library.get("quiet").name, library.problems()) == ("quiet", [])
    for _ in range(2):
        with pytest.raises(InvalidDocument, match=r"bad\.yaml:2:1: /rule: this member is not known"):
            library.get("bad")
    assert len(library.problems()) == 2
    assert library.get("quiet") is library.get("quiet")


def test_a_bad_file_never_replaces_a_good_one(catalogue: Catalogue, shelf: Path) -> None:
    """The last good scenario stays while its file is bad or gone; the problem is told until it is mended."""
    library = Library(catalogue, wire=True, packaged=shelf)
    good = library.get("quiet")
    path = shelf / "quiet.yaml"
    put(path, "name: quiet\nrules: [{then: {statu: 1}}]\n", tick=2)
    assert library.changed() == [path]
    assert library.refresh() == []
    assert library.get("quiet") is good
    assert [problem.line for problem in library.problems()] == [2]
    assert library.changed() == []
    path.unlink()
    assert library.changed() == [path]
    assert library.refresh() == []
    assert (library.get("quiet"), library.changed()) == (good, [])
    assert "cannot be read" in str(library.problems()[0])
    put(path, text("quiet"), tick=3)
    assert library.refresh() == []
    assert (library.get("quiet"), library.problems()) == (good, [])
    put(path, text("quiet", "second"), tick=4)
    (new,) = library.refresh()
    assert new.description == "second"
    assert library.get("quiet") is new


def test_only_what_changed_is_read_again(catalogue: Catalogue, shelf: Path) -> None:
    """A file touched without a change is no news, one that was never read is none either; a new one is."""
    library = Library(catalogue, wire=True, packaged=shelf)
    quiet = library.get("quiet")
    put(shelf / "loud.json", '{"name": "loud", "description": "x", "rules": []}', tick=2)
    assert library.changed() == []
    put(shelf / "quiet.yaml", text("quiet"), tick=2)
    assert library.changed() == [shelf / "quiet.yaml"]
    assert (library.refresh(), library.changed()) == ([], [])
    assert library.get("quiet") is quiet
    put(shelf / "new.yaml", text("new"), tick=2)
    assert library.changed() == [shelf / "new.yaml"]
    assert [scenario.name for scenario in library.refresh()] == ["new"]
    assert (library.changed(), library.names()) == ([], ("loud", "new", "quiet"))
    (shelf / "loud.json").unlink()
    library.refresh()
    assert library.names() == ("new", "quiet")


def test_a_file_before_another_of_its_name_comes_and_goes(
    catalogue: Catalogue, shelf: Path, tmp_path: Path
) -> None:
    """What is put into a given folder wins over the packaged one of its name, and gives way when it goes."""
    folder = tmp_path / "more"
    folder.mkdir()
    library = Library(catalogue, [str(folder)], wire=True, packaged=shelf)
    assert library.get("quiet").description == "first"
    put(folder / "quiet.yaml", text("quiet", "mine"), tick=1)
    assert [scenario.description for scenario in library.refresh()] == ["mine"]
    assert library.changed() == []
    (folder / "quiet.yaml").unlink()
    assert [scenario.description for scenario in library.refresh()] == ["first"]
    assert library.changed() == []


def test_reload_reads_everything_at_once(catalogue: Catalogue, shelf: Path) -> None:
    """After a reload all good files count and all bad ones are told, also those that nobody asked for."""
    library = Library(catalogue, wire=True, packaged=shelf)
    before = library.get("quiet")
    put(shelf / "bad.yaml", "", tick=2)
    assert [scenario.name for scenario in library.reload()] == ["loud"]
    assert library.get("quiet") is before
    assert [problem.message for problem in library.problems()] == ["the file is empty"]
    assert library.reload() == []


def test_faults_of_the_connection_are_refused_where_there_is_none(catalogue: Catalogue, shelf: Path) -> None:
    """A server without its connections in hand says so when the scenario is asked for."""
    put(shelf / "cut.yaml", "name: cut\nrules: [{then: {faults: [hang]}}]\n", tick=1)
    assert Library(catalogue, wire=True, packaged=shelf).get("cut").name == "cut"
    with pytest.raises(InvalidDocument, match="no access to its connections"):
        Library(catalogue, wire=False, packaged=shelf).get("cut")
