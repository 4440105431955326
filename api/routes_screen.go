package api

import "net/http"

// screenRoutes are the rows of screening (R3.3.1, R5.1.2): for everybody who writes, and for chat platforms that sign.
func screenRoutes() []Route {
	return []Route{
		{Method: http.MethodPost, Path: Base + "/publications/screenings", Name: "publication.screen", Permission: everyone, Body: JSONBody},
		{Method: http.MethodPost, Path: Base + "/hooks/messages", Name: "hook.message", Permission: public, Body: JSONBody},
	}
}
