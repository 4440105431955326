package store

import "time"

// now is the time as PostgreSQL keeps it: UTC, microseconds.
func now() time.Time { return time.Now().UTC().Truncate(time.Microsecond) }
