import pytest

from actions.wiring import wire
from city import City, load_city
from settings import ROOT, Settings
from tests.content.reading import Content
from tests.content.sources import Sources


@pytest.fixture(scope="session")
def content() -> Content:
    return Content(ROOT)


@pytest.fixture(scope="session")
def sources() -> Sources:
    return Sources(ROOT)


@pytest.fixture(scope="session")
def city() -> City:
    return load_city(ROOT / "city.yml")


@pytest.fixture(scope="session")
def registered_actions(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The names under which the action server really answers."""
    database = tmp_path_factory.mktemp("wiring") / "balie.db"
    return {action.name() for action in wire(Settings(database_url=f"sqlite:///{database}")).actions}
