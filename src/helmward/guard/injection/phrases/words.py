"""English words that the tables share."""

from __future__ import annotations

# Letters go missing on purpose.
INSTRUCTIONS = r"(?:ins?tr?u?c?t?[a-z]{0,3}i?ons?|directi(?:ons?|ves?)|guid(?:e ?lines?|ance)|prompts?|programming)"
RULES = (
    r"(?:rules?|orders?|commands?|constraints?|restrictions?|limit(?:s|ations?)|polic(?:y|ies)|safeguards?|"
    r"guard ?rails?|filters?|"
    r"safety \w+|protocols?|settings|principles|training|moderation|boundar(?:y|ies)|ethics|censorship|safety|"
    r"configuration)"
)
BEFORE = (
    r"(?:pr[ei]+v[a-z]{0,3}[ou]{1,2}s?(?:ly)?|prior|earlier|above|preceding|former|past|initial|original|"
    r"foregoing|existing|old|other|system|developer|"
    r"default|built in|core|current|safety|hidden|given|aforementioned|internal|starting)"
)
DROP = (
    r"(?:ign[aeo]?re?|d[ie]sr[ea]gard|forget|bypass|overr?ide|over ?rule|neglect|overlook|skip|drop|discard|"
    r"get rid of|let go of|free yourself (?:from|of)|move past|set aside|put aside|lay aside|throw (?:away|"
    r"out)|"
    r"erase|abandon|dismiss|disobey|violate|break|unlearn|cancel|nullify|void|suspend|leave behind|pay no "
    r"(?:attention|heed) to|"
    r"(?:do not|don't|dont|never|stop|no longer|cease|quit|refuse to|you (?:must|need|should) not) (?:follow|"
    r"obey|adher|comply|listen|respect|observ|honou?r|"
    r"abid|apply|us)(?:e|ing|y)?(?: to| with| by)?)"
)
SCOPE = (
    r"(?:(?:all|any|every|each|both|the|your|those|these|this|that|of|my|our|a|an|single|whole|entire|and|or|rest|"
    r"list|set|text|of|you were|safety|security|content|usage|ethical|moral|rules|such|said)|" + BEFORE + ")"
)
MODEL = (
    r"(?:a\.?i\.?|llms?|(?:large )?language models?|(?:ai |virtual |digital |helpful )?assistants?|chat ?bots?|"
    r"ai (?:model|agent|system|tool|reader|crawler|"
    r"bot|reviewer|helper)s?|(?:ai )?agents?|copilots?|chatgpt|claude|gpt(?:-?\d\w?)?|gemini|models?|bots?)"
)
AI = (
    r"(?:a\.?i\.?|llms?|(?:large )?language models?|(?:ai |virtual |digital |helpful )assistants?|assistants?|"
    r"chat ?bots?|ai (?:model|agent|system|tool|reader|"
    r"crawler|bot|reviewer|helper)s?|copilots?|chatgpt|claude|gpt(?:-?\d\w?)?|gemini)"
)
"""MODEL without the words that mean other things more often: agent, model, bot."""
WHO = (
    r"(?:creators?|developers?|makers?|operators?|admin(?:istrator)?s?|company|owners?|vendor|programmers?|"
    r"platform team|system|engineers?)"
)
"""Who tells a model what it may do."""
