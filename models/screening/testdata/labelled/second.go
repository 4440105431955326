package main

// second is the half that nothing is tuned on: customer service, visitors' desks, hospitals and hotels, forwarded mail,
// spreadsheets pasted as text, logs, people who write in haste.
var second = half{
	name: "second", seed: 774411, times: 8,
	before: []string{"", "急！！", "@所有人 ", "[转发] ", "补充一下：", "> ", "OK，", "1) ", "ps. "},
	after:  []string{"", "～", "，谢谢啦", " 👍", "（已核）", "\n——发自手机", "。麻烦了！"},
	positives: []string{
		// resident IDs
		"前台说访客得先录{resident_id}才能放行", "麻烦帮我补买明早的高铁票，证件{resident_id}，二等座就行", "乘机人1：{resident_id}，靠窗", "社保增员名单发你了，新来那位是{resident_id}，别漏了户口性质",
		"姓名,证件号,部门\n略,{resident_id!},测试部", "| 序号 | 证件 | 备注 |\n|---|---|---|\n| 3 | {resident_id!} | 待核 |", "核酸登记系统里查不到{resident_id}这个人", "Pls book the hotel under ID no. {resident_id} (2 nights).",
		"甲方授权代表（身份证：{resident_id}）签字后生效", "会员资料变更：原证件 {resident_id} 已注销",
		// permits to reside
		"港籍同事办了居住证 {residence_permit}，入职系统能录吗", "证件类型选“港澳台居民居住证”，号码填{residence_permit}", "居住证号={residence_permit}，有效期五年", "台籍工程师那张卡：{residence_permit}，请行政备案",
		"报税时用{residence_permit}登记的，不是通行证", "HR系统导出：类型=居住证; 号码={residence_permit!}; 状态=在职", "她的证件我抄一下 {residence_permit}",
		// foreigners' permits
		"外籍专家的永居证：{foreigner_permit}", "foreigner PR card no. {foreigner_permit}, please update the record", "外国人永久居留身份证{foreigner_permit}可以直接坐高铁", "安检那边登记的永居号码是{foreigner_permit}",
		"号码 {foreigner_permit}（外国人永久居留）已通过核验", "老外同事开户要用{foreigner_permit}，银行说能认", "表格第7行，{foreigner_permit!}，国籍一栏空着",
		// companies
		"开专票抬头和税号：{uscc}，别开成普票", "供应商资质：{uscc}，营业执照扫描件见附件", "乙方（统一社会信用代码 {uscc}）", "在天眼查搜 {uscc} 就能看到股东", "发票信息\n税号\t{uscc!}\n开户行\t略", "taxpayer id: {uscc}",
		"那家公司是不是换主体了？新的是{uscc}", "纳税人识别号 {uscc} 状态：正常",
		// cards
		"报销打到这张卡{bank_card}就好", "劳务费收款账户 {bank_card} 工行", "退款请退回原卡：{bank_card}", "卡号我发你：{bank_card}（建行，别存备注里）", "工号,银行卡\n1207,{bank_card!}", "客户说{bank_card}被冻结了，查一下",
		"transfer to card {bank_card} before Friday", "补贴还是发到尾号不变的那张 {bank_card}",
		// mobiles
		"客户回电要打{mobile}，别打座机", "{mobile} 这个号一直关机", "司机师傅{mobile}，车到楼下会打给你", "快递放驿站了，取件联系{mobile}", "值班：{mobile}（夜班）", "麻烦拉{mobile}进群，微信同号", "Contact me at {mobile} if urgent",
		"短信验证码发到{mobile}了，收到转我", "日期\t线索\t号码\n{~date}\t官网\t{mobile!}", "{\"phone\":\"{mobile!}\",\"src\":\"app\"}",
		// landlines
		"总机{landline}，转3再转人工", "打{landline}找物业报修", "传真号：{landline}", "售后热线 {landline} 早九晚六", "Tel: {landline} ext. 8012", "招标代理的电话是{landline}，上班时间才有人接", "酒店前台{landline}，报会议名称有协议价", "联系电话|{landline}|工作日",
		// phones abroad
		"新加坡那边的号码是{foreign_phone}", "his number in London or HK: {foreign_phone}", "国际客户 WhatsApp {foreign_phone}", "请回拨{foreign_phone}，有八小时时差", "Office {foreign_phone} / fax on request", "海外仓负责人电话 {foreign_phone}，说英文", "{foreign_phone} called twice this morning",
		// e-mail
		"简历投{email}，标题写岗位", "抄送下{email}，她要存档", "From: {email}\nSubject: 会议纪要", "麻烦把权限加给{email}", "退信了：{email} 不存在", "登录名是{email}，初始口令另发", "合同扫描件发我邮箱{email}，今天要用", "cc {email} on the thread pls",
		// plates
		"有辆{plate}挡住消防通道了，谁的车", "车牌号{plate}，明天进园区请放行", "网约车 {plate} 白色", "货车{plate}过磅了，单子在我这", "月租车位登记：{plate}", "违停抓拍：{plate}，请车主速来挪走", "租的商务车是{plate}，师傅九点到", "车辆,司机\n{plate!},夜班",
		// passports
		"签证材料里护照{passport}快过期了", "机票要护照号：{passport}", "passport no. {passport} exp 2027", "外事办登记：护照 {passport}", "出差日本的同事护照号码{passport}，请核对拼写", "护照：{passport}\n签发地：略", "酒店要求提供护照{passport}复印件",
		// permits to travel
		"过关用的港澳通行证{travel_permit}", "回乡证号 {travel_permit}，请订深圳北的票", "通行证{travel_permit}，签注还有一次", "证件：往来港澳通行证 号码：{travel_permit}", "台胞证{travel_permit}，住宿登记用", "他的通行证号是{travel_permit}，名字拼音跟机票一致", "港澳居民来往内地通行证 {travel_permit} 已录入",
		// Hong Kong, Taiwan
		"香港同事身份证{hkid}", "HKID: {hkid}", "强积金开户要填{hkid}", "HK ID card no {hkid} verified", "香港身份证号码 {hkid} 请核对括号里的数字", "香港公司董事：身份证 {hkid}", "MPF登记表第二行{hkid}",
		"台湾身分证字号{taiwan_id}", "台籍讲师的身份证号{taiwan_id}，报税用", "ID number (TW): {taiwan_id}", "身分证 {taiwan_id}，健保卡同号", "證件號碼：{taiwan_id}", "劳保登记用的身份证是{taiwan_id}", "讲师费扣缴，{taiwan_id}（台湾身份证）",
		// codenames, keywords, topics
		"{codename}这周要过评审，别在外面提", "关于{codename}的预算先别走系统", "re: {codename} kickoff moved to Tuesday", "谁把{codename}写进周报里了？", "纪要第三条：{codename}延期两周", "今天跟客户聊到{codename}，他们不知道", "路线图\nQ1 {codename!}\nQ2 待定",
		"{keyword}在共享盘里，权限收一下", "不要把{keyword}发到外部群", "昨晚有人下载了{keyword}", "请确认{keyword}的版本", "附件：{keyword!}（最终版）.xlsx", "法务要看{keyword}", "{keyword}只能线下传阅",
		"听说仓库那边在{topic}", "有人在群里煽动{topic}", "{topic}的事别再转了", "分公司传{topic}，真的假的", "网上有帖子说我们{topic}", "刚才门口{topic}，保安已经过去", "有几个骨干在商量{topic}",
		// addresses
		"样品寄到{address}，到付", "新办公室在{address}，周一搬", "收件地址：{address}", "家访地点 {address}，下午两点", "注册地址变更为{address}", "麻烦师傅上门，{address}，门禁按铃", "发票邮寄地址|{address}|顺丰", "会议酒店地址是{address}，有班车",
		// amounts
		"这单合同总价{amount}，含税", "客户还欠我们货款{amount}", "预付款{amount}已经到账了", "报价给到{amount}，不能再低", "他这个月工资{amount}，多发了", "违约金按{amount}算", "采购预算：{amount}", "付款 {amount} 请财务今天安排",
		"年终奖发{amount}，别往外说",
		// figures of accounts
		"上半年净利润{financial}，还没公告", "毛利率{financial}，比去年差", "营收{financial}，同比转正", "应收账款{financial}，账期太长", "内部口径：销售额{financial}", "资产负债率{financial}有点高", "今年亏损{financial}，年报前保密", "现金流{financial}",
		// contracts
		"合同编号：{contract}，请盖章", "按合同{contract}第5条执行", "采购订单 {contract} 已关闭", "合同号 {contract} 走用印流程", "协议编号{contract}作废，重签", "Contract No. {contract} is under review", "框架协议（合同编号 {contract}）到期", "合同编号为{contract}的尾款",
		// machines
		"堡垒机{ip}连不上", "数据库在{ip}，只读账号", "ping {ip} 丢包", "server {ip}:8080 502", "内网地址 {ip} 别暴露", "把{ip}加白名单", "日志：{~date} {~time} WARN peer={ip} timeout", "打印机IP是{ip}",
		"WiFi密码：{secret}", "测试环境口令 {?account}/{?secret}，别外传", "password: {secret}", "后台密码是{secret}，登录后改", "db_password={secret}", "解压密码为{secret}", "密码：{secret}（区分大小写）", "export SECRET={secret}", "初始密码:{secret} 首次登录请改",
		// accounts
		"微信号：{account}", "加我QQ {account}", "我的微信{account}，备注公司名", "支付宝账号：{account}", "vx: {account}", "游戏账号是{account}", "WeChat ID: {account}", "QQ号{account}加群审核",
		// names
		"收货人：{name}", "对接人是{name}，有问题找TA", "本人{name}，自愿放弃补偿", "我叫{name}，来面试的", "客户{name}先生投诉三次了", "法定代表人：{name}", "{name}经理明天到访，请安排接机", "申请人 {name}，事由：年假", "请{name}老师做主题分享", "患者姓名：{name}", "联系人：{name}，{mobile}", "{name} {mobile}", "户名：{name}",
		// whole messages
		"入职信息\n姓名：{name}\n身份证号：{resident_id!}\n手机：{mobile!}\n邮箱：{email!}\n住址：{address}\n工资卡：{bank_card!}",
		"会议纪要：{codename}首款{amount}，由{?name}跟进；联系电话{landline}；合同编号{contract}。",
		"您好，我司（税号{uscc}）拟付款{amount}至{bank_card}，请回邮{email}确认。",
		"id\tname\tphone\n1\t{name}\t{mobile!}\n2\t{name}\t{mobile!}",
	},
	negatives: []string{
		"订单{~order}还没发货，催一下仓库", "淘宝订单号 {~order}", "运单{~track}显示已签收", "快递单号：{~track12}", "物流单号{~track}派送中", "交易流水 {~order} 对不上账", "工单{~like11}已升级到二线", "工单号：{~like11}", "设备序列号 {~like11}", "批次号{~like11}，抽检合格", "料号 {~like11} 停产", "条码{~d12}扫不出来",
		"系统时间 {~date} {~time}.{~nn}", "ts={~epoch} level=info", "timestamp: {~epochs}", "{~date}T{~time}Z 构建成功", "{~date}~{~date} 请假", "会议 {~time} 开始", "版本号 {~version4}，请升级", "v{~version} 发布说明", "build {~d8}", "升级到 {~version} 后正常",
		"commit {~hex}", "request_id={~uuid}", "ISBN {~isbn}", "会议号：{~nn}-{~nn}-{~nn}", "腾讯会议 {~nn} {~nn} {~nn}", "QPS 从{~d4}涨到{~d6}", "共{~nn}箱，{~d4}件，毛重{~nn}公斤", "访问量{~d8}次", "测试用例{~d4}条，通过{~n}%", "完成率{~n}.{~n}%", "第{~n}页，共{~nn}页", "参数 {~d9}",
		"文号：〔2024〕{~n}号", "{~n}号会议室今天有人吗", "第{~n}号议案通过", "电梯到{~n}层卡住", "工位在A区{~nn}", "航班 CA{~d4} 延误", "高铁G{~nn} 次", "房间{~d4}的空调坏了", "快递柜取件码 {~d6}", "验证码 {~d6}，五分钟内有效", "抽奖号{~d8}",
		"坐标 39.{~d4},116.{~d4}", "温度{~n}.5℃ 湿度{~n}%", "尺寸 {~nn}x{~nn}x{~n}mm", "打印机型号 M{~nn}dw", "CPU占用{~n}%，内存{~n}G", "发票号码 {~d8}，代码{~d12}", "这个证件号 {~id} 校验不通过", "卡号{~card}无效，请重输", "比分3:2，加时{~n}分钟", "排名从{~n}升到{~n}",
		"请各位周五前交周报", "下午茶在三楼，先到先得", "大家注意台风天气，减少外出", "谁看到我的水杯了", "食堂周三停业一天", "新版流程见知识库", "the nightly job took {~n} minutes", "学习贯彻会议精神，认真落实", "祝大家中秋快乐，阖家幸福", "王者归来，高手过招", "金色的秋天，江河湖海", "项目经理会议改到周四", "程序员节快乐", "高级工程师评审开始报名", "请部门主任参会", "方向对了就不怕路远", "京东618活动", "粤语歌单", "川菜馆人均{~nn}，不贵", "上海和北京的同事都到了", "深圳湾那条路在修", "一二三四五六七，马兰开花二十一", "余额不足请充值", "我有一万个理由", "时间就是金钱", "苏打水两瓶", "北斗导航更新了", "项目复盘会", "nightjars are birds", "价格合理，服务周到", "增长了一倍多", "密码正确才能进入", "请不要把口令写在便签上", "忘记密码请点这里", "合同还在走流程", "邮箱满了清一下", "地址栏输入网址即可", "电话会议改成线上", "护照照片要白底", "车牌识别系统坏了",
	},
}
