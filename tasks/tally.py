"""What a stage did, as counts under words: what runs return and what their pages show."""

from collections import Counter
from collections.abc import Iterable


class Tally(Counter[str]):
    """Counts by word, in the order in which the words first came."""

    def __add__(self, other: Counter[str]) -> "Tally":  # type: ignore[override]  # keeps zero counts and the subclass
        total = Tally(self)
        total.update(other)
        return total

    @classmethod
    def of(cls, words: Iterable[str]) -> "Tally":
        return cls(words)

    def sentence(self) -> str:
        """ "34 asked, 2 calls" """
        return ", ".join(f"{count} {word}" for word, count in self.items() if count) or "nothing was due"
