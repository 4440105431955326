package problem

import "golang.org/x/text/language"

// The languages of the house; the first is the default.
const (
	Chinese = "zh-CN"
	English = "en"
)

var matcher = language.NewMatcher([]language.Tag{language.SimplifiedChinese, language.English})

// Language chooses a language: the person's own when it is one of ours, else by the request's Accept-Language, else
// Chinese.
func Language(own, accept string) string {
	if own == Chinese || own == English {
		return own
	}
	if len(accept) > 200 { // a longer one is no browser's; parsing it is work for nothing
		accept = ""
	}
	tags, _, err := language.ParseAcceptLanguage(accept)
	if err != nil || len(tags) == 0 {
		return Chinese
	}
	if _, i, c := matcher.Match(tags...); c > language.No && i == 1 {
		return English
	}
	return Chinese
}
