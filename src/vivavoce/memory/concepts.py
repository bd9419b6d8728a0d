"""What people tell of themselves, by the words for it: a small thesaurus, English and Chinese.

Owns the groups of words that mean nearly one thing, so that "spouse" finds "my wife" and "职业" finds "I work as".
Refuses to be a dictionary: it has the subjects of everyday life that small sentence vectors hold least well apart.
"""

from __future__ import annotations

from vivavoce.speech.scripts import is_cjk

__all__ = ["CHINESE_CONCEPTS", "ENGLISH_CONCEPTS"]

_GROUPS = """
wife spouse partner husband fiance fiancee married marry wedding anniversary 老婆 妻子 媳妇 太太 爱人 对象 老公
  丈夫 先生 结婚 婚礼
girlfriend boyfriend partner 女朋友 男朋友 女友 男友 对象
mother mum mom parent 妈 妈妈 母亲 父母 爸妈
father dad parent 爸 爸爸 父亲 父母 爸妈
sister sibling 姐姐 妹妹 姐妹 兄弟姐妹
brother sibling 哥哥 弟弟 兄弟 兄弟姐妹
son kid child children boy 儿子 孩子 小孩
daughter kid child children girl 女儿 孩子 小孩 闺女
cousin 表哥 表姐 表弟 表妹 堂哥 堂弟 堂姐 堂妹
grandmother grandma granny grandparent grandparents 奶奶 外婆 姥姥 祖母 爷爷奶奶
grandfather grandpa grandad grandparent grandparents 爷爷 外公 姥爷 祖父
uncle aunt 叔叔 舅舅 阿姨 姑姑 姨妈
friend buddy mate pal 朋友 闺蜜 哥们 好友
boss manager supervisor 老板 领导 上司 经理
colleague coworker workmate team company office 同事 公司 单位
neighbour neighbor 邻居
landlord rent apartment flat lease pay 房东 房租 租金 租房 公寓
live living home house apartment flat address street moved city town 住 住在 家 地址 搬家 搬到 城市
job work profession occupation career living employed 工作 职业 上班 上班族 从事 行业 当
nurse doctor vet surgeon clinic hospital medical 护士 医生 大夫 诊所 医院
teacher teach teaching school lesson class student pupil 老师 教师 教书 学校 上课 学生 读书 课
engineer developer programmer software 工程师 程序员 软件 开发
dog puppy pet animal 狗 小狗 宠物
cat kitten pet animal 猫 小猫 宠物
bird parrot rabbit hamster fish pet animal 鸟 兔子 仓鼠 鱼 宠物
name called call named nickname 名字 叫 姓名 称呼 姓
birthday born birth birthdate 生日 出生 生 过生日
age old years 岁 年龄 多大
allergic allergy intolerant reaction 过敏 不能吃 不耐受 忌口
eat food dish meal cook cooking diet taste restaurant 吃 菜 饭 做饭 食物 口味 餐
vegetarian vegan meat 素 吃素 素食 肉 荤
drink coffee tea beverage wine beer milk 喝 咖啡 茶 饮料 酒 牛奶
breakfast lunch dinner supper 早饭 早餐 午饭 午餐 晚饭 晚餐
dislike hate stand 讨厌 不喜欢 受不了 不吃 烦
like love enjoy favourite favorite prefer best 喜欢 爱 最爱 爱好 偏爱
hobby pastime spare weekend free 爱好 业余 周末 平时 兴趣
sport run running swim swimming climb climbing football soccer tennis badminton basketball gym exercise
  team 运动 跑步 马拉松 游泳 爬山 攀岩 足球 网球 羽毛球 篮球 健身 锻炼 球队
music song sing singer band choir listen record concert 音乐 歌 歌手 唱歌 合唱 听 演唱会
instrument piano guitar violin drum flute play 乐器 钢琴 吉他 小提琴 鼓 弹
film movie cinema series show 电影 片子 电视剧 剧
book novel read reading author 书 小说 读书 看书 作家
language speak learn learning study 语言 外语 学 自学 学习 说 英语 日语 法语 德语 汉语 中文
car vehicle drive driving 车 汽车 开车 轿车 牌照 车牌
bicycle bike cycle cycling commute bus train tram subway 自行车 骑车 公交 地铁 通勤 上下班
travel trip holiday vacation visit fly flight dream 旅行 旅游 度假 出国 想去 梦想 假期
plan want goal intend wish ambition hope 打算 计划 目标 想 准备 愿望 梦想
appointment meeting schedule visit calendar 预约 安排 约 开会 日程
dentist tooth teeth 牙医 牙 牙齿
doctor illness ill disease medicine medication diabetes pressure health sick 病 药 糖尿病 高血压 身体 健康 体检 生病
surgery operation operated 手术 开刀
headache migraine pain hurt 头疼 头痛 偏头痛 疼
sleep insomnia awake night 睡 失眠 睡觉 睡眠 熬夜
eye eyesight glasses spectacle vision shortsighted 眼 眼睛 眼镜 近视 视力
fear afraid scared phobia 怕 害怕 恐惧
colour color blue red green 颜色 蓝色 红色 绿色
pregnant baby expecting 怀孕 宝宝
money salary price cost pay euro dollar 钱 工资 薪水 价格 块 元
phone number email contact 电话 手机 号码 邮箱
today tomorrow week monday tuesday wednesday thursday friday saturday sunday 星期 周 礼拜
leave leaving quit resign moving 离开 离职 辞职 搬走
where place location 哪里 哪儿 地方 在哪
"""


def _by_word() -> dict[str, tuple[str, ...]]:
    concepts: dict[str, list[str]] = {}
    for number, line in enumerate(_GROUPS.strip().replace("\n  ", " ").splitlines()):
        for word in line.split():
            concepts.setdefault(word, []).append(f"#{number}")
    return {word: tuple(numbers) for word, numbers in concepts.items()}


_ALL = _by_word()
ENGLISH_CONCEPTS = {word: numbers for word, numbers in _ALL.items() if not is_cjk(word[0])}
"""The concepts of a word, in small letters."""
CHINESE_CONCEPTS = {word: numbers for word, numbers in _ALL.items() if is_cjk(word[0])}
