"""What an English voice says for what is written."""

from __future__ import annotations

import pytest

from vivavoce.speech.speakable import speakable

MONEY = [
    ("It costs $3.50.", "It costs three dollars and fifty cents."),
    ("$1 or $0.99", "one dollar or ninety-nine cents"),
    ("$1.01", "one dollar and one cent"),
    ("$0.00", "zero dollars"),
    ("$3.5 million", "three point five million dollars"),
    ("$1.2B and $5k", "one point two billion dollars and five thousand dollars"),
    ("$1,000.", "one thousand dollars."),
    ("-$5", "minus five dollars"),
    ("$5-10", "five to ten dollars"),
    ("$5/month", "five dollars per month"),
    ("£2.50", "two pounds and fifty pence"),
    ("€20, 20€, 20 EUR", "twenty euros, twenty euros, twenty euros"),
    ("¥500", "five hundred yen"),
    ("US$7", "seven dollars"),
    ("5 cents", "five cents"),
    ("a $20 bill", "a twenty dollar bill"),
    ("~$1.5M (7,799.31 francs)", "about one point five million dollars (seven thousand seven hundred ninety-nine point "
     "three one francs)"),
]  # fmt: skip
DATES = [
    ("On 2026-11-20.", "On November twentieth, twenty twenty-six."),
    ("11/20/2026", "November twentieth, twenty twenty-six"),
    ("20/11/2026", "November twentieth, twenty twenty-six"),
    ("31/12/99", "December thirty-first, nineteen ninety-nine"),
    ("13/13/2026", "thirteen slash thirteen slash twenty twenty-six"),
    ("20.11.2026", "November twentieth, twenty twenty-six"),
    ("Nov 20", "November twentieth"),
    ("Nov. 20th, 2026", "November twentieth, twenty twenty-six"),
    ("on 3 May 1999", "on the third of May, nineteen ninety-nine"),
    ("the 20th of November", "the twentieth of November"),
    ("in November. Then", "in November. Then"),
    ("March 3-5, 2025", "March third to fifth, twenty twenty-five"),
    ("November 2026", "November twenty twenty-six"),
    ("Sat, Nov 20", "Saturday, November twentieth"),
    ("2026-11-20T14:30:00Z", "November twentieth, twenty twenty-six at fourteen thirty"),
    ("RSVP by 12/31.", "RSVP by December thirty-first."),
    ("on Mon., maybe", "on Monday, maybe"),
    ("It may rain on 5 roofs.", "It may rain on five roofs."),
]
TIMES = [
    ("3:05 pm", "three oh five PM"),
    ("at 14:30", "at fourteen thirty"),
    ("3:00", "three o'clock"),
    ("3pm or 10:00 a.m. sharp", "three PM or ten AM sharp"),
    ("at 5 p.m.", "at five PM."),
    ("at 5 p.m. The end", "at five PM. The end"),
    ("9:00-17:00", "nine to seventeen hundred"),
    ("9-5 p.m. daily", "nine to five PM daily"),
    ("00:00", "midnight"),
    ("1:02:03", "one oh two and three seconds"),
    ("5 o'clock", "five o'clock"),
]
YEARS = [
    ("In 1984.", "In nineteen eighty-four."),
    ("2026 was good", "twenty twenty-six was good"),
    ("1905, 2005 and 1900", "nineteen oh five, two thousand five and nineteen hundred"),
    ("the 1990s, the '90s, the 80s", "the nineteen nineties, the nineties, the eighties"),
    ("1939-1945", "nineteen thirty-nine to nineteen forty-five"),
    ("from 1939 to 1945", "from nineteen thirty-nine to nineteen forty-five"),
    ("in 2024-25", "in twenty twenty-four to twenty-five"),
    ("2000 people", "two thousand people"),
    ("1500 calories", "one thousand five hundred calories"),
    ("the 1920s–30s", "the nineteen twenties to thirties"),
    ("born c. 1850", "born around eighteen fifty"),
    ("1,984", "one thousand nine hundred eighty-four"),
]
NUMBERS = [
    ("3.14", "three point one four"),
    ("-5 and -0.5", "minus five and minus zero point five"),
    (".5", "point five"),
    ("1,234,567", "one million two hundred thirty-four thousand five hundred sixty-seven"),
    ("1000000", "one million"),
    ("007", "zero zero seven"),
    ("0", "zero"),
    ("RTX4090, B7000", "RTX forty ninety, B seven thousand"),
    ("split 50-50", "split fifty-fifty"),
    ("999999999999999999, 1000000000000000000", "nine nine nine nine nine nine nine nine nine nine nine nine nine nine "
     "nine nine nine nine, one zero zero zero zero zero zero zero zero zero zero zero zero zero zero zero zero zero "
     "zero"),
    ("1st, 2nd, 3rd, 12th, 21st, 100th", "first, second, third, twelfth, twenty-first, one hundredth"),
    ("1/2 cup", "one half cup"),
    ("3/4 and 2/3", "three quarters and two thirds"),
    ("1 1/2 cups, 2½ cups", "one and a half cups, two and a half cups"),
    ("8/10, 24/7", "eight out of ten, twenty-four seven"),
    ("3-5 people, 3 – 5", "three to five people, three to five"),
    ("20%, 0.5%, 10-15%", "twenty percent, zero point five percent, ten to fifteen percent"),
    ("16:9, 3:1", "sixteen to nine, three to one"),
    ("1920x1080", "nineteen twenty by ten eighty"),
    ("version 2.0.1 at 192.168.1.1", "version two point zero point one at one hundred ninety-two dot one hundred "
     "sixty-eight dot one dot one"),
    ("v2.0", "version two point zero"),
    ("10k users, 5M", "ten thousand users, five million"),
    ("123456789012345678901", "one two three four five six seven eight nine zero one two three four five six seven "
     "eight nine zero one"),
]  # fmt: skip
PHONES = [
    ("Call 555-1234.", "Call five five five, one two three four."),
    ("415-555-2671", "four one five, five five five, two six seven one"),
    ("+1 (415) 555-2671", "plus one, four one five, five five five, two six seven one"),
    ("Room 404, ZIP 90210, ext. 89", "Room four zero four, ZIP nine zero two one zero, extension eighty-nine"),
    ("ID 12345678", "ID one two three four five six seven eight"),
]
UNITS = [
    ("100 km/h", "one hundred kilometers per hour"),
    ("1 km, 5 km, 1.5km", "one kilometer, five kilometers, one point five kilometers"),
    ("a 5-km run", "a five kilometer run"),
    ("8GB", "eight gigabytes"),
    ("25°C and -5°F", "twenty-five degrees Celsius and minus five degrees Fahrenheit"),
    ("20-25°C", "twenty to twenty-five degrees Celsius"),
    ("a 90° turn", "a ninety degree turn"),
    ("2 kg, 500 mg, 3 lbs, 1 oz", "two kilograms, five hundred milligrams, three pounds, one ounce"),
    ("60 mph, 10 m², 6 ft, 1 ft", "sixty miles per hour, ten square meters, six feet, one foot"),
    ("2.4 GHz, 3 ms", "two point four gigahertz, three milliseconds"),
    ("He is 6'2\" tall", "He is six foot two tall"),
    ("a 5 km run", "a five kilometer run"),
    ("100s of them", "hundreds of them"),
    ("5 t", "five tons"),
    ("2x faster", "two times faster"),
]
WORDS = [
    ("Dr. Smith and Mrs. Jones", "Doctor Smith and Missus Jones"),
    ("St. Mary on Main St. in Bath", "Saint Mary on Main Street in Bath"),
    ("fruit, e.g. apples, i.e. these", "fruit, for example apples, that is these"),
    ("pens, paper, etc.", "pens, paper, et cetera."),
    ("pens etc. are here", "pens et cetera are here"),
    ("cats vs. dogs", "cats versus dogs"),
    ("approx. 5", "approximately five"),
    ("No. 5, Fig. 2, p. 7", "number five, figure two, page seven"),
    ("No. I won't.", "No. I won't."),
    ("the U.S. and NASA use SQL", "the U.S. and NASA use SQL"),
    ("Henry VIII, World War II, Chapter IV", "Henry the Eighth, World War two, Chapter four"),
    ("I am", "I am"),
    ("R&D, AT&T", "R and D, AT and T"),
    ("C++ and C#", "C plus plus and C sharp"),
    ("#1 and #python", "number one and hashtag python"),
    ("GPT-4, COVID-19, MP3, 5G, H2O", "GPT four, COVID nineteen, MP three, five G, H two O"),
    ("and/or, he/she, input/output", "and or, he or she, input slash output"),
    ("w/ milk, w/o sugar", "with milk, without sugar"),
    ("don't, it's, we'll", "don't, it's, we'll"),
    ("H₂O, 221B Baker St., a 10-year-old", "H two O, two hundred twenty-one B Baker Street, a ten year-old"),
    ("a well-known co-op", "a well-known co-op"),
]
MATHS = [
    ("2 + 2 = 4", "two plus two equals four"),
    ("5 - 3 = 2", "five minus three equals two"),
    ("3 × 4 = 12", "three times four equals twelve"),
    ("2 * 3", "two times three"),
    ("10 ÷ 2", "ten divided by two"),
    ("x^2 + y³", "x squared plus y cubed"),
    ("10^6", "ten to the power of six"),
    ("1.5e-3", "one point five times ten to the power of minus three"),
    ("3×10^8 m/s", "three times ten to the power of eight meters per second"),
    ("10⁶ and 10²", "ten to the power of six and ten squared"),
    ("(100 − 32) × 5/9 = 37.8°C", "(one hundred minus thirty-two) times five ninths equals thirty-seven point eight "
     "degrees Celsius"),
    ("E = mc²", "E equals mc squared"),
    ("a < b", "a is less than b"),
    ("~10, >5, <3", "about ten, more than five, less than three"),
    ("5 ± 2, √9", "five plus or minus two, the square root of nine"),
    (r"\(\frac{1}{2} \times 4\)", "one half times four"),
    ("A → B", "A to B"),
]  # fmt: skip
ADDRESSES = [
    ("See https://www.example.com/a?b=c.", "See example dot com."),
    ("Go to example.org/x, then", "Go to example dot org, then"),
    ("Mail a.b@example.com!", "Mail a dot b at example dot com!"),
    ("Open src/main.py", "Open src slash main dot py"),
    ("[the docs](https://x.y/z)", "the docs"),
    ("<https://example.com>", "example dot com"),
]
LIVE_REPLIES = [
    (
        "**Sure!** Here's a quick recipe:\n\n1. Preheat to 350°F.\n2. Mix 1/2 cup of sugar.\n",
        "Sure! Here's a quick recipe: one, Preheat to three hundred fifty degrees Fahrenheit. two, Mix one half cup of "
        "sugar.",
    ),
    ("Hello! 😊 How can I help you today?", "Hello! How can I help you today?"),
    ("The answer is **42**.", "The answer is forty-two."),
    ("I'm doing well, ", "I'm doing well,"),
    ("Wait... what?!", "Wait… what?"),
    ('He said "no" (twice) — really.', 'He said "no" (twice) — really.'),
    ("Mount Everest is 8,849 m (29,032 ft) tall.", "Mount Everest is eight thousand eight hundred forty-nine meters "
     "(twenty-nine thousand thirty-two feet) tall."),
]  # fmt: skip


@pytest.mark.parametrize(
    ("written", "said"),
    [
        *MONEY, *DATES, *TIMES, *YEARS, *NUMBERS, *PHONES, *UNITS, *WORDS, *MATHS, *ADDRESSES, *LIVE_REPLIES,
    ],
)  # fmt: skip
def test_english_is_said_as_a_person_would(written: str, said: str) -> None:
    assert speakable(written, "en") == said


def test_a_regional_code_is_english_too() -> None:
    assert speakable("5 km", "en-GB") == "five kilometers"


def test_chinese_in_an_english_reply_is_read_as_chinese() -> None:
    assert speakable("“三”是3。", "en") == '"三"是三。'
