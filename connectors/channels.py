"""The channels that this house was given the keys of."""

from connectors.base import Webhook
from connectors.messenger import Messenger, Page
from connectors.meta import errors
from connectors.meta.graph import Graph
from connectors.whatsapp import Account, WhatsApp
from settings import Settings
from texts import Texts

LIST_BUTTON = "utter_kanaal_lijst_knop"


def webhooks_of(settings: Settings, texts: Texts) -> dict[str, Webhook]:
    """By name; without an app secret, by which Meta is known, there is no channel."""
    found: dict[str, Webhook] = {}
    if settings.whatsapp_app_secret:
        found["whatsapp"] = _whatsapp(settings, texts)
    if settings.messenger_app_secret:
        found["messenger"] = _messenger(settings)
    return found


def _whatsapp(settings: Settings, texts: Texts) -> WhatsApp:
    account = Account(
        phone_number_id=settings.whatsapp_phone_number_id,
        app_secret=settings.whatsapp_app_secret,
        verify_token=settings.whatsapp_verify_token,
        template=settings.whatsapp_template,
        template_language=settings.whatsapp_template_language,
    )
    graph = Graph(settings.graph_url, settings.graph_version, settings.whatsapp_access_token, errors.WHATSAPP)
    return WhatsApp(account, graph, lambda: texts.text(LIST_BUTTON))


def _messenger(settings: Settings) -> Messenger:
    page = Page(
        page_id=settings.messenger_page_id,
        app_id=settings.messenger_app_id,
        app_secret=settings.messenger_app_secret,
        verify_token=settings.messenger_verify_token,
    )
    graph = Graph(settings.graph_url, settings.graph_version, settings.messenger_access_token, errors.MESSENGER)
    return Messenger(page, graph)
