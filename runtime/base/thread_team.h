// SPDX-License-Identifier: MIT
// A team of threads for the time of a network. Waiting threads spin for some microseconds, then
// sleep. No thread exists before a team is made.
#pragma once

#include "abi/float_environment.h"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <thread>
#include <vector>

namespace hodg::base {

class ThreadTeam {
public:
    /// The calling thread is member 0, so threads - 1 are made.
    explicit ThreadTeam(int threads);
    ~ThreadTeam();
    ThreadTeam(const ThreadTeam&) = delete;
    ThreadTeam& operator=(const ThreadTeam&) = delete;

    [[nodiscard]] int size() const { return size_; }

    /// False in a child process after fork: its threads do not exist there. Such a team must be
    /// leaked, because it can be neither used nor joined.
    [[nodiscard]] bool usable() const;

    /// Every member calls work(member); returns when all did, and rethrows the first exception.
    void run(const std::function<void(int)>& work);

    /// Inside of work: waits until all members are here.
    void barrier();

private:
    void serve(int member);
    void call(int member);
    template <class T> void wait_while(const std::atomic<T>& value, T old) const;

    int size_;
    int spins_;
    long process_;
    const std::function<void(int)>* work_ = nullptr;
    abi::FloatEnvironment::Underflow underflow_ = {}; // that of the run
    // What some spin on and what others count with stands in lines of its own.
    static constexpr std::size_t line = 64;
    alignas(line) std::atomic<std::uint32_t> round_{0};
    alignas(line) std::atomic<int> busy_{0};
    alignas(line) std::atomic<int> arrived_{0};
    alignas(line) std::atomic<std::uint32_t> phase_{0};
    alignas(line) std::atomic<bool> stop_{false};
    std::atomic<int> leader_cpu_{-1};
    std::atomic<bool> failed_{false};
    std::exception_ptr error_;
    std::vector<std::thread> threads_;
};

} // namespace hodg::base
