// One poll() loop over the rings: drain in batches, end ticks, bring interfaces back.
// SPDX-License-Identifier: Apache-2.0
#include "router/pcapd/counter.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "common/core/backoff.hpp"
#include "common/core/crypto.hpp"
#include "common/runtime/clock.hpp"
#include "router/pcapd/outgoing.hpp"
#include "router/pcapd/router_watch.hpp"
#include "router/pcapd/tick.hpp"

namespace vivi::pcapd {
namespace {

constexpr std::size_t most_frames_at_once = 4'096;  // Between two looks at the clock.
constexpr Milliseconds block_is_handed_over{25};    // The kernel keeps a block that is not full for 10 ms.
constexpr Milliseconds longest_last_drain{100};
constexpr Milliseconds first_retry{500}, most_retry{10'000};

HashKey random_key() {
    const auto bytes = crypto::random_bytes(16);
    Reader in{bytes};
    const auto first = in.u64();
    return {first, in.u64()};
}

/// One interface of the plan.
struct Watched {
    std::string name;
    std::optional<Capture> capture{};
    std::string problem{};
    Backoff backoff{first_retry, most_retry};
    Instant retry_at{};
    bool was_tried = false;
    std::uint64_t dropped_before = 0;
    SelfTestSchedule self_test{};
    SelfTest told = SelfTest::Waiting;
    bool skips_tagged = false;  ///< Its VLANs are watched as interfaces of their own: their frames must not count twice.
};

}  // namespace

class Counter::Loop final : FrameSink {
public:
    explicit Loop(Counter& owner)
        : owner_{owner},
          table_{FlowLimits{}, random_key()},
          routers_{random_key()},
          schedule_{owner.period_, vivi::now()},
          now_{vivi::now()} {}

    void run() {
        for (bool goes_on = true; goes_on;) {
            wait();
            now_ = vivi::now();
            goes_on = obey(owner_.take_orders());
            open_missing();
            drain();
            test_captures();
            hand_over_denied();
            if (!goes_on) drain_to_the_end();
            if (!goes_on || schedule_.is_due(now_)) end_tick(/*is_last=*/!goes_on);
        }
    }

private:
    void frame(BytesView captured, std::size_t on_wire) override {
        auto& watched = watched_[drained_];
        if (is_test_frame(captured, token_)) return watched.self_test.heard();
        ++captured_;
        const auto packet = dissect(captured, on_wire);
        if (!packet || (watched.skips_tagged && packet->vlan)) return;
        table_.add(*packet, now_);
        if (packet->announces_router) see_router(watched, *packet);
    }

    void see_router(const Watched& watched, const Packet& packet) {
        if (table_.is_router(packet.source_mac)) return;
        const auto foreign = routers_.see(static_cast<std::uint16_t>(drained_), watched.name, packet, now_);
        if (foreign) owner_.hand_over_.alarm(*foreign);
    }

    void hand_over_denied() {
        if (!table_.has_denied()) return;
        for (const auto& flow : table_.take_denied()) owner_.hand_over_.alarm(flow);
    }

    void wait() {
        descriptors_.clear();
        descriptors_.push_back({.fd = owner_.wake_, .events = POLLIN, .revents = 0});
        auto until = schedule_.due();
        for (const auto& watched : watched_) {
            if (watched.capture)
                descriptors_.push_back({.fd = watched.capture->descriptor(), .events = POLLIN, .revents = 0});
            else
                until = std::min(until, watched.retry_at);
        }
        wait_for_frames(std::chrono::ceil<Milliseconds>(until - vivi::now()));
    }

    void wait_for_frames(Milliseconds most) {
        ::poll(descriptors_.data(), descriptors_.size(), static_cast<int>(std::clamp<std::int64_t>(most.count(), 0, 60'000)));
    }

    /// What was on the wire before the stop may still be in blocks that the kernel fills: until nothing comes, or the time is up.
    void drain_to_the_end() {
        descriptors_.erase(descriptors_.begin());  // Orders are over.
        for (const auto until = now_ + longest_last_drain; now_ < until; now_ = vivi::now()) {
            wait_for_frames(block_is_handed_over);
            const auto before = captured_;
            drain();
            if (captured_ == before) return;
        }
    }

    /// False: stop.
    bool obey(Orders orders) {
        if (orders.period) schedule_.set_period(*orders.period, now_);
        if (orders.plan) follow(*std::move(orders.plan));
        if (orders.policy) decide_by(*std::move(orders.policy));
        return !orders.stop;
    }

    void follow(Plan plan) {
        for (auto& watched : watched_) note_drops(watched);  // Before any is moved: those that go are asked a last time.
        std::vector<Watched> next;
        for (const auto& name : plan.interfaces) {
            const auto same = std::ranges::find(watched_, name, &Watched::name);
            next.push_back(same != watched_.end() ? std::move(*same)
                                                  : Watched{.name = name, .problem = "not opened yet", .retry_at = now_});
            const auto is_tagged_on_it = [&](const std::string& other) { return other.starts_with(name + '.'); };
            next.back().skips_tagged =
                std::ranges::any_of(plan.interfaces, is_tagged_on_it) || std::ranges::any_of(plan.tagged, is_tagged_on_it);
        }
        watched_ = std::move(next);
        plan_ = std::move(plan);
        schedule_.end_now(now_);
        set_lan();
    }

    void decide_by(PolicyState policy) {
        end_tick(/*is_last=*/false);
        table_.set_policy(policy.mapped ? &policy.mapped->engine() : nullptr);
        policy_ = std::move(policy);
        schedule_.end_now(now_);  // That it is in force goes with a tick.
    }

    void open_missing() {
        bool opened = false;
        for (auto& watched : watched_) {
            if (watched.capture || now_ < watched.retry_at) continue;
            auto capture = Capture::open(watched.name, owner_.options_);
            if (!std::exchange(watched.was_tried, true)) schedule_.end_now(now_);  // What came of it goes with the tick.
            if (capture) {
                watched.capture.emplace(*std::move(capture));
                watched.problem.clear();
                watched.backoff.reset();
                watched.dropped_before = 0;
                opened = true;
            } else {
                lose(watched, capture.error().detail);
            }
        }
        if (opened) {
            set_lan();
            schedule_.end_now(now_);  // The news goes with the tick.
        }
    }

    void test_captures() {
        for (auto& watched : watched_) {
            if (!watched.capture) continue;
            if (watched.self_test.is_due(now_)) {
                const auto own = hardware_address(watched.name);
                watched.self_test.sent(now_, own && send_frame(watched.name, test_frame(*own, token_)));
            }
            const auto state = watched.self_test.state(now_);
            if (state != std::exchange(watched.told, state)) schedule_.end_now(now_);
        }
    }

    void lose(Watched& watched, std::string problem) {
        if (watched.capture) schedule_.end_now(now_);
        note_drops(watched);
        watched.capture.reset();
        watched.self_test = {};
        watched.told = SelfTest::Waiting;
        watched.problem = std::move(problem);
        watched.retry_at = now_ + watched.backoff.next(crypto::random_u32());
    }

    /// Looked up at each tick: an interface's address changes when it is made anew, a bridge's when it gets a port.
    void set_lan() {
        Lan lan{.prefixes = plan_.prefixes, .next_hop = plan_.next_hop};
        for (const auto& watched : watched_) {
            if (const auto mac = hardware_address(watched.name)) lan.router_macs.push_back(*mac);
        }
        table_.set_lan(std::move(lan));
    }

    void drain() {
        for (drained_ = 0; drained_ < watched_.size(); ++drained_) {
            auto& watched = watched_[drained_];
            if (!watched.capture) continue;
            const auto count = watched.capture->drain(*this, most_frames_at_once);
            if (!count) lose(watched, count.error().detail);
        }
    }

    void note_drops(Watched& watched) {
        if (!watched.capture) return;
        const auto dropped = watched.capture->dropped();
        dropped_ += dropped - std::exchange(watched.dropped_before, dropped);
    }

    void end_tick(bool is_last) {
        set_lan();
        for (auto& watched : watched_) note_drops(watched);
        model::TrafficBatch batch{.tick = schedule_.restart(now_),
                                  .captured = std::exchange(captured_, 0),
                                  .dropped = std::exchange(dropped_, 0),
                                  .rows = table_.take(now_)};
        if (tick_.batch == model::TrafficBatch{})
            tick_.batch = std::move(batch);
        else
            merge(tick_.batch, std::move(batch));  // The last one was not taken.
        add_hits(table_.take_hits());
        tick_.counts = table_.counts();
        tick_.revision = std::ranges::all_of(watched_, &Watched::was_tried) ? plan_.revision : 0;
        tick_.interfaces.clear();
        for (const auto& watched : watched_) tick_.interfaces.push_back({watched.name, watched.problem, watched.told});
        tick_.policy_revision = policy_.revision();
        tick_.policy_problem = policy_.problem;
        tick_.is_last = is_last;
        if (!owner_.hand_over_.tick(tick_)) return;
        tick_.batch = {};
        tick_.hits = {};
    }

    void add_hits(model::PolicyHits hits) {
        if (hits.rows.empty() && hits.folded == 0) return;
        if (tick_.hits.rows.empty())
            tick_.hits = std::move(hits);
        else
            merge(tick_.hits, std::move(hits));
        tick_.hits.tick = tick_.batch.tick;
    }

    Counter& owner_;
    const std::uint64_t token_ = random_key().first;
    PolicyState policy_{};  ///< What the table looks at.
    FlowTable table_;
    RouterWatch routers_;
    TickSchedule schedule_;
    Instant now_;
    Plan plan_{};
    std::vector<Watched> watched_{};
    std::vector<pollfd> descriptors_{};
    Tick tick_{};
    std::uint64_t captured_ = 0;
    std::uint64_t dropped_ = 0;
    std::size_t drained_ = 0;  ///< Index of the interface whose frames come.
};

Counter::Counter(CaptureOptions options, Milliseconds period, HandOver hand_over)
    : options_{options}, period_{period}, hand_over_{std::move(hand_over)}, wake_{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)} {
    thread_ = std::thread{[this] { Loop{*this}.run(); }};
}

Counter::~Counter() {
    stop();
    thread_.join();
    ::close(wake_);
}

void Counter::watch(Plan plan) {
    order([&](Orders& orders) { orders.plan = std::move(plan); });
}

void Counter::set_period(Milliseconds period) {
    order([&](Orders& orders) { orders.period = period; });
}

void Counter::decide_by(PolicyState policy) {
    order([&](Orders& orders) { orders.policy = std::move(policy); });
}

void Counter::stop() {
    order([](Orders& orders) { orders.stop = true; });
}

void Counter::order(std::function<void(Orders&)> change) {
    {
        const std::lock_guard lock{mutex_};
        change(orders_);
    }
    ::eventfd_write(wake_, 1);
}

Counter::Orders Counter::take_orders() {
    eventfd_t ignored = 0;
    ::eventfd_read(wake_, &ignored);
    const std::lock_guard lock{mutex_};
    return std::exchange(orders_, {});
}

}  // namespace vivi::pcapd
