"""The themes: dark, light, high contrast and colour-blind safe, each with the same roles.

A style sheet takes a role as `$facing-backward`. Colour is never alone: beside each role stands a word or a shape.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Final

from textual.theme import Theme


@dataclass(frozen=True, slots=True)
class Palette:
    """What each role looks like: hex colours. `on_x` is the text on a field of x."""

    paper: str
    surface: str  # of lists and boxes
    panel: str  # of bars
    ink: str
    ink_dim: str  # text that matters less
    accent: str  # keys, and the line under the cursor
    on_accent: str
    facing_forward: str
    on_facing: str
    facing_backward: str
    facing_turn: str
    alarm: str
    on_alarm: str
    good: str
    past_forward: str  # what is behind the cursor
    past_backward: str
    zone_0: str
    zone_1: str
    zone_2: str
    zone_3: str
    zone_4: str
    zone_5: str


# Okabe-Ito colours where they are bright enough for a dark ground (backward-running.md 5), and darker ones of the same
# hues on white. test_theme.py computes every contrast.
PALETTES: Final = {
    "dark": Palette(
        paper="#111111",
        surface="#181818",
        panel="#242424",
        ink="#F2F2F2",
        ink_dim="#A8A8A8",
        accent="#56B4E9",
        on_accent="#111111",
        facing_forward="#FFFFFF",
        on_facing="#111111",
        facing_backward="#CC79A7",
        facing_turn="#F0E442",
        alarm="#F07028",
        on_alarm="#111111",
        good="#2FB98D",
        past_forward="#7C7C7C",
        past_backward="#8C5475",
        zone_0="#999999",
        zone_1="#999999",
        zone_2="#56B4E9",
        zone_3="#009E73",
        zone_4="#E69F00",
        zone_5="#D55E00",
    ),
    "light": Palette(
        paper="#FFFFFF",
        surface="#F6F6F4",
        panel="#E8E8E6",
        ink="#161616",
        ink_dim="#565656",
        accent="#005A92",
        on_accent="#FFFFFF",
        facing_forward="#161616",
        on_facing="#FFFFFF",
        facing_backward="#8F2F68",
        facing_turn="#6A5400",
        alarm="#A83A00",
        on_alarm="#FFFFFF",
        good="#00664A",
        past_forward="#8A8A8A",
        past_backward="#B07A9B",
        zone_0="#6B6B6B",
        zone_1="#6B6B6B",
        zone_2="#0072B2",
        zone_3="#007A5A",
        zone_4="#9A6200",
        zone_5="#B84A00",
    ),
    "high-contrast": Palette(
        paper="#000000",
        surface="#000000",
        panel="#1A1A1A",
        ink="#FFFFFF",
        ink_dim="#D8D8D8",
        accent="#7FD4FF",
        on_accent="#000000",
        facing_forward="#FFFFFF",
        on_facing="#000000",
        facing_backward="#FFA6DD",
        facing_turn="#FFFF3D",
        alarm="#FF9A5C",
        on_alarm="#000000",
        good="#5CFFC4",
        past_forward="#9A9A9A",
        past_backward="#B0709A",
        zone_0="#D8D8D8",
        zone_1="#D8D8D8",
        zone_2="#7FD4FF",
        zone_3="#5CFFC4",
        zone_4="#FFCB45",
        zone_5="#FF9A5C",
    ),
    "colour-blind": Palette(
        paper="#10141A",
        surface="#161B22",
        panel="#202833",
        ink="#F2F2F2",
        ink_dim="#A9B2BD",
        accent="#56B4E9",
        on_accent="#10141A",
        facing_forward="#56B4E9",
        on_facing="#10141A",
        facing_backward="#E69F00",
        facing_turn="#F5EE9E",
        alarm="#FFFFFF",
        on_alarm="#8A2B00",
        good="#8CCBF0",
        past_forward="#3F7CA3",
        past_backward="#9A6D0A",
        zone_0="#A9B2BD",
        zone_1="#A9B2BD",
        zone_2="#8CCBF0",
        zone_3="#4A9FD8",
        zone_4="#F0B93A",
        zone_5="#E58A1F",
    ),
}

DEFAULT: Final = "dark"
TITLES: Final = {
    "dark": "dark",
    "light": "light",
    "high-contrast": "high contrast",
    "colour-blind": "colour-blind safe (blue and orange)",
}


def known(name: str) -> str:
    """A theme that there is: the one named, or the usual one."""
    return name if name in PALETTES else DEFAULT


def themes() -> tuple[Theme, ...]:
    """All of them, as the app takes them."""
    return tuple(_theme(name, palette) for name, palette in PALETTES.items())


def roles(palette: Palette) -> dict[str, str]:
    """The variables of a style sheet: on-accent for on_accent."""
    return {field.name.replace("_", "-"): asdict(palette)[field.name] for field in fields(palette)}


def _theme(name: str, palette: Palette) -> Theme:
    more = {
        "block-cursor-background": palette.accent,
        "block-cursor-foreground": palette.on_accent,
        "block-cursor-text-style": "bold",
        "block-cursor-blurred-background": palette.panel,
        "block-cursor-blurred-foreground": palette.ink,
        "block-cursor-blurred-text-style": "bold",
        "input-cursor-background": palette.ink,
        "input-cursor-foreground": palette.paper,
        "footer-background": palette.panel,
        "footer-foreground": palette.ink,
        "footer-key-foreground": palette.accent,
        "footer-description-foreground": palette.ink,
        "scrollbar": palette.ink_dim,
        "scrollbar-background": palette.surface,
        "border": palette.accent,
        "border-blurred": palette.panel,
    }
    return Theme(
        name=name,
        primary=palette.accent,
        secondary=palette.ink_dim,
        accent=palette.accent,
        warning=palette.facing_turn,
        error=palette.alarm,
        success=palette.good,
        foreground=palette.ink,
        background=palette.paper,
        surface=palette.surface,
        panel=palette.panel,
        dark=name != "light",
        text_alpha=1.0,
        variables=roles(palette) | more,
    )
