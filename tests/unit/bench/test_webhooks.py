"""What the bench posts, and how it counts what became of it."""

import hashlib
import hmac
import json
from collections import Counter
from types import SimpleNamespace
from typing import Any, cast

from bench import webhooks
from bench.phone import Signer, said

CITIZENS = [f"3247000000{n}" for n in range(5)]
SETTINGS = SimpleNamespace(whatsapp_phone_number_id="1", whatsapp_app_secret="geheim")


def test_everything_is_posted_twice_and_a_tenth_of_it_three_times():
    plan = list(webhooks._plan(CITIZENS, 10))

    assert sum(message.copies for message in plan) >= 10 * webhooks.PER_SECOND
    copies = Counter(message.copies for message in plan)
    assert set(copies) == {2, 3}
    assert abs(copies[3] / len(plan) - 0.1) < 0.01


def test_the_messages_of_one_citizen_are_as_far_apart_as_can_be():
    plan = list(webhooks._plan(CITIZENS, 1))
    assert [message.citizen for message in plan[:10]] == [*CITIZENS, *CITIZENS]


def test_the_bytes_that_go_out_are_the_bytes_that_were_signed():
    body, headers = Signer(cast(Any, SimpleNamespace(settings=SETTINGS))).webhook("32470", said("hallo"), "wamid.1")

    digest = hmac.new(b"geheim", body, hashlib.sha256).hexdigest()
    assert headers == {"X-Hub-Signature-256": f"sha256={digest}"}
    message = json.loads(body)["entry"][0]["changes"][0]["value"]["messages"][0]
    assert (message["id"], message["from"], message["text"]["body"]) == ("wamid.1", "32470", "hallo")


def figure(*kept):
    plan = [webhooks.Message(number, "32470", f"wamid.bench{number:06d}", 2) for number in range(3)]
    outcome = webhooks.Outcome([0.01] * 6)
    return webhooks._figure(plan, outcome, [("c1", f"wamid.bench{number:06d}") for number in kept]).targets[1]


def test_what_is_lost_doubled_or_out_of_order_is_found():
    assert figure(0, 1, 2).met
    assert not figure(0, 2).met
    assert not figure(0, 1, 1, 2).met
    assert not figure(1, 0, 2).met
