"""Vuetify's colours. The palette of the charts and cards is in ``assets/custom.css``."""

from __future__ import annotations

import solara.lab

LIGHT = {"background": "#f4f6f8", "surface": "#ffffff", "primary": "#0b6e99", "error": "#a81e1e"}
DARK = {"background": "#10181d", "surface": "#19242b", "primary": "#5bbfe8", "error": "#ff9a8f"}


def apply() -> None:
    """Give this browser tab the colours of the app."""
    themes = solara.lab.theme.themes
    for target, colours in ((themes.light, LIGHT), (themes.dark, DARK)):
        for name, colour in colours.items():
            setattr(target, name, colour)
