package screening

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// surnames are the common ones; compound ones are listed apart.
const surnames = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常汤康易乔赖文施洪辛柯庄温牛樊葛邢安齐倪庞颜伍申殷詹颂鲁聂章岳翟尤骆焦柴欧耿关兰纪舒华祁左涂凌路岑甘翁解柳成盛童卓隋管游路祝裴单季鲍饶苗曲尚项边卞梅"

var compounds = []string{"欧阳", "司马", "上官", "诸葛", "东方", "皇甫", "尉迟", "公孙", "令狐", "慕容", "司徒", "夏侯", "端木", "长孙"}

// titles follow a name.
var titles = []string{"先生", "女士", "小姐", "经理", "总监", "总经理", "老师", "主任", "教授", "博士", "律师", "医生", "同志", "董事长", "主管", "部长", "处长", "科长", "工程师"}

// notGiven are characters that given names do not begin with: what follows a surname that is a word of its own.
const notGiven = "的了是在和与及或也都就不没有个们总经理主任会这那什么怎请把被由向为对从到说要能可先"

// runsOn are labels that a name follows at once, with the sentence going on behind it.
var runsOn = map[string]bool{"本人": true, "我是": true, "我叫": true, "名叫": true, "员工": true, "同事": true, "客户": true, "患者": true}

// goesOn are characters that a sentence goes on with behind a name; given names seldom end in them.
const goesOn = "承自同申声已因在为是的来去将会等及和与说有把被请做负因于从到今昨现本并不也就曾向对要想需完未没反表要"

// notNames are words that begin like a name.
var notNames = func() map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields("周一 周二 周三 周四 周五 周六 周日 周末 周期 周边 高铁 高级 高度 高清 高管 高峰 高效 方便 方向 方案 方式 方面 黄金 白天 白色 白班 金额 金融 金属 金牌 马上 马路 万一 万元 钱包 安全 安排 安装 安检 成本 成都 成功 成员 " +
		"成果 成绩 江苏 江西 江南 江北 石家 石油 路口 路由 路线 路过 路上 华为 华东 华南 华北 温度 温馨 常用 常见 常规 于是 何时 何处 任何 任务 任意 任职 许多 许可 余额 余下 余款 单号 单位 单价 单据 单元 项目 季度 祝贺 祝您 祝大 严格 严重 严禁 武汉 " +
		"关于 关注 关系 关键 关闭 管理 管家 管控 左右 左边 牛奶 雷达 龙华 龙头 向上 向下 施工 申请 申报 解决 解压 解释 解除 解锁 包含 盛大 游戏 游客 水电 左侧 秦皇 丁班 史上 毛利 毛重 毛坯 申诉 洪水 洪灾 钟头 文件 文档 文字 文号 文化 安心 平台 " +
		"常州 常务 贺卡 汤料 花园 时间 和平 程序 程度 沈阳 石材 宋体 唐山 韩国 许昌 曾经 田间 蔡甸 余姚 杜绝 叶片 苏州 苏打 吕梁 丁点 任免 卢森 陆续 陆运 金华 贾汪 付款 付费 付出 邹城 熊猫 邱县 侯马 段落 陶瓷 贺电 顾客 顾问 万科 武器 严肃 莫非 莫名 孔子 向导 " +
		"常驻 康复 乔迁 赖账 洪泽 柯南 庄园 牛市 樊城 葛洲 邢台 安徽 安阳 伍佰 申购 聂荣 尤其 欧洲 欧元 关税 兰州 纪要 纪念 纪律 舒适 祁阳 左转 凌晨 成交 童装 卓越 管道 游泳 路灯 单独 单程 单据 季节 曲线 尚未 尚可 项链 边界 边缘") {
		m[w] = true
	}
	return m
}()

// within is the end of a name at i in the midst of a sentence, behind a label that says that one stands there; 0: none.
func (c *scan) within(i int) int {
	given := c.surname(i)
	if given == 0 || given+3 > len(c.b) || notNames[string(c.b[i:min(len(c.b), i+6)])] {
		return 0
	}
	if yes, _ := marked(c.b, given, markNotGiven); yes || !han(c.b[given:given+3]) {
		return 0
	}
	if end := given + 6; end <= len(c.b) && han(c.b[given+3:end]) && !strings.Contains(goesOn, string(c.b[given+3:end])) {
		return end
	}
	return given + 3
}

// names: two to four characters beginning with a surname, behind a label (联系人:), before a title, or beside a number
// that is somebody's. Only where the rules ask for it.
func (c *scan) names() {
	for _, h := range c.ctx {
		if h.about&aboutName == 0 {
			continue
		}
		i := h.end
		marked := false
		for i < len(c.b) && i-h.end < 4 && (c.b[i] == ':' || c.b[i] == ' ' || c.b[i] == '=') {
			marked = true
			i++
		}
		if bytesAny(c.b[i:], "是", "为", "叫") {
			marked = true
			i += 3
		}
		word := c.s.builtin.words[h.word]
		if end := c.person(i); end > 0 && (marked || runsOn[word]) {
			c.name(i, end, 80, "context", word)
		} else if end == 0 && runsOn[word] {
			if end = c.within(i); end > 0 {
				c.name(i, end, 60, "context", word)
			}
		}
	}
	for _, h := range c.ctx {
		if h.about&aboutTitle != 0 {
			if i := c.titled(h.start); i >= 0 {
				score := 72
				if h.start-i <= 3 {
					score = 45 // 黄先生: many people are called that
				}
				c.name(i, h.start, score, "title", c.s.builtin.words[h.word])
			}
		}
	}
	for _, h := range c.out { // 张三 13800138000
		if h.kind != KindMobile && h.kind != KindResidentID && h.kind != KindBankCard {
			continue
		}
		i := h.start
		for i > 0 && h.start-i < 3 && (c.b[i-1] == ' ' || c.b[i-1] == ',' || c.b[i-1] == ':' || c.b[i-1] == '\t' || c.b[i-1] == '|') {
			i--
		}
		for _, n := range []int{12, 9, 6} {
			if s := i - n; s >= 0 && i < h.start && (s == 0 || !han(c.b[:s])) && c.person(s) == i {
				c.name(s, i, 65, "beside", "")
				break
			}
		}
	}
}

func (c *scan) name(start, end, score int, code, word string) {
	c.add(hit2{kind: KindName, start: start, end: end, score: score, why: []Reason{{Code: "surname"}, {Code: code, Word: word}}, canon: "name:" + string(c.b[start:end])})
}

// person is the end of a name that begins at i and is not the beginning of a longer stretch of Chinese; 0: none.
func (c *scan) person(i int) int {
	given := c.surname(i)
	if given == 0 {
		return 0
	}
	end := given
	for n := 0; n < 3 && end+3 <= len(c.b) && han(c.b[end:end+3]); n++ {
		end += 3
	}
	if n := (end - given) / 3; n < 1 || n > 2 {
		return 0
	}
	if yes, _ := marked(c.b, given, markNotGiven); yes {
		return 0
	}
	if notNames[string(c.b[i:i+6])] {
		return 0
	}
	return end
}

// surname is the end of a surname at i; 0: none.
func (c *scan) surname(i int) int {
	if i+3 > len(c.b) || c.b[i] < 0xE4 {
		return 0
	}
	m := byte(0)
	if r, _ := runeAt(c.b, i); r < 1<<16 {
		m = marksOf[r]
	}
	if m&(markSurname|markCompound) == 0 {
		return 0
	}
	for _, s := range compounds {
		if m&markCompound == 0 {
			break
		}
		if bytes.HasPrefix(c.b[i:], []byte(s)) {
			return i + len(s)
		}
	}
	if m&markSurname != 0 {
		return i + 3
	}
	return 0
}

// titled is the beginning of a name of a surname and up to two characters that ends before a title at byte end; -1: none.
func (c *scan) titled(end int) int {
	best := -1
	for i, n := end, 0; n < 4; n++ {
		r, size := utf8.DecodeLastRune(c.b[:i])
		if size != 3 || !isHan(r) {
			break
		}
		i -= size
		given := c.surname(i)
		if given == 0 || given > end || (end-given)/3 > 2 {
			continue
		}
		if given == end { // 高先生, but not inside a word
			if i == 0 || !han(c.b[:i]) {
				best = i
			}
			continue
		}
		if yes, _ := marked(c.b, given, markNotGiven); !yes && !notNames[string(c.b[i:i+6])] {
			best = i
		}
	}
	return best
}
