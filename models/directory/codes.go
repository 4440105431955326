package directory

// The bounds of a file. They are far above any real address book and keep a hostile one cheap.
const (
	MaxFileBytes  = 20 << 20  // as uploaded
	MaxUnzipBytes = 160 << 20 // an XLSX, all parts together
	maxPartBytes  = 32 << 20  // a part that is neither a sheet nor its strings
	maxInMemory   = 16 << 20  // a larger sheet is read from a temporary file
	MaxParts      = 1000      // files inside an XLSX
	MaxRows       = 100_000   // data rows
	MaxColumns    = 256
	MaxUnits      = 10_000 // departments in a book
	MaxFaults     = 2_000
	MaxGroupRows  = 5_000 // rows of a bulk filing
)

// Codes of files that cannot be read (FileError).
const (
	CodeTooLarge    = "file_too_large"
	CodeEmpty       = "file_empty"
	CodeExtension   = "file_kind_unknown"
	CodeNotXLSX     = "not_an_xlsx"
	CodeOldExcel    = "old_or_locked_excel"
	CodeIsXLSX      = "is_an_xlsx"
	CodeBroken      = "file_broken"
	CodeUnpacks     = "unpacks_too_large"
	CodeTooManyRows = "too_many_rows"
	CodeTooWide     = "too_many_columns"
	CodeEncoding    = "encoding_unknown"
	CodeNoHeader    = "header_missing"
	CodeNoRows      = "no_rows"
)

// Codes of faults by row and column.
const (
	CodeRequired      = "required"
	CodeTooLong       = "too_long"
	CodeHidden        = "hidden_character"
	CodeUnknown       = "unknown_value"
	CodeMoreFaults    = "more_faults"
	CodeColumnMissing = "column_missing"
	CodeBadNumber     = "bad_number"
	CodeDuplicate     = "duplicate_number"
	CodeBadEmail      = "bad_email"
	CodeBadMobile     = "bad_mobile"
	CodeSharedContact = "contact_used_twice"
	CodeUnknownRole   = "unknown_role"
	CodeBadFlag       = "bad_flag"
	CodeBadPath       = "bad_department_path"
	CodeOtherUnits    = "other_departments_ignored"
	CodeCodeConflict  = "department_code_conflict"
	CodeTooManyUnits  = "too_many_departments"
	CodeUnknownUnit   = "unknown_department"
	CodeAmbiguousUnit = "ambiguous_department"
	CodeUnknownLeader = "unknown_leader"
	CodeAmbiguous     = "ambiguous_name"
	CodeLeaderLeft    = "leader_left"
	CodeTwoLeaders    = "two_leaders"
	CodeLeaderUnclear = "leader_unclear"
	CodeNumberReused  = "number_reused"
	CodeOtherPerson   = "maybe_other_person"
	CodeMass          = "mass_departure"
	CodeUnknownPerson = "unknown_employee"
	CodeListedTwice   = "listed_twice"
	CodeNotDate       = "not_a_date"
	CodeNameTwice     = "duplicate_name_in_file"
	CodeLeft          = "left_company"
	CodeTooFew        = "too_few"
	CodeTooMany       = "too_many"
	CodeLooser        = "looser_than_tier"
	CodeNeedsEnd      = "temporary_needs_end"
	CodeNotInFuture   = "not_in_future"
	CodeTooFar        = "too_far"
	CodeEndFirst      = "end_before_start"
	CodeDaysTwice     = "days_twice"
	CodeDeputyAway    = "deputy_away"

	// Codes of a list of training results.
	CodeBadScore    = "bad_score"
	CodeInFuture    = "in_the_future"
	CodeResultTwice = "result_twice"
	CodeNameDiffers = "name_differs"
	CodeBelowMark   = "below_pass_mark"
	CodeValidBeyond = "valid_beyond_rules"

	// Codes of a calendar file.
	CodeNotCalendar    = "not_a_calendar"
	CodeCalendarBroken = "calendar_broken"
	CodeTooManyEvents  = "too_many_events"
)

type wording struct{ zh, en string }

// texts words every code, the remedy included. {x} is replaced by the fault's parameter x.
var texts = map[string]wording{
	CodeTooLarge:    {"文件超过 {max} MB，请拆分后再导入。", "The file is larger than {max} MB: split it and import the parts."},
	CodeEmpty:       {"文件是空的，请重新导出。", "The file is empty: export it again."},
	CodeExtension:   {"只接受 .xlsx 或 .csv 文件。", "Only .xlsx and .csv files are taken."},
	CodeNotXLSX:     {"文件名是 .xlsx，但内容不是 Excel 工作簿，请另存为 .xlsx 后再导入。", "The name ends in .xlsx but this is no Excel workbook: save it as .xlsx and try again."},
	CodeOldExcel:    {"这是旧版 .xls 或加了密码的文件，请去掉密码并另存为 .xlsx。", "This is an old .xls or a password-protected file: remove the password and save it as .xlsx."},
	CodeIsXLSX:      {"文件名是 .csv，但内容是 Excel 工作簿，请把扩展名改为 .xlsx。", "The name ends in .csv but this is an Excel workbook: rename it to .xlsx."},
	CodeBroken:      {"文件已损坏（{where}），请重新导出。", "The file is damaged ({where}): export it again."},
	CodeUnpacks:     {"文件解压后超过 {max} MB，已拒绝。请只保留需要的工作表后再导入。", "The file unpacks to more than {max} MB and was refused: keep only the sheet that is needed."},
	CodeTooManyRows: {"超过 {max} 行，请拆分后再导入。", "There are more than {max} rows: split the file."},
	CodeTooWide:     {"超过 {max} 列，请删除多余的列。", "There are more than {max} columns: delete those that are not needed."},
	CodeEncoding:    {"无法识别文字编码，请另存为 UTF-8 的 CSV 或 .xlsx。", "The text encoding is not known: save as CSV UTF-8 or .xlsx."},
	CodeNoHeader:    {"没有找到表头。需要这些列：{columns}。", "No heading row was found. These columns are needed: {columns}."},
	CodeNoRows:      {"表头下面没有数据。", "There is no row below the headings."},

	CodeRequired:      {"必填，不能为空。", "Required: fill it in."},
	CodeTooLong:       {"太长，最多 {max} 个字。", "Too long: at most {max} characters."},
	CodeHidden:        {"含有看不见的字符（{character}），请重新输入。", "Holds an invisible character ({character}): type it again."},
	CodeUnknown:       {"不认识“{value}”，可以填：{allowed}。", "“{value}” is not known. Allowed: {allowed}."},
	CodeMoreFaults:    {"另有 {count} 处问题未列出，请先修正以上各处。", "{count} more faults are not listed: mend these first."},
	CodeColumnMissing: {"缺少这一列，请补上。", "This column is missing: add it."},
	CodeBadNumber:     {"工号“{value}”只能由 1 至 64 个字母、数字和 . _ @ - 组成。", "The staff number “{value}” must be 1 to 64 letters, digits or . _ @ -."},
	CodeDuplicate:     {"工号 {number} 与第 {row} 行重复，一个人只能有一行。", "Staff number {number} is also in row {row}: one row a person."},
	CodeBadEmail:      {"邮箱“{value}”格式不对，例如 name@qunbei.example。", "The e-mail address “{value}” is malformed, write for instance name@qunbei.example."},
	CodeBadMobile:     {"手机“{value}”格式不对：11 位大陆号码，或以 + 和国家代码开头；不能带星号。", "The mobile number “{value}” is malformed: 11 digits for mainland China, or + and the country code; no asterisks."},
	CodeSharedContact: {"与第 {row} 行相同，请确认是否填错。", "The same as in row {row}: check whether that is right."},
	CodeUnknownRole:   {"不认识角色“{value}”，可以填：{allowed}。", "The role “{value}” is not known. Allowed: {allowed}."},
	CodeBadFlag:       {"“{value}”应填“是”或“否”。", "“{value}” should be 是 (yes) or 否 (no)."},
	CodeBadPath:       {"部门路径“{value}”有空的一级或超过 {max} 级，应形如“公司/研发中心/平台部”。", "The department path “{value}” has an empty level or more than {max} levels; write for instance 公司/研发中心/平台部."},
	CodeOtherUnits:    {"此人在多个部门，只取第一个“{department}”。", "This person is in several departments; only the first, “{department}”, is taken."},
	CodeCodeConflict:  {"部门编号 {code} 既用于“{first}”，又用于“{second}”；编号与部门必须一一对应。", "Department code {code} is used for “{first}” and “{second}”: each code names one department."},
	CodeTooManyUnits:  {"部门超过 {max} 个，请检查“部门”列是否取错。", "There are more than {max} departments: check that the right column holds them."},
	CodeUnknownUnit:   {"没有部门“{value}”，请填部门编号、名称或完整路径。", "There is no department “{value}”: give its code, name or full path."},
	CodeAmbiguousUnit: {"有多个部门叫“{value}”，请填编号或完整路径。", "Several departments are called “{value}”: give the code or the full path."},
	CodeUnknownLeader: {"找不到负责人“{value}”，请填本表中的工号。", "The leader “{value}” is not in this file: give a staff number from it."},
	CodeAmbiguous:     {"有多人叫“{value}”，请改填工号。", "Several people are called “{value}”: give the staff number."},
	CodeLeaderLeft:    {"“{value}”已离职或停用，不能担任“{department}”的负责人。", "“{value}” has left or is disabled and cannot lead “{department}”."},
	CodeTwoLeaders:    {"“{department}”有两位负责人：{first} 和 {second}，请只保留一位。", "“{department}” has two leaders, {first} and {second}: keep one."},
	CodeLeaderUnclear: {"从直属上级看不出“{department}”由谁负责，按空缺处理。", "The superiors do not tell who leads “{department}”: its post is taken as vacant."},
	CodeNumberReused:  {"工号 {number} 属于已离职的“{name}”，工号不得重复使用，请为新员工另编工号。", "Staff number {number} belongs to “{name}”, who left. Numbers are never used again: give the newcomer another."},
	CodeOtherPerson:   {"工号 {number} 的姓名、手机和邮箱全变了（原为“{name}”），请确认是否为同一人。", "Name, mobile and e-mail of {number} have all changed (it was “{name}”): check that it is the same person."},
	CodeMass:          {"此次导入会使 {count} 人离职，占在职 {total} 人的 {percent}%，超过 {max}%。若属实，请确认后再导入。", "This import would make {count} people leave, {percent} % of {total}, more than {max} %. If that is right, confirm it."},
	CodeUnknownPerson: {"没有工号为“{value}”的员工。", "There is no employee “{value}”: give a staff number."},
	CodeListedTwice:   {"“{number}”重复列出，请只保留一次。", "“{number}” is listed twice: keep one."},
	CodeNotDate:       {"“{value}”不是日期，应形如 {form}。", "“{value}” is not a date, write it as {form}."},
	CodeNameTwice:     {"群名称与第 {row} 行相同。", "Row {row} has the same group name."},
	CodeLeft:          {"{number} 已离职或停用，请换人。", "{number} has left or is disabled: name somebody else."},
	CodeTooFew:        {"太少，至少 {min} 个。", "Too few: at least {min}."},
	CodeTooMany:       {"太多，最多 {max} 个。", "Too many: at most {max}."},
	CodeLooser:        {"比该密级（{tier}）允许的更宽松，请改严。", "Looser than the tier ({tier}) allows: make it stricter."},
	CodeNeedsEnd:      {"临时群组必须填写截止日期。", "A temporary group needs an end date."},
	CodeNotInFuture:   {"截止日期必须晚于今天（{today}）。", "The end date must lie after today ({today})."},
	CodeTooFar:        {"截止日期最晚为 {latest}。", "The end date may be {latest} at the latest."},
	CodeEndFirst:      {"结束日期早于开始日期，请更正。", "The last day lies before the first: correct one of them."},
	CodeDaysTwice:     {"与第 {row} 行是同一人的同一段日期，请只保留一行。", "Row {row} has days of the same person: keep one row for each day."},
	CodeDeputyAway:    {"代理人在这段时间也不在，请确认是否换人。", "The deputy is away then too: check whether somebody else should stand in."},

	CodeBadScore:    {"“{value}”不是成绩，应为 0 到 100 的数。", "“{value}” is no score: write a number from 0 to 100."},
	CodeInFuture:    {"“{value}”在今天之后，请更正日期。", "“{value}” lies after today: correct the date."},
	CodeResultTwice: {"与第 {row} 行是同一人同一天的同一课程，请只保留一行。", "Row {row} is the same person, course and day: keep one row."},
	CodeNameDiffers: {"工号 {number} 的员工不叫“{value}”，请核对工号和姓名。", "The employee {number} is not called “{value}”: check number and name."},
	CodeBelowMark:   {"成绩低于合格分 {min}，不能填“通过”。", "The score is below the pass mark of {min}: it cannot be a pass."},
	CodeValidBeyond: {"超过课程规定的有效期，最晚为 {max}。", "Longer than the course is valid: {max} at the latest."},

	CodeNotCalendar:    {"这不是日历文件，请从日历中导出 .ics。", "This is no calendar file: export it from your calendar as .ics."},
	CodeCalendarBroken: {"日历文件不完整，请重新导出。", "The calendar file is incomplete: export it again."},
	CodeTooManyEvents:  {"日程超过 {max} 条，请只导出请假期间。", "There are more than {max} entries: export only the time you are away."},
}
