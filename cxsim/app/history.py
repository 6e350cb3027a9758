"""Undo and redo: the settings a visitor has been through."""

from __future__ import annotations

from dataclasses import dataclass, replace

DEEPEST = 100


@dataclass(frozen=True)
class History[State]:
    """A present with its past and, after an undo, its future.

    Attributes
    ----------
    present
        What holds now.
    past, future
        Earlier states, the latest last; undone ones, the next last.
    touched
        What the latest change was about; a run of changes of one thing is one step to undo.
    """

    present: State
    past: tuple[State, ...] = ()
    future: tuple[State, ...] = ()
    touched: str | None = None

    def change(self, state: State, about: str | None = None) -> History[State]:
        """The history after a change.

        Parameters
        ----------
        state
            The new present.
        about
            Names what is being dragged or typed; further changes of the same thing replace the
            present until `settle`. None for a change that stands alone.
        """
        if state == self.present:
            return self
        if about is not None and about == self.touched:
            return replace(self, present=state, future=())
        past = (*self.past, self.present)[-DEEPEST:]
        return History(state, past, (), about)

    def settle(self) -> History[State]:
        """The same history; the next change is a step of its own."""
        return replace(self, touched=None)

    def undo(self) -> History[State]:
        """One step back, if there is one."""
        if not self.past:
            return self
        return History(self.past[-1], self.past[:-1], (*self.future, self.present))

    def redo(self) -> History[State]:
        """One step forward again, if one was undone."""
        if not self.future:
            return self
        return History(self.future[-1], (*self.past, self.present), self.future[:-1])

    @property
    def before(self) -> State | None:
        """What held before the latest change, to look at again; None at the start."""
        return self.past[-1] if self.past else None
