package policy

import (
	"strings"
	"testing"
	"time"

	"github.com/qunbei/qunbei/deploy/policy"
	"github.com/qunbei/qunbei/models/domain"
)

func TestDefaultCalendar(t *testing.T) {
	c, err := ParseCalendar(defaultpolicy.Calendar)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(c.Version, "cn-2026.1+") || c.DayMinutes() != 450 || c.Zone.String() != "Asia/Shanghai" || len(c.Years) != 2 {
		t.Errorf("%+v", c)
	}
	from := time.Date(2026, 2, 13, 17, 0, 0, 0, c.Zone)
	if at, unsure := c.Add(from, 60+450+60); unsure || !at.Equal(time.Date(2026, 2, 24, 10, 0, 0, 0, c.Zone)) {
		t.Errorf("over the Spring Festival: %s %v", at.In(c.Zone), unsure)
	}
	if kind, name := c.DayKind(time.Date(2026, 10, 1, 0, 0, 0, 0, c.Zone)); kind != domain.DayHoliday || name != "国庆节" {
		t.Errorf("%s %s", kind, name)
	}
	for from, to := range map[string]string{
		"timezone: Asia/Shanghai": "timezone: ../../etc/passwd", "region: CN": "region: CN\nextra: 1", "[saturday, sunday]": "[saturday, someday]",
		`"13:30-18:00"`: `"11:30-18:00"`, `["09:00-12:00", "13:30-18:00"]`: "[]", "from: 2026-10-01, to: 2026-10-07": "from: 2026-10-07, to: 2026-10-01",
		"to: 2025-10-08": "to: 2026-10-08", "2025-01-26,": "2025-01-01,", "  2026:": "  20266:", "version: cn-2026.1": "",
	} {
		if _, err := ParseCalendar([]byte(strings.Replace(string(defaultpolicy.Calendar), from, to, 1))); err == nil {
			t.Errorf("%s: passes", to)
		}
	}
}
