"""A small min-cost flow: successive shortest paths over a residual graph of named nodes."""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable

Node = Hashable


class Flow:
    """Edges with capacity and cost; costs must not be negative."""

    def __init__(self) -> None:
        self._from: dict[Node, list[int]] = {}
        self._to: list[Node] = []
        self._left: list[int] = []
        self._cost: list[int] = []

    def edge(self, start: Node, end: Node, capacity: int, cost: int) -> None:
        """Add an edge and its residual twin."""
        for tail, head, left, price in ((start, end, capacity, cost), (end, start, 0, -cost)):
            self._from.setdefault(tail, []).append(len(self._to))
            self._to.append(head)
            self._left.append(left)
            self._cost.append(price)

    def send(self, source: Node, sink: Node) -> int:
        """Send as much as possible, as cheaply as possible; returns how much."""
        sent = 0
        while path := self._cheapest(source, sink):
            amount = min(self._left[number] for number in path)
            for number in path:
                self._left[number] -= amount
                self._left[number ^ 1] += amount
            sent += amount
        return sent

    def used(self, start: Node, end: Node) -> int:
        """What flows over the edges from start to end."""
        return sum(
            self._left[number ^ 1]
            for number in self._from.get(start, [])
            if number % 2 == 0 and self._to[number] == end
        )

    def reachable(self, source: Node) -> set[Node]:
        """The nodes that could still receive something: the source side of a minimum cut."""
        seen, queue = {source}, deque([source])
        while queue:
            for number in self._from.get(queue.popleft(), []):
                if self._left[number] and self._to[number] not in seen:
                    seen.add(self._to[number])
                    queue.append(self._to[number])
        return seen

    def _cheapest(self, source: Node, sink: Node) -> list[int]:
        """The cheapest path with capacity left, as edge numbers; empty if there is none."""
        price: dict[Node, int] = {source: 0}
        came: dict[Node, int] = {}
        queue, waiting = deque([source]), {source}
        while queue:
            node = queue.popleft()
            waiting.discard(node)
            for number in self._from.get(node, []):
                head, offer = self._to[number], price[node] + self._cost[number]
                if not self._left[number] or offer >= price.get(head, offer + 1):
                    continue
                price[head], came[head] = offer, number
                if head not in waiting:
                    waiting.add(head)
                    queue.append(head)
        return self._walk_back(came, source, sink)

    def _walk_back(self, came: dict[Node, int], source: Node, sink: Node) -> list[int]:
        if sink not in came:
            return []
        path, node = [], sink
        while node != source:
            path.append(came[node])
            node = self._to[came[node] ^ 1]
        return path[::-1]
