"""The cookie by which the login pages know the browser that a conversation is in.

It opens nothing by itself: the widget speaks with its token. Out of reach of scripts,
and not sent along when another site posts.
"""

from dataclasses import dataclass

from sanic import HTTPResponse, Request

from citizens.browsers import usable_key


@dataclass(frozen=True)
class BrowserCookie:
    name: str
    seconds: int
    public_url: str

    def key(self, request: Request) -> str | None:
        return usable_key(request.cookies.get(self.name))

    def set(self, response: HTTPResponse, key: str) -> HTTPResponse:
        is_secure = self.public_url.startswith("https:")
        response.add_cookie(self.name, key, httponly=True, samesite="Lax", secure=is_secure, max_age=self.seconds)
        return response
