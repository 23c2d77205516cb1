import asyncio
import smtplib
from email.message import EmailMessage

import pytest

from sandbox.mail import Mailbox, is_address, send, serve
from tests.ports import free_ports
from tests.unit.sandbox.setting import MONDAY, Now


def letter() -> EmailMessage:
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = "Één melding", "Stad <stad@x.example>", "lien@x.example"
    message.set_content("Dag Lien\n\n.een punt vooraan")
    message.add_alternative("<p>Dag Lien</p>", subtype="html")
    message.add_attachment(b"\x00\x01", maintype="application", subtype="octet-stream", filename="bijlage.bin")
    return message


async def test_a_letter_goes_over_the_wire_and_is_taken_apart():
    with free_ports(1) as (port,):
        pass
    changes: list[int] = []
    mailbox = Mailbox(Now(), lambda: changes.append(1))
    server = await serve(mailbox, "127.0.0.1", port)
    try:
        await send(letter(), "127.0.0.1", port)
    finally:
        server.close()

    (mail,) = mailbox.mails
    assert (mail.subject, mail.sender, mail.recipients) == ("Één melding", "stad@x.example", ("lien@x.example",))
    assert mail.text == "Dag Lien\n\n.een punt vooraan\n"
    assert mail.html == "<p>Dag Lien</p>\n"
    assert [(part.name, part.content) for part in mail.attachments] == [("bijlage.bin", b"\x00\x01")]
    assert mail.received_at == MONDAY
    assert mailbox.mail(mail.id) is mail
    assert mailbox.to("LIEN@x.example") == [mail]
    assert len(changes) == 1


async def test_two_letters_arrive_in_the_order_in_which_they_were_sent():
    with free_ports(1) as (port,):
        pass
    mailbox = Mailbox(Now(), lambda: None)
    server = await serve(mailbox, "127.0.0.1", port)
    try:
        for subject in ("een", "twee"):
            message = letter()
            message.replace_header("Subject", subject)
            await send(message, "127.0.0.1", port)
    finally:
        server.close()
    assert [mail.subject for mail in mailbox.mails] == ["een", "twee"]


async def test_a_mail_server_that_is_away_harms_nobody():
    with free_ports(1) as (port,):
        pass
    await send(letter(), "127.0.0.1", port)


async def test_a_taken_port_is_told():
    with free_ports(1) as (port,):
        pass
    server = await serve(Mailbox(Now(), lambda: None), "127.0.0.1", port)
    try:
        with pytest.raises(OSError, match="address already in use"):
            await serve(Mailbox(Now(), lambda: None), "127.0.0.1", port)
    finally:
        server.close()


async def test_a_mail_that_was_written_badly_is_kept_all_the_same():
    with free_ports(1) as (port,):
        pass
    mailbox = Mailbox(Now(), lambda: None)
    server = await serve(mailbox, "127.0.0.1", port)

    def hand_in() -> None:
        with smtplib.SMTP("127.0.0.1", port, timeout=5) as client:
            client.sendmail("a@x.example", ["b@x.example"], b"geen kopregels, alleen tekst")

    try:
        await asyncio.to_thread(hand_in)
    finally:
        server.close()
    assert len(mailbox.mails) == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [("a@b.be", True), ("a@b", False), ("a b@c.be", False), ("a@b.be, c@d.be", False), ("", False), ("@b.be", False)],
)
def test_an_address_looks_like_one(text, expected):
    assert is_address(text) is expected
