"""Breaks that change nothing: (file, line, what it becomes) and why no day can tell."""

from __future__ import annotations

EQUIVALENT: dict[tuple[str, str, str], str] = {
    (
        "lane_choice.py",
        "return -1.0 if customer.u_kind * customer.n_tills < 1.0 else 1.0",
        "return -1.0 if customer.u_kind * customer.n_tills < 1.0 else 2.0",
    ): "all that is asked is whether it lies below or above the 0 of the other lines",
    (
        "derive.py",
        "elif by is InPython:",
        "elif by is not InPython:",
    ): "the rows that plain Python leaves out are those that change nothing",
    (
        "derive.py",
        "floor = floor_of(n, system.n_lines, int(np.count_nonzero(trace.event == JOIN)), by)",
        "floor = floor_of(n, system.n_lines, int(np.count_nonzero(trace.event != JOIN)), by)",
    ): "more room than is needed",
    (
        "derive.py",
        "refuse_rows_beyond(columns, n, system.n_lines, system.n_servers)",
        "pass",
    ): "no engine writes a row about what there is not",
    (
        "derive.py",
        "refuse_other_stoppages(columns, system)",
        "pass",
    ): "nor about a stoppage that there is not",
    (
        "derive.py",
        "refuse_other_day(workload, system)",
        "pass",
    ): "a system is compiled for the visits of its day",
    (
        "moments.py",
        "if present.calls[i] < moments.shop.most_calls:",
        "if present.calls[i] <= moments.shop.most_calls:",
    ): "nobody calls more often in a day of an engine",
    (
        "moments.py",
        "2 if system.again_after_s.size and system.again_help_s.size else 1,",
        "2 if system.again_after_s.size or system.again_help_s.size else 1,",
    ): "a day has both columns or none",
    (
        "stoppages.py",
        "if of.line[i] >= 0:  # a trace that is broken: he stands in one already",
        "if of.line[i] >= 1:  # a trace that is broken: he stands in one already",
    ): "nobody stands in two lines in a day of an engine",
    (
        "overtaking.py",
        "for bit in reversed(range(int(n - 1).bit_length() if n else 0)):",
        "for bit in reversed(range(int(n - 0).bit_length() if n else 0)):",
    ): "one bit more, which is 0 in every rank",
    (
        "overtaking.py",
        "node = 2 * node + ones",
        "node = 2 * node - ones",
    ): "the same nodes by other numbers",
    (
        "slips.py",
        "found = looked_past(stops, starts, way, MOST_LOOKED_AT[way] * len(stops))",
        "found = looked_past(stops, starts, way, MOST_LOOKED_AT[way] + len(stops))",
    ): "after so many steps the same is counted in another way",
    (
        "slips.py",
        "found = looked_past(stops, starts, way, len(stops) ** 2)",
        "found = looked_past(stops, starts, way, len(stops) ** 3)",
    ): "there are no more pairs than that to be looked at",
    (
        "slips.py",
        "groups = at * len(kinds) + line, at * n_kinds + kinds[line], at",
        "groups = at * len(kinds) + line, at * n_kinds - kinds[line], at",
    ): "the same groups by other numbers",
    (
        "slips.py",
        "if later >= 0:",
        "if later >= 1:",
    ): "customer 0 is the first to come: he joined later than nobody",
    (
        "standing.py",
        "look_at_all(floor, -1, at, 0.0)",
        "look_at_all(floor, -1, at, 1.0)",
    ): "the time is asked for when somebody leaves, and here nobody does",
    (
        "standing.py",
        "if following < 0:",
        "if following < 1:",
    ): "stay 0, the first of the day, has nobody before it",
    (
        "standing.py",
        "if after < 0:",
        "if after <= 0:",
    ): "stay 0, the first of the day, has nobody before it",
    (
        "standing.py",
        "if found >= 0:",
        "if found > 0:",
    ): "stay 0, the first of the day, has nobody before it",
    (
        "standing.py",
        "if found < 0:",
        "if found <= 0:",
    ): "stay 0, the first of the day, has nobody before it",
    (
        "standing.py",
        "if k < 0:  # a trace that is broken: he is not there",
        "if k < 1:  # a trace that is broken: he is not there",
    ): "stay 0, the first of the day, has nobody before it",
    (
        "stoppages.py",
        '*way.new(1, 2, "i4", 0),',
        '*way.new(1, 3, "i4", 0),',
    ): "more room than is needed",
    (
        "walk.py",
        "if k + 1 == n_rows or event[k + 1] != START:",
        "if k + 1 != n_rows or event[k + 1] != START:",
    ): "who is served at once may as well stand in the line for no time",
    (
        "moments.py",
        "if moments.shop.kind[moments.shop.line_lane[at]] < SELF_SERVICE:",
        "if moments.shop.kind[moments.shop.line_lane[at]] <= SELF_SERVICE:",
    ): "then stoppages are looked for where there are none",
    (
        "slips.py",
        "if np.any((server >= 0) & (line != system.server_line[server])):",
        "if np.any((server >= 0) & (line == system.server_line[server])):",
    ): "then the same is counted one by one",
    (
        "slips.py",
        "most -= 1",
        "most -= 0",
    ): "after so many steps the same is counted in another way",
    (
        "slips.py",
        "if most < 0:",
        "if most < 1:",
    ): "after so many steps the same is counted in another way",
    (
        "standing.py",
        "if of.behind_at_most[i] < behind:",
        "if of.behind_at_most[i] <= behind:",
    ): "writes the number that stands there",
    (
        "standing.py",
        "last, is_long = lines.pause[at], beyond_s > 0.0",
        "last, is_long = lines.pause[at], beyond_s >= 0.0",
    ): "a pause of no length changes nothing",
    (
        "standing.py",
        "while p >= 0:",
        "while p >= 1:",
    ): "entry 0 stands for the beginning of a line: it follows no pause",
    (
        "stoppages.py",
        "begin(of, servers, queues, told, i, at, s, now)",
        "pass",
    ): "no service starts at a server that stands still",
    (
        "stoppages.py",
        "return False",
        "return True",
    ): "to look once more at a server and a line where nothing has changed begins and ends nothing",
    (
        "stoppages.py",
        "some = 0",
        "some = 1",
    ): "nobody waits in a line whose servers are all closed",
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
        "state.py",
        "settled(self.written)",
        "pass",
    ): "a table copies columns that somebody could still change",
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
