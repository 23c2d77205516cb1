import os
import time
from datetime import datetime, timedelta

import pytest

from sandbox.city import load_city
from sandbox.clock import BRUSSELS, Clock
from sandbox.settings import Settings, SettingsError
from settings import ROOT
from settings import Settings as Ours


def test_the_sandbox_and_balie_agree_about_what_they_both_read():
    sandbox, ours = Settings(), Ours()
    for name in (
        "inner_bind", "sandbox_port", "sandbox_smtp_port", "city_file", "clock_file",
        "topdesk_user", "topdesk_password", "jcc_client_id", "jcc_client_secret", "jcc_soap_user", "jcc_soap_password",
        "front_port", "whatsapp_phone_number_id", "whatsapp_access_token", "whatsapp_app_secret",
        "whatsapp_verify_token", "messenger_page_id", "messenger_access_token", "messenger_app_secret",
        "messenger_verify_token", "messenger_app_id",
    ):  # fmt: skip
        assert getattr(sandbox, name) == getattr(ours, name), name


def test_mails_go_to_our_own_server_unless_another_is_named():
    assert (Settings(inner_bind="0.0.0.0").mail_host, Settings().mail_port) == ("127.0.0.1", 8025)
    other = Settings.load({"SANDBOX_MAIL_HOST": "mail.example", "SANDBOX_MAIL_PORT": "25"})
    assert (other.mail_host, other.mail_port) == ("mail.example", 25)


def test_a_number_that_is_none_is_named():
    with pytest.raises(SettingsError, match="SANDBOX_PORT='x'"):
        Settings.load({"SANDBOX_PORT": "x"})


def test_the_pretended_time_goes_on_from_when_the_file_was_written(tmp_path):
    file = tmp_path / "clock"
    file.write_text("2026-12-24T09:00:00", encoding="utf-8")
    written = time.time() - 90
    os.utime(file, (written, written))

    passed = Clock(file).now() - datetime(2026, 12, 24, 9, tzinfo=BRUSSELS)
    assert timedelta(seconds=90) <= passed < timedelta(seconds=95)


def test_without_a_file_or_with_an_empty_one_it_is_now(tmp_path):
    for clock in (Clock(), Clock(tmp_path / "weg")):
        assert abs(clock.now() - datetime.now(BRUSSELS)) < timedelta(seconds=5)


def test_only_locations_with_appointments_are_jccs_business():
    city = load_city(ROOT / "city.yml")
    assert [location.code for location in city.locations] == ["stadhuis", "beverkerke"]


def test_everything_is_closed_on_a_public_holiday():
    city = load_city(ROOT / "city.yml")
    assert city.periods(city.locations[0], datetime(2026, 12, 25, tzinfo=BRUSSELS).date()) == ()
