package replay

import "runtime/debug"

// Build names the code that replays: the revision it was built from, where the build knows it.
func Build() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	revision, altered := "", ""
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			revision = s.Value
		case s.Key == "vcs.modified" && s.Value == "true":
			altered = "+changes"
		}
	}
	if revision == "" {
		return "qunbei " + info.Main.Version
	}
	return "qunbei " + revision[:min(12, len(revision))] + altered
}
