"""Scenario files with mistakes: each is told with line, column, what was expected and what was meant."""

from __future__ import annotations

import contextlib
import copy
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mockserver.errors import InvalidDocument
from mockserver.scenarios.loading import load_bytes, load_document, load_scenario
from mockserver.scenarios.yaml_reading import read_yaml_source

if TYPE_CHECKING:
    from mockserver.contract.catalogue import Catalogue

TWELVE = Path(__file__).resolve().parents[1] / "data" / "twelve.yaml"


def problems(catalogue: Catalogue, text: str, *, wire: bool = True) -> list[str]:
    """Return what is wrong with a file x.yaml of this text, without the file's name."""
    try:
        load_bytes(text.encode(), Path("x.yaml"), catalogue, wire=wire)
    except InvalidDocument as error:
        return [str(problem).removeprefix("x.yaml:") for problem in error.problems]
    return []


def notes(catalogue: Catalogue, text: str) -> list[str]:
    """Return what is odd about a good file of this text."""
    return [str(note) for note in load_bytes(text.encode(), Path("x.yaml"), catalogue, wire=True)[1]]


def rule(text: str) -> str:
    """Return a file with one rule; its text begins in line 3, column 5."""
    return f"name: x\nrules:\n  - {text}\n"


def test_twelve_mistakes_are_twelve_messages(catalogue: Catalogue) -> None:
    """SIM-27: a file with twelve different mistakes gives twelve messages, each with its line and column."""
    with pytest.raises(InvalidDocument) as caught:
        load_scenario(TWELVE, catalogue, wire=True)
    found = [(problem.line, problem.column, problem.pointer) for problem in caught.value.problems]
    assert found == [
        (2, 7, "/seed"),
        (4, 29, "/setup/quirks/disp_auto_ready"),
        (6, 25, "/setup/users/dinesh.s@avhan.com"),
        (9, 20, "/rules/0/when/method"),
        (15, 23, "/rules/1/when/fields/contactvalue"),
        (16, 9, "/rules/1/when/fields/contactvalu"),
        (17, 26, "/rules/1/when/fields/remarks/regex"),
        (18, 20, "/rules/1/then/status"),
        (19, 9, "/rules/2/id"),
        (20, 12, "/rules/2/state"),
        (21, 22, "/rules/2/when/jsonpath"),
        (23, 16, "/rules/2/then/faults/0"),
    ]
    assert len({problem.message for problem in caught.value.problems}) == 12
    assert all(problem.expected and problem.got for problem in caught.value.problems)


WRONG: list[tuple[str, str, list[str]]] = [
    # form
    ("name of another file", "name: y\nrules: []\n", ["1:7: /name: the scenario is loaded by another name; expected x; got y"]),
    ("no rules", "name: x\n", ["1:1: /rules: a member is missing; expected a member rules; got none"]),
    ("unknown member", "name: x\nrule: []\nrules: []\n", [("2:1: /rule: this member is not known; expected one of $schema, "
     "description, name, rules, seed, setup, story; did you mean rules?; got rule")]),
    ("unknown edition", rule("{when: {edition: 1.0.5}, then: {nothing: true}}"),
     ['3:22: /rules/0/when/edition: this value is not one of those known; expected one of 1.0.6, web; did you mean 1.0.6?; got "1.0.5"']),
    ("unknown test", rule("{when: {fields: {media: {equal: 1}}}, then: {nothing: true}}"),
     [("3:30: /rules/0/when/fields/media/equal: this member is not known; expected one of blank, contains, equals, "
      "one_of, present, regex; did you mean equals?; got equal")]),
    ("no then", rule("id: a"), ["3:5: /rules/0/then: a member is missing"]),
    ("no rule", rule("{}\n  -"), ["3:5: /rules/0/then: a member is missing", "4:4: /rules/1: this value is of the wrong type"]),
    ("probability", rule("{probability: 2, then: {nothing: true}}"), ["3:19: /rules/0/probability: this value does not fit; expected at most 1; got 2"]),
    ("no moment", rule("{when: {time: {from: 2026-13-01 00:00:00}}, then: {nothing: true}}"),
     ['3:26: /rules/0/when/time/from: this text has the wrong form; expected YYYY-MM-DD hh:mm:ss']),
    ("two counts", rule("{when: {call: {nth: 1, every: 2}}, then: {nothing: true}}"), ["3:19: /rules/0/when/call: this value does not fit; expected at most 1 members"]),
    ("status word", rule("{when: {status: succes}, then: {nothing: true}}"),
     ['3:21: /rules/0/when/status: this value does not fit; expected integer or array or one of "success", "failure"; got "succes"']),
    ("nothing false", rule("{then: {nothing: false}}"), ["3:22: /rules/0/then/nothing: this value does not fit; expected true; got false"]),
    # quoting
    ("number compared", rule("{when: {fields: {contactvalue: {one_of: [9812, +919812]}}}, then: {nothing: true}}"),
     [('3:52: /rules/0/when/fields/contactvalue/one_of/1: this is read as a number, without what it begins with: quote it; '
      'expected text; did you mean "+919812"?; got 919812')]),
    ("leading zero", rule("{when: {record: {mobilenumber: 0123}}, then: {nothing: true}}"),
     [('3:36: /rules/0/when/record/mobilenumber: this is read as a number, without what it begins with: quote it; '
      'expected text; did you mean "0123"?; got 123')]),
    ("zero in a reply", rule("{then: {reply: {statusdesc: 007}}}"), ['3:33: /rules/0/then/reply/statusdesc: this is read as a number']),
    ("number for text", "name: x\nsetup: {dnc: [+919812]}\nrules: []\n",
     ['2:15: /setup/dnc/0: this is a number where text is wanted: quote it; expected text; did you mean "+919812"?; got 919812']),
    ("number for a key", rule("{when: {servicekey: 12}, then: {nothing: true}}"),
     ['3:25: /rules/0/when/servicekey: this is a number where text is wanted: quote it; expected text; did you mean "12"?; got 12']),
    ("truth value for a quirk", "name: x\nsetup: {quirks: {disp_auto_ready: true}}\nrules: []\n",
     ['2:35: /setup/quirks/disp_auto_ready: this is a truth value where text is wanted: quote it; expected text; did you mean "true"?; got true']),
    ("yes for a quirk", "name: x\nsetup: {quirks: {disp_auto_ready: no}}\nrules: []\n",
     ['2:35: /setup/quirks/disp_auto_ready: quirk disp_auto_ready has no such value; expected one of on, off; did you mean off?; got no']),
    # setup
    ("unknown quirk", "name: x\nsetup: {quirks: {mobil_rule: intl}}\nrules: []\n", ["2:18: /setup/quirks/mobil_rule: there is no such quirk"]),
    ("unknown status of a user", "name: x\nsetup: {users: {a@b.c: 77}}\nrules: []\n", ["2:24: /setup/users/a@b.c: agents have no such status"]),
    # what no command could fit
    ("unknown method", rule("{when: {method: [userStatus, userStatuss]}, then: {nothing: true}}"), ["3:34: /rules/0/when/method/1: there is no such method"]),
    ("edition of another method", rule("{when: {method: userStatus, edition: 1.0.6}, then: {nothing: true}}"),
     ["3:42: /rules/0/when/edition: no method of this rule has this edition; expected one of web; got 1.0.6"]),
    ("field of no method", rule("{when: {fields: {medai: 12}}, then: {nothing: true}}"), ["3:22: /rules/0/when/fields/medai: no command of this rule has this field"]),
    ("field of another method", rule("{when: {method: deleteUser, fields: {media: 12}}, then: {nothing: true}}"), ["3:42: /rules/0/when/fields/media: no command"]),
    ("records of a method without", rule("{when: {method: deleteUser, record: {a: 1}}, then: {nothing: true}}"), ["3:33: /rules/0/when/record: no method of this rule has records"]),
    ("value outside the list", rule("{when: {method: ImportProcessData, fields: {media: 99}}, then: {nothing: true}}"),
     ["3:56: /rules/0/when/fields/media: media never has this value; expected one of 1, 2, 3, 4, 8, 11, 12, 21, 22, 31; got 99"]),
    ("value of another form", rule("{when: {fields: {newpassword: secret}}, then: {nothing: true}}"),
     ["3:35: /rules/0/when/fields/newpassword: newpassword never has this value; expected string of the form [0-9a-fA-F]{32}; got secret"]),
    ("record value too long", rule("{when: {method: ImportProcessData, edition: 1.0.6, record: {mobilenumber: x}}, then: {nothing: true}}"),
     ["3:79: /rules/0/when/record/mobilenumber: mobilenumber never has this value"]),
    ("status never answered", rule("{when: {method: deleteUser, status: [1, 9]}, then: {nothing: true}}"), ["3:45: /rules/0/when/status/1: no method of this rule answers"]),
    ("regex", rule('{when: {fields: {remarks: {regex: "[a"}}}, then: {nothing: true}}'), ["3:39: /rules/0/when/fields/remarks/regex: this is no regular expression, at its character"]),
    ("query", rule("{when: {jsonpath: foo bar}, then: {nothing: true}}"), ["3:23: /rules/0/when/jsonpath: this is no JSONPath, at its character 5; expected a query of RFC 9535"]),
    ("time", rule("{when: {time: {from: 2026-01-02 00:00:00, until: 2026-01-01 00:00:00}}, then: {nothing: true}}"), ["3:54: /rules/0/when/time/until: this time ends before it begins"]),
    # what cannot be done
    ("status of no row", rule("{then: {status: 47}}"), ["3:21: /rules/0/then/status: no method of this rule refuses commands with this status"]),
    ("success forced", rule("{when: {method: getActiveUserList}, then: {status: 1}}"), ["3:56: /rules/0/then/status: no method of this rule refuses commands"]),
    ("record status of a command", rule("{when: {method: ImportProcessData}, then: {level: record, status: 17}}"), ["3:71: /rules/0/then/status: no method of this rule refuses records"]),
    ("record level of a method without", rule("{when: {method: deleteUser}, then: {level: record, status: 406}}"), ["3:48: /rules/0/then/level: no method of this rule has records"]),
    ("level without status", rule("{then: {level: record, state: a}}"), ["3:13: /rules/0/then/level: level says how a status is answered"]),
    ("applied without status", rule("{then: {applied: true}}"), ["3:13: /rules/0/then/applied: applied says how a status is answered"]),
    ("applied record", rule("{then: {level: record, status: 43, applied: true}}"), ["3:40: /rules/0/then/applied: a record that is refused is not applied"]),
    ("record after the answer", rule("{when: {status: success}, then: {level: record, status: 43}}"), ["3:45: /rules/0/then/level: a rule that waits for the answer"]),
    ("nothing and more", rule("{then: {nothing: true, state: a}}"), ["3:13: /rules/0/then/nothing: nothing goes with nothing else"]),
    ("unknown fault", rule("{then: {faults: [hang, connection_rest]}}"), ["3:28: /rules/0/then/faults/1: there is no such fault"]),
    ("unknown setting", rule("{then: {faults: [{latency: {fixd: 2}}]}}"), ["3:33: /rules/0/then/faults/0/latency/fixd: this member is not known"]),
    ("setting out of bounds", rule("{then: {faults: [{latency: {fixed: -1}}]}}"), ["3:40: /rules/0/then/faults/0/latency/fixed: this value does not fit; expected at least 0; got -1"]),
    ("settings that exclude each other", rule("{then: {faults: [{latency: {fixed: 1, uniform: [1, 2]}}]}}"), ["3:52: /rules/0/then/faults/0/latency/uniform: these settings say the same"]),
    ("no settings", rule("{then: {faults: [{latency: 2}]}}"), ["3:32: /rules/0/then/faults/0/latency: the settings of a fault are an object"]),
    ("wait before an answer that is known", rule("{when: {status: success}, then: {faults: [{latency: {phase: before}}]}}"), ["3:48: /rules/0/then/faults/0/latency: a rule that waits"]),
    # rules beside each other
    ("same id", rule("{id: a, then: {nothing: true}}\n  - {id: a, then: {nothing: true}}"), ["4:10: /rules/1/id: rule 1 has this id already"]),
    ("id that another has by default", rule("{id: rule-2, then: {nothing: true}}\n  - {then: {nothing: true}}"), ["4:5: /rules/1: rule 1 has this id already"]),
    ("state that nobody sets", rule("{state: opne, then: {nothing: true}}\n  - {then: {state: open}}"),
     ["3:13: /rules/0/state: no rule leads to this state; expected one of open, started; did you mean open?; got opne"]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), [pytest.param(*row[1:], id=row[0]) for row in WRONG])
def test_each_mistake_has_its_message(catalogue: Catalogue, text: str, expected: list[str]) -> None:
    """SIM-27: what is wrong is told once, where it stands, and nothing else is told."""
    found = problems(catalogue, text)
    assert len(found) == len(expected), found
    for line, begin in zip(found, expected, strict=True):
        assert line.startswith(begin)


GOOD: list[tuple[str, str]] = [
    ("an alias of a field", "{when: {method: userStatus, fields: {regdatetime: {present: true}}}, then: {nothing: true}}"),
    ("digits for a text of digits", "{when: {fields: {media: 12}}, then: {nothing: true}}"),
    ("a value in another case", "{when: {method: addEditUser, fields: {usertype: team leader}}, then: {nothing: true}}"),
    ("a value that a quirk allows", "{when: {method: addEditUser, fields: {action: 1}}, then: {nothing: true}}"),
    ("a blank value", "{when: {method: ImportProcessData, fields: {media: ''}}, then: {nothing: true}}"),
    ("a field of the template", "{when: {record: {city: Pune}}, then: {nothing: true}}"),
    ("a wrapped record", "{when: {method: userStatus, record: {loginid: a@b.c}}, then: {level: record, status: 4}}"),
    ("a status of one of several methods", "{when: {method: [deleteUser, saveDisposition]}, then: {status: 32}}"),
    ("a status of everybody", "{then: {status: 48}}"),
    ("a name of WireMock", "{then: {faults: [CONNECTION_RESET_BY_PEER, empty_response]}}"),
    ("a name and settings of Toxiproxy", "{then: {faults: [{latency: {latency: 100, jitter: 10}}, {timeout: {}}]}}"),
    ("a fault without settings", "{then: {faults: [{hang: }]}}"),
    ("an expression of Python", "{when: {fields: {remarks: {regex: '(?i)(?P<x>a)(?<=a)'}}}, then: {nothing: true}}"),
    ("a record by the field of a process", "{when: {method: ImportProcessData, record: {loan_no: '1'}}, then: {nothing: true}}"),
]  # fmt: skip


@pytest.mark.parametrize("text", [pytest.param(row[1], id=row[0]) for row in GOOD])
def test_what_could_happen_is_not_refused(catalogue: Catalogue, text: str) -> None:
    """SIM-27, GEN-13: spellings, readings and tolerances of the contract are no mistakes, nor are others' words."""
    assert problems(catalogue, rule(text)) == []


def test_connections_are_asked_for_where_there_are_none(catalogue: Catalogue) -> None:
    """A server without its connections refuses what it could not do; faults of the reply it can."""
    text = rule("{then: {faults: [malformed_json, hang, {latency: {fixed: 1}}]}}")
    assert problems(catalogue, text) == []
    found = problems(catalogue, text, wire=False)
    place = "this server has no access to its connections; expected a fault of the reply; got"
    assert found == [
        f"3:38: /rules/0/then/faults/1: {place} hang",
        f"3:45: /rules/0/then/faults/2/latency: {place} latency",
    ]


NOTES: list[tuple[str, str, list[str]]] = [
    ("fits no example", rule("{when: {method: saveDisposition, fields: {remarks: never said}}, then: {nothing: true}}"),
     ["x.yaml:3:12: /rules/0/when: note: this rule fits none of the documented commands: field remarks is"]),
    ("fits an example", rule("{when: {method: saveDisposition, fields: {media: Voice In}}, then: {nothing: true}}"), []),
    ("fits a provocation", rule("{when: {method: saveDisposition, fields: {dispomasterid: 999}}, then: {nothing: true}}"), []),
    ("keys are anybody's", rule("{when: {apikey: minted, servicekey: minted}, then: {status: 48}}"), []),
    ("never fires", rule("{probability: 0, then: {nothing: true}}"), ["x.yaml:3:19: /rules/0/probability: note: this rule never fires"]),
    ("taken by an earlier one", rule("{id: all, then: {nothing: true}}\n  - {id: late, when: {call: {nth: 2}}, then: {faults: [hang]}}"),
     ["x.yaml:4:5: /rules/1: note: this rule is never reached: all always acts before it"]),
    ("the same again", rule("{when: {method: deleteUser}, then: {status: 5}}\n  - {when: {method: deleteUser}, then: {nothing: true}}"),
     ["x.yaml:4:5: /rules/1: note: this rule is never reached: rule-1 always acts before it"]),
    ("earlier sometimes", rule("{probability: 0.5, then: {nothing: true}}\n  - {then: {faults: [hang]}}"), []),
    ("earlier a few times", rule("{times: 2, then: {nothing: true}}\n  - {then: {faults: [hang]}}"), []),
    ("earlier in one state", rule("{state: started, then: {nothing: true}}\n  - {then: {faults: [hang]}}"), []),
    ("earlier cannot always", rule("{then: {status: 32}}\n  - {then: {faults: [hang]}}"), []),
    ("at another point", rule("{then: {nothing: true}}\n  - {when: {status: success}, then: {faults: [hang]}}"), []),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), [pytest.param(*row[1:], id=row[0]) for row in NOTES])
def test_what_is_only_odd_is_a_note(catalogue: Catalogue, text: str, expected: list[str]) -> None:
    """A rule that fits nothing documented, or never has its turn, is told of and loaded all the same."""
    found = notes(catalogue, text)
    assert len(found) == len(expected), found
    for line, begin in zip(found, expected, strict=True):
        assert line.startswith(begin)


def test_problems_are_told_up_to_fifty(catalogue: Catalogue) -> None:
    """Of very many problems the first fifty are told, and how many more there are."""
    found = problems(catalogue, "name: x\nrules:\n" + "  - {then: {statu: 1}}\n" * 70)
    assert len(found) == 50
    assert found[0].startswith("3:13: ")
    assert "(and 20 more problems)" in found[-1]


def test_a_thousand_rules_are_enough(catalogue: Catalogue) -> None:
    """More than 1,000 rules are refused."""
    assert problems(catalogue, "name: x\nrules:\n" + "  - {then: {status: 48}}\n" * 1000) == []
    (found,) = problems(catalogue, "name: x\nrules:\n" + "  - {then: {status: 48}}\n" * 1001)
    assert found.startswith("3:3: /rules: this value does not fit; expected at most 1000 elements")


def test_documents_without_a_file_have_pointers(catalogue: Catalogue) -> None:
    """A JSON body is checked just the same; its name may be left out and must not be another."""
    made, odd = load_document({"rules": [{"then": {"status": 48}}]}, catalogue, name="mine", wire=True)
    assert (made.name, odd) == ("mine", [])
    with pytest.raises(InvalidDocument) as caught:
        load_document(
            {"name": "yours", "rules": [{"then": {"statu": 48}}]}, catalogue, name="mine", wire=True
        )
    assert [str(problem).partition(";")[0] for problem in caught.value.problems] == [
        "scenario mine: /name: the scenario is loaded by another name",
        "scenario mine: /rules/0/then/statu: this member is not known",
    ]
    deep: dict[str, Any] = {}
    for _ in range(60):
        deep = {"a": deep}
    with pytest.raises(InvalidDocument, match="too deep"):
        load_document(deep, catalogue, name="mine", wire=True)


BASE = read_yaml_source(
    """
name: x
description: What mutations begin from.
setup:
  edition: web
  quirks: {disp_auto_ready: "off"}
  users: {dinesh.s@avhan.com: Wrapup}
  dnc: ["9000000001"]
  callbacks: [{servicekey: VoiceProcess, number: "9", count: 1}]
  missing_recordings: all
rules:
  - id: a
    state: started
    when:
      method: [saveDisposition, ImportProcessData]
      fields: {media: 12, remarks: {regex: a, present: true}}
      record: {mobilenumber: {one_of: ["9812345678"]}}
      jsonpath: $.data[0]
      call: {every: 2}
      time: {from: 2026-01-01 00:00:00, for_seconds: 5}
    probability: 0.5
    times: 3
    then: {faults: [hang, {latency: {fixed: 2}}], reply: {statusdesc: x}, state: b, quirks: {mobile_rule: intl}}
  - when: {status: [1, 48]}
    then: {status: 48, applied: true}
  - then: {level: record, status: 43}
""",
    "base",
).document
VALUES: st.SearchStrategy[Any] = st.sampled_from(
    [None, True, 0, -1, 1.5, 10**17, "", "x", "web", [], [None], [[]], {}, {"x": None}, {"equals": []}, ["x", "x"], "\x00"]
)  # fmt: skip


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, each in inner for place in _places(each, (*path, key)))]


def test_what_mutations_begin_from_is_good(catalogue: Catalogue) -> None:
    """Else every mutation would be refused for a reason that has nothing to do with it."""
    assert load_document(BASE, catalogue, name="x", wire=True)[0].name == "x"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=200)
@given(data=st.data())
def test_no_mutation_raises_anything_else(catalogue: Catalogue, data: st.DataObject) -> None:
    """A good scenario with some parts replaced by others is a scenario or an InvalidDocument."""
    document = copy.deepcopy(BASE)
    for place in data.draw(st.lists(st.sampled_from(_places(BASE)[1:]), min_size=1, max_size=4)):
        node = document
        for step in place[:-1]:
            node = node[step] if isinstance(node, dict) and step in node else None
        if isinstance(node, dict):
            name = data.draw(st.sampled_from([place[-1], "x", "media"]))
            node[name] = data.draw(VALUES)
    with contextlib.suppress(InvalidDocument):
        assert load_document(document, catalogue, name="x", wire=True)[0].document == document
