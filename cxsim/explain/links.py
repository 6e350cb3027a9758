"""The influences that can be held, and the feedback loops that they close, in words.

What exactly each one's readers see is in docs/model.md, section 10.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from cxsim.errors import CxsimError
from cxsim.values import shown, shown_key, suggestion

REINFORCING, BALANCING, CARRIES = "R", "B", ""
SIGNS = {
    REINFORCING: "reinforcing loop",
    BALANCING: "balancing loop",
    CARRIES: "no loop of its own",
}


@dataclass(frozen=True)
class Link:
    """One influence.

    Attributes
    ----------
    name : str
        As `cut` takes it.
    title : str
        In words, to stand in the middle of a sentence: "word of colleagues".
    source, target : str
        What is read, and by whom.
    sign : str
        Of the loop that it closes: "R" (reinforcing), "B" (balancing), "" (it closes none).
    sentence : str
        The loop, or what the link carries, in one plain sentence.
    """

    name: str
    title: str
    source: str
    target: str
    sign: str
    sentence: str

    def as_dict(self) -> dict[str, Any]:
        """Return everything ready for JSON."""
        words = asdict(self)
        words["from"], words["to"] = words.pop("source"), words.pop("target")
        return {**words, "sign_text": SIGNS[self.sign]}


_ALL = (
    Link("peers", "word of colleagues", "colleagues who practise",
         "employees' awareness, belief and ability", REINFORCING,
         "Who practises is seen by colleagues, some of whom start, and are seen in turn."),
    Link("managers", "managers' example", "managers who practise",
         "what their reports believe", REINFORCING,
         "Managers who practise win over their reports, managers themselves among them; where they "
         "do not, cynicism grows."),
    Link("learning_by_doing", "learning by doing", "employees' own practice",
         "their ability and belief", REINFORCING,
         "Who practises gets better at it, sees that it works, and so keeps practising."),
    Link("wins_to_employees", "wins that employees see", "visible wins",
         "employees' belief and cynicism", CARRIES,
         "Visible wins convince employees and heal cynicism; what employees then do hardly reaches "
         "the initiatives that make the wins."),
    Link("wins_to_executives", "wins that executives see", "evidence and visible wins",
         "heads' and the chief executive's commitment", REINFORCING,
         "Wins commit executives, who let the programme work in their houses, which makes wins."),
    Link("executive_peers", "heads who follow each other", "other heads' commitment",
         "a head's commitment", REINFORCING,
         "Each head moves toward the others, and so draws them along, up or down."),
    Link("conflict", "conflict", "conflict with the programme",
         "a head's commitment", REINFORCING,
         "Heads who are not committed resent changes in their house, and resentment costs "
         "commitment."),
    Link("commitment_to_work", "heads who open their houses", "heads' commitment and conflict",
         "the pace of initiatives", REINFORCING,
         "Committed heads let initiatives finish; finished initiatives are wins, and wins commit "
         "heads."),
    Link("commitment_to_employees", "heads' words and deeds", "heads' commitment",
         "what employees hear and see of their heads", CARRIES,
         "Employees see what their heads do and hear what they say; heads do not look at how many "
         "employees practise."),
    Link("funding", "funding", "commitment and evidence", "the budget", REINFORCING,
         "Commitment and evidence bring budget, budget brings wins, and wins bring both."),
    Link("complaints", "complaints", "customers' complaints", "employees' workload", REINFORCING,
         "Complaints take time, so fewer employees practise and more customers have reason to "
         "complain."),
    Link("backlog", "pain points left open", "the age of known pain points",
         "employees' cynicism", CARRIES,
         "Asking and then doing nothing makes employees cynical, programme staff or not."),
    Link("cynicism", "cynicism", "employees' cynicism", "what they still believe", REINFORCING,
         "Cynics believe less and practise less, so fewer managers set an example, which breeds "
         "more cynicism."),
    Link("word_of_mouth", "word of mouth", "satisfied and dissatisfied customers",
         "customers who join", REINFORCING,
         "Satisfied customers bring customers, who may come to be satisfied and bring others."),
    Link("practice_to_quality", "practice that keeps quality", "employees who practise",
         "the erosion of quality", BALANCING,
         "Where people practise, quality lasts; the better it is, the less there is to find and to "
         "win."),
    Link("practice_to_experience", "practice that customers feel", "employees' practice",
         "customers' experience", REINFORCING,
         "Practice reaches customers; those well served complain less, which leaves time to "
         "practise. Above all it is how adoption comes to matter to customers."),
)  # fmt: skip

LINKS: dict[str, Link] = {link.name: link for link in _ALL}


def find_link(name: object) -> Link:
    """Return a link.

    Raises
    ------
    CxsimError
        There is none of that name; the message names the nearest one.
    """
    if not isinstance(name, str):
        raise CxsimError(f"link: {shown(name)} where the name of a link is wanted")
    if name not in LINKS:
        near = suggestion(name, LINKS) or f"; there are {', '.join(LINKS)}"
        raise CxsimError(f"{shown_key(name)}: no such link{near}")
    return LINKS[name]
