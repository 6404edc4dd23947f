"""Our own SendGrid (fakes/) in a process of its own, so that what is measured is our work and not its.

`python -m benchmarks.provider FILE LATENCY` writes its port into FILE and serves until it is ended, answering each mail
after LATENCY seconds. It lets nothing happen to the mails and keeps none; it counts them, and those that came twice.
"""

import asyncio
import sys
from dataclasses import replace
from pathlib import Path

from config.settings import read_settings
from fakes.keys import Keys
from fakes.options import Options
from fakes.running import Fakes


async def serve(port_file: Path, latency_s: float) -> None:
    """With the key of the settings."""
    key = read_settings().sendgrid_api_key
    assert key is not None  # noqa: S101 - the benchmark sets it
    keys = replace(Keys.made(), sendgrid_api_key=key.get_secret_value())
    fakes = Fakes(Options(latency_s=latency_s, keep=0, follow=False), keys)
    await fakes.start()
    draft = port_file.with_suffix(".part")
    draft.write_text(fakes.sendgrid_url.rpartition(":")[2])
    draft.replace(port_file)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), float(sys.argv[2])))
