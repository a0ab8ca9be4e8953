"""Data files of topics and organizations, one file for each or all in one list."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec import structs

from newsgen.content.data import Data, NameFact, OrganizationFact, load_data
from newsgen.core.model import Image
from newsgen.core.problems import Problem, locate
from support import CORPUS


def load(root: Path, **files: str) -> tuple[Data, list[Problem]]:
    """Return the data of these files (`topics__01_ai_yaml` is topics/01-ai.yaml), and the problems
    with their places.
    """
    for name, text in files.items():
        *folders, file = name.split("__")
        stem, _, suffix = file.rpartition("_")
        path = root.joinpath(*folders, f"{stem.replace('_', '-')}.{suffix}")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    data, problems = load_data(root, root / "static")
    return data, [locate(problem, root) for problem in problems]


def test_no_data(tmp_path: Path) -> None:
    """A site without data files has none, and no problem."""
    assert load_data(tmp_path / "none", tmp_path) == (Data(), [])


def test_topics_stand_in_the_order_of_their_files(tmp_path: Path) -> None:
    """A file has name, slug, other names and parent; the number in its name is the order."""
    data, problems = load(
        tmp_path,
        topics__02_cds_yaml="_id: cds\nname: Common Data Service\nshortname: CDS\notherNames: "
        "[Dataverse, NO]\nparent: Power Apps\n",
        topics__00_power_apps_yaml="---\n_id: power-apps\nname: Power Apps\n",
        topics__01_ai_yml="_id: AI\n",
    )
    assert data.topics == (
        NameFact("Power Apps", "power-apps", 0),
        NameFact("AI", "AI", 1),
        NameFact("Common Data Service", "cds", 2, "Power Apps", ("Dataverse", "NO", "CDS")),
    )
    assert problems == []


def test_all_topics_in_one_list(tmp_path: Path) -> None:
    """One file topics.yaml with a list works too, and comes before the folder."""
    data, problems = load(
        tmp_path, topics_yaml="- name: B\n- {name: A, slug: x}\n", topics__a_yaml="name: C"
    )
    assert data.topics == (NameFact("B", "", 0), NameFact("A", "x", 1))
    assert problems == []


def test_organizations(tmp_path: Path) -> None:
    """Organizations are front matter or YAML, found by the registrable domain, with the smallest
    logo that exists.
    """
    (tmp_path / "static" / "logos").mkdir(parents=True)
    (tmp_path / "static" / "logos" / "b c.png").write_bytes(b"x")
    data, problems = load(
        tmp_path,
        organizations__a_md=(
            "---\n_id: www.BBC.co.uk\nname: The BBC\notherNames: BBC News\nimages:\n"
            "  - {url: https://a.example/400.png, width: 400, height: 300}\n  - {url: /logos/b "
            "c.png, width: 50, height: 50}\n"
            "  - /logos/none.png\n---\nText.\n"
        ),
        organizations__b_yaml="_id: x.example\nimages: [{url: https://x.example/l.png, width: "
        "wide}]\n",
        organizations__c_md="---\nname: Channel\n---\n",
    )
    assert data.organizations == (
        OrganizationFact("The BBC", "bbc.co.uk", ("BBC News",), Image("/logos/b%20c.png", 50, 50)),
        OrganizationFact("x.example", "x.example", (), Image("https://x.example/l.png")),
        OrganizationFact("Channel", ""),
    )
    assert [(p.code, p.severity, p.file) for p in problems] == [
        ("url-encoded", "repair", "organizations/a.md"),
        ("wrong-type", "warning", "organizations/b.yaml"),
    ]


def place(problem: Problem) -> tuple[str, str, int, int, str]:
    return problem.code, problem.file, problem.line, problem.column, problem.source


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("topics__a_yaml", "slug: x\n", ("data-without-name", "topics/a.yaml", 1, 1, "slug: x")),
        (
            "topics__a_yaml",
            "name: '&nbsp;'\n",
            ("data-without-name", "topics/a.yaml", 1, 1, "name: '&nbsp;'"),
        ),
        (
            "topics__a_yaml",
            "just text\n",
            ("data-without-name", "topics/a.yaml", 1, 1, "just text"),
        ),
        (
            "topics_yaml",
            "- name: A\n- slug: b\n",
            ("data-without-name", "topics.yaml", 2, 3, "- slug: b"),
        ),
        ("topics__a_yaml", "name: A\nslug: [\n", ("malformed-yaml", "topics/a.yaml", 3, 1, "")),
        (
            "organizations__a_md",
            "---\nname: A\nslug: [\n---\n",
            ("malformed-yaml", "organizations/a.md", 4, 1, "---"),
        ),
        (
            "organizations__a_md",
            "---\nname: A\n",
            ("unclosed-front-matter", "organizations/a.md", 2, 1, "name: A"),
        ),
        (
            "topics__a_yaml",
            "a: &a [*a]\n",
            ("nested-too-deep", "topics/a.yaml", 1, 8, "a: &a [*a]"),
        ),
        (
            "organizations__a_md",
            "---\nname: A\nimages: [/none.png]\n---\n",
            ("missing-logo", "organizations/a.md", 3, 9, "images: [/none.png]"),
        ),
        (
            "organizations_yaml",
            "- name: A\n- name: B\n  images:\n    - /none.png\n",
            ("missing-logo", "organizations.yaml", 4, 5, "    - /none.png"),
        ),
        (
            "organizations__a_yaml",
            "---\nname: A\nimages: [/x.png]\n",
            ("missing-logo", "organizations/a.yaml", 3, 9, "images: [/x.png]"),
        ),
    ],
)
def test_problems_are_placed(
    tmp_path: Path, name: str, text: str, expected: tuple[str, str, int, int, str]
) -> None:
    """A problem of a data file has line, column and source line, and the site is built without the
    data.
    """
    _, problems = load(tmp_path, **{name: text})
    assert [place(problem) for problem in problems] == [expected]


def test_files_that_cannot_be_read_are_told_with_their_folder(tmp_path: Path) -> None:
    """A broken link is a problem of its file, named from the data folder."""
    (tmp_path / "topics").mkdir()
    (tmp_path / "topics" / "a.yaml").symlink_to("none.yaml")
    problems = load_data(tmp_path, tmp_path)[1]
    assert [(problem.code, problem.file) for problem in problems] == [
        ("unreadable-file", "topics/a.yaml")
    ]


def test_lists_of_data_stay_within_their_folder(tmp_path: Path) -> None:
    """A list that is a link to a file of the data folder is read; one that leads out is not."""
    (tmp_path / "names.yaml").write_text("- name: Energy\n")
    (tmp_path / "topics.yaml").symlink_to("names.yaml")
    (tmp_path / "authors.yaml").symlink_to("/proc/self/mem")
    data, problems = load_data(tmp_path, tmp_path)
    assert [fact.name for fact in data.topics] == ["Energy"]
    assert [(problem.severity, problem.code, problem.file) for problem in problems] == [
        ("warning", "link-outside", "authors.yaml")
    ]


def test_sizes_of_any_kind(tmp_path: Path) -> None:
    """Sizes that are not pixels are unknown, and reported."""
    sizes = ["9" * 5_000, "-1", "²", "1.5", "~", "[1]"]
    items = "".join(
        f"- {{name: N{i}, images: [{{url: https://a.example/x.png, width: {size}}}]}}\n"
        for i, size in enumerate(sizes)
    )
    data, problems = load(tmp_path, organizations_yaml=items)
    assert [fact.logo for fact in data.organizations] == [Image("https://a.example/x.png")] * len(
        sizes
    )
    assert [(problem.code, problem.field[:4]) for problem in problems] == [
        ("wrong-type", f"$[{i}]") for i in (0, 2, 3, 5)
    ]


def test_dirt_is_mended_and_told(tmp_path: Path) -> None:
    """Names are cleaned like those of articles; a plain value with a colon and a repeated key are
    reported with their places.
    """
    data, problems = load(
        tmp_path,
        topics__a_yaml="name: DM: Immortal # a game\nname: DM: Diablo&nbsp;Immortal\n",
        organizations__a_md="---\n_id: a.example\nname: Ren: Co\n---\n",
    )
    assert (data.topics[0].name, data.organizations[0].name) == (
        "DM: Diablo\xa0Immortal",
        "Ren: Co",
    )
    assert sorted((p.code, p.file, p.line, p.column) for p in problems) == [
        ("colon-in-scalar", "organizations/a.md", 3, 7),
        ("colon-in-scalar", "topics/a.yaml", 1, 7),
        ("colon-in-scalar", "topics/a.yaml", 2, 7),
        ("duplicate-key", "topics/a.yaml", 2, 7),
        ("entity", "topics/a.yaml", 2, 7),
    ]


def test_dirty_names_are_mended(tmp_path: Path) -> None:
    """Names in data files are cleaned like those of articles."""
    data, _ = load(tmp_path, topics_yaml="- name: ' NISTâ€™s&nbsp; tests '\n- name: DM: Diablo\n")
    assert [structs.asdict(fact)["name"] for fact in data.topics] == ["NIST’s tests", "DM: Diablo"]


@pytest.mark.corpus
@pytest.mark.parametrize(
    ("site", "topics", "organizations"), [("diablo4", 4, 10), ("powerapps", 7, 4)]
)
def test_data_of_real_sites(site: str, topics: int, organizations: int) -> None:
    """The real sites' data files are read; their missing logos are reported."""
    folder = CORPUS / site / "_data"
    data, problems = load_data(folder, folder / "none")
    assert len(data.topics) == topics
    assert len(data.organizations) == len(list((folder / "organizations").iterdir()))
    assert {fact.parent for fact in data.topics[1:]} == {data.topics[0].name}
    assert {problem.code for problem in problems} <= {"missing-logo"}
