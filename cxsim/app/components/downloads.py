"""Buttons that hand the result over as a file."""

from __future__ import annotations

import solara

from cxsim.app.exports import to_csv, to_png
from cxsim.app.simulation import Futures
from cxsim.app.vuetify import Button, element


@solara.component
def Downloads(result: Futures) -> solara.Element:
    """The numbers and the picture of a comparison."""
    names = f"{result.setting.a.scenario}-{result.setting.b.scenario}"
    with element("div", class_="cx-actions") as row:
        with solara.FileDownload(
            lambda: to_csv(result), filename=f"cxsim-{names}.csv", mime_type="text/csv"
        ):
            Button("CSV", icon_name="mdi-download", spoken="Download the numbers as CSV")
        with solara.FileDownload(
            lambda: to_png(result), filename=f"cxsim-{names}.png", mime_type="image/png"
        ):
            Button("PNG", icon_name="mdi-image-outline", spoken="Download the charts as PNG")
    return row
