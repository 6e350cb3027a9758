"""A workshop: participants with sessions of their own who move sliders for some minutes.

Each participant speaks the page's own protocol over a websocket, without a browser: thirty
browsers would measure themselves.
"""

from __future__ import annotations

import asyncio
import json
import random
import struct
import time
import urllib.request
import uuid
from dataclasses import dataclass, field
from typing import Any

import websockets

from cxsim.app.comparing import revision
from cxsim.app.simulation import REPLICATES
from cxsim.app.state import Setting, Side, scenario_of
from experiments.app.server import Server

SCENARIOS = ("typical", "orchestrated", "fm06_survey_lady", "fm07_listening_without_acting")
SLIDERS = ("leadership", "change", "wins")
STAGGER = 0.6  # seconds between two arrivals
PATIENCE = 60.0  # seconds for one answer


@dataclass(eq=False)
class Participant:
    """One session: what it has set, what it was shown, and how long that took."""

    server: Server
    chance: random.Random
    side: Side
    kernel: str = field(default_factory=lambda: str(uuid.uuid4()))
    session: str = field(default_factory=lambda: str(uuid.uuid4()))
    controls: str = ""
    results: str = ""
    shown: dict[str, Any] = field(default_factory=dict)
    first: list[float] = field(default_factory=list)
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    wrong: list[str] = field(default_factory=list)
    reconnected: int = 0
    count: int = 0
    socket: Any = None
    reader: Any = None

    # --- protocol --------------------------------------------------------------------------

    async def connect(self) -> None:
        """Open the websocket of this session, anew after a drop."""
        address = f"ws://127.0.0.1:{self.server.port}/jupyter/api/kernels/{self.kernel}/channels"
        self.socket = await websockets.connect(
            f"{address}?session_id={self.session}",
            origin=websockets.Origin(self.server.url),
            additional_headers={"Cookie": f"solara-session-id={self.session}"},
            max_size=2**26,
        )
        self.reader = asyncio.create_task(self._read())

    async def open(self) -> None:
        """Open the Compare page and wait for the full answer."""
        await self.connect()
        control = uuid.uuid4().hex
        opening = {"comm_id": control, "target_name": "solara.control", "data": {}}
        await self._send("comm_open", opening)
        path = f"/compare?a={self.side.scenario}&b=orchestrated"
        run = {"method": "run", "args": {"path": path, "appName": None, "dark": False}}
        await self._send("comm_msg", {"comm_id": control, "data": run})
        await self._until(lambda: self.settled)

    @property
    def settled(self) -> bool:
        """Whether the full answer to the present setting is shown."""
        return bool(self.shown) and self.shown["revision"] == self.expected

    @property
    def expected(self) -> str:
        """The revision that this participant's own setting leads to."""
        setting = Setting((self.side, Side("orchestrated")))
        scenarios = [scenario_of(side, setting) for side in setting.sides]
        return revision(scenarios, setting.seed, REPLICATES)

    async def move(self) -> None:
        """Move a slider, and time the first new line."""
        slider = self.chance.choice(SLIDERS)
        standing = dict(self.side.moved).get(slider)
        percent = self.chance.choice([one for one in range(5, 96) if one != standing])
        before = self.shown["revision"]
        self.side = self.side.move(slider, percent)
        self.count += 1
        change = {"kind": "slider", "side": 0, "name": slider, "value": percent, "n": self.count}
        start = time.perf_counter()
        content = {"event": "change", "data": {**change, "final": True}}
        data = {"method": "custom", "content": content}
        await self._send("comm_msg", {"comm_id": self.controls, "data": data})
        await self._until(lambda: self.shown["revision"] != before)
        self.first.append(time.perf_counter() - start)

    async def drop(self) -> None:
        """Lose the connection as bad wifi does, and come back."""
        self.reader.cancel()
        self.socket.transport.abort()
        await asyncio.sleep(0.5)
        await self.connect()
        self.reconnected += 1

    async def close(self) -> None:
        """Close the tab the way a browser does."""
        self.reader.cancel()
        await self.socket.close()
        address = f"{self.server.url}/_solara/api/close/{self.kernel}?session_id={self.session}"
        cookie = {"Cookie": f"solara-session-id={self.session}"}
        request = urllib.request.Request(address, method="POST", headers=cookie)
        await asyncio.to_thread(lambda: urllib.request.urlopen(request, timeout=30).read())

    async def _until(self, holds: Any) -> None:
        async with asyncio.timeout(PATIENCE):
            while not holds():
                self.changed.clear()
                await self.changed.wait()

    async def _send(self, kind: str, content: dict[str, Any]) -> None:
        header = {
            "msg_id": uuid.uuid4().hex,
            "username": "",
            "session": self.session,
            "msg_type": kind,
            "version": "5.2",
            "date": "2026-01-01T00:00:00Z",
        }
        message = {"header": header, "parent_header": {}, "metadata": {}, "content": content}
        await self.socket.send(json.dumps({**message, "buffers": [], "channel": "shell"}))

    async def _read(self) -> None:
        async for raw in self.socket:
            message = _decoded(raw)
            self._take(message["header"]["msg_type"], message["content"])

    def _take(self, kind: str, content: dict[str, Any]) -> None:
        data = content.get("data", {})
        state = data.get("state", {}) if isinstance(data, dict) else {}
        if kind == "comm_open" and "echo" in state:
            self.controls = content["comm_id"]
        if kind == "comm_open" and {"meta", "catalogue"} <= state.keys():
            self.results = content["comm_id"]
        meta = state.get("meta")
        if meta and content["comm_id"] == self.results:
            self.shown = meta
            self.changed.set()


def _decoded(raw: str | bytes) -> dict[str, Any]:
    """A message; binary ones hold their JSON first, then buffers."""
    if isinstance(raw, bytes):
        (count,) = struct.unpack_from(">I", raw)
        ends = struct.unpack_from(f">{count}I", raw, 4)
        raw = raw[ends[0] : ends[1] if count > 1 else None].decode()
    found: dict[str, Any] = json.loads(raw)
    return found


@dataclass(frozen=True)
class Crowd:
    """What a workshop saw. Times in seconds, memory in MiB."""

    participants: int
    minutes: float
    opened: list[float]
    first: list[float]
    errors: list[str]
    wrong: list[str]
    reconnected: int
    memory_before: float
    memory_full: list[float]  # every half minute, all sessions open
    memory_after: float
    sessions_after: int
    running_after: int
    cpu: float  # cores in use


async def workshop(server: Server, participants: int, minutes: float, think: float) -> Crowd:
    """Let participants arrive, work, lose the connection once, and leave.

    Parameters
    ----------
    participants : int
    minutes : float
        Of work.
    think : float
        Mean seconds between two moves of one participant.
    """
    chance = random.Random(20260101)
    before = server.memory()
    people = [
        Participant(server, random.Random(chance.random()), Side(chance.choice(SCENARIOS)))
        for _ in range(participants)
    ]
    opened, errors = await _arrive(people)
    memory: list[float] = []
    watching = asyncio.create_task(_watch(server, memory))
    start, used = time.monotonic(), server.cpu()
    end = start + 60 * minutes
    await asyncio.gather(*(_work(person, end, think, errors) for person in people))
    cpu = (server.cpu() - used) / (time.monotonic() - start)
    watching.cancel()
    wrong = await _check(people)
    for person in people:
        await person.close()
    await asyncio.sleep(8)
    health = await asyncio.to_thread(server.health)
    return Crowd(
        participants=participants,
        minutes=minutes,
        opened=opened,
        first=[took for person in people for took in person.first],
        errors=errors,
        wrong=wrong,
        reconnected=sum(person.reconnected for person in people),
        memory_before=before,
        memory_full=memory,
        memory_after=server.memory(),
        sessions_after=health["sessions"],
        running_after=health["simulations"],
        cpu=cpu,
    )


async def _arrive(people: list[Participant]) -> tuple[list[float], list[str]]:
    opened: list[float] = []
    errors: list[str] = []

    async def arrive(place: int, person: Participant) -> None:
        await asyncio.sleep(place * STAGGER)
        start = time.perf_counter()
        try:
            await person.open()
            opened.append(time.perf_counter() - start)
        except Exception as problem:
            errors.append(f"opening: {problem!r}")

    await asyncio.gather(*(arrive(place, person) for place, person in enumerate(people)))
    return opened, errors


async def _work(person: Participant, end: float, think: float, errors: list[str]) -> None:
    dropped_at = time.monotonic() + person.chance.random() * (end - time.monotonic())
    while time.monotonic() < end:
        await asyncio.sleep(think * (0.5 + person.chance.random()))
        try:
            if not person.reconnected and time.monotonic() > dropped_at:
                await person.drop()
            await person.move()
        except Exception as problem:
            errors.append(f"moving: {problem!r}")


async def _check(people: list[Participant]) -> list[str]:
    """Whether everybody ends with the answer to their own setting."""
    wrong = []
    for place, person in enumerate(people):
        try:
            await person._until(lambda person=person: person.settled)
        except TimeoutError:
            wrong.append(f"participant {place}: shown {person.shown.get('revision')}")
    return wrong


async def _watch(server: Server, memory: list[float]) -> None:
    while True:
        memory.append(server.memory())
        await asyncio.sleep(30)
