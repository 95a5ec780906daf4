"""addEditUser: field by field, what is taken and how it is stored, and what is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.api import drop, fresh
from tests.methods.helpers import GONE, exchange, printed, rows

if TYPE_CHECKING:
    from tests.api import Api

SEEDED_IMAGE = "c2c_clicktocall_201601051003844.jpg"
MD5 = "ecc4208a7778c1d76e7e89c5253128c5"
MEDIA = (
    "Email In", "Email Out", "SMS In", "SMS Out", "Chat", "Voice In", "Voice Out", "Social-Twitter",
    "Social-Facebook", "Video", "social",
)  # fmt: skip
TYPES = ("Super Admin", "Administrator", "Supervisor", "Team Leader", "User", "Quality", "Barge-In", "MIS")
PROSE_TYPES = ("admin", "dealer", "Stores")
CONTACTS = (
    "Home Number", "Mobile Number", "Personal Number", "Office phone", "Office Fax", "Skype", "Personal Email",
    "Official Email",
)  # fmt: skip


def add(api: Api, quirks: dict[str, Any] | None = None, **changes: Any) -> int:
    """Send the printed addition with changes and return the status."""
    return api.post(printed("GV-20", **changes), **(quirks or {})).status


def stored(api: Api) -> dict[str, Any]:
    """Return the row of the user who was added."""
    (row,) = rows(api, "users", tenant="test_org", userid=124)
    return row


def media(*names: Any) -> dict[str, Any]:
    return {"mediadetails": [{"media": name} for name in names]}


@pytest.mark.parametrize("name", [*TYPES, *PROSE_TYPES])
def test_user_types(api: Api, name: str) -> None:
    """Every printed type and those of the prose, in any case, trimmed; stored by its name (USR-07, REF-06, E-108, AM-43)."""
    for number, spelled in enumerate((name, name.upper(), f" {name.lower()} ")):
        assert add(api, usertype=spelled, loginid=f"u{number}@avhan.com") == 3
    assert {row["usertype"] for row in rows(api, "users") if row["userid"] > 123} == {name}


@pytest.mark.parametrize("name", ["Super  Admin", "SuperAdmin", "Barge In", "Users", "1", "Agent"])
def test_types_nobody_has(api: Api, name: str) -> None:
    """Another word, and one whose blanks or hyphens differ, is 409 (USR-07, REF-06)."""
    assert add(api, usertype=name) == 409


@pytest.mark.parametrize("name", MEDIA)
def test_media_names(api: Api, name: str) -> None:
    """Spaces and case of a name do not matter, and its name is stored (USR-08, REF-03, E-109)."""
    spellings = [name, name.upper(), name.replace(" ", ""), f" {name.lower()} ", " ".join(name)]
    assert add(api, **media(*spellings)) == 3
    assert stored(api)["media"] == [name] * len(spellings)


WRONG_MEDIA: list[Any] = [
    GONE, None, "", " ", [], {}, "Email In", "[]", 5, True, {"media": "Chat"}, ["Chat"], [None], [[]], [{}],
    [{"media": ""}], [{"media": None}], [{"media": 11}], [{"media": True}], [{"media": ["Chat"]}],
    [{"Media": "Chat"}], [{"medium": "Chat"}], [{"media": "Chat"}, {"media": "Pigeon"}], [{"media": "Email-In"}],
    [{"media": "11"}], [{"media": "Chat,Video"}],
]  # fmt: skip


@pytest.mark.parametrize("value", WRONG_MEDIA)
def test_wrong_media(api: Api, value: Any) -> None:
    """Absent, blank, of another shape, or one unknown name among good ones is 5 (USR-08, USR-24, GEN-16, GEN-17)."""
    assert add(api, mediadetails=value) == 5
    assert not rows(api, "users", userid=124)


LONG = ["Social-Facebook"] * 9
"""Nine names of fifteen characters: 143 with the commas between them."""

LIMITS = [
    ("Video", 149, 3), ("SMS In", 150, 3), ("social", 150, 3), ("SMS Out", 151, 5), ("Voice In", 152, 5),
    ("smsout", 151, 5), ("S M S  I n", 150, 3),
]  # fmt: skip


@pytest.mark.parametrize(("last", "length", "status"), LIMITS)
def test_the_limit_of_the_media(api: Api, last: str, length: int, status: int) -> None:
    """The names of the media joined by commas, however they were spelled, fit 150 characters (AM-42, USR-08, E-128)."""
    sent = media(*LONG, last)
    assert len(str(sent["mediadetails"])) > 200
    assert add(api, **sent) == status
    if status == 3:
        assert len(",".join(stored(api)["media"])) == length


PASSWORDS = [
    (MD5, MD5, 3), (MD5.upper(), MD5.upper(), 3), (f" {MD5}", f"{MD5} ", 3), (GONE, GONE, 3), ("", "", 3),
    (GONE, "anything", 3), (GONE, MD5, 3), (None, MD5, 3), (GONE, 5, 3),
    (MD5[:31], MD5[:31], 5), (MD5 + "0", MD5 + "0", 5), (MD5.upper()[:31], MD5.upper()[:31], 5),
    (MD5.upper() + "F", MD5.upper() + "F", 5), ("g" * 32, "g" * 32, 5), ("secret", "secret", 5),
    (int("1" * 32), int("1" * 32), 5), (True, True, 5), ([MD5], [MD5], 5), ({"a": MD5}, {"a": MD5}, 5),
    (MD5, GONE, 5), (MD5, "", 5), (MD5, None, 5), (MD5, "0" * 32, 5), (MD5, MD5[:31], 5), (MD5, [MD5], 5), (MD5, 5, 5),
]  # fmt: skip


@pytest.mark.parametrize(("password", "confirmed", "status"), PASSWORDS)
def test_passwords(api: Api, password: Any, confirmed: Any, status: int) -> None:
    """32 hex digits of either case, confirmed by the same; without one the confirmation is ignored (USR-09, USR-10, REF-15, USR-24)."""
    assert add(api, newpassword=password, confirmpassword=confirmed) == status
    if status == 3:
        kept = password.strip() if isinstance(password, str) else None
        assert stored(api)["password"] == (kept or None)


LOGINS = [
    ("a@b", 3), ("Tanmay.k@dev2", 3), (" a@b ", 3), ("ä+b@c.d", 3), ("@b", 408), ("a@", 408), ("a@b@c", 408),
    ("a b@c", 408), ("a@b c", 408), ("tanmay.k", 408), ("user10", 408), (7, 408), (True, 408), (["a@b"], 408),
    ({"a": "a@b"}, 408), ("test@avhan.com", 5), ("TEST@Avhan.Com", 5), (" test@avhan.com", 5),
]  # fmt: skip


@pytest.mark.parametrize(("login", "status"), LOGINS)
def test_logins(api: Api, login: Any, status: int) -> None:
    """One @ with something on each side and no blank; no dot needed; an existing one in any case is 5 (USR-06, E-116, USR-24)."""
    assert add(api, loginid=login) == status
    if status == 3:
        assert stored(api)["login"] == login.strip()


ACTIONS: list[tuple[Any, int, int]] = [
    ("add", 3, 3), ("edit", 406, 406), ("1", 401, 3), (1, 401, 3), ("2", 401, 406), (2, 401, 406),
    (" add", 401, 401), ("add ", 401, 401), ("Add", 401, 401), ("EDIT", 401, 401), (" 1", 401, 401),
    ("01", 401, 401), (3, 401, 401), (True, 401, 401), (1.0, 401, 401), (["add"], 401, 401), ({"a": "add"}, 401, 401),
    ("delete", 401, 401), ("1.add", 401, 401),
]  # fmt: skip


@pytest.mark.parametrize(("action", "words", "both"), ACTIONS)
def test_actions(api: Api, action: Any, words: int, both: int) -> None:
    """The two words to the letter, untrimmed; under ``action_codes=both`` 1 and 2, text or number (USR-03, AM-06, AM-61, GEN-17)."""
    assert add(api, action=action) == words
    api.sandbox.reset()
    answer = api.post(printed("GV-20", action=action), action_codes="both")
    assert answer.status == both
    assert answer.body["method"] == ("addUser" if both == 3 else "addEditUser")


IMAGES: list[tuple[Any, int, int, int]] = [
    (SEEDED_IMAGE, 3, 3, 3), (f" {SEEDED_IMAGE} ", 3, 3, 3), ("other.png", 3, 403, 3), ("nosuch.jpg", 403, 403, 403),
    (GONE, 3, 3, 403), ("", 3, 3, 403), (None, 3, 3, 403), ([], 3, 3, 403), (5, 403, 403, 403),
    (True, 403, 403, 403), ([SEEDED_IMAGE], 403, 403, 403), (SEEDED_IMAGE.upper(), 3, 403, 3),
]  # fmt: skip


@pytest.mark.parametrize(("image", "usual", "strict", "required"), IMAGES)
def test_images(api: Api, image: Any, usual: int, strict: int, required: int) -> None:
    """Any name but nosuch.jpg; under ``strict`` only seeded ones; a missing one only if required (USR-05, AM-41, USR-30, E-106)."""
    asked = [({}, usual), ({"image_store": "open"}, usual), ({"image_store": "strict"}, strict)]
    for quirks, status in [*asked, ({"userimage_required": "on"}, required)]:
        api.sandbox.reset()
        assert add(api, quirks, userimage=image) == status, quirks
        if status == 3:
            kept = image.strip() if isinstance(image, str) else None
            assert stored(api)["image"] == (kept or None)


USERNAMES = [
    ("avhanuser", 3), ("Batman 12 / ünï*", 3), (" Batman12 ", 3), ("x" * 500, 3),
    (12, 5), (1.5, 5), (True, 5), (["x"], 5), ({"a": "x"}, 5),
]  # fmt: skip


@pytest.mark.parametrize(("name", "status"), USERNAMES)
def test_usernames(api: Api, name: Any, status: int) -> None:
    """Any text, trimmed, though the table says alphanumeric; a number counts as its text; other types are 5 (USR-04, GEN-17)."""
    assert add(api, username=name) == status
    if status == 3:
        assert stored(api)["username"] == str(name).strip()


OPTIONAL = (
    "customercode", "groups", "gender", "dob", "doj", "address", "country", "state", "city", "language",
    "contactdetails", "skilldetails",
)  # fmt: skip
"""The fields that only the example has."""


def test_undocumented_fields_are_stored(api: Api) -> None:
    """All twelve fields of the example, trimmed but otherwise as sent (USR-11..USR-17, E-107)."""
    sent = printed("GV-20")
    assert add(api) == 3
    expected = {name: sent[name] for name in OPTIONAL} | {"doj": "2014-11-13"}
    assert sent["doj"] == "2014-11-13 "
    assert stored(api)["fields"] == expected


@pytest.mark.parametrize("name", OPTIONAL)
def test_undocumented_fields_are_not_checked(api: Api, name: str) -> None:
    """Any type and any text is stored, nobody is refused for them; absent and blank ones are not (USR-11..USR-17, E-107)."""
    values: list[Any] = [
        "31.02.1990",
        -5,
        1.5,
        True,
        False,
        0,
        {"a": {"b": 1}},
        [1, "x", {"c": "d"}],
        "x" * 2000,
    ]
    for number, value in enumerate(values):
        assert add(api, None, **{name: value, "loginid": f"u{number}@avhan.com"}) == 3
        (row,) = rows(api, "users", login=f"u{number}@avhan.com")
        assert row["fields"][name] == value
    for number, value in enumerate([GONE, None, "", [], {}]):
        assert add(api, None, **{name: value, "loginid": f"v{number}@avhan.com"}) == 3
        (row,) = rows(api, "users", login=f"v{number}@avhan.com")
        assert name not in row["fields"]


def test_ids_inside_are_text_or_number(api: Api) -> None:
    """A languageid is kept as text whichever it was sent as, whatever its size; what it says is not checked (USR-15, GEN-13)."""
    sent: list[Any] = [1, "2", 10**25, "x", True, 1.5]
    assert add(api, language=[{"languageid": each, "language": "Klingon", "more": 1} for each in sent]) == 3
    kept = stored(api)["fields"]["language"]
    assert [each["languageid"] for each in kept] == ["1", "2", str(10**25), "x", True, 1.5]
    assert all((each["language"], each["more"]) == ("Klingon", "1") for each in kept)


@pytest.mark.parametrize("name", [*CONTACTS, "facebook", "mobile number", "Pigeon"])
def test_contact_types_are_stored_as_sent(api: Api, name: str) -> None:
    """Those of the table and any other, the type under contactid as printed or the other way round (USR-16, REF-09, E-110)."""
    details = [
        {"contactid": name, "contacttype": "8465982541"},
        {"contactid": "8465982541", "contacttype": name},
    ]
    assert add(api, contactdetails=details) == 3
    assert stored(api)["fields"]["contactdetails"] == details


@pytest.mark.parametrize("value", [GONE, "", None, "never", "2026-10-2 5:7:9", 5, ["x"]])
def test_the_request_time_never_matters(api: Api, value: Any) -> None:
    """Absent, unreadable or of another type, even when other methods are told to insist on it (USR-18, E-111, AM-07)."""
    for quirks in ({}, {"require_reqdatetime": "on"}):
        api.sandbox.reset()
        assert add(api, quirks, reqdatetime=value) == 3
        assert "reqdatetime" not in stored(api)["fields"]


@pytest.mark.parametrize(
    "key", ["NoSuchProcess", "process1", "DisabledProcess", "UnmappedProcess", "FORCE_401", "", 7]
)
def test_a_service_key_is_ignored(api: Api, key: Any) -> None:
    """The method has none: one of nobody, of another tenant or a magic one changes nothing (USR-02, AUTH-10)."""
    answer = api.post(printed("GV-20", servicekey=key))
    assert (answer.status, answer.body["userid"]) == (3, 124)
    assert not exchange(api).forced
    assert "servicekey" not in stored(api)["fields"]


@pytest.mark.parametrize(
    ("field", "value", "status"),
    [("method", "addedituser", 2), ("method", "addUser", 2), ("method", " addEditUser", 2),
     ("apikey", "TEST_ORG", 1107), ("apikey", " test_org", 1107), ("apikey", 5, 1107)],
)  # fmt: skip
def test_method_and_key_are_taken_to_the_letter(api: Api, field: str, value: Any, status: int) -> None:
    """The printed name of the answer is no method, and keys are not trimmed (USR-01, USR-02, AM-61)."""
    assert add(api, **{field: value}) == status


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from([*printed("GV-20"), "extra"]), ANYTHING, max_size=5))
def test_anything_is_answered(changes: dict[str, Any]) -> None:
    """Whatever stands in the fields, an answer of the method or of the gate comes and nothing breaks (USR-24, USR-25)."""
    api = fresh()
    answer = api.post(printed("GV-20", **changes))
    assert not exchange(api).error
    assert answer.status in {2, 3, 5, 1107, *range(401, 411)}
    assert (answer.status == 3) == bool(rows(api, "users", tenant="test_org", userid=124))
    drop(api)
