package screening

import (
	"bytes"
	"sort"
	"strings"
)

// topic is what a context word speaks of; topics are bits.
type topic uint32

const (
	aboutID topic = 1 << iota
	aboutPassport
	aboutPermit
	aboutCard
	aboutPhone
	aboutCompany
	aboutPlate
	aboutMail
	aboutAddress
	aboutMoney
	aboutFinance
	aboutContract
	aboutSecret
	aboutName
	aboutAccount
	aboutOrder // numbers that are none of ours: orders, parcels, versions, timestamps
	aboutPlace // names of provinces and cities
	aboutTitle // what people are addressed by
)

// contextWords are the words that speak of a topic, in the normal form and in lower case.
var contextWords = map[topic]string{ //nolint:gosec // words that stand before secrets, none itself
	aboutID:       "身份证 身份证号 身份证号码 身份证件 证件号 证件号码 公民身份号码 身分证 居住证 居留证 永居证 永久居留 证号 id card id number idcard sfz 身份號碼 身份证字号",
	aboutPassport: "护照 护照号 护照号码 passport 旅行证件 證照",
	aboutPermit:   "通行证 港澳通行证 往来港澳 回乡证 台胞证 台湾居民来往大陆 港澳居民来往内地 大通证 入台证 往来台湾 travel permit",
	aboutCard:     "银行卡 卡号 银行账号 银行帐号 储蓄卡 信用卡 借记卡 收款账号 收款账户 收款卡 工资卡 开户行 打款 转账 汇款 账户 bank card card no card number",
	aboutPhone:    "电话 手机 手机号 手机号码 联系方式 联系电话 电话号码 致电 拨打 座机 固话 热线 传真 来电 短信 tel phone mobile cell fax call 微信同号 联系",
	aboutCompany:  "统一社会信用代码 信用代码 税号 纳税人识别号 组织机构代码 营业执照 uscc 开票",
	aboutPlate:    "车牌 车牌号 牌照 号牌 车辆 停车 车号",
	aboutMail:     "邮箱 邮件 电子邮件 email e-mail mail",
	aboutAddress:  "地址 住址 住在 家住 现住 居住 户籍 籍贯 收货地址 收件地址 通讯地址 联系地址 办公地址 注册地址 寄到 寄往 寄送 送到 位于 address",
	aboutMoney:    "合同额 合同金额 合同总价 总价 报价 成交价 中标价 底价 预算 工资 薪资 月薪 年薪 奖金 薪酬 货款 尾款 定金 首付款 预付款 回款 欠款 借款 贷款 赔偿 补偿 违约金 转账 汇款 打款 付款 支付 费用 金额 价格 成本 估值 融资 报销 报销单 差旅费 劳务费 投资 注资 采购额 单价 提成 年终奖 salary price budget amount",
	aboutFinance:  "营收 营业收入 净利润 利润 毛利率 毛利 净利率 亏损 现金流 负债 负债率 应收账款 应付账款 资产总额 总资产 净资产 销售额 营业额 利润率 流水 税前 市占率 revenue profit margin ebitda",
	aboutContract: "合同编号 合同号 协议编号 协议号 订单编号 采购订单 采购单号 contract no contract number 合同 po no",
	aboutSecret:   "密码 口令 密钥 秘钥 password passwd pwd secret api_key apikey api-key access_key access_token accesskey token secret_key 私钥 授权码",
	aboutName:     "姓名 本人 我是 我叫 名叫 联系人 收件人 收货人 负责人 经办人 经手人 对接人 承办人 签收人 投保人 受益人 报名人 申请人 法定代表人 法人代表 法人 持卡人 户名 签字人 当事人 客户 患者 员工 同事 name",
	aboutAccount:  "微信 微信号 微信id wechat id wechat wechatid weixin wx wx号 qq qq号 qq号码 vx v信 支付宝 支付宝账号 账号 帐号",
	aboutOrder:    "订单号 单号 运单号 运单 快递 快递单号 物流 物流单号 流水号 交易号 序列号 版本 版本号 时间戳 编码 料号 条码 条形码 批次 批号 型号 工单 工号 编号 订单 sn isbn imei version build timestamp uuid 发票号 发票号码 凭证号 房间号 会议号",
	aboutPlace: "北京 天津 上海 重庆 河北 山西 辽宁 吉林 黑龙江 江苏 浙江 安徽 福建 江西 山东 河南 湖北 湖南 广东 海南 四川 贵州 云南 陕西 甘肃 青海 台湾 内蒙古 广西 西藏 宁夏 新疆 香港 澳门 " +
		"广州 深圳 杭州 南京 苏州 成都 武汉 西安 郑州 长沙 青岛 济南 大连 沈阳 宁波 厦门 福州 合肥 无锡 佛山 东莞 昆明 南昌 南宁 贵阳 石家庄 太原 哈尔滨 长春 珠海 惠州 温州 常州 徐州 烟台 嘉兴 绍兴 金华 泉州 中山 海口 兰州 银川 西宁 乌鲁木齐 呼和浩特 拉萨 潍坊 洛阳 南通 扬州 台州 三亚 桂林",
}

// two-word phrases are written with their blank.
var phrases = []string{"id card", "id number", "travel permit", "bank card", "card no", "card number", "contract no", "contract number", "po no", "wechat id"}

// hit is a word at [start, end) of the normal form.
type hit struct {
	start, end int
	about      topic
	word       int32
}

type wordlist struct {
	*matcher
	about []topic
}

func newWordlist() *wordlist {
	topics := map[string]topic{}
	for about, list := range contextWords {
		for _, p := range phrases {
			if i := strings.Index(list, p); i >= 0 {
				topics[p] |= about
				list = list[:i] + list[i+len(p):]
			}
		}
		for _, w := range strings.Fields(list) {
			topics[w] |= about
		}
	}
	for _, w := range titles {
		topics[w] |= aboutTitle
	}
	var words []string
	for word := range topics {
		words = append(words, word)
	}
	sort.Strings(words)
	w := &wordlist{matcher: newMatcher(words, true)}
	for _, word := range words {
		w.about = append(w.about, topics[word])
	}
	return w
}

// context finds the context words, in order and without overlaps. Latin words must stand alone.
func (c *scan) context() {
	w, b := c.s.builtin, c.b
	c.blocks = make([]int32, len(b)/block+2)
	done := 0
	w.each(b, func(start, end, word int) bool {
		if a := alnum[b[start]]; a > 1 && (start > 0 && alnum[b[start-1]] > 1 || end < len(b) && alnum[b[end]] > 1) {
			return false
		}
		for ; done*block < end; done++ {
			c.blocks[done] = int32(len(c.ctx)) //nolint:gosec // MaxBytes fits
		}
		c.ctx = append(c.ctx, hit{start, end, w.about[word], int32(word)}) //nolint:gosec // a list of hundreds
		c.topics |= w.about[word]
		return true
	})
	for ; done < len(c.blocks); done++ {
		c.blocks[done] = int32(len(c.ctx)) //nolint:gosec // MaxBytes fits
	}
}

// block is how many bytes of the text share an entry of the index into the context words.
const block = 64

// after is the first context word that ends behind byte at.
func (c *scan) after(at int) int {
	i := int(c.blocks[at/block])
	for i < len(c.ctx) && c.ctx[i].end <= at {
		i++
	}
	return i
}

// How far a context word may stand from a number, in bytes of the normal form.
const (
	reachBefore = 60
	reachAfter  = 30
	wideReach   = 120
)

// near tells whether a word that speaks of one of the topics stands before or after [start, end) within its clause, and
// which; other tells whether the nearest word before speaks of numbers that are none of ours.
func (c *scan) near(start, end int, want topic) (word string, other bool) {
	if c.topics&(want|aboutOrder) == 0 {
		return "", false
	}
	i := c.after(start)
	nearest := true
	for k := i - 1; k >= 0 && start-c.ctx[k].end <= reachBefore; k-- {
		h := c.ctx[k]
		if ends(c.b[h.end:start], 2) {
			break
		}
		if h.about&want != 0 {
			return c.s.builtin.words[h.word], false
		}
		if nearest && h.about&aboutOrder != 0 {
			other = true
		}
		nearest = nearest && h.about&^(aboutTitle|aboutPlace) == 0
	}
	for k := i; k < len(c.ctx) && c.ctx[k].start-end <= reachAfter; k++ {
		h := c.ctx[k]
		if h.start < end {
			continue
		}
		if ends(c.b[end:h.start], 1) {
			break
		}
		if h.about&want != 0 && !labels(c.b[h.end:]) {
			return c.s.builtin.words[h.word], false
		}
	}
	return "", other
}

// wide is like near for what is sure but for its topic: a word anywhere in the line, at most wideReach bytes away.
func (c *scan) wide(start, end int, want topic) string {
	if c.topics&want == 0 {
		return ""
	}
	i := c.after(start)
	for k := i - 1; k >= 0 && start-c.ctx[k].end <= wideReach; k-- {
		if h := c.ctx[k]; h.about&want != 0 {
			if bytes.IndexByte(c.b[h.end:start], '\n') >= 0 {
				break
			}
			return c.s.builtin.words[h.word]
		}
	}
	for k := i; k < len(c.ctx) && c.ctx[k].start-end <= wideReach; k++ {
		if h := c.ctx[k]; h.start >= end && h.about&want != 0 {
			if bytes.IndexByte(c.b[end:h.start], '\n') >= 0 {
				break
			}
			return c.s.builtin.words[h.word]
		}
	}
	return ""
}

// labels tells whether a word is the label of what follows it: then it says nothing of what stands before.
func labels(after []byte) bool {
	return len(after) > 0 && (after[0] == ':' || after[0] == '=' || after[0] >= '0' && after[0] <= '9')
}

// ends tells whether a clause ends in b, which may hold fewer than commas commas.
func ends(b []byte, commas int) bool {
	for i, c := range b {
		switch c {
		case '\n', ';', '!', '?':
			return true
		case ',', '|': // a cell of a table is read like a part of a sentence
			if commas--; commas <= 0 {
				return true
			}
		case 0xE3: // 。
			if i+2 < len(b) && b[i+1] == 0x80 && b[i+2] == 0x82 {
				return true
			}
		}
	}
	return false
}

// ctxEnding is the context word that ends at byte end.
func (c *scan) ctxEnding(end int) (hit, bool) {
	if end <= 0 {
		return hit{}, false
	}
	i := c.after(end - 1)
	if i < len(c.ctx) && c.ctx[i].end == end {
		return c.ctx[i], true
	}
	return hit{}, false
}
