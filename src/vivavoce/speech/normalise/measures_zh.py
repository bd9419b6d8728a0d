"""Mandarin measure words, units and currencies.

Owns what numbers count in Chinese text. Refuses to know how the numbers are said.
"""

from __future__ import annotations

import re

__all__ = ["CURRENCIES", "MEASURE", "UNIT", "UNITS"]

MEASURE = (
    r"个|只|条|张|本|件|位|名|台|辆|架|艘|棵|朵|头|匹|口|家|间|座|栋|套|双|对|副|份|杯|瓶|碗|盘|锅|包|袋|盒|箱|罐|桶|块|片|"
    r"根|支|把|节|段|句|首|篇|部|场|次|回|遍|趟|顿|番|阵|种|类|项|门|道|处|天|周(?![一二三四五六日])|星期(?![一二三四五六日])|年(?!级)|"
    r"小时|分钟|秒|刻|点(?!\d)|分(?!之)|元|毛|角|万|千|百(?!分)|亿|倍|米|公里|厘米|毫米|公斤|斤|千克|克|吨|升|毫升|岁|人|层|组|队|步|"
    r"票|圈|样|边|面|方|手|成|度|平方|立方|英里|英寸|英尺|磅|美元|欧元|英镑|日元|字|页|行|颗|粒|滴|枚|幅|份|笔|群|批|代|辈|者|国"
)
"""The words before which two is 两, as a pattern."""

UNITS = {
    "km/h": "公里每小时", "m/s": "米每秒", "mph": "英里每小时", "rpm": "转每分钟", "fps": "帧每秒", "KB/s": "KB每秒",
    "MB/s": "MB每秒", "Mbps": "兆比特每秒",
    "km²": "平方公里", "km^2": "平方公里", "m²": "平方米", "m^2": "平方米", "㎡": "平方米", "cm²": "平方厘米",
    "m³": "立方米", "m^3": "立方米", "cm³": "立方厘米",
    "km": "公里", "m": "米", "cm": "厘米", "mm": "毫米", "μm": "微米", "µm": "微米", "nm": "纳米", "ft": "英尺",
    "kg": "公斤", "g": "克", "mg": "毫克", "μg": "微克", "µg": "微克", "t": "吨", "lb": "磅",
    "L": "升", "l": "升", "mL": "毫升", "ml": "毫升",
    "h": "小时", "min": "分钟", "s": "秒", "ms": "毫秒",
    "Hz": "赫兹", "kHz": "千赫兹", "MHz": "兆赫兹", "GHz": "吉赫兹", "dB": "分贝", "px": "像素",
    "W": "瓦", "kW": "千瓦", "MW": "兆瓦", "kWh": "千瓦时", "V": "伏", "mAh": "毫安时", "mA": "毫安", "Ω": "欧姆",
    "kcal": "千卡", "cal": "卡", "kJ": "千焦", "J": "焦", "Pa": "帕", "hPa": "百帕", "kPa": "千帕", "mmHg": "毫米汞柱",
}  # fmt: skip
"""What a unit sign is called."""

UNIT = "|".join(re.escape(unit) for unit in sorted(UNITS, key=len, reverse=True))
"""The unit signs, as a pattern."""

CURRENCIES = {
    "HK$": "港元", "NT$": "新台币", "US$": "美元", "$": "美元", "¥": "元", "￥": "元", "€": "欧元", "£": "英镑",
    "₩": "韩元", "₽": "卢布", "USD": "美元", "CNY": "元", "RMB": "元", "EUR": "欧元", "GBP": "英镑", "JPY": "日元",
    "HKD": "港元",
}  # fmt: skip
"""What a currency's sign or code is called."""
