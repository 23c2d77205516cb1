import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filings.reference import ALPHABET, new_reference, read_reference


@given(st.sampled_from(["melding", "afspraak", "inschrijving", "ontvangst", "", "ëtc"]))
def test_a_reference_is_short_and_cannot_be_misread(kind):
    reference = new_reference(kind)

    assert re.fullmatch(r"[A-Z]-[2-9B-Z]{4}-[2-9B-Z]{4}", reference)
    assert not set("01OI") & set(reference)
    assert not set("AEIOUY") & set(reference[2:])  # no words


def test_a_reference_tells_what_it_is_about():
    assert new_reference("melding").startswith("M-")
    assert new_reference("afspraak").startswith("A-")


def test_references_are_hard_to_guess():
    assert len(ALPHABET) ** 8 > 2**30
    assert len({new_reference("melding") for _ in range(1000)}) == 1000


@given(st.sampled_from(["melding", "afspraak"]), st.sampled_from([str.lower, str.upper]), st.sampled_from("- ._/"))
def test_a_reference_is_read_however_it_was_typed(kind, case, between):
    reference = new_reference(kind)

    assert read_reference(f" {case(reference).replace('-', between)} ") == reference
    assert read_reference(reference.replace("-", "")) == reference


@pytest.mark.parametrize("typed", ["", "M-7K3P", "M-7K3P-92QXX", "M-7K3P-92Q0", "hallo daar jij", "12345678901"])
def test_what_is_no_reference_is_not_read(typed):
    assert read_reference(typed) is None
