// SPDX-License-Identifier: MIT
// Work on a second processor beside the caller's own.
#pragma once

#include <functional>
#include <thread>

namespace hhc {

/// Runs `work`, which must not throw, in a thread that begins on another processor than the
/// caller's, if the process may use one: on a busy machine a new thread otherwise waits for its
/// turn where its maker runs. Joined by the destructor or by join().
class Beside {
public:
    explicit Beside(std::function<void()> work);
    ~Beside() { join(); }
    Beside(const Beside&) = delete;
    Beside& operator=(const Beside&) = delete;

    void join();

    /// Whether this process may use two processors.
    [[nodiscard]] static bool is_worth_it();

private:
    std::thread thread_;
};

} // namespace hhc
