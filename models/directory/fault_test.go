package directory

import (
	"strings"
	"testing"
)

func TestFaultsAreBoundedAndWarningsNeverHideWhatBlocks(t *testing.T) {
	shared := templateHead
	for i := range MaxFaults {
		shared += "E" + strings.Repeat("1", i%60+1) + string(rune('a'+i/60%26)) + string(rune('a'+i/60/26)) + ",王伟,公司,,,,13800000001\n"
	}
	_, list, err := Parse("x.csv", []byte(shared))
	if err != nil || Blocking(list) || list[len(list)-1].Code != CodeMoreFaults || len(list) > MaxFaults {
		t.Fatalf("warnings alone: %v, %d faults, blocking %v", err, len(list), Blocking(list))
	}
	_, list, err = Parse("x.csv", []byte(shared+",无号,公司\n"))
	if err != nil || !Blocking(list) {
		t.Errorf("a fault behind many warnings is lost: %v", err)
	}
	_, list, err = Parse("x.csv", []byte(templateHead+strings.Repeat(",无号,公司\n", 3*MaxFaults)))
	if last := list[len(list)-1]; err != nil || len(list) > MaxFaults || last.Code != CodeMoreFaults || last.Warning || last.Params["count"] != "4500" {
		t.Errorf("%v, %d faults, the last %+v", err, len(list), list[len(list)-1])
	}
}
