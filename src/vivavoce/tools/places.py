"""Which time zone a place is in, by the name a person gives it.

Owns the search in the names of the time zone database, and a few of the places that it does not name. Refuses to know
the time.
"""

from __future__ import annotations

from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from vivavoce.errors import InputError

__all__ = ["zone_of"]

_OTHERS = {
    "America/Chicago": "dallas houston austin 芝加哥 休斯顿",
    "America/Los_Angeles": "san_francisco seattle california silicon_valley las_vegas 洛杉矶 旧金山 西雅图 加州",
    "America/New_York": "boston washington miami atlanta philadelphia 纽约 华盛顿 波士顿",
    "America/Sao_Paulo": "rio brazil rio_de_janeiro 圣保罗 巴西",
    "America/Toronto": "ottawa montreal 多伦多",
    "America/Vancouver": "温哥华",
    "Asia/Bangkok": "thailand 曼谷 泰国",
    "Asia/Dubai": "abu_dhabi 迪拜",
    "Asia/Hong_Kong": "香港",
    "Asia/Kolkata": "india delhi new_delhi mumbai bangalore 印度 新德里 孟买",
    "Asia/Seoul": "korea south_korea 首尔 韩国",
    "Asia/Shanghai": "china beijing shenzhen guangzhou hangzhou chengdu 中国 北京 上海 深圳 广州 杭州 成都",
    "Asia/Singapore": "新加坡",
    "Asia/Taipei": "taiwan 台北 台湾",
    "Asia/Tokyo": "japan osaka kyoto 东京 日本 大阪 京都",
    "Australia/Melbourne": "墨尔本",
    "Australia/Sydney": "canberra 悉尼",
    "Europe/Berlin": "germany munich hamburg frankfurt cologne 柏林 德国 慕尼黑 法兰克福",
    "Europe/London": "uk england britain united_kingdom manchester 伦敦 英国",
    "Europe/Madrid": "spain barcelona 马德里 西班牙 巴塞罗那",
    "Europe/Moscow": "russia 莫斯科 俄罗斯",
    "Europe/Paris": "france lyon 巴黎 法国",
    "Europe/Rome": "italy milan 罗马 意大利 米兰",
    "Europe/Zurich": "switzerland geneva 苏黎世 瑞士 日内瓦",
    "Pacific/Honolulu": "hawaii 夏威夷",
}


def zone_of(place: str) -> ZoneInfo:
    """Return the zone of a city, a country with one zone, or a zone's own name, in English or Chinese.

    Reads files: call it outside the event loop.

    Raises:
        InputError: `place_unknown`.
    """
    names = _names()
    wanted = place.strip().lower().replace(" ", "_")
    # "Paris, France" and "东京市" name more than the table does
    for form in (wanted, wanted.split(",")[0], wanted.removesuffix("市"), wanted.rpartition("/")[2]):
        if form in names:
            return ZoneInfo(names[form])
    raise InputError(
        "place_unknown",
        f"The time zone of {place!r} is not known.",
        remedy="Name a large city near it, or a zone such as Europe/Paris.",
    )


@cache
def _names() -> dict[str, str]:
    zones = sorted(available_timezones())
    cities = {zone.rpartition("/")[2].lower(): zone for zone in zones if "/" in zone and not zone.startswith("Etc/")}
    others = {name: zone for zone, names in _OTHERS.items() for name in names.split()}
    return cities | {zone.lower(): zone for zone in zones} | others
