// SPDX-License-Identifier: MIT
// Modules of synapses: their text, and what verify refuses.
#include "ir/print.h"
#include "ir/read.h"
#include "ir/verify.h"

#include <gtest/gtest.h>

#include <string>

namespace hhc::ir {
namespace {

const std::string head = R"(hhir 1
module "s" real_size 8 synapse
uniform tau real parameter
field w real parameter
field g real state at per_post
field past real hidden
field A real state at per_pre
field lastupdate step last_update
foreign pre x real delayed uniform
foreign pre x2 real read delayed into past
foreign post v real read add guarded dim m:2,kg:1,s:-3,A:-1
foreign post count integer read write
pathway pre pre "spike" order -1 delay nan one_delay
pathway post post "burst" order 2 delay 0.001 indexed sequential writes_pre
)";

const std::string kernels = R"(
kernel advance at per_post {
  %0 = load g
  %1 = uniform tau
  %2 = mul %0, %1
  store g, %2
}

kernel sum {
  %0 = load w
  add_foreign post.v, %0
}

kernel deliver by pre {
  %0 = load w
  %1 = load A
  %2 = mul %0, %1
  %3 = pre_index
  %4 = post_count
  %5 = lt %3, %4
  add g, %2
  add_foreign post.v, %2 if %5
}

kernel deliver_entities by pre at per_pre {
  %0 = load A
  %1 = add %0, %0
  store A, %1
}

kernel deliver by post {
  %0 = foreign post.count
  %1 = add %0, %0
  store_foreign post.count, %1
  %2 = foreign_uniform pre.x@delay
  %3 = foreign post.v
  %4 = mul %2, %3
  store g, %4
}
)";

TEST(SynapseText, round_trips) {
    // stores stand after the values in the printed form
    const ReadResult first = read(head + kernels);
    ASSERT_TRUE(first.module) << first.error.line << ": " << first.error.message;
    const std::string text = print(*first.module);
    const ReadResult second = read(text);
    ASSERT_TRUE(second.module) << second.error.line << ": " << second.error.message;
    EXPECT_EQ(print(*second.module), text);
    for (const char* word :
         {"foreign pre x2 real read delayed into past", "field g real state at per_post",
          "pathway post post \"burst\" order 2 delay 0.001 indexed sequential writes_pre",
          "kernel deliver_entities by pre at per_pre", "add_foreign post.v, %2 if %5",
          "store_foreign post.count, %1", "foreign_uniform pre.x@delay"}) {
        EXPECT_NE(text.find(word), std::string::npos) << word << "\n" << text;
    }
    EXPECT_TRUE(verify(*first.module).empty()) << verify(*first.module).front();
    EXPECT_EQ(first.module->uses(), 1U);
}

std::string problems(const std::string& kernel) {
    const ReadResult result = read(head + kernel);
    if (!result.module) {
        return "unreadable: " + result.error.message;
    }
    std::string all;
    for (const std::string& one : verify(*result.module)) {
        all += one + "\n";
    }
    return all;
}

void refused(const std::string& kernel, const std::string& why) {
    EXPECT_NE(problems(kernel).find(why), std::string::npos) << problems(kernel) << kernel;
}

TEST(SynapseVerify, refuses_what_a_kernel_cannot_reach) {
    refused("kernel advance at per_post {\n%0 = load w\nstore g, %0\n}\n", "another space");
    refused("kernel advance at per_pre {\n%0 = foreign post.v\nstore A, %0\n}\n", "another space");
    refused("kernel advance at per_post {\n%0 = pre_index\n%1 = int_to_real %0\nstore g, %1\n}\n",
            "another space");
    refused("kernel advance at per_post {\n%0 = load g\nstore A, %0\n}\n", "another space");
    refused("kernel advance at post {\n%0 = load g\nstore g, %0\n}\n", "own values");
}

TEST(SynapseVerify, refuses_stores_that_several_synapses_would_race_for) {
    refused("kernel deliver by pre {\n%0 = load w\nstore g, %0\n}\n", "sequential");
    refused("kernel advance {\n%0 = load w\nadd_foreign post.v, %0\n}\n", "sum and deliver");
    refused("kernel deliver by pre {\n%0 = load w\nadd_foreign post.v, %0\nadd_foreign post.v, "
            "%0\n}\n",
            "stored twice");
    refused("kernel sum {\n%0 = load w\nadd_foreign pre.x@delay, %0\n}\n", "whole population");
}

TEST(SynapseVerify, refuses_pathways_out_of_place) {
    refused("kernel deliver {\n%0 = load w\nadd g, %0\n}\n", "pathway");
    refused("kernel advance by pre {\n%0 = load w\nstore w, %0\n}\n", "pathway");
    refused("kernel deliver_entities by pre {\n%0 = load w\nstore w, %0\n}\n",
            "sources or targets");
    refused("kernel sum {\n%0 = foreign pre.x@delay\nadd_foreign post.v, %0\n}\n",
            "what it is not");
}

} // namespace
} // namespace hhc::ir
