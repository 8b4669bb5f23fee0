# SPDX-License-Identifier: MIT
"""Random expressions: the tree of parse_text must be the tree that Python's own parser gives, and
what Python refuses must be refused. Chained comparisons, which Python allows, must be refused.

    compare_expressions.py PARSE_TEXT [COUNT] [SEED]
"""

import ast
import random
import re
import subprocess
import sys
import warnings

BINARY = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%",
    ast.Pow: "**",
}  # fmt: skip
COMPARE = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!="}
UNARY = {ast.USub: "-", ast.UAdd: "+", ast.Not: "not "}
OPERATORS = [*BINARY.values(), *COMPARE.values(), "and", "or"]
OPERANDS = ["a", "b", "c", "1", "2.5", ".5", "3.", "1e-3", "True", "False"]
TOKENS = [*OPERANDS, *OPERATORS, "(", ")", "(", ")", "not", "if", "else", "f(", ","]


def shown(node: ast.expr, text: str) -> str:
    """The tree in the form of `ast::dump_expr`; ValueError for what the language lacks."""
    match node:
        case ast.BinOp():
            return f"({shown(node.left, text)} {BINARY[type(node.op)]} {shown(node.right, text)})"
        case ast.UnaryOp():
            return f"({UNARY[type(node.op)]}{shown(node.operand, text)})"
        case ast.BoolOp():
            word = "and" if isinstance(node.op, ast.And) else "or"
            tree = shown(node.values[0], text)
            for value in node.values[1:]:
                tree = f"({tree} {word} {shown(value, text)})"
            return tree
        case ast.Compare(ops=[op]):
            right = shown(node.comparators[0], text)
            return f"({shown(node.left, text)} {COMPARE[type(op)]} {right})"
        case ast.IfExp():
            parts = (shown(part, text) for part in (node.body, node.test, node.orelse))
            return "({} if {} else {})".format(*parts)
        case ast.Call(func=ast.Name(id=name), keywords=[]):
            return f"{name}({', '.join(shown(argument, text) for argument in node.args)})"
        case ast.Name(id=name):
            return name
        case ast.Constant(value=bool(value)):
            return str(value)
        case ast.Constant():
            return ast.get_source_segment(text, node) or ""
    raise ValueError(type(node).__name__)


def expected(text: str) -> str:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return shown(ast.parse(text, mode="eval").body, text)
    except (SyntaxError, ValueError):
        return "error"


def grown(random_: random.Random, depth: int) -> str:
    """A correct expression."""
    if depth == 0:
        return random_.choice(["a", "b", "c_1", "1", "2.5", ".5", "3.", "1e-3", "True"])
    inner = lambda: grown(random_, depth - random_.randint(1, min(2, depth)))  # noqa: E731
    form = random_.randrange(8)
    if form < 4:
        return f"{inner()} {random_.choice(OPERATORS)} {inner()}"
    if form == 4:
        return random_.choice(["-", "+", "not ", "- -"]) + inner()
    if form == 5:
        return f"({inner()})"
    if form == 6:
        return f"f({inner()}, {inner()})"
    return f"{inner()} if {inner()} else {inner()}"


def main() -> int:
    tool = sys.argv[1]
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 1500
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    random_ = random.Random(seed)
    texts = [grown(random_, random_.randint(1, 6)) for _ in range(count)]
    texts += [" ".join(random_.choices(TOKENS, k=random_.randint(1, 7))) for _ in range(count)]
    # Two things on which the languages differ by design: a last comma, and `2.5 a`, a quantity.
    differs = re.compile(r", *\)|(^| )[0-9.][0-9.e-]* [abcf]( |$)")
    texts = [text for text in texts if not differs.search(text)]
    answer = subprocess.run(
        [tool, "expressions"], input="\n".join(texts), capture_output=True, text=True, check=True
    )
    lines = answer.stdout.splitlines()
    assert len(lines) == len(texts), (len(lines), len(texts))
    wrong = [(t, e, f) for t, f in zip(texts, lines, strict=True) if f != (e := expected(t))]
    for text, python, ours in wrong[:10]:
        print(f"{text}\n    Python: {python}\n    ours:   {ours}")
    right = sum(expected(t) != "error" for t in texts)
    print(f"{len(texts)} expressions ({right} correct), {len(wrong)} differ, seed {seed}")
    return 1 if wrong or right < count // 4 else 0


if __name__ == "__main__":
    sys.exit(main())
