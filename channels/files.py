"""Whole files, for this user only: what the adapters write that keep messages in a folder."""

import os
from pathlib import Path


def write_whole(path: Path, content: bytes) -> None:
    """Write under another name, then rename: whoever lists the folder never reads half a message. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.part")
    try:
        with open(draft, "wb", opener=_private) as file:
            file.write(content)
        draft.replace(path)
    except OSError:
        draft.unlink(missing_ok=True)
        raise


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, mode=0o600)
