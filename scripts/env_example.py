"""Writes `.env.example` from settings.py, so that it cannot go stale (`make env-example`).

The comment above a field is its help; a `# --- heading ---` opens a section. Every
line is commented out and shows the default.
"""

import re
from pathlib import Path

from settings import ROOT, Settings

HEADING = re.compile(r"# --- (?P<title>.+?) -+$")
FIELD = re.compile(r"(?P<name>[a-z_]+): \w+ = ")
INTRODUCTION = """\
# Everything that Balie reads from its environment, with the defaults (made from settings.py by `make env-example`).
# Copy to .env and take away the # of what you change. A variable that is set in the environment goes before .env.
"""


def env_example(source: str) -> str:
    """The text of `.env.example` for the source text of settings.py."""
    defaults = Settings().environment()
    lines, body = [INTRODUCTION.rstrip()], _body(source)
    for before, line in zip(["", *body], body, strict=False):
        if heading := HEADING.match(line):
            lines += ["", f"# ===== {heading['title']} ====="]
        elif line.startswith("#"):
            goes_on = before.startswith("#") and not HEADING.match(before)
            lines += [line] if goes_on else ["", line]
        elif field := FIELD.match(line):
            name = field["name"].upper()
            lines.append(f"# {name}={defaults[name]}".rstrip())
    return "\n".join(lines) + "\n"


def _body(source: str) -> list[str]:
    body = source.split("class Settings:\n", 1)[1].split("    def ", 1)[0]
    return [line.strip() for line in body.splitlines()]


def main() -> None:
    target = Path(ROOT / ".env.example")
    target.write_text(env_example((ROOT / "settings.py").read_text(encoding="utf-8")), encoding="utf-8")
    print(f"wrote {target.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
