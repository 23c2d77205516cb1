import gzip
import os
from pathlib import Path

import pytest

from connectors.assets import Assets


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "widget").mkdir()
    (tmp_path / "widget" / "chat.js").write_text("export {}")
    (tmp_path / "widget" / ".secret").write_text("x")
    (tmp_path / "settings.py").write_text("secret")
    return tmp_path / "widget"


def test_a_file_comes_with_its_type_compressed_and_marked(folder: Path) -> None:
    asset = Assets(folder).get("chat.js")

    assert asset is not None
    assert asset.media_type == "text/javascript; charset=utf-8"
    assert asset.compressed is not None
    assert gzip.decompress(asset.compressed) == asset.content == b"export {}"


def test_a_changed_file_is_read_again_and_marked_anew(folder: Path) -> None:
    assets = Assets(folder)
    before = assets.get("chat.js")
    (folder / "chat.js").write_text("export default 1")
    os.utime(folder / "chat.js", (1, 1))

    after = assets.get("chat.js")

    assert before is not None
    assert after is not None
    assert after.content == b"export default 1"
    assert after.etag != before.etag


@pytest.mark.parametrize(
    "name", ["../settings.py", "/etc/passwd", ".secret", "", ".", "nothing.js", "a/../../settings.py"]
)
def test_nothing_outside_the_folder_is_given(name: str, folder: Path) -> None:
    assert Assets(folder).get(name) is None
