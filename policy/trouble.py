import re


def sounds_like_trouble(text: str) -> bool:
    return bool(
        re.search(r"\b(not|no|but|nobody|leak|still|nicht|kein|aber|pas|mais|pero|niet|maar)\b", text.casefold())
    )
