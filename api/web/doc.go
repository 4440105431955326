// Package web is the pages: templ components over service.API, forms that work without scripts, htmx where something is
// live. It never sees the store; what it shows and offers comes from the service's views, in the reader's language.
package web

//go:generate go tool templ generate
