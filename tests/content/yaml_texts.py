"""Front matter as people and programs write it, valid and invalid: strategies for Hypothesis."""

from __future__ import annotations

from hypothesis import strategies as st

NUMBERS = [
    "NO",
    "010",
    "1_000",
    "12:30:45",
    "0x1f",
    "0X1F",
    "0o17",
    "0b11",
    "1e3",
    "1E-3",
    ".5",
    "5.",
    "-0",
    "+1",
    "_1",
    "1_",
    "1__0",
]
NUMBERS += [
    "00",
    "1.0",
    "-.5",
    ".inf",
    "-.INF",
    ".nan",
    "9007199254740993",
    "9" * 30,
    "1e400",
    "1 000",
    "١٢",
    "1,5",
    "0xg",
    "-0x1f",
]
NUMBERS += ["08"]
WORDS = [
    "~",
    "null",
    "Null",
    "NULL",
    "nUll",
    "",
    "true",
    "True",
    "TRUE",
    "yes",
    "Yes",
    "no",
    "on",
    "OFF",
    "false",
    "y",
    "n",
    "=",
    "<<",
]
TIMES = [
    "2021-11-19",
    "2021-11-19T13:11:09Z",
    "2021-11-19 13:11:09",
    "2021-11-19t13:11:09.25-05:00",
    "2021-11-19 13:11:09 +8",
]
TIMES += [
    "2021-1-9",
    "2021-11-19T13:11:09+0530",
    "2021-02-30",
    "20211119",
    "2021",
    "9999-12-31T23:59:59Z",
    "0001-01-01",
]
TIMES += ["2021-11-19T24:00:00Z"]
STRINGS = [
    "AI",
    "C#",
    "C++",
    "<MSFT.O>",
    "DM: Diablo Immortal",
    "a: b: c",
    "it's",
    'say "so"',
    "a #b",
    "a#b",
    "#b",
    "a:b",
    "a:",
    "::",
]
STRINGS += [
    "-",
    "- a",
    "-a",
    "?",
    "? a",
    "?a",
    ":a",
    "%2c",
    "%a",
    "@a",
    "`a`",
    "!a",
    "!",
    "&a",
    "*a",
    "|",
    ">",
    "|a",
    "{",
    "}",
    "{a}",
]
STRINGS += [
    "[a",
    "[a]",
    "a]",
    ",",
    "NISTâ€™s",
    "&amp;",
    "&nbsp;x",
    "a\xadb",
    "é",
    "中文",
    "العربية",
    "😀",
    "a\x85b",
    "a\u2028b",
]
STRINGS += [
    "a\xa0b",
    "\ufeffa",
    "a\tb",
    "a\x07b",
    "\ufdd0",
    "â\x80\x99",
    "\x92",
    "https://a.example/x?y=1&z=2",
    "http://b.example/ü “q”",
]
STRINGS += [
    "//c.example/x",
    "javascript:alert(1)",
    "www.d.example/a",
    "/images/a.png",
    "\\ud83d\\ude00",
    "\\u2028",
    "\\x41",
    "\\",
]
STRINGS += ["\\\\", "---a", "...", "--- ", "a  b", " a ", "<iframe src='https://e.example/v'>"]
ESCAPED = [
    "\\n",
    "\\t",
    "\\u2028",
    "\\N",
    "\\_",
    "\\x41",
    "\\0",
    "\\e",
    "\\/",
    "\\ud83d\\ude00",
    "\\U0001F600",
    "\\ud800",
    "\\q",
]
TEXT_KEYS = [
    "title",
    "excerpt",
    "category",
    "type",
    "slug",
    "webUrl",
    "originalUrl",
    "ampWebUrl",
    "publishedDateTime",
    "expires",
]
TEXT_KEYS += ["updated"]
OTHER_KEYS = [
    "quality",
    "heat",
    "published",
    "removed",
    "draft",
    "featuredContent",
    "secured",
    "note",
    '"title"',
    "'topics'",
    "1",
]
OTHER_KEYS += ["true"]

odd = st.sampled_from(NUMBERS + WORDS + TIMES + STRINGS)
raw = st.one_of(
    odd,
    odd,
    st.text(st.characters(exclude_characters="\n\r", exclude_categories=["Cs"]), max_size=8),
)


def rarely(*values: str) -> st.SearchStrategy[str]:
    """Draw mostly None, and rarely one of these."""
    return st.integers(0, 9).flatmap(lambda n: st.sampled_from(values) if n == 9 else st.just(""))


@st.composite
def scalars(draw: st.DrawFn, indent: int) -> str:
    """Draw a scalar in one of YAML's styles, rarely with content that does not suit the style."""
    text = draw(raw)
    space = "\n" + " " * (indent + draw(st.integers(0, 2)))
    style = draw(st.integers(0, 9))
    if style < 5:
        value = text + draw(rarely(" ", "\t", " # c", "\t# c", "# c", f"{space}{draw(raw)}"))
    elif style == 5:
        value = "'" + text.replace("'", "''") + "'"
    elif style == 6:
        value = '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
    elif style == 7:
        value = '"' + text.replace("\\", "").replace('"', "") + draw(st.sampled_from(ESCAPED)) + '"'
    elif style == 8:
        value = f'"{text}{space}{draw(raw)}"'.replace("\\", "")
    else:
        value = (
            draw(st.sampled_from(["|", ">", "|-", ">+", "|2", "| # c"]))
            + f"{space}{text}{space}{draw(raw)}"
        )
    return (
        draw(rarely("!!str ", "!foo ", "!!int ", "!!null ", "&a ", "&b ", "*a #", "\t", "  "))
        + value
    )


def _flow(value: str) -> str:
    return value.replace("\n", " ")


@st.composite
def collections(draw: st.DrawFn, indent: int, items: st.SearchStrategy[str]) -> str:
    """Draw a list, in block or flow style, with items at any indent."""
    values = draw(st.lists(items, max_size=4))
    inner = " " * (indent + draw(st.integers(0, 2)))
    style = draw(st.sampled_from(["block", "block", "flow", "lines"]))
    if style == "block":
        return "".join(f"\n{inner}-{draw(rarely(' ', chr(9))) or ' '}{value}" for value in values)
    if style == "flow":
        return "[" + ", ".join(map(_flow, values)) + draw(rarely(" ", ",")) + "]"
    return f"[\n{inner}" + f",\n{inner}".join(map(_flow, values)) + f"\n{inner}]"


@st.composite
def mappings(draw: st.DrawFn, indent: int, fields: dict[str, st.SearchStrategy[str]]) -> str:
    """Draw some of these fields, in block or in flow style."""
    keys = draw(
        st.lists(st.sampled_from(sorted(fields)), max_size=5, unique=draw(st.integers(0, 9)) > 0)
    )
    pairs = [(key, draw(fields[key])) for key in keys]
    if draw(st.integers(0, 5)) == 0:
        colon = draw(rarely(":", " : ")) or ": "
        return "{" + ", ".join(f"{key}{colon}{_flow(value)}" for key, value in pairs) + "}"
    gap = "\n" + " " * indent
    return gap.join(f"{key}:{' ' if value[:1] != chr(10) else ''}{value}" for key, value in pairs)


def nested(indent: int, strategy: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Draw a block mapping as a key's value, on the lines below it."""
    return strategy.map(lambda text: text if text.startswith("{") else "\n" + " " * indent + text)


def pictures(indent: int) -> st.SearchStrategy[str]:
    value = scalars(indent + 4)
    fields = {"url": value, "width": value, "height": value, "title": value, "isCached": value}
    return collections(indent, st.one_of(mappings(indent + 2, fields), value))


def providers(indent: int) -> st.SearchStrategy[str]:
    value = scalars(indent + 2)
    return nested(
        indent, mappings(indent, {"name": value, "domain": value, "images": pictures(indent + 2)})
    )


def references(indent: int) -> st.SearchStrategy[str]:
    value = scalars(indent + 4)
    fields = {
        "title": value,
        "excerpt": value,
        "webUrl": value,
        "publishedDateTime": value,
        "quality": value,
        "type": value,
    }
    fields |= {"provider": providers(indent + 4), "images": pictures(indent + 4)}
    return collections(indent, mappings(indent + 2, fields))


@st.composite
def fronts(draw: st.DrawFn) -> str:
    """Draw front matter without its fences: mostly an article's fields, with values of any kind."""
    value = scalars(1)
    fields = dict.fromkeys([*TEXT_KEYS, *OTHER_KEYS], value)
    fields |= {key: collections(0, scalars(2)) for key in ("topics", "tags", "authors", "aliases")}
    fields |= {
        "corrections": collections(0, mappings(2, {"date": scalars(4), "text": scalars(4)})),
        "images": pictures(0),
        "related": references(0),
        "provider": providers(2),
    }
    lines = (
        ["title: T", "publishedDateTime: 2021-11-19T13:11:09Z"] if draw(st.integers(0, 3)) else []
    )
    keys = draw(
        st.lists(
            st.sampled_from(sorted(fields)),
            min_size=1,
            max_size=6,
            unique=draw(st.integers(0, 9)) > 0,
        )
    )
    for key in keys:
        text = draw(st.one_of(fields[key], fields[key], fields[key], fields[key], value))
        colon = draw(rarely(" :", ":\t")) or ":"
        lines.append(f"{key}{colon}{' ' if text[:1] != chr(10) else ''}{text}")
        lines += draw(rarely("# c", " ", "  # c", "\t", "...", " x")).splitlines()
    return "\n".join(lines) + "\n"
