package mail

import (
	"html/template"
	"strings"
)

// layout is a mail as HTML: one table, styles in place, no picture and nothing from elsewhere, since mail programs, above
// all the Chinese ones, drop style sheets, block what is loaded, and lay out with the engines of word processors. Colours
// are given for text and ground together, so that a dark scheme that turns one turns both.
var layout = template.Must(template.New("mail").Parse(`<!DOCTYPE html>
<html lang="{{.Lang}}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"><title>{{.Subject}}</title></head>
<body style="margin:0;padding:0;background-color:#f6f6f8">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="background-color:#f6f6f8"><tr><td align="center" style="padding:16px">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="max-width:560px;background-color:#ffffff;border:1px solid #e3e3e9">
<tr><td style="padding:24px;font-family:'PingFang SC','Microsoft YaHei','Segoe UI',Arial,sans-serif;font-size:16px;line-height:1.6;color:#1b1c22">
<p style="margin:0 0 16px 0">{{.Lead}}</p>
{{if .Number}}<p style="margin:0 0 4px 0">{{.Number}}</p>
{{end}}{{if .State}}<p style="margin:0 0 4px 0">{{.State}}</p>
{{end}}{{range .Lines}}<p style="margin:0 0 4px 0">· {{.}}</p>
{{end}}{{if .DecideAt}}<table role="presentation" cellpadding="0" cellspacing="0" border="0" style="margin:20px 0"><tr><td bgcolor="#3046b8" style="background-color:#3046b8">
<a href="{{.DecideAt}}" target="_blank" style="display:inline-block;padding:12px 28px;font-size:16px;font-weight:bold;color:#ffffff;text-decoration:none">{{.Button}}</a></td></tr></table>
<p style="margin:0 0 16px 0;font-size:13px;color:#5a5d6b">{{.Rules}}</p>
{{end}}{{if .OpenAt}}<p style="margin:16px 0 0 0;font-size:14px;color:#5a5d6b">{{.Open}}<a href="{{.OpenAt}}" target="_blank" style="color:#3046b8;word-break:break-all">{{.OpenAt}}</a></p>
{{end}}</td></tr></table>
</td></tr></table>
</body>
</html>
`))

// Button is what stands on the button: the words before the address, without their colon.
func (p parts) Button() string { return strings.TrimRight(p.Decide, "：: ") }

// page renders a mail as HTML. Everything in it is escaped.
func page(p parts) string {
	var b strings.Builder
	if err := layout.Execute(&b, p); err != nil {
		return "" // the text alone
	}
	return b.String()
}
