"""What stops: servers that break down, and cards that do not work."""

from __future__ import annotations

from numpy import int64

from simqueue.engine.compiled.kernel.agenda import plan, set_due
from simqueue.engine.compiled.kernel.choosing import choose, find_eligible
from simqueue.engine.compiled.kernel.customers import join
from simqueue.engine.compiled.kernel.duty import (
    CLOSED,
    become_free,
    count,
    take_next_or_close,
)
from simqueue.engine.compiled.kernel.pointers import Row, inlined, jit
from simqueue.engine.compiled.kernel.service import (
    CALL_FOR_HELP,
    END_OF_SERVICE,
    part_with,
)
from simqueue.engine.compiled.kernel.tables import (
    BROKE,
    CARDS,
    INF,
    NO_CARDS,
    NONE,
    ONE,
    REPAIRED,
    SENT_ON,
    due_s,
    line,
    listed,
    note,
    server,
    set_listed,
    stir,
    stoppage,
    u_choice_again,
)
from simqueue.engine.compiled.memory import CARDS_BACK, REPAIR
from simqueue.tables import Instant

END_OF_STOPPAGE = int64(Instant.END_OF_STOPPAGE)


@inlined
def stop(d: Row, f: int) -> None:
    """A server stops working, unless this strikes busy ones only; its customer waits or goes on."""
    what = stoppage(d, f)
    s = what.server
    till = server(d, s)
    if what.when_busy and (not till.serves or till.n_stops > 0):
        return
    stir(d, BROKE, f, till.line, s)
    until_s = d.now + what.lasts_s
    plan(d, until_s, END_OF_STOPPAGE, f, REPAIR, f, NONE)
    shift_s = what.lasts_s
    if till.n_stops == 0:
        d.n_broken += 1
        till.until_s = until_s
    else:
        shift_s = until_s - till.until_s if until_s > till.until_s else 0.0
        till.until_s = max(till.until_s, until_s)
    count(d, s, -ONE)
    till.n_stops += 1
    count(d, s, ONE)
    if till.serves and not (what.sends_on and send_on(d, s)) and shift_s > 0:
        till.planned_free_s += shift_s
        if due_s(d, s) < INF:
            set_due(d, s, due_s(d, s) + shift_s, till.kind)


@inlined
def repair(d: Row, f: int) -> None:
    """Stoppage f is over; a server that works again takes the first in line."""
    s = stoppage(d, f).server
    till = server(d, s)
    stir(d, REPAIRED, f, till.line, s)
    count(d, s, -ONE)
    till.n_stops -= 1
    count(d, s, ONE)
    if till.n_stops == 0:
        d.n_broken -= 1
        if not till.occupied and till.duty != CLOSED:
            take_next_or_close(d, s)


@jit
def send_on(d: Row, s: int) -> bool:
    """Send the customer of a broken server to another line, if there is one."""
    till = server(d, s)
    i, pending = till.customer, due_s(d, s) < INF
    if not pending or (till.kind != END_OF_SERVICE and till.kind != CALL_FOR_HELP):
        return False
    find_eligible(d, i)
    if line(d, till.line).n_working == 0:
        unlist(d, till.line)
    l = choose(d, i, u_choice_again(d, i))
    if l < 0:
        return False
    part_with(d, s)
    stir(d, SENT_ON, i, till.line, s)
    become_free(d, s)
    join(d, i, l)
    return True


@inlined
def unlist(d: Row, l: int) -> None:
    """Take the line off the list of eligible ones."""
    kept = 0
    for k in range(d.n_listed):
        other = listed(d, k)
        if other != l:
            set_listed(d, kept, other)
            kept += 1
    d.n_listed = kept


@inlined
def stop_cards(d: Row, lasts_s: float, o: int) -> None:
    """From now on nobody can pay by card."""
    note(d, NO_CARDS, NONE, NONE, NONE)
    d.no_cards, d.cards_back_s = 1, d.now + lasts_s
    plan(d, d.cards_back_s, END_OF_STOPPAGE, d.n_stoppages + o, CARDS_BACK, o, NONE)


@inlined
def cards_work(d: Row) -> None:
    """Cards work again: those held at the tills pay at this instant."""
    note(d, CARDS, NONE, NONE, NONE)
    d.no_cards = 0
    for s in range(d.n_servers):
        till = server(d, s)
        if till.held:
            set_due(d, s, d.now, END_OF_SERVICE)
