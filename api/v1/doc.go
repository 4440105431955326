// Package v1 is the API's first version: the handlers of openapi.yaml, one file an act. The server code in api_gen.go
// is generated from the contract; a handler brings actor and input to the service and shapes its answer.
package v1

//go:generate go tool oapi-codegen --config oapi-codegen.yaml ../openapi.yaml
