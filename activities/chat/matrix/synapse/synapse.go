// Package synapse starts a real homeserver on this machine, for tests and the demo: Synapse from Debian, unpacked in a
// folder (.ci/synapse makes it) and run from there, without installing anything and without being root. It listens on
// loopback, federates with nobody, and keeps everything in one folder.
package synapse

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha1" //nolint:gosec // the registration's digest is fixed by the server
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"
)

// Env names the folder with the unpacked system.
const Env = "QUNBEI_SYNAPSE"

// Root is that folder: what Env says, or where .ci/synapse puts it. It is checked that a Synapse is there.
func Root() (string, error) {
	root := os.Getenv(Env)
	if root == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			return "", err
		}
		root = filepath.Join(cache, "qunbei", "synapse")
	}
	if _, err := os.Stat(filepath.Join(root, "usr/lib/python3/dist-packages/synapse/app/homeserver.py")); err != nil { //nolint:gosec // where whoever starts this program says
		return "", fmt.Errorf("no Synapse in %s: make it once with .ci/synapse (about two minutes), or set %s", root, Env)
	}
	return root, nil
}

// Config says what to start.
type Config struct {
	Root         string
	Data         string // folder for everything it keeps; made
	Name         string // server_name
	Port         int    // 0: any
	Registration string // of the application service; empty: none
}

// Server is a running homeserver.
type Server struct {
	URL  string
	Name string

	c      Config
	secret string
	cmd    *exec.Cmd
	log    *os.File
	ended  chan error
}

// Start starts it and waits until it answers.
func Start(ctx context.Context, c Config) (*Server, error) {
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return nil, fmt.Errorf("make the homeserver's folder: %w", err)
	}
	if c.Port == 0 {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		c.Port = l.Addr().(*net.TCPAddr).Port
		_ = l.Close()
	}
	s := &Server{URL: fmt.Sprintf("http://127.0.0.1:%d", c.Port), Name: c.Name, c: c, ended: make(chan error, 1)}
	if err := s.configure(); err != nil {
		return nil, err
	}
	var err error
	if s.log, err = os.OpenFile(s.file("log"), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600); err != nil {
		return nil, err
	}
	if s.cmd, err = python(c.Root, "-m", "synapse.app.homeserver", "-c", s.file("homeserver.yaml")); err != nil {
		return nil, err
	}
	s.cmd.Dir, s.cmd.Stdout, s.cmd.Stderr, s.cmd.SysProcAttr = c.Data, s.log, s.log, attributes()
	started := make(chan error)
	go func() {
		runtime.LockOSThread() // the server would end with the thread that started it
		err := s.cmd.Start()
		started <- err
		if err == nil {
			s.ended <- s.cmd.Wait()
		}
	}()
	if err := <-started; err != nil {
		return nil, fmt.Errorf("start the homeserver: %w", err)
	}
	if err := s.ready(ctx); err != nil {
		_ = s.Stop()
		return nil, err
	}
	return s, nil
}

// python is the interpreter of the unpacked system, with its own loader and libraries: nothing of this machine's.
func python(root string, args ...string) (*exec.Cmd, error) {
	one := func(patterns ...string) string {
		for _, p := range patterns {
			if found, _ := filepath.Glob(filepath.Join(root, p)); len(found) > 0 {
				return found[0]
			}
		}
		return ""
	}
	loader, libraries := one("usr/lib64/ld-linux-*.so.*", "usr/lib/ld-linux-*.so.*"), one("usr/lib/*-linux-gnu*")
	if loader == "" || libraries == "" {
		return nil, fmt.Errorf("the system in %s is not whole: remove it and make it anew with .ci/synapse", root)
	}
	// Stop ends it, in its own time.
	cmd := exec.CommandContext(context.Background(), loader, append([]string{"--library-path", libraries, filepath.Join(root, "usr/bin/python3")}, args...)...)
	cmd.Env = []string{"PYTHONHOME=" + filepath.Join(root, "usr"), "PYTHONPATH=" + filepath.Join(root, "usr/lib/python3/dist-packages"), "PYTHONDONTWRITEBYTECODE=1", "LC_ALL=C.UTF-8"}
	return cmd, nil
}

func (s *Server) file(name string) string { return filepath.Join(s.c.Data, name) }

// configure writes the settings. Keys and secrets of an earlier start are kept.
func (s *Server) configure() error {
	secret, err := s.keep("registration_secret", func(b []byte) string { return hex.EncodeToString(b) })
	if err != nil {
		return err
	}
	s.secret = secret
	if _, err := s.keep("signing.key", func(b []byte) string { return "ed25519 a_qb " + base64.RawStdEncoding.EncodeToString(b) + "\n" }); err != nil {
		return err
	}
	services := "[]"
	if s.c.Registration != "" {
		services = fmt.Sprintf("[%q]", s.file("qunbei.yaml"))
		if err := os.WriteFile(s.file("qunbei.yaml"), []byte(s.c.Registration), 0o600); err != nil {
			return err
		}
	}
	settings := fmt.Sprintf(`server_name: %q
public_baseurl: %q
pid_file: %q
listeners:
  - {port: %d, bind_addresses: ["127.0.0.1"], type: http, tls: false, resources: [{names: [client], compress: false}]}
database: {name: sqlite3, args: {database: %q}}
media_store_path: %q
signing_key_path: %q
log_config: %q
registration_shared_secret: %q
app_service_config_files: %s
enable_registration: false
bcrypt_rounds: 4
trusted_key_servers: []
federation_domain_whitelist: []
report_stats: false
presence: {enabled: false}
forgotten_room_retention_period: 1d
# Users of tests and demo are quicker than people. Joins stay as Synapse has them: the service, which joins for hundreds,
# is exempt by its registration, and would be noticed if it were not.
rc_invites:
  per_room: {per_second: 1000, burst_count: 1000}
  per_user: {per_second: 1000, burst_count: 1000}
  per_issuer: {per_second: 1000, burst_count: 1000}
rc_room_creation: {per_second: 1000, burst_count: 1000}
rc_message: {per_second: 1000, burst_count: 1000}
rc_login:
  address: {per_second: 1000, burst_count: 1000}
  account: {per_second: 1000, burst_count: 1000}
  failed_attempts: {per_second: 1000, burst_count: 1000}
`, s.Name, s.URL+"/", s.file("pid"), s.c.Port, s.file("homeserver.db"), s.file("media"), s.file("signing.key"), s.file("log.yaml"), s.secret, services)
	const logging = `version: 1
disable_existing_loggers: false
formatters: {plain: {format: '%(asctime)s %(levelname)s %(name)s %(message)s'}}
handlers: {out: {class: logging.StreamHandler, formatter: plain}}
root: {level: WARNING, handlers: [out]}
`
	return errors.Join(os.WriteFile(s.file("homeserver.yaml"), []byte(settings), 0o600), os.WriteFile(s.file("log.yaml"), []byte(logging), 0o600))
}

// keep makes a secret once.
func (s *Server) keep(name string, form func([]byte) string) (string, error) {
	if had, err := os.ReadFile(s.file(name)); err == nil {
		return string(had), nil
	}
	b := make([]byte, 32)
	_, _ = rand.Read(b)
	text := form(b)
	return text, os.WriteFile(s.file(name), []byte(text), 0o600)
}

func (s *Server) ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL+"/_matrix/client/versions", nil)
		if err != nil {
			return err
		}
		if res, err := http.DefaultClient.Do(req); err == nil {
			_ = res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("the homeserver was not ready within a minute; its log is %s", s.file("log"))
		case err := <-s.ended:
			s.ended <- err
			return fmt.Errorf("the homeserver ended at once (%w); its log is %s", err, s.file("log"))
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// Stop ends it.
func (s *Server) Stop() error {
	defer s.log.Close()
	_ = s.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-s.ended:
	case <-time.After(15 * time.Second):
		_ = s.cmd.Process.Kill()
		<-s.ended
	}
	return nil
}

// Ended tells when the process ended by itself.
func (s *Server) Ended() <-chan error { return s.ended }

// Account is somebody to register.
type Account struct {
	Local, Password, Name string
	Admin                 bool
}

// Register makes an account and returns a token of its first session; "" when the account is there already.
func (s *Server) Register(ctx context.Context, a Account) (string, error) {
	const at = "/_synapse/admin/v1/register"
	var nonce struct {
		Nonce string `json:"nonce"`
	}
	if err := s.ask(ctx, http.MethodGet, at, nil, &nonce); err != nil {
		return "", err
	}
	role := "notadmin"
	if a.Admin {
		role = "admin"
	}
	mac := hmac.New(sha1.New, []byte(s.secret))
	_, _ = io.WriteString(mac, strings.Join([]string{nonce.Nonce, a.Local, a.Password, role}, "\x00"))
	var made struct {
		Token string `json:"access_token"`
	}
	err := s.ask(ctx, http.MethodPost, at, map[string]any{
		"nonce": nonce.Nonce, "username": a.Local, "password": a.Password, "admin": a.Admin, "displayname": a.Name, "mac": hex.EncodeToString(mac.Sum(nil)),
	}, &made)
	if err != nil && strings.Contains(err.Error(), "M_USER_IN_USE") {
		return "", nil
	}
	return made.Token, err
}

// Token logs somebody in.
func (s *Server) Token(ctx context.Context, local, password string) (string, error) {
	var got struct {
		Token string `json:"access_token"`
	}
	err := s.ask(ctx, http.MethodPost, "/_matrix/client/v3/login", map[string]any{
		"type": "m.login.password", "password": password, "identifier": map[string]any{"type": "m.id.user", "user": local},
	}, &got)
	return got.Token, err
}

func (s *Server) ask(ctx context.Context, method, path string, body, into any) error {
	var raw []byte
	if body != nil {
		raw, _ = json.Marshal(body)
	}
	req, err := http.NewRequestWithContext(ctx, method, s.URL+path, bytes.NewReader(raw))
	if err != nil {
		return err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	if err != nil {
		return err
	}
	if res.StatusCode != http.StatusOK {
		var said struct {
			Code string `json:"errcode"`
		}
		_ = json.Unmarshal(answer, &said)
		return fmt.Errorf("the homeserver refused: %d %s", res.StatusCode, said.Code)
	}
	return json.Unmarshal(answer, into)
}
