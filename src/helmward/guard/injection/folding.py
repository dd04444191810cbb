"""One letter for each of its looks: lower case, no accents, no styles, no look-alikes. Every character stays one character, so
offsets hold."""

from __future__ import annotations

import re
import unicodedata

_PUNCTUATION = {
    **dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u00b4\u02bc\uff07", "'"),
    **dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb\u300c\u300d\u300e\u300f\uff02", '"'),
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2043", "-"),
    **dict.fromkeys("\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000", " "),
    "\u00df": "s",
    "\u00f8": "o",
    "\u0142": "l",
    "\u0131": "i",
    "\u0111": "d",
}

# Letters that are drawn like Latin ones: Cyrillic, Greek, Armenian, Cherokee, Latin small capitals and extensions.
_LOOKALIKES = dict(
    zip(
        "авсԁеёһіїјкӏмнорԛгѕтυухѡуԝᴢ" + "αβϲδεηικνορτυωχγ" + "աոսօցհյզ" + "ꓮᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏ" + "ɑɡɩıȷɛℓ",
        "abcdeehiijklmhopqrstuyxwywz" + "abcdenikvoptuwxy" + "wnuoghjq" + "aabcdefghijklmnoprstuvwy" + "agiijel",
        strict=True,
    )
)


class _Fold(dict[int, str]):
    """For str.translate: looked up once a character."""

    def __missing__(self, code: int) -> str:
        folded = _folded(chr(code))
        self[code] = folded
        return folded


def _folded(character: str) -> str:
    known = _PUNCTUATION.get(character)
    if known is not None:
        return known
    if "\u1100" <= character <= "\u11ff" or "\uac00" <= character <= "\ud7af":
        return character
    lowered = character.lower()
    if len(lowered) != 1:
        lowered = lowered[0]
    plain = unicodedata.normalize("NFKD", lowered)[0].lower()
    return (
        plain
        if plain.isascii() and plain.isalnum()
        else unicodedata.normalize("NFKC", lowered)[0].lower()[:1] or lowered
    )


_FOLD = _Fold()
_OTHER = re.compile("[^\x00-\x7f]+")
_LATIN = {ord(look): letter for look, letter in _LOOKALIKES.items()}


def fold(text: str) -> str:
    """`text` in lower case, without accents and styles; as long as it was."""
    if text.isascii():
        return text.lower()
    lowered = text.lower()
    if len(lowered) != len(text) or len(text.encode("utf-8", "replace")) > 1.5 * len(text):
        return text.translate(_FOLD)
    return _OTHER.sub(lambda found: found.group().translate(_FOLD), lowered)


def latin(folded: str) -> str:
    """A folded text in which look-alikes of other scripts became Latin letters."""
    return _OTHER.sub(lambda found: found.group().translate(_LATIN), folded)
