package api_test

import (
	"context"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

// What the fake answers to acts on cases and groups.

func (f *fake) MailLink(context.Context, service.Actor, string) (service.LinkView, error) {
	return f.link, f.note("MailLink")
}

func (f *fake) DecideByLink(_ context.Context, _ service.Actor, _ string, in service.LinkDecision) (service.LinkView, error) {
	return f.link, f.note("DecideByLink " + string(in.Outcome))
}

func (f *fake) act(name, id string) (service.ActAnswer, error) {
	f.actID = id
	if err := f.note(name); err != nil {
		return service.ActAnswer{}, err
	}
	if f.answer != nil {
		return f.answer()
	}
	s := f.summary()
	return service.ActAnswer{Result: domain.Accepted, DecidedBy: &wang, DecidedAt: &at, Case: &s, Status: s.Status, ActID: id, Group: domain.GroupActive}, nil
}

func (f *fake) Decide(_ context.Context, _ service.Actor, _ string, in service.DecideInput) (service.ActAnswer, error) {
	return f.act("Decide", in.ID)
}

func (f *fake) Withdraw(_ context.Context, _ service.Actor, _, id, _ string) (service.ActAnswer, error) {
	return f.act("Withdraw", id)
}

func (f *fake) Comment(_ context.Context, _ service.Actor, _ string, in service.CommentInput) (service.ActAnswer, error) {
	if len(in.Files) > 0 {
		f.up = in.Files[len(in.Files)-1]
	}
	return f.act("Comment", in.ID)
}

func (f *fake) Return(_ context.Context, _ service.Actor, _ string, in service.ReturnInput) (service.ActAnswer, error) {
	return f.act("Return", in.ID)
}

func (f *fake) Resubmit(_ context.Context, _ service.Actor, _ string, in service.ResubmitInput) (service.ActAnswer, error) {
	f.filing = in.Filing
	return f.act("Resubmit", in.ID)
}

func (f *fake) Transfer(_ context.Context, _ service.Actor, _ string, in service.TransferInput) (service.ActAnswer, error) {
	return f.act("Transfer "+in.To, in.ID)
}

func (f *fake) AddSigners(_ context.Context, _ service.Actor, _ string, in service.AddInput) (service.ActAnswer, error) {
	return f.act("AddSigners "+string(in.Mode), in.ID)
}

func (f *fake) Urge(_ context.Context, _ service.Actor, _, id string) (service.ActAnswer, error) {
	return f.act("Urge", id)
}

func (f *fake) Copy(_ context.Context, _ service.Actor, _ string, in service.CopyInput) (service.ActAnswer, error) {
	return f.act("Copy", in.ID)
}

func (f *fake) DismissHand(_ context.Context, _ service.Actor, _ string, in service.DismissInput) (service.ActAnswer, error) {
	return f.act("DismissHand", in.ID)
}

func (f *fake) Assign(_ context.Context, _ service.Actor, _ string, in service.AssignInput) (service.ActAnswer, error) {
	return f.act("Assign "+in.Slot, in.ID)
}

func (f *fake) Revoke(_ context.Context, _ service.Actor, _, key, _ string) (service.CaseSummary, error) {
	s := f.summary()
	s.Kind, s.Subject = domain.KindRevocation, otherID
	return s, f.note("Revoke " + key)
}

// DecideMany answers the first, and what was scripted for the rest.
func (f *fake) DecideMany(_ context.Context, _ service.Actor, in []service.BatchInput) []service.BatchResult {
	_ = f.note("DecideMany")
	out := make([]service.BatchResult, len(in))
	for i, x := range in {
		out[i] = service.BatchResult{Case: x.Case, ActID: x.ID}
		ans, err := f.act("Decide", x.ID)
		if out[i].Answer = ans; err != nil {
			out[i].Err = service.AsError(err)
		}
	}
	return out
}

func (f *fake) Confirm(_ context.Context, _ service.Actor, _ string, in service.ConfirmInput) (service.ActAnswer, error) {
	f.up = in.Screenshot
	return f.act("Confirm "+in.Name+" "+in.PlatformID, in.ID)
}

func (f *fake) Retry(_ context.Context, _ service.Actor, _, id string) (service.ActAnswer, error) {
	return f.act("Retry", id)
}

func (f *fake) ActStatus(_ context.Context, _ service.Actor, _, id string) (service.ActAnswer, error) {
	return f.act("ActStatus", id)
}

func (f *fake) ConfirmDeleted(_ context.Context, _ service.Actor, _ string, in service.DeletedInput) (service.ActAnswer, error) {
	f.up = in.Screenshot
	return f.act("ConfirmDeleted", in.ID)
}
