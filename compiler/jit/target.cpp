// SPDX-License-Identifier: MIT
// Targets: what each name means to Clang, and what this processor can run.
#include "jit/jit.h"
#include "support/check.h"

#include <llvm/ADT/StringMap.h>
#include <llvm/TargetParser/Host.h>
#include <llvm/TargetParser/Triple.h>

#include <algorithm>
#include <array>

namespace hhc::jit {

namespace {

constexpr const char* linux_x86 = "x86_64-unknown-linux-gnu";
constexpr const char* linux_arm = "aarch64-unknown-linux-gnu";

/// Features by which the x86-64 levels differ (System V ABI supplement, section 3.1.1), as LLVM
/// names them; each level needs those before it.
constexpr std::array level_2 = {"cx16", "sahf", "popcnt", "sse3", "ssse3", "sse4.1", "sse4.2"};
constexpr std::array level_3 = {"avx", "avx2", "bmi", "bmi2", "f16c", "fma", "lzcnt", "movbe"};
constexpr std::array level_4 = {"avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"};

/// Also used where they are there. What is in none of these lists (gfni, sha, aes, ...) is switched
/// off: it would not speed a kernel up, and the runtime could not check it.
constexpr std::array level_4_extras = {"avx512ifma", "avx512vbmi",   "avx512vbmi2",
                                       "avx512vnni", "avx512bitalg", "avx512vpopcntdq"};
/// Used and never checked: every processor with ssse3 has them; evex512 comes with avx512f.
constexpr std::array unchecked = {"64bit", "cmov", "cx8", "cx16",  "fxsr",
                                  "mmx",   "sahf", "sse", "xsave", "evex512"};

/// What LLVM's x86-64 has, and a hypervisor might hide.
constexpr std::array plain_x86 = {"64bit", "cmov", "cx8", "fxsr", "mmx", "sse", "sse2"};

template <class Names> bool contains(const Names& names, llvm::StringRef name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

bool is_used(llvm::StringRef name) {
    return contains(level_2, name) || contains(level_3, name) || contains(level_4, name) ||
           contains(level_4_extras, name) || contains(unchecked, name) || name == "neon" ||
           name == "sse2";
}

/// A server of Intel's since Sapphire Rapids, which brought avx512fp16. A hypervisor may call the
/// processor by any name, so that LLVM's own list is of no use.
bool is_new_server(const llvm::StringMap<bool>& features) {
#if defined(__x86_64__)
    using namespace llvm::sys::detail::x86;
    return getVendorSignature() == VendorSignatures::GENUINE_INTEL && features.lookup("avx512fp16");
#else
    static_cast<void>(features);
    return false;
#endif
}

/// AMD's gathers are microcode, and Intel's up to Ice Lake were slowed down by the remedy for
/// Downfall; later ones need none.
bool gathers_fast(const llvm::StringMap<bool>& features) {
    return is_new_server(features);
}

/// Whose times count.
std::string processor_of(const llvm::StringMap<bool>& features) {
    return is_new_server(features) ? "sapphirerapids" : llvm::sys::getHostCPUName().str();
}

TargetSpec find_native_target() {
    TargetSpec target;
    target.name = "native";
    const auto features = llvm::sys::getHostCPUFeatures();
    const llvm::Triple host(llvm::sys::getProcessTriple());
    // A list of what is there beside the plain x86-64, rather than of what a processor's name
    // implies and has to lose: Clang copies the whole list at every call with a vector in it.
    const bool by_name = host.isAArch64();
    for (const auto& feature : features) {
        const bool used = feature.second && is_used(feature.first());
        if (used || by_name || contains(plain_x86, feature.first())) {
            target.features.push_back((used ? "+" : "-") + feature.first().str());
        }
    }
    std::sort(target.features.begin(), target.features.end());
    if (by_name) {
        target.cpu = llvm::sys::getHostCPUName().str();
        target.triple = linux_arm;
        return target;
    }
    target.cpu = "x86-64";
    target.tune = processor_of(features);
    target.triple = linux_x86;
    const auto has = [&](const char* name) { return features.lookup(name); };
    const auto has_all = [&](const auto& names) {
        return std::all_of(names.begin(), names.end(), has);
    };
    target.has_fma = has("fma");
    if (has_all(level_3)) {
        target.vector_bytes = has_all(level_4) ? 64 : 32;
    }
    target.fast_gather = target.vector_bytes == 64 && gathers_fast(features);
    return target;
}

/// Asked once: under a hypervisor each of the many questions to the processor takes microseconds.
const TargetSpec& native_target() {
    static const TargetSpec target = find_native_target();
    return target;
}

TargetSpec x86_level(std::string_view name, int vector_bytes, bool has_fma) {
    TargetSpec target;
    target.name = name;
    target.triple = linux_x86;
    target.cpu = name;
    target.vector_bytes = vector_bytes;
    target.has_fma = has_fma;
    return target;
}

template <class Names> bool host_has(const Names& names) {
    const auto features = llvm::sys::getHostCPUFeatures();
    return std::all_of(names.begin(), names.end(),
                       [&](const char* name) { return features.lookup(name); });
}

} // namespace

const std::vector<std::string>& target_names() {
    static const std::vector<std::string> names = {"native", "x86-64-v2", "x86-64-v3", "x86-64-v4",
                                                   "aarch64"};
    return names;
}

std::optional<TargetSpec> resolve_target(std::string_view name, diag::Sink& sink) {
    if (name == "native") {
        return native_target();
    }
    if (name == "x86-64-v2") {
        return x86_level(name, 16, false);
    }
    if (name == "x86-64-v3") {
        return x86_level(name, 32, true);
    }
    if (name == "x86-64-v4") {
        return x86_level(name, 64, true);
    }
    if (name == "aarch64") {
        TargetSpec target;
        target.name = name;
        target.triple = linux_arm;
        target.cpu = "generic";
        target.features = {"+neon"};
        return target;
    }
    std::string known;
    for (const std::string& each : target_names()) {
        known += (known.empty() ? "`" : ", `") + each + "`";
    }
    sink.report(diag::Code::UnknownTarget, Span{},
                "`" + std::string(name) + "` is no target; expected one of " + known);
    return std::nullopt;
}

std::string TargetSpec::required_features() const {
    if (name != "native") {
        return name == "aarch64" ? "neon" : name;
    }
    std::string list;
    for (const std::string& feature : features) {
        if (feature.front() == '+' && !contains(unchecked, llvm::StringRef(feature).drop_front())) {
            list += (list.empty() ? "" : ",") + feature.substr(1);
        }
    }
    return list;
}

bool runs_here(const TargetSpec& target) {
    const llvm::Triple host(llvm::sys::getProcessTriple());
    if (llvm::Triple(target.triple).getArch() != host.getArch()) {
        return false;
    }
    if (target.name == "x86-64-v2") {
        return host_has(level_2);
    }
    if (target.name == "x86-64-v3") {
        return host_has(level_2) && host_has(level_3);
    }
    if (target.name == "x86-64-v4") {
        return host_has(level_2) && host_has(level_3) && host_has(level_4);
    }
    return target.name == "native" || target.name == "aarch64";
}

} // namespace hhc::jit
