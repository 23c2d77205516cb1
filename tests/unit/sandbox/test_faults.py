import pytest

from sandbox.faults import Fault, FaultError, Faults, Kind, read_fault


@pytest.fixture
def faults():
    return Faults()


def test_a_fault_stays_until_it_is_switched_off(faults):
    faults.switch("topdesk", Fault(Kind.DOWN))
    assert faults.take("topdesk", "GET", "/x") == Fault(Kind.DOWN)
    assert faults.take("topdesk", "GET", "/x") == Fault(Kind.DOWN)
    assert faults.take("jcc", "GET", "/x") is None

    faults.switch("topdesk", Fault(Kind.NONE))
    assert faults.take("topdesk", "GET", "/x") is None


def test_a_counted_fault_counts_only_the_calls_that_it_hits(faults):
    faults.switch("jcc", Fault(Kind.ERROR, times=1, method="DELETE"))

    assert faults.take("jcc", "POST", "/warp/v1/appointment") is None
    assert faults.take("jcc", "DELETE", "/warp/v1/appointment") is not None
    assert faults.take("jcc", "DELETE", "/warp/v1/appointment") is None
    assert faults.current("jcc") is None


def test_a_fault_can_be_for_a_piece_of_the_path(faults):
    faults.switch("topdesk", Fault(Kind.DOWN, path="attachments"))
    assert faults.take("topdesk", "POST", "/tas/api/incidents") is None
    assert faults.take("topdesk", "POST", "/tas/api/incidents/id/1/attachments") is not None


@pytest.mark.parametrize("kind", [Kind.REFUSED, Kind.RESET_AFTER_COMMIT])
def test_what_is_about_writing_leaves_reading_alone(faults, kind):
    faults.switch("jcc", Fault(kind))
    assert faults.take("jcc", "GET", "/warp/v1/appointment") is None
    assert faults.take("jcc", "POST", "/connect/token") is None
    assert faults.take("jcc", "POST", "/warp/v1/appointment") is not None


def test_tokens_suffer_only_from_faults_without_a_limit(faults):
    faults.switch("jcc", Fault(Kind.DOWN, times=3))
    assert faults.take("jcc", "POST", "/connect/token") is None
    faults.switch("jcc", Fault(Kind.DOWN))
    assert faults.take("jcc", "POST", "/connect/token") is not None


def test_a_posted_fault_is_read_whether_json_or_form():
    assert read_fault({"kind": "slow", "seconds": 3, "times": 2}) == Fault(Kind.SLOW, 3.0, 2)
    assert read_fault({"kind": "slow", "seconds": "3", "times": ""}) == Fault(Kind.SLOW, 3.0)
    assert read_fault({"kind": "500", "method": "delete"}) == Fault(Kind.ERROR, method="DELETE")


@pytest.mark.parametrize(
    "body", [None, [], {}, {"kind": "x"}, {"kind": "slow", "seconds": "lang"}, {"kind": "down", "a": 1}]
)
def test_a_posted_fault_that_makes_no_sense_is_refused(body):
    with pytest.raises(FaultError):
        read_fault(body)


def test_an_unknown_backend_has_no_faults(faults):
    with pytest.raises(FaultError):
        faults.switch("sharepoint", Fault(Kind.DOWN))
