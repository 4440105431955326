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
		if end := c.person(i); marked && end > 0 {
			c.name(i, end, 80, "context", string(c.b[h.start:h.end]))
		}
	}
	for i := 0; i+6 <= len(c.b); {
		if c.b[i] < 0xE4 {
			i++
			continue
		}
		if end, word := c.titled(i); end > 0 {
			c.name(i, end, 72, "title", word)
			i = end
			continue
		}
		i += 3
	}
	for _, h := range c.out { // 张三 13800138000
		if h.kind != KindMobile && h.kind != KindResidentID {
			continue
		}
		i := h.start
		for i > 0 && h.start-i < 3 && (c.b[i-1] == ' ' || c.b[i-1] == ',' || c.b[i-1] == ':' || c.b[i-1] == '\t') {
			i--
		}
		for _, n := range []int{9, 6} {
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
	r, _ := utf8.DecodeRune(c.b[given:])
	if strings.ContainsRune(notGiven, r) {
		return 0
	}
	return end
}

// surname is the end of a surname at i; 0: none.
func (c *scan) surname(i int) int {
	if i+3 > len(c.b) || c.b[i] < 0xE4 {
		return 0
	}
	for _, s := range compounds {
		if bytes.HasPrefix(c.b[i:], []byte(s)) {
			return i + len(s)
		}
	}
	if r, _ := utf8.DecodeRune(c.b[i:]); strings.ContainsRune(surnames, r) && r != utf8.RuneError {
		return i + 3
	}
	return 0
}

// titled is the end of a name of a surname and up to two characters, with a title behind it.
func (c *scan) titled(i int) (int, string) {
	given := c.surname(i)
	if given == 0 {
		return 0, ""
	}
	for n := range 3 {
		at := given + 3*n
		if at+6 > len(c.b) {
			return 0, ""
		}
		for _, t := range titles {
			if bytes.HasPrefix(c.b[at:], []byte(t)) {
				if n == 0 && (i > 0 && han(c.b[max(0, i-3):i])) {
					return 0, "" // 高先生 inside a word
				}
				return at, t
			}
		}
		if !han(c.b[at : at+3]) {
			return 0, ""
		}
		if r, _ := utf8.DecodeRune(c.b[at:]); strings.ContainsRune(notGiven, r) {
			return 0, ""
		}
	}
	return 0, ""
}
