package service

import (
	"github.com/qunbei/qunbei/models/policy"
	"github.com/qunbei/qunbei/models/screening"
)

// screenerOf screens by a policy's rules.
func screenerOf(p *policy.Policy) *screening.Screener { return p.Screener() }
