package main

import "fmt"

// ofFirst are values written as in the first half alone.
func ofFirst(m *maker, kind string) string {
	switch kind {
	case "name":
		return m.of("张", "王", "李", "赵", "刘", "杨", "黄", "马", "于", "方", "金", "石", "任", "顾", "上官", "慕容", "东方") + m.of("伟", "芳", "志强", "晓明", "海燕", "一鸣", "春梅", "家豪", "斌", "倩", "若曦", "德华", "红", "少华", "立新")
	case "address":
		return m.of("广东省深圳市南山区", "杭州市西湖区", "上海市徐汇区", "北京市朝阳区", "南京市鼓楼区", "重庆市渝北区", "福州市台江区", "天津市和平区") +
			m.of("科技路", "文三路", "漕溪北路", "建国大道", "中山北路", "金开大道", "五一巷", "解放街道民主街") + fmt.Sprint(1+m.Intn(400)) + "号" + m.of("", "", "3栋502室", "2单元301室", "5号楼", "创新大厦8楼", "院内2号楼201", "A座6层")
	case "amount":
		return m.of(fmt.Sprint(10+m.Intn(900))+"万元", fmt.Sprint(1+m.Intn(9))+".5亿元", fmt.Sprint(1+m.Intn(90))+","+m.d(3)+"元", "￥"+fmt.Sprint(1+m.Intn(900))+"万", "壹佰"+m.of("贰", "伍")+"拾万元整", "RMB "+fmt.Sprint(1+m.Intn(900))+",000", fmt.Sprint(1+m.Intn(90))+"万", fmt.Sprint(3+m.Intn(40))+"k", "$"+fmt.Sprint(1+m.Intn(90))+"0,000")
	case "financial":
		return m.of(fmt.Sprint(3+m.Intn(90))+"%", fmt.Sprint(1+m.Intn(9))+".2亿元", fmt.Sprint(100+m.Intn(900))+"万", fmt.Sprint(100+m.Intn(900))+"万元", fmt.Sprint(1+m.Intn(50))+".25%")
	case "secret":
		return m.of(m.letters("abcdefgh", 3)+m.d(5), "Qw"+m.d(6), "P@ss"+m.d(4), m.letters(upper, 4)+"-"+m.letters(lower, 4)+"-"+m.d(4), m.letters(lower+upper, 20)+m.d(2))
	case "account":
		return m.of(m.d(8), m.d(10), m.letters(lower, 6)+m.d(3), m.letters(lower, 4)+"-"+m.letters(lower, 4), m.letters(upper, 1)+m.letters(lower, 7))
	case "contract":
		return m.of("HT-2024-"+m.d(4), "XS"+m.d(8), "CG-"+m.d(6), "No."+m.d(7), m.letters(upper, 3)+"-"+m.d(3)+"-"+m.d(3), "SZ〔2024〕"+m.d(3)+"号")
	case "email":
		return m.of("li.lei", "wang_fang", "z.h", "support9", "a-b.c", "Mary") + m.d(m.Intn(3)) + "@" + m.of("example.com", "mail.example.cn", "corp.example.com.cn", "sub.dept.example.org")
	}
	return ""
}

// first is the half that the recognisers may be tuned on: an office's own chat, minutes, notices and forms.
var first = half{
	name: "first", seed: 20261124, times: 6, own: ofFirst,
	before: []string{"", "大家好，", "收到。", "[14:32] 小助手: ", "备注：", "各位领导：", "Hi all, ", "- "},
	after:  []string{"", "。", "！", "，请知悉。", "\n", "（内部）", "；以上。"},
	positives: []string{
		"身份证号：{resident_id}", "他的身份证是{resident_id}，麻烦登记", "{resident_id}", "入职材料齐了，证件号码 {resident_id}，请建档", "订票用的证件 {resident_id}，二等座", "|{?name}|{resident_id!}|研发|", "ID card: {resident_id}", "考试报名要填{resident_id}，下周截止",
		"新员工证件{resident_id}核验通过", "编号,证件\n1,{resident_id!}\n2,{resident_id!}",
		"居住证{residence_permit}已核对", "证件号：{residence_permit}", "港澳台居民居住证 {residence_permit}", "她用{residence_permit}报名的", "类型: 居住证 号码: {residence_permit!}", "台胞办的居住证号码为{residence_permit}", "{residence_permit}这个号能买社保吗", "随迁子女家长证件 {residence_permit}", "|居住证|{residence_permit!}|",
		"永居证号：{foreigner_permit}", "外国人永久居留证 {foreigner_permit}", "专家证件{foreigner_permit}待录入", "permanent residence card {foreigner_permit}", "永居身份证{foreigner_permit}能刷闸机", "外籍教师，{foreigner_permit}", "登记：{foreigner_permit!}；国籍：略", "{foreigner_permit}", "在系统里查{foreigner_permit}",
		"开票信息：税号{uscc}，请核对", "信用代码 {uscc}", "我司{uscc}的资质", "投标人统一社会信用代码：{uscc}", "子公司\t{uscc!}\t存续", "USCC {uscc}", "请核验营业执照 {uscc}", "{uscc}已列入异常名录", "供应商主数据新增 {uscc}",
		"打款到{bank_card}谢谢", "卡号：{bank_card}", "|尾款|{bank_card!}|", "我的银行卡{bank_card}开户行在深圳", "工资发到{bank_card}", "{bank_card}", "bank card {bank_card}", "请把差旅费转到 {bank_card}", "收款人卡 {bank_card}（招行）",
		"手机{mobile}联系", "打{mobile}找我", "联系方式：{mobile}（下午）", "|{?name}|{mobile!}|深圳|", "加微信同号{mobile}", "有问题请致电{mobile}", "{mobile}", "报名发短信至{mobile}", "phone={mobile!}&ok=1", "值班表\n周一 {mobile}\n周二 {mobile}",
		"座机{landline}转801", "电话：{landline}", "传真 {landline}", "客服{landline}", "请拨打{landline}咨询", "会务组联系电话 {landline}", "Phone: {landline}", "固话|{landline}", "办公室 {landline}",
		"call {foreign_phone}", "海外客户电话{foreign_phone}", "香港办事处：{foreign_phone}", "{foreign_phone}（东京）", "mobile {foreign_phone}", "Tel {foreign_phone}, Mon-Fri", "供应商在德国，{foreign_phone}", "请打 {foreign_phone} 找前台", "电话 {foreign_phone}；时差七小时",
		"发到{email}抄送我", "邮箱：{email}", "{email}收", "请将附件发送至{email}。", "mail to {email}", "<{email}>", "账号{email}已开通", "报名邮箱{email}；截止周五", "{\"email\":\"{email!}\"}",
		"车牌{plate}", "把{plate}挪一下", "访客车辆 {plate} 已登记", "{plate}", "公务车{plate}年检到期", "停车场出口拍到{plate}", "车号：{plate}", "|访客|{plate!}|", "请给{plate}抬杆",
		"护照{passport}有效期到明年", "护照号码：{passport}", "passport {passport}", "持护照{passport}入境", "签证用护照：{passport}", "护照号 {passport}，请订票", "|护照|{passport!}|", "旧护照{passport}已剪角", "passport number: {passport}",
		"港澳通行证{travel_permit}", "通行证号：{travel_permit}", "回乡证{travel_permit}已过期", "台胞证号码 {travel_permit}", "往来港澳通行证：{travel_permit}", "|通行证|{travel_permit!}|", "travel permit {travel_permit}", "请带好通行证（{travel_permit}）", "大通证{travel_permit}",
		"香港身份证：{hkid}", "身份证 {hkid}", "hkid={hkid}", "港方代表证件{hkid}", "ID {hkid}", "{hkid}", "香港永久性居民身份证号码{hkid}", "董事身份证件 {hkid}", "身份证号码为{hkid}",
		"台湾身份证：{taiwan_id}", "身分证字号 {taiwan_id}", "证件号码{taiwan_id}", "ID: {taiwan_id}", "{taiwan_id}", "台方联系人证件 {taiwan_id}", "|身分证|{taiwan_id!}|", "他的证号是{taiwan_id}", "身份证{taiwan_id}（台湾）",
		"关于{codename}的进展", "{codename}延期", "请勿外传{codename}", "{codename}例会改到周三", "the {codename} team", "邮件主题：{codename}", "【{codename}】评审意见", "把{codename}移到二季度", "与{codename}相关的文件",
		"{keyword}不得外发", "请删除{keyword}", "讨论了{keyword}", "《{keyword}》", "关于{keyword}的说明", "{keyword}泄露了", "把{keyword}放到密区", "索取{keyword}", "领导要{keyword}",
		"有人说要{topic}", "关于{topic}的传言", "{topic}", "外面在传{topic}", "请核实{topic}一事", "群里讨论{topic}", "防止{topic}", "参与{topic}的人", "媒体问到{topic}",
		"收货地址：{address}", "寄到{address}，谢谢", "会场在{address}。", "公司位于{address}", "我住在{address}", "办公地址：{address}；邮编略", "送到{address}吧", "通讯地址 {address}", "家庭住址：{address}", "户籍地址为{address}",
		"合同金额为{amount}", "报价：{amount}", "本次付款{amount}", "中标价{amount}", "月薪{amount}", "预算{amount}以内", "赔偿{amount}", "定金{amount}，余款另付", "尾款{amount}未付", "投资{amount}建厂", "奖金{amount}",
		"净利润{financial}", "毛利率达到{financial}", "全年营收{financial}", "应收账款{financial}", "利润{financial}", "亏损{financial}", "营业收入为{financial}", "负债率{financial}", "销售额：{financial}",
		"合同编号：{contract}", "订单编号为{contract}", "合同号{contract}", "协议号 {contract}", "采购单号：{contract}", "采购订单{contract}", "contract no. {contract}", "合同编号（{contract}）", "见协议编号 {contract}",
		"服务器{ip}连不上", "ssh {ip}", "网关：{ip}", "{ip}", "主机 {ip} 已下线", "host={ip}", "访问 http://{ip}/admin", "网段里的{ip}", "监控告警：{ip} down",
		"密码：{secret}", "password={secret}", "口令是{secret}", "密码为{secret}，请及时修改", "token: {secret}", "管理员密码: {secret}", "secret={secret}", "登录密码是{secret}。", "pwd: {secret}",
		"微信号：{account}", "QQ：{account}", "账号：{account}", "微信号是{account}", "支付宝账号 {account}", "wechat: {account}", "QQ号 {account}", "加微信{account}", "vx：{account}",
		"联系人：{name}，", "收件人 {name}；", "请找{name}先生", "负责人：{name}", "{name}女士已到前台", "经办人：{name}", "姓名：{name}", "{name} {mobile}", "持卡人：{name}", "{name}总监主持会议", "员工{name}，工号略", "我是{name}，请多关照", "本人{name}承诺保密", "当事人叫{name}",
		"|姓名|电话|\n|{name}|{mobile!}|\n|{name}|{mobile!}|", "报销单：{name}，{bank_card}，{amount}，合同付款", "甲方：税号{uscc}，地址：{address}，电话：{landline}",
	},
	negatives: []string{
		"订单号{~order}", "运单号 {~track}", "快递单号{~track12}", "流水号：{~order}", "{~date} {~time}", "版本 {~version}", "时间戳{~epoch}", "第{~n}号会议室", "共{~nn}件，{~n}箱", "批号{~d8}", "commit {~hex}", "型号 GA{~d6}", "今天温度{~n}度", "楼层{~n}，工位{~nn}", "序列号 SN{~d10}", "页码{~n}-{~nn}", "比例3:2:1", "会议号 {~nn} {~nn} {~nn}", "12345 上山打老虎",
		"订单 {~like11} 已取消", "编号：{~like11}", "批号 {~like11}", "序列号：{~like11}", "版本 {~version4} 已发布", "{~uuid}", "isbn {~isbn}", "发票号码{~d8}", "取件码{~d6}", "卡号{~card}有误", "身份证{~id}校验不通过", "浏览量{~d6}", "达成率{~n}%", "长{~nn}米宽{~n}米", "{~n}栋别墅在建", "耗时{~n}.{~n}秒", "IMEI {~d12}", "端口{~d4}",
		"下午三点开会，请准时", "一二三四五，六七八九十", "今天天气不错", "团建定在下周", "方案已经更新", "任务分配如下", "向大家通报情况", "高度重视安全工作", "金牌服务", "于是决定延期", "张贴公告", "周末加班安排", "请经理审批", "总经理办公会", "严格执行规定", "联系人：无", "电话打不通", "地址不详", "密码错误", "合同还没签", "护照在办", "邮件已读", "请输入密码：", "价格面议", "利润很好", "黄先生", "王者荣耀", "马上就来", "万事如意", "元旦快乐", "何时开始", "常用工具", "路由器在二楼", "沪深股市",
	},
}
