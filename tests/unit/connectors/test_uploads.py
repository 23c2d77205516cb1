import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.base import Unreadable
from connectors.uploads import Upload, UploadReader, tidy

TYPE = "multipart/form-data; boundary=grens"


def body(
    content: bytes = b"\xff\xd8\xffpixels", name: str = "file", filename: str = "put.jpg", end: bytes = b"--"
) -> bytes:
    head = f'--grens\r\nContent-Disposition: form-data; name="{name}"; filename="{filename}"\r\n\r\n'.encode()
    return head + content + b"\r\n--grens" + end + b"\r\n"


def read_upload(sent: bytes, content_type: str, size: int = 7) -> Upload:
    reader = UploadReader(content_type)
    for start in range(0, len(sent), size):
        reader.feed(sent[start : start + size])
    return reader.finish()


def test_the_file_and_its_name_are_read() -> None:
    assert read_upload(body(filename="café.jpg"), TYPE) == Upload("café.jpg", bytearray(b"\xff\xd8\xffpixels"))


def test_other_parts_are_passed_over() -> None:
    note = body(b"hallo", name="note").removesuffix(b"--grens--\r\n")
    both = note + body()

    assert read_upload(both, TYPE).content == b"\xff\xd8\xffpixels"


@pytest.mark.parametrize(
    ("sent", "content_type"),
    [
        (b"", TYPE),
        (b"rommel", TYPE),
        (body(b""), TYPE),
        (body(name="photo"), TYPE),
        (body()[:-20], TYPE),
        (body(), "multipart/form-data"),
        (body(), "application/json"),
        (body(), ""),
        (body(), "multipart/form-data; boundary=" + "x" * 500),
        (body(), "multipart/form-data; boundary=\udcff"),
    ],
)
def test_what_is_no_upload_is_refused(sent: bytes, content_type: str) -> None:
    with pytest.raises(Unreadable):
        read_upload(sent, content_type)


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [("../../etc/passwd", "passwd"), ("C:\\Fotos\\put.jpg", "put.jpg"), ("a\x00\nb.png", "ab.png"), ("", "")],
)
def test_a_file_name_loses_its_path_and_what_cannot_be_printed(given_name: str, kept: str) -> None:
    assert tidy(given_name) == kept


@given(st.binary(max_size=400), st.text(max_size=60))
def test_rubbish_never_raises_anything_else(sent: bytes, content_type: str) -> None:
    for kind in (TYPE, content_type):
        try:
            read_upload(sent, kind)
        except Unreadable:
            continue
