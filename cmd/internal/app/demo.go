package app

import (
	"context"
	"fmt"

	"github.com/qunbei/qunbei/models/directory"
	"github.com/qunbei/qunbei/models/store"
)

// DemoSeed makes the demo company the same everywhere.
const DemoSeed = 1

// seedDemo puts the demo company into an empty directory: 300 people in 20 departments.
func seedDemo(ctx context.Context, st *store.Store) (bool, error) {
	var any bool
	if err := st.Pool().QueryRow(ctx, "SELECT EXISTS (SELECT 1 FROM employees)").Scan(&any); err != nil {
		return false, fmt.Errorf("look whether there is a company: %w", err)
	}
	if any {
		return false, nil
	}
	people, departments := directory.Demo(DemoSeed)
	_, err := st.ApplyDirectory(ctx, "", "demo", store.DirectoryUpdate{
		Base: -1, Departments: departments, Employees: people, Counts: map[string]int{"joined": len(people), "created": len(departments)},
	})
	if err != nil {
		return false, fmt.Errorf("set up the demo company: %w", err)
	}
	return true, nil
}
