"""A page that cannot be drawn says so, without a traceback, and can be tried again."""

from __future__ import annotations

import ipyvuetify
import pytest
import solara

from cxsim.app.components.boundary import UNEXPECTED, Boundary
from cxsim.errors import CxsimError


@pytest.mark.parametrize(
    ("problem", "shown"),
    [
        (CxsimError("x.toml:3: wrong; write it so"), "x.toml:3: wrong; write it so"),
        (ZeroDivisionError("secret"), UNEXPECTED),
    ],
)
def test_a_failing_page_is_told_and_tried_again(problem: Exception, shown: str) -> None:
    failing = [True]

    @solara.component
    def page() -> None:
        if failing[0]:
            raise problem
        solara.Text("all well")

    _, rendered = solara.render(Boundary(children=[page()]), handle_error=False)
    alert = rendered.find(ipyvuetify.Alert).widget
    assert alert.children[0].children == [shown]
    failing[0] = False
    rendered.find(ipyvuetify.Btn).widget.click()
    rendered.find(ipyvuetify.Alert).assert_empty()
    assert rendered.find(children=["all well"])
    rendered.close()
