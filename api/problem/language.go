package problem

import "golang.org/x/text/language"

// The languages of the house; the first is the default.
const (
	Chinese = "zh-CN"
	English = "en"
)

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
	if err != nil {
		return Chinese
	}
	for _, t := range tags { // best first
		switch base, _ := t.Base(); base.String() {
		case "zh":
			return Chinese
		case "en":
			return English
		}
	}
	return Chinese
}
