// SPDX-License-Identifier: MIT
// Runs something that must be refused, and gives back the refusal.
#pragma once

#include "hodg/error.h"

#include <gtest/gtest.h>

#include <string>

/// Code and text of the Error that `call` throws; empty when it throws none.
template <class Call> std::string error_of(Call&& call) {
    try {
        call();
    } catch (const hodg::Error& error) {
        return error.what();
    }
    return {};
}

#define EXPECT_REFUSED(call, code, text)                                                           \
    do {                                                                                           \
        const std::string refusal = error_of([&] { call; });                                       \
        EXPECT_EQ(refusal.substr(0, 6), code) << refusal;                                          \
        EXPECT_NE(refusal.find(text), std::string::npos) << refusal;                               \
    } while (false)
