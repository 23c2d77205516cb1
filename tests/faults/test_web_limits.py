"""Foreign pages, floods and large bodies."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.front import Citizen, FakeBot, wait_for
from tests.house import House

OURS = "https://www.leiestad.example"
FOREIGN = ["https://evil.example", "https://www.leiestad.example.evil.example", "http://www.leiestad.example", "null"]


@pytest.mark.parametrize("origin", FOREIGN)
@pytest.mark.parametrize("method", ["POST", "GET", "OPTIONS"])
def test_a_foreign_page_is_refused(method: str, origin: str, citizen: Citizen) -> None:
    refused = citizen.http.request(method, f"{citizen.url}/messages", headers={"Origin": origin}, json={}, timeout=5)

    assert (refused.status_code, refused.json()["error"]) == (403, "foreign_origin")
    assert "Access-Control-Allow-Origin" not in refused.headers


def test_a_page_of_the_city_may_ask_and_read(front: House) -> None:
    url = f"{front.front_url}/web/session"
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
    preflight = requests.options(url, headers={"Origin": OURS, **asked}, timeout=5)
    answer = requests.post(url, headers={"Origin": OURS}, json={}, timeout=5)

    assert preflight.status_code == 204
    assert preflight.headers["Access-Control-Allow-Origin"] == OURS
    assert "Authorization" in preflight.headers["Access-Control-Allow-Headers"]
    assert answer.status_code == 201
    assert answer.headers["Access-Control-Allow-Origin"] == OURS
    assert answer.headers["Vary"] == "Origin"
    assert answer.headers["Access-Control-Allow-Credentials"] == "true"  # the cookie that the login pages look at


def test_an_error_can_be_read_by_a_page_of_the_city(front: House) -> None:
    refused = requests.get(f"{front.front_url}/web/messages", headers={"Origin": OURS}, timeout=5)

    assert refused.status_code == 401
    assert refused.headers["Access-Control-Allow-Origin"] == OURS


def test_the_fronts_own_pages_are_known_by_any_name(front: House) -> None:
    name = f"localhost:{front.settings.front_port}"
    answer = requests.post(
        f"{front.front_url}/web/session", headers={"Host": name, "Origin": f"http://{name}"}, json={}, timeout=5
    )

    assert answer.status_code == 201


def test_a_text_that_is_too_long_is_refused_and_the_longest_is_taken(citizen: Citizen) -> None:
    refused = citizen.send(type="text", text="x" * 2001)

    assert (refused.status_code, refused.json()["error"]) == (400, "text_too_long")
    assert citizen.send(type="text", text="x" * 2000).status_code == 202


@pytest.mark.parametrize("path", ["session", "messages", "rating"])
def test_a_body_that_is_too_large_is_refused(path: str, citizen: Citizen) -> None:
    refused = citizen.http.post(f"{citizen.url}/{path}", data=b"x" * 17 * 1024, timeout=5)

    assert (refused.status_code, refused.json()["error"]) == (413, "too_large")


@pytest.mark.parametrize("path", ["nothing", "session/x", "messages/1"])
def test_what_is_not_there_is_not_found(path: str, front: House) -> None:
    refused = requests.get(f"{front.front_url}/web/{path}", timeout=5)

    assert (refused.status_code, refused.json()["error"]) == (404, "not_found")


def test_the_wrong_method_is_not_allowed(front: House) -> None:
    refused = requests.delete(f"{front.front_url}/web/session", timeout=5)

    assert (refused.status_code, refused.json()["error"]) == (405, "not_allowed")


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder: Path = tmp_path_factory.mktemp("strict")
    limits = {"WEB_RATE_CONVERSATION": "5", "WEB_RATE_ADDRESS": "30", "CLIENT_ADDRESS_HEADER": "X-Real-IP"}
    with FakeBot() as bot:
        house = House(folder, parts=("front",), environment={"BOT_URL": bot.url, **limits})
        house.start()
        yield house
        house.stop()


def from_address(house: House, address: str) -> Citizen:
    session = requests.post(f"{house.front_url}/web/session", headers={"X-Real-IP": address}, json={}, timeout=5)
    citizen = Citizen(house.front_url, session.json())
    citizen.http.headers["X-Real-IP"] = address
    return citizen


def test_who_writes_too_fast_hears_when_he_may_go_on(strict: House) -> None:
    citizen = from_address(strict, "192.0.2.1")
    answers = [citizen.send(type="text", text=str(n)) for n in range(6)]

    assert [answer.status_code for answer in answers] == [202] * 5 + [429]
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 12
    assert answers[-1].json()["error"] == "too_many"
    assert answers[-1].headers["Retry-After"] in answers[-1].json()["text"]


def test_another_conversation_does_not_suffer(strict: House) -> None:
    flooder, other = from_address(strict, "192.0.2.2"), from_address(strict, "192.0.2.2")
    for n in range(8):
        flooder.send(type="text", text=str(n))

    assert other.send(type="text", text="hallo").status_code == 202


def test_one_address_cannot_open_conversations_without_end(strict: House) -> None:
    url, headers = f"{strict.front_url}/web/session", {"X-Real-IP": "192.0.2.3"}
    statuses = [requests.post(url, headers=headers, json={}, timeout=5).status_code for _ in range(31)]

    assert statuses == [201] * 30 + [429]
    assert requests.post(url, headers={"X-Real-IP": "192.0.2.4"}, json={}, timeout=5).status_code == 201


def test_refusals_are_counted(strict: House) -> None:
    requests.get(f"{strict.front_url}/web/config", headers={"Origin": "https://evil.example"}, timeout=5)
    figures = requests.get(f"{strict.front_url}/metrics", timeout=5).text

    assert 'balie_requests_refused_total{code="foreign_origin"}' in figures
    assert 'balie_requests_refused_total{code="too_many"}' in figures


@pytest.fixture
def hurried(tmp_path: Path) -> Iterator[House]:
    with FakeBot() as bot:
        environment = {"BOT_URL": bot.url, "WEB_RATE_READING": "20", "WEB_STREAMS_ADDRESS": "4"}
        house = House(tmp_path, parts=("front",), environment=environment)
        house.start()
        yield house
        house.stop()


def test_who_reads_without_end_has_to_wait(hurried: House) -> None:
    citizen = Citizen(hurried.front_url)
    answers = [citizen.get("messages") for _ in range(21)]

    assert answers[0].status_code == 200
    assert answers[-1].status_code == 429
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 3


def test_one_address_holds_only_so_many_streams_open(hurried: House) -> None:
    citizens = [Citizen(hurried.front_url) for _ in range(5)]
    streams = [citizen.stream() for citizen in citizens[:4]]
    refused = citizens[4].http.get(f"{citizens[4].url}/stream", timeout=5)
    assert (refused.status_code, refused.json()["error"]) == (429, "too_many")

    streams[0].cut()
    wait_for(lambda: citizens[4].http.get(f"{citizens[4].url}/stream", stream=True, timeout=5).status_code == 200)
