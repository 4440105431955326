package screening

// The validators of identifiers.md: pure arithmetic over ASCII in upper case, no context.

func digitsOf(v []byte) bool {
	for _, c := range v {
		if c < '0' || c > '9' {
			return false
		}
	}
	return len(v) > 0
}

func atoi(v []byte) int {
	n := 0
	for _, c := range v {
		n = n*10 + int(c-'0')
	}
	return n
}

// realDate tells whether a day exists, and may be somebody's birthday or a document's.
func realDate(y, m, d int) bool {
	if y < 1880 || y > 2099 || m < 1 || m > 12 || d < 1 {
		return false
	}
	days := [...]int{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}[m-1]
	if m == 2 && (y%4 == 0 && y%100 != 0 || y%400 == 0) {
		days++
	}
	return d <= days
}

// check11 is the check of GB 11643 over 18 characters (ISO 7064, mod 11-2).
func check11(v []byte) bool {
	weights := [17]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}
	sum := 0
	for i, w := range weights {
		sum += int(v[i]-'0') * w
	}
	return "10X98765432"[sum%11] == v[17]
}

// provinces are the first two digits of GB/T 2260, old and new.
var provinces = func() (t [100]bool) {
	for _, p := range []int{11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41, 42, 43, 44, 45, 46, 50, 51, 52, 53, 54, 61, 62, 63, 64, 65, 71} {
		t[p] = true
	}
	return t
}()

// resident tells what an 18-character number of GB 11643's form is; "" if it is none. Areas are checked by province
// and by the range prefectures and counties have ever had.
func resident(v []byte) Kind {
	if len(v) != 18 || !digitsOf(v[:17]) || v[17] != 'X' && !digitsOf(v[17:]) {
		return ""
	}
	if !realDate(atoi(v[6:10]), atoi(v[10:12]), atoi(v[12:14])) || !check11(v) {
		return ""
	}
	switch area := atoi(v[:6]); {
	case v[0] == '9':
		if provinces[atoi(v[1:3])] {
			return KindForeignerID
		}
	case area == 810000 || area == 820000 || area == 830000:
		return KindResidence
	case provinces[area/10000] && areaInUse(area):
		return KindResidentID
	}
	return ""
}

// areaInUse: prefectures 01-38, 40-43, 51-54 …, 90 (counties under the province), counties 00-99.
func areaInUse(area int) bool {
	city := area / 100 % 100
	return city >= 1 && city <= 70 || city == 90
}

// oldResident tells whether 15 digits are a number of the form used before 1999: area, YYMMDD, three digits.
func oldResident(v []byte) bool {
	return len(v) == 15 && digitsOf(v) && provinces[atoi(v[:2])] && areaInUse(atoi(v[:6])) &&
		realDate(1900+atoi(v[6:8]), atoi(v[8:10]), atoi(v[10:12]))
}

const usccLetters = "0123456789ABCDEFGHJKLMNPQRTUWXY"

var usccValue = func() (t [256]int8) {
	for i := range t {
		t[i] = -1
	}
	for i := range len(usccLetters) {
		t[usccLetters[i]] = int8(i)
	}
	return t
}()

// usccWeights are the powers of three modulo 31.
var usccWeights = [17]int{1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28}

// uscc checks a code of GB 32100: outside its own check character, inside that of the organisation code within it.
func uscc(v []byte) (outside, inside bool) {
	if len(v) != 18 || !digitsOf(v[2:8]) || v[0] == '0' || v[1] < '1' || v[1] > '9' || !provinces[atoi(v[2:4])] && string(v[2:4]) != "10" {
		return false, false
	}
	sum := 0
	for i, w := range usccWeights {
		x := usccValue[v[i]]
		if x < 0 {
			return false, false
		}
		sum += int(x) * w
	}
	if outside = int(usccValue[v[17]]) == (31-sum%31)%31; !outside {
		return false, false
	}
	return true, orgCode(v[8:17])
}

// orgCode checks an organisation code (GB 11714): eight characters and their check.
func orgCode(v []byte) bool {
	sum := 0
	for i, w := range [...]int{3, 7, 9, 10, 5, 8, 4, 2} {
		x := int(v[i] - '0')
		if v[i] >= 'A' {
			x = int(v[i]-'A') + 10
		}
		sum += x * w
	}
	return "0X987654321"[(sum%11+11)%11] == v[8]
}

// luhn is the check of bank cards.
func luhn(v []byte) bool {
	sum, same := 0, true
	for i := range v {
		d := int(v[len(v)-1-i] - '0')
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
		same = same && v[i] == v[0]
	}
	return !same && sum%10 == 0
}

// issuer names the scheme of a card by its first digits and length; "" if no scheme issues such numbers.
func issuer(v []byte) string {
	first2, first4 := atoi(v[:2]), atoi(v[:4])
	switch {
	case first2 == 62:
		return "银联 UnionPay"
	case first4 == 9558 && len(v) == 19, first4 == 6223, first4 == 9111 && len(v) == 16:
		return "银联 UnionPay"
	case len(v) == 16 && v[0] == '4':
		return "Visa"
	case len(v) == 16 && (first2 >= 51 && first2 <= 55 || first4 >= 2221 && first4 <= 2720):
		return "Mastercard"
	case len(v) == 16 && first4 >= 3528 && first4 <= 3589:
		return "JCB"
	}
	return ""
}

// hkid checks a Hong Kong identity card number: one or two letters, six digits, check.
func hkid(v []byte) bool {
	if len(v) < 8 || len(v) > 9 {
		return false
	}
	letters := len(v) - 7
	sum, w := 0, 8
	if letters == 1 {
		sum = 36 * 9
	} else {
		w = 9
	}
	for _, c := range v[:letters] {
		if c < 'A' || c > 'Z' {
			return false
		}
		sum += (int(c-'A') + 10) * w
		w--
	}
	for _, c := range v[letters : len(v)-1] {
		if c < '0' || c > '9' {
			return false
		}
		sum += int(c-'0') * w
		w--
	}
	switch c := v[len(v)-1]; {
	case c == 'A':
		sum += 10
	case c >= '0' && c <= '9':
		sum += int(c - '0')
	default:
		return false
	}
	return sum%11 == 0
}

// taiwanID checks a number of Taiwan's form: a letter and nine digits; people's second digit is 1 or 2, residents' 8 or 9.
func taiwanID(v []byte) bool {
	if len(v) != 10 || v[0] < 'A' || v[0] > 'Z' || !digitsOf(v[1:]) {
		return false
	}
	if d := v[1]; d != '1' && d != '2' && d != '8' && d != '9' {
		return false
	}
	const order = "ABCDEFGHJKLMNPQRSTUVXYWZIO"
	n := 0
	for i := range len(order) {
		if order[i] == v[0] {
			n = i + 10
		}
	}
	sum := n/10 + n%10*9
	for i, w := range [...]int{8, 7, 6, 5, 4, 3, 2, 1, 1} {
		sum += int(v[i+1]-'0') * w
	}
	return sum%10 == 0
}

// passport tells whether a number has the form of a Chinese passport's: E and eight digits, E, a letter other than I
// and O and seven digits, old G and eight digits; D, S and P for diplomats' and officials'.
func passport(v []byte) bool {
	if len(v) != 9 || !digitsOf(v[2:]) {
		return false
	}
	switch v[0] {
	case 'E', 'D', 'S', 'P':
		return v[1] >= '0' && v[1] <= '9' || v[0] != 'G' && v[1] >= 'A' && v[1] <= 'Z' && v[1] != 'I' && v[1] != 'O'
	case 'G':
		return v[1] >= '0' && v[1] <= '9'
	}
	return false
}

// travelPermit tells whether a number has the form of a permit to travel between the mainland, Hong Kong, Macau and
// Taiwan: C, W, L or T and eight digits or a letter and seven, H or M and eight or ten digits, eight digits alone.
func travelPermit(v []byte) bool {
	switch {
	case len(v) == 8:
		return digitsOf(v)
	case len(v) == 9 && (v[0] == 'C' || v[0] == 'L' || v[0] == 'W' || v[0] == 'T'):
		letter := v[1] >= 'A' && v[1] <= 'Z' && v[1] != 'I' && v[1] != 'O'
		return digitsOf(v[2:]) && (letter || v[1] >= '0' && v[1] <= '9')
	case len(v) == 9 || len(v) == 11:
		return (v[0] == 'H' || v[0] == 'M') && digitsOf(v[1:])
	}
	return false
}
