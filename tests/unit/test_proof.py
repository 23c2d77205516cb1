import pytest

from proof import LIFE, Proofs, proofs_of
from settings import Settings
from tests.sealing import SECRET_KEY, VAULT

PATH, BODY = "/balie/blok", b'{"conversation": "c_1"}'


class Time:
    now = 1_795_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def proofs(time: Time) -> Proofs:
    return Proofs(SECRET_KEY, time)


@pytest.mark.parametrize("seconds", [0, LIFE, -LIFE])
def test_a_fresh_proof_holds_for_what_it_was_made_for(proofs, time, seconds):
    proof = proofs.of(PATH, BODY)
    time.now += seconds

    assert proofs.holds(proof, PATH, BODY)


@pytest.mark.parametrize("seconds", [LIFE + 1, -LIFE - 1])
def test_an_old_proof_opens_nothing_and_one_from_the_future_neither(proofs, time, seconds):
    proof = proofs.of(PATH, BODY)
    time.now += seconds

    assert not proofs.holds(proof, PATH, BODY)


def test_a_proof_opens_nothing_else(proofs):
    proof = proofs.of(PATH, BODY)

    assert not proofs.holds(proof, "/balie/annuleren", BODY)
    assert not proofs.holds(proof, PATH, BODY.replace(b"c_1", b"c_2"))
    assert not proofs.holds(proof.replace("1795", "1796"), PATH, BODY)


@pytest.mark.parametrize(
    "proof", ["", ".", "1795000000", "1795000000.", "-1.aa", "٣.aa", "1795000000.é", "9" * 99 + ".a"]
)
def test_rubbish_is_no_proof(proofs, proof):
    assert not proofs.holds(proof, PATH, BODY)


def test_who_has_another_secret_proves_nothing(proofs, time):
    assert not proofs.holds(Proofs("another secret of at least so many characters", time).of(PATH, BODY), PATH, BODY)


def test_two_processes_with_the_same_settings_believe_each_other(tmp_path):
    settings = Settings(database_url=f"sqlite:///{tmp_path}/balie.db")

    assert proofs_of(settings).holds(proofs_of(settings).of(PATH, BODY), PATH, BODY)


def test_a_pseudonym_is_no_proof(proofs, time):
    """One secret, and a key of its own for each use."""
    made = int(time.now)
    forged = VAULT.pseudonym(f"{made}\n{PATH}\n{BODY.decode()}")

    assert not proofs.holds(f"{made}.{forged}", PATH, BODY)
