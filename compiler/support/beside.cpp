// SPDX-License-Identifier: MIT
#include "support/beside.h"

#include <sched.h>
#include <utility>

namespace hhc {

namespace {

/// Of the calling thread.
bool read_allowed(cpu_set_t& allowed) {
    return sched_getaffinity(0, sizeof allowed, &allowed) == 0;
}

/// A set without this processor makes the scheduler move the thread; then the set is as it was.
void leave(int processor) {
    cpu_set_t allowed;
    if (processor < 0 || processor >= CPU_SETSIZE || !read_allowed(allowed) ||
        !CPU_ISSET(static_cast<unsigned>(processor), &allowed) || CPU_COUNT(&allowed) < 2) {
        return;
    }
    cpu_set_t others = allowed;
    CPU_CLR(static_cast<unsigned>(processor), &others);
    if (sched_setaffinity(0, sizeof others, &others) == 0) {
        sched_setaffinity(0, sizeof allowed, &allowed);
    }
}

} // namespace

Beside::Beside(std::function<void()> work)
    : thread_([work = std::move(work), caller = sched_getcpu()] {
          leave(caller);
          work();
      }) {}

void Beside::join() {
    if (thread_.joinable()) {
        thread_.join();
    }
}

bool Beside::is_worth_it() {
    cpu_set_t allowed;
    return read_allowed(allowed) && CPU_COUNT(&allowed) > 1;
}

} // namespace hhc
