"""Gives the city's page on Messenger its greeting, first questions and menu (`python -m scripts.messenger_profile`).

The texts are those of data/kanalen/. Run it again whenever they changed: it puts
everything as it should be, whatever was there.
"""

import sys

from city_node import CityError
from connectors.base import SendError
from connectors.messenger.profile import ADDRESS, profile
from connectors.meta import errors
from connectors.meta.graph import Graph
from settings import ROOT, Settings, SettingsError, load
from texts import Texts


def set_up(settings: Settings) -> None:
    """Raises SendError, and CityError when there is no usable city."""
    texts = Texts(ROOT / "data", ROOT / settings.city_file)
    graph = Graph(settings.graph_url, settings.graph_version, settings.messenger_access_token, errors.MESSENGER)
    graph.post(ADDRESS, profile(texts))


def main() -> None:
    try:
        settings = load()
        if not settings.messenger_app_secret:
            raise SettingsError("MESSENGER_APP_SECRET and its four companions are not set: there is no page to set up")
        set_up(settings)
    except (SettingsError, CityError) as error:
        sys.exit(f"messenger_profile: {error}")
    except SendError as error:
        sys.exit(f"messenger_profile: {settings.graph_url} did not take it: {error}")
    print(f"the page has its greeting, questions and menu ({settings.graph_url})")


if __name__ == "__main__":
    main()
