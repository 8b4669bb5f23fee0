// SPDX-License-Identifier: MIT
// A network as it was saved: all that decides the steps to come, in a file that holds data alone.
#pragma once

#include "hodg/export.h"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

namespace hodg {

namespace archive {
class In;
}

/// What the caller wants to find again beside the state: bytes by name.
using Notes = std::map<std::string, std::string>;

/// A file, checked to the last byte.
class HODG_API SavedNetwork {
public:
    /// HH6062: it cannot be read; HH6063: it is no saved network, a damaged or a newer one.
    explicit SavedNetwork(const std::string& path);

    [[nodiscard]] double time() const; // seconds
    [[nodiscard]] Notes notes() const;

    [[nodiscard]] const archive::In& archive() const { return *archive_; }

private:
    std::shared_ptr<const archive::In> archive_;
};

/// Saving while a run goes on.
struct SaveOptions {
    std::string path;
    double interval = 0;               // simulated seconds between times; 0: only at the end
    std::function<Notes()> notes = {}; // asked for each time
};

} // namespace hodg
