// SPDX-License-Identifier: MIT
// The layout itself, and what holds for every text: formatting twice changes nothing more, the tree
// stays, and blanks of the author do not matter.
#include "ast/dump.h"
#include "diag/render.h"
#include "format/format.h"
#include "parse/parse.h"
#include "tools/diagnostics_folder.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <random>
#include <string>
#include <vector>

namespace hhc::format {
namespace {

namespace fs = std::filesystem;

std::string formatted(const std::string& text) {
    source::SourceManager sources;
    diag::Sink sink;
    const source::SourceFile& source = sources.add("model.hhm", text);
    const ast::File file = parse::parse_file(source, sink);
    EXPECT_FALSE(sink.has_errors()) << diag::render_all(sink.take(), sources);
    return format(source, file);
}

struct Case {
    std::string name;
    std::string written;
    std::string expected;
};

class Layout : public testing::TestWithParam<Case> {};

TEST_P(Layout, is_the_usual_one) {
    EXPECT_EQ(formatted(GetParam().written), GetParam().expected);
    EXPECT_EQ(formatted(GetParam().expected), GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(
    , Layout,
    testing::Values(
        Case{"blanks", "neuron A{\nparam  g=120mS / cm ** 2\n  v:volt\n}",
             "neuron A {\n    param g = 120 mS/cm**2\n    v : volt\n}\n"},
        Case{"signs", "neuron A {\ndv/dt = - g *-2* ( -v+3 ) - -1 : volt\ng:second ** - 1\n}",
             "neuron A {\n    dv/dt = -g*-2*(-v + 3) - -1 : volt\n    g : second**-1\n}\n"},
        Case{"sign_after_a_word", "neuron A {\nthreshold -v crosses -20mV\nv:volt\n}",
             "neuron A {\n    threshold -v crosses -20 mV\n    v : volt\n}\n"},
        Case{"flags", "synapse A {\ndx/dt=-x/tau:1( event-driven )\nb : 1(constant,  shared)\n}",
             "synapse A {\n    dx/dt = -x/tau : 1 (event-driven)\n"
             "    b : 1 (constant, shared)\n}\n"},
        Case{"calls", "function f( x:volt,y )=where (x>0*mV , exp (-y),1)\n",
             "function f(x : volt, y) = where(x > 0*mV, exp(-y), 1)\n"},
        Case{"brackets_after_words", "neuron A {\nthreshold(v>1)\nrefractory (2ms)\nv:1\n}",
             "neuron A {\n    threshold (v > 1)\n    refractory (2 ms)\n    v : 1\n}\n"},
        Case{"parts", "neuron A { use Na( g=1 mS/cm**2,E=50mV )as na,Leak }",
             "neuron A { use Na(g = 1 mS/cm**2, E = 50 mV) as na, Leak }\n"},
        Case{"transitions", "channel A {\nkinetic s {\nC<->2 O( a , b )\nconserve C+O=1\n}\n}",
             "channel A {\n    kinetic s {\n        C <-> 2 O (a, b)\n"
             "        conserve C + O = 1\n    }\n}\n"},
        Case{"one_line_stays", "neuron A {reset{v=0;w+=1}\nv:1\n}",
             "neuron A {\n    reset { v = 0; w += 1 }\n    v : 1\n}\n"},
        Case{"one_line_too_long",
             "neuron A { reset { a_long_name = another_long_name*3; a_third_name = "
             "and_the_last_one_of_all_these_names + 1 } }",
             "neuron A {\n    reset {\n        a_long_name = another_long_name*3\n"
             "        a_third_name = and_the_last_one_of_all_these_names + 1\n    }\n}\n"},
        Case{"hanging_brace", "neuron A\n{\n  gate m { inf = 0\n   tau = 1 ms }\n v:1 }",
             "neuron A {\n    gate m {\n        inf = 0\n        tau = 1 ms\n    }\n"
             "    v : 1\n}\n"},
        Case{"empty_lines",
             "\n\nhhm 1\n\n\n\"A model\"\nneuron A {\n\n\nv:1\n\n\n\nw:1\n\n}\nneuron B "
             "{\n}\n\n\n",
             "hhm 1\n\n\"A model\"\n\nneuron A {\n    v : 1\n\n    w : 1\n}\n\nneuron B {\n}\n"},
        Case{"comments",
             "#one\nneuron A{#two\n#three\n\nv:1#four\nwide : volt # five\n#six\n}# seven\n# eight",
             "#one\nneuron A {  #two\n    #three\n\n    v : 1        #four\n"
             "    wide : volt  # five\n    #six\n}  # seven\n# eight\n"},
        Case{"comment_before_brace", "neuron A # which\n{\nv : 1\n}\n",
             "neuron A {  # which\n    v : 1\n}\n"},
        Case{"comment_inside_a_statement", "neuron A {\nI = a + # first\n# second\nb : 1\n}",
             "neuron A {\n    I = a +  # first\n        # second\n        b : 1\n}\n"},
        Case{"broken_at_value", "neuron A {\nI = a*b +\nc\n- d\n: volt\n(constant over dt)\n}",
             "neuron A {\n    I = a*b +\n        c\n        - d\n        : volt\n"
             "        (constant over dt)\n}\n"},
        Case{"broken_in_brackets", "neuron A {\nI = f(a,\nb*(c\n+ d),\ng(\ne\n)\n) : 1\n}",
             "neuron A {\n    I = f(a,\n          b*(c\n             + d),\n          g(\n"
             "              e\n          )\n         ) : 1\n}\n"},
        Case{"broken_after_words", "neuron A {\nuse Na as na,\nK as k\nmethod rk4\nv : 1\n}",
             "neuron A {\n    use Na as na,\n        K as k\n    method rk4\n    v : 1\n}\n"},
        Case{"docstrings",
             "neuron A {\n\"First\n      second\n        third  \n\n      last\"\nv : 1\n}",
             "neuron A {\n    \"First\n    second\n      third\n\n    last\"\n    v : 1\n}\n"},
        Case{"line_ends", "neuron A {\r\n    v : 1\r\n\r\n    w : 1\r\n}\r\n",
             "neuron A {\n    v : 1\n\n    w : 1\n}\n"},
        Case{"nothing", "\n\n  \n", ""}, Case{"only_a_comment", "  # words", "# words\n"}),
    [](const auto& each) { return each.param.name; });

/// Every model of the repository that can be read.
std::vector<fs::path> models() {
    std::vector<fs::path> found;
    for (const char* folder : {"stdlib_models", "examples", "tests/diagnostics", "tests/golden"}) {
        for (const auto& entry :
             fs::recursive_directory_iterator(fs::path(HODGPY_SOURCE_DIR) / folder)) {
            if (entry.path().extension() == ".hhm") {
                found.push_back(entry.path());
            }
        }
    }
    return found;
}

struct Read {
    explicit Read(const std::string& text) : source(sources.add("model.hhm", text)) {
        file = parse::parse_file(source, sink);
    }
    source::SourceManager sources;
    const source::SourceFile& source;
    diag::Sink sink;
    ast::File file;
};

/// Other blanks between the same tokens on the same lines.
std::string with_other_blanks(const Read& read, std::mt19937& random) {
    std::string text;
    for (const ast::Token& token : read.file.tokens) {
        const std::string_view own = read.sources.text(token.span);
        text += token.hidden && own.front() != '#' ? std::string(1 + random() % 3, ' ')
                                                   : std::string(own);
        text += own.ends_with('\n') ? std::string(random() % 5, ' ') : "";
    }
    return text;
}

TEST(EveryModel, keeps_its_meaning_and_settles_at_once) {
    std::mt19937 random(7);
    std::size_t read = 0;
    for (const fs::path& path : models()) {
        const std::string text = test::read_text(path);
        const Read before(text);
        if (before.sink.has_errors()) {
            continue;
        }
        ++read;
        const std::string once = format(before.source, before.file);
        EXPECT_EQ(formatted(once), once) << path;
        const Read after(once);
        const auto comments = [](const Read& each) {
            std::string joined;
            for (const ast::Token& token : each.file.tokens) {
                std::string own(each.sources.text(token.span));
                own.erase(own.find_last_not_of(" \t\r\n") + 1);
                joined += own.starts_with('#') ? own + "\n" : "";
            }
            return joined;
        };
        EXPECT_EQ(comments(after), comments(before)) << path;
        EXPECT_EQ(ast::dump(after.file), ast::dump(before.file)) << path;
        EXPECT_EQ(formatted(with_other_blanks(before, random)), once) << path;
    }
    EXPECT_GE(read, 80U);
}

} // namespace
} // namespace hhc::format
