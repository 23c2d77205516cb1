import stat
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from settings import Settings, SettingsError, load
from vault import CannotOpen, Vault, vault_of, with_secrets

SECRET = "a secret of the tests that nobody needs to keep"


def key() -> str:
    return Fernet.generate_key().decode()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(database_url=f"sqlite:///{tmp_path}/balie.db")


@given(st.text(), st.binary())
def test_what_is_sealed_cannot_be_read_and_opens_as_it_was(text, content):
    vault = Vault([key()], SECRET)

    assert vault.open(vault.seal(text)) == text
    assert vault.open_bytes(vault.seal_bytes(content)) == content
    assert len(text) < 4 or text not in vault.seal(text)


def test_an_older_key_still_opens_and_no_longer_seals():
    old, new = key(), key()
    sealed = Vault([old], SECRET).seal("Lien")
    both = Vault([new, old], SECRET)

    assert both.open(sealed) == "Lien"
    assert Vault([new], SECRET).open(both.seal("Lien")) == "Lien"
    with pytest.raises(CannotOpen):
        Vault([old], SECRET).open(both.seal("Lien"))


def test_what_was_changed_or_never_sealed_does_not_open():
    vault = Vault([key()], SECRET)
    sealed = vault.seal("Lien")

    for broken in (sealed[:-4] + "AAAA", sealed[:20], "", "Lien", "é"):
        with pytest.raises(CannotOpen):
            vault.open(broken)


def test_a_pseudonym_is_stable_and_tells_nothing_to_who_lacks_the_secret():
    vault = Vault([key()], SECRET)

    assert vault.pseudonym("rrn:85073003328") == Vault([key()], SECRET).pseudonym("rrn:85073003328")
    assert vault.pseudonym("rrn:85073003328") != vault.pseudonym("rrn:85073003427")
    assert vault.pseudonym("rrn:85073003328") != Vault([key()], SECRET + "!").pseudonym("rrn:85073003328")
    assert "85073003328" not in vault.pseudonym("rrn:85073003328")


@pytest.mark.parametrize("bad", ["kort", "é" * 44, "A" * 43, "A" * 40, "A" * 43 + "=A"])
def test_a_key_that_is_none_is_refused_with_the_remedy_and_without_telling_it(bad):
    with pytest.raises(SettingsError, match=r"ENCRYPTION_KEYS: key 2 .*; make one with `openssl rand") as error:
        load({"ENCRYPTION_KEYS": f"{key()}, {bad}"})

    assert bad not in str(error.value)


def test_keys_may_have_spaces_around_them_and_a_comma_too_many(settings):
    first, second = key(), key()
    loaded = load({"ENCRYPTION_KEYS": f" {first} , {second},"})

    vault = vault_of(replace(settings, encryption_keys=loaded.encryption_keys))

    assert vault.open(Vault([second], SECRET).seal("Lien")) == "Lien"


def test_a_machine_without_secrets_makes_its_own_once_beside_its_database(settings, tmp_path):
    made = with_secrets(settings)

    assert with_secrets(settings) == made
    assert vault_of(settings).open(vault_of(settings).seal("Lien")) == "Lien"
    assert load(made.environment()) == made
    assert sorted(file.name for file in tmp_path.iterdir()) == ["encryption_keys", "secret_key"]
    assert {stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()} == {0o600}


def test_secrets_that_were_given_are_used_and_none_are_made(settings, tmp_path):
    given = replace(settings, secret_key=SECRET, encryption_keys=key())

    assert with_secrets(given) == given
    assert list(tmp_path.iterdir()) == []


def test_parts_that_start_together_find_the_same_secrets(settings):
    barrier = threading.Barrier(16)
    found = []

    def start():
        barrier.wait()
        found.append(with_secrets(settings))

    threads = [threading.Thread(target=start) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(found) == 16
    assert len(set(found)) == 1


def test_a_city_that_runs_without_secrets_of_its_own_hears_it_loudly(settings):
    with capture_logs() as logs:
        with_secrets(replace(settings, public_url="https://chat.leiestad.example", secret_key=SECRET))

    assert [entry["settings"] for entry in logs if entry["log_level"] == "error"] == [["ENCRYPTION_KEYS"]]
