package api_test

import (
	"context"
	"net/http"

	"github.com/qunbei/qunbei/api"
	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

func (f *fake) AskOutsider(_ context.Context, _ service.Actor, _ string, in service.OutsiderInput) (service.ActAnswer, error) {
	return f.act("AskOutsider", in.ID)
}

func (f *fake) OutsidersOf(context.Context, service.Actor, string) (service.OutsiderList, error) {
	guest := wang
	guest.Outside, guest.Number = true, "X-0001"
	x := service.OutsiderView{Person: guest, Organisation: "江海咨询", State: domain.MemberActive, Sponsor: wang, EndsOn: "2027-03-31", Ends: at}
	v := service.OutsiderList{Items: some(f, x)}
	if !f.bare {
		v.Items[0].Mail, v.Items[0].Phone, v.Items[0].Lost, v.Items[0].Until = "lin@partner.example", "+86 138 0013 8000", &at, &at
		v.Items[0].Longer, v.Items[0].Asked, v.Items[0].Said, v.Items[0].Mine, v.Items[0].Review, v.Items[0].Take = "2027-06-30", true, "why", true, true, true
		v.Barred, v.Rule, v.Days, v.Latest, v.Can = domain.ReasonOutsidersNever, "outsiders.secret", 180, "2027-05-23", true
	}
	return v, f.note("OutsidersOf")
}

func (f *fake) AskOutsiderLink(context.Context, string) error { return f.note("AskOutsiderLink") }

func (f *fake) OutsiderLink(context.Context, string) (bool, error) {
	return true, f.note("OutsiderLink")
}

func (f *fake) SignInOutsider(context.Context, string, string) (string, service.Actor, error) {
	return "secret", service.Actor{ID: wang.ID, CSRF: "c", Outside: true}, f.note("SignInOutsider")
}

// goodOutsiders is one request for each operation about people from outside that must succeed.
func goodOutsiders() []*http.Request {
	const group = api.Base + "/groups/" + groupID
	return []*http.Request{
		request("GET", group+"/outsiders", ""),
		request("POST", group+"/outsiders", `{"decision_id":"`+someKey+`","name":"林知远","organisation":"江海咨询","mail":"lin@partner.example","phone":"+86 138 0013 8000","ends_on":"2027-03-31","comment":"顾问"}`),
		request("POST", group+"/outsiders/X-0001/extensions", `{"decision_id":"`+someKey+`","ends_on":"2027-06-30","comment":"延长"}`),
		request("POST", group+"/outsiders/X-0001/sponsorships", `{"decision_id":"`+someKey+`"}`),
		request("POST", api.Base+"/sessions/links", `{"mail":"lin@partner.example"}`),
		request("POST", api.Base+"/sessions/outsiders", `{"link":"b3BlbnMtbm90aGluZy1ieS1pdHNlbGYtYW5kLW9uY2U"}`),
	}
}
