"""The charts of the monthly review, as SVG that stands in the page itself.

Colours are variables of the page, so a chart follows it into dark mode and onto paper; letters stay letters, so they
can be read aloud, searched and selected. Next to each chart stands a table with the same numbers.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree  # reads what Vega wrote  # nosec B405

import altair as alt
import vl_convert

from models.figures import Deadline, Group
from policy.statistics import Share, wilson
from policy.texts import of_text

_WIDTH = 420
"""Of the drawing, in pixels at its natural size. Narrow, so that its letters can be read on a phone too."""
_ROW = 34
_NAMES = 150
"""The column of names. They begin at the left edge and are cut early: fonts of readers differ in width from ours."""
_SHORT_NAMES = 105
_LETTER = 8.5
"""Width of a digit in most fonts of this size, rounded up."""
_FONT = "system-ui, -apple-system, Segoe UI, Roboto, Helvetica, Arial, sans-serif"
_TEXT: dict[str, Any] = {"font": _FONT, "fontSize": 14, "color": "var(--ink)"}


@dataclass(frozen=True, slots=True)
class Drawing:
    """What is drawn, and what somebody who does not see it is told."""

    title: str
    description: str
    spec: Mapping[str, Any]
    """Vega-Lite."""


def funnel(steps: Sequence[tuple[str, int]]) -> Drawing:
    """From the services that were reported to the ratings that were given."""
    rows = [{"step": step, "count": count} for step, count in steps]
    base = _data(rows).encode(
        y=_names("step:N", _SHORT_NAMES), x=alt.X("count:Q", axis=None, scale=_counted(count for _, count in steps))
    )
    return Drawing(
        "From service to rating",
        "; ".join(f"{step}: {count}" for step, count in steps),
        _sized(alt.layer(base.mark_bar(color="var(--bar)", height=20), _label(base, "count:Q")), len(rows)),
    )


def ratings(counts: Mapping[int, int], words: Mapping[int, str]) -> Drawing:
    """How often each rating was given; colours tell low, neutral and satisfied apart, and so do the words."""
    rows = [{"rating": f"{n}  {words[n]}", "count": counts[n], "word": words[n]} for n in sorted(counts, reverse=True)]
    base = _data(rows).encode(
        y=_names("rating:N", _SHORT_NAMES), x=alt.X("count:Q", axis=None, scale=_counted(counts.values()))
    )
    colours = alt.Scale(domain=["low", "neutral", "satisfied"], range=["var(--low)", "var(--neutral)", "var(--bar)"])
    bars = base.mark_bar(height=20).encode(color=alt.Color("word:N", scale=colours, legend=None))
    told = "; ".join(f"rating {n}, {words[n]}: {counts[n]}" for n in sorted(counts, reverse=True))
    return Drawing("Ratings", told, _sized(alt.layer(bars, _label(base, "count:Q")), len(rows)))


def satisfaction(groups: Sequence[Group], *, at_least: int) -> Drawing | None:
    """Satisfied of rated with its interval, in the order of the names; None when no group has enough ratings."""
    shares = [(group.name, Share(group.satisfied, group.rated)) for group in groups if group.rated >= at_least]
    if not shares:
        return None
    rows = [_interval_row(name, share) for name, share in shares]
    base = _data(rows).encode(y=_names("name:N"))
    told = "; ".join(f"{name}: {of_text(share)}" for name, share in shares)
    return Drawing("Satisfied, of those who rated", told, _sized(_dots(base, rows), len(rows), extra=28))


def deadlines(kept: Mapping[str, Deadline], *, at_least: int) -> Drawing | None:
    """The share of each deadline that was kept, of those whose time is over; None when there are too few of all."""
    shares = [(name, Share(of.kept, of.kept + of.late)) for name, of in kept.items() if of.kept + of.late >= at_least]
    if not shares:
        return None
    rows = [{"name": name, "share": share.value, "text": of_text(share), "all": 1} for name, share in shares]
    base = _data(rows).encode(y=_names("name:N"))
    whole = base.mark_bar(height=20, color="var(--low)").encode(x=_share("all:Q", rows))
    part = base.mark_bar(height=20, color="var(--bar)").encode(x=_share("share:Q", rows))
    layers = alt.layer(whole, part, _behind(base))
    told = "; ".join(f"{name}: {of_text(share)} kept" for name, share in shares)
    return Drawing("Deadlines kept, of those whose time is over", told, _sized(layers, len(rows), extra=28))


def two_months(rates: Sequence[tuple[str, Share, Share]], now: str, before: str, *, at_least: int) -> Drawing | None:
    """This month above the month before, each with its interval; only where both have enough."""
    enough = [rate for rate in rates if min(rate[1].whole, rate[2].whole) >= at_least]
    if not enough:
        return None
    rows = [_interval_row(name, share) | {"month": month}
            for name, *shares in enough for month, share in zip((now, before), shares, strict=True)]  # fmt: skip
    colour = alt.Color("month:N", scale=alt.Scale(domain=[now, before], range=["var(--bar)", "var(--neutral)"]),
                       legend=alt.Legend(orient="top", title=None, labelFontSize=14, labelColor="var(--ink)",
                                         columnPadding=36, symbolOpacity=1, symbolType="circle"))  # fmt: skip
    base = _data(rows).encode(y=_names("name:N"), yOffset=alt.YOffset("month:N", sort=[now, before]), color=colour)
    told = "; ".join(f"{name}: {of_text(one)} in {now}, {of_text(two)} in {before}" for name, one, two in enough)
    return Drawing("This month and the month before", told, _sized(_dots(base, rows), 2 * len(enough), extra=52))


def _interval_row(name: str, share: Share) -> dict[str, Any]:
    interval = wilson(share)
    return {"name": name, "share": share.value, "low": interval.low, "high": interval.high, "text": of_text(share)}


def _data(rows: Sequence[Mapping[str, Any]]) -> alt.Chart:
    return alt.Chart(alt.Data(values=rows))  # type: ignore[no-untyped-call]  # generated from a schema


def _dots(base: alt.Chart, rows: Sequence[Mapping[str, Any]]) -> Any:
    rule = base.mark_rule(strokeWidth=3, opacity=0.6).encode(x=_share("low:Q", rows), x2="high:Q")
    dot = base.mark_point(size=110, filled=True, opacity=1).encode(x=_share("share:Q", rows))
    return alt.layer(rule, dot, _behind(base))


def _behind(base: alt.Chart) -> Any:
    """The counts, behind the end of the scale."""
    return base.mark_text(align="left", dx=8, **_TEXT).encode(
        x=alt.datum(1), text="text:N", color=alt.value("var(--ink)")
    )


def _label(base: alt.Chart, field: str) -> Any:
    return base.mark_text(align="left", dx=6, **_TEXT).encode(text=field)


def _names(field: str, width: int = _NAMES) -> alt.Y:
    axis = alt.Axis(title=None, grid=False, labelAlign="left", labelPadding=width, labelLimit=width * 0.85,
                    minExtent=width, maxExtent=width)  # fmt: skip
    return alt.Y(field, sort=None, axis=axis)


def _counted(counts: Iterable[int]) -> alt.Scale:
    """From zero to the largest count, with room for the number behind its bar."""
    largest = max(1, *counts)
    drawn = _WIDTH - _SHORT_NAMES
    return alt.Scale(domain=[0, largest * drawn / (drawn - _LETTER * len(str(largest)) - 16)], nice=False)


def _share(field: str, rows: Sequence[Mapping[str, Any]]) -> alt.X:
    """From 0 to 100 %, with room for the counts behind."""
    drawn = _WIDTH - _NAMES
    room = _LETTER * max(len(row["text"]) for row in rows) + 16
    axis = alt.Axis(format="%", values=[0, 0.5, 1], title=None, labelFlush=False)
    return alt.X(field, axis=axis, scale=alt.Scale(domain=[0, drawn / (drawn - room)], nice=False))


def _sized(layers: Any, rows: int, extra: int = 0) -> Mapping[str, Any]:
    sized = layers.properties(
        width=_WIDTH, height=rows * _ROW + extra, background="transparent", padding=2,
        autosize=alt.AutoSizeParams(type="fit", contains="padding"),
    )  # fmt: skip
    sized = sized.configure(font=_FONT).configure_view(stroke=None).configure_mark(color="var(--bar)")
    sized = sized.configure_rule(color="var(--bar)").configure_axis(
        domain=False, ticks=False, gridColor="var(--hair)", labelFontSize=14, labelColor="var(--ink)"
    )
    spec: Mapping[str, Any] = sized.to_dict()
    return spec


_SVG = "http://www.w3.org/2000/svg"
_DRAWN = frozenset(f"{{{_SVG}}}{name}" for name in ("svg", "g", "path", "rect", "line", "circle", "text", "tspan"))
_KEPT = re.compile(r"class|d|fill|stroke|transform|x|y|x1|x2|y1|y2|width|height|viewBox|opacity|display|"
                   r"text-anchor|font-(family|size|weight)|(fill|stroke)-[a-z]+")  # fmt: skip
"""Attributes that draw. Vega's descriptions of single marks are left out: the picture as a whole has one."""


class StrangeDrawing(Exception):
    """A programming error: the chart holds something that does not draw."""


def draw(drawing: Drawing, name: str) -> str:
    """The chart as an SVG element with title and description. `name` is the page's own name for it.

    It may stand in a page as it is: it is taken apart as XML, only elements and attributes that draw are let through,
    and it is written anew, so that a name of a department is text in it whatever characters it has.
    """
    svg = vl_convert.vegalite_to_svg(dict(drawing.spec))
    root = ElementTree.fromstring(_printable(svg))  # Vega's own words  # noqa: S314  # nosec B314
    for element in root.iter():
        if element.tag not in _DRAWN:
            raise StrangeDrawing(element.tag)
        element.attrib = {key: value for key, value in element.attrib.items() if _KEPT.fullmatch(key)}
    root.attrib = {"viewBox": root.attrib["viewBox"], "role": "img", "aria-labelledby": f"{name}-title {name}-text"}
    for tag, id_, text in (("desc", "text", drawing.description), ("title", "title", drawing.title)):
        child = ElementTree.Element(tag, {"id": f"{name}-{id_}"})
        child.text = _printable(text)
        root.insert(0, child)
    ElementTree.register_namespace("", _SVG)
    return ElementTree.tostring(root, encoding="unicode")


def _printable(text: str) -> str:
    """XML allows no control characters; and characters that hide or reorder others could forge what a chart says."""
    return "".join(char if char.isprintable() else " " for char in text)
