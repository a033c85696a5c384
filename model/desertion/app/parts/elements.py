"""What the pages are made of: text, tables, fields, buttons, messages, pictures."""

from __future__ import annotations

import base64
import html
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from types import MappingProxyType
from typing import Any

import reacton.core
from ipyvuetify.Html import Html

from desertion.app.ui import solara

type Element = Any
"""What a component returns; Solara leaves its type open."""


@solara.component_vue("widgets/address.vue", vuetify=False)
def Keeper(query: str = "") -> None:
    """Keep the address line at this query."""


@solara.component_vue("widgets/theme.vue", vuetify=False)
def Theme(event_tell: Callable[[bool], None]) -> None:
    """Switch between dark and light, and tell which it is."""


@solara.component_vue("widgets/picture.vue", vuetify=False)
def Picture(
    height: float,
    frames: list[list[object]],
    x: list[float],
    y: list[float],
    people: list[int],
    ties: str,
    show_ties: bool,
    letters: str,
    label: str,
    picked: int,
    event_pick: Callable[[int], None],
) -> None:
    """Show people, and tell which was picked."""


@solara.component_vue("widgets/field.vue", vuetify=False)
def _Field(
    label: str,
    value: str,
    unit: str,
    hint: str,
    placeholder: str,
    problem: str,
    event_change: Callable[[str], None],
) -> None: ...


@solara.component_vue("widgets/choice.vue", vuetify=False)
def _Choice(label: str, value: str, options: list[list[str]], event_change: Callable[[str], None]) -> None: ...


@solara.component_vue("widgets/several.vue", vuetify=False)
def _Several(
    label: str,
    values: list[str],
    options: list[list[str]],
    adding: str,
    most: int,
    event_change: Callable[[list[str]], None],
) -> None: ...


@solara.component_vue("widgets/press.vue", vuetify=False)
def _Press(label: str, main: bool, disabled: bool, event_act: Callable[[object], None]) -> None: ...


@solara.component_vue("widgets/tick.vue", vuetify=False)
def _Tick(label: str, value: bool, event_change: Callable[[bool], None]) -> None: ...


@solara.component_vue("widgets/save.vue", vuetify=False)
def _Save(label: str, content: dict[str, str], event_ask: Callable[[object], None]) -> None: ...


def text(content: str, tag: str = "p", kind: str = "", **attributes: str) -> Element:
    """A paragraph, or another element that holds plain text."""
    return _html(tag)(tag=tag, class_=kind, children=[content], attributes=_dashed(attributes))


def box(children: Sequence[Element], kind: str, tag: str = "div", **attributes: str) -> Element:
    """An element that holds others."""
    return _html(tag)(tag=tag, class_=kind, children=list(children), attributes=_dashed(attributes))


def drawn(markup: str, kind: str = "") -> Element:
    """Markup that the app itself made; every word in it that comes from outside has been escaped."""
    return solara.HTML(tag="div", unsafe_innerHTML=markup, classes=[kind] if kind else [])


def sentence(problem: str, kind: str = "") -> Element:
    """Tell what is wrong, so that a screen reader says it too."""
    return text(problem, "div", f"app-alert {kind}".strip(), role="alert")


def facts(pairs: Mapping[str, str]) -> Element:
    """A row of numbers with what they are."""
    cells = "".join(f"<div><b>{html.escape(value)}</b>{html.escape(name)}</div>" for name, value in pairs.items())
    return drawn(cells, "app-facts")


def field(
    label: str, value: str, change: Callable[[str], None], *, unit: str = "", hint: str = "", placeholder: str = "",
    problem: str = "",
) -> Element:  # fmt: skip
    """A field for a number or a word; what is typed is taken when Enter is pressed or the field is left.

    Args:
        label: What is asked for.
        value: What stands in it.
        change: Called with what was typed.
        unit: Stands behind it.
        hint: Stands below it.
        placeholder: Stands in it while it is empty.
        problem: Why what stands in it was refused.
    """
    return _Field(
        label=label,
        value=value,
        unit=unit,
        hint=hint,
        placeholder=placeholder,
        problem=problem,
        event_change=lambda sent: change(str(sent).strip()),
    )


def choice(label: str, value: str, options: Mapping[str, str], change: Callable[[str], None]) -> Element:
    """A list to choose one from.

    Args:
        label: What is chosen.
        value: What is chosen now.
        options: What is shown, by value.
        change: Called with the value chosen.
    """

    def chosen(sent: str) -> None:
        # What comes from a browser need not be on the list.
        if sent in options:
            change(sent)

    return _Choice(label=label, value=value, options=[list(pair) for pair in options.items()], event_change=chosen)


def several(
    label: str, values: Sequence[str], options: Mapping[str, str], change: Callable[[tuple[str, ...]], None],
    *, adding: str = "Add one", most: int = 99, unfit: Mapping[str, str] = MappingProxyType({}),
) -> Element:  # fmt: skip
    """A list to choose several from, in the order in which they are chosen; what is unfit cannot be, and says why."""

    def chosen(sent: list[str]) -> None:
        change(tuple(name for name in sent if name in options or name in values)[:most])

    return _Several(
        label=label,
        values=list(values),
        options=[[*pair, unfit.get(pair[0], "")] for pair in options.items()],
        adding=adding,
        most=most,
        event_change=chosen,
    )


def button(label: str, act: Callable[[], None], *, main: bool = False, disabled: bool = False) -> Element:
    """A button with words on it."""
    return _Press(label=label, main=main, disabled=disabled, event_act=lambda _: act())


def tick(label: str, value: bool, change: Callable[[bool], None]) -> Element:
    """A box to tick."""
    return _Tick(label=label, value=value, event_change=lambda sent: change(bool(sent)))


@solara.component
def Save(label: str, name: str, kind: str, make: Callable[[], bytes]) -> Any:
    """A button that makes a file and hands it to the browser.

    Args:
        label: What stands on it.
        name: Name of the file.
        kind: Its media type.
        make: Makes its content when the button is pressed.
    """
    content, set_content = solara.use_state({})

    def ask(_: object) -> None:
        count = str(int(content.get("count", "0")) + 1)
        set_content({"text": base64.b64encode(make()).decode(), "name": name, "type": kind, "count": count})

    return _Save(label=label, content=content, event_ask=ask)


def picture(data: bytes, said: str) -> Element:
    """A drawn figure with the words that say the same."""
    source = f"data:image/png;base64,{base64.b64encode(data).decode()}"
    return drawn(f'<img src="{source}" alt="{html.escape(said, quote=True)}">', "app-figure")


@cache
def _html(tag: str) -> Callable[..., Element]:
    """A component of its own for each tag: a widget that is drawn already cannot change its tag."""
    widget = type(f"Html_{tag}", (Html,), {})
    return reacton.core.ComponentWidget(widget)


def _dashed(attributes: Mapping[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in attributes.items()}
