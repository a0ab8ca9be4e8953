"""Characters that may stand in no text: XML and HTML forbid them."""

import re
from typing import Any

# What XML 1.0 allows in no text (section 2.2), the C1 controls but NEL, and Unicode's noncharacters (chapter 23.7).
NOT_TEXT = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
    + "".join(chr(plane << 16 | last) for plane in range(1, 17) for last in (0xFFFE, 0xFFFF))
    + "]"
)


def drop_not_text(value: Any) -> Any:
    """A value of YAML without the characters that may stand in no text; escapes such as `"\\b"` name them."""
    if isinstance(value, str):
        return NOT_TEXT.sub("", value)
    if isinstance(value, list):
        return [drop_not_text(item) for item in value]
    return {name: drop_not_text(item) for name, item in value.items()} if isinstance(value, dict) else value
