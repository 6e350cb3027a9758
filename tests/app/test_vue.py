"""Parts that the browser draws: plain data in, their own events out, and nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import solara
from ipyvue import VueTemplate

from cxsim.app.vue import Plain, close_back_doors, part


def test_plain_data_is_equal_when_its_text_is() -> None:
    one, same, other = Plain({"a": [1, 2]}), Plain({"a": [1, 2]}), Plain({"a": [1, 3]})
    assert one == same
    assert hash(one) == hash(same)
    assert one != other
    assert one != {"a": [1, 2]}
    assert Plain([]) != Plain({})


def test_plain_data_is_kept_as_it_came() -> None:
    data: dict[str, Any] = {"a": [1, 2]}
    assert Plain(data).data is data


def test_what_is_no_plain_data_is_refused() -> None:
    with pytest.raises(TypeError):
        Plain({"a": object()})


# --- one part, with a widget behind it ------------------------------------------------------------


@part("../../cxsim/app/components/copy_line.vue", uses=("outcome_table.vue",))
def line_part(
    name: dict[str, Any] = {},  # noqa: B006 - read only
    content: bytes = b"",
    event_copied: Any = None,
) -> None:
    """A part with one event."""


class Drawn:
    """A part on a page without a browser."""

    def __init__(self, **properties: Any) -> None:
        self.heard: list[Any] = []
        element = line_part(event_copied=self.heard.append, **properties)
        box, self.context = solara.render(element, handle_error=False)
        self.widget: VueTemplate = box.children[0]

    def receive(self, content: dict[str, Any]) -> None:
        """Take a message as the browser sends it."""
        self.widget._handle_custom_msg(content, [])


@pytest.fixture
def line() -> Any:
    close_back_doors()
    drawn = Drawn(name={"a": [1]}, content=b"12")
    yield drawn
    drawn.context.close()


def test_data_reaches_the_browser_open(line: Drawn) -> None:
    state = line.widget.get_state(["name", "content"])
    assert state["name"] == {"a": [1]}
    assert bytes(state["content"]) == b"12"


def test_parts_within_come_along_under_their_tag(line: Drawn) -> None:
    source = line.widget.get_state(["components"])["components"]["outcome-table"]
    assert source.startswith("<template>")


def test_its_own_event_is_heard(line: Drawn) -> None:
    line.receive({"event": "copied", "data": {"x": 1}})
    assert line.heard == [{"x": 1}]


@pytest.mark.parametrize("name", ["destroyed", "on_msg", "", None, 5, ["copied"], {"a": 1}])
def test_other_events_do_nothing(line: Drawn, name: object) -> None:
    line.receive({"event": name, "data": {}})
    assert line.heard == []


def test_no_message_can_call_a_class(line: Drawn, tmp_path: Path) -> None:
    file = tmp_path / "owned"
    line.receive(
        {
            "create_widget": ["subprocess", "Popen"],
            "props": {"args": ["touch", str(file)]},
            "id": "1",
        }
    )
    line.receive({"create_widget": ["ipywidgets", "HTML"], "props": {}, "id": "2"})
    line.receive({"create_widget": ["builtins", "dict"], "props": {"a": 1}, "id": "3"})
    assert line.widget._component_instances == []
    assert not file.exists()


def test_no_message_can_set_what_belongs_to_another(line: Drawn) -> None:
    other = Drawn(name={"b": 2})
    line.receive({"update_ref": "mine", "id": other.widget.model_id, "prop": "content"})
    assert other.widget.content == b""
    line.receive({"destroy_widget": other.widget.model_id})
    line.receive({})
    assert line.heard == other.heard == []
    other.context.close()
