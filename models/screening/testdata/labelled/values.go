package main

import (
	"fmt"
	"log"
	"math/rand"
	"strings"
)

// maker makes values. own are the first half's own ways of writing, so that neither half shows the recognisers how people
// of the other live, call themselves and choose passwords.
type maker struct {
	*rand.Rand
	own func(m *maker, kind string) string
}

func newMaker(seed int64) *maker { return &maker{Rand: rand.New(rand.NewSource(seed))} } //nolint:gosec // the same every time is what is wanted

func (m *maker) of(s ...string) string { return s[m.Intn(len(s))] }

func (m *maker) d(n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte('0' + m.Intn(10))
	}
	return string(b)
}

func (m *maker) letters(from string, n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = from[m.Intn(len(from))]
	}
	return string(b)
}

func (m *maker) day(from, to int) string {
	return fmt.Sprintf("%04d%02d%02d", from+m.Intn(to-from), 1+m.Intn(12), 1+m.Intn(28))
}

const upper, lower = "ABCDEFGHJKLMNPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz"

func gb11643(head string) string {
	sum, w := 0, 1 // weights are powers of two modulo 11, from the right
	for i := 16; i >= 0; i-- {
		w = w * 2 % 11
		sum += int(head[i]-'0') * w
	}
	return head + string("10X98765432"[sum%11])
}

func gb32100(head string) string {
	const abc = "0123456789ABCDEFGHJKLMNPQRTUWXY"
	org := head[8:]
	sum := 0
	for i, w := range []int{3, 7, 9, 10, 5, 8, 4, 2} {
		v := strings.IndexByte("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", org[i])
		sum += v * w
	}
	c := 11 - sum%11
	head += string("0123456789X0"[c])
	sum, w := 0, 1
	for i := range 17 {
		sum += strings.IndexByte(abc, head[i]) * w
		w = w * 3 % 31
	}
	return head + string(abc[(31-sum%31)%31])
}

func luhnSum(v string) int {
	sum := 0
	for i := range len(v) {
		x := int(v[len(v)-1-i] - '0')
		if i%2 == 1 {
			if x *= 2; x > 9 {
				x -= 9
			}
		}
		sum += x
	}
	return sum % 10
}

func luhned(head string) string {
	return head + string("0987654321"[luhnSum(head+"0")])
}

func (m *maker) hongKong() string {
	head := m.of("", "", "", "X", "W")
	if head == "" {
		head = m.letters("ABCDEFGHKMPRYZ", 1) + m.d(6)
	} else {
		head += m.letters("ABCDEFGHK", 1) + m.d(6)
	}
	sum := 0
	full := head
	if len(full) == 7 {
		sum = 36 * 9
	}
	for i := range len(full) {
		w := len(full) + 1 - i
		if c := full[i]; c >= 'A' {
			sum += (int(c-'A') + 10) * w
		} else {
			sum += int(c-'0') * w
		}
	}
	return head + "(" + string("0123456789A"[(11-sum%11)%11]) + ")"
}

func (m *maker) taiwan() string {
	l := m.letters("ABCDEFGHJKLMNPQRSTUVXYWZIO", 1)
	n := strings.Index("ABCDEFGHJKLMNPQRSTUVXYWZIO", l) + 10
	body := m.of("1", "2") + m.d(7)
	sum := n/10 + n%10*9
	for i := range 8 {
		sum += int(body[i]-'0') * (8 - i)
	}
	return l + body + string(byte('0'+(10-sum%10)%10))
}

var areas = []string{"110108", "310104", "440304", "330102", "420106", "510107", "610103", "320505", "350203", "370202", "430102", "500103", "230103", "130102", "220102", "340104", "360102", "450103", "520102", "530102", "640104", "429005", "441900", "210102"}

var surnames = []string{"陈", "林", "周", "吴", "徐", "孙", "朱", "胡", "郭", "何", "高", "罗", "郑", "梁", "谢", "宋", "唐", "许", "邓", "冯", "韩", "曹", "曾", "彭", "蒋", "沈", "欧阳", "诸葛", "司徒"}

var given = []string{"雨桐", "子轩", "思远", "嘉怡", "建国", "文博", "秀兰", "浩然", "梦琪", "俊杰", "磊", "敏", "婷", "洋", "静怡", "国栋", "晓东", "欣妍", "凯", "丹丹", "永强", "玉梅", "佳琳", "鹏飞"}

// value is a value of a kind, plainly written.
func (m *maker) value(kind string) string {
	if m.own != nil {
		if v := m.own(m, kind); v != "" {
			return v
		}
	}
	switch kind {
	case "resident_id":
		return gb11643(m.of(areas...) + m.day(1948, 2012) + m.d(3))
	case "residence_permit":
		return gb11643(m.of("810000", "820000", "830000") + m.day(1955, 2010) + m.d(3))
	case "foreigner_permit":
		return gb11643("9" + m.of("11", "31", "44", "33", "32") + m.of("156", "840", "392", "826", "276")[:3] + m.day(1955, 2000) + m.d(3))
	case "uscc":
		return gb32100(m.of("91", "91", "91", "93", "12", "52") + m.of(areas...) + m.of("MA"+m.d(1)+m.letters("ABCDEFGHKLMNPQRTUWXY", 1)+m.d(4), m.d(8), m.d(8)))
	case "bank_card":
		return luhned(m.of("622202", "621700", "622848", "621661", "622588", "625965", "623058") + m.d([]int{9, 12}[m.Intn(2)]))
	case "mobile":
		return m.of("130", "131", "132", "133", "135", "136", "137", "151", "152", "158", "159", "176", "178", "180", "182", "185", "187", "188", "189", "191", "198") + m.d(8)
	case "landline":
		return m.of("010-8"+m.d(7), "021-6"+m.d(7), "0755-8"+m.d(7), "025-8"+m.d(7), "028-8"+m.d(7), "0571-8"+m.d(7), "(010)6"+m.d(7), "020 8"+m.d(7), "400-8"+m.d(2)+"-"+m.d(4), "400 6"+m.d(2)+" "+m.d(4), "0592-5"+m.d(6), "027－8"+m.d(7))
	case "foreign_phone":
		return m.of("+1 212 555 01"+m.d(2), "+1-415-555-01"+m.d(2), "+44 20 7946 0"+m.d(3), "+852 2"+m.of("5", "8", "3")+m.d(2)+" "+m.d(4), "+852 9"+m.of("1", "4", "6")+m.d(6), "+65 6"+m.of("2", "5", "7")+m.d(2)+" "+m.d(4), "+81 3-3"+m.d(3)+"-"+m.d(4), "+49 30 2"+m.d(7), "+886 2 2"+m.d(3)+" "+m.d(4), "+81 90-1"+m.d(3)+"-"+m.d(4))
	case "email":
		return m.of("chen.yu", "lin_xx", "sales", "hr-bp", "zhou8", "wuming.h", "j.tang", "Xu.Lei", "gaojing") + m.d(m.Intn(3)) + "@" + m.of("example.com", "example.org", "mail.example.net", "partner.example.com.cn", "qq.example.com", "dept.example.edu")
	case "plate":
		return m.of("京N", "沪C", "苏E", "鲁B", "鄂A", "湘A", "闽D", "渝A", "川A", "豫A", "皖A", "津C", "陕A") + m.of("", "", "·", " ") + m.of(m.d(5), m.d(3)+m.letters("ABCDEFGHJKLMNPQRSTUVWXYZ", 1)+m.d(1), m.letters("ABCDEFGHJKLMNPQRSTUVWXYZ", 1)+m.d(4), "D"+m.d(5), "F"+m.d(5), m.d(2)+m.letters("ABCDEFGHJKLMNPQRSTUVWXYZ", 2)+m.d(1))
	case "passport":
		return m.of("E"+m.d(8), "E"+m.letters("ABCDEFGHJKLMNPQRSTUVWXYZ", 1)+m.d(7), "G"+m.d(8), "E"+m.letters("ABCDEFGHJK", 1)+m.d(7))
	case "travel_permit":
		return m.of("C"+m.d(8), "C"+m.letters("ABCDEFGHJK", 1)+m.d(7), "H"+m.d(8), "M"+m.d(8), "H"+m.d(10), "L"+m.d(8), "T"+m.d(8))
	case "hkid":
		return m.hongKong()
	case "taiwan_id":
		return m.taiwan()
	case "ip":
		return m.of("10."+fmt.Sprint(m.Intn(250)), "172.20", "192.168") + "." + fmt.Sprint(m.Intn(250)) + "." + fmt.Sprint(1+m.Intn(250))
	case "secret":
		return m.of(m.letters(lower, 4)+"@"+m.d(4), m.letters(upper, 2)+m.letters(lower, 5)+"#"+m.d(3), m.letters(lower+upper+"23456789", 14)+"7", m.letters(lower, 6)+m.d(4)+"!")
	case "account":
		return m.of(m.d(9), m.d(10), m.letters(lower, 5)+"_"+m.d(4), m.letters(lower, 8)+m.d(2), "wxid_"+m.letters(lower+"0123456789", 10)+"k3")
	case "contract":
		return m.of("HT", "CG", "XY-2024", "BJ2024", "ZL/2024", "FW-A") + m.of("-", "-", "") + m.d(5+m.Intn(3))
	case "name":
		return m.of(surnames...) + m.of(given...)
	case "address":
		return m.of("北京市海淀区", "上海市浦东新区", "江苏省苏州市工业园区", "武汉市武昌区", "成都市高新区", "厦门市思明区", "浙江省杭州市滨江区", "山东省青岛市市南区", "长沙市岳麓区", "西安市雁塔区", "石家庄市裕华区", "贵阳市观山湖区") +
			m.of("中关村南大街", "世纪大道", "星湖街", "珞喻路", "天府三街", "软件园二期望海路", "江南大道", "香港中路", "麓谷大道", "科技二路", "槐安东路", "金阳北路") + fmt.Sprint(1+m.Intn(900)) + "号" +
			m.of("", "", "院6号楼", "3栋", "B座1203室", "2号楼1单元402", "5栋2单元1801室", "国际大厦17层")
	case "amount":
		return m.of(fmt.Sprint(1+m.Intn(900))+"万元", fmt.Sprint(2+m.Intn(80))+"."+m.d(2)+"亿元", "¥"+fmt.Sprint(1+m.Intn(900))+","+m.d(3)+".00", "人民币"+fmt.Sprint(10000+m.Intn(900000))+"元", fmt.Sprint(1000+m.Intn(90000))+"元", "USD "+fmt.Sprint(10+m.Intn(90))+","+m.d(3), m.of("叁", "柒", "贰拾")+"万"+m.of("伍", "捌")+"仟元整", fmt.Sprint(12+m.Intn(60))+"万")
	case "financial":
		return m.of(fmt.Sprint(1+m.Intn(90))+"."+m.d(1)+"%", fmt.Sprint(1+m.Intn(90))+"."+m.d(1)+"亿元", fmt.Sprint(100+m.Intn(9000))+"万元", fmt.Sprint(2+m.Intn(80))+"亿")
	case "codename":
		return m.of("青鸾项目", "北斗星计划", "玄武二期", "Project Nightjar", "HX-7方案")
	case "keyword":
		return m.of("供应商底价表", "并购意向书", "未公开财报", "核心算法源码")
	case "topic":
		return m.of("集体讨薪", "罢工", "带队跳槽")
	}
	log.Fatalf("no such kind: %q", kind)
	return ""
}

// spell writes a value as people do: mostly plainly, else in parts, in full width, or with what cannot be seen.
func (m *maker) spell(kind, v string) string {
	switch kind {
	case "mobile":
		switch m.Intn(9) {
		case 0:
			return v[:3] + "-" + v[3:7] + "-" + v[7:]
		case 1:
			return v[:3] + " " + v[3:7] + " " + v[7:]
		case 2:
			return wide(v)
		case 3:
			return m.of("+86 ", "+86", "86-", "+86-") + v
		case 4:
			return sow(v, "\u200b", 1+m.Intn(9))
		case 5:
			return v[:3] + "." + v[3:7] + "." + v[7:]
		}
	case "resident_id", "residence_permit", "foreigner_permit":
		switch m.Intn(8) {
		case 0:
			return v[:6] + " " + v[6:14] + " " + v[14:]
		case 1:
			return wide(v)
		case 2:
			return strings.ToLower(v)
		case 3:
			return v[:6] + "-" + v[6:14] + "-" + v[14:]
		case 4:
			return sow(sow(v, "\u200d", 3+m.Intn(5)), "\u200b", 1)
		}
	case "bank_card":
		switch m.Intn(5) {
		case 0, 1:
			return parts(v, 4, m.of(" ", " ", "-", "  "))
		case 2:
			return wide(v)
		}
	case "uscc":
		switch m.Intn(6) {
		case 0:
			return parts(v, 4, " ")
		case 1:
			return wide(v)
		case 2:
			return strings.ToLower(v)
		}
	case "hkid":
		if m.Intn(4) == 0 {
			return strings.NewReplacer("(", "（", ")", "）").Replace(v)
		}
	case "codename", "keyword", "topic":
		if r := []rune(v); m.Intn(6) == 0 && r[0] > 0x4E00 {
			at := min(2, len(r)-1)
			return string(r[:at]) + m.of(" ", "·", "-", "\u200b") + string(r[at:])
		} else if m.Intn(3) == 0 {
			return strings.ToLower(v)
		}
	case "email":
		if m.Intn(10) == 0 {
			return wide(v)
		}
	case "passport", "travel_permit", "taiwan_id":
		if m.Intn(8) == 0 {
			return wide(v)
		}
	}
	return v
}

func wide(v string) string {
	return strings.Map(func(r rune) rune {
		if r > ' ' && r < 0x7f {
			return r + 0xFEE0
		}
		return r
	}, v)
}

func sow(v, what string, at int) string { return v[:at] + what + v[at:] }

func parts(v string, n int, sep string) string {
	var out []string
	for len(v) > n {
		out, v = append(out, v[:n]), v[n:]
	}
	return strings.Join(append(out, v), sep)
}

// nothing is what looks like something and is nothing: it passes no check.
func (m *maker) nothing(what string) string {
	for {
		v := ""
		switch what {
		case "d4", "d6", "d8", "d9", "d10", "d12":
			n := 0
			_, _ = fmt.Sscanf(what, "d%d", &n)
			return m.of("1", "2", "3", "5", "7", "9") + m.d(n-1)
		case "n":
			return fmt.Sprint(2 + m.Intn(90))
		case "nn":
			return fmt.Sprint(100 + m.Intn(900))
		case "order":
			v = "2024" + fmt.Sprintf("%02d%02d", 1+m.Intn(12), 1+m.Intn(28)) + m.d([]int{8, 9, 10, 12}[m.Intn(4)])
		case "track":
			v = m.of("SF1", "YT7", "JDVA", "EM", "ZTO7") + m.d(12)
		case "track12":
			v = m.of("77", "43", "75") + m.d(13)
		case "like11":
			v = m.of("138", "159", "186", "133") + m.d(8)
		case "epoch":
			v = "173" + m.d(10)
		case "epochs":
			v = "173" + m.d(7)
		case "date":
			return fmt.Sprintf("2024-%02d-%02d", 1+m.Intn(12), 1+m.Intn(28))
		case "time":
			return fmt.Sprintf("%02d:%02d:%02d", m.Intn(24), m.Intn(60), m.Intn(60))
		case "version":
			return fmt.Sprintf("%d.%d.%d", m.Intn(9), m.Intn(20), m.Intn(200))
		case "version4":
			return fmt.Sprintf("%d.%d.%d.%d", 10+m.Intn(90), m.Intn(20), m.Intn(200), m.Intn(200))
		case "hex":
			return m.letters("0123456789abcdef", 40)
		case "uuid":
			h := func(n int) string { return m.letters("0123456789abcdef", n) }
			return h(8) + "-" + h(4) + "-4" + h(3) + "-a" + h(3) + "-" + h(12)
		case "isbn":
			return "978-7-" + m.d(3) + "-" + m.d(5) + "-" + m.d(1)
		case "card":
			if v = "6222" + m.d(15); luhnSum(v) != 0 {
				return v
			}
			continue
		case "id":
			if v = m.of(areas...) + m.day(1950, 2000) + m.d(4); gb11643(v[:17]) != v {
				return v
			}
			continue
		default:
			log.Fatalf("no such nothing: %q", what)
		}
		if digits := strings.Trim(v, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"); len(digits) < 16 || luhnSum(digits) != 0 && (len(v) != 18 || gb11643(v[:17]) != v) {
			return v
		}
	}
}
