package directory

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"testing"

	"github.com/qunbei/qunbei/models/domain"
)

// demoDigest changes only on purpose: histories, screenshots and the README speak of the demo company's people.
const demoDigest = "9bf0b5d52ac01cfdddeb4aa8022af0ec646b2f73482d0911d8c9585cd324cbd8"

func TestDemoIsStable(t *testing.T) {
	people, units := Demo(1)
	h := sha256.New()
	fmt.Fprint(h, people, units)
	if got := hex.EncodeToString(h.Sum(nil)); got != demoDigest {
		t.Errorf("Demo(1) has digest %s, want %s", got, demoDigest)
	}
}

func TestDemoIsTheCompanyThatTheIssueWants(t *testing.T) {
	for _, seed := range []int64{1, 2, -77} {
		people, units := Demo(seed)
		dir := domain.NewDirectory(1, people, units)
		if len(people) != 300 || len(dir.Employees) != 300 || len(units) != 20 || len(dir.Departments) != 20 {
			t.Fatalf("seed %d: %d people (%d ids), %d departments", seed, len(people), len(dir.Employees), len(units))
		}
		depth, vacant := 0, 0
		for _, u := range units {
			depth = max(depth, len(dir.Chain(u.ID)))
			if dir.LeaderOf(u.ID) == "" {
				vacant++
			} else if !dir.Employees[u.Leader].Has(domain.RoleLeader) {
				t.Errorf("the leader of %s lacks the role", u.Name)
			}
		}
		if depth != 3 || vacant != 1 {
			t.Errorf("seed %d: depth %d, %d vacant posts", seed, depth, vacant)
		}
		names, numbers := map[string]bool{}, map[string]bool{}
		for _, e := range people {
			if names[e.Name] || numbers[e.Number] {
				t.Errorf("seed %d: %s %s twice", seed, e.Number, e.Name)
			}
			names[e.Name], numbers[e.Number] = true, true
		}
		want := map[domain.Role]int{domain.RoleSecurity: 3, domain.RoleLegal: 2, domain.RoleHR: 2, domain.RoleProcessAdmin: 2,
			domain.RoleAuditor: 2, domain.RoleGroupAdmin: 25, domain.RoleLeader: 19}
		for r, n := range want {
			if got := len(dir.WithRole(r)); got != n {
				t.Errorf("seed %d: %d with role %s, want %d", seed, got, r, n)
			}
		}
		for _, c := range DemoCast {
			found := false
			for _, e := range people {
				if e.Number == c.Number {
					found = e.Name == c.Name && e.Has(c.Role) && (c.Role != domain.RoleEmployee || len(e.Roles) == 0)
				}
			}
			if !found || c.Name == "" || c.ZH == "" || c.EN == "" {
				t.Errorf("seed %d: the cast's %s is not who they are said to be", seed, c.Number)
			}
		}
	}
}

func TestDemoFilesReadBack(t *testing.T) {
	xlsx, err := DemoXLSX(1)
	if err != nil {
		t.Fatal(err)
	}
	want := DemoDirectory(1)
	for name, data := range map[string][]byte{"demo.csv": DemoCSV(1), "demo.xlsx": xlsx} {
		book, faults, err := Parse(name, data)
		if err != nil || len(faults) > 0 {
			t.Fatalf("%s: %v %v", name, err, faults)
		}
		if book.Format != FormatTemplate {
			t.Errorf("%s: taken for %s", name, book.Format)
		}
		if c, faults := Diff(want, book, Options{Full: true, NewID: counter()}); !c.Empty() || len(faults) > 0 {
			t.Errorf("%s differs from the demo company: %v %v", name, c.Count(), faults)
		}
	}
}

func TestPlatformExportsAreTheSameCompany(t *testing.T) {
	for _, f := range []Format{FormatWeCom, FormatDingTalk, FormatFeishu} {
		data, err := DemoExport(1, f)
		if err != nil {
			t.Fatal(err)
		}
		book, faults, err := Parse("通讯录.xlsx", data)
		if err != nil || len(faults) > 0 {
			t.Fatalf("%s: %v %v", f, err, faults)
		}
		if book.Format != f {
			t.Errorf("%s taken for %s", f, book.Format)
		}
		c, faults := Diff(DemoDirectory(1), book, Options{Full: true, NewID: counter()})
		if !c.Empty() || len(faults) > 0 {
			t.Errorf("%s differs from the demo company: %v %v %+v", f, c.Count(), faults, c.Units)
		}
	}
}

func counter() func() string {
	n := 0
	return func() string { n++; return fmt.Sprintf("new-%d", n) }
}
