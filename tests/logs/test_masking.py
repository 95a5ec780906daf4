"""What a log does not give away."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.logs.masking import Mask, Redaction

SECRET = "Xy9-hunter2.Q"


def test_a_masked_key_can_be_told_from_others_and_used_by_nobody() -> None:
    """Equal keys look alike within one process, others differ, and another process masks otherwise."""
    mask, other = Mask(), Mask()
    assert mask("sbx0123456789abcdef01234567") == mask("sbx0123456789abcdef01234567")
    assert mask("sbx0123456789abcdef01234567") != mask("sbx0123456789abcdef01234568")
    assert mask("test_org").startswith("tes***")
    assert mask("test_org") != other("test_org")
    assert mask("") == ""


@given(st.text(max_size=40))
def test_a_mask_shows_three_characters_at_most(key: str) -> None:
    """Of short keys nothing is shown, and no key begins a line of its own or breaks the encoding."""
    masked = Mask()(key)
    shown, _, digest = masked.partition("***")
    assert len(shown) <= 3
    assert key.startswith(shown)
    assert shown == "" or len(key) > 6
    assert len(digest) == (6 if key else 0)
    assert masked.isprintable()
    assert masked.isascii()


@pytest.mark.parametrize(
    "text",
    [
        json.dumps({"method": "addEditUser", "newpassword": SECRET, "city": "Chembur"}),
        json.dumps(json.dumps({"confirmpassword": SECRET, "city": "Chembur"})),
        repr({"apikey": SECRET, "city": "Chembur"}),
        repr([(b"authorization", b"Bearer " + SECRET.encode()), (b"city", b"Chembur")]),
        f"Authorization: Bearer {SECRET}\r\nCity: Chembur",
        f"x-mock-admin-token: {SECRET}\nCity: Chembur",
        f"GET /?servicekey={SECRET}&city=Chembur",
        "GET /?data=" + quote(json.dumps({"apikey": SECRET, "city": "Chembur"})),
        'broken {"newpassword": "' + SECRET,
        f"the token tok-{SECRET} of Chembur",
    ],
)
def test_secrets_are_taken_out_of_texts(text: str) -> None:
    """In JSON, JSON in JSON, Python, headers, queries, cut off, or known: the secret goes, the rest stays."""
    redact = Redaction([f"tok-{SECRET}"])
    found = redact(text)
    assert SECRET not in found
    assert "***" in found
    assert ("Chembur" in found) == ("Chembur" in text)


def test_a_password_with_spaces_and_quotes_goes_as_a_whole() -> None:
    """Nothing of a quoted value stays, whatever is in it."""
    found = Redaction()(json.dumps({"newpassword": 'a "b" c, d', "x": 1}))
    assert json.loads(found) == {"newpassword": "***", "x": 1}


def test_a_text_without_secrets_stays_as_it_is() -> None:
    """Words that only look like it are no secrets."""
    text = "GET /__admin/health failed: KeyError: 'media' at line 12"
    assert Redaction()(text) == text


@given(st.text(max_size=200))
def test_redaction_takes_any_text(text: str) -> None:
    """No text makes it raise, and one that names nothing secret stays as it is."""
    found = Redaction()(text)
    assert found == text or "***" in found


def test_redaction_is_quick_on_long_texts() -> None:
    """A text made to keep regular expressions busy is done in no time."""
    from time import perf_counter

    text = "password" * 20_000 + '"' * 20_000 + "\\" * 20_000
    started = perf_counter()
    Redaction()(text)
    assert perf_counter() - started < 5
