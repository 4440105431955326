package api

import "net/http"

// passkeyRoutes are the rows of the keys that people hold themselves: everybody's own.
func passkeyRoutes() []Route {
	const get, post, put, del = http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete
	return []Route{
		{Method: get, Path: Base + "/passkeys", Name: "passkey.list", Permission: everyone},
		{Method: post, Path: Base + "/passkeys", Name: "passkey.add", Permission: everyone, Body: JSONBody},
		{Method: post, Path: Base + "/passkeys/requests", Name: "passkey.ask", Permission: everyone, Body: JSONBody},
		{Method: post, Path: Base + "/passkeys/confirmations", Name: "passkey.confirm", Permission: everyone, Body: JSONBody},
		{Method: put, Path: Base + "/passkeys/:id", Name: "passkey.rename", Permission: everyone, Body: JSONBody},
		{Method: del, Path: Base + "/passkeys/:id", Name: "passkey.remove", Permission: everyone},
		{Method: post, Path: Base + "/sessions/requests", Name: "session.ask", Permission: public, Body: JSONBody, SignIn: true},
		{Method: post, Path: Base + "/sessions/passkeys", Name: "session.start", Permission: public, Body: JSONBody, SignIn: true},
	}
}

// passkeyPages are the pages' rows. What the browser is asked for, its script gets from the API.
func passkeyPages() []Route {
	return []Route{
		{Method: http.MethodPost, Path: "/signin/passkey", Name: "session.start", Permission: public, SignIn: true},
		{Method: http.MethodPost, Path: "/me/passkeys", Name: "passkey.add", Permission: everyone},
		{Method: http.MethodPost, Path: "/me/passkeys/confirmations", Name: "passkey.confirm", Permission: everyone},
		{Method: http.MethodPost, Path: "/me/passkeys/:id/name", Name: "passkey.rename", Permission: everyone},
		{Method: http.MethodPost, Path: "/me/passkeys/:id/end", Name: "passkey.remove", Permission: everyone},
	}
}
