"""The event loop: one thing after the other, until nothing is left to happen."""

from __future__ import annotations

from simqueue.engine.compiled.kernel.agenda import (
    agenda_s,
    deadline_s,
    return_s,
    soonest_server,
    take_deadline,
    take_from_agenda,
    take_return,
)
from simqueue.engine.compiled.kernel.customers import arrive, give_up
from simqueue.engine.compiled.kernel.demand import come
from simqueue.engine.compiled.kernel.duty import become_free
from simqueue.engine.compiled.kernel.jockeying import end_walk, settle
from simqueue.engine.compiled.kernel.pointers import (
    Row,
    entry_point,
    jit,
    stay_apart,
)
from simqueue.engine.compiled.kernel.service import (
    CALL_FOR_HELP,
    END_OF_GAP,
    END_OF_HELP,
    answer,
    call_for_help,
    end_help,
    end_service,
)
from simqueue.engine.compiled.kernel.staff import (
    begin_break,
    begin_shift,
    end_cover,
    end_rest,
    end_shift,
    let_go,
    look_to_close,
    set_open,
)
from simqueue.engine.compiled.kernel.stoppages import (
    cards_work,
    repair,
    stop,
    stop_cards,
)
from simqueue.engine.compiled.kernel.tables import (
    INF,
    arrival_s,
    due_s,
    entry,
    pool,
    server,
)
from simqueue.engine.compiled.memory import (
    BREAK_BEGINS,
    CARDS_STOP,
    COMES,
    COVER_ENDS,
    ON_DUTY,
    REPAIR,
    REST_ENDS,
    SET_OPEN,
    SHIFT_BEGINS,
    SHIFT_ENDS,
    STOPS,
    WALK_ENDS,
)

AT_SERVER, ON_AGENDA, DEADLINE, ARRIVAL, RETURN = 0, 1, 2, 3, 4  # where the next thing comes from


@entry_point
def run(days: Row) -> bool:
    """Let the day happen; False when the trace needs more room before the day can go on."""
    d = days[0]
    while d.capacity - d.n_rows >= 4 * d.waiting + 8 * d.n_servers + 64:
        s = soonest_server(d)
        source = next_source(d, due_s(d, s))
        if d.now == INF:
            return True
        if source == AT_SERVER:
            at_server(d, s)
        elif source == DEADLINE:
            give_up(d, take_deadline(d))
        elif source == ON_AGENDA:
            on_agenda(d, take_from_agenda(d))
        else:
            arrive(d, next_to_arrive(d, source))
        if d.n_going:
            let_go(d)
        if d.stirred:
            settle(d)
    return False


@jit
def next_source(d: Row, time_s: float) -> int:
    """Where the next thing comes from, and go on to its time; servers have one at `time_s`."""
    source = AT_SERVER
    if agenda_s(d) < time_s:
        time_s, source = agenda_s(d), ON_AGENDA
    if deadline_s(d) < time_s:
        time_s, source = deadline_s(d), DEADLINE
    if d.next_arrival < d.n_given and arrival_s(d, d.next_arrival) < time_s:
        time_s, source = arrival_s(d, d.next_arrival), ARRIVAL
    if d.chained and return_s(d) < time_s:
        time_s, source = return_s(d), RETURN
    d.now = time_s
    return source


@jit
def next_to_arrive(d: Row, source: int) -> int:
    """Who comes next: a first arrival or a further visit."""
    if source == RETURN:
        return take_return(d)
    d.next_arrival += 1
    return d.next_arrival - 1


@jit
def at_server(d: Row, s: int) -> None:
    """A service, gap or help ends, or somebody calls for help."""
    kind = server(d, s).kind
    if kind == END_OF_HELP:
        end_help(d, s)
    elif kind == CALL_FOR_HELP:
        call_for_help(d, s)
    elif kind == END_OF_GAP or end_service(d, s):
        become_free(d, s)
        if d.demand:
            look_to_close(d, s)


@jit
def on_agenda(d: Row, k: int) -> None:
    """Do what place k of the agenda says."""
    stay_apart()
    what, who, number = entry(d, k).what, entry(d, k).who, entry(d, k).number
    lasts_s = entry(d, k).lasts_s
    if what == WALK_ENDS:
        end_walk(d, who)
    elif what == SET_OPEN:
        set_open(d, who, number)
    elif what == ON_DUTY:
        pool(d, who).on_duty = number
        answer(d, who)
    elif what == COMES:
        come(d)
    elif what == SHIFT_BEGINS:
        begin_shift(d, who)
    elif what == SHIFT_ENDS:
        end_shift(d, who)
    elif what == BREAK_BEGINS:
        begin_break(d, who, lasts_s)
    elif what == COVER_ENDS:
        end_cover(d, who, number)
    elif what == REST_ENDS:
        end_rest(d, who)
    elif what == STOPS:
        stop(d, who)
    elif what == REPAIR:
        repair(d, who)
    elif what == CARDS_STOP:
        stop_cards(d, lasts_s, who)
    else:
        cards_work(d)
