"""Messages are put in their language when a template is compiled; what comes out is what a look-up would give."""

import pytest
from jinja2 import UndefinedError

from templates.catalogues import messages_of
from templates.environment import environment_of
from templates.language import known_languages, read_language
from templates.translating import places

EVIL = "<b> & %(name)s 100 % {{ 7 }}"


def _german(source: str, **values: object) -> str:
    return environment_of(language="de").from_string(source).render(values)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ('{{ _("Hello,") }}', "Guten Tag,"),
        ('{{ _("Hello %(name)s,", name=name) }}', "Guten Tag &lt;b&gt; &amp; %(name)s 100 % {{ 7 }},"),
        ('{{ _("Hello %(name)s,", name="Anna") }}', "Guten Tag Anna,"),
        ('{{ _("on %(date)s", date=name|length) }}', "am 28"),
        ('{{ _("%(label)s:", label=_("Change my answer")) }}', "Antwort ändern:"),
        ('{{ _("very satisfied")|sentence }}', "Sehr zufrieden"),
        ('{% set x = [_("neutral"), _("on %(date)s", date=name)] %}{{ x|last|length }}', "31"),
        ("<i title=\"{{ _('on %(date)s', date=name) }}\">", '<i title="am &lt;b&gt; &amp; %(name)s 100 % {{ 7 }}">'),
        ('{% macro m(x) %}{{ _("on %(date)s", date=x) }}{% endmacro %}{{ m("<") }}', "am &lt;"),
        # What nobody has translated is said in English; what is no message of ours stays a call.
        ('{{ _("100 %% of %(what)s", what="it") }}', "100 % of it"),
        ("{{ _(text) }}", "Guten Tag,"),
        ('{{ _("Hello,", **more) }}', "Guten Tag,"),
    ],
)
def test_a_message_in_a_template(source: str, text: str) -> None:
    assert _german(source, name=EVIL, text="Hello,", more={}) == text


@pytest.mark.parametrize(
    "source", ['{{ _("on %(date)s", date=day) }}', '{% set x = _("on %(date)s", date=day) %}{{ x }}']
)
def test_a_value_that_is_not_given_is_refused(source: str) -> None:
    with pytest.raises(UndefinedError, match="'day' is undefined"):
        _german(source)


def test_a_placeholder_without_a_value_is_refused() -> None:
    with pytest.raises(KeyError, match="date"):
        _german('{{ _("on %(date)s") }}')


@pytest.mark.parametrize("language", known_languages())
def test_every_message_comes_out_as_its_look_up(language: str) -> None:
    spoken, environment = read_language(language), environment_of(language=language)
    for message in messages_of():
        if isinstance(message.id, str) and message.id:
            call = ", ".join([f'_("{message.id}"', *(f"{name}={name}" for name in sorted(places(message.id)))]) + ")"
            source = f"{{% autoescape false %}}{{{{ {call} }}}}{{% endautoescape %}}"
            values = dict.fromkeys(places(message.id), EVIL)
            assert environment.from_string(source).render(values) == spoken.say(message.id, **values)
