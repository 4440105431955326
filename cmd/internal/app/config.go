package app

import (
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/qunbei/qunbei/activities/chat"
)

// Config says where the parts are and which of them run here. Every fault of it is reported at once.
type Config struct {
	DatabaseURL      string // postgres://…
	TemporalHostPort string
	Namespace        string
	TemporalUI       string // only shown
	ServiceToken     string // for an engine whose frontend asks for one
	DataDir          string // keys
	Listen           string // host:port of API and pages; empty: none
	// HookSecret is shared with chat platforms that ask before they show a message: whsec_ and base64 of at least 24 bytes.
	HookSecret     string
	BaseURL        string // as people reach it, for links in mail; empty: http://Listen
	SMTP           string // host:port, or smtp://user:password@host:port; empty: the demo's own mailbox, else no mail
	MailFrom       string
	Matrix         Matrix
	Welcome        string           // said after our own, once everything answers
	Demo           bool             // demo company, identities to choose, demo mailbox; refused unless Listen is on loopback
	Serve          bool             // API and pages
	Work           bool             // worker and relay
	Alone          bool             // no other process works on this database: what a killed predecessor held is taken up at once
	Hold           []string         // kinds of outbox entries that the relay leaves alone here
	Connectors     []chat.Connector // chat platforms beside those that are kept by hand
	InactiveEvery  time.Duration    // between two rounds of the daily look at inactive members; 0: ten minutes
	ReconcileEvery time.Duration    // between two comparisons of a platform with the register; 0: a quarter of an hour
	Log            *slog.Logger
	Announce       func(text string) // tells the person at the terminal; nil: nobody
	Boundary       func(name string) // named boundaries, for kill tests
	Clock          func() time.Time  // of API and pages, for tests of what expires; nil: time.Now
	WorkingMinute  time.Duration     // how long a working minute lasts, for tests of deadlines; 0: a minute. Only with Demo
}

// Environment names of the settings, as documented in `qunbei help`.
const (
	EnvDatabase  = "QUNBEI_DATABASE"
	EnvTemporal  = "QUNBEI_TEMPORAL"
	EnvNamespace = "QUNBEI_NAMESPACE"
	EnvToken     = "QUNBEI_ENGINE_TOKEN" //nolint:gosec // the name of the variable
	EnvData      = "QUNBEI_DATA"
	EnvListen    = "QUNBEI_LISTEN"
	EnvBaseURL   = "QUNBEI_BASE_URL"
	EnvSMTP      = "QUNBEI_SMTP"
	EnvMailFrom  = "QUNBEI_MAIL_FROM"
	EnvHold      = "QUNBEI_HOLD"
	EnvHook      = "QUNBEI_HOOK_SECRET"
)

// FromEnv fills what the environment sets.
func (c *Config) FromEnv() {
	set := func(to *string, name string) {
		if v := os.Getenv(name); v != "" {
			*to = v
		}
	}
	set(&c.DatabaseURL, EnvDatabase)
	set(&c.TemporalHostPort, EnvTemporal)
	set(&c.Namespace, EnvNamespace)
	set(&c.ServiceToken, EnvToken)
	set(&c.DataDir, EnvData)
	set(&c.Listen, EnvListen)
	set(&c.BaseURL, EnvBaseURL)
	set(&c.SMTP, EnvSMTP)
	set(&c.MailFrom, EnvMailFrom)
	set(&c.HookSecret, EnvHook)
	c.Matrix.FromEnv()
	if v := os.Getenv(EnvHold); v != "" {
		c.Hold = strings.Split(v, ",")
	}
}

// Check lists every fault of the configuration at once, each with its remedy.
func (c *Config) Check() error {
	var faults []error
	need := func(v, name, what string) {
		if v == "" {
			faults = append(faults, fmt.Errorf("%s is missing: set %s", what, name))
		}
	}
	need(c.DatabaseURL, EnvDatabase, "the database's address")
	if c.Serve || c.Work {
		need(c.TemporalHostPort, EnvTemporal, "the engine's address (host:port)")
		need(c.Namespace, EnvNamespace, "the engine's namespace")
		need(c.DataDir, EnvData, "the folder with the keys")
	}
	if _, err := c.hookSecret(); err != nil {
		faults = append(faults, err)
	}
	if c.Serve {
		host, _, err := net.SplitHostPort(c.Listen)
		switch {
		case err != nil:
			faults = append(faults, fmt.Errorf("the address to listen on is not host:port: set %s, for instance 127.0.0.1:8080", EnvListen))
		case c.Demo && !loopback(host):
			faults = append(faults, errors.New("the demo lets anybody be anybody, so it listens on loopback only: use 127.0.0.1, or leave the demo out"))
		}
	}
	if c.Work && !c.Serve && c.BaseURL == "" {
		faults = append(faults, fmt.Errorf("the address that people open is missing: set %s, as for serve: mails link to it, and signatures by passkey are held against it", EnvBaseURL))
	}
	if err := c.Matrix.check(); err != nil {
		faults = append(faults, err)
	}
	if c.WorkingMinute != 0 && !c.Demo {
		faults = append(faults, errors.New("only tests make working time run faster: leave WorkingMinute out"))
	}
	if c.BaseURL != "" {
		if u, err := url.Parse(c.BaseURL); err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
			faults = append(faults, fmt.Errorf("the address for links is not http(s)://host: check %s", EnvBaseURL))
		}
	}
	return errors.Join(faults...)
}

func loopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// String shows the configuration without secrets.
func (c Config) String() string {
	var b strings.Builder
	for _, kv := range [][2]string{
		{"database", masked(c.DatabaseURL)}, {"engine", c.TemporalHostPort}, {"namespace", c.Namespace}, {"data", c.DataDir},
		{"listen", c.Listen}, {"base", c.BaseURL}, {"smtp", masked(c.SMTP)},
		{"matrix", c.Matrix.Homeserver}, {"matrix-server", c.Matrix.Server}, {"matrix-listen", c.Matrix.Listen},
	} {
		if kv[1] != "" {
			fmt.Fprintf(&b, "%s=%s ", kv[0], kv[1])
		}
	}
	fmt.Fprintf(&b, "demo=%t", c.Demo)
	return b.String()
}

// masked hides the password of an address.
func masked(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		if strings.Contains(address, "@") {
			return "…"
		}
		return address
	}
	return u.Redacted()
}

// hookSecret is what chat platforms sign with; nothing when they may not ask.
func (c *Config) hookSecret() ([]byte, error) {
	if c.HookSecret == "" {
		return nil, nil
	}
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(c.HookSecret, "whsec_"))
	if err != nil || len(key) < 24 || len(key) > 64 || !strings.HasPrefix(c.HookSecret, "whsec_") {
		return nil, fmt.Errorf("the secret of chat platforms is not whsec_ and base64 of 24 to 64 bytes: check %s", EnvHook)
	}
	return key, nil
}
