// The hand-written twin of the reference model: the same day as a plain loop over a binary heap.
// g++ -O3 -ffp-contract=off -shared -fPIC. Several lanes with lines of their own or one shared line,
// shortest queue (people / servers), ties by lot, patience. The order at one instant is that of
// docs/model.md: end of a service, then giving up, then arrival; within a kind by customer.
// Gives back when each customer started to be served (nan = never), and how many events there were.

#include <cmath>
#include <cstdint>
#include <deque>
#include <limits>
#include <queue>
#include <vector>

namespace {

enum Kind : int64_t { END_OF_SERVICE = 0, RENEGE = 9, ARRIVAL = 10 };
constexpr int64_t PER_KIND = 1'000'000'000;

struct Event {
    double time;
    int64_t rank;  // kind * PER_KIND + customer
    int32_t server;
};

struct Later {
    bool operator()(const Event& a, const Event& b) const {
        return a.time > b.time || (a.time == b.time && a.rank > b.rank);
    }
};

struct Server {
    int32_t line;
    bool busy = false;
};

struct Line {
    int32_t lane;
    std::deque<int32_t> waiting;
    std::vector<int32_t> servers;
    int32_t in_service = 0;
};

}  // namespace

extern "C" int64_t twin(
    int64_t n, int64_t n_lines, const int64_t* line_lane, int64_t n_servers,
    const int64_t* server_line, const double* arrival, const uint8_t* may_use,
    const double* service, const double* patience, const double* u_choice, double* start) {
    std::vector<Line> lines(n_lines);
    std::vector<Server> servers(n_servers);
    std::vector<int32_t> line_of(n, -1);  // where a customer waits; -1 = nowhere
    std::vector<int32_t> tied(n_lines);
    for (int64_t l = 0; l < n_lines; l++) lines[l].lane = static_cast<int32_t>(line_lane[l]);
    for (int64_t s = 0; s < n_servers; s++) {
        servers[s].line = static_cast<int32_t>(server_line[s]);
        lines[server_line[s]].servers.push_back(static_cast<int32_t>(s));
    }
    std::priority_queue<Event, std::vector<Event>, Later> agenda;
    int64_t events = 0;
    double now = 0.0;

    auto begin = [&](int32_t s, int32_t i) {
        Line& line = lines[servers[s].line];
        servers[s].busy = true;
        line.in_service++;
        line_of[i] = -1;
        start[i] = now;
        agenda.push({now + service[line.lane * n + i], END_OF_SERVICE * PER_KIND + i, s});
    };

    auto arrive = [&](int32_t i) {
        double lowest = std::numeric_limits<double>::infinity();
        int32_t n_tied = 0;
        for (int32_t l = 0; l < n_lines; l++) {
            const Line& line = lines[l];
            if (!may_use[line.lane * n + i]) continue;
            const double length = static_cast<double>(line.waiting.size() + line.in_service) /
                                  static_cast<double>(line.servers.size());
            if (length < lowest) {
                lowest = length;
                n_tied = 0;
            }
            if (length == lowest) tied[n_tied++] = l;
        }
        if (n_tied == 0) return;
        const int32_t l = tied[static_cast<int32_t>(u_choice[i] * n_tied)];
        for (int32_t s : lines[l].servers) {
            if (!servers[s].busy) {
                begin(s, i);
                return;
            }
        }
        lines[l].waiting.push_back(i);
        line_of[i] = l;
        if (patience[i] < std::numeric_limits<double>::infinity())
            agenda.push({now + patience[i], RENEGE * PER_KIND + i, -1});
    };

    if (n > 0) agenda.push({arrival[0], ARRIVAL * PER_KIND, -1});
    for (int64_t i = 0; i < n; i++) start[i] = std::numeric_limits<double>::quiet_NaN();
    while (!agenda.empty()) {
        const Event event = agenda.top();
        agenda.pop();
        events++;
        now = event.time;
        const int64_t kind = event.rank / PER_KIND;
        const int32_t i = static_cast<int32_t>(event.rank - kind * PER_KIND);
        if (kind == END_OF_SERVICE) {
            Line& line = lines[servers[event.server].line];
            servers[event.server].busy = false;
            line.in_service--;
            if (!line.waiting.empty()) {
                const int32_t next = line.waiting.front();
                line.waiting.pop_front();
                begin(event.server, next);
            }
        } else if (kind == RENEGE) {
            if (line_of[i] < 0) continue;  // served meanwhile
            std::deque<int32_t>& waiting = lines[line_of[i]].waiting;
            for (auto at = waiting.begin(); at != waiting.end(); ++at) {
                if (*at == i) {
                    waiting.erase(at);
                    break;
                }
            }
            line_of[i] = -1;
        } else {
            if (i + 1 < n) agenda.push({arrival[i + 1], ARRIVAL * PER_KIND + i + 1, -1});
            arrive(i);
        }
    }
    return events;
}
