// SPDX-License-Identifier: MIT
#include "archive/checksum.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace hodg::archive {

static constexpr std::uint64_t prime3 = 0x165667B19E3779F9U;
static constexpr std::uint64_t prime4 = 0x85EBCA77C2B2AE63U;
static constexpr std::uint64_t prime5 = 0x27D4EB2F165667C5U;

template <class Word> static Word load(const char* bytes) {
    Word word;
    std::memcpy(&word, bytes, sizeof(word));
    return word;
}

static std::uint64_t mix(std::uint64_t lane, std::uint64_t word) {
    return std::rotl(lane + word * prime2, 31) * prime1;
}

void Checksum::take_stripe(const char* bytes) {
    for (std::size_t lane = 0; lane < 4; ++lane) {
        lanes_[lane] = mix(lanes_[lane], load<std::uint64_t>(bytes + 8 * lane));
    }
}

void Checksum::add(std::span<const char> bytes) {
    if (bytes.empty()) { // of an empty section: there may be no memory to copy from
        return;
    }
    total_ += bytes.size();
    if (rest_size_ > 0) {
        const std::size_t taken = std::min(stripe - rest_size_, bytes.size());
        std::memcpy(rest_ + rest_size_, bytes.data(), taken);
        rest_size_ += taken;
        bytes = bytes.subspan(taken);
        if (rest_size_ < stripe) {
            return;
        }
        take_stripe(rest_);
        rest_size_ = 0;
    }
    for (; bytes.size() >= stripe; bytes = bytes.subspan(stripe)) {
        take_stripe(bytes.data());
    }
    if (!bytes.empty()) {
        std::memcpy(rest_, bytes.data(), bytes.size());
        rest_size_ = bytes.size();
    }
}

std::uint64_t Checksum::value() const {
    std::uint64_t hash = prime5;
    if (total_ >= stripe) {
        hash = std::rotl(lanes_[0], 1) + std::rotl(lanes_[1], 7) + std::rotl(lanes_[2], 12) +
               std::rotl(lanes_[3], 18);
        for (const std::uint64_t lane : lanes_) {
            hash = (hash ^ mix(0, lane)) * prime1 + prime4;
        }
    }
    hash += total_;
    std::size_t at = 0;
    for (; at + 8 <= rest_size_; at += 8) {
        hash = std::rotl(hash ^ mix(0, load<std::uint64_t>(rest_ + at)), 27) * prime1 + prime4;
    }
    if (at + 4 <= rest_size_) {
        hash = std::rotl(hash ^ load<std::uint32_t>(rest_ + at) * prime1, 23) * prime2 + prime3;
        at += 4;
    }
    for (; at < rest_size_; ++at) {
        hash = std::rotl(hash ^ static_cast<unsigned char>(rest_[at]) * prime5, 11) * prime1;
    }
    hash = (hash ^ (hash >> 33U)) * prime2;
    hash = (hash ^ (hash >> 29U)) * prime3;
    return hash ^ (hash >> 32U);
}

std::uint64_t checksum_of(std::span<const char> bytes) {
    Checksum checksum;
    checksum.add(bytes);
    return checksum.value();
}

} // namespace hodg::archive
