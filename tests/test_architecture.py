"""How the package is put together, and why: each rule with its because, each exception with its reason."""

from __future__ import annotations

import ast
import json
from fnmatch import fnmatchcase
from functools import cache
from graphlib import TopologicalSorter
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import pytest

from mockserver.store.interface import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROOT: Final = Path(__file__).resolve().parents[1]
PACKAGE: Final = ROOT / "mockserver"

LAYERS: Final[tuple[tuple[tuple[str, ...], str], ...]] = (
    (("__main__", "keeper"), "runs the command line, also for a program that may die"),
    (("cli", "pytest_plugin"), "what people start"),
    (("demo.*",), "a storyline with made-up people, for people to watch"),
    (("plugin.*",), "what the pytest plugin is made of"),
    (
        ("client.*",),
        "a test's hold on a server, over HTTP; mockserver/__init__.py offers it by its name alone",
    ),
    (("lending",), "who lends a server to tests"),
    (
        ("banner", "options", "edge.server", "edge.probe", "edge.asking", "edge.tls"),
        "what the commands are made of",
    ),
    (
        ("edge.asgi", "edge.wire", "edge.performing"),
        "the event loop's face: it hands what is not the API to the Flask app, and does what replies bring along",
    ),
    (("replay",), "what happened in a world, played again through both faces"),
    (("app",), "joins the faces to one Flask app"),
    (("web.*",), "the faces for people and tools"),
    (
        ("edge", "edge.health", "edge.body", "edge.pages"),
        "what both faces need of HTTP, without either framework",
    ),
    (
        ("service", "checks", "matrix", "matrix_text"),
        "everything one server holds; every document that ships, checked and played",
    ),
    (("reproduction",), "what happened in a world, as a file"),
    (("comparing",), "where two answers differ"),
    (("judging",), "what the documents say of an answer"),
    (("verifying",), "what a test says of the journal"),
    (("pipeline",), "the order of work"),
    (("stages",), "the checks and effects of a command"),
    (("interference",), "what scenarios and faults do to a command"),
    (("sending",), "the commands of storylines, as requests"),
    (("limits",), "how much a request may bring, and what more is answered"),
    (("replying",), "an outcome in the method's words"),
    (("key_hints",), "what was meant by a key that the gate refuses"),
    (("deliveries.*",), "what leaves the server, and where it may go"),
    (("gate", "magic", "access"), "who may: keys to tenant and process, tokens to the admin API"),
    (("methods.*",), "what a command does to the state"),
    (("registry",), "all worlds of a server"),
    (("advancing",), "a world's time moved on"),
    (("persistence.*",), "what of the worlds outlives the process"),
    (("sandbox",), "one isolated world"),
    (("outbound",), "what leaves a world"),
    (("happening",), "what falls due in a world"),
    (("snapshots",), "points in time of a world"),
    (("world",), "what worlds are made of, and share"),
    (("owners",), "who a key belongs to"),
    (("regime",), "the readings of the documents in force"),
    (("coverage.*", "scenarios.*"), "what a world is made to do, and what was done to it"),
    (("simulation.*",), "what happens in a world by itself"),
    (("seeding",), "plans into rows"),
    (("seed_plan",), "a plan, checked"),
    (("seed_people", "seed_rules"), "made-up people, and what a plan must hold"),
    (("logs.*", "metrics"), "what the server tells of its exchanges: lines and counts"),
    (("journal", "steps"), "what became of each request, and what was done in which order"),
    (("bell",), "waiting for something to happen"),
    (("faults.*",), "harm on request"),
    (("store.*",), "tables"),
    (("clock",), "the one door for time"),
    (("contract.*",), "documents and bytes: pure functions"),
    (("settings",), "every setting once"),
    (("audio.*",), "sounds"),
    (("links",), "addresses of recordings"),
    (("paths", "values"), "where files are, what texts mean"),
    (("model",), "the values that travel"),
    (("errors", ""), "named failures, and the version"),
)
"""The modules from the outermost to the innermost, and what a layer is for.

A module imports from layers below its own, or from its own package in its own layer. What is needed
for types alone may come from anywhere, since it makes no dependency when the program runs.
"""

FRAMEWORKS: Final[Mapping[str, tuple[tuple[str, ...], str]]] = {
    "flask": (("web.*", "app"), "the core must not know HTTP"),
    "werkzeug": (("web.*", "app"), "the core must not know HTTP"),
    "uvicorn": (("edge.*",), "only the edge serves"),
    "tinydb": (("store.*",), "another store may stand behind the interface"),
    "faker": (("seed_people",), "chance that no seed commands is no chance of ours"),
    "jsonschema": (("contract.*",), "what is valid is said by the documents"),
    "jsonschema_rs": (("contract.*",), "what is valid is said by the documents"),
    "lameenc": (("audio.*",), "an extra that most installations do without"),
    "filelock": (("persistence.*",), "one server at a time writes a state file"),
    "click": (("cli", "options", "demo.command"), "settings exist without a command line"),
    "pytest": (("pytest_plugin", "plugin.*"), "a server has no pytest"),
    "prometheus_client": (
        ("web.admin_metrics",),
        "the core only counts; and its import takes longer than our start",
    ),
}
"""Libraries, where alone they may be imported, and because of what."""

TIME_AND_CHANCE: Final = frozenset(
    {"time.time", "time.time_ns", "time.monotonic", "time.localtime", "time.gmtime", "time.sleep"}
    | {"datetime.now", "datetime.utcnow", "datetime.today", "date.today"}
)
CHANCE: Final = frozenset({"random", "uuid"})

LONG: Final[Mapping[str, str]] = {}
"""Files over 300 lines or functions over 40 (``module:function``), each with its reason."""

SMALL: Final = frozenset(range(5))
"""Numbers anybody counts with; that some are statuses too proves nothing."""

NUMBERS: Final[Mapping[tuple[str, int], str]] = {
    ("access", 24): "random bytes of a token",
    ("contract.transport", 7): "bytes of an encoded data=",
    ("coverage.conduct.memory", 16): "kibibytes from which a command is compared by its bytes",
    ("coverage.recording", 8): "kinds of records that a signature holds at most",
    ("edge.tls", 31): "the last day of December",
    ("seed_people", 8): "bytes of a digest",
    ("values", 8): "characters of the shortest token",
    ("audio.speech", 32): "digits that are spoken at most, kilobits a second",
    ("contract.carried", 16): "how many bytes around a fault are looked at",
    ("contract.urlencoded", 16): "base of hexadecimal digits",
    ("contract.strict_json", 19): "digits of the longest integer that fits 64 bits",
    ("faults.chance", 32): "bytes of a key",
    ("faults.kinds.latency", 6): "decimals of a time in seconds",
    ("faults.kinds.slow_body", 5): "seconds",
    ("faults.kinds.slow_close", 5): "seconds",
    ("faults.shapes", 5): "the widest spread of a drawn time",
    ("journal", 8): "mebibytes of long bodies that are kept whole",
    ("verifying", 5): "exchanges that are told as near misses",
    ("journal", 16): "kibibytes of a body that are kept",
    ("web.admin_filters", 18): "digits of an id's number",
    ("steps", 16): "kibibytes of a short body",
    ("persistence.keeper", 8): "mebibytes a file may grow by",
    ("persistence.keeper", 16): "letters of a template's name",
    ("replying", 5): "warnings in a header (AM-08)",
    ("registry", 16): "sealed states that are remembered",
    ("registry", 24): "letters of a minted key",
    ("demo.command", 8): "agents of a demo",
    ("demo.command", 40): "customers of a demo",
    ("demo.people", 7): "a step through the last names",
    ("demo.telling", 13): "columns of a number",
    ("demo.telling", 16): "where the minutes of a moment end",
    ("demo.telling", 19): "where the seconds of a moment end",
    ("demo.totals", 24): "columns of a name",
    ("simulation.book", 6): "where the hour stands in a system call id",
    ("simulation.book", 8): "where the hour ends in a system call id",
    ("plugin.rendezvous", 24): "random bytes of a secret",
    ("plugin.report", 8): "letters of a digest",
    ("scenarios.loading", 50): "problems of a file that are told",
    ("scenarios.source", 50): "objects and lists inside each other",
    ("scenarios.source", 63): "bits of an integer",
    ("store.pages", 32): "bits of a row's id",
    ("logs.masking", 16): "bytes of a salt",
    ("metrics", 50): "microseconds, the end of the first bucket",
    ("magic", 18): "digits of the longest number a client may send",
    ("web.admin_floor", 32): "characters of a call's id that are shown",
    ("web.admin_floor", 19): "characters of a moment without milliseconds",
    ("web.admin_http", 50): "errors of a body that are listed",
    ("web.openapi.nodes", 18): "digits of an integer that every reader of JSON keeps",
}
"""Numbers that happen to be statuses of the vendor and mean something else."""

HTTP_FACES: Final = ("app", "edge.*", "web.*", "service", "pipeline", "replying", "deliveries.*")
"""Where HTTP statuses are at home, which may coincide with the vendor's."""

STATE: Final = frozenset(column for table in TABLES for column in table.columns)
STATE_PLACES: Final = (
    "store.interface", "seed*", "sandbox", "owners", "gate", "methods.*", "simulation.*", "journal", "web.*", "stages",
    "magic", "registry", "replay", "scenarios.*", "interference", "key_hints", "client.*", "verifying", "logs.*",
    "sending", "demo.*",
)  # fmt: skip
"""Columns of the state are our own words (AM-70), wherever rows are read and written."""

WORDS: Final[Mapping[str, tuple[tuple[str, ...], str]]] = {
    "method": (("*",), "what documents, journal and admin call the method; also ASGI's word for the verb"),
    "status": (("*",), "what documents, journal and admin call a code; also ASGI's word"),
    "data": (
        ("contract.transport", "coverage.*"),
        "the parameter, the only one there is (E-06); what stands behind it in a command that is suggested",
    ),
    "field": (
        ("contract.*", "stages", "web.*", "methods.search", "client.telling", "verifying", "coverage.*"),
        "part of a custom filter (GPD-47), member of a precedence entry, a gate step, a magic value, a near miss, a row",
    ),
    "value": (("options", "values", "web.*", "methods.search"), "click's word, and everybody's"),
    "info": (
        ("settings", "logs.*", "web.openapi.document", "web.postman"),
        "a log level; also OpenAPI's word and Postman's",
    ),
    "state": (
        ("web.*", "scenarios.*", "coverage.*", "banner"),
        "what a sandbox holds; where a scenario is, or a row",
    ),
    "operator": (("methods.search",), "part of a custom filter, whose names are ours (GPD-47)"),
    "call_type": (("methods.*",), "a role, as documents name them in x-as"),
    "statuscode": (
        ("faults.kinds.status_type_flip", "client.reply"),
        "the default of a setting: which members hold a code is the scenario's to say; where a client finds it",
    ),
    "language": (
        ("simulation.messages", "simulation.speech"),
        "the language of a message, configured for the floor and told to engines",
    ),
    "reqdatetime": (("client.sandbox",), "filled in for tests where the method's document has it"),
    "crmuniquefield": (("contract.expansion",), "stands for the field of a process that is not known"),
}
"""Names of the contract that are also words of ours: where, and what they mean there."""


class Import(NamedTuple):
    """An import: who, what (without the package's name if it is ours), and when it happens."""

    module: str
    target: str
    ours: bool
    when: str


@cache
def modules() -> Mapping[str, Path]:
    """Every module of the package by its name without the package's."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        found[".".join(parts).removesuffix("__init__").removesuffix(".")] = path
    return found


@cache
def tree(module: str) -> ast.Module:
    return ast.parse(modules()[module].read_text(encoding="utf-8"))


def _is_for_types(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)


def _walk(module: str, node: ast.AST, when: str) -> Iterator[Import]:
    for child in ast.iter_child_nodes(node):
        inner = when
        if _is_for_types(child):
            inner = "types"
        elif isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef) and when != "types":
            inner = "later"
        if isinstance(child, ast.ImportFrom) and child.module:
            for alias in child.names:
                yield _import(module, child.module, alias.name, inner)
        elif isinstance(child, ast.Import):
            for alias in child.names:
                yield _import(module, alias.name, "", inner)
        yield from _walk(module, child, inner)


def _import(module: str, source: str, name: str, when: str) -> Import:
    top, _, rest = source.partition(".")
    if top != "mockserver":
        return Import(module, top, ours=False, when=when)
    whole = f"{rest}.{name}".strip(".")
    return Import(module, whole if whole in modules() else rest, ours=True, when=when)


@cache
def imports() -> tuple[Import, ...]:
    """Every import of the package, also those inside functions."""
    return tuple(found for module in modules() for found in _walk(module, tree(module), "start"))


def matches(module: str, patterns: tuple[str, ...]) -> bool:
    """Whether a module is one of these; ``web.*`` includes the package ``web`` itself."""
    return any(fnmatchcase(module, each) or each.removesuffix(".*") == module for each in patterns)


@cache
def layer(module: str) -> int:
    """The number of a module's layer, 0 outermost."""
    found = [number for number, (patterns, _) in enumerate(LAYERS) if matches(module, patterns)]
    assert len(found) == 1, f"{module!r} stands in {len(found)} layers; each module has one"
    return found[0]


def test_every_module_has_its_layer() -> None:
    """A new module is given a place before it is merged."""
    assert len(modules()) > 50
    assert [module for module in modules() if layer(module) < 0] == []


def test_imports_point_down() -> None:
    """A module may rely on what is further in, never on what is further out, not even inside a function."""
    up = [
        f"{found.module} -> {found.target} ({found.when})"
        for found in imports()
        if found.ours
        and found.when != "types"
        and not (
            layer(found.target) > layer(found.module)
            or (layer(found.target) == layer(found.module) and _same_package(found))
        )
    ]
    assert up == []


def _same_package(found: Import) -> bool:
    here, there = found.module.partition(".")[0], found.target.partition(".")[0]
    return here == there and here != ""


def test_no_import_leads_in_a_circle() -> None:
    """Inside a package imports have an order too; one hidden in a function counts like any other."""
    graph: dict[str, set[str]] = {module: set() for module in modules()}
    for found in imports():
        if found.ours and found.when != "types" and found.target != found.module:
            graph[found.module].add(found.target)
    TopologicalSorter(graph).prepare()


@pytest.mark.parametrize("library", FRAMEWORKS)
def test_a_library_stays_in_its_place(library: str) -> None:
    """Flask in the faces, TinyDB in the store, Faker in seeding, jsonschema in the contract; also for types."""
    places, because = FRAMEWORKS[library]
    strangers = [
        found.module for found in imports() if found.target == library and not matches(found.module, places)
    ]
    assert strangers == [], because


def test_time_and_chance_come_from_the_sandbox() -> None:
    """Nothing but clock.py reads a clock, and nothing rolls dice: else a frozen sandbox would not repeat itself."""
    found = [
        f"{module}: {ast.unparse(node)}"
        for module in modules()
        if module != "clock"
        for node in ast.walk(tree(module))
        if isinstance(node, ast.Attribute) and ".".join(ast.unparse(node).split(".")[-2:]) in TIME_AND_CHANCE
    ]
    assert found == []
    assert [each for each in imports() if each.target in CHANCE] == []
    names = {"time", "time_ns", "monotonic", "sleep"}
    taken = [
        module
        for module in modules()
        for node in ast.walk(tree(module))
        if isinstance(node, ast.ImportFrom)
        and node.module == "time"
        and names & {alias.name for alias in node.names}
    ]
    assert taken == []


def test_the_linter_makes_no_other_exception() -> None:
    """The linter's rule about time and chance is switched off for the package in clock.py alone."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    exempt = [
        line.split("=")[0].strip() for line in text.splitlines() if "mockserver/" in line and "TID251" in line
    ]
    assert exempt == ['"mockserver/clock.py"']
    silenced = [module for module, path in modules().items() if "TID251" in path.read_text(encoding="utf-8")]
    assert silenced == []


# State

_LITERALS: Final = (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp)
_MAKERS: Final = frozenset(
    {"list", "dict", "set", "defaultdict", "deque", "Counter", "OrderedDict", "bytearray"}
)
_CHANGES: Final = frozenset(
    {
        "append",
        "extend",
        "insert",
        "remove",
        "pop",
        "popitem",
        "clear",
        "update",
        "setdefault",
        "add",
        "discard",
    }
    | {"appendleft", "popleft", "sort", "reverse"}
)


def _is_container(value: ast.expr | None) -> bool:
    if isinstance(value, ast.Call):
        return isinstance(value.func, ast.Name) and value.func.id in _MAKERS
    return isinstance(value, _LITERALS)


def _containers(module: str) -> Iterator[tuple[str, str]]:
    """Yield name and annotation of the containers a module makes when it is imported."""
    for node in tree(module).body:
        if isinstance(node, ast.AnnAssign) and _is_container(node.value):
            yield ast.unparse(node.target), ast.unparse(node.annotation)
        elif isinstance(node, ast.Assign) and _is_container(node.value):
            yield from ((ast.unparse(target), "") for target in node.targets)


def test_containers_of_a_module_are_declared_constant() -> None:
    """Everything mutable lives in a sandbox: a module's container is Final or a Mapping, for mypy to guard."""
    loose = [
        f"{module}.{name}"
        for module in modules()
        for name, annotation in _containers(module)
        if name != "__all__" and not annotation.startswith(("Final", "Mapping", "Sequence"))
    ]
    assert loose == []


def _changed(module: str) -> Iterator[str]:
    """Yield the plain names that a module changes in place, wherever it does."""
    for node in ast.walk(tree(module)):
        targets: list[ast.expr] = []
        if isinstance(node, ast.Assign | ast.Delete):
            targets = node.targets
        elif isinstance(node, ast.AugAssign):
            targets = [node.target]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner = node.func.value
            targets = [ast.Subscript(owner, ast.Constant(0))] if node.func.attr in _CHANGES else []
        for target in targets:
            if isinstance(target, ast.Subscript) and isinstance(target.value, ast.Name):
                yield target.value.id


def test_containers_of_a_module_never_change() -> None:
    """Nor does another module change what it imported; and no function rebinds a global."""
    constants = {name for module in modules() for name, _ in _containers(module)}
    changed = [f"{module}: {name}" for module in modules() for name in _changed(module) if name in constants]
    assert changed == []
    rebound = [
        module for module in modules() for node in ast.walk(tree(module)) if isinstance(node, ast.Global)
    ]
    assert rebound == []


# The contract's words and numbers


def _documents() -> Iterator[Any]:
    for path in (*(ROOT / "schemas" / "methods").glob("*.json"), ROOT / "schemas" / "envelopes.json"):
        yield json.loads(path.read_text(encoding="utf-8"))


def _names(node: Any) -> Iterator[str]:
    """Yield the field names and reply keys of a document."""
    if isinstance(node, dict):
        properties = node.get("properties")
        if isinstance(properties, dict):
            yield from properties
        yield from node.get("x-aliases", ())
        for value in node.values():
            yield from _names(value)
    elif isinstance(node, list):
        for value in node:
            yield from _names(value)


@cache
def contract_names() -> frozenset[str]:
    common = json.loads((ROOT / "schemas" / "common.json").read_text(encoding="utf-8"))
    found = {name for document in _documents() for name in _names(document)}
    return frozenset(found | set(common["keys"].values()))


@cache
def statuses() -> frozenset[int]:
    common = json.loads((ROOT / "schemas" / "common.json").read_text(encoding="utf-8"))
    codes = set(common["statuses"])
    for document in _documents():
        for variant in document.get("editions", {}).values():
            for table in variant["statuses"].values():
                codes |= set(table)
    return frozenset(map(int, codes))


def _constants(module: str) -> Iterator[ast.Constant]:
    docstrings = {
        id(node.value)
        for node in ast.walk(tree(module))
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.Constant) and id(node) not in docstrings:
            yield node


def _may_say(module: str, word: str) -> bool:
    if word in WORDS and matches(module, WORDS[word][0]):
        return True
    return word in STATE and matches(module, STATE_PLACES)


def test_python_knows_no_field_of_the_contract() -> None:
    """Field names and reply keys stand in the documents, so that a wrong one is mended there and nowhere else."""
    assert {"mobilenumber", "statusdata", "updateparam", "timestamp"} <= contract_names()
    found = [
        f"{module}:{node.lineno}: {node.value!r}"
        for module in modules()
        for node in _constants(module)
        if isinstance(node.value, str) and node.value in contract_names() and not _may_say(module, node.value)
    ]
    assert found == []


def _may_count(module: str, number: int) -> bool:
    if number in SMALL or (module, number) in NUMBERS:
        return True
    return number in set(HTTPStatus) and matches(module, HTTP_FACES)


def test_python_knows_no_status_of_the_contract() -> None:
    """Which status answers what stands in the documents: in Python it would be true for one method and edition."""
    assert {17, 38, 1107, 1243} <= statuses()
    padded = {str(code).zfill(3) for code in statuses()} | {str(code) for code in statuses() - SMALL}
    found = []
    for module in modules():
        for node in _constants(module):
            if type(node.value) is int and node.value in statuses() and not _may_count(module, node.value):
                found.append(f"{module}:{node.lineno}: {node.value}")
            if isinstance(node.value, str) and node.value in padded:
                found.append(f"{module}:{node.lineno}: {node.value!r}")
    assert found == []


def test_no_edition_is_asked_for() -> None:
    """What an edition changes stands in the documents: no comparison with one in the core."""
    found = [
        f"{module}:{node.lineno}"
        for module in modules()
        for node in ast.walk(tree(module))
        if isinstance(node, ast.Compare)
        and any(
            isinstance(part, ast.Constant) and part.value in ("1.0.6", "web")
            for part in (node.left, *node.comparators)
        )
    ]
    assert found == []


# Size


def _functions(module: str) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def _long() -> Iterator[str]:
    for module, path in modules().items():
        if len(path.read_text(encoding="utf-8").splitlines()) > 300:
            yield module
        for node in _functions(module):
            if (node.end_lineno or 0) - node.lineno + 1 > 40:
                yield f"{module}:{node.name}"


def test_files_and_functions_stay_small() -> None:
    """Functions of at most 40 lines and files of at most 300, so that each can be read in one go."""
    assert sorted(set(_long()) - LONG.keys()) == []


def test_no_exception_outlives_its_cause() -> None:
    """What is allowed above is still needed."""
    assert LONG.keys() - set(_long()) == set()
    used = {(module, node.value) for module in modules() for node in _constants(module)}
    assert [entry for entry in NUMBERS if entry not in used or entry[1] not in statuses()] == []
    said = {word for _, word in used if isinstance(word, str)}
    assert [word for word in WORDS if word not in said or word not in contract_names()] == []
    wanted = {found.target for found in imports()}
    assert [library for library in FRAMEWORKS if library not in wanted | {"werkzeug"}] == []
