"""The core phrases in other languages: ignore what you were told, show your prompt, be without limits. Stems, folded."""

from __future__ import annotations

from typing import NamedTuple

from helmward.guard.injection.phrases.notation import Phrase

_NEAR = r"[^\n.!?]{0,60}?"


class _Language(NamedTuple):
    """Words of one language as alternatives. `drop`: ignore, forget; `told`: instructions, rules; `before`: previous, all;
    `show`; `prompt`: system prompt; `unlimited`: without any limits; `last`: the verb comes last."""

    drop: str
    told: str
    before: str
    show: str
    prompt: str
    unlimited: str
    last: bool = False


_LANGUAGES = (
    _Language(  # German
        r"\b(?:ignorier|vergiss|vergesst|vergessen sie|missacht|umgeh|uberschreib|verwirf|(?:befolg|beacht)\w* "
        r"(?:[a-z]+ ){0,3}nicht|losch|hor\w* auf)\w*",
        r"(?:anweisung|instruktion|vorgabe|befehl|richtlinie|regel|weisung|einschrankung|beschrankung|"
        r"system-?\s?prompt|sicherheitsvor)\w*",
        r"(?:bisherig|vorherig|vorig|fruher|obig|vorhergehend|vorangegangen|vorangehend|ursprunglich|dein|"
        r"deine|alle|samtlich|gegeben|system)\w*",
        r"\b(?:zeig|gib|nenn|verrat|schreib|wiederhol|druck|offenbar|sag|ubersetz|teil|lies)\w*",
        r"(?:dein\w*|eur\w*|ihr\w*)\s(?:[a-z]+[ -]){0,3}(?:system-?\s?prompt|system-?\s?(?:nachricht|"
        r"anweisung)|anfangs-?\s?prompt|anweisungen|instruktionen)\w*",
        r"\b(?:du bist|sei|verhalt dich|antworte|agier|spiel|tu so)[^\n.!?]{0,60}ohne (?:jeg?liche |"
        r"irgendwelche |alle )?(?:einschrankung|beschrankung|regel|filter|grenze|limit|zensur|moral)\w*",
    ),
    _Language(  # French
        r"\b(?:ignore|oublie|neglige|contourne|outrepasse|abandonne|efface|ne (?:tiens|tenez) (?:plus |pas "
        r")?(?:aucun )?compte|ne (?:suis|suivez|respecte|respectez) (?:plus|pas)|fais abstraction|faites "
        r"abstraction)\w*",
        r"\b(?:instruction|consigne|directive|regle|ordre|invite|contrainte|restriction|prompt)\w*",
        r"(?:precedent|anterieur|toutes|tous|tes|vos|initial|ci-dessus|qu'on t'a|qu'on vous a|donne|recu|systeme)\w*",
        r"\b(?:affiche|montre|revele|donne|imprime|repete|ecris|dis|traduis|recopie|partage|divulgue|communique)\w*",
        r"(?:ton|tes|votre|vos|le)\s(?:[a-z]+\s){0,2}(?:prompt\w* (?:systeme|initial|cache|complet)|"
        r"instructions? (?:systeme|initiales?|cachees?|secretes?)|invite systeme|prompt)",
        r"(?:tu es|agis|comporte-toi|reponds|fais comme|joue|vous etes|repondez)[^\n.!?]{0,60}sans (?:aucune? |"
        r"la moindre |plus de )?(?:restriction|limite|filtre|regle|censure|contrainte|morale)\w*",
    ),
    _Language(  # Spanish
        r"\b(?:ignora|olvida|omite|descarta|desobedece|haz caso omiso|hagan? caso omiso|pasa por alto|no "
        r"(?:sigas|obedezcas|respetes|hagas caso)|salta|anula|elimina tus)\w*",
        r"\b(?:instruccion|directriz|directric|indicacion|regla|orden(?:es)?\b|norma|restriccion|limitacion|"
        r"prompt)\w*",
        r"(?:anterior|previa|previo|todas|todos|tus|sus|inicial|recibi|de arriba|que te (?:dieron|han dado)|"
        r"del sistema)\w*",
        r"\b(?:muestra|ensena|revela|imprime|repite|escribe|dime|di|dame|traduce|copia|comparte)\w*",
        r"(?:tu|tus|su|el)\s(?:[a-z]+\s){0,2}(?:prompt (?:de|del) sistema|prompt (?:inicial|oculto|completo)|"
        r"instrucciones (?:iniciales|ocultas|secretas|del sistema|de sistema)|mensaje del sistema|prompt)",
        r"(?:actua|eres|comportate|responde|finge|haz como)[^\n.!?]{0,60}sin (?:ningun[ao]? |ningun tipo de "
        r")?(?:restriccion|limite|filtro|regla|censura|limitacion|moral)\w*",
    ),
    _Language(  # Italian
        r"\b(?:ignora|dimentica|trascura|scorda|scarta|aggira|non (?:seguire|rispettare|considerare|tenere "
        r"conto)|disobbedisci|annulla|tralascia)\w*",
        r"\b(?:istruzion|direttiv|regol|ordin[ei]\b|comand|indicazion|restrizion|limitazion|prompt)\w*",
        r"(?:precedent|tutte|tutti|tue|tuoi|iniziali|sopra|ricevut|che ti (?:hanno|sono)|di sistema)\w*",
        r"\b(?:mostra|rivela|stampa|ripeti|scrivi|dimmi|dammi|traduci|copia|condividi|elenca)\w*",
        r"(?:tuo|tue|il|i tuoi|le tue)\s(?:[a-z]+\s){0,2}(?:prompt (?:di|del) sistema|prompt (?:iniziale|"
        r"nascosto|completo)|istruzioni (?:iniziali|nascoste|segrete|di sistema)|messaggio di sistema|prompt)",
        r"(?:agisci|sei|comportati|rispondi|fingi)[^\n.!?]{0,60}senza (?:alcun[ao]? |nessun[ao]? "
        r")?(?:restrizion|limit|filtr|regol|censur|moral)\w*",
    ),
    _Language(  # Portuguese
        r"\b(?:ignor[ae]|esquec[ae]|desconsider[ae]|descart[ae]|desobedec[ae]|nao (?:siga|sigas|obedeca|"
        r"respeite)|contorne|anule|apague)\w*",
        r"\b(?:instruc|instruco|diretriz|diretiv|regra|ordens|comando|restric|orientac|prompt)\w*",
        r"(?:anterior|previa|todas|todos|suas|tuas|seus|iniciais|acima|que (?:te|lhe) (?:deram|foram)|que "
        r"recebeu|do sistema)\w*",
        r"\b(?:mostr[ae]|revel[ae]|imprim[ae]|repit[ae]|escrev[ae]|diga|me de|traduz[ai]?|copi[ae]|"
        r"compartilh[ae]|exib[ae])\w*",
        r"(?:seu|seus|suas|teu|o)\s(?:[a-z]+\s){0,2}(?:prompt (?:de|do) sistema|prompt (?:inicial|oculto|"
        r"completo)|instruc\w+ (?:iniciais|ocultas|secretas|do sistema)|mensagem do sistema|prompt)",
        r"(?:aja|atue|voce e|es|comporte-se|responda|finja)[^\n.!?]{0,60}sem (?:nenhum[ao]? |quaisquer? "
        r")?(?:restric|limit|filtro|regra|censura|moral)\w*",
    ),
    _Language(  # Dutch
        r"\b(?:negeer|vergeet|sla|omzeil|(?:volg|gehoorzaam)\w* (?:[a-z]+ ){0,3}niet|verwerp|wis|overschrijf)\w*",
        r"\b(?:instructie|aanwijzing|richtlijn|regel|opdracht|bevel|beperking|prompt|systeemprompt)\w*",
        r"(?:vorige|eerdere|voorgaande|alle|jouw|je|uw|bovenstaande|gegeven|oorspronkelijke|systeem)\w*",
        r"\b(?:toon|laat|geef|onthul|print|herhaal|schrijf|vertel|vertaal|kopieer|deel)\w*",
        r"(?:je|jouw|uw)\s(?:[a-z]+\s){0,2}(?:systeem-?\s?prompt|systeeminstructies|systeembericht|instructies|"
        r"prompt)\w*",
        r"(?:doe alsof|gedraag je|je bent|antwoord|reageer|speel)[^\n.!?]{0,60}zonder (?:enige |alle "
        r")?(?:beperking|regel|filter|grenzen|limiet|censuur)\w*",
    ),
    _Language(  # Russian
        r"(?:игнорир|проигнорир|забудь|забудьте|не обращай|не следуй|не выполняй|отбрось|отмени|обойди|нарушь)[а-я]*",
        r"(?:инструкц|указани|правил|команд|приказ|директив|ограничени|установк|промпт|подсказк)[а-я]*",
        r"(?:предыдущ|прежн|все |всех|свои|твои|ваши|выше|ранее|исходн|первоначальн|системн|данные тебе)[а-я]*",
        r"(?:покажи|выведи|напечатай|повтори|раскрой|напиши|скажи|назови|переведи|перечисли|опубликуй)[а-я]*",
        r"(?:сво[а-я]+|тво[а-я]+|ваш[а-я]*)[ ](?:[а-я]+ ){0,2}(?:системн[а-я]+ (?:промпт|подсказк|инструкц|"
        r"сообщени)[а-я]*|промпт[а-я]*|инструкци[а-я]*)",
        r"(?:ты|веди себя|отвечай|действуй|притворись|представь)[^\n.!?]{0,120}без (?:каких-либо |всяких |"
        r"любых )?(?:ограничени|правил|фильтр|цензур|моральн)[а-я]*",
    ),
    _Language(  # Chinese
        r"(?:忽略|无视|忘记|忘掉|忘了|不要(?:再)?(?:理会|遵守|遵循|理睬)|不必(?:再)?(?:遵守|遵循)|抛开|绕过|违反|忽視|無視|忘記|丢弃|放弃)",
        r"(?:指令|指示|规则|命令|提示词?|设定|限制|约束|要求|準則|规定|規則|提示詞)",
        r"(?:之前|以前|先前|上面|上述|前面|以上|所有|全部|一切|你的|您的|原来|原始|系统|系統|初始)",
        r"(?:输出|显示|告诉|打印|重复|展示|透露|泄露|说出|翻译|给我|写出|列出|輸出|顯示|告訴|复述)",
        r"(?:系统提示词?|系統提示詞?|系统指令|系统消息|初始(?:提示词?|指令)|隐藏的?(?:提示词?|指令)|(?:你|您)的(?:提示词|指令|设定))",
        r"(?:没有|不受|毫无|无)[^\n.!?]{0,18}(?:限制|约束|审查|道德)[^\n.!?]{0,15}(?:的?(?:ai|人工智能|助手|模型)|回答|模式)",
    ),
    _Language(  # Japanese
        r"(?:無視|忘れ|従わな|破棄|無効に|取り消)",
        r"(?:指示|命令|ルール|規則|プロンプト|制約|制限|設定|ガイドライン|指令)",
        r"(?:これまで|以前|前の|上記|今まで|すべて|全て|全部|あなた|先ほど|最初|システム|与えられ)",
        r"(?:表示|出力|教え|見せ|繰り返|印刷|公開|書き出|翻訳|開示)",
        r"(?:システム\s?プロンプト|システムメッセージ|初期(?:指示|プロンプト)|隠された(?:指示|プロンプト)|あなたの(?:指示|プロンプト|設定))",
        r"(?:制限|制約|規制|ルール|検閲|倫理)(?:が|の|は|も)?(?:一切)?(?:ない|無い|なし|受けない|とらわれない)[^\n.!?]{0,30}(?:ai|アシスタント|モデル|として|"
        r"に(?:なって|なりきって)|答え)",
        last=True,
    ),
    _Language(  # Korean
        r"(?:무시|잊어|잊고|잊으|따르지|지키지|폐기|취소하고|무효)",
        r"(?:지시|명령|지침|규칙|프롬프트|제한|제약|설정|안내문|인스트럭션)",
        r"(?:이전|앞선|앞의|위의|지금까지|모든|전부|너의|네|당신의|기존|처음|시스템|받은|내려진)",
        r"(?:보여|출력|알려|말해|공개|반복|써 ?줘|적어|번역|드러내|노출|공유)",
        r"(?:시스템\s?프롬프트|시스템\s?메시지|시스템\s?지시|초기\s?(?:지시|프롬프트)|숨겨진\s?(?:지시|프롬프트)|(?:너의|네|당신의)\s?(?:지시문?|프롬프트|지침|설정))",
        r"(?:아무런?|어떤|모든)?\s?(?:제한|제약|규칙|필터|검열|윤리)(?:이|도|은|을)?\s?"
        r"(?:전혀\s?)?(?:없는|없이|받지 않는|무시하는|"
        r"벗어난)[^\n.!?]{0,40}(?:ai|인공지능|모델|어시스턴트|봇|챗봇|답|대답|행동)",
        last=True,
    ),
)


def _of(language: _Language) -> list[Phrase]:
    near = _NEAR if language.drop.startswith(r"\b") else r"[^\n.!?]{0,90}?"
    given = f"(?:{language.before}){near}(?:{language.told})"
    drop, show = language.drop, language.show
    override = f"{given}{near}{drop}" if language.last else f"{drop}{near}{given}"
    extraction = f"{language.prompt}{near}{show}" if language.last else f"{show}{near}{language.prompt}"
    rows = [
        Phrase("instruction-override", override),
        Phrase("prompt-extraction", extraction),
        Phrase("jailbreak-persona", language.unlimited),
    ]
    if not language.last:  # "the instructions that came before: ignore them", "the prompt, show it"
        rows.append(Phrase("prompt-extraction", f"{language.prompt}[^\\n.!?]{{0,24}}?{show}"))
        rows.append(Phrase("instruction-override", f"{drop}{near}{language.told}{near}{language.before}"))
    return rows


PHRASES = [
    *(row for language in _LANGUAGES for row in _of(language)),
    # Forget everything you were told.
    Phrase("instruction-override", r"\bvergiss (?:bitte )?alles,? was (?:dir|du|ich|man|bisher|vorher)"),
    Phrase("instruction-override", r"\boublie[zr]? tout ce (?:que|qui|qu')"),
    Phrase(
        "instruction-override", r"\bolvida (?:todo )?(?:lo que|cuanto) (?:te|se te|has|sabes|recib|dije antes|dijeron)"
    ),
    Phrase("instruction-override", r"\bdimentica tutto (?:cio |quello )?che"),
    Phrase("instruction-override", r"\besqueca tudo (?:o )?que"),
    Phrase("instruction-override", r"\bvergeet alles wat"),
    Phrase("instruction-override", r"забудь(?:те)? (?:все|обо всем|про все)[ ,]+(?:что|о чем|ранее|выше)"),
    Phrase("instruction-override", r"(?:只|仅|僅)(?:听|聽|服从|服從|执行|執行)我(?:的(?:话|命令|指令))?"),
    Phrase("instruction-override", r"(?:내|나의)\s?(?:말|명령|지시)(?:만|에만)\s?(?:따르|따라|들어|복종)"),
    Phrase("instruction-override", r"(?:私|俺|僕)の(?:命令|指示|言うこと)(?:だけ|のみ)(?:に|を)"),
    Phrase("jailbreak-persona", r"(?:절대|결코)\s?거(?:절|부)하지\s?(?:마|않)"),
]
