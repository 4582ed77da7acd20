"""The same models in Ciw: one line is a node, several are nodes behind an entrance.

Ciw lets customers arrive at nodes, so that those who choose among lines enter at a node without
servers or service, whose routing sends them on: the way of its own guides. Ciw has no till held
after its customer has left (only longer services) and no machine held for an attendant.
"""

from __future__ import annotations

from math import inf, nan

import ciw
import numpy as np

from simqueue.tables import System, Workload


class Given(ciw.dists.Distribution):
    """Times given for each customer; Ciw numbers customers from 1."""

    def __init__(self, seconds: list[float]) -> None:
        self.seconds = seconds

    def __deepcopy__(self, memo: dict) -> Given:
        return self  # Ciw copies every distribution; nothing here changes

    def sample(self, t: float | None = None, ind: ciw.Individual | None = None) -> float:
        """The time of this customer."""
        return self.seconds[ind.id_number - 1]


class ShortestLine(ciw.routing.NodeRouting):
    """To the line with the fewest people per server; one of them at random if there are several."""

    def __init__(self, workload: Workload, system: System) -> None:
        self.u_choice = workload.u_choice.tolist()
        self.may_use = system.may_use[system.line_lane].T.tolist()

    def next_node(self, ind: ciw.Individual) -> ciw.Node:
        """The node of the line that the customer joins."""
        i = ind.id_number - 1
        nodes = self.simulation.transitive_nodes[1:]
        lines = [node for node, may in zip(nodes, self.may_use[i], strict=True) if may]
        lengths = [node.number_of_individuals / node.c for node in lines]
        shortest = min(lengths)
        tied = [node for node, length in zip(lines, lengths, strict=True) if length == shortest]
        return tied[int(self.u_choice[i] * len(tied))]


def network(workload: Workload, system: System) -> ciw.network.Network:
    """The shop as a network of Ciw."""
    lines = range(system.n_lines)
    entrance = system.n_lines > 1
    before = int(entrance)
    service = [Given(system.service_s[system.line_lane[line]].tolist()) for line in lines]
    leave = [ciw.routing.Leave() for _ in lines]
    gaps = [*np.diff(workload.arrival_s, prepend=0.0).tolist(), inf]
    patience = None
    if np.isfinite(system.patience_s).any():
        patience = [Given(system.patience_s.tolist())] * system.n_lines
    return ciw.create_network(
        arrival_distributions=[ciw.dists.Sequential(gaps)] + [None] * (before + len(lines) - 1),
        service_distributions=[ciw.dists.Deterministic(0.0)] * before + service,
        number_of_servers=[inf] * before + [len(system.servers_of(line)) for line in lines],
        routing=ciw.routing.NetworkRouting([ShortestLine(workload, system)] * before + leave),
        reneging_time_distributions=patience and [None] * before + patience,
    )


def starts(workload: Workload, system: System) -> list[float]:
    """When the service of each customer starts; nan for those who give up."""
    simulation = ciw.Simulation(network(workload, system))
    simulation.simulate_until_max_customers(len(workload), method="Finish")
    start_s = [nan] * len(workload)
    lines = simulation.nodes[-1 - system.n_lines : -1]
    first = lines[0].id_number
    for record in simulation.get_all_records(only=["service"]):
        if record.node >= first:
            start_s[record.id_number - 1] = record.service_start_date
    return start_s
