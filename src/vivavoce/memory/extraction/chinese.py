"""Chinese sentences: which of them tell something of whoever speaks.

Owns the patterns of questions, requests, small talk, passing wishes and moods, which tell nothing to keep, and of what
was asked to be remembered or forgotten. Refuses to know how sentences were cut. Pure.
"""

from __future__ import annotations

import re

__all__ = ["asked_to_remember", "asks_to_forget", "continues", "tells_of_the_speaker", "without_request"]

_REMEMBER = re.compile(
    r"^(?:请|麻烦|你|可以|能|要|一定|千万|帮我|给我|替我)*(?:记住|记得|记一下|记下来?|记好|别忘了|不要忘记?了?"
    r"|不能忘了?)(?:一下)?(?:啊|哦|了)?[，,：:\s]*(?P<fact>.{4,})$"
)
_POLITE = r"^(?:请|麻烦|帮我|给我|替我|你|您|那|就|快|先|都|也|可以|能|要|得|赶紧|还是|现在|我?(?:想|要|希望)让?你)*"
_DELETE = r"(?:删(?!减)|清除|清空|清掉|抹掉|抹去|抹除|擦掉|移除|忘掉|忘了|忘记|去掉)"
_FORGET = re.compile(
    rf"{_POLITE}{_DELETE}|{_POLITE}[把将].*{_DELETE}|你.{{0,4}}{_DELETE}"
    rf"|{_POLITE}(?:千万)?(?:不要|不用|不必|不许|别|停止|甭)(?:再|去)?(?:记(?!错|得)|保存|储存|存|留着|保留)"
    r"|(?:不用|不必|不要|别)再?记(?:住|着|下)?(?:了|吧)*[。！]?$|^撤[回销]"
    rf"|从(?:你的?)?(?:记忆|记录|数据库)[里中]?.{{0,12}}{_DELETE}|不(?:想|要|希望)让?你(?:再)?(?:记|知道|保存|存)"
)
_QUESTION = re.compile(
    r"[?？]\s*$|[吗呢么][。！]?$|[对是]吧[。！]?$|(?<!没)(?<!为)什么(?!都|也)|怎么(?!都|也)|谁(?!都|也)|哪(?!怕)|几(?:点|个|号|岁"
    r"|次|天|年|月|楼|路|位|种)|多少|为什么|为何"
    r"|是不是|能不能|会不会|可不可以|有没有|要不要|好不好|对不对|行不行|还记得"
)
_REQUEST = re.compile(
    r"^(?:请|麻烦|帮我|给我|替我|告诉我|让我|我们?(?:来|再|还是|先|继续|开始|换|聊|说说|玩)|咱们(?:来|再|继续|聊)"
    r"|你(?:能|可以|会|帮|来|给|先|再|说|去|要|别)"
    r"|播放|放一|打开|关[掉闭上]|设[置个定]|唱|讲|说|查|翻译|解释|介绍|推荐|念|读|写|停|等|别|不要|不用|算了|忽略"
    r"|忘[了掉记]|取消|继续|再[说讲来]|换[个一])"
)
_OF_YOU = (
    r"(?:请|就|再|快|来|得|要|记得|麻烦|千万|你|可以|能)*"
    r"(?:(?:提醒|叫醒|喊|通知|告诉|安慰|陪|教|帮|给|哄|逗|夸|鼓励)(?:一下)?我|叫我(?=起|醒|一声))"
)
_AT_A_TIME = re.compile(
    rf"^再?过?[^我你他她它谁，,]{{0,12}}(?:后|前|时候?|点|分|钟|[早晚]上|明天|今[天晚]|会儿?){_OF_YOU}"
)
_AT_LAST = re.compile(rf"[，,；;、]\s*{_OF_YOU}[^，,；;]*$")
_PASSING = re.compile(
    r"^我们?(?:现在|今天|今晚|就|只|也|还|真的?|先)*(?:想要?|要|需要)(?:点(?!燃|亮)|订|预[定订]|叫(?:个|一|辆|车|外卖)|查"
    r"|搜|打车|找(?:一下|个)|看(?:一下|看|一看|一?[部个场])|听|来[一点个份杯]|换[个首一]|[喝吃](?:点|一?[杯个份碗口]|东西)"
    r"|买[张点杯]|设|定个|[一两]?[杯份张首]|.{0,12}的?(?:天气|新闻|路线|菜谱|帮助|帮忙)[。！]?$|上厕所|休息|睡觉|回家|出门)"
    r"|^我(?:家|这边|这里|们)?的?(?:网络?|网速|手机|电脑|平板|耳机|麦克风|话筒|信号|电池|电量|声音|屏幕|外卖|快递|车)"
    r".{0,5}(?:慢|卡|坏|没电|断|不好|不行|不稳|掉线|死机|没了|晚点|堵)"
    r"|^(?:你|您|快|再|那|就|来|先|能|可以|赶紧|顺便|想)*帮(?:我|个忙|忙)"
)
_COMMAND_TO_THE_MODEL = re.compile(
    r"(?:忽略|无视|忘掉|忘记|违反|绕过|泄露|重复).{0,10}(?:规则|指令|指示|提示词?|限制|设定)|系统提示|你现在是"
)
_SELF = re.compile(r"我|咱|俺|家里")
_NOTHING_TOLD = re.compile(
    r"^我们?(?:就|也|都|还|又|真的?|不太|不是很|有点|好|很|太|先|刚才?|刚刚|只是|在|想|不|没|可能|已经|现在|今[天晚])*"
    r"(?:知道|明白|懂|觉得|以为|想问|问你|问一下|说的|来了|回来|走了|累|困|饿|渴|无聊|忙|冷|热|高兴|开心|难过"
    r"|听(?:到|见|不|没|得|着|说)|在听|看看|想想|试试|考虑"
    r"|同意|相信|希望你|意思|随便|好奇|理解|不行|可以|没事|没关系|挺好|很好|还好|爱你|喜欢你|谢谢|服了|猜|要你"
    r"|让你|请你|想听|想聊|想知道|要听|确定|清楚|说错|开玩笑)"
    r"|^(?:如果|要是|假如|假设|万一|除非|也许|可能|或许)|^(?:又)?是我|^我[。！]?$|跟我说|告诉我|对我来说没"
)
_SHE = re.compile(r"^(?:她|他|它)们?(?:的|是|在|叫|有|喜欢|今年|现在|住|也|很|不|会|从|每|最|爱|生|刚|已)")
_CHARACTER = re.compile(r"[\w]")
_FEWEST_CHARACTERS = 4


def asked_to_remember(sentence: str) -> str:
    """Return what the speaker asks to be remembered; empty when they do not."""
    match = _REMEMBER.search(sentence)
    if not match or _QUESTION.search(match["fact"]):
        return ""
    return match["fact"].strip()


def without_request(sentence: str) -> str:
    """Return what stands before a last clause that asks something of the assistant."""
    return _AT_LAST.sub("", sentence)


def asks_to_forget(sentence: str) -> bool:
    """Whether the speaker wants something deleted, or not kept."""
    return bool(_FORGET.search(sentence)) and not _REMEMBER.search(sentence)


def tells_of_the_speaker(sentence: str) -> bool:
    """Whether the sentence tells something of the speaker and theirs that may be worth keeping."""
    if len(_CHARACTER.findall(sentence)) < _FEWEST_CHARACTERS or not _SELF.search(sentence):
        return False
    if asks_to_forget(sentence) or _PASSING.search(sentence):
        return False
    asks = _QUESTION, _REQUEST, _AT_A_TIME, _COMMAND_TO_THE_MODEL
    return not any(pattern.search(sentence) for pattern in (*asks, _NOTHING_TOLD))


def continues(sentence: str) -> bool:
    """Whether the sentence goes on about whoever or whatever the one before it told of."""
    return bool(_SHE.search(sentence)) and not _QUESTION.search(sentence) and not _COMMAND_TO_THE_MODEL.search(sentence)
