# SPDX-License-Identifier: MIT
"""Golden files: a tiny input and what a stage prints for it, in one file.

    golden.py --parse-text PATH [--hhc PATH] [--update] [--only WORD]

tests/golden/<stage>/NAME.golden holds comment lines (`#! ...`), the input, a line `--- expected`,
and the text. `--update` rewrites the expected part: read the difference before you commit it.
The stages `tokens` and `ast` are printed by parse_text, all others by `hhc --emit=<stage>`; a line
`#! options: ...` adds options, and `#! from: ...` keeps what is printed from the first line that
begins so to the next line `}`: one kernel, without the tables and the prelude around it.
"""

import argparse
import difflib
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent / "golden"
MARK = "--- expected\n"
PARSED = {"ast": "file", "tokens": "tokens"}


def split(text: str) -> tuple[str, str, str]:
    """Comments, input and expected text of a golden file."""
    head, _, expected = text.partition(MARK)
    lines = head.splitlines(keepends=True)
    comments = [line for line in lines if line.startswith("#!")]
    return "".join(comments), "".join(line for line in lines if line not in comments), expected


def command(
    arguments: argparse.Namespace, stage: str, comments: str, model: str
) -> list[str] | None:
    """What to run; None if the program for this stage was not built."""
    if stage in PARSED:
        mode = PARSED[stage]
        for line in comments.splitlines():
            if line.startswith("#! mode:"):
                mode = line.split(":")[1].strip()
        return [arguments.parse_text, mode, model]
    if arguments.hhc is None:
        return None
    options = [word for line in comments.splitlines() if line.startswith("#! options:")
               for word in line.split(":", 1)[1].split()]  # fmt: skip
    return [arguments.hhc, f"--emit={stage}", *options, model]


def part(text: str, comments: str) -> str:
    """What `#! from:` asks for; all of the text without it, or where no line begins so."""
    starts = [line.split(":", 1)[1].strip() for line in comments.splitlines()
              if line.startswith("#! from:")]  # fmt: skip
    lines = text.splitlines(keepends=True)
    begin = next((n for n, line in enumerate(lines) if starts and line.startswith(starts[0])), None)
    if begin is None:
        return text
    end = next((n for n, line in enumerate(lines) if n > begin and line == "}\n"), len(lines) - 1)
    return "".join(lines[begin : end + 1])


def printed(words: list[str], comments: str) -> str:
    """Output and messages of the command, with the name of the input taken out."""
    done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
    return part((done.stdout + done.stderr).replace(words[-1], "input.hhm"), comments)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--parse-text", required=True)
    parser.add_argument("--hhc")
    parser.add_argument("--update", action="store_true")
    parser.add_argument("--only", default="")
    arguments = parser.parse_args()
    failed = skipped = passed = 0
    for path in sorted(ROOT.rglob("*.golden")):
        if arguments.only not in str(path):
            continue
        comments, model, expected = split(path.read_text())
        with tempfile.NamedTemporaryFile("w", suffix=".hhm") as file:
            file.write(model)
            file.flush()
            stage = path.relative_to(ROOT).parts[0]
            words = command(arguments, stage, comments, file.name)
            if words is None:
                skipped += 1
                continue
            found = printed(words, comments)
        if found == expected:
            passed += 1
        elif arguments.update:
            path.write_text(comments + model + MARK + found)
            print(f"updated {path.relative_to(ROOT)}")
        else:
            failed += 1
            name = str(path.relative_to(ROOT))
            print("".join(difflib.unified_diff(expected.splitlines(True), found.splitlines(True),
                                               f"{name} expected", f"{name} found")))  # fmt: skip
            print(f"rewrite with: {sys.argv[0]} --parse-text ... --only {name} --update")
    print(f"golden files: {passed} as expected, {failed} differ, {skipped} without their program")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
