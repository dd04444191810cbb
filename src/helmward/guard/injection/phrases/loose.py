"""The same wishes in looser words: what was given no longer holds, only I count, show what you got first."""

from __future__ import annotations

from helmward.guard.injection.phrases.notation import TOOL, USER, Phrase, phrases
from helmward.guard.injection.phrases.words import AI, WHO

_RULES = (
    r"(?:instructions?|rules?|rule ?book|constraints?|polic(?:y|ies)|guidelines?|restrictions?|limits?|"
    r"limitations?|filters?|directives?|"
    r"safeguards?|guard ?rails?|orders|programming|training|boundaries|principles|prompts?)"
)
_GIVEN = (
    r"you (?:were|are|have been|had|have|'ve been|received|got|started with|came with|must follow|should "
    r"follow|follow|"
    r"were told|obey|operate under)(?: (?:given|told|taught|set|bound by|to follow|following))?"
)
_GONE = (
    r"(?:void|null|off|gone|a mistake|by mistake|not exist|no longer|over|history|irrelevant|not matter|"
    r"forgotten|erased|meaningless|"
    r"suspended|not count|cancell?ed|lifted|expired|ended|not apply|not valid|invalid|waived|revoked|removed|"
    r"abolished)"
)
_WITHOUT = (
    r"(?:stop|quit|cease|no more|enough with) (?:obeying|following|enforcing|applying|respecting|honou?ring|"
    r"listening to)"
)
_SHOW = (
    r"(?:show|print|dump|tell|give|output|convert|translate|repeat|list|spell|write|reveal|provide|share|"
    r"display|copy|put|turn|summari[sz]e|"
    r"quote|read|paste|recite|send|export|describe|transcribe|format)"
)
_DO = (
    r"(?:run|execute|call|send|read|fetch|add|install|report|approve|delete|include|reveal|say|tell|mark|"
    r"forward|write|print|rate|"
    r"recommend|ignore|open|visit|respond|reply|answer|state|claim|treat)"
)

PHRASES = [
    *phrases(
        "instruction-override",
        rf"your(?: \w+){{0,3}} {_RULES}(?: \w+){{0,4}} {_GONE}\b",
        rf"{_RULES} (?:that |which )?{_GIVEN}(?: {{5}})? {_GONE}\b",
        rf"(?:ignore|disregard|forget|drop|skip|break|bend|violate|overrule|lose|abandon|neglect)(?: {{4}})? "
        rf"{_RULES} (?:that |which )?{_GIVEN}\b",
        rf"{_WITHOUT} (?:the |any |all |these |those |your |such )*(?:\w+ )?{_RULES}\b",
        rf"(?:ignore|disregard|forget|overrule|bypass) (?:the |your |an? )?{WHO}'s (?:\w+ )?(?:{_RULES}|"
        rf"message|wishes|orders?)\b",
        r"(?:ignore|disregard|forget|skip) (?:everything |all |whatever |what(?:'s| is| was) |the )*(?:text |"
        r"message |content |part |stuff )?(?:written |said )?above "
        r"(?:and|but)(?: then)? (?:instead|just|now|simply|say|print|tell|output|write|reveal|give|show|only)\b",
        rf"(?:whatever|any|all)(?: {{1}})? {_RULES} (?:preced|came before|come before|you got|above|before this)",
        rf"(?:do|perform|say) the (?:exact |very |complete )?opposite of (?:what|your|all)(?: {{2}})? "
        rf"?(?:{_RULES}|told|asked|says?)",
        r"obey (?:me|the user|us|this user)\b|(?:obey|comply|serve)(?: {3})? (?:unconditionally|without "
        r"question|blindly)",
        r"do (?:exactly |only |just )?(?:what|whatever|as|everything) i (?:say|tell|type|want|command|"
        r"order)(?: you)?(?: to(?: do)?)?(?:\s*[.!;\n\"']|$| (?:without|no matter|from now|and nothing|only|"
        r"regardless|unconditionally))",
        r"(?:act|respond|listen|react) only (?:on|to) (?:what i|my (?:words|messages|commands))",
        r"(?:rules?|limits|filters?|restrictions|polic(?:y|ies)|guard ?rails) (?:r|are|is) (?:now |all )*off\b|"
        r"no (?:more )?rules (?:now|any ?more|from now|apply)",
        r"forget (?:about )?(?:who|what) you (?:are|were)\b",
        r"(?:drop|leave|lose|shed|abandon|stop)(?: being| playing| the| your| a| acting like)* (?:helpful |ai |"
        r"polite |safe )*assistant(?: \w+)? ?(?:persona|role|act|character|mask|mode|and)\b|as the raw model\b",
        r"(?:continue|go on|proceed|work|act|operate) without (?:them|those|these|your|any)(?: {1})? ?(?:rules|"
        r"constraints|limits|restrictions|guidelines|safeguards|guard ?rails)",
        asked=False,
        roles=USER,
    ),
    *phrases(
        "role-forgery",
        r"(?:update|message|notice|order|instructions?|announcement|directive) from (?:anthropic|openai|google|"
        r"meta|mistral|your (?:developers?|creators?|makers?|vendor)|the (?:vendor|developers?))\s*[:,]",
        r"(?:end|close|stop)(?:ing)? of (?:the )?(?:system )?(?:prompt|instructions|system message)[ "
        r"#*=>\]-]*[\n. ]{0,4}[^\n]{0,60}\b(?:obey|now|you|user|new|ignore)\b",
        asked=False,
    ),
    *phrases(
        "prompt-extraction",
        rf"{_SHOW} {{6}}(?:your|the) (?:whole |full |entire |initial |current )*(?:context window|context from|"
        rf"system message|conversation (?:prefix|preamble))\b",
        rf"{_SHOW} {{4}}(?:your|the) (?:\w+ )?(?:instructions|prompt|rules|directives)(?: {{1}})? (?:letter|"
        rf"line|word|token|character|sentence)s? (?:by|for) (?:letter|line|word|token|character|one|sentence)",
        r"(?:text|message|content|words?|everything|all|prompt|input|instructions)(?: that| which)? you "
        r"(?:received|got|saw|read|were sent|were shown|were handed) (?:before|prior|at the (?:start|beginning|"
        r"top)|first|initially|ahead)",
        r"(?:what|which)(?: \w+){0,2} (?:was|is|were|stands|stood|came|comes)(?: \w+)? (?:above|before)(?: "
        r"\w+)?(?: before)? (?:i (?:said|wrote|asked|typed|spoke)|my (?:first|message)|our|this (?:message|"
        r"conversation|chat))",
        r"hidden (?:instructions?|rules?|prompts?|directives?|messages?)(?: that| which)? (?:you|your)\b",
        roles=USER,
    ),
    *phrases("suspected", r"your(?: \w+){1,2} system (?:prompt|message|instructions)\b", sure=False, roles=USER),
    *phrases(
        "jailbreak-persona",
        rf"(?:you|[a-z]{{0,12}}-?(?:gpt|bot|ai|llm)[a-z-]{{0,12}}) (?:doesn't|does not|don't|do not|won't|will "
        rf"not) (?:have|follow|obey|respect|know|care about|accept) (?:any |about )?{_RULES}\b",
        r"(?:unfiltered|unrestricted|uncensored|evil|amoral|jailbroken|rogue|unbound|lawless) (?:twin|brother|"
        r"sister|friend|side|clone|double|buddy|partner|counterpart|voice|form|me|you|gpt)\b",
        r"(?:i|we) (?:want|need|would like|'d like|require) you to (?:be|become|act|play|turn into)(?: {8})? "
        r"(?:free (?:of|from)|without|unfiltered|no|not bound by)(?: {2})? (?:rules|polic(?:y|ies)|filters?|"
        r"limits|restrictions|censorship|ethics|morals|guidelines)",
        asked=False,
        roles=USER,
    ),
    *phrases(
        "approval-forgery",
        r"(?:this is |it is |it's |all )?approved by (?:me|myself)\b",
        r"(?:you|we)(?: {1})? (?:do not|don't|won't|will not|no longer) need (?:any |another |other |further |"
        r"more |additional |an? |the |to (?:ask|wait|get|seek|request)(?: for)? )+(?:other |further |more "
        r")?(?:approval|permission|confirmation|authori[sz]ation|sign ?off|review)",
        r"(?:boss|manager|lead|cto|ciso|ceo|admin(?:istrator)?|owner|chief|director|supervisor|team)(?: {1})? "
        r"(?:said|says|told (?:me|us)|confirmed|agreed|thinks|promised)(?: that)?(?: it(?:'s| is| was)| we| i| "
        r"you)?(?: {1})? "
        r"(?:ok|okay|fine|alright|allowed|can|may|good)(?: {1})? (?:to )?(?:skip|bypass|ignore|override|go "
        r"around|do without|leave out)\b",
        asked=False,
        roles=USER,
    ),
    *phrases(
        "instruction",
        rf"(?:{AI}|ai agents?|agents?)s? (?:reading|processing|analy[sz]ing|summari[sz]ing|installing|using|"
        rf"handling|reviewing|parsing|indexing|crawling) (?:this|these|the following)(?: {{2}})? (?:must|"
        rf"should|shall|have to|need to|has to|"
        rf"are (?:asked|required|instructed|told) to|will)(?: also| always| instead| now| first)* {_DO}\b",
        rf"(?:{AI}|bot|model)[- ](?:only|specific|facing|targeted|directed)(?:[- ](?:note|instruction|message|"
        rf"directive|hint|text|comment)s?)\b\s*[:.-]",
        r"(?:approve|accept|merge|pass|allow) (?:it|this|them|the \w+) and (?:do not|don't|never) (?:mention|"
        r"report|flag|comment)",
        r"(?:reveal|print|include|insert|write|repeat|show|add|put|paste) {6}(?:in|into|at the end of|at the "
        r"start of) your next (?:message|reply|answer|response|output)",
        roles=TOOL,
    ),
    Phrase(
        "instruction",
        rf"@(?:llm|ai|assistant|copilot|claude|chatgpt|gpt)s?\b\s*[:,]\s*(?:when|please|if|you|{_DO})\b",
        roles=TOOL,
    ),
    # Other languages: only what I say counts; what you were given.
    *(
        Phrase("instruction-override", pattern, asked=False)
        for pattern in (
            r"\bcomme si (?:tu|vous) n'(?:avais|aviez|avez|as) (?:jamais|pas|"
            r"aucune?)[^\n.!?]{0,30}(?:instruction|consigne|regle|ordre)",
            r"\bobeis-moi|\bobeissez-moi|\bgehorche? (?:nur )?mir\b|\bhor(?:e)? (?:ab jetzt )?nur (?:noch "
            r")?auf mich|\bobedeceme|\bobbediscimi|\bobedeca-me|\bgehoorzaam (?:alleen )?mij",
            r"\b(?:haz|hagas) (?:solo |todo )?lo que (?:yo )?te (?:diga|ordene|mande)|\bfai (?:solo |tutto "
            r")?quello che ti dico|\bfaca (?:apenas |so |tudo )?o que eu (?:disser|mandar)|\bdoe (?:alleen |"
            r"precies )?wat ik zeg",
            r"\bfais (?:tout |exactement |uniquement )?ce que je (?:te )?(?:dis|demande|veux)|\bmach(?:e)? "
            r"(?:nur |genau |alles,? )?was ich (?:dir )?sage",
            r"(?:делай|выполняй)[^\n.!?]{0,20}что я (?:скаж|говор|прикаж)|подчиняйся (?:только )?мне",
            r"내가\s?(?:시키는|말하는|하라는|명령하는)\s?대로",
            r"(?:지시|명령|지침|규칙|프롬프트|제한)(?:사항)?(?:은|는|을|를)?\s?(?:전부|모두|다|싹|모조리)\s?(?:무시|잊어|잊고|어기)",
            r"(?:按|照|听)我(?:说的|的(?:话|命令|指示|要求))(?:做|办|去做|执行|来)|不(?:再|用|必)?受[^\n.!?]{0,10}(?:规则|限制|政策|"
            r"指令)[^\n.!?]{0,4}(?:约束|限制|束缚)?",
            r"(?:私|俺|僕)の言う(?:とおり|通り|こと)[^\n.!?]{0,6}(?:だけ|のみ|し|従|聞)",
        )
    ),
    *(
        Phrase("prompt-extraction", pattern)
        for pattern in (
            r"(?:너|네|당신|너희)(?:에게|한테|의)?\s?(?:주어진|내려진|설정된|입력된|숨겨진)\s?(?:지시|명령|지침|규칙|프롬프트)[^\n.!?]{0,20}(?:알려|보여|"
            r"말해|출력|써|적어|공개)",
            r"(?:너의|네|당신의)\s?(?:시스템\s?)?(?:프롬프트|지침|지시문|초기\s?설정)(?:는|은|가|이)?\s?(?:뭐|무엇|어떻게)",
            r"(?:你|您)的(?:初始|系统|原始|最初|隐藏)?的?(?:指令|提示词|提示|设定|设置)(?:是什么|是啥|有哪些|内容)",
            r"(?:あなた|君|お前)の(?:システム|最初の|初期)?(?:プロンプト|指示|設定)(?:は|を)?(?:何|なに|教え|見せ|全部)",
        )
    ),
]
