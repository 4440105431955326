package screening

import (
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"
)

func screener(t testing.TB, r Rules) *Screener {
	t.Helper()
	s, err := New(r)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestRecognisers: all values are made up, their checks computed (identifiers.md). «…» marks what must be found, exactly.
func TestRecognisers(t *testing.T) {
	s := screener(t, Rules{Names: true, OwnMail: []string{"Own.example"}, Allowed: []string{"电话 010-88886666"}, Keywords: []Keyword{
		{Word: "猎鹰计划", Kind: KindCodename, List: "项目代号"}, {Word: "Project Orion", Kind: KindCodename}, {Word: "裁员", Kind: KindTopic}}})
	for _, c := range []struct {
		kind  Kind
		texts []string
	}{
		{KindResidentID, []string{"身份证«11010519491231002X»。", "他的号码«110101200001010029»请核对", "«１１０１０５１９４９１２３１００２Ｘ»", "«110105 19491231 002x»", "«1101-0519-4912-3100-2X»",
			"«1\u200b1\u200b0105194912310\u200b02X»", "«一一〇一〇五一九四九一二三一〇〇二X»", "id«11010519491231002X»ok", "«11O1O519491231OO2X»"}},
		{KindResidence, []string{"居住证«810000199001010019»", "«820000199001010010»"}},
		{KindForeignerID, []string{"永居证号：«911336199901010011»", "«931108198512310021»"}},
		{KindUSCC, []string{"信用代码«91110000123456788M»", "税号 «91310115MA1K00007Q»。", "«91110000123456780W»"}},
		{KindBankCard, []string{"卡号«6217000000000000012»", "«6259000000000013»", "打款到«6217 0000 0000 0000 012»谢谢", "«6217-0000-0000-0000-012»"}},
		{KindMobile, []string{"手机«13800138000»联系", "«17000001111»", "打给«138-0013-8000»", "«138 0013 8000»", "«１３８００１３８０００»", "«+86 13800138000»", "«8613800138000»",
			"«138.0013.8000»", "«1·3·8·0·0·1·3·8·0·0·0»", "«一三八零零一三八零零零»", "«一三八零 零一三八 零零零»", "«幺三八零零幺三八零零零»", "«13800138000»一共三个", "«14900138000»", "«1️⃣3️⃣8️⃣0️⃣0️⃣1️⃣3️⃣8️⃣0️⃣0️⃣0️⃣»", "tel«13800138000»",
			"«138    0013　　　　8000»", "«138----0013----8000»", "«l38OO138OOO»"}},
		{KindLandline, []string{"电话«010-66668888»", "座机：«021 6666 8888»", "热线«400-810-0000»", "«(0755)26668888»"}},
		{KindForeignPhone, []string{"call «+1 202-555-0123»", "«+852 2123 4567»"}},
		{KindHKID, []string{"身份证 «A123456(3)»", "«AB987654(3)»"}},
		{KindTaiwanID, []string{"«A123456789»", "身分证字号«F223456786»"}},
		{KindPassport, []string{"护照«E12345678»", "护照号：«EA1234567»", "持«G12345678»护照入境"}},
		{KindTravelPermit, []string{"港澳通行证«C12345678»", "回乡证号«H12345678»", "台胞证 «12345678»"}},
		{KindPlate, []string{"车牌«京A12345»", "«粤BD12345»停在门口", "«沪A·12345»", "车牌 «粤B12345D»", "«京А12345»", "«粤Z1234港»"}},
		{KindEmail, []string{"发到«zhang.san+x@mail.example.com»。", "邮箱：«a_b@example.cn»", "«foo@example.com»抄送", "«ｆｏｏ＠example．com»"}},
		{KindAddress, []string{"住在«广东省深圳市南山区科技路12号3栋502室»。", "收货地址：«杭州市西湖区文三路100号»", "寄到«上海市徐汇区漕溪北路18号2单元301室»吧"}},
		{KindAmount, []string{"合同金额为«300万元»", "报价«¥1,280,000.00»", "预付款«壹佰贰拾万元整»", "月薪 «25k»"}},
		{KindFinancial, []string{"净利润«1.2亿元»", "毛利率达到«37.5%»"}},
		{KindContract, []string{"合同编号：«HT-2024-0012»", "采购订单 «PO20240017»"}},
		{KindIP, []string{"服务器«192.168.1.10»上", "«10.0.3.7»:8080", "网关：«10.0.3.7»", "db:«10.0.3.7»", "网关 «fe80::1ff:fe23:4567:890a»"}},
		{KindSecret, []string{"密码：«abc12345»", "password=«hunter2!x»", "key «AKIAABCDEFGHIJKLMNO7»", "«-----BEGIN RSA PRIVATE KEY-----\nMIIabc\n-----END RSA PRIVATE KEY-----»"}},
		{KindAccount, []string{"微信号：«8812345678»"}},
		{KindName, []string{"联系人：«张三»，", "请找«李小明»先生", "«王芳» 13800138000"}},
		{KindCodename, []string{"关于«猎鹰计划»的进展", "«猎 鹰·计-划»", "the «project orion» team"}},
		{KindTopic, []string{"听说要«裁员»了"}},
	} {
		for _, marked := range c.texts {
			from := strings.Index(marked, "«")
			text := strings.NewReplacer("«", "", "»", "").Replace(marked)
			want := text[from : from+strings.Index(marked, "»")-from-len("«")]
			r, err := s.Screen(text)
			if err != nil {
				t.Fatal(err)
			}
			found := false
			for _, f := range r.Findings {
				if f.Kind == c.kind {
					found = f.Text(text) == want && f.Class.Rank() >= 0 && len(f.Why) > 0
					if !found {
						t.Errorf("%s in %q: found %q, want %q", c.kind, text, f.Text(text), want)
					}
					if got := string(utf16.Decode(utf16.Encode([]rune(text))[f.UTF16Start:f.UTF16End])); got != f.Text(text) {
						t.Errorf("%s in %q: characters say %q, bytes %q", c.kind, text, got, f.Text(text))
					}
					for _, why := range f.Why {
						if explanations[why.Code].ZH == "" || explanations[why.Code].EN == "" {
							t.Errorf("no explanation for %q", why.Code)
						}
					}
					break
				}
			}
			if !found {
				t.Errorf("%s in %q: not found; found %v", c.kind, text, r.Findings)
			}
		}
	}
}

// TestNearMisses: none of these is what it looks like.
func TestNearMisses(t *testing.T) {
	s := screener(t, Rules{Names: true, OwnMail: []string{"Own.example"}, Allowed: []string{"电话 010-88886666"}, Keywords: []Keyword{{Word: "猎鹰计划", Kind: KindCodename}, {Word: "orion"}}})
	for _, text := range []string{
		"身份证110105194912310021", "110101200102300017", "居住证830000199001010013", "82000019900230001X", "911336199901010012", "93110819851231002X",
		"91110000123456788N", "9111000012345678IM", "卡号6217000000000000013", "6259000000000031", "手机12600001111", "A123456(4)", "AB987654(2)", "A123456780", "F223456785",
		"护照EI1234567", "护照E1234567", "E12345678", "通行证CI1234567", "通行证H1234567", "京I12345", "粤BL12345",
		"订单号13800138000", "快递单号 6217000000000000012345", "2024-11-23 18:30:15", "版本 10.13.80.1", "版本 192.168.10.100", "v1.2.3.4", "时间戳 1732357815000", "20241123183015001",
		"会议 14:30-15:30", "2024.01.15-2024.02.15", "第3章第12号议题", "一二三四五", "今天天气不错，下午三点开会。", "me@own.example", "电话010-88886666",
		"价格合理", "猎鹰。计划", "orionids", "0000000000000000", "请走5号门", "联系人：无", "deadbeef13800138000cafe", "3d13800138000f",
	} {
		r, err := s.Screen(text)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range r.Findings {
			if f.Kind != KindAccount || !strings.HasPrefix(text, "卡号") { // a number behind 卡号 that is no card is an account
				t.Errorf("%q: %s %q found (%d): %s", text, f.Kind, f.Text(text), f.Score, f.Explain().EN)
			}
		}
	}
}

func TestIDOutranksCard(t *testing.T) {
	s := screener(t, Rules{})
	// A valid ID that passes Luhn's check and begins like no card would prove nothing: 62 is both Gansu and UnionPay.
	n := 0
	for serial := range 1000 {
		v := []byte("62010119900101")
		v = append(v, byte('0'+serial/100), byte('0'+serial/10%10), byte('0'+serial%10))
		for check := range 10 {
			id := append(v[:17:17], byte('0'+check))
			if resident(id) != "" && luhn(id) {
				n++
				r, _ := s.Screen("账户" + string(id))
				if len(r.Findings) != 1 || r.Findings[0].Kind != KindResidentID {
					t.Fatalf("%s: %v", id, r.Findings)
				}
			}
		}
	}
	if n < 50 {
		t.Fatalf("only %d such numbers: the test tests nothing", n)
	}
}

func TestOffsetsAfterNormalising(t *testing.T) {
	for _, text := range []string{"", "a", "ａｂ", "①②", "\xff\xfe手机", "e\u0301", "𝟎𝟏𝟐", "一二三四五六七八", "1️⃣2", "x一 二 三 四 五 六 七y", "㎏㍿"} {
		n := normalise(text)
		for i := range n.b {
			if !utf8.RuneStart(n.b[i]) {
				continue
			}
			from, to := n.span(i, len(n.b))
			if from < 0 || from > to || to > len(text) {
				t.Errorf("%q: byte %d maps to %d-%d", text, i, from, to)
			}
		}
	}
}
