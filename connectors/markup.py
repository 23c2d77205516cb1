"""The house's little Markdown (bold, links, lists) in the way that a channel writes it."""

import re

from connectors.base import Markup

_BOLD = re.compile(r"\*\*(?=\S)(.+?)(?<=\S)\*\*")
_LINK = re.compile(r"\[([^\[\]\n]+)\]\((https?://[^\s()]+)\)")


def written(text: str, markup: Markup) -> str:
    if markup is Markup.MARKDOWN:
        return text
    text = _LINK.sub(_spelled_out, text)
    return _BOLD.sub(r"*\1*" if markup is Markup.WHATSAPP else r"\1", text)


def _spelled_out(link: re.Match[str]) -> str:
    title, url = link[1], link[2]
    return url if title in (url, url.split("://", 1)[1]) else f"{title}: {url}"
