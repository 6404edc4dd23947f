"""The shipped words find a concern in every language that customers are offered, and let praise pass."""

from pathlib import Path

import pytest

import policy
from policy.concern import Concern, Fine, Spoken, judge
from policy.file import read_policy

RULES = read_policy(Path(policy.__file__).with_name("sop.toml")).rules


def verdict(comment: str) -> object:
    spoken = Spoken(rating=5, comment=comment, contact_me=False, solved=False, concern=False, concern_open=False)
    return judge(spoken, RULES.survey, RULES.escalation)


@pytest.mark.parametrize(
    ("comment", "severity"),
    [
        ("Sehr nett, aber im Keller ist Gasgeruch.", "safety"),
        ("Es riecht seit gestern NACH GAS!", "safety"),
        ("Der Monteur hat sich verletzt.", "safety"),
        ("Die Heizung funktioniert nicht.", "concern"),
        ("Der Hahn ist immer noch nicht dicht.", "concern"),
        ("Ich gehe zum Anwalt.", "legal"),
        ("Il y a une odeur de gaz.", "safety"),
        ("Ça sent le gaz dans la cuisine", "safety"),
        ("La chaudière est de nouveau en panne.", "concern"),
        ("Je suis déçue du résultat.", "concern"),
        ("Je vais voir mon avocate.", "legal"),
        ("Huele a gas en la cocina.", "safety"),
        ("Salían chispas del enchufe.", "safety"),
        ("La caldera no funciona.", "concern"),
        ("Voy a poner una queja.", "concern"),
        ("Hablaré con mi abogada.", "legal"),
        ("Er hangt een gaslucht in de kelder.", "safety"),
        ("De ketel werkt niet.", "concern"),
        ("De kraan lekt weer.", "concern"),
        ("Wij nemen juridische stappen.", "legal"),
    ],
)
def test_a_concern_is_found_behind_five_stars(comment: str, severity: str):
    judged = verdict(comment)
    assert isinstance(judged, Concern), comment
    assert judged.severity == severity


@pytest.mark.parametrize(
    "comment",
    [
        "Quick and friendly, thank you. The brand new boiler is in a good position.",
        "Schnell, freundlich und sauber. Besser geht nicht!",
        "Der Techniker hat alles gut erklärt.",
        "Rapide et très aimable, merci beaucoup.",
        "Le technicien a tout bien expliqué.",
        "Muy rápido y amable, todo perfecto. La fogata y la rotonda, muy bien.",
        "Snel en netjes, hartelijk dank. Alles werkt weer.",
        "",
    ],
)
def test_praise_is_no_concern(comment: str):
    assert isinstance(verdict(comment), Fine), comment
