"""Meta as the sandbox plays it: both products, one store of media, and the ids that it hands out."""

import time
from collections.abc import Callable
from datetime import datetime

from sandbox.graph.ids import Ids
from sandbox.graph.media import MediaStore
from sandbox.graph.messenger import Messenger
from sandbox.graph.whatsapp import WhatsApp
from sandbox.settings import Settings

Product = WhatsApp | Messenger
VERSIONS = tuple(f"v{number}.0" for number in range(21, 27))


class Meta:
    def __init__(self, settings: Settings, now: Callable[[], datetime], tell: Callable[[str], None]) -> None:
        self.ids = Ids(settings.sandbox_graph_seed or str(time.time_ns()))
        self.media = MediaStore(self.ids, now)
        self.whatsapp = WhatsApp(settings, self.ids, now, self.media, lambda: tell("whatsapp"))
        self.messenger = Messenger(settings, self.ids, now, self.media, lambda: tell("messenger"))
        self.networks: dict[str, Product] = {"whatsapp": self.whatsapp, "messenger": self.messenger}

    def reset(self) -> None:
        for network in self.networks.values():
            network.reset()
        self.media.clear()

    def close(self) -> None:
        for network in self.networks.values():
            network.courier.close()
