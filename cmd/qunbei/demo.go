package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/qunbei/qunbei/models/directory"
)

// demoFile makes the demo company's file that a name asks for.
func demoFile(name string, seed int64) ([]byte, error) {
	switch base := strings.ToLower(filepath.Base(name)); {
	case strings.Contains(base, "group") && strings.HasSuffix(base, ".xlsx"):
		return directory.DemoGroupsXLSX(seed, time.Now())
	case strings.HasSuffix(base, ".xlsx"):
		return directory.DemoXLSX(seed)
	case strings.HasSuffix(base, ".csv"):
		return directory.DemoCSV(seed), nil
	}
	return nil, fmt.Errorf("%s: name a file that ends in .xlsx or .csv; one with 'group' in its name holds the groups", name)
}
