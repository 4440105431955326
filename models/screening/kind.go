package screening

import "github.com/qunbei/qunbei/models/domain"

// Kind says what a finding is: a stable code for API, page and policy.
type Kind string

// The kinds (identifiers.md, semantics 3).
const (
	KindResidentID   Kind = "resident_id"      // GB 11643
	KindResidence    Kind = "residence_permit" // of people from Hong Kong, Macau and Taiwan
	KindForeignerID  Kind = "foreigner_permit" // foreigner's permanent residence, 18 digits from 9
	KindUSCC         Kind = "uscc"             // GB 32100
	KindBankCard     Kind = "bank_card"
	KindMobile       Kind = "mobile"
	KindLandline     Kind = "landline"
	KindForeignPhone Kind = "foreign_phone"
	KindHKID         Kind = "hkid"
	KindTaiwanID     Kind = "taiwan_id"
	KindPassport     Kind = "passport"
	KindTravelPermit Kind = "travel_permit"
	KindPlate        Kind = "plate"
	KindEmail        Kind = "email"
	KindAccount      Kind = "account" // WeChat, QQ, bank accounts without a card's form
	KindAddress      Kind = "address"
	KindName         Kind = "name"
	KindAmount       Kind = "amount"
	KindFinancial    Kind = "financial" // turnover, profit, margins with a figure
	KindContract     Kind = "contract"  // a contract's or an order's number
	KindIP           Kind = "ip"
	KindSecret       Kind = "secret" // passwords, keys, tokens
	KindKeyword      Kind = "keyword"
	KindCodename     Kind = "codename"
	KindTopic        Kind = "topic" // words of a topic at risk (R3.3.2)
)

// Class is a publication's class, lowest first (semantics 3).
type Class string

// The classes.
const (
	ClassGeneral   Class = "general"
	ClassBusiness  Class = "important_business"
	ClassStrategic Class = "important_strategic"
	ClassSensitive Class = "sensitive"
	ClassTopic     Class = "topic_at_risk"
)

// Classes lists the classes, lowest first.
func Classes() []Class {
	return []Class{ClassGeneral, ClassBusiness, ClassStrategic, ClassSensitive, ClassTopic}
}

// Rank orders classes: 0 is general. Unknown classes rank -1.
func (c Class) Rank() int {
	for i, k := range Classes() {
		if c == k {
			return i
		}
	}
	return -1
}

// Higher is the higher of two classes: screening can only raise what the author declared (semantics 3).
func Higher(a, b Class) Class {
	if b.Rank() > a.Rank() {
		return b
	}
	return a
}

// trait is what is known of a kind before any policy.
type trait struct {
	label domain.Label
	class Class    // what a finding of this kind demands unless the policy says otherwise
	op    Operator // how it is desensitised unless the policy says otherwise
	rank  int      // on the same span, the higher one is kept
}

// traits: who the data is about decides the class. A person's data and whatever opens a door are sensitive (R3.3.1);
// matters of business are important (R3.2.2).
var traits = map[Kind]trait{
	KindResidentID:   {domain.Label{ZH: "居民身份证号", EN: "resident ID number"}, ClassSensitive, OpMask, 95},
	KindResidence:    {domain.Label{ZH: "港澳台居民居住证号", EN: "residence permit number"}, ClassSensitive, OpMask, 95},
	KindForeignerID:  {domain.Label{ZH: "外国人永久居留证号", EN: "foreigner's permanent residence number"}, ClassSensitive, OpMask, 95},
	KindUSCC:         {domain.Label{ZH: "统一社会信用代码", EN: "unified social credit code"}, ClassBusiness, OpMask, 90},
	KindBankCard:     {domain.Label{ZH: "银行卡号", EN: "bank card number"}, ClassSensitive, OpMask, 85},
	KindMobile:       {domain.Label{ZH: "手机号", EN: "mobile number"}, ClassSensitive, OpMask, 80},
	KindLandline:     {domain.Label{ZH: "固定电话", EN: "landline number"}, ClassGeneral, OpMask, 60},
	KindForeignPhone: {domain.Label{ZH: "境外电话", EN: "phone number abroad"}, ClassSensitive, OpMask, 70},
	KindHKID:         {domain.Label{ZH: "香港身份证号", EN: "Hong Kong ID number"}, ClassSensitive, OpMask, 82},
	KindTaiwanID:     {domain.Label{ZH: "台湾身份证号", EN: "Taiwan ID number"}, ClassSensitive, OpMask, 82},
	KindPassport:     {domain.Label{ZH: "护照号", EN: "passport number"}, ClassSensitive, OpMask, 78},
	KindTravelPermit: {domain.Label{ZH: "往来通行证号", EN: "travel permit number"}, ClassSensitive, OpMask, 77},
	KindPlate:        {domain.Label{ZH: "车牌号", EN: "number plate"}, ClassSensitive, OpMask, 75},
	KindEmail:        {domain.Label{ZH: "电子邮箱", EN: "e-mail address"}, ClassSensitive, OpMask, 88},
	KindAccount:      {domain.Label{ZH: "账号", EN: "account"}, ClassSensitive, OpMask, 50},
	KindAddress:      {domain.Label{ZH: "地址", EN: "address"}, ClassSensitive, OpGeneralise, 45},
	KindName:         {domain.Label{ZH: "姓名", EN: "name"}, ClassSensitive, OpToken, 40},
	KindAmount:       {domain.Label{ZH: "金额", EN: "amount"}, ClassBusiness, OpGeneralise, 30},
	KindFinancial:    {domain.Label{ZH: "财务数据", EN: "financial figure"}, ClassSensitive, OpGeneralise, 35},
	KindContract:     {domain.Label{ZH: "合同或订单编号", EN: "contract or order number"}, ClassBusiness, OpToken, 72},
	KindIP:           {domain.Label{ZH: "网络地址", EN: "network address"}, ClassSensitive, OpMask, 86},
	KindSecret:       {domain.Label{ZH: "密码或密钥", EN: "password or key"}, ClassSensitive, OpRedact, 99},
	KindKeyword:      {domain.Label{ZH: "关键词", EN: "keyword"}, ClassSensitive, OpRedact, 97},
	KindCodename:     {domain.Label{ZH: "项目代号", EN: "codename"}, ClassSensitive, OpToken, 98},
	KindTopic:        {domain.Label{ZH: "敏感话题", EN: "topic at risk"}, ClassTopic, OpRedact, 96},
}

// Label names a kind in both languages; an unknown kind is named by its code.
func (k Kind) Label() domain.Label {
	if t, ok := traits[k]; ok {
		return t.label
	}
	return domain.Label{ZH: string(k), EN: string(k)}
}

// Known tells whether a kind exists: policies name kinds.
func (k Kind) Known() bool { _, ok := traits[k]; return ok }

// Kinds lists all kinds in a fixed order: the one that wins an overlap first.
func Kinds() []Kind {
	return []Kind{
		KindSecret, KindCodename, KindKeyword, KindTopic, KindResidentID, KindResidence, KindForeignerID, KindUSCC,
		KindEmail, KindIP, KindBankCard, KindHKID, KindTaiwanID, KindMobile, KindPassport, KindTravelPermit, KindPlate,
		KindContract, KindForeignPhone, KindLandline, KindAccount, KindAddress, KindName, KindFinancial, KindAmount,
	}
}
