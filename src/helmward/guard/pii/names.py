"""Whether a word after `my name is` can be a name: what it is not, and Korean family names."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_NO_NAMES = _words(
    """
    not the a an this that here there please irrelevant unknown none null true false anonymous private hidden secret test
    sir madam team all customer customers user users colleague colleagues friend friends hiring manager support admin
    administrator everyone folks recruiter valued president minister name first last full required invalid missing optional
    string text value field column empty default example foo bar baz undefined nil n/a tbd redacted masked
    """
)
_SURNAMES = frozenset(
    "김이박최정강조윤장임한오서신권황안송류유전홍고문양손배백허남심노하곽성차주우구민진지엄채원천방공현함변염여추도소석선설"
    "마길연위표명기반왕금옥육인맹제모탁국어은편용예경봉사부가복태목형피두감호"
)
_TWO = ("남궁", "황보", "제갈", "사공", "선우", "서문", "독고")
_NO_KOREAN = _words(
    """
    이름 성명 고객 사용자 담당자 필수 입력 정보 확인 변경 없음 미정 오류 서비스 컨테이너 파드 노드 배포 이미지 주소 전화 연락처
    규칙 공간 설정 목록 형식 조회 전체 기본 임의 지정 서버 변수 파일 이용 이상 이하 정상 정의 고유 주의 성공 지원 문자 문자열
    추가 제한 중복 유효 동일 공백 한글 영문
    """
)


def is_name(text: str) -> bool:
    """One to four words of which none is a common word."""
    return all(word.strip(".'-").lower() not in _NO_NAMES for word in text.split(" ")) and len(text) >= 3


def has_surname(text: str) -> bool:
    """A Korean name: a family name, and one to three syllables after it."""
    return (text[:1] in _SURNAMES or text[:2] in _TWO) and text not in _NO_KOREAN and text[:2] not in _NO_KOREAN
