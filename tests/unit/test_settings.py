import pytest

from scripts.env_example import env_example
from settings import ROOT, Settings, SettingsError, load


def test_without_any_variable_the_defaults_hold():
    settings = load({})

    assert settings == Settings()
    assert settings.front_port == 8080
    assert settings.database_url == "sqlite:///var/balie.db"


def test_a_variable_gets_the_type_of_its_field():
    settings = load({"FRONT_PORT": " 9000 ", "TURN_TIMEOUT": "2.5", "BIND": "0.0.0.0"})

    assert (settings.front_port, settings.turn_timeout, settings.bind) == (9000, 2.5, "0.0.0.0")


def test_default_addresses_follow_their_port():
    settings = load({"FRONT_PORT": "9000", "SANDBOX_PORT": "9001"})

    assert settings.public_url == "http://127.0.0.1:9000"
    assert settings.topdesk_url == "http://127.0.0.1:9001/topdesk/tas/api"


def test_an_address_that_is_given_stays_as_it_is():
    settings = load({"FRONT_PORT": "9000", "PUBLIC_URL": "https://chat.leiestad.example"})

    assert settings.public_url == "https://chat.leiestad.example"


def test_settings_survive_the_road_through_the_environment():
    settings = load({"FRONT_PORT": "9000", "BACKEND_TIMEOUT": "3"})

    assert load(settings.environment()) == settings


@pytest.mark.parametrize(
    ("environment", "complaint"),
    [
        ({"FRONT_PORT": "tachtig"}, "FRONT_PORT must be a whole number, not 'tachtig' (for example FRONT_PORT=8080)"),
        ({"TURN_TIMEOUT": "lang"}, "TURN_TIMEOUT must be a number, not 'lang' (for example TURN_TIMEOUT=30.0)"),
        ({"FRONT_PORT": "70000"}, "FRONT_PORT must be a port between 1 and 65535, not 70000"),
        ({"FRONT_PORT": "5005"}, "BOT_PORT and FRONT_PORT are both 5005; give one of them another port"),
        ({"TURN_WORKERS": "0"}, "TURN_WORKERS must be more than 0, not 0"),
        ({"KEEP_FILINGS_DAYS": "30"}, "KEEP_FILINGS_DAYS must be at least 90, not 30"),
        ({"SECRET_KEY": "kort"}, "SECRET_KEY must have at least 32 characters; leave it empty to have one made"),
        (
            {"DOSSIER_NEWS_FROM": "20", "DOSSIER_NEWS_UNTIL": "8"},
            "DOSSIER_NEWS_FROM must come before DOSSIER_NEWS_UNTIL, and that is 24 at most",
        ),
        ({"APPOINTMENTS": "jcc"}, "APPOINTMENTS must be one of jcc-rest, jcc-soap, not 'jcc'"),
        ({"LOG_LEVEL": "luid"}, "LOG_LEVEL must be one of DEBUG, INFO, WARNING, ERROR, not 'luid'"),
        (
            {"RASA_DATABASE_URL": "sqlite:///var/balie.db"},
            "RASA_DATABASE_URL must be another database than DATABASE_URL",
        ),
        (
            {"DMS_TOKEN": "kort", "DMS_HOSTS": "dms.example"},
            "DMS_TOKEN must have at least 32 characters; leave it empty to keep it off",
        ),
        (
            {"DMS_TOKEN": "d" * 32, "DMS_HOSTS": " , "},
            "DMS_HOSTS must name where the links of DMS_TOKEN may lead, such as dms.leiestad.example",
        ),
    ],
)
def test_a_value_that_cannot_be_used_is_named_with_the_remedy(environment, complaint):
    with pytest.raises(SettingsError) as error:
        load(environment)

    assert str(error.value) == complaint


def test_the_env_example_is_current():
    source = (ROOT / "settings.py").read_text(encoding="utf-8")

    assert (ROOT / ".env.example").read_text(encoding="utf-8") == env_example(source), "run `make env-example`"


def test_every_setting_stands_in_the_env_example():
    example = (ROOT / ".env.example").read_text(encoding="utf-8")

    assert [name for name in Settings().environment() if f"# {name}=" not in example] == []


WHATSAPP = {
    "WHATSAPP_PHONE_NUMBER_ID": "1",
    "WHATSAPP_ACCESS_TOKEN": "t",
    "WHATSAPP_APP_SECRET": "s",
    "WHATSAPP_VERIFY_TOKEN": "v",
}
AT_META = {"PUBLIC_URL": "https://chat.leiestad.example", "GRAPH_URL": "https://graph.facebook.com"}


@pytest.mark.parametrize("elsewhere", [{"PUBLIC_URL": AT_META["PUBLIC_URL"]}, {"GRAPH_URL": AT_META["GRAPH_URL"]}])
def test_the_secrets_that_everybody_knows_hold_on_this_machine_only(elsewhere):
    settings = load(elsewhere)

    assert (settings.whatsapp_app_secret, settings.messenger_app_secret) == ("", "")
    assert load({**elsewhere, "WHATSAPP_APP_SECRET": "sandbox-whatsapp-secret"}).whatsapp_app_secret == ""
    assert load({}).whatsapp_app_secret == "sandbox-whatsapp-secret"


def test_where_citizens_come_nothing_is_registered_in_the_sandbox() -> None:
    elsewhere = {"PUBLIC_URL": "https://chat.leiestad.example"}

    assert load(elsewhere).openklant_url == ""
    assert load({**elsewhere, "OPENKLANT_URL": "https://klant.example", "OPENKLANT_TOKEN": "x"}).openklant_url
    assert load({}).openklant_url.endswith("/openklant")


def test_a_channel_is_on_with_all_that_it_needs():
    settings = load({**AT_META, **WHATSAPP})

    assert settings.whatsapp_app_secret == "s"
    assert settings.messenger_app_secret == ""


@pytest.mark.parametrize("missing", sorted(WHATSAPP))
def test_a_channel_of_which_something_is_missing_does_not_start(missing):
    with pytest.raises(SettingsError, match=f"^{missing} is missing: whatsapp needs "):
        load({**AT_META, **WHATSAPP, missing: ""})


def test_a_channel_can_be_switched_off_on_this_machine_too():
    assert load(dict.fromkeys(WHATSAPP, "")).whatsapp_app_secret == ""
    with pytest.raises(SettingsError, match="WHATSAPP_APP_SECRET is missing"):
        load({"WHATSAPP_APP_SECRET": ""})
