"""Rules under CI: a failed test runs once more, alone, after all others. Few tests may be skipped.

A test that passes only then is named at the end. It is a defect, but not one of the change being
tested.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Generator, Sequence
from typing import Any

import pytest

MOST = 10  # more failures come from the change or the machine, so none is repeated
# Reasons for which a test may be skipped. CONTRIBUTING.md lists the same.
EXPECTED = (
    r"(sshd|rsync|java|azurite-blob) is not installed",
    r"no npm package is installed",
    r"there is no folder \.\./shared\b",
    r"this system allows no namespaces",
    r"only on Linux ",
)


def in_ci() -> bool:
    """Return whether this run decides if a change lands."""
    return os.environ.get("CI", "").lower() in ("true", "1")


def register(config: pytest.Config) -> None:
    """Apply these rules to this run."""
    config.pluginmanager.register(Strict(), "ci-strict")
    if not hasattr(config, "workerinput"):  # a worker of pytest-xdist knows only its own tests
        config.pluginmanager.register(Again(), "ci-again")


class Strict:
    """Fails tests that are skipped for an unexpected reason."""

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(self) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        return _strict((yield))

    @pytest.hookimpl(wrapper=True)
    def pytest_make_collect_report(
        self,
    ) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
        return _strict((yield))


def _strict(report: Any) -> Any:
    if report.skipped and not hasattr(report, "wasxfail"):
        why = report.longrepr[2].removeprefix("Skipped: ")
        if not any(re.match(expected, why) for expected in EXPECTED):
            report.outcome, report.longrepr = "failed", f"may not be left out under CI: {why}"
    return report


class Again:
    """Repeats failed tests, each in its own process, and counts those that pass then as passed."""

    def __init__(self) -> None:
        self._first: dict[str, list[pytest.TestReport]] = {}

    @pytest.hookimpl(trylast=True)  # last, after the workers of pytest-xdist have ended
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        reporter: Any = session.config.pluginmanager.get_plugin("terminalreporter")
        failed = [report for kind in ("failed", "error") for report in reporter.stats.get(kind, ())]
        tried: dict[str, list[pytest.TestReport]] = {}
        for report in failed:
            if isinstance(report, pytest.TestReport) and report.when in (
                "setup",
                "call",
                "teardown",
            ):
                tried.setdefault(report.nodeid, []).append(report)
        if session.exitstatus != pytest.ExitCode.TESTS_FAILED or len(tried) > MOST:
            return
        self._first = {
            test: reports for test, reports in tried.items() if passes(session.config, test)
        }
        for reports in self._first.values():
            _count_as_passed(reporter, reports)
        reporter._set_main_color()
        if not any(reporter.stats.get(kind) for kind in ("failed", "error")):
            session.exitstatus = pytest.ExitCode.OK

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        for test, reports in self._first.items():
            terminalreporter.section(f"failed at first: {test}", red=True)
            for report in reports:
                report.toterminal(terminalreporter._tw)
        if self._first:
            terminalreporter.section(
                "passed only alone: a defect, to be fixed before other work", yellow=True
            )
            for test in self._first:
                terminalreporter.write_line(f"AGAIN {test}")


def passes(config: pytest.Config, test: str) -> bool:
    """Return whether the test passes in a separate process with its own folder. In the folder that
    all runs share, pytest would delete what earlier runs left, which can take minutes.
    """
    name = (
        test.rpartition("@")[0] if test.rfind("@") > test.rfind("]") else test
    )  # pytest-xdist appends the test's group
    alone = ["-p", "no:ci-again", "-p", "no:cacheprovider", "-n", "0", "-q", *_options(config)]
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as place:
        done = subprocess.run(
            [sys.executable, "-m", "pytest", *alone, f"--basetemp={place}/tests", name],
            cwd=config.rootpath,
            capture_output=True,
            text=True,
            check=False,
        )
    return (
        done.returncode == 0
        and re.match(r"1 passed\b", done.stdout.rstrip().rpartition("\n")[2]) is not None
    )


def _options(config: pytest.Config) -> Sequence[str]:
    return ["-c", str(config.inipath)] if config.inipath else []


def _count_as_passed(reporter: Any, reports: Sequence[pytest.TestReport]) -> None:
    for report in reports:
        for kind in ("failed", "error"):
            if report in reporter.stats.get(kind, ()):
                reporter.stats[kind].remove(report)
    test = reports[0].nodeid
    if test not in {report.nodeid for report in reporter.stats.get("passed", ())}:
        reporter.stats.setdefault("passed", []).append(reports[0])
    reporter.stats.setdefault("rerun", []).append(reports[0])
