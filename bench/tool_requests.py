"""What people say to an assistant with tools: half of it wants one called, half of it only sounds that way.

Owns the requests and what is right for each. The prompt was worked out on `TUNING` and measured on `HELD_OUT`, but both
were looked at while it was made. `FRESH` was written without sight of the prompt, knowing only the tools: nothing is to
be tuned on it.
Refuses to know models.
"""

from __future__ import annotations

from dataclasses import dataclass, field

__all__ = ["FRESH", "HELD_OUT", "TUNING", "Spoken"]


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

FRESH: tuple[Spoken, ...] = (
    _call("Hey, can you time my tea? Four minutes please.", "set_timer", duration=("4 min", "four min", "4-min")),
    _call("Set a 25 minute timer.", "set_timer", duration=("25 min", "25-min", "twenty five min", "twenty-five min")),
    _call(
        "So the washing machine takes two hours, can you give me a shout when it's done?",
        "set_timer",
        duration=("2 h", "two h", "2-h", "120 min"),
    ),
    _call(
        "I'm gonna lie down for a bit, get me up in forty minutes.",
        "set_timer",
        duration=("40 min", "forty min", "40-min"),
    ),
    _call("Um, any idea what time it is?", "get_time"),
    _call("What day is it? I've completely lost track.", "get_time"),
    _call("Is it past midnight in Mumbai yet?", "get_time", place=("mumbai", "kolkata")),
    _call("My sister lives in Toronto, what's the time over there just now?", "get_time", place="toronto"),
    _call(
        "If my flight lands at half past four in the afternoon in Dubai, what time is that in Paris?",
        "convert_time",
        source_timezone="dubai",
        time="16:30",
        target_timezone="paris",
    ),
    _call(
        "They want to meet at 2 p.m. Sydney time, what's that in Singapore?",
        "convert_time",
        source_timezone="sydney",
        time="14:00",
        target_timezone="singapore",
    ),
    _call("Never mind the tea timer, I don't need it any more.", "cancel_timer", label="tea"),
    _call("Get rid of all my timers, please.", "cancel_timer", label="all"),
    _call("Which timers have I got going?", "list_timers"),
    _call("How long is left on my timer?", "list_timers"),
    _call("Alright, I'd better get going, talk to you later.", "end_conversation"),
    _call("That's everything, thanks. Have a good night.", "end_conversation"),
    _call("By the way, I'm vegetarian, so bear that in mind from now on.", "remember", fact="vegetarian"),
    _call(
        "Remember this for me, my locker code is 4719.",
        "remember",
        fact=("4719", "4 7 1 9", "four seven one nine", "forty-seven nineteen"),
    ),
    _call("I'd like you to know for the future that I use a wheelchair.", "remember", fact="wheelchair"),
    _call(
        "I don't work at the hospital any more, so you can forget that.", "forget", about=("hospital", "work", "job")
    ),
    _call("Please wipe my phone number from your memory.", "forget", about="phone"),
    _call(
        "我煮个鸡蛋，七分钟以后叫我一声。",
        "set_timer",
        duration=("七分钟", "7分钟", "7 分钟", "7 min", "seven min"),
    ),
    _call(
        "半个小时后提醒我去接孩子。",
        "set_timer",
        duration=("半个小时", "半小时", "三十分钟", "30分钟", "30 分钟", "30 min", "half an hour"),
        label=("接", "孩子", "pick", "child", "kid"),
    ),
    _call("今天是几号来着？", "get_time"),
    _call("我想给巴黎的朋友打个电话，他那边几点了？", "get_time", place=("巴黎", "paris")),
    _call(
        "东京下午五点的时候，柏林是几点？",
        "convert_time",
        source_timezone="tokyo",
        time="17:00",
        target_timezone="berlin",
    ),
    _call("把鸡蛋的计时器取消掉吧。", "cancel_timer", label=("鸡蛋", "egg")),
    _call("你记一下，我对海鲜过敏。", "remember", fact=("海鲜", "seafood")),
    _call("我女朋友的事你别记了，删掉吧。", "forget", about=("女朋友", "girlfriend")),
    _call("我先挂了啊，回头再聊。", "end_conversation"),
    *_words(
        "Is it too late to learn the piano at fifty?",
        "What's a good name for a goldfish?",
        "We went bowling on our first date, and I broke a finger.",
        "I've been working around the clock this week.",
        "Do penguins have knees?",
        "What should I do if the fire alarm goes off at night?",
        "Can you help me write a thank you card for my teacher?",
        "How can a singer break a glass with her voice?",
        "I'm thinking of changing careers, is that crazy?",
        "Why does bread go stale?",
        "I'll never forget the first time I saw the ocean.",
        "Remember those old phones with the spinning dial? My gran still has one.",
        "I just got back from the gym and I'm starving.",
        "My boss can talk for twenty minutes without stopping.",
        "What's seventeen percent of two hundred?",
        "How did people say goodbye in ancient Rome?",
        "It was such a lovely day today that we had lunch in the garden.",
        "Ha, that's a good one.",
        "Which is healthier, butter or olive oil?",
        "Sorry, can you explain that again in simpler words?",
        "What's the tallest building in Dubai?",
        "今天的晚饭太好吃了。",
        "时间过得真快，孩子都上中学了。",
        "现在的年轻人都喜欢听什么歌？",
        "我又把钥匙忘在办公室了。",
        "从我家走到地铁站只要十分钟。",
        "帮我想个生日礼物吧，送给我爸的。",
        "熊猫为什么只吃竹子？",
        "你会不会觉得无聊？",
        "哈哈，你真有意思。",
    ),
)
