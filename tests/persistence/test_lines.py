"""The format of the state file: what is read is a prefix of what was written, or an error that says where."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mockserver.errors import InvalidDocument, InvalidSetting
from mockserver.persistence.file import BASE, StateFile, create
from mockserver.persistence.image import Image, header
from mockserver.persistence.lines import encode, read
from mockserver.store.data import Content
from mockserver.store.deltas import apply, between, portions, split
from mockserver.store.dumps import dump_content
from mockserver.store.interface import TableSpec
from mockserver.store.kept import KeptStore

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mockserver.store.deltas import Delta

SPECS = (TableSpec("people", ("name", "age", "more"), (("name",),)), TableSpec("things", ("name",), ()))
COLUMNS = {spec.name: spec.columns for spec in SPECS}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["insert", "update", "remove", "take", "restore"]), st.text(max_size=3), JSON
    ),
    max_size=6,
)  # fmt: skip


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.state"


def written(path: Path, contents: list[Any]) -> list[int]:
    """Write a file of these lines and return the offset behind each of them, the base first."""
    create(path, header("1", SPECS))
    file = opened(path)
    ends = [file.end]
    for content in contents:
        file.append(content)
        ends.append(file.end)
    file.close()
    return ends


def opened(path: Path) -> StateFile:
    lines = list(read(path))
    return StateFile(path, lines[-1], lines[1].end)


def after_base(path: Path) -> list[Any]:
    found = [line.content for line in read(path)]
    assert found[1] == BASE
    return found[2:]


@given(st.lists(JSON, min_size=1, max_size=5))
@settings(max_examples=50, deadline=None)
def test_a_file_cut_at_any_byte_is_read_as_a_prefix(contents: list[Any]) -> None:
    """Whatever a kill leaves: every line written before the cut is there, exactly as it was, and no other."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.state"
        ends = written(path, contents)
        whole = path.read_bytes()
        for cut in range(ends[0], len(whole) + 1):
            path.write_bytes(whole[:cut])
            # A line that lacks nothing but its newline is there, too.
            there = sum(end - 1 <= cut for end in ends[1:])
            assert encode(after_base(path)) == encode(contents[:there])
        path.write_bytes(whole[: ends[0] - 3])
        assert BASE not in [line.content for line in read(path)]


@given(st.data())
@settings(max_examples=100, deadline=None)
def test_a_changed_byte_is_found(data: st.DataObject) -> None:
    """One byte changed anywhere before the last line is an error with the line's number; the file stays as it is."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.state"
        ends = written(path, [{"a": 1}, {"b": [2]}, {"c": "three"}])
        whole = bytearray(path.read_bytes())
        place = data.draw(st.integers(0, ends[-2] - 1))
        other = data.draw(st.integers(0, 255).filter(lambda value: value != whole[place]))
        whole[place] = other
        path.write_bytes(whole)
        with pytest.raises(InvalidDocument) as raised:
            list(read(path))
        problem = raised.value.problems[0]
        assert problem.line is not None
        assert problem.expected
        assert problem.got
        assert path.read_bytes() == bytes(whole)


@pytest.mark.parametrize("move", ["lost", "doubled", "swapped"])
def test_lines_hang_together(path: Path, move: str) -> None:
    """A line that is missing, there twice or in another place is damage, though each by itself is well."""
    written(path, [{"a": 1}, {"b": 2}, {"c": 3}])
    lines = path.read_bytes().splitlines(keepends=True)
    changed = {
        "lost": [*lines[:2], *lines[3:]],
        "doubled": [*lines[:3], *lines[2:]],
        "swapped": [*lines[:2], lines[3], lines[2], lines[4]],
    }
    path.write_bytes(b"".join(changed[move]))
    with pytest.raises(InvalidDocument, match="damaged, or one before it is missing") as raised:
        list(read(path))
    assert raised.value.problems[0].line in (3, 4)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"hello\n", "this is no state file; it was left as it is; expected a first line"),
        (b'{"tables": {}}\n', "this is no state file"),
        (b"\x89PNG\r\n\x1a\n", "got the bytes 89 50 4e 47"),
        (b"jodo-mock state 2 whatever comes\n", "newer version; it was left as it is; expected format 1; got format 2"),
        (b"jodo-mock state 1 00000000 {}\n", "damaged"),
        (b"jodo-mock st", "this is no state file"),
    ],
)  # fmt: skip
def test_what_is_not_ours_is_left_as_it_is(path: Path, content: bytes, expected: str) -> None:
    """Foreign and newer files are named with line, expected and got, and are never written to."""
    path.write_bytes(content)
    with pytest.raises(InvalidDocument) as raised:
        Image.load(path, tables=SPECS)
    assert expected in str(raised.value)
    assert str(raised.value).startswith(f"{path}:1:1: ")
    assert path.read_bytes() == content


def test_unknown_columns_are_those_of_a_newer_version(path: Path) -> None:
    """A file with a table or column that this version lacks is refused, naming them."""
    newer = (TableSpec("people", ("name", "age", "more", "shoes"), ()), TableSpec("cars", ("plate",), ()))
    create(path, header("9.9", newer))
    with pytest.raises(InvalidDocument, match=r"newer version \(9.9\).*got cars, people.shoes"):
        Image.load(path, tables=SPECS)


def test_columns_and_tables_added_since_are_empty(path: Path) -> None:
    """A file of an earlier version is read; what it could not know reads as None."""
    older = (TableSpec("people", ("name",), ()),)
    create(
        path,
        header("0.0", older),
        [{"template": "t", "rows": {"people": [[1, "Asha"]]}, "next": {"people": 2}}],
    )
    loaded = Image.load(path, tables=SPECS)
    assert loaded is not None
    assert dump_content(loaded[0].templates["t"])["tables"] == {
        "people": [{"#": 1, "name": "Asha", "age": None, "more": None}],
        "things": [],
    }


def test_a_file_that_is_no_whole_base_is_refused(path: Path) -> None:
    """A copy that was broken off within what the file was written with is not taken for an empty one."""
    create(path, header("1", SPECS), [{"template": "t"}] * 3)
    whole = path.read_bytes()
    path.write_bytes(whole[: whole.index(b"base") - 20])
    with pytest.raises(InvalidDocument, match="ends before what it was written with does"):
        Image.load(path, tables=SPECS)


def test_a_line_that_makes_no_sense_is_named(path: Path) -> None:
    """A well-formed line about something that is not there is an error with its number, never a traceback."""
    written(path, [{"in": "nobody", "rows": {"people": [[1, "x", 1, None]]}}])
    with pytest.raises(InvalidDocument, match=r"a\.state:3:1: .*cannot be used.*nobody"):
        Image.load(path, tables=SPECS)


def test_an_empty_file_is_a_new_one(path: Path) -> None:
    """What mktemp makes can be used."""
    path.touch()
    assert Image.load(path) is None


def test_a_last_line_without_its_newline_is_mended(path: Path) -> None:
    """An editor may have taken the last newline: nothing is lost, and the next line begins anew."""
    written(path, [{"a": 1}])
    path.write_bytes(path.read_bytes()[:-1])
    file = opened(path)
    file.append({"b": 2})
    file.close()
    assert after_base(path) == [{"a": 1}, {"b": 2}]


def test_a_folder_in_the_way_is_an_error_in_a_sentence(tmp_path: Path) -> None:
    """A file that cannot be made says so."""
    (tmp_path / "a.state.new").mkdir()
    with pytest.raises(InvalidSetting, match="cannot write the state file"):
        create(tmp_path / "a.state", header("1"))


# Deltas


def _carry_out(store: KeptStore, step: tuple[str, str, Any], other: KeptStore) -> None:
    what, name, value = step
    ids = [row_id for row_id, _ in store.rows("people")]
    if what == "insert":
        store.insert("people", {"name": name, "more": value})
        store.insert("things", {"name": value})
    elif what == "take":
        store.take(name.lstrip("#"))
    elif what == "restore":
        store.restore(other.fork())
    elif ids and what == "update":
        store.update("people", ids[len(name) % len(ids)], {"name": name, "more": value})
    elif ids:
        store.remove("people", ids[-1])


@given(st.lists(STEPS, max_size=8))
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_work_is_done_again_by_its_deltas(units: list[Any]) -> None:
    """Units of work, changes outside of them, and several together: written as JSON and read back, all is the same."""
    store, other = KeptStore(SPECS), KeptStore(SPECS)
    other.insert("people", {"name": "Asha"})
    told: list[Delta] = []
    store.recorder = told.append
    for number, steps in enumerate(units):
        inside = store.together() if number % 3 == 0 else store.unit() if number % 3 == 1 else None
        if inside is None:
            for step in steps:
                _carry_out(store, step, other)
        else:
            with inside:
                for step in steps:
                    if step[0] != "restore" or number % 3 == 0:
                        _carry_out(store, step, other)
    again = Content.empty(SPECS)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.state"
        written(path, told)
        for delta in after_base(path):
            apply(again, delta, COLUMNS)
    assert encode(dump_content(again)) == encode(store.dump())
    for row_id, row in store.rows("people"):
        assert row_id in again.table("people").matching({"name": row["name"]})
    _made_of_parts(store.content)


def _made_of_parts(content: Content) -> None:
    for parts in (portions(content), split(between(Content.empty(SPECS), content))):
        again = Content.empty(SPECS)
        _apply_all(again, parts)
        assert encode(dump_content(again)) == encode(dump_content(content))


def _apply_all(content: Content, parts: Iterator[Delta]) -> None:
    for part in parts:
        apply(content, part, COLUMNS)


def test_what_the_recorder_refuses_is_undone() -> None:
    """A unit, a change outside one, a restore and several together: an error of the recorder undoes each of them."""
    store = KeptStore(SPECS)
    store.insert("people", {"name": "Asha"})
    before = store.dump()

    def refuse(delta: Delta) -> None:
        raise OSError(delta)

    store.recorder = refuse

    def work() -> None:
        with store.unit():
            store.insert("people", {"name": "Ravi"})
            store.take("n")

    def much() -> None:
        with store.together():
            store.insert("people", {"name": "Ravi"})
            store.restore(KeptStore(SPECS))

    with pytest.raises(OSError):
        work()
    with pytest.raises(OSError):
        much()
    with pytest.raises(OSError):
        store.update("people", 1, {"name": "Ravi"})
    with pytest.raises(OSError):
        store.remove("people", 1)
    with pytest.raises(OSError):
        store.set_counter("n", 5)
    with pytest.raises(OSError):
        store.restore(KeptStore(SPECS))
    with pytest.raises(OSError):
        store.load({})
    assert store.dump() == before
    assert store.ids("people", name="Asha") == [1]
