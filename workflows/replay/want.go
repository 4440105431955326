package replay

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/qunbei/qunbei/models/domain"
)

// want is what a column must hold: a test of the stored value, and how it is shown to the auditor.
type want struct {
	ok   func(raw json.RawMessage) bool
	show string
}

const null = "NULL"

func isNull(raw json.RawMessage) bool { return len(raw) == 0 || string(raw) == "null" }

func text(s string) want {
	return want{func(raw json.RawMessage) bool {
		var got *string
		return json.Unmarshal(raw, &got) == nil && got != nil && *got == s
	}, s}
}

// textOrNull is a reference: the empty one is stored as NULL.
func textOrNull(s string) want {
	if s == "" {
		return want{isNull, null}
	}
	return text(s)
}

func number(n int64) want {
	return want{func(raw json.RawMessage) bool { return string(raw) == strconv.FormatInt(n, 10) }, strconv.FormatInt(n, 10)}
}

func boolean(b bool) want {
	return want{func(raw json.RawMessage) bool { return string(raw) == strconv.FormatBool(b) }, strconv.FormatBool(b)}
}

// moment is a time; the zero one is stored as NULL.
func moment(t time.Time) want {
	if t.IsZero() {
		return want{isNull, null}
	}
	return want{func(raw json.RawMessage) bool {
		got, ok := timeOf(raw)
		return ok && got.Equal(t.Truncate(time.Microsecond))
	}, t.UTC().Format(time.RFC3339Nano)}
}

// since is a time of the database's own clock, of which only the earliest possible value follows.
func since(t time.Time) want {
	return want{func(raw json.RawMessage) bool {
		got, ok := timeOf(raw)
		return ok && !got.Before(t.Truncate(time.Microsecond))
	}, "≥ " + t.UTC().Format(time.RFC3339Nano)}
}

func timeOf(raw json.RawMessage) (time.Time, bool) {
	var s string
	if json.Unmarshal(raw, &s) != nil {
		return time.Time{}, false
	}
	t, err := time.Parse(time.RFC3339Nano, s)
	return t, err == nil
}

// list is a column of texts; nil is the empty one.
func list[T ~string](of []T) want {
	if of == nil {
		of = []T{}
	}
	return document(of)
}

// document is a JSON column: equal as JSON, whatever the order of its fields.
func document(v any) want {
	b, err := json.Marshal(v)
	return want{func(raw json.RawMessage) bool { return err == nil && sameJSON(raw, b) }, string(b)}
}

func sameJSON(a, b []byte) bool {
	x, errX := generic(a)
	y, errY := generic(b)
	return errX == nil && errY == nil && reflect.DeepEqual(x, y)
}

func generic(b []byte) (v any, err error) {
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	err = d.Decode(&v)
	return v, err
}

// either allows what two moments of a projection may have left.
func either(a, b want) want {
	return want{func(raw json.RawMessage) bool { return a.ok(raw) || b.ok(raw) }, a.show}
}

// begins is a text of which only the beginning follows from history and material.
func begins(prefix string) want {
	return want{func(raw json.RawMessage) bool {
		var got string
		return json.Unmarshal(raw, &got) == nil && strings.HasPrefix(got, prefix)
	}, prefix + "…"}
}

// unchecked names a column that nothing in the history speaks of, with the reason.
func unchecked(reason string) want {
	return want{func(json.RawMessage) bool { return true }, reason}
}

// acted is an act as its audit entry keeps it. A person's is exactly what was signalled; the system's own bears the
// workflow's clock, which must be one that the history shows.
func acted(a Applied) want {
	exact := document(a.Raw)
	if a.clocks == nil {
		return exact
	}
	at := func(t time.Time) any {
		switch act := a.Raw.(type) {
		case domain.Act:
			act.At = t
			return act
		case domain.GroupAct:
			act.At = t
			return act
		case domain.NDAAct:
			act.At = t
			return act
		case domain.PostAct:
			act.At = t
			return act
		}
		return a.Raw
	}
	return want{func(raw json.RawMessage) bool {
		var stored struct{ At time.Time }
		if json.Unmarshal(raw, &stored) != nil {
			return false
		}
		known := slices.ContainsFunc(a.clocks, stored.At.Equal)
		lost := !a.from.IsZero() && !stored.At.Before(a.from) && !stored.At.After(a.to)
		return (known || lost) && document(at(stored.At.UTC())).ok(raw)
	}, document(at(a.clocks[0])).show}
}

// shown is a stored value for the auditor, bounded.
func shown(raw json.RawMessage) string {
	if isNull(raw) {
		return null
	}
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return bounded(s)
	}
	return bounded(string(raw))
}

func bounded(s string) string {
	const most = 400
	if len(s) > most {
		return strings.ToValidUTF8(s[:most], "") + fmt.Sprintf("… (%d)", len(s))
	}
	return s
}
