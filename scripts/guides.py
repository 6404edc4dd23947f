"""Writes docs/guides anew from templates/guides. A house test says when they are not alike.

.venv/bin/python scripts/guides.py
"""

from config.settings import ROOT
from templates.guides import as_markdown, guides

FOLDER = ROOT / "docs" / "guides"


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for guide in guides().values():
        (FOLDER / f"{guide.name}.md").write_text(as_markdown(guide), encoding="utf-8")


if __name__ == "__main__":
    main()
