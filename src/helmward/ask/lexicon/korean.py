"""Korean: words by tag, stems of verbs with their endings, particles, numbers, and names of services."""

from __future__ import annotations

from helmward.ask.lexicon import read

NOUNS = read("korean")
KINDS = read("korean_kinds")
DO_VERBS = read("korean_verbs_hada")
OWN_VERBS = read("korean_verbs")

_ENDINGS = (
    "에서는 에게서 한테서 이랑은 으로는 이에요 입니다 에서 에는 에도 으로 이랑 하고 부터 까지 보다 이요 이야 에요 예요 들은 들을 "
    "들이 들의 은 는 이 가 을 를 의 에 로 와 과 랑 도 만 들 요 야 좀"
)
PARTICLES: tuple[str, ...] = tuple(_ENDINGS.split())
"""Endings of nouns (조사), the longest first."""

JOINING = frozenset({"와", "과", "랑", "이랑", "하고", "이랑은"})
"""Particles that say "and"."""

_DO = (
    "|해|해줘|해줘요|해주세요|해주십시오|해라|하자|하세요|하십시오|합시다|시켜|시켜줘|시켜줘요|시켜주세요|부탁|부탁해|부탁해요"
    "|부탁드려요|부탁드립니다|바람|바랍니다|요망|해줄래|해줄래요|해봐|해주라|해주겠어|해주실래요|하기|하도록|요|좀"
)
DO = frozenset(_DO.split("|"))
"""What follows the noun of a verb (재시작 + 해줘) where it is asked to be done now."""

_GIVE = "|줘|줘요|주세요|주십시오|라|봐|줄래|줄래요|주라|주실래요|주겠어|요|놔|놔줘|보자|볼래"
GIVE = frozenset(_GIVE.split("|"))
"""What follows the stem of a verb of its own (늘려 + 줘) where it is asked to be done now."""

NUMBERS: dict[str, int] = {
    "영": 0,
    "하나": 1,
    "둘": 2,
    "두": 2,
    "셋": 3,
    "세": 3,
    "넷": 4,
    "다섯": 5,
    "여섯": 6,
    "일곱": 7,
    "여덟": 8,
    "아홉": 9,
    "열": 10,
}
"""Without those that say something else too: 한, 일, 네, 공."""

NAMES: dict[str, str] = {
    "결제": "payment",
    "페이먼트": "payment",
    "사용자": "user",
    "유저": "user",
    "회원": "user",
    "프론트엔드": "frontend",
    "프론트": "frontend",
    "백엔드": "backend",
    "카트": "cart",
    "장바구니": "cart",
    "주문": "order",
    "체크아웃": "checkout",
    "검색": "search",
    "인증": "auth",
    "로그인": "login",
    "재고": "inventory",
    "배송": "shipping",
    "추천": "recommendation",
    "상품": "product",
    "게이트웨이": "gateway",
    "데이터베이스": "database",
    "디비": "database",
    "레디스": "redis",
    "포스트그레스": "postgres",
    "카프카": "kafka",
    "그라파나": "grafana",
    "프로메테우스": "prometheus",
    "운영": "production",
    "프로덕션": "production",
    "상용": "production",
    "라이브": "production",
    "스테이징": "staging",
    "개발": "development",
    "모니터링": "monitoring",
    "서비스": "service",
    "세션": "session",
    "설정": "config",
}
"""What people call services and environments, in the English that their names are made of."""
