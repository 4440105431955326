// Package defaultpolicy carries the policy and the working calendar that a new company starts with, so that the
// programs need no file beside them.
package defaultpolicy

import _ "embed"

// Policy is default.yaml, for policy.Parse.
//
//go:embed default.yaml
var Policy []byte

// Calendar is calendar-cn.yaml, for policy.ParseCalendar.
//
//go:embed calendar-cn.yaml
var Calendar []byte

// Schema is the JSON Schema of policy files, for editors.
//
//go:embed policy.schema.json
var Schema []byte
