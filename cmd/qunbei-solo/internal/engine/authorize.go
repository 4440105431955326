package engine

import (
	"context"
	"strings"

	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/server/common/authorization"

	"github.com/qunbei/qunbei/cmd/qunbei-solo/internal/guard"
)

// mapper turns the caller's token into a role, carried in the claims' subject. It grants no engine roles at all, so that
// nothing is allowed by an authorizer other than ours.
type mapper struct{ tokens guard.Tokens }

func (m mapper) GetClaims(info *authorization.AuthInfo) (*authorization.Claims, error) {
	token := ""
	if info != nil {
		token = info.AuthToken
	}
	return &authorization.Claims{AuthType: "qunbei", Subject: m.tokens.Identify(token).String()}, nil
}

// AuthInfoRequired is false: a caller without a token is mapped too.
func (mapper) AuthInfoRequired() bool { return false }

// authorizer asks guard.
type authorizer struct{}

func (authorizer) Authorize(_ context.Context, claims *authorization.Claims, target *authorization.CallTarget) (authorization.Result, error) {
	role := guard.Nobody
	if claims != nil && claims.AuthType == authorization.InternalPrincipalType {
		role = guard.Operator // the engine's own workers, by the inner frontend
	} else if claims != nil {
		for _, r := range []guard.Role{guard.Service, guard.Operator} {
			if strings.EqualFold(claims.Subject, r.String()) {
				role = r
			}
		}
	}
	ok, why := guard.Allows(role, target.APIName, target.Request)
	if !ok {
		return authorization.Result{Decision: authorization.DecisionDeny, Reason: why}, nil
	}
	return authorization.Result{
		Decision:  authorization.DecisionAllow,
		Principal: &commonpb.Principal{Type: "qunbei", Name: role.String()},
	}, nil
}
