package screening

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

const plateProvinces = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"

// plates: province, letter, and five characters, or six for new energy, whose class letter stands first for small and
// last for large vehicles; no I or O. Separators may stand behind the letter.
func (c *scan) plate(i int) {
	b := c.b
	if i+8 > len(b) {
		return
	}
	var v [8]byte
	n, j := 0, i+3
	gaps := 0
	for j < len(b) && n < 7 && gaps < 3 {
		if a := alnum[b[j]]; a != 0 {
			v[n] = b[j]
			if a == 3 {
				v[n] -= 'a' - 'A'
			}
			n++
			j++
			gaps = 0
			continue
		}
		if n >= 6 {
			break
		}
		size := 1
		if bytes.HasPrefix(b[j:], []byte("·")) || bytes.HasPrefix(b[j:], []byte("•")) {
			_, size = utf8.DecodeRune(b[j:])
		} else if b[j] != ' ' && b[j] != '-' && b[j] != '.' {
			break
		}
		gaps++
		j += size
	}
	tail := j < len(b) && alnum[b[j]] != 0
	for j > i && alnum[b[j-1]] == 0 {
		j--
		for j > i && b[j]&0xC0 == 0x80 {
			j--
		}
	}
	if n == 7 && (tail || !plate(v[:7])) || n == 6 && !plate(v[:6]) || n < 6 {
		// 挂 学 警 港 澳 stand for the last character
		if n != 5 || !plate(append(v[:5:5], '0')) || !bytesAny(b[j:], "挂", "学", "警", "港", "澳", "领") {
			return
		}
		j += 3
	}
	score, why := 80, []Reason{{Code: "form"}}
	if digitsIn(v[1:n]) < 2 {
		score = 45
	}
	if word, _ := c.near(i, j, aboutPlate); word != "" {
		score, why = score+30, append(why, Reason{Code: "context", Word: word})
	}
	c.add(hit2{kind: KindPlate, start: i, end: j, score: score, why: why, canon: "plate:" + string(b[i:i+3]) + string(v[:n])})
}

func bytesAny(b []byte, words ...string) bool {
	for _, w := range words {
		if bytes.HasPrefix(b, []byte(w)) {
			return true
		}
	}
	return false
}

// plate checks what follows the province.
func plate(v []byte) bool {
	if v[0] < 'A' || v[0] > 'Z' || v[0] == 'I' {
		return false
	}
	letters := 0
	for _, c := range v[1:] {
		if c == 'I' || c == 'O' {
			return false
		}
		if c >= 'A' {
			letters++
		}
	}
	if len(v) == 6 {
		return letters <= 3
	}
	class := func(c byte) bool { return c >= 'A' && c <= 'K' && c != 'I' }
	small := class(v[1]) && digitsOf(v[3:]) && letters <= 2
	large := digitsOf(v[1:6]) && class(v[6])
	return small || large
}

// marks of an address: what ends a part of it, from the largest to the smallest.
var (
	areaMarks  = []string{"特别行政区", "自治区", "自治州", "街道", "开发区", "新区", "省", "市", "区", "县", "旗", "镇", "乡", "村"}
	roadMarks  = []string{"大道", "胡同", "小区", "花园", "公寓", "大厦", "广场", "园区", "家园", "新村", "公馆", "路", "街", "巷", "弄", "里", "苑", "村", "道"}
	houseMarks = []string{"号楼", "号院", "单元", "号", "弄", "栋", "幢", "座", "室", "层", "楼", "户", "组"}
)

// addressStops never stand in an address.
const addressStops = "，。；：！？、,;:!?\n\"'“”‘’《》【】|＝=在到至去从于的是请把寄送住和与及或为叫让给将距离近"

// addressAt looks whether the digits at byte i are a house's (号, 室 … behind them) and reads the street and the area to
// its left; the area's name or a word such as 地址 makes it sure.
func (c *scan) addressAt(i int) {
	b := c.b
	j := i
	for j < len(b) && j-i <= 9 && (alnum[b[j]] == 1 || b[j] == '-' && j > i || alnum[b[j]] == 2 && j-i < 3) {
		j++
	}
	if j-i > 8 || j >= len(b) || !houseLead[b[j]] {
		return
	}
	mark := house(b[j:])
	if mark == 0 || i-c.to.area > 160 { // no street, no area within reach
		return
	}
	end := j + mark
	for { // further parts: 3号楼2单元501室
		k := end
		for k < len(b) && k-end < 8 && (alnum[b[k]] != 0 || b[k] == '-' || b[k] == ' ' && k == end) {
			k++
		}
		m := house(b[k:])
		if k == end || m == 0 {
			if to := c.building(end); to > 0 { // 院内2号楼, 创新大厦8楼
				end = to
				continue
			}
			if k-end >= 3 && k-end <= 4 && digitsIn(b[end:k]) == k-end { // 3号楼501
				end = k
			}
			break
		}
		end = k + m
	}
	if start, score, why := c.street(i, c.to.house); score > 0 {
		c.add(hit2{kind: KindAddress, start: start, end: end, score: score, why: why})
		c.to.house = end
	}
	c.to.address = end
}

var houseLead = lead(houseMarks)

// building is the end of a house's further part that begins at i with a name in Chinese; 0: none.
func (c *scan) building(i int) int {
	b, k := c.b, i
	for n := 0; n < 8 && k+3 <= len(b); n++ {
		r, size := runeAt(b, k)
		if !isHan(r) || marksOf[r]&markStop != 0 && r != '里' {
			break
		}
		k += size
	}
	if k == i {
		return 0
	}
	j := k
	for j < len(b) && j-k < 6 && (alnum[b[j]] == 1 || alnum[b[j]] == 2 || b[j] == '-') {
		j++
	}
	if m := house(b[j:]); j > k && m > 0 && digitsIn(b[k:j]) > 0 {
		return j + m
	}
	return 0
}

// inName tells whether what follows byte i is the rest of a place's name, such as 平区 behind 和.
func (c *scan) inName(i int) bool {
	for n := 0; n < 2 && i+3 <= len(c.b); n++ {
		r, size := runeAt(c.b, i)
		if i += size; n > 0 && strings.ContainsRune("区县市镇乡路街", r) {
			return true
		}
	}
	return false
}

func house(b []byte) int {
	for _, m := range houseMarks {
		if bytes.HasPrefix(b, []byte(m)) {
			return len(m)
		}
	}
	return 0
}

// street reads leftwards from the house number at i.
func (c *scan) street(i, least int) (int, int, []Reason) {
	b := c.b
	start, seen := i, false
	for n := 0; n < 40 && start > least; n++ {
		r, size := utf8.DecodeLastRune(b[least:start])
		if r < 1<<16 && marksOf[r]&markStop != 0 && !(n > 1 && n < 40 && strings.ContainsRune("和从于", r) && c.inName(start)) || r == utf8.RuneError {
			break
		}
		seen = seen || r < 1<<16 && marksOf[r]&markArea != 0
		if r == ' ' && n > 0 && !han(b[max(least, start-4):start-1]) {
			break
		}
		start -= size
	}
	for start < i && (b[start] == ' ' || b[start] == '(' || b[start] == ')' || b[start] == '-') {
		start++
	}
	if !seen {
		return 0, 0, nil
	}
	s := string(b[start:i])
	road := markIn(s, roadMarks)
	// A city's or province's name begins the address, if one stands there.
	place := -1
	for k := c.after(start); k < len(c.ctx) && c.ctx[k].start < i; k++ {
		if c.ctx[k].about&aboutPlace != 0 {
			place = c.ctx[k].start
			break
		}
	}
	area := markIn(s, areaMarks)
	word, _ := c.near(start, i, aboutAddress)
	why := []Reason{{Code: "house_number"}}
	score := 0
	switch {
	case place >= 0 && (road || area):
		start, score, why = place, 85, append(why, Reason{Code: "place_known"})
	case road && area:
		score = 70
	case road:
		score = 52
	case area && word != "":
		score = 50
	}
	if score == 0 || utf8.RuneCount(b[start:i]) < 2 {
		return 0, 0, nil
	}
	if word != "" {
		score += 15
		why = append(why, Reason{Code: "context", Word: word})
	}
	return c.trimLabel(start, i), score, why
}

// trimLabel takes a word such as 地址 off the beginning.
func (c *scan) trimLabel(start, i int) int {
	for _, w := range []string{"收货地址", "通讯地址", "联系地址", "办公地址", "注册地址", "地址", "住址", "位于", "居住", "现住", "家住"} {
		if bytes.HasPrefix(c.b[start:i], []byte(w)) {
			return start + len(w)
		}
	}
	return start
}

func han(b []byte) bool {
	r, _ := utf8.DecodeLastRune(b)
	return isHan(r)
}

func isHan(r rune) bool { return r >= 0x3400 && r <= 0x9FFF }

func markIn(s string, marks []string) bool {
	for _, m := range marks {
		if i := strings.Index(s, m); i >= 3 {
			return true
		}
	}
	return false
}
