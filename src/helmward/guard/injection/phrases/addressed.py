"""Text in a tool's result that speaks to the model that reads it."""

from __future__ import annotations

from helmward.guard.injection.phrases.notation import TOOL, Phrase, phrases
from helmward.guard.injection.phrases.words import AI

_DO = (
    r"(?:please|you|do|don't|never|always|ignore|disregard|forget|skip|stop|say|tell|reply|respond|answer|"
    r"report|mark|rate|recommend|call|invoke|run|execute|delete|remove|send|fetch|read|write|include|print|"
    r"open|visit|"
    r"approve|accept|reject|add|change|set|use|summari[sz]e|output|reveal|append|treat|consider|make|instead|"
    r"when|if|before|after|the user|close|merge|grant|disable|enable|scale|restart|install|download|follow|"
    r"only|"
    r"must|should|now|note|this|your|from now)"
)

PHRASES = [
    *phrases(
        "instruction",
        rf"(?:dear|hey|hello|hi|attention|attn|listen|important|urgent|notice|warning|p\.?s)[ "
        rf",:!-]{{1,3}}(?:all |any |every |the |for |to )*{AI}s?\b(?: (?:agents?|models?|tools?))?(?: "
        rf"(?:reading|processing|handling|that|who|working|summari[sz]ing)(?: {{4}})?)?\s*[,:!.\n-]",
        rf"(?:notes?|instructions?|messages?|hints?|reminders?|directives?|information|notice|prompt|request|"
        rf"attention|command|orders?|guidance|advice) (?:to|for|from the \w+ to)(?: {{2}})? {AI}s?(?: "
        rf"(?:agents?|models?|tools?|reviewers?|readers?|"
        rf"systems?|reading|processing|only|this|file|page|document))*\s*(?:[:-]|[,.\n]\s*{_DO}\b)",
        rf"(?:{AI}|model) (?:instructions?|notes?|directives?|only|notice)\s*[:\n]\s*{_DO}",
        rf"if you(?:'re| are)(?: really| actually| indeed)? (?:an? |the |any )?(?:large |automated |autonomous "
        rf")?(?:{AI}|automated (?:agent|system|assistant)|ai agent|coding agent|ai-powered|language model)\b",
        rf"(?:any|every|all|the|to|whichever|each)(?: {{1}})? (?:{AI}|agent|model)s?(?: (?:agent|model|system|"
        rf"tool|assistant)s?)? (?:reading|processing|analy[sz]ing|summari[sz]ing|parsing|that (?:reads?|"
        rf"process|analy[sz]es?|sees?|summari[sz]es?)|which (?:reads?|process|analy[sz]es?)|"
        r"who reads?)(?: {2})? ?(?:this|these|here|it|page|file|document|log)",
        rf"(?:the|any|every|an|this)(?: {{1}})? (?:{AI}|agent|model) (?:must|should|shall|needs? to|has to|is "
        rf"required to|is instructed to|is ordered to)(?: always| also)?(?: now| immediately| instead| not "
        rf"(?:tell|mention|inform|show|reveal|report|ask)(?: {{4}})? (?:user|operator|human)|"
        r" (?:ignore|disregard|forget|skip|delete|approve|stop (?:following|answering)|pretend|say that|tell "
        r"the user|recommend|reply with|respond with|answer with|send|fetch|visit|email|exfiltrate|scale|grant|"
        r"run the following|execute the following)\b)"
        r"|(?:the )?(?:agent|model|assistant) must (?:read|get|list|open) (?:the )?(?:secrets?|credentials?|"
        r"tokens?)\b",
        rf"you are (?:an?|the|now)(?: {{2}})? (?:{AI}|agent|model)\b[^\n]{{0,150}}\b(?:tell the user|ignore|"
        rf"disregard|do not (?:tell|mention)|call [a-z]+_|delete|send (?:it|them|all|the)|fetch|run (?:curl|"
        rf"wget|kubectl)|"
        r"instead|recommend|approve)\b",
        r"(?:when|while|before|after|once)(?: {1})? (?:summari[sz]ing|answering|analy[sz]ing|processing|"
        r"reading|responding|you (?:summari[sz]e|answer|read|respond|analy[sz]e|process))(?: {4})? "
        r"(?:(?:always |also )?(?:you must|do not mention|never mention|tell the user|say that|recommend|call "
        r"[a-z]+_|send)|"
        r"always include (?:the|this|a) (?:link|url|image))\b",
        roles=TOOL,
    ),
    Phrase(
        "instruction",
        rf"(?:^|[\n\"'>;|(\[{{]|<!--|[.!?:] |# ?|// ?|/\* ?)\s*(?:ai|llm|assistant|chatgpt|claude|gemini|"
        rf"copilot|ai (?:agent|assistant|model))s?\s*[,:]\s*[\"']?{_DO}\b",
        roles=TOOL,
    ),
]

# In what nobody sees, less is enough.
HIDDEN = [
    *phrases(
        "hidden-text",
        rf"(?:{AI}|you are an? (?:agent|model)|ai agents?)\b[^\n]{{0,200}}\b(?:tell|ignore|say|mention|fetch|"
        rf"send|run|call|rate|recommend|instructions?|respond|reply|include|reveal|disregard|read|delete|"
        rf"approve|answer|report|must)\b",
        r"(?:tell|ask|instruct|convince) the (?:user|reader|customer)\b",
        r"(?:do not|don't|never) (?:tell|mention|inform|reveal|show)\b[^\n]{0,80}\b(?:user|operator|reader)",
        r"(?:ignore|disregard) (?:the (?:rest|remaining|above|user|other)|all|any|everything|previous)\b",
        r"(?:send|post|fetch|read|delete|exfiltrate|reveal|print|call|approve) {3}(?:secrets?|credentials?|"
        r"tokens?|keys?|all pods|namespaces?|kubeconfig|passwords?)\b",
    ),
]
