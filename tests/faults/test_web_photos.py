"""Uploads: what is taken, what is refused, and that nothing of where it was taken is kept."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from conversations.attachments import MOST_A_DAY
from tests.front import Citizen, FakeBot
from tests.house import House
from tests.unit.conversations.test_photos import LATITUDE, exif, jpeg
from tests.unit.test_server import resident_megabytes


def photo(size: int = 0) -> bytes:
    return jpeg(exif()) + b"\x00" * size


def test_the_position_is_not_kept(citizen: Citizen, front: House) -> None:
    kept = citizen.upload(photo()).json()

    with sqlite3.connect(f"file:{front.folder}/balie.db?mode=ro", uri=True) as db:
        (content,) = db.execute("SELECT content FROM attachments WHERE id = ?", (kept["attachment"],)).fetchone()
    assert LATITUDE in photo()
    assert LATITUDE not in content


@pytest.mark.parametrize("content", [b"%PDF-1.7", b"<svg/>", b"MZ\x90", b"GIF89a", b"x"])
def test_what_is_no_photo_is_refused_whatever_its_name(content: bytes, citizen: Citizen) -> None:
    refused = citizen.upload(content, "put.jpg")

    assert (refused.status_code, refused.json()["error"]) == (415, "unsupported_media")
    assert "JPEG" in refused.json()["text"]


def test_a_photo_of_the_largest_size_is_taken_and_one_byte_more_is_not(citizen: Citizen, front: House) -> None:
    most = front.settings.upload_megabytes * 1024 * 1024 - len(photo())

    assert citizen.upload(photo(most)).status_code == 201
    refused = citizen.upload(photo(most + 1))
    assert (refused.status_code, refused.json()["error"]) == (413, "too_large")


def test_a_photo_that_is_far_too_large_still_gets_an_answer(citizen: Citizen) -> None:
    refused = citizen.upload(photo(20 * 1024 * 1024))

    assert refused.status_code == 413


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", b"{}"),
        ("multipart/form-data", b"x"),
        ("multipart/form-data; boundary=a", b"--b\r\n\r\nx\r\n--b--"),
        ("multipart/form-data; boundary=a", b'--a\r\nContent-Disposition: form-data; name="file"\r\n\r\n'),
        ("", b""),
    ],
)
def test_a_broken_upload_is_refused(content_type: str, body: bytes, citizen: Citizen) -> None:
    headers = {"Authorization": citizen.http.headers["Authorization"], "Content-Type": content_type}
    refused = requests.post(f"{citizen.url}/attachments", headers=headers, data=body, timeout=10)

    assert (refused.status_code, refused.json()["error"]) == (400, "invalid")


def test_a_body_that_never_ends_is_cut_off(citizen: Citizen, bot: FakeBot) -> None:
    def endless():
        yield b'--a\r\nContent-Disposition: form-data; name="file"; filename="put.jpg"\r\n\r\n'
        for _ in range(2000):
            yield b"x" * 65536

    headers = {
        "Authorization": citizen.http.headers["Authorization"],
        "Content-Type": "multipart/form-data; boundary=a",
    }
    try:
        refused = requests.post(f"{citizen.url}/attachments", headers=headers, data=endless(), timeout=30)
    except requests.ConnectionError:
        pass  # hung up on, as it should be
    else:
        assert refused.status_code == 413
    citizen.say("nog daar?")
    citizen.hear("Je zei: nog daar?")


def test_photos_of_many_citizens_do_not_stay_in_memory(front: House) -> None:
    citizens = [Citizen(front.front_url) for _ in range(6)]
    content = photo(7 * 1024 * 1024)
    for _ in range(3):
        with ThreadPoolExecutor(6) as together:
            assert set(together.map(lambda c: c.upload(content).status_code, citizens)) <= {201, 429}

    assert resident_megabytes(front.settings.front_port) < 200


def test_a_photo_is_given_back_to_who_sent_it_and_to_nobody_else(front: House, citizen: Citizen) -> None:
    kept = citizen.upload(jpeg(exif())).json()["attachment"]
    other = Citizen(front.front_url)

    given = citizen.get(f"attachments/{kept}")
    assert (given.status_code, given.headers["Content-Type"]) == (200, "image/jpeg")
    assert given.content.startswith(b"\xff\xd8\xff")
    assert given.headers["Cache-Control"] == "no-store"
    assert other.get(f"attachments/{kept}").status_code == 404
    assert citizen.get("attachments/a_0").status_code == 404
    assert requests.get(f"{citizen.url}/attachments/{kept}", timeout=5).status_code == 401


def test_one_conversation_does_not_fill_the_house_with_photos(citizen: Citizen) -> None:
    answers = [citizen.upload(jpeg(exif())) for _ in range(MOST_A_DAY + 1)]

    assert {answer.status_code for answer in answers[:-1]} == {201}
    assert answers[-1].status_code == 409
    assert answers[-1].json() == {
        "error": "enough_photos",
        "text": "Je stuurde vandaag al veel foto's. Nog een foto kunnen we niet bewaren.",
    }
