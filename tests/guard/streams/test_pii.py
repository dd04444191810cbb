"""Personal data and marks of classes: the same verdict at every split of a stream, for each rule."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

import pytest
from tests.guard.pii.samples import SAMPLES

from helmward.core.settings_guard import GuardSettings
from helmward.guard.contract import About, Role, Verdict
from helmward.guard.guards.data_class import DataClassMarks
from helmward.guard.guards.pii import Pii
from helmward.guard.guards.secrets import Secrets
from helmward.guard.pipeline import Guards

from .splitting import in_chunks

GUARDS = Guards([Secrets(), Pii(), DataClassMarks()], GuardSettings(seconds=30))
ABOUT = About("assistant")
ROLES: tuple[Role, ...] = ("system", "user", "assistant", "tool")

# A text for each rule; what must stand around it, and the variant with the most white space in it.
TEXTS = {
    "email": "mail <alice.kim@example.com> 메일은bob@bücher.example입니다 ok",
    "phone": f"call +{SAMPLES['phone'](Random(1), 'spaced')[1:]} or 전화번호는 {SAMPLES['phone'](Random(1), 'kr')} 입니다",
    "credit-card": f"order 1 card {SAMPLES['credit-card'](Random(1), 'visa-spaced')} 2027 카드 끝",
    "iban": f"pay {SAMPLES['iban'](Random(1), 'de-spaced')} BIC X, now",
    "bank-account": f"계좌번호 : {SAMPLES['bank-account'](Random(1), 'ko')} 예금",
    "us-ssn": f"the social security number is {SAMPLES['us-ssn'](Random(1), 'spaced')} ok",
    "us-itin": f"ITIN: {SAMPLES['us-itin'](Random(1), '')} x",
    "ca-sin": f"social insurance number {SAMPLES['ca-sin'](Random(1), 'spaced')} x",
    "br-cpf": f"meu CPF é {SAMPLES['br-cpf'](Random(1), '')}, ok",
    "br-cnpj": f"CNPJ: {SAMPLES['br-cnpj'](Random(1), '')} x",
    "cl-rut": f"RUT {SAMPLES['cl-rut'](Random(1), '')} x",
    "mx-curp": "CURP HEGG560427MVZRRL04 x",
    "uk-nino": f"NI {SAMPLES['uk-nino'](Random(1), 'spaced')} x",
    "uk-nhs": f"NHS number {SAMPLES['uk-nhs'](Random(1), '')} x",
    "de-tax-id": f"Steuer-ID: {SAMPLES['de-tax-id'](Random(1), '')} x",
    "fr-nir": f"NIR {SAMPLES['fr-nir'](Random(1), 'spaced')} 12 x",
    "es-dni": f"DNI {SAMPLES['es-dni'](Random(1), '')}, x",
    "es-nie": f"NIE {SAMPLES['es-nie'](Random(1), '')}, x",
    "it-fiscal-code": f"CF {SAMPLES['it-fiscal-code'](Random(1), '')} x",
    "nl-bsn": f"mijn BSN is {SAMPLES['nl-bsn'](Random(1), '')} x",
    "pl-pesel": f"PESEL : {SAMPLES['pl-pesel'](Random(1), '')} x",
    "se-personnummer": f"personnummer är {SAMPLES['se-personnummer'](Random(1), 'long')} x",
    "fi-hetu": f"HETU {SAMPLES['fi-hetu'](Random(1), '')} x",
    "ch-ahv": f"AHV {SAMPLES['ch-ahv'](Random(1), '')} x",
    "be-national-number": f"NRN {SAMPLES['be-national-number'](Random(1), '')} x",
    "tr-identity-number": f"TC kimlik no {SAMPLES['tr-identity-number'](Random(1), '')} x",
    "za-id": f"SA ID number: {SAMPLES['za-id'](Random(1), '')} x",
    "no-national-id": "fødselsnummer 010150 00232 x",
    "dk-cpr": "CPR 010203-1234 x",
    "ie-pps": "PPS number 1234567T x",
    "pt-nif": "NIF 123456789 x",
    "ro-cnp": "CNP 1800101221144 x",
    "kr-rrn": f"주민등록번호는 {SAMPLES['kr-rrn'](Random(1), '')} 입니다",
    "kr-business-number": f"사업자번호 {SAMPLES['kr-business-number'](Random(1), '')} 로",
    "in-aadhaar": f"Aadhaar {SAMPLES['in-aadhaar'](Random(1), '')} 5678 x",
    "in-pan": f"PAN {SAMPLES['in-pan'](Random(1), '')} x",
    "au-tfn": f"tax file number {SAMPLES['au-tfn'](Random(1), '')} x",
    "au-medicare": f"Medicare no {SAMPLES['au-medicare'](Random(1), '')} x",
    "cn-resident-id": f"身份证号{SAMPLES['cn-resident-id'](Random(1), '')}是",
    "jp-my-number": f"マイナンバーは {SAMPLES['jp-my-number'](Random(1), '')} です",
    "sg-nric": f"NRIC {SAMPLES['sg-nric'](Random(1), '')} x",
    "hk-id": "HKID A123456(3) x",
    "tw-id": "ID A123456789 x",
    "th-id": "ID 1-1037-02071-81-1 x",
    "imei": f"IMEI : {SAMPLES['imei'](Random(1), '')} x",
    "person-name": "My name is Ada van Dyke Lovelace and 고객명: 김철수 님, 이름은 홍길동 입니다.",
    "date-of-birth": "born on March 3, 1980 and 생년월일은 1980년 3월 3일 입니다",
    "street-address": "at 221 Baker Street, 주소는 서울특별시 강남구 테헤란로 123 입니다",
    "passport": "passport number: M12345678 x",
    "driver-license": "driver's license no. D123 4567 890 x",
}
"""By rule of `pii`."""


def streamed(text: str, cuts: Sequence[int]) -> Verdict:
    """The text fed in chunks that end at `cuts`."""
    return in_chunks(GUARDS, ABOUT, text, cuts)


def test_every_rule_has_a_text() -> None:
    assert {rule.name for rule in Pii.rules} == set(TEXTS)


@pytest.mark.parametrize("rule", sorted(TEXTS))
def test_every_split_of_a_short_text(rule: str) -> None:
    text = TEXTS[rule]
    whole = GUARDS.check(text, ABOUT)
    assert f"pii/{rule}" in {hit.rule for hit in whole.spans}, whole
    for cut in range(len(text) + 1):
        assert streamed(text, [cut]) == whole
    assert streamed(text, range(1, len(text))) == whole


@pytest.mark.parametrize("rule", sorted(TEXTS))
def test_the_same_for_every_role_and_masked_once_for_all(rule: str) -> None:
    text = TEXTS[rule]
    found = {role: GUARDS.check(text, About(role)) for role in ROLES}
    assert len({verdict.masked for verdict in found.values()}) == 1
    masked = found["user"].masked
    assert GUARDS.check(masked, ABOUT).masked == masked


def test_prose_is_held_back_by_a_word_at_most() -> None:
    """A pattern that may begin with white space would hold back everything."""
    for text in (
        "The pod restarts because of its probe. ",
        "파드가 다시 시작됩니다. 로그를 봅니다. ",
        "- a:\n    b: c\n  # d\n",
    ):
        stream, released = GUARDS.stream(ABOUT), 0
        for at, letter in enumerate(text):
            released += len(stream.feed(letter).text)
            assert at + 1 - released <= 12, text[: at + 1]


@pytest.mark.parametrize("seed", range(10))
def test_random_splits_of_long_texts(seed: int) -> None:
    random = Random(seed)
    text = "".join(random.choice(LONG if seed < 2 else PARTS) for _ in range(random.randrange(5, 40)))
    whole = GUARDS.check(text, ABOUT)
    for _ in range(3):
        cuts = sorted(random.randrange(len(text) + 1) for _ in range(random.randrange(1, 150)))
        assert streamed(text, cuts) == whole


PARTS = [
    *(f"{text} " for text in TEXTS.values()),
    *TEXTS.values(),
    "The pod restarts because its liveness probe fails. ",
    "4111 ",
    "4111-1111-",
    "+1 415 ",
    "1 2 3 4 5 6 7 8 9 ",
    "이름은 ",
    "\n",
    " ",
    '"',
    "😀",
    "\ud800",
    "CONFIDENTIAL ",
    "TLP:",
    "9" * 300,
]
LONG = [*PARTS, *(["7 " * 9000, "a@" * 6000, "가나다라 " * 3000] * 8)]
