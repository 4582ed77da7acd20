"""Breaks that change nothing: (file, line, what it becomes) and why no day can tell."""

from __future__ import annotations

EQUIVALENT: dict[tuple[str, str, str], str] = {
    (
        "lane_choice.py",
        "return -1.0 if customer.u_kind * customer.n_tills < 1.0 else 1.0",
        "return -1.0 if customer.u_kind * customer.n_tills < 1.0 else 2.0",
    ): "all that is asked is whether it lies below or above the 0 of the other lines",
    (
        "slips.py",
        "found = looked_past(stops, system, followed, way, MOST_LOOKED_AT[way] * len(stops))",
        "found = looked_past(stops, system, followed, way, MOST_LOOKED_AT[way] + len(stops))",
    ): "after so many steps the same is counted in another way",
    (
        "day.py",
        "self.looked_at = 0  # how many rows there were when people last looked around",
        "self.looked_at = 1  # how many rows there were when people last looked around",
    ): "nobody waits yet when the first row is written, so nobody looks around because of it",
    (
        "lines.py",
        "self.target = 0  # servers that the roster wants open now",
        "self.target = 1  # servers that the roster wants open now",
    ): "read when a break ends, which only an open till takes: the roster has set it by then",
    (
        "roster.py",
        "people = 0 if shared else waiting + len(server.line.in_service)",
        "people = 1 if shared else waiting + len(server.line.in_service)",
    ): "the same for all servers of a shared line: their order does not depend on it",
    (
        "roster.py",
        "if missing > 0:",
        "if missing >= 0:",
    ): "to open none more is to do nothing",
    (
        "roster.py",
        "yield day.clock.at(time_s, Instant.ROSTER, 2 * j + is_attendants)",
        "yield day.clock.at(time_s, Instant.ROSTER, 2 * j - is_attendants)",
    ): "entries are sorted before; the rank only has to lie before those of shifts and breaks",
    (
        "servers.py",
        "if by_s > 0.0:",
        "if by_s >= 0.0:",
    ): "to put an event off by nothing leaves its time and rank",
    (
        "agenda.py",
        "k, child = 0, 1",
        "k, child = 0, 0",
    ): "one step more, in which the root of the heap is compared with itself",
    (
        "agenda.py",
        "return mine > theirs",
        "return mine >= theirs",
    ): "they differ: the line above has asked",
    (
        "agenda.py",
        "return one.rank < other.rank",
        "return one.rank <= other.rank",
    ): "they differ: the line above has asked",
    (
        "choosing.py",
        "if d.n_listed == 1:  # nothing to compare",
        "if d.n_listed == 0:  # nothing to compare",
    ): "of one line, that one has the lowest score",
    (
        "state.py",
        "calls, calls_again = system.before_call_s < np.inf, system.again_after_s < np.inf",
        "calls, calls_again = system.before_call_s < np.inf, system.again_after_s <= np.inf",
    ): "whether anybody of a lane calls again spares a look at each; that look says who does",
    (
        "state.py",
        "self._trace(int(day.capacity) * 3 // 2 + needed)",
        "self._trace(int(day.capacity) * 3 // 2 - needed)",
    ): "days so small fill no trace; days that do are in tests/unit/test_compiled_state.py",
    (
        "staff.py",
        "best, best_people = -1, 0",
        "best, best_people = -1, 1",
    ): "the first server is taken whatever the number says",
    (
        "stoppages.py",
        "if till.serves and not (what.sends_on and send_on(d, s)) and shift_s > 0:",
        "if till.serves and not (what.sends_on and send_on(d, s)) and shift_s >= 0:",
    ): "to put an event off by nothing leaves its time and rank",
}
