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

// trait is what is known of a kind before any policy.
type trait struct {
	label domain.Label
	class domain.Class // what a finding of this kind demands unless the policy says otherwise
	op    Operator     // how it is desensitised unless the policy says otherwise
	rank  int          // on the same span, the higher one is kept
}

// traits: who the data is about decides the class. A person's data and whatever opens a door are sensitive (R3.3.1);
// matters of business are important (R3.2.2).
var traits = map[Kind]trait{
	KindResidentID:   {domain.Label{ZH: "居民身份证号", EN: "resident ID number"}, domain.ClassSensitive, OpMask, 95},
	KindResidence:    {domain.Label{ZH: "港澳台居民居住证号", EN: "residence permit number"}, domain.ClassSensitive, OpMask, 95},
	KindForeignerID:  {domain.Label{ZH: "外国人永久居留证号", EN: "foreigner's permanent residence number"}, domain.ClassSensitive, OpMask, 95},
	KindUSCC:         {domain.Label{ZH: "统一社会信用代码", EN: "unified social credit code"}, domain.ClassBusiness, OpMask, 90},
	KindBankCard:     {domain.Label{ZH: "银行卡号", EN: "bank card number"}, domain.ClassSensitive, OpMask, 85},
	KindMobile:       {domain.Label{ZH: "手机号", EN: "mobile number"}, domain.ClassSensitive, OpMask, 80},
	KindLandline:     {domain.Label{ZH: "固定电话", EN: "landline number"}, domain.ClassGeneral, OpMask, 60},
	KindForeignPhone: {domain.Label{ZH: "境外电话", EN: "phone number abroad"}, domain.ClassSensitive, OpMask, 70},
	KindHKID:         {domain.Label{ZH: "香港身份证号", EN: "Hong Kong ID number"}, domain.ClassSensitive, OpMask, 82},
	KindTaiwanID:     {domain.Label{ZH: "台湾身份证号", EN: "Taiwan ID number"}, domain.ClassSensitive, OpMask, 82},
	KindPassport:     {domain.Label{ZH: "护照号", EN: "passport number"}, domain.ClassSensitive, OpMask, 78},
	KindTravelPermit: {domain.Label{ZH: "往来通行证号", EN: "travel permit number"}, domain.ClassSensitive, OpMask, 77},
	KindPlate:        {domain.Label{ZH: "车牌号", EN: "number plate"}, domain.ClassSensitive, OpMask, 75},
	KindEmail:        {domain.Label{ZH: "电子邮箱", EN: "e-mail address"}, domain.ClassSensitive, OpMask, 88},
	KindAccount:      {domain.Label{ZH: "账号", EN: "account"}, domain.ClassSensitive, OpMask, 50},
	KindAddress:      {domain.Label{ZH: "地址", EN: "address"}, domain.ClassSensitive, OpGeneralise, 45},
	KindName:         {domain.Label{ZH: "姓名", EN: "name"}, domain.ClassSensitive, OpToken, 40},
	KindAmount:       {domain.Label{ZH: "金额", EN: "amount"}, domain.ClassBusiness, OpGeneralise, 30},
	KindFinancial:    {domain.Label{ZH: "财务数据", EN: "financial figure"}, domain.ClassSensitive, OpGeneralise, 35},
	KindContract:     {domain.Label{ZH: "合同或订单编号", EN: "contract or order number"}, domain.ClassBusiness, OpToken, 72},
	KindIP:           {domain.Label{ZH: "网络地址", EN: "network address"}, domain.ClassSensitive, OpMask, 86},
	KindSecret:       {domain.Label{ZH: "密码或密钥", EN: "password or key"}, domain.ClassSensitive, OpRedact, 99},
	KindKeyword:      {domain.Label{ZH: "关键词", EN: "keyword"}, domain.ClassSensitive, OpRedact, 97},
	KindCodename:     {domain.Label{ZH: "项目代号", EN: "codename"}, domain.ClassSensitive, OpToken, 98},
	KindTopic:        {domain.Label{ZH: "敏感话题", EN: "topic at risk"}, domain.ClassTopic, OpRedact, 96},
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
