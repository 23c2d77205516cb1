"""What the running front cannot show: the cookies with https, and the headers of the pages."""

from citizens.browsers import WIDGET_COOKIE, cookie_name, new_key, usable_key
from login.routes import HEADERS


def test_with_https_no_other_host_of_the_city_can_set_our_cookies():
    assert cookie_name(WIDGET_COOKIE, "https://balie.leiestad.example") == "__Host-balie_browser"
    assert cookie_name(WIDGET_COOKIE, "http://127.0.0.1:8080") == "balie_browser"


def test_a_key_is_only_one_that_we_may_have_made():
    assert usable_key(new_key())
    assert [key for key in (None, "", "x", "x" * 42, "x" * 44, "é" * 43, "x" * 42 + "\n") if usable_key(key)] == []


def test_the_pages_run_no_script_and_fit_in_no_frame():
    policy = HEADERS["Content-Security-Policy"]

    assert policy.startswith("default-src 'none'")
    assert "script" not in policy
    assert "frame-ancestors 'none'" in policy
