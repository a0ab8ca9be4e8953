"""newsgen side by side with other generators: one corpus, equal pages, one run.

    python benchmarks/compare.py --corpora 1000 --rounds 3

docs/benchmarks.md says what is measured and how.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import shutil
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import corpora
import figures
import install
import measure
from contestants import PEERS, PHASES, THEMES, Contestant, gather
from tables import REFERENCE, Result, table
from tally import difference, size_of, tally

HERE = Path(__file__).resolve().parent
_SETTLE = 3.0  # seconds: newsgen does not trust files younger than two


class Race:
    """One corpus and all entries that build it: sites are made, and builds measured in turn."""

    def __init__(
        self, corpus: corpora.Corpus, contestants: list[Contestant], options: argparse.Namespace
    ) -> None:
        self.corpus = corpus
        self.work: Path = options.work
        self.limit: float = options.limit
        self.rounds: int = options.rounds
        self.sites: Path = self.work / "sites" / corpus.name
        self.entries = [
            c
            for c in contestants
            if (corpus.folder / c.layout).is_dir() and (corpus.bodies or not c.bodies_only)
        ]
        self.found: dict[str, Result] = {
            c.name: {"version": c.version, "same_pages": c.same_pages, "phases": {}, "stopped": {}}
            for c in self.entries
        }

    def run(self, phases: tuple[str, ...]) -> Result:
        """Run all phases, each `rounds` times, with the entries in turn."""
        move_away(self.sites, self.work)
        for contestant in self.entries:
            self._make_site(contestant)
        time.sleep(_SETTLE)
        for phase in phases:
            for number in range(1, self.rounds + 1):
                for contestant in self.entries:
                    self._measure(contestant, phase, number)
            if phase == "cold":
                self._look()
        return {
            "name": self.corpus.name,
            "title": self.corpus.title,
            "articles": self.corpus.articles,
            "k": self.rounds,
            "contestants": self.found,
        }

    def _make_site(self, contestant: Contestant) -> None:
        site = self._site(contestant)
        ignore = shutil.ignore_patterns("node_modules")
        shutil.copytree(contestant.site, site, ignore=ignore, copy_function=shutil.copyfile)
        for folder, _, _ in os.walk(site):
            os.chmod(folder, 0o755)  # the settings may be copied from a read-only folder
        shutil.copytree(
            self.corpus.folder / contestant.layout,
            site,
            dirs_exist_ok=True,
            copy_function=shutil.copyfile,
        )
        for target in contestant.links:
            (site / target.name).symlink_to(target)
        if contestant.name == REFERENCE and not self.corpus.name[0].isdigit():
            self.found[contestant.name]["left_out"] = self._leave_out_refused(contestant)

    def _leave_out_refused(self, contestant: Contestant) -> int:
        """Remove real articles that Hugo's parser refuses from its site, and return their
        number.
        """
        left_out = 0
        while True:
            try:
                self._build(contestant)
            except measure.Failed as error:
                refused = [
                    path
                    for path in self._content(contestant).rglob("*.md")
                    if path.name in str(error)
                ]
                if not refused:
                    raise
                for path in refused:
                    path.unlink()
                left_out += len(refused)
            else:
                self._wipe(contestant)
                return left_out

    def _measure(self, contestant: Contestant, phase: str, number: int) -> None:
        entry = self.found[contestant.name]
        if entry["stopped"] or phase not in contestant.phases:
            return
        if phase == "cold":
            self._wipe(contestant)
        elif phase != "noop":
            path = next(self._content(contestant).rglob(f"*{self.corpus.subject}.md"))
            if phase == "edit":
                corpora.edit(path, number)
            else:
                corpora.add(path, self.corpus.subject, number, self.corpus.newest)
        try:
            taken = self._build(contestant)
        except measure.Failed as error:
            entry["stopped"][phase] = str(error)
            print(f"{contestant.name}, {phase}: {error}", file=sys.stderr, flush=True)
            return
        entry["phases"].setdefault(phase, []).append(
            {name: round(value, 4) for name, value in taken._asdict().items()}
        )
        told = (
            f"{contestant.name:<42} {phase:<5} {number}/{self.rounds} {taken.wall:8.2f} s "
            f"{taken.peak:7.0f} MB"
        )
        print(told, file=sys.stderr, flush=True)

    def _build(self, contestant: Contestant) -> measure.Run:
        log = self.work / "build.log"
        return measure.run(
            contestant.command, self._site(contestant), contestant.environment, self.limit, log
        )

    def _look(self) -> None:
        """Count the written files, and compare what the pages hold."""
        for contestant in self.entries:
            entry, output = self.found[contestant.name], self._site(contestant) / contestant.output
            if not entry["stopped"]:
                entry["files"], entry["bytes"], entry["lists"] = size_of(output)
                if contestant.same_pages:
                    entry["tally"] = tally(output)
        reference = self.found.get(REFERENCE, {}).get("tally")
        for name, entry in self.found.items():
            if reference and "tally" in entry and name != REFERENCE:
                entry["differs"] = difference(entry["tally"], reference)

    def _wipe(self, contestant: Contestant) -> None:
        for name in (contestant.output, *contestant.caches):
            move_away(self._site(contestant) / name, self.work)

    def _site(self, contestant: Contestant) -> Path:
        return self.sites / re.sub("[^a-z]+", "-", contestant.name.lower())

    def _content(self, contestant: Contestant) -> Path:
        return self._site(contestant) / contestant.content


def move_away(path: Path, work: Path) -> None:
    """Move a file or a folder away. It is deleted at the very end: on ext4, a build that starts
    within half a minute of many deletions takes seconds more of system time.
    """
    if path.exists():
        trash = work / "trash"
        trash.mkdir(parents=True, exist_ok=True)
        path.rename(trash / f"{time.time_ns()}-{path.name}")


def machine() -> dict[str, Any]:
    """Describe the machine on which the figures were taken."""
    names = [
        line.partition(":")[2].strip()
        for line in Path("/proc/cpuinfo").read_text().split("\n")
        if line.startswith("model name")
    ]
    return {
        "processor": names[0] if names else platform.machine(),
        "processors": len(os.sched_getaffinity(0)),
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "load": os.getloadavg()[0],
    }


def parse_options() -> argparse.Namespace:
    def names(known: tuple[str, ...]) -> Any:
        def parse(text: str) -> tuple[str, ...]:
            given = tuple(text.split(","))
            unknown = set(given) - set(known)
            if known and unknown:
                raise argparse.ArgumentTypeError(f"{min(unknown)}: known are " + ", ".join(known))
            return given

        return parse

    generators = (*PEERS, "newsgen")
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add(
        "--corpora",
        type=names(()),
        default=("1000",),
        metavar="LIST",
        help="such as 10000,10000-bodies,100000,diablo4  [1000]",
    )
    add(
        "--generators",
        type=names(generators),
        default=generators,
        metavar="LIST",
        help=",".join(generators) + "  [all]",
    )
    add(
        "--theme",
        type=names(tuple(THEMES)),
        default=("minimal", "default"),
        metavar="LIST",
        help="newsgen's: minimal,default,full",
    )
    add(
        "--phases",
        type=names(PHASES),
        default=PHASES,
        metavar="LIST",
        help=",".join(PHASES) + "  [all]",
    )
    add("--rounds", type=int, default=3, metavar="K", help="how often each build is measured  [3]")
    add(
        "--limit",
        type=float,
        default=1200,
        metavar="SECONDS",
        help="a generator whose build takes longer is left out  [1200]",
    )
    add(
        "--bench",
        type=Path,
        default=HERE.parents[1] / "shared" / "bench",
        metavar="DIR",
        help="corpus generator and peers",
    )
    add(
        "--work",
        type=Path,
        default=HERE / "work",
        metavar="DIR",
        help="where all is installed and built  [benchmarks/work]",
    )
    add("--json", type=Path, metavar="FILE", help="where the results go  [WORK/results/TIME.json]")
    options = parser.parse_args()
    options.work, options.bench = options.work.resolve(), options.bench.resolve()
    if not (options.bench / "gen_corpus.py").is_file():
        parser.error(f"{options.bench} holds no gen_corpus.py; --bench names the folder that does")
    return options


def main() -> None:
    options = parse_options()
    options.work.mkdir(parents=True, exist_ok=True)
    now = datetime.now(UTC)
    target: Path = options.json or options.work / "results" / f"{now:%Y%m%d-%H%M%S}.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        contestants = gather(options.generators, options.theme, options.bench, options.work)
        results: Result = {
            "made": now.isoformat(timespec="seconds"),
            "commit": install.commit(),
            "machine": machine(),
            "corpora": {},
        }
        if "newsgen" in options.generators:
            results["start_up"] = measure.start_up(options.work / "venv-newsgen" / "bin")
        for name in options.corpora:
            corpus = corpora.make_corpus(
                name, options.bench, options.work, sorted({c.layout for c in contestants} | {"raw"})
            )
            results["corpora"][name] = Race(corpus, contestants, options).run(options.phases)
            target.write_text(json.dumps(results, indent=1) + "\n")
            print(table(results["corpora"][name]) + "\n", flush=True)
    except (install.NotInstallable, ValueError, measure.Failed) as error:
        sys.exit(f"compare: {error}")
    else:
        print(figures.table([results]), flush=True)
        print(f"results: {target}", file=sys.stderr, flush=True)
    finally:
        move_away(options.work / "sites", options.work)
        shutil.rmtree(options.work / "trash", ignore_errors=True)


if __name__ == "__main__":
    main()
