"""Characters that XML and HTML do not allow in text."""

import re
from decimal import Decimal
from typing import Any

_FEW_BITS = 10_000  # 3,010 digits
# What XML 1.0 excludes (section 2.2), the C1 controls except NEL, and Unicode's noncharacters
# (Unicode, section 23.7).
NOT_TEXT = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
    + "".join(chr(plane << 16 | last) for plane in range(1, 17) for last in (0xFFFE, 0xFFFF))
    + "]"
)


def drop_not_text(value: Any) -> Any:
    """Return a YAML value without the characters that text must not contain.

    Escapes such as `"\\b"` can produce them.
    """
    if isinstance(value, str):
        return NOT_TEXT.sub("", value)
    if isinstance(value, list):
        return [drop_not_text(item) for item in value]
    return (
        {name: drop_not_text(item) for name, item in value.items()}
        if isinstance(value, dict)
        else value
    )


def number_text(number: int) -> str:
    """Return a whole number of any size in decimal. `str` refuses more than 4,300 digits."""
    return str(Decimal(number)) if number.bit_length() > _FEW_BITS else str(number)
