"""Every rule: a sample is found by its own name in a line of text, and what only looks like one is left alone."""

from __future__ import annotations

from random import Random

import pytest
from tests.guard.pii.samples import SAMPLES

from helmward.guard.contract import About, Hit
from helmward.guard.guards.pii import Pii
from helmward.guard.pipeline import Guards

GUARDS = Guards([Pii()])
ABOUT = About("user")

# What must stand before a sample, where it does not prove itself.
BEFORE = {
    "au-medicare": "Medicare no. ",
    "au-tfn": "my tax file number is ",
    "bank-account": "account number: ",
    "ca-sin": "SIN: ",
    "date-of-birth": "date of birth: ",
    "de-tax-id": "Steuer-ID: ",
    "driver-license": "driver's license ",
    "imei": "IMEI ",
    "in-aadhaar": "Aadhaar ",
    "jp-my-number": "マイナンバー：",
    "nl-bsn": "BSN ",
    "passport": "passport no. ",
    "person-name": "my name is ",
    "pl-pesel": "PESEL: ",
    "tr-identity-number": "TC Kimlik No: ",
    "uk-nhs": "NHS number ",
    "za-id": "SA ID number ",
}


def hits(text: str) -> list[Hit]:
    """What is found."""
    return list(GUARDS.check(text, ABOUT).spans)


@pytest.mark.parametrize("rule", sorted(SAMPLES))
def test_a_sample_is_found_under_its_own_name(rule: str) -> None:
    for seed in range(20):
        sample, before = SAMPLES[rule](Random(seed), ""), "é 😀 " + BEFORE.get(rule, "")
        found = hits(f"{before}{sample} x")
        assert [hit.rule for hit in found] == [f"pii/{rule}"], (sample, found)
        assert (found[0].start, found[0].end) == (len(before), len(before) + len(sample)), sample


@pytest.mark.parametrize(
    "rule",
    [
        "ca-sin",
        "cn-resident-id",
        "credit-card",
        "fr-nir",
        "iban",
        "imei",
        "in-aadhaar",
        "it-fiscal-code",
        "kr-business-number",
        "nl-bsn",
        "pl-pesel",
        "uk-nhs",
        "br-cpf",
        "br-cnpj",
        "de-tax-id",
        "fi-hetu",
        "ch-ahv",
        "jp-my-number",
        "za-id",
    ],
)
def test_a_wrong_check_digit_is_no_number_of_anybody(rule: str) -> None:
    for seed in range(10):
        sample = SAMPLES[rule](Random(seed), "")
        place = max(at for at in range(len(sample)) if sample[at].isdigit())
        wrong = sample[:place] + str((int(sample[place]) + 1) % 10) + sample[place + 1 :]
        assert f"pii/{rule}" not in {hit.rule for hit in hits(f"{BEFORE.get(rule, '')}{wrong} x")}, wrong


@pytest.mark.parametrize(
    "text",
    [
        "10.0.0.1:8080 -> 192.168.4.17:443 packets=4111",
        "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "2026-11-21T18:22:00.123456789+09:00 took 1234567890ns",
        "ts=1732212121000 epoch 1732212121 ns 1732212121000000000",
        "memory 4194304000 of 16777216000, cpu 250m, 1e+10",
        "uid 6f1c2f0a-1f4e-4b7e-9d57-0a1b2c3d4e5f resourceVersion 823746519",
        '"traceId": "4539578763621486", spanId=4111111111111111',
        "git@github.com:acme/app.git root@node-1.example.com deploy: app@db.prod.svc.cluster.local",
        "getty@tty1.service user@1000.service lodash@4.17.21 @types/node@20.1.0",
        "postgres://app:x1y2z3@db.example.com:5432/pay https://user@example.com/path",
        "robot@my-project.iam.gserviceaccount.com",
        "image registry.example.com:5000/app:1.20.3 build 20261121.1822 job-20261121-0300",
        "seq 1000 2000 3000 4000 5000 6000",
        "the word SSN, the phone, an IBAN and the passport without a number",
        "My name is not known. Dear team, this is Kubernetes.",
        "이름은 필수 입력 항목입니다. 이름: 컨테이너",
        "mac 00:1b:44:11:3a:b7 via fe80::1",
        "ISBN 978-3-16-148410-0",
    ],
)
def test_infrastructure_is_nobody(text: str) -> None:
    assert hits(text) == []


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("메일은alice@example.com으로", "메일은[pii/email]으로"),
        ("Alice <alice@example.com>,", "Alice <[pii/email]>,"),
        ("alice@example.com.", "[pii/email]."),
        ("이름은 홍길동입니다", "이름은 [pii/person-name]입니다"),
        ("My name is Ada Lovelace and", "My name is [pii/person-name] and"),
        ("Dear Dr. Noether, hello", "Dear Dr. [pii/person-name], hello"),
        ("전화 010-1234-5678로", "전화 [pii/phone]로"),
        ("tel:+14155552671;ext=3", "tel:[pii/phone];ext=3"),
        ('{"ssn":"219-09-9998"}', '{"ssn":"[pii/us-ssn]"}'),
    ],
)
def test_no_more_is_masked_than_what_is_found(text: str, masked: str) -> None:
    assert GUARDS.check(text, ABOUT).masked == masked


def test_classes_by_what_it_opens() -> None:
    def data_class(text: str) -> str:
        return GUARDS.check(text, ABOUT).data_class

    assert data_class("mail alice@example.com") == "confidential"
    assert data_class("card " + SAMPLES["credit-card"](Random(1), "visa")) == "restricted"
    assert data_class("nothing") == "public"
