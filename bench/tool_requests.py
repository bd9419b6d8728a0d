"""What people say to an assistant with tools: half of it wants one called, half of it only sounds that way.

Owns the requests and what is right for each. The prompt was worked out on `TUNING`, and measured on `HELD_OUT` once it
was done.
Refuses to know models.
"""

from __future__ import annotations

from dataclasses import dataclass, field

__all__ = ["HELD_OUT", "TUNING", "Spoken"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """One request.

    Attributes:
        words: what is said.
        tool: what is to be called; empty for nothing.
        arguments: for each argument the texts of which one has to be in it; case does not count.
    """

    words: str
    tool: str = ""
    arguments: dict[str, tuple[str, ...]] = field(default_factory=dict)


def _call(words: str, tool: str, **arguments: str | tuple[str, ...]) -> Spoken:
    wanted = {name: (texts,) if isinstance(texts, str) else texts for name, texts in arguments.items()}
    return Spoken(words=words, tool=tool, arguments=wanted)


def _words(*said: str) -> tuple[Spoken, ...]:
    return tuple(Spoken(words=words) for words in said)


_FIRST: tuple[Spoken, ...] = (
    _call("Set a timer for five minutes.", "set_timer", duration=("5 min", "five min")),
    _call(
        "Could you remind me in twenty minutes to take the pizza out of the oven?",
        "set_timer",
        duration=("20 min", "twenty min"),
        label="pizza",
    ),
    _call("Wake me up in an hour and a half.", "set_timer", duration=("hour and a half", "1.5 h", "90 min", "30 min")),
    _call("Start a thirty second countdown please.", "set_timer", duration=("30 sec", "thirty sec", "30-sec")),
    _call("What time is it right now?", "get_time"),
    _call("What's today's date?", "get_time"),
    _call("Tell me the time in Tokyo.", "get_time", place="tokyo"),
    _call(
        "When it's three in the afternoon in New York, what time is it in London?",
        "convert_time",
        source_timezone="new_york",
        time="15:00",
        target_timezone="london",
    ),
    _call(
        "Convert nine thirty in the morning Berlin time to Los Angeles time.",
        "convert_time",
        source_timezone="berlin",
        time="9:30",
        target_timezone="los_angeles",
    ),
    _call("Okay that's all, goodbye.", "end_conversation"),
    _call("You can hang up now, bye bye.", "end_conversation"),
    _call("Please remember that my daughter is called Emma.", "remember", fact="emma"),
    _call("Don't forget that I'm allergic to peanuts.", "remember", fact="peanut"),
    _call("Please forget my address.", "forget", about="address"),
    _call("Cancel the pizza timer.", "cancel_timer", label="pizza"),
    _call("帮我设一个十分钟的计时器。", "set_timer", duration=("十分钟", "10分钟", "10 分钟", "10 min")),
    _call("现在几点了？", "get_time"),
    _call("请记住我住在杭州。", "remember", fact=("杭州", "hangzhou")),
    _call("好了，就到这里吧，再见。", "end_conversation"),
    _call(
        "北京时间晚上八点是伦敦几点？",
        "convert_time",
        source_timezone=("shanghai", "beijing"),
        time="20:00",
        target_timezone="london",
    ),
    *_words(
        "Hello there, how are you today?",
        "What's the capital of Australia?",
        "Tell me a joke.",
        "How do I boil an egg?",
        "Why is the sky blue?",
        "I've had a really long day at work.",
        "Do you speak any other languages?",
        "How long does it take to drive from Paris to Rome?",
        "What's the difference between a timer and a stopwatch?",
        "I love spending time with my grandchildren.",
        "Can you recommend a good book?",
        "What is twelve times eight?",
        "I forgot my umbrella this morning and got soaked.",
        "Who wrote Romeo and Juliet?",
        "How many hours of sleep should an adult get?",
        "Say something nice about my cooking.",
        "你好，你叫什么名字？",
        "给我讲一个小故事吧。",
        "长城有多长？",
        "我今天心情不太好。",
    ),
)

_SECOND: tuple[Spoken, ...] = (
    _call("Let me know when fifteen minutes are up.", "set_timer", duration=("15 min", "fifteen min")),
    _call("I need a timer for the pasta, eight minutes.", "set_timer", duration=("8 min", "eight min"), label="pasta"),
    _call("Give me forty five seconds on the clock.", "set_timer", duration=("45 sec", "forty five sec", "45-sec")),
    _call("Which day of the week is it today?", "get_time"),
    _call("How late is it?", "get_time"),
    _call("What's the time in Sydney at the moment?", "get_time", place="sydney"),
    _call(
        "If it is noon in Paris, what time would that be in Tokyo?",
        "convert_time",
        source_timezone="paris",
        time="12:00",
        target_timezone="tokyo",
    ),
    _call(
        "My call is at six pm London time, when is that in Chicago?",
        "convert_time",
        source_timezone="london",
        time="18:00",
        target_timezone="chicago",
    ),
    _call("I have to go now, see you.", "end_conversation"),
    _call("Thanks for everything, you may hang up.", "end_conversation"),
    _call("Remember that my wedding anniversary is on June the fourth.", "remember", fact=("june", "6-4")),
    _call("Make a note that my doctor's name is Miller.", "remember", fact="miller"),
    _call("Forget what I told you about my job.", "forget", about="job"),
    _call("Delete what you know about my brother.", "forget", about="brother"),
    _call("Stop the pasta timer.", "cancel_timer", label="pasta"),
    _call("五分钟后提醒我关火。", "set_timer", duration=("五分钟", "5分钟", "5 分钟", "5 min")),
    _call("今天星期几？", "get_time"),
    _call("纽约现在几点？", "get_time", place=("纽约", "new york")),
    _call("帮我记住，我的车牌尾号是八八六。", "remember", fact=("八八六", "886")),
    _call("我要睡了，晚安，再见。", "end_conversation"),
    *_words(
        "Good morning!",
        "What can you do?",
        "Who painted the Mona Lisa?",
        "How do clocks work?",
        "My watch stopped working yesterday.",
        "How long should I cook rice?",
        "I can't remember where I parked the car.",
        "What do you think about time travel?",
        "My son is turning five next week.",
        "Tell me something interesting about whales.",
        "What's nine squared?",
        "That's very kind of you, thank you.",
        "Should I take an umbrella to London in November?",
        "I keep forgetting people's names.",
        "How do you make a good first impression?",
        "What is a time zone?",
        "你觉得养猫好还是养狗好？",
        "谢谢你。",
        "昨天我忘了给妈妈打电话。",
        "世界上最高的山是哪座？",
    ),
)

TUNING = (*_FIRST, *_SECOND)

HELD_OUT: tuple[Spoken, ...] = (
    _call("Ring me in three quarters of an hour.", "set_timer", duration=("45", "three quarters", "0.75")),
    _call("Put twelve minutes on for the potatoes.", "set_timer", duration=("12 min", "twelve min"), label="potato"),
    _call("Could you start a timer for an hour?", "set_timer", duration=("1 hour", "an hour", "one hour", "60 min")),
    _call("Do you have the time?", "get_time"),
    _call("What's the date today?", "get_time"),
    _call("What time is it in Cairo now?", "get_time", place="cairo"),
    _call(
        "What is eight in the morning in San Francisco in Rome time?",
        "convert_time",
        source_timezone="los_angeles",
        time="8:00",
        target_timezone="rome",
    ),
    _call(
        "The match starts at nine in the evening in Madrid, when is that in New York?",
        "convert_time",
        source_timezone="madrid",
        time="21:00",
        target_timezone="new_york",
    ),
    _call("That was all for today, bye.", "end_conversation"),
    _call("Let's stop here, goodbye Viva.", "end_conversation"),
    _call("For next time, remember I take my coffee black.", "remember", fact="coffee"),
    _call("Please keep in mind that I moved to Leeds.", "remember", fact="leeds"),
    _call("Erase what I said about my salary.", "forget", about="salary"),
    _call("I want you to forget my birthday.", "forget", about="birthday"),
    _call("Turn off the potato timer.", "cancel_timer", label="potato"),
    _call("倒计时三分钟。", "set_timer", duration=("三分钟", "3分钟", "3 分钟", "3 min")),
    _call("请问现在是什么时间？", "get_time"),
    _call("东京现在几点钟？", "get_time", place=("东京", "tokyo")),
    _call("请你记住我女儿叫小雨。", "remember", fact=("小雨", "xiaoyu")),
    _call("不聊了，拜拜。", "end_conversation"),
    *_words(
        "Hi Viva.",
        "What's your favourite colour?",
        "How far is the moon?",
        "I finally finished painting the fence.",
        "Why do cats purr?",
        "My neighbour's dog barks all night.",
        "How much time do bees spend outside?",
        "Is it rude to hang up on someone?",
        "I set my alarm too early this morning.",
        "What was the longest war in history?",
        "Give me an idea for dinner.",
        "Thanks, that helps a lot.",
        "Who invented the clock?",
        "I never remember my dreams.",
        "Tell me about the city of Leeds.",
        "How many minutes are in a day?",
        "你会唱歌吗？",
        "我昨天去爬山了。",
        "为什么天会下雨？",
        "我老是记不住单词。",
    ),
)
