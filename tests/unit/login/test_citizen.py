from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clock import BRUSSELS
from login.citizen import NoNationalNumber, citizen, is_rrn
from login.oidc import Untrusted

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=BRUSSELS)
CLAIMS = {"iss": "https://acm.example", "sub": "s", "acr": "urn:x", "rrn": "85073003328", "given_name": "Lien"}


@pytest.mark.parametrize("rrn", ["85073003328", "03030901423", "20011507330"])
def test_a_number_of_either_century_counts(rrn):
    assert is_rrn(rrn)


@given(st.text(alphabet="0123456789٣", min_size=9, max_size=12))
def test_a_number_is_eleven_plain_digits_with_one_of_two_checks(text):
    checks = {97 - int(century + text[:9]) % 97 for century in ("", "2")} if text.isascii() else set()

    assert is_rrn(text) == (text.isascii() and len(text) == 11 and int(text[9:]) in checks)


def test_who_has_no_number_is_told_apart_from_a_number_that_is_wrong():
    with pytest.raises(NoNationalNumber):
        citizen({**CLAIMS, "rrn": None}, NOW)
    for wrong in ("85073003329", "", "8507300332", 85073003328, ["85073003328"]):
        with pytest.raises(Untrusted, match="rrn"):
            citizen({**CLAIMS, "rrn": wrong}, NOW)


def test_a_name_that_is_missing_is_empty():
    found = citizen(CLAIMS, NOW)

    assert (found.given_name, found.family_name, found.level) == ("Lien", "", "urn:x")
