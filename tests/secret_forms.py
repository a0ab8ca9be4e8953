"""Content files with the field `secured` in every form, most of them malformed."""

from __future__ import annotations

# Two halves of a note. Tests search for any nine consecutive characters of either.
ONE, TWO = "QUFaZ1hYeW9ndUFBQVRB", "QkJ0cnVsbHlCQkJwcm9w"
DATE = "publishedDateTime: 2026-01-30T08:00:00Z\n"
NOTE = f"{ONE};{TWO}"


def front(text: str, body: str = "Text.\n") -> str:
    return f"---\ntitle: Tide gates\n{text}\n{DATE}---\n{body}"


FORMS = {
    "plain": front(f"secured: {NOTE}"),
    "double quotes": front(f'secured: "{NOTE}"'),
    "quotes over lines": front(f'secured: "{ONE};\n{TWO}"'),
    "quotes over lines with a colon": front(f'secured: "{ONE};\nb: {TWO}"'),
    "quoted key": front(f'"secured": {NOTE}'),
    "single-quoted key": front(f"'secured' : {NOTE}"),
    "capitals": front(f"Secured: {NOTE}"),
    "all capitals and a tab": front(f"SECURED\t:\t{NOTE}"),
    "no space": front(f"secured:{NOTE}"),
    "no colon": front(f"secured {NOTE}"),
    "equals sign": front(f"secured = {NOTE}"),
    "wide colon": front(f"secured\uff1a {NOTE}"),
    "wide colon misread": front(f"secured\u00ef\u00bc\u0161 {NOTE}"),
    "invisible characters misread": front(f"\u00e2\u20ac\u2039secured\u00e2\u20ac\u2039: {NOTE}"),
    "invisible characters misread twice": front(
        "\u00c3\u00a2\u00e2\u201a\u00ac\u00e2\u20ac\u00b9secured"
        f"\u00c3\u00a2\u00e2\u201a\u00ac\u00e2\u20ac\u00b9: {NOTE}"
    ),
    "wide colon misread twice": front(f"secured\u00c3\u00af\u00c2\u00bc\u00c5\u00a1 {NOTE}"),
    "invisible characters": front(f"\u200bsecured\u200b: {NOTE}"),
    "three parts": front(f"title2: 'T8\nsecured: {NOTE};{TWO}'"),
    "dots": front(f"note: 'T8\nsecured: {ONE}.{TWO}'"),
    "colon within": front(f"note: 'T8\nsecured: {ONE}:{TWO}'"),
    "percent encoding": front(f"note: 'T8\nsecured: {ONE}%3D{TWO}'"),
    "list": front(f"secured: [{ONE}, {TWO}]"),
    "list over lines": front(f"secured: [{ONE},\n{TWO}]"),
    "block list": front(f"secured:\n- {ONE}\n- {TWO}"),
    "mapping": front(f"secured: {{a: {ONE},\nb: {TWO}}}"),
    "literal": front(f"secured: |\n  {ONE}\n\n  # {TWO}\n   {TWO}"),
    "wrapped at the left edge": front(f"secured: {ONE}\n{TWO}"),
    "words at the left edge": front(f"secured: x\n{ONE} and {TWO}"),
    "colons": front(f"secured: {ONE}: {TWO}: x"),
    "twice": front(f"secured: {ONE}\nsecured: {TWO}"),
    "never closed quote": front(f'secured: "{NOTE}'),
    "unclosed quote above": f"---\n{DATE}title: 'T8\nsecured: {ONE};\n  {TWO}'\n---\nText.\n",
    "unclosed double quote above": f'---\n{DATE}title: "T8\nsecured: {ONE};\n  '
    f'{TWO}"\n---\nText.\n',
    "folded title above": f"---\n{DATE}title: >-\n  T8\n  secured: {ONE};\n    {TWO}\n---\nText.\n",
    "folded title, same indent": f"---\n{DATE}title: >\n  T8\n  secured: {ONE};\n  "
    f"{TWO}\n---\nText.\n",
    "literal excerpt above": front(f"excerpt: |\n  Words\n  secured: {NOTE}\n  more words"),
    "open list above": f"---\n{DATE}title: T8\ntags: [a,\nsecured: {ONE},\n  {TWO}]\n---\nText.\n",
    "braces": f"---\n{{title: T8, secured: {NOTE}, publishedDateTime: 2026-01-30}}\n---\nText.\n",
    "braces, bare comma": f"---\n{{title: T8, secured: {ONE},{TWO}, publishedDateTime: "
    "2026-01-30}\n---\nText.\n",
    "braces over lines": f"---\n{{title: T8, secured: {ONE}\n{TWO}, publishedDateTime: "
    "2026-01-30}\n---\nText.\n",
    "JSON": f'---\n{{\n  "title": "T8",\n  "secured": "{NOTE}",\n  "publishedDateTime": '
    '"2026-01-30"\n}\n---\nText.\n',
    "JSON, last": '---\n{"title": "T8", "publishedDateTime": "2026-01-30", '
    f'"secured":"{NOTE}"}}\n---\nText.\n',
    "escapes in the key": front(f'"\\u0073e\\x63ured": {NOTE}'),
    "escaped line end in the key": front(f'? "sec\\\n  ured"\n: {NOTE}'),
    "explicit key": front(f"? secured\n: {ONE}\n  {TWO}"),
    "explicit block key": front(f"? |\n  secured\n: {ONE}\n  {TWO}"),
    "tag before the key": front(f"!!str secured: !!binary |\n  {ONE}\n   {TWO}"),
    "anchor before the key": front(f"&k secured: {NOTE}"),
    "anchor used elsewhere": front(f"secured: &s {NOTE}\nexcerpt: *s"),
    "alias of elsewhere": front(f"excerpt: &q {NOTE}\nsecured: *q"),
    "alias within a list": front(f"quality: &q {NOTE}\nsecured: [*q]"),
    "alias as key": front(f"x: &k secured\n*k : {NOTE}"),
    "merge key": front(f"base: &base\n  secured: {NOTE}\n  excerpt: Merged\n<<: *base"),
    "nested": front(
        f"related:\n  - secured: {NOTE}\n    title: a\n  - title: b\n    secured: {NOTE}"
    ),
    "deep": front(f"provider:\n  name: P\n  more:\n    secured: {ONE}\n      {TWO}"),
    "end of another line": front(f"excerpt: Words secured: {ONE};{TWO}"),
    "indented": front(f"  secured: {NOTE}"),
    "stray dashes before": f"---\ntitle: T8\n{DATE}---\nexcerpt: x\nsecured: {ONE}\n  "
    f"{TWO}\n---\nText.\n",
    "stray dashes, tag": f"---\ntitle: T8\n{DATE}---\n!!str secured: !!binary |\n  {ONE}\n   "
    f"{TWO}\n---\nText.\n",
    "stray dashes, explicit key": f"---\ntitle: T8\n{DATE}---\n? |\n  secured\n: {ONE}\n  "
    f"{TWO}\n---\nText.\n",
    "stray dashes, damaged explicit key": f"---\ntitle: T8\n{DATE}---\n\u2026? |\n  secured\n: "
    f"{ONE}\n  {TWO}\n---\nText.\n",
    "open list and brace above": f"---\n{DATE}title: T8\n  - {{{{\ntags: [a,\nsecured: {ONE},\n  "
    f"{TWO}]\n---\nText.\n",
    "stray dashes twice": f"---\ntitle: T8\n{DATE}---\n---\ntags:\n- a\n\nsecured: "
    f"{NOTE}\n---\nText.\n",
    "dashes within a quote": f'---\n{DATE}title: "T8\n---\nrest"\nsecured: {NOTE}\n---\nText.\n',
    "last line of the body": front("quality: 3", f"Text.\n\nsecured: {NOTE}\n"),
    "carriage returns": front(f'secured: "{ONE};\n  {TWO}"').replace("\n", "\r\n"),
    "old line ends": front(f"secured: {ONE}\n  {TWO}").replace("\n", "\r"),
    "byte order mark": "\ufeff" + front(f"secured: {NOTE}"),
    "never closed": f"---\ntitle: T8\n{DATE}secured: {NOTE}\n",
    "no front matter": f"secured: {ONE}\n{TWO}\n",
    "words, no front matter": f"\ntitle: T8\nsecured: x\n{ONE} and {TWO}\n{DATE}---\nText.\n",
    "malformed beside": front(f"secured: {NOTE}\n  x: [\ny: : :"),
    "named over and over": front("".join(f"secured: {NOTE}\n" for _ in range(200))),
    "wide space": front(f"secured\u3000: {NOTE}"),
    "wide space misread": front(f"secured\u00e3\u20ac\u20ac: {NOTE}"),
    "another colon": front(f"secured\ufe55 {NOTE}"),
    "typographic quotes": front(f"\u201esecured\u201c: {NOTE}"),
    "marks of Markdown": front(f"**secured**: `{NOTE}`"),
    "an arrow": front(f"secured -> {NOTE}"),
    "an element": front(f"x: <secured>{NOTE}</secured>"),
    "JSON in a text": front(f'x: "{{\\"secured\\":\\"{NOTE}\\"}}"'),
    "end of a quoted line": front(f"x: 'words secured: {ONE}\n {TWO}'"),
    "a table in the body": front("x: 1", f"Text.\n\n| a | b |\n|-|-|\n| secured | {NOTE} |\n"),
    "lines of Nikola": f".. title: T8\n.. date: 2026-01-30\n.. secured: {ONE}\n   {TWO}\n\nText.\n",
    "in a plain page's text": f"---\ntitle: T8\n---\nmenu: true\nsecured: {NOTE}\n---\n",
}


def toml(text: str, body: str = "Text.\n") -> str:
    return f"+++\ntitle = 'Tide gates'\npublishedDateTime = 2026-01-30\n{text}\n+++\n{body}"


def json(text: str, body: str = "Text.\n") -> str:
    fields = f'"publishedDateTime": "2026-01-30",\n{text}'
    return f'{{\n"title": "Tide gates",\n{fields}\n}}\n{body}'


TOML = {
    "plain": toml(f'secured = "{NOTE}"'),
    "first": toml(f"secured = '{NOTE}'\ntags = ['a']"),
    "bare": toml(f"secured = {NOTE}"),
    "capitals": toml(f'SECURED="{NOTE}"'),
    "quoted key": toml(f'"secured" = "{NOTE}"'),
    "single-quoted key": toml(f"'Secured' = '{NOTE}'"),
    "escapes in the key": toml(f'"\\u0073ecured" = "{NOTE}"'),
    "dotted key": toml(f'a.secured.b = "{NOTE}"'),
    "dotted quoted key": toml(f'"a" . "secured" = "{NOTE}"'),
    "text over lines": toml(f'secured = """\n{ONE};\n{TWO}"""'),
    "literal over lines": toml(f"secured = '''{ONE};\nx = 1\n{TWO}'''"),
    "list over lines": toml(f'secured = [\n  "{ONE}",\n  "{TWO}",\n]'),
    "nested list": toml(f'secured = [["{ONE}"], ["]", "{TWO}"]]'),
    "inline table": toml(f'secured = {{a = "{ONE}", b = "{TWO}"}}'),
    "in an inline table": toml(f'a = {{secured = "{NOTE}", b = 1}}'),
    "last of an inline table": toml(f'a = {{b = 1, secured = "{NOTE}"}}'),
    "only one of an inline table": toml(f'a = [{{secured = "{NOTE}"}}, {{b = 1}}]'),
    "table": toml(f'[secured]\na = "{ONE}"\nb = "{TWO}"\n[other]\nc = 1'),
    "table below": toml(f'[a.secured.b]\nc = "{NOTE}"'),
    "tables": toml(f'[[secured]]\na = "{ONE}"\n[[secured]]\na = "{TWO}"'),
    "quoted table": toml(f'[a."secured"]\nc = "{NOTE}"'),
    "in a table": toml(f'[extra]\nsecured = "{NOTE}"\nseason = "wet"'),
    "comment behind": toml(f'secured = "{ONE}" # {TWO}'),
    "twice": toml(f'secured = "{ONE}"\nsecured = "{TWO}"'),
    "never closed quote": toml(f'secured = "{ONE}\n{TWO}'),
    "never closed text": toml(f'secured = """{ONE}\n{TWO}'),
    "never closed list": toml(f'secured = ["{ONE}",\n"{TWO}"'),
    "unclosed quote above": toml(f"excerpt = 'T8\nsecured = {ONE};\n  {TWO}'"),
    "inside a text": toml(f'excerpt = """T8\nsecured = {ONE};\n  {TWO}"""'),
    "inside a text with a colon": toml(f'excerpt = """T8\nsecured: {NOTE}\n"""'),
    "end of another line": toml(f'excerpt = "Words secured: {NOTE}"'),
    "YAML in TOML": toml(f"secured: {NOTE}"),
    "indented": toml(f'  secured = "{NOTE}"'),
    "carriage returns": toml(f'secured = """{ONE};\n{TWO}"""').replace("\n", "\r\n"),
    "never closed": f"+++\ntitle = 'T8'\nsecured = '{NOTE}'\n",
    "in the body": toml("", f"secured: {NOTE}\n"),
    "byte order mark": "\ufeff\n\n" + toml(f'secured = "{NOTE}"'),
}
JSON = {
    "plain": json(f'"tags": ["a"],\n"secured": "{NOTE}"'),
    "first": json(f'"secured": "{NOTE}",\n"tags": ["a"]'),
    "one line": f'{{"title": "T8", "secured": "{NOTE}", "publishedDateTime": "2026-01-30"}}\nT.\n',
    "no space": f'{{"title":"T8","secured":"{NOTE}","publishedDateTime":"2026-01-30"}}\nText.\n',
    "capitals": json(f'"SECURED" : "{NOTE}"'),
    "escapes in the key": json(f'"\\u0073ecured": "{NOTE}"'),
    "list": json(f'"secured": [\n"{ONE}",\n"{TWO}"\n]'),
    "mapping": json(f'"secured": {{"a": "{ONE}",\n"b": "{TWO}"}}'),
    "nested": json(f'"a": {{"b": [{{"secured": "{NOTE}", "c": 1}}]}}'),
    "twice": json(f'"secured": "{ONE}",\n"secured": "{TWO}"'),
    "next line": json(f'"secured":\n"{ONE};\n{TWO}"'),
    "never closed quote": json(f'"secured": "{NOTE}'),
    "unclosed quote above": json(f'"excerpt": "T8,\n"secured": "{NOTE}"'),
    "no quotes": json(f"secured: {NOTE}"),
    "never closed": f'{{"title": "T8",\n"secured": "{NOTE}"\n',
    "in the body": json('"tags": []', f"secured: {NOTE}\n"),
    "carriage returns": json(f'"secured": "{NOTE}"').replace("\n", "\r\n"),
}
FORMS |= {f"TOML, {name}": form for name, form in TOML.items()}
FORMS |= {f"in JSON, {name}": form for name, form in JSON.items()}
