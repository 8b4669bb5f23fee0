// SPDX-License-Identifier: MIT
#include "base/thread_team.h"

#include "abi/float_environment.h"

#include <sched.h>
#include <unistd.h>
#include <utility>

namespace hodg::base {

static constexpr int many_spins = 1000;

static void pause_briefly() {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#else
    asm volatile("yield");
#endif
}

/// A woken thread may find itself on the processor of the thread that woke it: while neither
/// sleeps, they would share it until the scheduler looks.
static void leave_processor(int cpu) {
    cpu_set_t allowed;
    if (sched_getcpu() != cpu || sched_getaffinity(0, sizeof allowed, &allowed) != 0 ||
        CPU_COUNT(&allowed) < 2) {
        return;
    }
    cpu_set_t others = allowed;
    CPU_CLR(static_cast<unsigned>(cpu), &others);
    if (sched_setaffinity(0, sizeof others, &others) == 0) { // moves it at once
        sched_setaffinity(0, sizeof allowed, &allowed);
    }
}

ThreadTeam::ThreadTeam(int threads) : size_(threads), process_(getpid()) {
    // About 20 us; with more threads than CPUs spinning only keeps the others from working.
    const auto cpus = static_cast<int>(std::thread::hardware_concurrency());
    spins_ = threads <= cpus ? many_spins : 10;
    for (int member = 1; member < threads; ++member) {
        threads_.emplace_back([this, member] { serve(member); });
    }
}

ThreadTeam::~ThreadTeam() {
    stop_.store(true);
    round_.fetch_add(1);
    round_.notify_all();
    for (std::thread& thread : threads_) {
        thread.join();
    }
}

bool ThreadTeam::usable() const {
    return process_ == getpid();
}

template <class T> void ThreadTeam::wait_while(const std::atomic<T>& value, T old) const {
    for (int spin = 0; spin < spins_; ++spin) {
        if (value.load(std::memory_order_acquire) != old) {
            return;
        }
        pause_briefly();
    }
    value.wait(old, std::memory_order_acquire);
}

void ThreadTeam::call(int member) {
    try {
        const abi::FloatEnvironment environment(underflow_);
        (*work_)(member);
    } catch (...) {
        if (!failed_.exchange(true)) {
            error_ = std::current_exception();
        }
    }
}

void ThreadTeam::serve(int member) {
    std::uint32_t seen = 0;
    while (true) {
        wait_while(round_, seen);
        seen = round_.load(std::memory_order_acquire);
        if (stop_.load()) {
            return;
        }
        if (spins_ == many_spins) {
            leave_processor(leader_cpu_.load(std::memory_order_relaxed));
        }
        call(member);
        if (busy_.fetch_sub(1, std::memory_order_acq_rel) == 1) {
            busy_.notify_one();
        }
    }
}

void ThreadTeam::run(const std::function<void(int)>& work) {
    work_ = &work;
    underflow_ = abi::FloatEnvironment::wanted();
    leader_cpu_.store(sched_getcpu(), std::memory_order_relaxed);
    failed_.store(false);
    busy_.store(size_ - 1, std::memory_order_relaxed);
    round_.fetch_add(1, std::memory_order_release);
    round_.notify_all();
    call(0);
    for (int left = busy_.load(std::memory_order_acquire); left != 0;
         left = busy_.load(std::memory_order_acquire)) {
        wait_while(busy_, left);
    }
    if (failed_.load()) {
        std::rethrow_exception(std::exchange(error_, nullptr));
    }
}

void ThreadTeam::barrier() {
    const std::uint32_t phase = phase_.load(std::memory_order_acquire);
    if (arrived_.fetch_add(1, std::memory_order_acq_rel) == size_ - 1) {
        arrived_.store(0, std::memory_order_relaxed);
        phase_.fetch_add(1, std::memory_order_release);
        phase_.notify_all();
        return;
    }
    wait_while(phase_, phase);
}

} // namespace hodg::base
