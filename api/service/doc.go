// Package service is what pages and API do: submit, decide, read. It alone calls Temporal and the store. Handlers bring
// an Actor and an input; the service answers with a view, or with an *Error that maps to one status (problem package).
package service
