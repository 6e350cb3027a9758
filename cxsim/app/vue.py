"""Parts of a page that the browser draws: a ``.vue`` file with plain data in and events out.

A page that is built from hundreds of small elements costs the server a tenth of a second at every
change. A part costs one message: the browser keeps the controls, Python keeps the model.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import solara
from ipyvue.VueTemplateWidget import Events

_COMPONENTS = Path(__file__).parent / "components"


class Plain:
    """Plain data for the browser, closed to the framework, which would walk through it each time.

    Two are equal when their JSON texts are; only then does nothing travel.
    """

    __slots__ = ("data", "text")

    def __init__(self, data: dict[str, Any] | list[Any]) -> None:
        self.data = data
        self.text = json.dumps(data, separators=(",", ":"))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Plain) and self.text == other.text

    def __hash__(self) -> int:
        return hash(self.text)


def part(path: str, uses: tuple[str, ...] = ()) -> Callable[[Callable[..., None]], Any]:
    """Make a function signature into a component drawn by a ``.vue`` file.

    Parameters
    ----------
    path
        The file, relative to the module that declares the part.
    uses
        Other ``.vue`` files under ``components`` whose tags the file may use; the tag of
        ``band_chart.vue`` is ``<band-chart>``.

    Returns
    -------
    decorator
        Each argument of the decorated function becomes data of the same name in the browser; an
        argument ``event_x`` is called when the browser calls ``this.x(data)``.
    """
    inner = {Path(name).stem.replace("_", "-"): _source(name) for name in uses}

    def decorate(signature: Callable[..., None]) -> Any:
        here = Path(inspect.getfile(signature)).parent
        names = [n for n in inspect.signature(signature).parameters if not n.startswith("event_")]
        opened: dict[str, Callable[[Any, Any], Any]] = dict.fromkeys(names, _opened)
        draw = solara.component_vue(str(here / path), to_json=opened)(signature)

        def element(**properties: Any) -> solara.Element:
            closed = {name: _closed(value) for name, value in properties.items()}
            return draw(**({"components": inner} if inner else {}), **closed)

        element.__name__, element.__doc__ = signature.__name__, signature.__doc__
        return element

    return decorate


def _closed(value: Any) -> Any:
    return Plain(value) if isinstance(value, dict | list) else value


def _opened(value: Any, _: Any) -> Any:
    return value.data if isinstance(value, Plain) else value


@cache
def _source(name: str) -> str:
    return (_COMPONENTS / name).read_text(encoding="utf-8")


def close_back_doors() -> None:
    """Let a browser send nothing to a part but its own events.

    The widget library would otherwise import and call whatever class a message names.
    """
    Events._handle_event = _own_events_only  # there is no public way


def _own_events_only(part: Any, _: object, content: dict[str, Any], buffers: list[bytes]) -> None:
    name = content.get("event")
    if not isinstance(name, str) or name not in part.events:
        return
    handler = getattr(part, f"vue_{name}")
    handler(content.get("data"), buffers) if buffers else handler(content.get("data"))
