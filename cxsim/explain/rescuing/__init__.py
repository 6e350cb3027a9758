"""What would save a programme, and until when: `rescue` and its answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cxsim.lazy import lazily

if TYPE_CHECKING:
    from cxsim.explain.rescuing.answer import Rescue
    from cxsim.explain.rescuing.planning import rescue

__all__ = ["Rescue", "rescue"]

__getattr__ = lazily(__name__, {"Rescue": "answer", "rescue": "planning"})
