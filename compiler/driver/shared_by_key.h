// SPDX-License-Identifier: MIT
// What is alive in this process, by the key under which the cache on disk has it.
#pragma once

#include "support/hash.h"

#include <map>
#include <memory>
#include <mutex>

namespace hhc::driver {

template <class T> class SharedByKey {
public:
    [[nodiscard]] std::shared_ptr<T> find(const Hash128& key) const {
        const std::lock_guard lock(mutex_);
        const auto found = known_.find(key);
        return found == known_.end() ? nullptr : found->second.lock();
    }
    void add(const Hash128& key, const std::shared_ptr<T>& value) {
        const std::lock_guard lock(mutex_);
        std::erase_if(known_, [](const auto& one) { return one.second.expired(); });
        known_[key] = value;
    }

private:
    mutable std::mutex mutex_;
    std::map<Hash128, std::weak_ptr<T>> known_;
};

} // namespace hhc::driver
