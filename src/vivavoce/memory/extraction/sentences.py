"""What was said, cut into sentences, and each freed of what only fills the air.

Owns the cutting and the fillers, English and Chinese. Refuses to judge what a sentence is worth.
"""

from __future__ import annotations

import re

from vivavoce.speech.scripts import CJK_CLASS

__all__ = ["is_chinese", "sentences", "without_filler"]

_END = re.compile(r"(?<=[.!?…])\s+(?=\S)|(?<=[。！？；])|\n")
_THEN_ASKED = re.compile(
    r",\s+(?:(?:and|so|but|or|then)\s+)?(?=(?:what|who|whose|where|when|why|how|which|can|could|do|does|did|would|will|is|are"
    r"|should|shall|may|any)(?:'s|'re)?\s)"
    r"|[，,](?:那|那么|所以|然后)?(?=[^，,]*(?:什么|怎么|谁|哪|几|多少|为什么|吗|呢|是不是|能不能|可以)[^，,]*[?？]$)",
    re.IGNORECASE,
)
_TAG = re.compile(
    r"(?:do|does|did|is|are|am|was|were|have|has|had|can|could|will|would|should) (?:i|you|he|she|it|we|they)\W*$",
    re.IGNORECASE,
)
"""What makes a question of the statement before it."""
_TITLES = re.compile(r"\b(?:mr|mrs|ms|dr|st|prof|no|vs)\.$", re.IGNORECASE)
_FILLER = re.compile(
    r"^(?:(?:oh|ah|um+|uh+|er+|hmm+|well|so|yeah|yes|yep|no|nope|okay|ok|right|anyway|listen|look"
    r"|(?:hey|hi|hello)(?: there| again| \w+(?=[,.!]))?"
    r"|and|but|also"
    r"|plus|anyhow|alright|sure|actually|basically|honestly|you know(?: what)?|i mean|by the way|to be honest"
    r"|guess what"
    r"|did (?:i|you) (?:tell|know|mention)(?: to)?(?: you)?(?: that)?"
    r"|(?:just )?so you know|for your information|the thing is|i (?:should|must|forgot to) (?:mention|tell you"
    r"|add|say)(?: that)?"
    r"|(?:one|another) (?:more )?thing(?: (?:about me|you should know|to know))*(?: is)?(?: that)?"
    r"|good (?:morning|evening|afternoon))\b[\s,.:!–-]*)+",
    re.IGNORECASE,
)
_FILLER_CHINESE = re.compile(
    r"^(?:(?:嗯+|啊+|哦+|噢|喔|呃+|哎呀?|诶|唉|那个|这个|就是说?|对了|话说|其实|说起来|说真的|顺便(?:说一下"
    r"|提一下)?|不过|然后|而且|另外|还有"
    r"|你知道吗|跟你说|告诉你(?:一件事|个事)?|我跟你说|我告诉你|我想告诉你|是的|对|好的?|行|没错|早上好"
    r"|下午好|晚上好|[你您]好\w{0,3}|嗨|哈喽)(?:[，,、。！!\s]+|(?<=好)(?=我|今|明|昨|最近|现在)))+"
)
_TAIL = re.compile(
    r"(?:[,\s]+(?:by the way|you know|i think|i guess|though|actually|okay|you see"
    r"|just so you know))+(?=[.!]?$)",
    re.IGNORECASE,
)
_TAIL_CHINESE = re.compile(r"[，,]?(?:你知道的?|哈|呢|哦|啦|呀|嘛)(?=[。！]?$)")
_CHINESE = re.compile(f"[{CJK_CLASS}]")
_LETTER = re.compile(rf"[^\W\d_{CJK_CLASS}]")


def is_chinese(text: str) -> bool:
    """Whether a text is rather Chinese than anything else: a character weighs as much as a few letters."""
    return 3 * len(_CHINESE.findall(text)) > len(_LETTER.findall(text))


def sentences(said: str) -> list[str]:
    """Return the sentences of what was said, in order."""
    found: list[str] = []
    for piece in _END.split(said):
        piece = piece.strip()
        if found and _TITLES.search(found[-1]):
            found[-1] += f" {piece}"
        elif piece:
            found += _statement_and_question(piece)
    return found


def _statement_and_question(sentence: str) -> list[str]:
    """Part what is told first from what is then asked: "I'm allergic to nuts, what can I eat?"."""
    if sentence[-1] not in "?？":
        return [sentence]
    asked = _THEN_ASKED.search(sentence)
    if asked is None or _TAG.match(sentence, asked.end()):
        return [sentence]
    end = "。" if is_chinese(sentence) else "."
    return [sentence[: asked.start()].rstrip(" ,，") + end, sentence[asked.end() :]]


def without_filler(sentence: str) -> str:
    """Return a sentence without the words that begin and end it and say nothing; it begins with a capital."""
    if is_chinese(sentence):
        return _TAIL_CHINESE.sub("", _FILLER_CHINESE.sub("", sentence)).strip(" ，,")
    bare = _TAIL.sub("", _FILLER.sub("", sentence)).strip(" ,")
    return bare[:1].upper() + bare[1:]
