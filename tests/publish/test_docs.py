"""The files in docs/publishing.md that users copy work unchanged."""

from __future__ import annotations

import json
import re
import shlex

import yaml

from support import ROOT, SmallSite

TEXT = (ROOT / "docs/publishing.md").read_text("utf-8")
BLOCKS = dict(
    zip(
        ("action", "hook", "settings", "buckets"),
        re.findall(r"^```yaml\n(.*?)^```", TEXT, re.M | re.S),
        strict=True,
    )
)


def test_targets_of_the_docs(site: SmallSite) -> None:
    """The targets in the docs are valid."""
    from newsgen.config.settings import load_config
    from newsgen.publish.targets.find import find_target

    for name, kinds in (("settings", ["Rsync", "Rsync", "Git"]), ("buckets", 4 * ["ObjectStore"])):
        targets = yaml.safe_load(BLOCKS[name])["publish"]["targets"]
        config = load_config(site.root, sets=(f"publish.targets={json.dumps(targets)}",))
        found = [find_target(one, site.root) for one in config.settings.publish.targets]
        assert [type(target).__name__ for target in found] == kinds


def test_the_line_for_cron(site: SmallSite) -> None:
    """The line has five fields of time and a valid command."""
    (line,) = re.findall(r"^[\d*]+ .*newsgen nightly.*$", TEXT, re.M)
    *fields, command = line.split(maxsplit=5)
    assert len(fields) == 5
    words = shlex.split(command)
    assert site.run(*words[words.index(".venv/bin/newsgen") + 1 :]).returncode == 0
