"""Invented data for every SMS: what the samples of the mails say, as far as an SMS is given it."""

from typing import Final

from templates.samples import MESSAGE_SAMPLES, MessageSample
from templates.values import TEXT_VALUES

TEXT_SAMPLES: Final[tuple[MessageSample, ...]] = tuple(
    MessageSample(
        name=sample.name,
        title=sample.title,
        purpose=sample.purpose,
        values={name: sample.values[name] for name in TEXT_VALUES[sample.purpose]},
    )
    for sample in MESSAGE_SAMPLES
    if sample.purpose in TEXT_VALUES
)
