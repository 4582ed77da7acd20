// The hand-written twin of a shop at work: help at machines, jockeying, opening on demand, a roster.
// g++ -O3 -ffp-contract=off -shared -fPIC. Every till has a line of its own; machines share one, and
// stay open. Shortest queue per open till, ties by lot; patience; gaps; one call for help, answered
// by the attendants of the lane; tills that close serve their line out; the last in a line changes to
// a shorter one; spare cashiers, there all day, come when the lines are long. One binary heap, and
// the order at one instant of docs/model.md.
// Gives back when each customer started to be served (nan = never), and how many events there were.

#include <cmath>
#include <cstdint>
#include <deque>
#include <limits>
#include <queue>
#include <vector>

namespace {

constexpr double INF = std::numeric_limits<double>::infinity();
constexpr int64_t PER_KIND = 1'000'000'000;
enum Kind : int64_t {
    END_OF_SERVICE = 0, END_OF_GAP = 1, END_OF_HELP = 2, CALL = 3, CASHIER = 4, ROSTER = 5,
    END_OF_WALK = 8, RENEGE = 9, ARRIVAL = 10
};
enum Duty { CLOSED, OPEN, SERVING_OUT, LEAVING };
enum State : uint8_t { AWAY, WAITS, WALKS };

struct Event {
    double time;
    int64_t rank;  // kind * PER_KIND + customer (or number of the change)
    int32_t server;
};

struct Later {
    bool operator()(const Event& a, const Event& b) const {
        return a.time > b.time || (a.time == b.time && a.rank > b.rank);
    }
};

struct Server {
    int32_t line;
    Duty duty = CLOSED;
    bool occupied = false;
    int32_t cashier = -1;  // who was called here
    double may_close = 0.0;
};

struct Line {
    int32_t lane;
    std::deque<int32_t> waiting;
    std::vector<int32_t> servers;
    int32_t serving = 0;
    int32_t open = 0;  // servers that take newcomers
    int32_t people() const { return static_cast<int32_t>(waiting.size()) + serving; }
};

struct Pool {
    std::deque<std::pair<int32_t, int32_t>> calls;  // customer, server
    int64_t on_duty = 0, busy = 0;
};

}  // namespace

extern "C" {

struct Shop {
    int64_t n, n_lanes, n_lines, n_servers, n_changes, n_cashiers;
    const int64_t *kind, *line_lane, *server_line;  // kind 0 and 1: tills
    const double *arrival, *service, *gap, *before_call, *after_call, *help, *patience;
    const double *u_choice, *u_choice_again;
    const uint8_t *may_use, *willing;
    // changes by the clock in their order: a lane's open servers, or its attendants
    const double* change_s;
    const int64_t *change_lane, *change_attendants, *change_to;
    int64_t jockeys, shorter_by, demand, demand_lane;
    double jockey_walk_s, call_above, waited_over_s, close_below, call_walk_s, stay_s;
    double* start;
};

}

namespace {

struct Day {
    const Shop& shop;
    std::vector<Line> lines;
    std::vector<Server> servers;
    std::vector<Pool> pools;
    std::vector<State> state;
    std::vector<int32_t> line_of;  // where he waits, or where he walks to
    std::vector<int32_t> came_from;
    std::vector<double> joined;  // first; nan: he has never had to wait
    std::vector<int32_t> till_of;  // of each spare cashier; -1 = he can be called
    std::vector<int32_t> tied, order;
    std::priority_queue<Event, std::vector<Event>, Later> agenda;
    double now = 0.0;
    int64_t waiting = 0, open_tills = 0, machines = 0;
    bool stirred = false, pending = false;

    explicit Day(const Shop& s)
        : shop(s), lines(s.n_lines), servers(s.n_servers), pools(s.n_lanes), state(s.n, AWAY),
          line_of(s.n, -1), came_from(s.n, -1), joined(s.n, NAN), till_of(s.n_cashiers, -1),
          tied(s.n_lines) {
        for (int64_t l = 0; l < s.n_lines; l++) {
            lines[l].lane = static_cast<int32_t>(s.line_lane[l]);
            if (s.kind[lines[l].lane] > 1) machines = 1;
        }
        for (int64_t k = 0; k < s.n_servers; k++) {
            servers[k].line = static_cast<int32_t>(s.server_line[k]);
            lines[s.server_line[k]].servers.push_back(static_cast<int32_t>(k));
        }
    }

    bool is_till(int32_t l) const { return shop.kind[lines[l].lane] <= 1; }
    int64_t at(int32_t l, int32_t i) const { return lines[l].lane * shop.n + i; }
    void plan(double time, int64_t kind, int64_t key, int32_t server) {
        agenda.push({time, kind * PER_KIND + key, server});
    }

    void set_duty(int32_t s, Duty duty) {
        const int change = (duty == OPEN) - (servers[s].duty == OPEN);
        lines[servers[s].line].open += change;
        if (is_till(servers[s].line)) open_tills += change;
        servers[s].duty = duty;
    }

    void begin(int32_t s, int32_t i) {
        const int32_t l = servers[s].line;
        servers[s].occupied = true;
        lines[l].serving++;
        state[i] = AWAY;
        shop.start[i] = now;
        stirred = true;
        const double before = shop.before_call[at(l, i)];
        if (before < INF) plan(now + before, CALL, i, s);
        else plan(now + shop.service[at(l, i)], END_OF_SERVICE, i, s);
    }

    void begin_first(int32_t s) {
        Line& line = lines[servers[s].line];
        const int32_t i = line.waiting.front();
        line.waiting.pop_front();
        waiting--;
        begin(s, i);
    }

    void leave_till(int32_t s) {
        if (servers[s].cashier >= 0) till_of[servers[s].cashier] = -1;
        servers[s].cashier = -1;
    }

    void open(int32_t s) {
        set_duty(s, OPEN);
        stirred = true;
        if (!lines[servers[s].line].waiting.empty() && !servers[s].occupied) begin_first(s);
    }

    void close(int32_t s) {
        set_duty(s, CLOSED);
        leave_till(s);
    }

    void wind_down(int32_t s) {
        const bool needed = !lines[servers[s].line].waiting.empty();
        if (!servers[s].occupied && !needed) close(s);
        else set_duty(s, needed ? SERVING_OUT : LEAVING);
    }

    // The line he joins; -1 = none.
    int32_t choose(int32_t i, double u) {
        double lowest = INF;
        int32_t n_tied = 0;
        for (int32_t l = 0; l < shop.n_lines; l++) {
            const Line& line = lines[l];
            if (line.open == 0 || !shop.may_use[at(l, i)]) continue;
            const double length = static_cast<double>(line.people()) / line.open;
            if (length < lowest) {
                lowest = length;
                n_tied = 0;
            }
            if (length == lowest) tied[n_tied++] = l;
        }
        return n_tied ? tied[static_cast<int32_t>(u * n_tied)] : -1;
    }

    void join(int32_t i, int32_t l) {
        Line& line = lines[l];
        for (int32_t s : line.servers)
            if (servers[s].duty == OPEN && !servers[s].occupied) return begin(s, i);
        if (line.open == 0)
            for (int32_t s : line.servers)
                if (servers[s].duty == LEAVING) set_duty(s, SERVING_OUT);
        line.waiting.push_back(i);
        waiting++;
        state[i] = WAITS;
        line_of[i] = l;
        if (!std::isnan(joined[i])) return;
        joined[i] = now;
        if (shop.patience[i] < INF) plan(now + shop.patience[i], RENEGE, i, -1);
    }

    void arrive(int32_t i) {
        const int32_t l = choose(i, shop.u_choice[i]);
        if (l < 0) return;
        join(i, l);
        look_to_call();
    }

    void give_up(int32_t i) {
        if (state[i] == AWAY) return;
        if (state[i] == WAITS) {
            std::deque<int32_t>& line = lines[line_of[i]].waiting;
            for (auto place = line.begin(); place != line.end(); ++place)
                if (*place == i) {
                    line.erase(place);
                    break;
                }
            waiting--;
        }
        state[i] = AWAY;
        stirred = true;
    }

    // Service, gaps, help

    void end_service(int32_t s, int32_t i) {
        const int32_t l = servers[s].line;
        lines[l].serving--;
        stirred = true;
        const double gap = shop.gap[at(l, i)];
        if (gap > 0.0) plan(now + gap, END_OF_GAP, i, s);
        else become_free(s);
    }

    void become_free(int32_t s) {
        Server& server = servers[s];
        server.occupied = false;
        const Line& line = lines[server.line];
        if (!line.waiting.empty() && server.duty != LEAVING) begin_first(s);
        else if (server.duty != OPEN) close(s);
        const int64_t others = open_tills - is_till(server.line);
        if (shop.demand && server.cashier >= 0 && server.duty == OPEN && machines + others > 0 &&
            line.waiting.empty() && now >= server.may_close && mean_line() < shop.close_below)
            wind_down(s);
    }

    void call(int32_t s, int32_t i) {
        const int32_t j = lines[servers[s].line].lane;
        pools[j].calls.emplace_back(i, s);
        answer(j);
    }

    void answer(int32_t j) {
        Pool& pool = pools[j];
        while (!pool.calls.empty() && pool.busy < pool.on_duty) {
            const auto [i, s] = pool.calls.front();
            pool.calls.pop_front();
            pool.busy++;
            plan(now + shop.help[j * shop.n + i], END_OF_HELP, i, s);
        }
    }

    void end_help(int32_t s, int32_t i) {
        const int32_t l = servers[s].line;
        plan(now + shop.after_call[at(l, i)], END_OF_SERVICE, i, s);
        pools[lines[l].lane].busy--;
        answer(lines[l].lane);
    }

    // The roster

    void change(int64_t k) {
        const int32_t j = static_cast<int32_t>(shop.change_lane[k]);
        if (shop.change_attendants[k]) {
            pools[j].on_duty = shop.change_to[k];
            answer(j);
            return;
        }
        int64_t missing = shop.change_to[k];
        for (const Server& s : servers)
            missing -= lines[s.line].lane == j && s.duty == OPEN && s.cashier < 0;
        for (; missing > 0; missing--) open_one(j);
        if (missing < 0) close_some(j, -missing);
    }

    void open_one(int32_t j) {
        int32_t best = -1, best_rank = 3;  // first those that still serve out, closed ones, called
        for (int32_t s = 0; s < shop.n_servers; s++) {
            if (lines[servers[s].line].lane != j) continue;
            int32_t rank = 3;
            if (servers[s].duty == CLOSED) rank = 1;
            else if (servers[s].cashier >= 0) rank = 2;
            else if (servers[s].duty != OPEN) rank = 0;
            if (rank < best_rank) best = s, best_rank = rank;
        }
        if (best < 0) return;
        leave_till(best);
        if (servers[best].duty != OPEN) open(best);
    }

    void close_some(int32_t j, int64_t count) {
        std::vector<int32_t> going;
        for (; count > 0; count--) {
            int32_t best = -1, fewest = 0;
            for (int32_t s = 0; s < shop.n_servers; s++) {
                const Server& server = servers[s];
                if (lines[server.line].lane != j || server.duty != OPEN || server.cashier >= 0)
                    continue;
                bool chosen = false;
                for (int32_t other : going) chosen = chosen || other == s;
                if (chosen) continue;
                const Line& line = lines[server.line];
                const int32_t people =
                    server.occupied || !line.waiting.empty() ? line.people() : -1;
                if (best < 0 || people <= fewest) best = s, fewest = people;
            }
            if (best < 0) break;
            going.push_back(best);
        }
        for (int32_t s : going) wind_down(s);
    }

    // Opening on demand

    double mean_line() const {
        const int64_t places = open_tills + machines;
        if (places == 0) return waiting ? INF : 0.0;
        return static_cast<double>(waiting) / static_cast<double>(places);
    }

    bool somebody_waited_long() const {
        for (int32_t l = 0; l < shop.n_lines; l++) {
            if (!is_till(l)) continue;
            for (int32_t i : lines[l].waiting)
                if (now - joined[i] > shop.waited_over_s) return true;
        }
        return false;
    }

    int32_t spare() const {
        for (size_t c = 0; c < till_of.size(); c++)
            if (till_of[c] < 0) return static_cast<int32_t>(c);
        return -1;
    }

    void look_to_call() {
        if (!shop.demand || pending || spare() < 0) return;
        if (open_tills && !(mean_line() > shop.call_above) && !somebody_waited_long()) return;
        pending = true;
        plan(now + shop.call_walk_s, CASHIER, 0, -1);
    }

    void cashier_comes() {
        pending = false;
        const int32_t c = spare();
        int32_t best = -1;
        for (int32_t s = 0; s < shop.n_servers; s++) {
            const Server& server = servers[s];
            if (lines[server.line].lane != shop.demand_lane || server.duty == OPEN) continue;
            if (server.duty != CLOSED) {
                best = s;
                break;
            }
            if (best < 0) best = s;
        }
        if (c < 0 || best < 0) return;
        leave_till(best);
        servers[best].cashier = c;
        till_of[c] = best;
        servers[best].may_close = now + shop.stay_s;
        open(best);
    }

    // Changing lines

    void settle() {
        if (!stirred || !shop.jockeys) return;
        stirred = false;
        if (!waiting) return;
        order.clear();
        for (int32_t l = 0; l < shop.n_lines; l++) {
            if (lines[l].waiting.empty()) continue;
            size_t k = order.size();
            order.push_back(l);
            for (; k > 0 && lines[order[k - 1]].waiting.size() < lines[l].waiting.size(); k--)
                order[k] = order[k - 1];
            order[k] = l;
        }
        for (int32_t l : order)
            if (!lines[l].waiting.empty() && shop.willing[lines[l].waiting.back()])
                ask(lines[l].waiting.back(), l);
    }

    void ask(int32_t i, int32_t l) {
        int32_t here = 0, goal = -1;
        for (int32_t s : lines[l].servers) here += servers[s].duty != CLOSED;
        const double ahead = static_cast<double>(lines[l].people() - 1) / (here > 1 ? here : 1);
        double best = 0.0;
        for (int32_t other = 0; other < shop.n_lines; other++) {
            const Line& line = lines[other];
            if (other == l || line.open == 0 || !shop.may_use[at(other, i)]) continue;
            const double gain = ahead - static_cast<double>(line.people()) / line.open;
            if (goal < 0 || gain > best) best = gain, goal = other;
        }
        if (goal < 0 || best < static_cast<double>(shop.shorter_by)) return;
        lines[l].waiting.pop_back();
        waiting--;
        state[i] = WALKS;
        line_of[i] = goal;
        came_from[i] = l;
        plan(now + shop.jockey_walk_s, END_OF_WALK, i, -1);
    }

    void end_walk(int32_t i) {
        if (state[i] != WALKS) return;
        int32_t l = line_of[i];
        if (lines[l].open == 0) l = choose(i, shop.u_choice_again[i]);
        if (l < 0 && is_staffed(came_from[i])) l = came_from[i];
        for (int32_t other = 0; l < 0 && other < shop.n_lines; other++)
            if (shop.may_use[at(other, i)] && is_staffed(other)) l = other;
        state[i] = AWAY;
        if (l >= 0) join(i, l);
        else stirred = true;
    }

    bool is_staffed(int32_t l) const {
        for (int32_t s : lines[l].servers)
            if (servers[s].duty != CLOSED) return true;
        return false;
    }

    int64_t run() {
        int64_t events = 0;
        for (int64_t i = 0; i < shop.n; i++) shop.start[i] = NAN;
        for (int64_t k = 0; k < shop.n_changes; k++) plan(shop.change_s[k], ROSTER, k, -1);
        if (shop.n > 0) plan(shop.arrival[0], ARRIVAL, 0, -1);
        while (!agenda.empty()) {
            const Event event = agenda.top();
            agenda.pop();
            events++;
            now = event.time;
            const int64_t kind = event.rank / PER_KIND;
            const int32_t i = static_cast<int32_t>(event.rank - kind * PER_KIND);
            switch (kind) {
                case END_OF_SERVICE: end_service(event.server, i); break;
                case END_OF_GAP: become_free(event.server); break;
                case END_OF_HELP: end_help(event.server, i); break;
                case CALL: call(event.server, i); break;
                case CASHIER: cashier_comes(); break;
                case ROSTER: change(i); break;
                case END_OF_WALK: end_walk(i); break;
                case RENEGE: give_up(i); break;
                default:
                    if (i + 1 < shop.n) plan(shop.arrival[i + 1], ARRIVAL, i + 1, -1);
                    arrive(i);
            }
            settle();
        }
        return events;
    }
};

}  // namespace

extern "C" int64_t twin_shop(const Shop* shop) { return Day(*shop).run(); }
