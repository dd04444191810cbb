"""What only the words around it tell: names, days of birth, addresses, passports, driving licences."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from helmward.guard.matching.kinds import Found, Kind
from helmward.guard.matching.rows import named
from helmward.guard.pii.names import has_surname, is_name

_WORD = r"[A-Z\xc3][A-Za-z\x80-\xff'\-]{1,24}"
_NAME = rf"{_WORD}(?: (?:(?:van|von|de|da|del|della|di|bin|al) ){{0,2}}(?:[A-Z]\. )?{_WORD}){{0,3}}"
_TITLE = r"(?:Mr|Mrs|Ms|Mx|Miss|Dr|Prof|Herr|Frau|Monsieur|Madame|Mme|Señor|Señora|Sr|Sra)\b\.?"
_HANGUL = r"[\xea-\xed][\x80-\xbf][\x80-\xbf]"
_KO_WORDS = "고객명|고객 이름|성명|이름|성함|환자명|예금주|수취인|신청자|가입자명|담당자명|받는 사람|보호자"
_AFTER = "입니다|이에요|예요|이고|이며|님|씨|라고|이라고|이구요|고객"


def _name(text: str, match: Any) -> Iterator[Found]:
    start, end = match.span(1)
    while (name := text[start:end]) and not is_name(name):
        space = name.rfind(" ")
        if space < 0:
            return
        end = start + space  # "Alice Kim And": what follows a name may begin with a capital too
    if name:
        yield Found(start, end, "person-name", 0.75)


def _korean(text: str, match: Any) -> Iterator[Found]:
    start, end = match.span(1)
    if has_surname(text[start:end].encode("latin-1").decode("utf-8", "replace")):
        yield Found(start, end, "person-name", 0.75)


def _day(text: str) -> float:
    return 0.8


def _number(text: str) -> float:
    """Some digits: a word alone is none."""
    return 0.75 if sum(map(str.isdigit, text)) >= 5 and len(set(text)) > 2 else 0.0


_MONTH = (
    r"(?i:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sep(?:tember)?|oct(?:ober)?|"
    r"nov(?:ember)?|dec(?:ember)?)\.?"
)
_ORDINAL = r"[0-3]?[0-9](?:st|nd|rd|th)?"
_YEAR = r"(?:19|20)[0-9]{2}"
_DATE = (
    rf"(?:{_YEAR}[\-./][01]?[0-9][\-./][0-3]?[0-9]|[0-3]?[0-9][\-./][0-3]?[0-9][\-./](?:19|20)?[0-9]{{2}}"
    rf"|{_MONTH} {_ORDINAL},? {_YEAR}|{_ORDINAL} {_MONTH},? {_YEAR}"
    rf"|{_YEAR} ?년 ?[01]?[0-9] ?월 ?[0-3]?[0-9] ?일|{_YEAR}[01][0-9][0-3][0-9])"
)
_BORN = (
    "dob|date of birth|birth date|birthdate|birthday|born|born on|geburtsdatum|geboren am|geboren|date de naissance|né le|"
    "née le|fecha de nacimiento|data di nascita|data de nascimento|geboortedatum|생년월일|생일|生年月日|出生日期"
)
_STREET = (
    r"(?:Street|St|Avenue|Ave|Road|Rd|Boulevard|Blvd|Lane|Ln|Drive|Dr|Court|Ct|Way|Place|Pl|Square|Terrace|Crescent|Close|"
    r"Highway|Hwy)\b"
)
_PROVINCE = (
    "(?:서울|부산|대구|인천|광주|대전|울산|세종|경기|강원|충청(?:남|북)?|충북|충남|전라(?:남|북)?|전북|전남|경상(?:남|북)?|"
    "경북|경남|제주)"
)
_PASSPORT = (
    "passport|reisepass|reisepassnummer|passeport|pasaporte|paszport|passaporto|여권|여권번호|旅券番号|护照|护照号"
)
_LICENCE = (
    "driver license|driver's license|drivers license|driving license|driver licence|driver's licence|driving licence|dl|"
    "führerschein|führerscheinnummer|permis de conduire|운전면허|운전면허번호|運転免許証番号|驾驶证号"
)
_SAID = (
    r"(?:\b[Mm]y (?:full )?name is|\b[Mm]y name's|\bI am called|\bI'm called|\b(?:[Mm]ein Name ist|[Jj]e m'appelle|"
    r"[Mm]e llamo|[Mm]i chiamo|[Mm]eu nome é|[Mm]ijn naam is))"
)
_GREETED = r"\b(?:Dear|Hi|Hello|Sehr geehrter|Sehr geehrte|Cher|Chère|Estimado|Estimada)"
_FIELD = (
    r"(?i:(?:\b|_)(?:full|first|last|middle|given|family|maiden|customer|patient|employee|account holder|cardholder|"
    r"card holder|contact|applicant|beneficiary|recipient|guest|passenger|client|member|subscriber|tenant|insured|legal)"
    r"[ _\-]?name|\bsurname|\bnachname|\bvorname|\bapellido|\bcardholder)"
)

KINDS = (
    Kind("person-name", rf"{_SAID} {{1,2}}(?:{_TITLE} )?({_NAME})", locate=_name),
    Kind("person-name", rf"{_GREETED} {_TITLE} ({_NAME})", locate=_name),
    Kind("person-name", rf"{_FIELD}[\"'*\\]{{0,3}} ?[:=] ?[\"'\\]{{0,3}}(?:{_TITLE} )?({_NAME})", locate=_name),
    Kind(
        "person-name",
        rf"(?:{_KO_WORDS})[\"'*]{{0,3}} ?(?:은|는|이|가|：)?[ ]?[:=]?[ ]?[\"']?({_HANGUL}{_HANGUL}(?:{_HANGUL}){{0,2}}?) ?"
        rf"(?:{_AFTER}|[^\xea-\xed]|$)",
        locate=_korean,
    ),
    named("date-of-birth", _BORN, _DATE, _day),
    Kind(
        "street-address", rf"\b([1-9][0-9]{{0,4}}[A-Za-z]? (?:[NSEW]\. )?(?:[A-Z][A-Za-z'\-]{{1,20}} ){{1,3}}{_STREET})"
    ),
    Kind(
        "street-address",
        rf"({_PROVINCE}(?:특별시|광역시|특별자치시|특별자치도|도|시)? (?:(?:{_HANGUL}){{1,4}}(?:시|군) )?(?:{_HANGUL}){{1,4}}"
        rf"(?:구|군|시|읍|면) ?(?:{_HANGUL}|[0-9]){{1,8}}(?:로|길|동|리) ?[0-9]{{1,4}}(?:-[0-9]{{1,4}})?)",
    ),
    named("passport", _PASSPORT, r"[A-Z]{0,2}[0-9]{6,9}[A-Z]?", _number),
    named("driver-license", _LICENCE, r"[A-Z0-9](?:[ \-]?[A-Z0-9]){5,17}", _number),
)
