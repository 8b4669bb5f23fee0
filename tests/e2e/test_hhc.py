# SPDX-License-Identifier: MIT
"""The `hhc` command from outside: what it writes, what it says, its exit codes.

Run by ctest, by pytest, or alone: HHC=build/bin/hhc python3 -m unittest tests/e2e/test_hhc.py
"""
# ruff: noqa: PT009 -- unittest, so that it runs where only Python itself is installed

from __future__ import annotations

import json
import os
import platform
import resource
import shutil
import signal
import subprocess
import tempfile
import time
import unittest
import xml.dom.minidom
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILT = ROOT / "build" / "bin" / "hhc"
HHC = Path(
    os.environ.get("HHC") or (BUILT if BUILT.exists() else shutil.which("hhc") or BUILT)
).resolve()
SQUID = ROOT / "stdlib_models" / "neurons" / "hodgkin_huxley_1952.hhm"
GOOD, MODEL, USAGE, HOST, FAULT, BUG, INTERRUPTED = 0, 1, 2, 3, 4, 70, 130

LEAK = """
neuron Leak {
    param tau = 10 ms
    dv/dt = (E - v)/tau : mV
    E : mV
    threshold v > 10 mV
    reset { v = 0 mV }
}
"""


NET = """
neuron Leaky {
    input I : volt
    dv/dt = (I - v)/(10 ms) : mV
    threshold v > 15 mV
    reset v = 0 mV
}
neuron Rate {
    dx/dt = -x/(5 ms) : 1
}
synapse Decaying {
    w : volt
    dg/dt = -g/(5 ms) : volt
    I_post = g : volt (summed)
    on pre { g += w }
}
synapse Kick {
    on pre { v_post += 1 mV }
}
"""


class Command(unittest.TestCase):
    """A folder of its own for each test, with a cache that all tests share."""

    cache: tempfile.TemporaryDirectory[str]

    @classmethod
    def setUpClass(cls) -> None:
        cls.cache = tempfile.TemporaryDirectory()

    @classmethod
    def tearDownClass(cls) -> None:
        cls.cache.cleanup()

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.environment = {**os.environ, "HHC_CACHE_DIR": self.cache.name, "NO_COLOR": "1"}

    def hhc(self, *args: object, expect: int = GOOD, **options: object) -> tuple[str, str]:
        """Runs hhc and checks its exit code; a crash or a hang fails the test."""
        done = subprocess.run(
            [str(HHC), *map(str, args)],
            capture_output=True,
            cwd=self.folder,
            env=self.environment,
            timeout=120,
            check=False,
            **options,  # type: ignore[call-overload]
        )
        out, err = done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")
        self.assertEqual(done.returncode, expect, f"{args}\n{out[-2000:]}\n{err[-4000:]}")
        return out, err

    def write(self, text: str | bytes, name: str = "model.hhm") -> Path:
        path = self.folder / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def rows(self, path: Path) -> list[list[float]]:
        return [[float(x) for x in line.split(",")] for line in path.read_text().splitlines()[1:]]


class Compile(Command):
    def test_says_what_a_good_file_has(self) -> None:
        out, err = self.hhc(SQUID)
        self.assertIn("HodgkinHuxley1952", out)
        self.assertIn("-o FILE.so", err)

    def test_every_stage_can_be_printed(self) -> None:
        marks = {
            "tokens": "NAME",
            "ast": "neuron",
            "model": "na.m",
            "ir": "kernel",
            "ir-opt": "kernel",
            "cpp": "hhk_exp",
            "llvm": "define",
            "asm": ".text",
            "header": "HODGKINHUXLEY1952_FIELD_na_m",
        }
        for stage, mark in marks.items():
            out, _ = self.hhc(SQUID, f"--emit={stage}")
            self.assertIn(mark, out, stage)
        self.hhc(SQUID, "--emit=obj", "-o", "x.o")
        self.assertEqual((self.folder / "x.o").read_bytes()[:4], b"\x7fELF")

    def test_a_synapse_is_bound_to_the_neurons_that_are_named(self) -> None:
        net = self.write(NET)
        bound = ["--neuron", "Decaying", "--pre", "Leaky", "--post", "Leaky"]
        for stage, mark in (("model", "I_post"), ("ir", "kernel"), ("cpp", "Decaying")):
            self.assertIn(mark, self.hhc(net, f"--emit={stage}", *bound)[0], stage)
        self.assertIn("g", self.hhc("explain", net, *bound)[0])
        _, err = self.hhc(net, "--emit=ir", "--neuron", "Decaying", expect=HOST)
        self.assertIn("HH8009", err)
        _, err = self.hhc(net, "--emit=ir", *bound[2:], expect=USAGE)
        self.assertIn("several synapses: `Decaying`, `Kick`", err)
        _, err = self.hhc(net, "--emit=ir", *bound[:5], "Nobody", expect=USAGE)
        self.assertIn("no neuron `Nobody`", err)
        _, err = self.hhc(net, "--emit=ir", "--neuron", "Kick", *bound[2:5], "Rate", expect=MODEL)
        self.assertIn("v_post", err)
        self.hhc(net, "--emit=ir", "--pre", "Leaky", expect=USAGE)

    def test_a_debugger_sees_the_lines_of_the_model(self) -> None:
        self.assertNotIn("#line", self.hhc(SQUID, "--emit=cpp")[0])
        self.environment["HHC_DEBUG"] = "gdb"
        self.assertIn("#line 15 ", self.hhc(SQUID, "--emit=cpp")[0])
        self.hhc(SQUID, "-o", "squid.so")
        self.assertIn(b".debug_line", (self.folder / "squid.so").read_bytes())

    def test_syntax_of_a_wrong_text_is_printed_too(self) -> None:
        path = self.write("neuron A { dv/dt = -v/(10 ms : volt }")
        self.assertIn("NAME", self.hhc(path, "--emit=tokens")[0])
        self.hhc(path, "--emit=ast")

    def test_standard_input(self) -> None:
        out, _ = self.hhc("-", input=LEAK.encode())
        self.assertIn("Leak", out)

    def test_a_library_runs_like_its_model(self) -> None:
        self.hhc(SQUID, "-o", "squid.so")
        common = ["-n", 3, "--for", "20 ms", "--dt", "0.01ms", "--set", "I=9 uA/cm**2", "--record"]
        self.hhc("run", SQUID, *common, "v,na.m", "--csv", "a.csv")
        self.hhc("run", "squid.so", *common, "v,na.m", "--csv", "b.csv")
        self.assertEqual((self.folder / "a.csv").read_text(), (self.folder / "b.csv").read_text())

    def test_the_second_compilation_comes_from_the_cache(self) -> None:
        path = self.write(LEAK.replace("10 ms", "11.7 ms"))
        self.hhc("run", path, "--for", "1ms")
        _, err = self.hhc("run", path, "--for", "1ms", "--time")
        self.assertIn("cache", err)
        self.assertNotIn("clang", err)

    def test_stages_and_names_that_do_not_fit(self) -> None:
        self.assertIn("HH8007", self.hhc(SQUID, "--emit=nonsense", expect=USAGE)[1])
        self.hhc(SQUID, "-o", "model.txt", expect=USAGE)
        self.hhc(SQUID, "-o", "model.so", "--emit=cpp", expect=USAGE)
        self.hhc(SQUID, "--target", "pdp-11", expect=USAGE)
        self.hhc(SQUID, "--neuron", "Nobody", "--emit=cpp", expect=USAGE)
        self.assertIn("HH8006", self.hhc("nosuch.hhm", expect=MODEL)[1])

    def test_output_that_cannot_be_written(self) -> None:
        self.hhc(SQUID, "-o", "nosuch/model.so", expect=HOST)
        self.hhc(SQUID, "--emit=cpp", "-o", "/dev/full", expect=HOST)
        with open("/dev/full", "wb") as full:
            done = subprocess.run([HHC, SQUID, "--emit=cpp"], stdout=full, stderr=subprocess.PIPE)
        self.assertEqual(done.returncode, HOST)

    def test_a_full_disk_leaves_what_was_there(self) -> None:
        def full() -> None:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))

        run = ["run", self.write(LEAK), "--for", "10ms", "--record", "v"]
        for name, arguments in {
            "out.csv": [*run, "--csv", "out.csv"],
            "out.svg": [*run, "--plot", "out.svg"],
            "out.cpp": [SQUID, "--emit=cpp", "-o", "out.cpp"],
            "out.so": [SQUID, "-o", "out.so"],
            "out.h": [SQUID, "-o", "out.h"],
        }.items():
            with self.subTest(name):
                path = self.folder / name
                path.write_text("older")
                done = subprocess.run(
                    [HHC, *arguments],
                    cwd=self.folder,
                    env=self.environment,
                    capture_output=True,
                    text=True,
                    preexec_fn=full,
                )
                self.assertEqual(done.returncode, HOST, done.stderr)
                self.assertIn(name, done.stderr)
                self.assertEqual(path.read_text(), "older")
                self.assertEqual([*self.folder.glob(".hhc-*"), *self.folder.glob("*.part")], [])

    def test_output_through_a_link_and_into_a_device(self) -> None:
        target = self.folder / "target.cpp"
        target.write_text("older")
        (self.folder / "link.cpp").symlink_to(target)
        self.hhc(SQUID, "--emit=cpp", "-o", "link.cpp")
        self.assertTrue((self.folder / "link.cpp").is_symlink())
        self.assertIn("hhk_model", target.read_text())
        self.hhc(SQUID, "--emit=cpp", "-o", "/dev/null")

    def test_a_library_that_was_changed_is_refused(self) -> None:
        self.hhc(SQUID, "-o", "squid.so")
        path = self.folder / "squid.so"
        whole = path.read_bytes()
        at = whole.index(b"leak.g")
        for changed in (whole[:at] + b"z" + whole[at + 1 :], whole[:-24]):
            path.write_bytes(changed)
            _, err = self.hhc("run", "squid.so", "--for", "1ms", expect=HOST)
            self.assertIn("HH8506", err)
        path.write_bytes(whole)
        self.hhc("run", "squid.so", "--for", "1ms")

    def test_a_cache_that_cannot_be_used_changes_nothing(self) -> None:
        self.environment["HHC_CACHE_DIR"] = "/proc/nowhere"
        self.hhc("run", self.write(LEAK), "--for", "1ms")


class Check(Command):
    def test_reports_every_independent_mistake(self) -> None:
        path = self.write(
            """
neuron A {
    dv/dt = (E - v)/tau : volt
    dw/dt = -w : 1
    E : volz
    I = g*(v - E : amp
    threshold v > 10 ms
    x = y + 1 : 1
}
"""
        )
        _, err = self.hhc("check", path, expect=MODEL)
        self.assertGreaterEqual(err.count("error[HH"), 5, err)
        for wanted in ("tau", "volz", "y"):
            self.assertIn(wanted, err)

    def test_json_lines(self) -> None:
        path = self.write("neuron A { dv/dt = -v/tua : volt\n param tau = 1 ms }")
        out, _ = self.hhc("check", "--error-format=json", path, expect=MODEL)
        rows = [json.loads(line) for line in out.splitlines()]
        self.assertTrue(any(row["code"].startswith("HH2") for row in rows), rows)

    def test_several_files(self) -> None:
        good = self.write(LEAK, "good.hhm")
        bad = self.write("neuron B { dv/dt = x : volt }", "bad.hhm")
        out, err = self.hhc("check", good, bad, expect=MODEL)
        self.assertIn("good.hhm: good", out)
        self.assertIn("bad.hhm", err)

    def test_colour_is_asked_for(self) -> None:
        path = self.write("neuron A { dv/dt = x : volt }")
        self.assertNotIn("\x1b[", self.hhc("check", path, expect=MODEL)[1])
        self.assertIn("\x1b[", self.hhc("check", "--color=always", path, expect=MODEL)[1])

    def test_hostile_texts_get_an_answer(self) -> None:
        chain = "".join(f"a{k} = a{k - 1}*a{k - 1} + a{k - 1} : 1\n" for k in range(1, 31))
        texts: dict[str, tuple[str | bytes, int]] = {
            "empty": ("", MODEL),
            "missing brace": ("neuron A {\n dv/dt = -v/(1 ms) : volt\n", MODEL),
            "invalid UTF-8": (b"neuron A { dv/dt = -v/(1 ms) : volt } # \xff\xfe", MODEL),
            "10 000 parentheses": (
                f"neuron A {{ dv/dt = {'(' * 10000}v{')' * 10000}/(1 ms) : volt }}",
                MODEL,
            ),
            "10 MB": ("# x\n" * 2_500_000, MODEL),
            "a long line": ("# " + "x" * 200_000, MODEL),
            "NUL": (b"neuron A { \0 }", MODEL),
            "30 doublings": (f"neuron A {{\n a0 : 1\n {chain} dx/dt = a30/second : 1\n}}", GOOD),
        }
        for name, (text, expect) in texts.items():
            with self.subTest(name):
                started = time.monotonic()
                command = ["check"] if expect == MODEL else []
                path = self.write(text)
                if name == "empty":
                    self.hhc(path, expect=MODEL)  # nothing to run
                else:
                    self.hhc(*command, path, expect=expect)
                self.assertLess(time.monotonic() - started, 60)

    def test_imports_cannot_leave_their_folder(self) -> None:
        secret = self.folder.parent / f"{self.folder.name}-secret.hhm"
        secret.write_text("neuron Secret { dv/dt = -v/(1 ms) : volt }")
        self.addCleanup(secret.unlink)
        (self.folder / "link.hhm").symlink_to(secret)
        for name in (f"../{secret.name}", str(secret), "link.hhm", "/etc/passwd"):
            path = self.write(f'import "{name}"\n')
            _, err = self.hhc("check", path, expect=MODEL)
            self.assertNotIn("Secret", err)
            self.assertNotIn("root:", err)


class Run(Command):
    def test_writes_traces_spikes_and_a_picture(self) -> None:
        _, err = self.hhc(
            *("run", SQUID, "--neuron", "HodgkinHuxley1952", "-n", 4, "--for", "100ms"),
            *("--dt", "0.01ms", "--set", "I=10 uA/cm**2", "--record", "v,na.I"),
            *("--plot", "out.svg", "--csv", "out.csv", "--spikes", "spikes.csv"),
        )
        self.assertIn("28 spikes", err)  # 7 of each neuron: 68.3 Hz
        head = (self.folder / "out.csv").read_text().splitlines()[0]
        self.assertEqual(head.split(",")[:2], ["t (s)", "v[0] (mV)"])
        rows = self.rows(self.folder / "out.csv")
        self.assertEqual(len(rows), 10_000)
        self.assertEqual(len(rows[0]), 9)
        self.assertAlmostEqual(rows[0][1], -65.0)
        self.assertGreater(max(row[1] for row in rows), 30)
        self.assertEqual(len(self.rows(self.folder / "spikes.csv")), 28)
        picture = xml.dom.minidom.parse(str(self.folder / "out.svg"))
        texts = [node.firstChild.data for node in picture.getElementsByTagName("text")]
        for wanted in ("v (mV)", "time (ms)", "neuron", "na.I (uA/cm**2)"):
            self.assertIn(wanted, texts)

    def test_a_picture_in_the_terminal(self) -> None:
        out, _ = self.hhc(
            "run", SQUID, "--for", "20ms", "--dt", "0.01ms", "--record", "v", "--plot"
        )
        self.assertIn("v (mV)", out)
        self.assertGreater(out.count("*"), 50)

    def test_an_expression_gives_each_neuron_its_value(self) -> None:
        path = self.write(LEAK)
        self.hhc(
            *("run", path, "-n", 5, "--for", "0.2ms", "--set", "E=1*mV*i", "--record", "E"),
            *("--csv", "e.csv", "-q"),
        )
        self.assertEqual(self.rows(self.folder / "e.csv")[0][1:], [0, 1, 2, 3, 4])

    def test_a_parameter_takes_one_value_per_neuron_when_given_some(self) -> None:
        path = self.write(LEAK)
        self.hhc(
            *("run", path, "-n", 3, "--for", "0.2ms", "--set", "tau=(i + 1)*ms", "--record", "tau"),
            *("--csv", "tau.csv", "-q"),
        )
        rows = self.rows(self.folder / "tau.csv")
        for got, wanted in zip(rows[0][1:], [1, 2, 3], strict=True):
            self.assertAlmostEqual(got, wanted)

    def test_every_target_and_level_gives_the_same_bits(self) -> None:
        wanted = None
        variants = [["--target", "interpreter"], ["-O", 0], ["-O", 3], ["--target", "x86-64-v2"]]
        if platform.machine() != "x86_64":
            variants = variants[:3]
        for variant in variants:
            out, _ = self.hhc(
                *("run", SQUID, "-n", 3, "--for", "4ms", "--dt", "0.01ms", "--set"),
                *("I=(10 + i)*uA/cm**2", "--record", "v,na.h", "--csv", "-", "-q", *variant),
            )
            wanted = wanted or out
            self.assertEqual(out, wanted, variant)

    def test_a_step_that_is_long_for_the_model_is_noted(self) -> None:
        text = LEAK.replace("param tau = 10 ms", "param tau = 10 ms\n    method rk2")
        _, err = self.hhc("run", self.write(text), "--for", "12ms", "--dt", "6ms")
        self.assertIn("warning[HH5018]", err)
        self.assertIn("10 ms (`v`)", err)
        _, err = self.hhc("run", self.write(text), "--for", "10ms", "--dt", "5ms")
        self.assertNotIn("HH5018", err)

    def test_noise_is_read_as_asked_for(self) -> None:
        noisy = self.write("neuron A {\n    dx/dt = x*xi/second**0.5 : 1\n    init x = 1\n}\n")
        self.assertIn("Stratonovich", self.hhc("explain", noisy)[0])
        self.assertIn("Ito", self.hhc("explain", noisy, "--interpretation", "ito")[0])
        _, err = self.hhc("explain", noisy, "--interpretation", "other", expect=MODEL)
        self.assertIn("HH5017", err)

    def test_values_that_make_no_sense(self) -> None:
        short = ["run", SQUID, "--for", "1ms"]
        for more, word in (
            (["--set", "I=10 mV"], "amp/meter**2"),
            (["--set", "I=10"], "a number without unit"),
            (["--set", "nobody=10 mV"], "nobody"),
            (["--set", "I"], "NAME=VALUE"),
            (["--set", "v=foo"], "foo"),
            (["--dt", "-0.1 ms"], "HH6020"),
            (["--dt", "0.3 ms"], "multiple"),
            (["--record", "nobody", "--csv", "x.csv"], "nobody"),
            (["-n", "0"], "--count"),
            (["--csv", "x.csv"], "--record"),
        ):
            _, err = self.hhc(*short, *more, expect=USAGE)
            self.assertIn(word, err, more)
        self.hhc("run", SQUID, "--for", "10", expect=USAGE)
        self.assertIn("HH8008", self.hhc("run", SQUID, "--for", "1*t", expect=USAGE)[1])
        self.hhc("run", SQUID, expect=USAGE)

    def test_a_fault_names_its_place_and_keeps_what_was_computed(self) -> None:
        path = self.write("neuron Up { dx/dt = x*x/ms : 1\n init x = 1\n method euler }")
        _, err = self.hhc(
            *("run", path, "--for", "100ms", "--record", "x", "--csv", "x.csv"), expect=FAULT
        )
        self.assertIn("HH6001", err)
        self.assertIn("`x`", err)
        self.assertGreater(len(self.rows(self.folder / "x.csv")), 10)

    def test_control_c_returns_what_was_computed(self) -> None:
        process = subprocess.Popen(
            [HHC, "run", SQUID, "-n", "2000", "--for", "1000 second", "--spikes", "s.csv"],
            cwd=self.folder,
            env=self.environment,
            stderr=subprocess.PIPE,
        )
        time.sleep(3)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
        self.assertEqual(process.returncode, INTERRUPTED, err)
        self.assertTrue((self.folder / "s.csv").exists())

    def test_a_library_that_is_none(self) -> None:
        text = self.write("hello", "text.so")
        self.hhc("run", text, "--for", "1ms", expect=HOST)
        self.hhc("run", "nosuch.so", "--for", "1ms", expect=HOST)
        self.hhc(SQUID, "-o", "good.so")
        whole = (self.folder / "good.so").read_bytes()
        self.write(whole[: len(whole) // 2], "half.so")
        self.hhc("run", "half.so", "--for", "1ms", expect=HOST)

    def test_a_library_of_another_version_or_cpu(self) -> None:
        for code, version, features in (("HH8504", "99", ""), ("HH8505", "HHK_ABI_VERSION", "x99")):
            self.write(
                '#include "kernel_abi.h"\n'
                f"static const hhk_model m = {{.size = sizeof(hhk_model), "
                f" .abi_version = {version},\n"
                f'    .name = "m", .required_features = "{features}", .vector_width = 1,\n'
                '    .real_size = 8, .description = "{}"};\n'
                "static const hhk_model* const all[] = {&m};\n"
                "const hhk_library hhk_library_v1 = {\n"
                f"    sizeof(hhk_library), {version}, 1, 0, all}};\n",
                "other.c",
            )
            abi = ROOT / "runtime" / "abi"
            subprocess.run(
                ["cc", "-std=c11", "-shared", "-fPIC", f"-I{abi}", "other.c", "-o", "other.so"],
                cwd=self.folder,
                check=True,
            )
            _, err = self.hhc("run", "other.so", "--for", "1ms", expect=HOST)
            self.assertIn(code, err)

    def test_a_library_for_another_machine(self) -> None:
        other = "aarch64" if platform.machine() == "x86_64" else "x86-64-v2"
        self.hhc(SQUID, "--target", other, "-o", "other.so")
        _, err = self.hhc("run", "other.so", "--for", "1ms", expect=HOST)
        self.assertIn("HH8503", err)


class Others(Command):
    def test_help_teaches(self) -> None:
        for args in (["--help"], ["run", "--help"], ["check", "--help"], ["explain", "--help"]):
            out, _ = self.hhc(*args)
            self.assertIn("Examples:", out)
        self.hhc()

    def test_a_misspelt_option_is_named(self) -> None:
        _, said = self.hhc("run", SQUID, "--fro", "10ms", expect=USAGE)
        self.assertIn("no option `--fro`", said)
        self.assertIn("`--for`", said)
        _, said = self.hhc(SQUID, "--otput=x.so", expect=USAGE)
        self.assertIn("`--output`?", said)

    def test_explains_a_model_and_a_code(self) -> None:
        self.assertIn("staggered", self.hhc("explain", SQUID)[0])
        self.assertIn("HH3012", self.hhc("explain", "HH3012")[0])
        self.hhc("explain", "HH0000", expect=USAGE)
        self.hhc("explain", "nosuch.hhm", expect=MODEL)

    def test_lists_and_shows_the_library(self) -> None:
        out, _ = self.hhc("models")
        self.assertIn("neurons.hodgkin_huxley_1952", out)
        text, _ = self.hhc("models", "--show", "neurons.hodgkin_huxley_1952")
        self.assertEqual(text.strip(), SQUID.read_text().strip())
        listed, _ = self.hhc("models")
        names = [line.split()[0] for line in listed.splitlines() if line[:1].islower()]
        files = {f"{p.parent.name}.{p.stem}" for p in (ROOT / "stdlib_models").rglob("*.hhm")}
        self.assertEqual(set(names), files)
        for line in listed.splitlines():  # whole sentences, also where the file breaks its lines
            self.assertTrue(line.endswith("."), line)
        for name in {n.split(".")[0]: n for n in names}.values():
            shown, _ = self.hhc("models", "--show", name)
            path = ROOT / "stdlib_models" / f"{name.replace('.', '/')}.hhm"
            self.assertEqual(shown.strip(), path.read_text("utf-8").strip())
        self.hhc("models", "--show", "../../etc/passwd", expect=USAGE)

    def test_cache_is_counted_and_cleared(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            self.environment["HHC_CACHE_DIR"] = folder
            self.hhc("run", self.write(LEAK), "--for", "1ms")
            self.assertNotIn("objects  0", self.hhc("cache", "info")[0])
            self.assertIn("removed", self.hhc("cache", "clear")[0])
            self.assertIn("objects  0", self.hhc("cache")[0])

    def test_passes_and_versions(self) -> None:
        self.assertIn("eliminate_common", self.hhc("passes")[0])
        self.assertIn((ROOT / "VERSION").read_text().strip(), self.hhc("--version")[0])
        self.assertIn("HHC_CACHE_DIR", self.hhc("version", "--env")[0])

    def test_blame_finds_the_line_of_the_model(self) -> None:
        lines = self.hhc(SQUID, "--emit=cpp")[0].splitlines()
        number = next(k for k, line in enumerate(lines, 1) if " = hhk_exp2(" in line)
        out, _ = self.hhc("blame", SQUID, number)
        self.assertIn("hhk_exp2", out)
        self.assertIn("hodgkin_huxley_1952.hhm:", out)
        self.hhc("blame", SQUID, 10_000_000, expect=USAGE)


class CHost(Command):
    """examples/c_host: a C program, no hodgpy at run time, identical results."""

    def build(self, compiler: str, name: str) -> Path:
        program = self.folder / name
        source = ROOT / "examples" / "c_host" / "host.c"
        subprocess.run(
            [
                *(compiler, "-std=c11", "-Wall", "-Wextra", "-Werror", "-O2"),
                *(f"-I{ROOT / 'runtime' / 'abi'}", str(source), "-ldl", "-o", str(program)),
            ],
            check=True,
        )
        return program

    def host(self, *command: object) -> list[str]:
        done = subprocess.run(
            [str(part) for part in command], capture_output=True, text=True, check=True, timeout=120
        )
        return done.stdout.splitlines()

    def test_gives_the_bits_of_the_runtime(self) -> None:
        program = self.build("cc", "host")
        self.hhc(SQUID, "-o", "squid.so")
        lines = self.host(program, self.folder / "squid.so", 2, 3000, "1e-5", "I=0.1", "v", "na.m")
        self.hhc(
            *("run", SQUID, "-n", 2, "--for", "30.01 ms", "--dt", "0.01 ms", "--record", "v,na.m"),
            *("--set", "I=10 uA/cm**2", "--csv", "out.csv", "--spikes", "spikes.csv"),
        )
        last = self.rows(self.folder / "out.csv")[-1]
        spikes = self.rows(self.folder / "spikes.csv")
        self.assertEqual(lines[0], f"spikes {len(spikes)}")
        values = [float.fromhex(line.split()[1]) for line in lines[1:]]
        self.assertEqual([values[0] / 0.001, values[1] / 0.001, values[2], values[3]], last[1:])

    def test_aarch64_gives_the_same_bits(self) -> None:
        compiler, emulator = "aarch64-linux-gnu-gcc", "qemu-aarch64"
        if not shutil.which(compiler) or not shutil.which(emulator):
            self.skipTest(f"needs {compiler} and {emulator}")
        self.hhc(SQUID, "-o", "here.so")
        self.hhc(SQUID, "--target", "aarch64", "-o", "there.so")
        run = [3, 2000, "1e-5", "I=0.12", "v", "na.h", "k.n"]
        here = self.host(self.build("cc", "here"), self.folder / "here.so", *run)
        there = self.host(
            *(emulator, "-L", "/usr/aarch64-linux-gnu", self.build(compiler, "there")),
            *(self.folder / "there.so", *run),
        )
        self.assertEqual(here, there)
        self.assertNotIn("nan", " ".join(here))

    def test_the_header_is_enough(self) -> None:
        self.hhc(SQUID, "-o", "squid.h")
        self.hhc(SQUID, "-o", "squid.o")
        (self.folder / "main.c").write_text(
            '#include "squid.h"\n'
            "int main(void) {\n"
            "    const hhk_model* m = &hhk_model_HodgkinHuxley1952;\n"
            "    return hhk_library_v1.models[0] == m && m->field_count ==\n"
            "        HODGKINHUXLEY1952_FIELD_COUNT ? HODGKINHUXLEY1952_EVENT_spike : 1;\n"
            "}\n"
        )
        subprocess.run(
            ["cc", "-std=c11", "-Wall", "-Werror", "main.c", "squid.o", "-lm", "-o", "main"],
            cwd=self.folder,
            check=True,
        )
        subprocess.run([str(self.folder / "main")], check=True)


if __name__ == "__main__":
    unittest.main()
