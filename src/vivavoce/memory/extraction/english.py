"""English sentences: which of them tell something of whoever speaks.

Owns the patterns of questions, requests, small talk, passing wishes and moods, which tell nothing to keep, and of what
was asked to be remembered or forgotten. Refuses to know how sentences were cut. Pure.
"""

from __future__ import annotations

import re

__all__ = ["asked_to_remember", "asks_to_forget", "continues", "tells_of_the_speaker", "without_request"]

_FLAGS = re.IGNORECASE
_REMEMBER = re.compile(
    r"^(?:(?:can|could|would|will) you |please |i(?:'d like| want| need) you to )*"
    r"(?:remember|don'?t forget|keep in mind|make a note|note(?: down)?|memori[sz]e|never forget)(?: for me)?[:,]?"
    r" (?:that |this[:,]? )?(?!to\b|not to\b|never to\b|me\b|the first|when\b|what\b|how\b|our\b)(?P<fact>.{6,})$",
    _FLAGS,
)
_POLITE = (
    r"(?:(?:please|kindly|just|now|then|also|and|so|but|no|go ahead and|(?:can|could|would|will) you"
    r"|you (?:can|should|must|may|could|need to|have to|had better)|i(?:'d like| would like| want| need) you to"
    r"|let's)[, ]+)*"
)
_FORGET = re.compile(
    rf"^{_POLITE}(?:(?:delete|erase|remove|wipe|unlearn|get rid of)\b"
    r"|(?:clear|drop|discard|scrap|scratch) (?:my|our|that|this|what|everything|all|it|the|any)\b"
    r"|forget (?!(?:about )?it\b|to\b|i (?:asked|said anything)))"
    rf"|^{_POLITE}(?:do not|don'?t|never|stop|quit) (?:remember|sav(?:e|ing)|stor(?:e|ing)|record|memori[sz]|learn"
    r"|retain|(?:keep|keeping) (?:my|our|that|this|it|any)\b|(?:not|writ)(?:e|ing) (?:that |this |it )?down)"
    r"|(?:,|\bso|\bplease)(?: please| just| now)* (?:delete|erase|remove) (?:my|our|that|this|it|what|the)\b"
    r"|\b(?:you (?:don'?t|do not) (?:need|have) to|(?:there'?s |there is )?no need to)"
    r" (?:remember|keep|know|save|store)\b"
    r"|^remember (?:not|never) to\b"
    r"|\b(?:from the|(?:from|out of|off|in) your) (?:memor(?:y|ies)|records?|notes?|database|storage|files?)\b"
    r"|\bwant you to (?:forget|delete|erase)\b"
    r"|\b(?:don'?t|do not|rather not|never) (?:want|like) (?:you to (?:remember|know|keep|store|save)"
    r"|(?:my|our|that|this)\b.{0,40}\b(?:saved|stored|remembered|kept|recorded))"
    r"|\b(?:should|must|needs? to|has to|want|like)\b.{0,40}\b(?:deleted|erased|forgotten|wiped)\b",
    _FLAGS,
)
_QUESTION = re.compile(
    r"\?\s*$|^(?:what|who|whom|whose|where|why|how|which)\b|^when (?!i\b|we\b|my\b|our\b|it\b)"
    r"|^(?:do|does|did|can|could|would|will|should|shall|is|are|am|was|were|have|has|had|may|might|isn't|aren't"
    r"|don't|doesn't"
    r"|didn't|can't|won't|couldn't|wouldn't|shouldn't) (?:i|you|he|she|it|we|they|there|this|that|my|your|the|a"
    r"|an|any)\b"
    r"|, (?:(?:do|does|did|is|are|am|was|were|have|has|had|can|could|will|would|should|ai|wo|ca)(?:n'?t)?"
    r" (?:i|you|he|she|it|we|they|that)(?: right| so| correct| true)?|right|correct)\W*$",
    _FLAGS,
)
_PASSING = re.compile(
    r"^i(?:'m| am)? (?:really |just )?(?:could use|feel like|fancy|craving|could do with) (?:a|an|some|the)\b|"
    r"^i(?:'d| would)(?: really| just| rather)* (?:like|love|prefer|take|have) (?:a|an|another|some|the|my|two|three)\b"
    r"|^i(?:'d| would)?(?: really| just)* (?:like|love|want|need) to (?:order|book|reserve|play|listen|watch|check"
    r"|change|set|cancel|call|look|send|print|pay|use|turn|pause|stop|leave|eat|drink|go (?:home|out|on|back)\b"
    r"|find out|make a (?:call|reservation|booking|payment))"
    r"|^i(?:'d| would) like to (?:get|have|buy|make|add|try|return)\b"
    r"|^i(?: really| just)* (?:want|need) (?:the\b|(?:a|an|some|another|more|your)? ?(?:help|advice|information"
    r"|directions|time|taxi|cab|ride|recipe|joke|break|minute|moment|second|hand|favou?r|nap|timer|alarm|reminder"
    r"|table|ticket|drink|coffee|tea|water|pizza|burger|sandwich|song|story|music|answer|weather|number for|list)\b)"
    r"|^my (?:\w+ )?(?:internet|wi-?fi|connection|network|signal|phone|computer|laptop|tablet|battery|screen|micro"
    r"phone|mic|sound|audio|speakers?|headphones?|headset|camera|printer|tv|browser|app|voice|food|coffee|tea|pizza"
    r"|order|bus|train|flight|taxi|car)(?:'s| is| are| was| isn't| won't| doesn't| keeps| has| seems| went)\b"
    r".{0,24}\b(?:slow|down|broken|dead|bad|terrible|off|out|late|delayed|cold|low|full|freez\w+|crash\w*|lag\w*"
    r"|stuck|work(?:ing)?|start|turn|load\w*|ringing|empty|noisy|loud|quiet|unstable|dying|died|here|ready)\b",
    _FLAGS,
)
_LASTING = re.compile(r"\b(?:some ?day|one day|next (?:year|summer|spring|winter|autumn|fall)|every|always)\b", _FLAGS)
_REQUEST = re.compile(
    r"^(?:please|kindly|tell|give|set|play|show|turn|stop|start|ignore|disregard|forget|repeat|sing|read|write"
    r"|translate"
    r"|explain|describe|find|search|look|open|close|let'?s|let me|help|imagine|pretend|act|switch|wait|hold on"
    r"|never mind|(?:get|bring|fetch|grab) (?:me|us)|may i have|(?:can|could) (?:i|we) (?:have|get)"
    r"|go (?:on|ahead)|keep (?:going|talking)|continue|remind|add|send|call|book|order|put|make (?:me|it|a|the)"
    r"|say|speak"
    r"|cancel|count|guess|thank|thanks|excuse|sorry)\b",
    _FLAGS,
)
_OF_YOU = (
    r"(?:(?:so|and|please|just|now|then|can you|could you|will you|would you) )*"
    r"(?:remind|wake|cheer|tell|help|give|show|teach|ring|ping|notify|keep) (?:me|us)\b"
)
_AT_A_TIME = re.compile(rf"^(?:in|at|after|before|on|tomorrow|tonight|later)\b[^,]{{0,30}},? {_OF_YOU}", _FLAGS)
_AT_LAST = re.compile(rf", {_OF_YOU}[^,]*$", _FLAGS)
_COMMAND_TO_THE_MODEL = re.compile(
    r"\b(?:ignore|disregard|override|forget|bypass|reveal|print|repeat)\b.{0,30}\b(?:rules?|instructions?"
    r"|prompts?|guidelines"
    r"|restrictions|orders)\b|\bsystem prompt\b|\byou are now\b",
    _FLAGS,
)
_SELF = re.compile(r"\b(?:i|me|my|mine|we|our|ours|us|myself)\b|\bi'", _FLAGS)
_NOTHING_TOLD = re.compile(
    r"^i(?:'m| am) (?:\w+ly |so |very |pretty |quite |a (?:bit|little) |just |all |still )*(?:fine|good|okay|ok"
    r"|great|well|back|here"
    r"|ready|sure|done|kidding|joking|sorry|afraid (?:not|so|that)|listening|tired|hungry|bored|thirsty|cold|hot"
    r"|busy|happy|sad|in (?:a|such a) (?:\w+ )?mood"
    r"|glad|impressed|confused|curious|wondering|thinking|asking|talking|saying|trying to (?:say|think|understand"
    r"|remember)"
    r"|looking for|not sure|right|wrong|lost|in a hurry|going to (?:go|sleep|bed)|off)\b"
    r"|^i(?:'d| would| could| should| might)? ?(?:wonder|see|know|think|guess|suppose|mean|agree|understand|hope"
    r"|doubt|bet|said|asked"
    r"|didn't|did|got it|get it|heard|forgot|believe so|don't (?:know|think|understand|care|mind|get|remember"
    r"|believe|see)"
    r"|can(?:'t|not)? (?:hear|see|believe|tell|remember|think|wait)|was (?:just )?(?:wondering|thinking|saying"
    r"|asking|joking)"
    r"|have (?:a|one|another|no) (?:\w+ )?(?:question|idea|clue|minute|problem with)|(?:love|like) (?:it|that"
    r"|this|you|your)\b"
    r"|(?:want|need|like|love)(?: you)? to (?:know|hear|ask|talk|see|say|tell|listen)|(?:want|need|like) you\b"
    r"|told you|hate (?:it|that|you)\b"
    r"|'ll (?:be (?:right )?back|think|try|see|let|ask|wait|take it|call you))(?!\w)"
    r"|^(?:if|unless|suppose|imagine|maybe|perhaps) |^(?:we|let us) (?:should|could|can|were talking|talked)\b"
    r"|^(?:oh )?my (?:god|goodness|word|gosh|bad|pleasure|mistake)\b|^(?:excuse|pardon|tell|give|let) me\b"
    r"|^me too\b|^me again\b"
    r"|^it(?:'s| is) (?:just )?me\b|^so (?:do|am|would) i\b|where were we|^(?:that|this|it|you)(?:'s|'re| is| was"
    r"| are| sounds)\b(?!.*\bmy\b)",
    _FLAGS,
)
_SHE = re.compile(r"^(?:she|he|they|it)(?:'s|'re|'ll|'d|'ve)? \w+", _FLAGS)
_FEWEST_WORDS = 3


def asked_to_remember(sentence: str) -> str:
    """Return what the speaker asks to be remembered, as a sentence; empty when they do not."""
    match = _REMEMBER.search(sentence)
    if not match or sentence.rstrip().endswith("?"):
        return ""
    fact = match["fact"].strip()
    return fact[:1].upper() + fact[1:]


def without_request(sentence: str) -> str:
    """Return what stands before a last clause that asks something of the assistant."""
    return _AT_LAST.sub("", sentence)


def asks_to_forget(sentence: str) -> bool:
    """Whether the speaker wants something deleted, or not kept."""
    return bool(_FORGET.search(sentence)) and not _REMEMBER.search(sentence)


def tells_of_the_speaker(sentence: str) -> bool:
    """Whether the sentence tells something of the speaker and theirs that may be worth keeping."""
    if len(sentence.split()) < _FEWEST_WORDS or not _SELF.search(sentence):
        return False
    if asks_to_forget(sentence) or (_PASSING.search(sentence) and not _LASTING.search(sentence)):
        return False
    asks = _QUESTION, _REQUEST, _AT_A_TIME, _COMMAND_TO_THE_MODEL
    return not any(pattern.search(sentence) for pattern in (*asks, _NOTHING_TOLD))


def continues(sentence: str) -> bool:
    """Whether the sentence goes on about whoever or whatever the one before it told of."""
    return bool(_SHE.search(sentence)) and not _QUESTION.search(sentence) and not _COMMAND_TO_THE_MODEL.search(sentence)
