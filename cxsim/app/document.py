"""The texts about the model as HTML, for the Model page.

Headings have anchors, tables a box of their own, and links stay inside the app. Only for texts that
come with cxsim: what they hold is not escaped.
"""

from __future__ import annotations

import functools
import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import markdown

from cxsim.app import texts

DEEPEST = 3  # level of the headings in the table of contents; the title has level 1
_EXTENSIONS = ("tables", "fenced_code", "sane_lists", "toc")
# One level down, because the page has a title of its own.
_SETTINGS: Mapping[str, Mapping[str, Any]] = {"toc": {"baselevel": 2}}
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_LINK = re.compile(r'<a href="([^"]*)">(.*?)</a>', re.DOTALL)
_BOX = '<div class="cx-scroll" tabindex="0" role="group" aria-label="Table">'


@dataclass(frozen=True)
class Document:
    """One text, ready to show.

    Attributes
    ----------
    name, title : str
    html : str
    contents : tuple of (int, str, str)
        Level (1 is the highest), anchor and words of each heading.
    """

    name: str
    title: str
    html: str
    contents: tuple[tuple[int, str, str], ...]


@functools.cache
def document(name: str) -> Document:
    """Return one of `texts.FILES` as HTML; takes a second or two the first time.

    Raises
    ------
    CxsimError
        The text did not come with this installation.
    """
    source = _COMMENT.sub("", texts.read(name))
    converter: Any = _converter()  # its extension for contents adds an attribute
    body = converter.convert(source)
    contents = tuple(_headings(converter.toc_tokens))
    return Document(name, texts.FILES[name][1], _finish(body, name), contents)


def fragment(source: str, name: str) -> str:
    """Return a passage of the text `name` as HTML; its links lead into that text."""
    return _finish(_converter().convert(source), name, whole=False)


def _converter() -> markdown.Markdown:
    return markdown.Markdown(extensions=list(_EXTENSIONS), extension_configs=dict(_SETTINGS))


def _finish(body: str, name: str, whole: bool = True) -> str:
    body = _LINK.sub(lambda found: _link(found[1], found[2], name if whole else ""), body)
    body = body.replace("<table>", f'{_BOX}<table class="cx-table">')
    body = body.replace("</table>", "</table></div>")
    return body.replace("<pre>", '<pre tabindex="0">')


def _link(target: str, words: str, here: str) -> str:
    """A link within the app; what leads to a file that is not shown here becomes mere words."""
    path, _, anchor = target.partition("#")
    names = {file: name for name, (file, _) in texts.FILES.items()}
    if not path and here:
        return f'<a href="#{anchor}">{words}</a>'
    if path not in names:
        return words
    place = f"?part=description&amp;text={names[path]}" + (f"#{anchor}" if anchor else "")
    return f'<a href="{place}">{words}</a>'


def _headings(tokens: list[dict[str, Any]], level: int = 1) -> Iterator[tuple[int, str, str]]:
    for token in tokens:
        if level <= DEEPEST:
            yield level, token["id"], html.unescape(token["name"])
            yield from _headings(token["children"], level + 1)
