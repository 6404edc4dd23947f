def yes_or_no(text: str) -> bool | None:
    t = text.strip(" .!").casefold()
    return (
        True
        if t in ("yes", "ja", "sí", "oui", "👍")
        else False
        if t.split(",")[0] in ("no", "nein", "nee", "non")
        else None
    )
