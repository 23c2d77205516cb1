"""Citizens of the tests, as a login tells of them."""

from dataclasses import replace
from datetime import datetime

from citizens.identities import Claims
from clock import BRUSSELS

LIEN = Claims(
    issuer="https://acm.example",
    subject="sub-lien",
    given_name="Lien",
    family_name="Declercq",
    rrn="85073003328",
    level="urn:be:vlaanderen:authmech:itsme",
    authenticated_at=datetime(2026, 11, 23, 9, 29, tzinfo=BRUSSELS),
)
JAN = replace(LIEN, subject="sub-jan", given_name="Jan", family_name="Maes", rrn="40051510034")
NOOR = replace(LIEN, subject="sub-noor", given_name="Noor", family_name="Aerts", rrn=None)
