"""Mojibake is decoded if it is certain, and no word of any language is changed."""

from __future__ import annotations

import json
from itertools import product

import pytest

from content.reading import load
from newsgen.content.mojibake import repair_mojibake

WORDS = {
    "pt": "coração irã amanhã maçã irmã você avó João às é ônibus câmara política república não",
    "fr": "été où voilà déjà naïf forêt cœur garçon Noël œuvre né côté publié âge",
    "de": "Spaß groß Straße über Ärger Öl müssen weiß schön Übung",
    "pl": "gęś łódź książkę żółć są będą proszę jaźń ćma źródło zażółć",
    "cs": "příliš žluťoučký kůň úpěl ďábelské ódy řeka město jaře",
    "tr": "İstanbul ışık çağrı göğüs şeker kağıt hâlâ Türkçe ağaç sıcak üç",
    "vi": "Việt tiếng người được một nước Nội chính phủ và là từ mẫu lâu",
    "el": "Ελλάδα κυβέρνηση ελληνικά είναι και της",
    "ru": "Россия правительство новости мир её",
    "sv": "på å ö är Göteborg kö rå två där",
    "es": "mañana está qué niño España aquí según él",
    "hu": "őrült újság kő fű szívű tető árvíztűrő és",
    "ro": "și țara înălțime mâine București fără",
    "da": "på ø købe æble år miljø rød tæt",
    "is": "það þegar áður veður ísland",
    "it": "perché città più università è già",
    "ca": "és català col·legi què pàtria",
    "lt": "šalis žmonės ą ė įmonė",
}
SURROUNDINGS = [
    *(
        "“{}”",
        "„{}“",
        "«{}»",
        "»{}«",
        "«\xa0{}\xa0»",
        "‘{}’",
        "”{}”",
        "{}…",
        "{}—{}",
        "{}–{}",
        "{}’s",
        "{}™",
        "{}®",
        "{}°",
        "{}²",
        "{}\xa0!",
    ),
    *(
        "„{}…“",
        "{}”…",
        "{}»…",
        "«{}»—{}",
        "{}†",
        "•{}•",
        "«{}»³",
        "{}\xa0{}",
        "{}”–{}",
        "“‘{}’”",
        "{}º",
        "{}ª",
        "{}·{}",
        "{}\xad{}",
        "{}©",
    ),
]


def misread(text: str) -> str:
    """Return the text as a program shows it that reads UTF-8 as Windows-1252."""
    return "".join(bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in text.encode())


@pytest.mark.parametrize("language", WORDS)
def test_real_words_stay(language: str) -> None:
    """Words in small letters and capitals, with their usual neighbours in print, stay."""
    words = WORDS[language].split()
    for word, surroundings in product(words, SURROUNDINGS):
        for form in (word, word.upper(), word.capitalize()):
            text = surroundings.format(form, form)
            assert repair_mojibake(text) == text
            assert repair_mojibake(f"{' '.join(words)} {text}") == f"{' '.join(words)} {text}"


@pytest.mark.parametrize("language", WORDS)
def test_misread_sentences_are_decoded(language: str) -> None:
    """The same words, misread as Windows-1252, are corrected, in small letters and in capitals."""
    for text in (WORDS[language], WORDS[language].upper()):
        assert repair_mojibake(misread(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        *(
            "Guerra no “IRÃ” e tensão IRÃ–EUA",
            "MAÇÃ™ e MAÇÃ®",
            "Å–Ä–Ö",
            "la lettre «\xa0Â\xa0»",
            "5×½ and 3×²",
            "Ø² × 4",
            "CAFÉ’s",
            "Ãguas",
        ),
        *("«está»—dijo", "né”…", "the Å”", "A = Ä°"),
    ],
)
def test_one_character_is_no_evidence(text: str) -> None:
    """A capital followed by a quotation mark, a dash or a sign stays."""
    assert repair_mojibake(text) == text


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        *(
            ("NISTâ€™s", "NIST’s"),
            ("20Â°C", "20°C"),
            ("Â£5", "£5"),
            ("Â© 2026", "© 2026"),
            ("done.Â\xa0Next", "done.\xa0Next"),
            ("ðŸ˜€", "😀"),
        ),
        *(
            ("«IRÃ”» e cafÃ©", "«IRÃ”» e café"),
            ("Ã\xa0 la carte", "à la carte"),
            ("tensão e cafÃ©", "tensão e café"),
            ("Ã‰TÃ‰", "ÉTÉ"),
            ("â€œyesâ€\x9d", "“yes”"),
            ("â€œyesâ€, he saidâ€¦", "“yes”, he said…"),
        ),
    ],
)
def test_evidence(text: str, meant: str) -> None:
    """A sequence that no language writes is decoded, with the rest of its word; good words beside
    it stay.
    """
    assert repair_mojibake(text) == meant


@pytest.mark.parametrize(
    "text", ["“yes” 'no'", "Á Í Ï Ð Ý", "co\u2010op", "a 😁", "日本語のニュース"]
)
def test_undefined_bytes_of_windows_1252(text: str) -> None:
    """Characters with a byte that Windows-1252 leaves undefined are decoded, in files too."""
    for title in (misread(text), text.encode().decode("latin-1")):
        article = load(f"title: {json.dumps(title, ensure_ascii=False)}\ndate: 2026-01-30").article
        assert article
        assert article.title == text
