package web

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

// Deciding several cases at once from the inbox: one confirmation, an answer for each.

// batchLine is what became of one decision of a batch, in words.
type batchLine struct {
	ID, Number, Title string
	OK                bool
	Text              string
}

// decidable counts the items that can be ticked.
func decidable(items []service.InboxItem) int {
	n := 0
	for _, it := range items {
		if it.Kind == "decide" {
			n++
		}
	}
	return n
}

// batchValue is what an item's tick carries: the case, and exactly what the reader saw of it. Number and title are for
// showing the result; the service looks only at the rest, and checks it.
func batchValue(it service.InboxItem) string {
	clean := strings.NewReplacer("|", " ").Replace
	whom := ""
	if f := whose(it); len(f) == 1 {
		whom = string(f[0].ID)
	}
	return strings.Join([]string{it.Case.ID, strconv.Itoa(it.Version), it.Digest, whom, it.Case.Number, clean(it.Case.Title)}, "|")
}

// batchInputs reads the ticks. Each decision has a key that follows from the form's and the case's: sent twice, each acts
// once. The same case twice in one batch counts once.
func batchInputs(ticks []string, key uuid.UUID, outcome domain.Outcome, comment string) (in []service.BatchInput, lines []batchLine) {
	for _, s := range ticks {
		p := strings.SplitN(s, "|", 6)
		if len(p) < 6 || slices.ContainsFunc(in, func(b service.BatchInput) bool { return b.Case == p[0] }) || len(in) == service.MaxBatch {
			continue
		}
		version, err := strconv.Atoi(p[1])
		if err != nil {
			version = 0 // not stated; the digest still binds
		}
		act := uuid.NewSHA1(key, []byte(p[0]+string(outcome))).String()
		in = append(in, service.BatchInput{Case: p[0], DecideInput: service.DecideInput{ID: act, Outcome: outcome, Comment: comment, Digest: p[2], Version: version, For: p[3]}})
		lines = append(lines, batchLine{ID: p[0], Number: p[4], Title: p[5]})
	}
	return in, lines
}

// decideMany approves or rejects what was ticked and shows the inbox again, with the answer to each above what still waits.
func (w *Web) decideMany(c echo.Context, v *View) error {
	form, err := c.FormParams()
	if err != nil {
		return &service.Error{Kind: service.Malformed, Code: "form_unreadable", Cause: err}
	}
	key, err := uuid.Parse(form.Get("key"))
	if err != nil {
		return &service.Error{Kind: service.Malformed, Code: "form_unreadable", Cause: err}
	}
	outcome, act, field := domain.Approve, "batch", "comment"
	if form.Get("outcome") == string(domain.Reject) {
		outcome, act, field = domain.Reject, "batch-reject", "reason"
	}
	in, lines := batchInputs(form["case"], key, outcome, form.Get(field))
	switch {
	case len(in) == 0:
		v.Notice = &Notice{Tone: "warn", Title: v.T("batch.empty"), Body: v.T("batch.empty.more")}
	case outcome == domain.Reject && strings.TrimSpace(form.Get(field)) == "":
		v.Notice = &Notice{Tone: "warn", Title: v.T("batch.no_reason"), Body: v.T("batch.no_reason.more")}
	}
	if v.Notice != nil {
		v.Kept = map[string][]string{"act": {act}, "case": form["case"], field: form[field]}
		return w.inboxPage(c, v, http.StatusUnprocessableEntity)
	}
	good := 0
	for i, r := range w.Service.DecideMany(ctxOf(c), v.Actor, in) {
		lines[i].OK, lines[i].Text = v.batchWords(r, outcome)
		if lines[i].OK {
			good++
		}
	}
	v.Notice = &Notice{Tone: "ok", Title: v.T("batch.done."+string(outcome), "n", strconv.Itoa(good))}
	if bad := len(lines) - good; bad > 0 {
		v.Notice.Tone, v.Notice.Body = "warn", v.T("batch.done."+string(outcome)+".bad", "n", strconv.Itoa(bad))
	}
	w.counts(c, v)
	return w.inboxWith(c, v, http.StatusOK, lines)
}

// batchWords words the answer to one decision of a batch; good tells whether it was taken.
func (v *View) batchWords(r service.BatchResult, outcome domain.Outcome) (good bool, words string) {
	if r.Err != nil {
		n := v.failure(r.Err)
		return false, n.Title + v.T("list.semicolon") + n.Body
	}
	switch {
	case r.Answer.Pending:
		return true, v.T("pending.title")
	case r.Answer.Result == domain.Accepted || r.Answer.Result == domain.Duplicate:
		return true, v.T("batch.result." + string(outcome))
	}
	n := v.refused(r.Answer)
	return false, n.Title + v.T("list.semicolon") + n.Body
}
