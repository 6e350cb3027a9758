"""A line of text with a button that copies it."""

from __future__ import annotations

import solara


@solara.component_vue("copy_box.vue")
def CopyBox(name: str = "", label: str = "", content: str = "", link: bool = False) -> None:
    """Show `content` for copying; with `link`, as a full address that the address bar follows."""
