"""How people in Flanders write the words of the calendar: dialect, SMS and slips of the finger.

`canonical(word)` gives the one form that the rules know, or the word itself. A
guess is made only where no other word of the calendar, and no ordinary word, is
near: a wrong day is worse than a question.
"""

from functools import cache

from rapidfuzz.distance import OSA

WEEKDAYS = ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag")
MONTHS = (
    "januari", "februari", "maart", "april", "mei", "juni",
    "juli", "augustus", "september", "oktober", "november", "december",
)  # fmt: skip
HOLIDAYS = (
    "kerstavond", "kerst", "oudejaar", "nieuwjaar", "allerheiligen", "wapenstilstand",
    "pasen", "paasmaandag", "hemelvaart", "pinksteren", "pinkstermaandag",
)  # fmt: skip
PARTS = ("ochtend", "voormiddag", "middag", "noen", "namiddag", "avond", "nacht")

_SPELLINGS = {
    "maandag": "maandg maadag mandag mondag moandag maandaag maandach maaandag mndag",
    "dinsdag": "dinsdg dindag disdag diesdag dynsdag dinsdach dinsadg",
    "woensdag": "woensdg woesdag woendag weunsdag goensdag woensdach",
    "donderdag": "donderdg dondrdag dunderdag donderdach dondedag donerdag",
    "vrijdag": "vrydag vridag vijdag vrijdg vrijdach vriedag vrijadg",
    "zaterdag": "zaterdg zoaterdag zatterdag zaterdach zatedag",
    "zondag": "zondg zundag zoondag zondach",
    "januari": "januarie janauri januarij",
    "februari": "februarie feburari februarij",
    "april": "aprl",
    "augustus": "augustes augusts",
    "oktober": "october",
    "vandaag": "vandaa vandag vndaag vandaach vandoag vandaage vandage vandg",
    "morgen": "mrgen morge mrgn morgn margen mergen moregen moregn mogren morgend",
    "overmorgen": "overmorge overmrgen overmergen overmoregen",
    "gisteren": "gister gistern",
    "eergisteren": "eergister",
    "ochtend": "ochtends",
    "s ochtend": "smorgens smorgends smorges tsmorgens smorgns smorgends desmorgens sochtends sochtens",
    "voormiddag": "vm voormidag voormiddags voornoen voorenoen",
    "s voormiddag": "svoormiddags desvoormiddags",
    "middag": "middags midag",
    "s middag": "smiddags desmiddags",
    "noen": "noene noens tnoen tnoene snoens tsnoens",
    "namiddag": "nm namidag nammidag namiddags nmiddag achternoen achternoene achtermiddag",
    "s namiddag": "snamiddags desnamiddags tsnamiddags sachternoens tsachternoens",
    "avond": "avonds avnd",
    "s avond": "savonds tsavonds desavonds",
    "nacht": "nachts",
    "s nacht": "snachts tsnachts",
    "vandaag avond": "vanavond vanaovond vnavond tavond",
    "vandaag ochtend": "vanmorgen vanochtend vanmorge vanochtens",
    "vandaag voormiddag": "vanvoormiddag",
    "vandaag middag": "vanmiddag",
    "vandaag noen": "vannoen",
    "vandaag namiddag": "vannamiddag vanachternoen vanachternoene vanamiddag",
    "gisteren avond": "gisterenavond gisteravond",
    "gisteren ochtend": "gisterenmorgen gistermorgen gisterochtend",
    "gisteren namiddag": "gisterennamiddag gisternamiddag gistermiddag gisterenmiddag",
    "morgen ochtend": "morgenvroeg mergenvroeg morgevroeg morgenochtend morgenmorgen",
    "morgen voormiddag": "morgenvoormiddag",
    "morgen middag": "morgenmiddag morgenoen morgennoen",
    "morgen namiddag": "morgennamiddag morgenachternoen morgenamiddag",
    "morgen avond": "morgenavond morgeavond mergenavond",
    "overmorgen ochtend": "overmorgenvroeg overmorgenochtend",
    "overmorgen voormiddag": "overmorgenvoormiddag",
    "overmorgen namiddag": "overmorgennamiddag",
    "overmorgen avond": "overmorgenavond",
    "volgende": "volgend volgnde vlgnde vlg vlgd volg volgene volgde toekomende toekomend",
    "komende": "komend aankomende aankomend kommende komde",
    "aanstaande": "aanstaand",
    "eerstvolgende": "eerstvolgend eerstkomende eerstkomend",
    "deze": "deeze deez dees",
    "vorige": "vorig afgelopen verleden voorbije",
    "week": "weke wk wek",
    "weken": "wkn",
    "weekend": "weekeinde weekends wekend weekand",
    "kerst": "kerstmis kerstdag",
    "oudejaar": "oudjaar oudejaarsdag oudejaarsavond",
    "nieuwjaar": "nieuwjaarsdag nieuwjoar",
    "pasen": "paaszondag",
    "hemelvaart": "hemelvaartsdag hemelvaartdag",
    "u": "uur ure uhr uu",
    "uren": "uurs",
    "minuten": "min minuut minuutjes",
    "kwart": "kwartier kwaart",
    "half": "hallef halve alf",
    "rond": "omstreeks ronde",
    "uiterlijk": "laatstens uiterst",
    "tot en met": "tem",
    "zo snel mogelijk": "zsm asap",
    "eind": "einde",
    "midden": "halfweg halverwege",
    "1": "één",
    "niet": "nie ni nt nimmer",
}  # fmt: skip

# Only beside a number or "begin", "half", "eind": Jan is a name before it is a month.
SHORT_MONTHS = {
    "jan": "januari", "feb": "februari", "febr": "februari", "mrt": "maart", "apr": "april", "jun": "juni",
    "jul": "juli",
    "aug": "augustus", "sep": "september", "sept": "september", "okt": "oktober", "oct": "oktober", "nov": "november",
    "dec": "december",
}  # fmt: skip

_BELOW_TWENTY = (
    "nul", "", "twee", "drie", "vier", "vijf", "zes", "zeven", "acht", "negen", "tien", "elf", "twaalf",
    "dertien", "veertien", "vijftien", "zestien", "zeventien", "achttien", "negentien",
)  # fmt: skip
_TENS = {"twintig": 20, "dertig": 30, "veertig": 40, "vijftig": 50}
_ORDINALS = (
    "eerste", "tweede", "derde", "vierde", "vijfde", "zesde", "zevende", "achtste", "negende", "tiende", "elfde",
    "twaalfde", "dertiende", "veertiende", "vijftiende", "zestiende", "zeventiende", "achttiende", "negentiende",
)  # fmt: skip

# Long and far from every ordinary word, so that one slip of the finger may be forgiven.
_FORGIVING = (*WEEKDAYS, *(month for month in MONTHS if len(month) >= 7), "overmorgen", "voormiddag", "namiddag")


def _lexicon() -> dict[str, str]:
    words = {spelling: right for right, spellings in _SPELLINGS.items() for spelling in spellings.split()}
    words |= {word: str(number) for number, word in enumerate(_BELOW_TWENTY) if word}
    words |= {word: f"{number}o" for number, word in enumerate(_ORDINALS, 1)}
    for tens, value in _TENS.items():
        words |= {tens: str(value), f"{tens}ste": f"{value}o"}
        for unit, name in enumerate(("een", *_BELOW_TWENTY[2:10]), 1):
            words |= {f"{name}en{tens}": str(value + unit), f"{name}en{tens}ste": f"{value + unit}o"}
    for day in WEEKDAYS:
        words |= {f"{day}s": f"elke {day}", f"{day}en": f"elke {day}"}
    return words


LEXICON = _lexicon()
_KNOWN = {*WEEKDAYS, *MONTHS, *HOLIDAYS, *PARTS, *LEXICON.values()}

# What a compound can end in: "vrijdagnamiddag", "woensdagvm", "maandagmorgen".
_ENDINGS = {
    **{part: part for part in PARTS},
    **{spelling: LEXICON[spelling] for spelling in ("namidag", "voormidag", "achternoen", "voornoen", "vm", "nm")},
    "morgen": "ochtend",
    "vroeg": "ochtend",
    "noene": "noen",
}


@cache
def canonical(word: str) -> str:
    """The form that the rules know; more than one word for a compound."""
    if word in _KNOWN:
        return word
    if word in LEXICON:
        return LEXICON[word]
    return _compound(word) or _forgiven(word) or word


def _compound(word: str) -> str | None:
    """ "vrijdagnamiddag", "halfdrie"."""
    if word.startswith("half") and canonical(word[4:]).isdigit():
        return f"half {canonical(word[4:])}"
    for ending in sorted(_ENDINGS, key=len, reverse=True):
        for tail in (ending, f"{ending}s"):
            head = canonical(word.removesuffix(tail)) if word.endswith(tail) and len(word) > len(tail) + 2 else ""
            if head in WEEKDAYS:
                return f"{head} {_ENDINGS[ending]}"
    return None


def _forgiven(word: str) -> str | None:
    if len(word) < 6:
        return None
    near = [right for right in _FORGIVING if right[:2] == word[:2] and OSA.distance(word, right, score_cutoff=1) <= 1]
    return near[0] if len(near) == 1 else None
