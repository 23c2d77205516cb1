from bot import noise

SENTENCE = "ik wil graag een afspraak maken voor mijn rijbewijs"


def test_a_sentence_is_always_spoilt_in_the_same_way() -> None:
    assert noise.copies(SENTENCE, 3) == noise.copies(SENTENCE, 3)


def test_copies_differ_from_the_original_and_from_each_other() -> None:
    copies = noise.copies(SENTENCE, 3)

    assert len(set(copies)) == len(copies) == 3
    assert SENTENCE not in copies


def test_most_of_a_sentence_survives() -> None:
    for copy in noise.copies(SENTENCE, 5):
        assert len(set(copy.split()) & set(SENTENCE.split())) >= 4


def test_a_sentence_of_signs_only_has_no_copies() -> None:
    assert noise.copies("???", 3) == []


def test_dialect_is_written_as_it_sounds_and_always_the_same() -> None:
    spoken = noise.in_dialect("we hebben een hoop vuilnis liggen bij de deur en het stinkt")

    assert spoken != "we hebben een hoop vuilnis liggen bij de deur en het stinkt"
    assert spoken == noise.in_dialect("we hebben een hoop vuilnis liggen bij de deur en het stinkt")
    assert len(spoken.split()) == 12
