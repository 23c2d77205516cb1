"""The means to log in that ACM/IDM offers, with the names that a person knows them by."""

URN = "urn:be:vlaanderen:authmech:"

MEANS = {
    "eid": "eID en kaartlezer",
    "itsme": "itsme",
    "csamtotp": "Beveiligingscode via een app",
    "csamsms": "Beveiligingscode via sms",
    "eidassubstantial": "Europees middel",
    "csampassword": "Gebruikersnaam en wachtwoord",
    "csamselfreg": "Zelf gemaakt account",
}
WITHOUT_RRN = frozenset({"csamselfreg", "eidassubstantial"})


def acr(means: str) -> str:
    return f"{URN}{means}"
