package web_test

import (
	"context"
	"time"

	"github.com/qunbei/qunbei/api/service"
)

// The script's passkeys: nobody's but E0003's, who has two.
func (s *script) PasskeySite() service.PasskeySite { return s.site }

func (s *script) MyPasskeys(_ context.Context, a service.Actor) (service.PasskeysView, error) {
	v := service.PasskeysView{Items: []service.PasskeyView{}, Site: s.site, Fresh: !s.stale, Most: 10}
	if a.Number == "E0003" && !s.empty {
		used := s.now.Add(-26 * time.Hour)
		v.Items = []service.PasskeyView{
			{ID: id(810), Name: "手机", Algorithm: "ES256", Synced: true, Created: s.now.AddDate(0, -2, 0), Used: &used},
			{ID: id(811), Name: "抽屉里的安全密钥", Algorithm: "EdDSA", Created: s.now.AddDate(0, 0, -3)},
		}
		if s.stale {
			v.Items = v.Items[:1]
		}
	}
	return v, nil
}

func (s *script) FinishEnrolment(_ context.Context, _ service.Actor, name string, in service.PasskeyAnswer) (service.PasskeyView, error) {
	s.did = append(s.did, "enrol "+name+" "+in.Challenge+" "+string(in.Credential))
	if name == "bad" {
		return service.PasskeyView{}, &service.Error{Kind: service.Forbidden, Code: "passkey_refused", Params: map[string]string{"why": "verification"}}
	}
	return service.PasskeyView{ID: id(812), Name: name}, nil
}

func (s *script) ConfirmPasskey(_ context.Context, _ service.Actor, in service.PasskeyAnswer) error {
	s.did = append(s.did, "confirm "+in.Challenge)
	return nil
}

func (s *script) RenamePasskey(_ context.Context, _ service.Actor, key, name string) error {
	s.did = append(s.did, "rename "+key+" "+name)
	return nil
}

func (s *script) RemovePasskey(_ context.Context, _ service.Actor, key string) error {
	s.did = append(s.did, "remove "+key)
	if s.stale {
		return &service.Error{Kind: service.Forbidden, Code: "confirm_first"}
	}
	return nil
}

func (s *script) SignInPasskey(_ context.Context, in service.PasskeyAnswer, _ string) (string, service.Actor, error) {
	if in.Challenge == "bad" {
		return "", service.Actor{}, &service.Error{Kind: service.Forbidden, Code: "passkey_refused", Params: map[string]string{"why": "unknown"}}
	}
	a, err := s.actor("E0003")
	return "secret-E0003", a, err
}
