// SPDX-License-Identifier: MIT
// What the runtime throws at its API rim. Every message has a permanent code (hodg/codes.def).
#pragma once

#include "hodg/export.h"

#include <cstdint>
#include <stdexcept>
#include <string>

namespace hodg {

/// A mistake of the caller, or of the machine: wrong name, wrong length, unreadable file.
/// `what()` is "HH6010: message (hint)".
class HODG_API Error : public std::runtime_error {
public:
    Error(std::string code, std::string message, std::string hint = {});

    [[nodiscard]] const std::string& code() const noexcept { return code_; }
    [[nodiscard]] const std::string& message() const noexcept { return message_; }
    [[nodiscard]] const std::string& hint() const noexcept { return hint_; }

private:
    std::string code_;
    std::string message_;
    std::string hint_;
};

/// Where a simulation went wrong.
struct Fault {
    std::string object;       // name of the population
    std::string variable;     // dotted name; empty when only the entity is known
    std::int64_t entity = -1; // -1: not known
    std::int64_t step = 0;    // the step k after which the value was found
    double time = 0;          // seconds; the end of that step
    double value = 0;         // SI; NaN or infinite
};

/// A run met a value that is not a number. What was recorded before stays readable.
class HODG_API SimulationError : public Error {
public:
    SimulationError(std::string code, std::string message, std::string hint, Fault fault);
    [[nodiscard]] const Fault& fault() const noexcept { return fault_; }

private:
    Fault fault_;
};

/// An array was assigned to a parameter that this compiled model keeps once for all entities. The
/// caller compiles the model with this parameter per entity, and calls Population::rebind.
class HODG_API NeedsPerEntity : public Error {
public:
    NeedsPerEntity(std::string variable, std::string message);
    [[nodiscard]] const std::string& variable() const noexcept { return variable_; }

private:
    std::string variable_;
};

} // namespace hodg
