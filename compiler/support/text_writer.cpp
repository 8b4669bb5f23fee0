// SPDX-License-Identifier: MIT
#include "support/text_writer.h"

#include "support/check.h"

namespace hhc {

TextWriter& TextWriter::write(std::string_view text) {
    for (const char c : text) {
        if (c == '\n') {
            text_ += '\n';
            ++line_number_;
            at_line_start_ = true;
            continue;
        }
        if (at_line_start_) {
            text_.append(level_ * indent_width_, ' ');
            at_line_start_ = false;
        }
        text_ += c;
    }
    return *this;
}

TextWriter& TextWriter::line(std::string_view text) {
    write(text);
    return write("\n");
}

void TextWriter::dedent() {
    HHC_CHECK(level_ > 0, "dedent without indent");
    --level_;
}

} // namespace hhc
