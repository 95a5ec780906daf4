"""schemas/scenario.json: good enough to write a scenario by an editor's completion alone."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import jsonschema_rs
import pytest

from mockserver.contract.catalogue import Catalogue
from mockserver.contract.values import is_moment
from mockserver.faults.registry import fault_kinds
from mockserver.methods.rules import RULES
from mockserver.paths import data_dir
from scripts import scenario_schema

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SCHEMA: dict[str, Any] = json.loads((data_dir("schemas") / "scenario.json").read_text(encoding="utf-8"))


def fits(schema: dict[str, Any], document: Any) -> bool:
    whole = {**schema, "$defs": SCHEMA["$defs"]}
    formats = {"moment": is_moment}
    return jsonschema_rs.Draft202012Validator(whole, formats=formats, validate_formats=True).is_valid(
        document
    )


def nodes(node: Any, pointer: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every object of the schema with its pointer."""
    if isinstance(node, dict):
        yield pointer, node
        for name, value in node.items():
            if name not in ("examples", "default", "enum", "const"):
                yield from nodes(value, f"{pointer}/{name}")
    elif isinstance(node, list):
        for number, value in enumerate(node):
            yield from nodes(value, f"{pointer}/{number}")


def test_the_generated_part_is_in_step() -> None:
    """What stands in the schema of methods, quirks and faults is what there is."""
    text = (data_dir("schemas") / "scenario.json").read_text(encoding="utf-8")
    assert scenario_schema.due(text) == text
    assert scenario_schema.main(["--check"]) == 0


def test_a_schema_out_of_step_is_noticed_and_mended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """--check tells of a change without making it; without it the file is written."""
    good = (data_dir("schemas") / "scenario.json").read_text(encoding="utf-8")
    for name in ("common.json", "quirks.json"):
        (tmp_path / name).write_bytes((data_dir("schemas") / name).read_bytes())
    path = tmp_path / "scenario.json"
    path.write_text(good.replace("connection_reset", "connection_rest"), encoding="utf-8")
    monkeypatch.setattr(scenario_schema, "data_dir", lambda _: tmp_path)
    by_hand = good.partition(scenario_schema.MARK)[0].count("connection_reset")
    assert scenario_schema.main(["--check"]) == 1
    assert "out of date" in capsys.readouterr().err
    assert scenario_schema.main([]) == 0
    assert (
        path.read_text(encoding="utf-8").count("connection_reset") == good.count("connection_reset") - by_hand
    )
    path.write_text("{}", encoding="utf-8")
    with pytest.raises(SystemExit, match="lost its line"):
        scenario_schema.main([])


def test_every_member_is_described() -> None:
    """Each member that an editor offers comes with a sentence, its own or that of what it refers to."""
    missing = [
        f"{pointer}/properties/{name}"
        for pointer, node in nodes(SCHEMA)
        for name, member in node.get("properties", {}).items()
        if isinstance(member, dict) and not _described(member)
    ]
    assert missing == []


def _described(member: dict[str, Any]) -> bool:
    target = SCHEMA["$defs"].get(member.get("$ref", "").rpartition("/")[2], {})
    return bool(member.get("description") or target.get("description"))


def test_every_example_fits() -> None:
    """What the schema gives as an example it accepts."""
    examples = [(pointer, node, each) for pointer, node in nodes(SCHEMA) for each in node.get("examples", [])]
    assert len(examples) > 60
    assert [pointer for pointer, node, each in examples if not fits(node, each)] == []


def test_editors_know_every_name() -> None:
    """Methods, quirks with their values, and faults with their settings and other tools' words are offered."""
    catalogue = Catalogue.load(data_dir("schemas"), RULES)
    methods, quirks, fault = (SCHEMA["$defs"][name] for name in ("methods", "quirks", "fault"))
    assert set(methods["oneOf"][0]["enum"]) == set(catalogue.methods)
    assert list(quirks["properties"]) == list(catalogue.quirks.defaults)
    offered = {each["const"] for each in fault["oneOf"][0]["oneOf"]}
    assert offered == set(fault["oneOf"][1]["properties"])
    for kind in fault_kinds().values():
        assert {kind.name, *kind.aliases} <= offered
        assert kind.properties.keys() <= fault["oneOf"][1]["properties"][kind.name]["properties"].keys()


@pytest.mark.parametrize(
    ("then", "good"),
    [
        ({"faults": ["hang", {"latency": {"fixed": 2}}, {"hang": None}]}, True),
        ({"faults": ["CONNECTION_RESET_BY_PEER", {"timeout": {}}]}, True),
        ({"faults": ["hnag"]}, False),
        ({"faults": [{"latency": {"fixd": 2}}]}, False),
        ({"faults": [{"latency": {"fixed": 2}, "hang": {}}]}, False),
        ({"quirks": {"disp_auto_ready": "off"}}, True),
        ({"quirks": {"disp_auto_ready": "never"}}, False),
    ],
)
def test_the_schema_alone_refuses_wrong_names(then: dict[str, Any], good: bool) -> None:
    """An editor underlines what the loader would refuse."""
    assert fits(SCHEMA, {"name": "x", "rules": [{"then": then}]}) is good
