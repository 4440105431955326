package app

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	defaultpolicy "github.com/qunbei/qunbei/deploy/policy"
	"github.com/qunbei/qunbei/models/policy"
)

func TestMatrixSettingsSayEveryFaultAndShowNoToken(t *testing.T) {
	file := filepath.Join(t.TempDir(), "as.token")
	if err := os.WriteFile(file, []byte("as-token-from-a-file\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]string{
		EnvMatrixHomeserver: "https://chat.example.org", EnvMatrixServer: "example.org", EnvMatrixAS + fileSuffix: file, EnvMatrixHS: "hs-token-0123456789", EnvMatrixAccounts: "@staff-{number}:{server}",
		EnvMatrixListen: "127.0.0.1:9009",
	} {
		t.Setenv(name, value)
	}
	c := Config{DatabaseURL: "postgres://x", Work: true, BaseURL: "https://q.example", TemporalHostPort: "h:1", Namespace: "n", DataDir: "d"}
	c.FromEnv()
	if err := c.Check(); err != nil {
		t.Fatal(err)
	}
	if c.Matrix.AS != "as-token-from-a-file" || c.Matrix.HS != "hs-token-0123456789" || c.Matrix.Accounts != "@staff-{number}:{server}" {
		t.Error("not everything was taken from the environment")
	}
	for _, text := range []string{c.String(), fmt.Sprintf("%+v", c), fmt.Sprintf("%#v", c.Matrix)} {
		if strings.Contains(text, "token-") || !strings.Contains(text, "chat.example.org") {
			t.Errorf("shown: %s", text)
		}
	}
	t.Setenv(EnvMatrixAS+fileSuffix, file+"-none")
	t.Setenv(EnvMatrixAccounts, "@everybody:{server}")
	t.Setenv(EnvMatrixListen, "9009")
	c = Config{DatabaseURL: "postgres://x"}
	c.FromEnv()
	err := c.Check()
	for _, want := range []string{EnvMatrixAS, EnvMatrixAccounts, EnvMatrixListen} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s is not named: %v", want, err)
		}
	}
	c.Matrix = Matrix{}
	if err := c.Check(); err != nil {
		t.Errorf("without a homeserver nothing of it is asked: %v", err)
	}
}

// The demo's policy differs from the default in that it names Matrix, first.
func TestTheDemosPolicyNamesMatrix(t *testing.T) {
	p, err := policy.Parse(withMatrix(defaultpolicy.Policy))
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Platforms) != 2 || p.Platforms[0].Kind != "matrix" || p.Platforms[1].Kind != "byhand" {
		t.Errorf("%+v", p.Platforms)
	}
	plain, err := policy.Parse(defaultpolicy.Policy)
	if err != nil || plain.Version == p.Version {
		t.Errorf("two rules of one version: %s %v", p.Version, err)
	}
}
