// Package api is the HTTP side of the house: one Echo server with the API under /api/v1, the pages, the contract and its
// browser, and one table of who may do what. Handlers stand in v1 and web; what they do is the service's.
package api
