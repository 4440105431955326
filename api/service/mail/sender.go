package mail

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"sync"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// SMTP says where mails are handed in. Empty Host: mails are not sent at all.
type SMTP struct {
	Host     string
	Port     int
	From     string // address; a name may stand before it: 群备 <qunbei@example.com>
	User     string
	Password string
	// Plain allows a server without TLS: only for a server on this machine, as the demo's.
	Plain bool
}

// String shows the settings without the password.
func (s SMTP) String() string { return fmt.Sprintf("smtp://%s:%d", s.Host, s.Port) }

// Message is one mail, ready to go.
type Message struct {
	ID      string // Message-ID's local part: the same when tried again
	To      string
	Subject string
	Body    string
	HTML    string // the same for programs that show it; empty: text alone
}

// ErrAddress says that the receiver's address is none: trying again cannot help.
var ErrAddress = errors.New("the address is not one")

// Sender hands mails to an SMTP server. A connection is kept for the next mail and closed when none comes for a while.
type Sender struct {
	cfg SMTP

	mu   sync.Mutex // one mail at a time on the connection
	open *gomail.Client
	idle *time.Timer
}

// idleFor is how long a connection waits for the next mail; servers close theirs after minutes.
const idleFor = 5 * time.Second

// NewSender checks the settings; it does not connect.
func NewSender(cfg SMTP) (*Sender, error) {
	s := &Sender{cfg: cfg}
	if _, err := s.client(); err != nil {
		return nil, err
	}
	if err := gomail.NewMsg().From(cfg.From); err != nil {
		return nil, fmt.Errorf("mail: the sender's address is not one: %w", err)
	}
	return s, nil
}

func (s *Sender) client() (*gomail.Client, error) {
	opt := []gomail.Option{gomail.WithPort(s.cfg.Port), gomail.WithTimeout(10 * time.Second)}
	if s.cfg.Plain {
		opt = append(opt, gomail.WithTLSPolicy(gomail.NoTLS))
	} else {
		opt = append(opt, gomail.WithTLSPolicy(gomail.TLSMandatory))
	}
	if s.cfg.User != "" {
		opt = append(opt, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover), gomail.WithUsername(s.cfg.User), gomail.WithPassword(s.cfg.Password))
	}
	c, err := gomail.NewClient(s.cfg.Host, opt...)
	if err != nil {
		return nil, fmt.Errorf("mail: set up the client for %s: %w", s.cfg, err)
	}
	return c, nil
}

// Send hands one mail in. The error never holds address or text.
func (s *Sender) Send(ctx context.Context, m Message) error {
	msg := gomail.NewMsg()
	if err := msg.From(s.cfg.From); err != nil {
		return fmt.Errorf("mail: sender: %w", ErrAddress)
	}
	if err := msg.To(m.To); err != nil {
		return ErrAddress // the cause repeats the address
	}
	msg.Subject(m.Subject)
	if m.ID != "" {
		msg.SetMessageIDWithValue(m.ID + "@" + s.cfg.Host)
	}
	msg.SetDate()
	msg.SetBodyString(gomail.TypeTextPlain, m.Body)
	if m.HTML != "" {
		msg.AddAlternativeString(gomail.TypeTextHTML, m.HTML)
	}
	if err := s.hand(ctx, msg); err != nil {
		return fmt.Errorf("mail: hand in at %s: %s", net.JoinHostPort(s.cfg.Host, strconv.Itoa(s.cfg.Port)), kindOf(err))
	}
	return nil
}

// hand gives a mail to the server: on the connection that is open, and when that has died meanwhile on a new one.
func (s *Sender) hand(ctx context.Context, msg *gomail.Msg) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open != nil {
		if err := s.open.Send(msg); err == nil {
			s.idle.Reset(idleFor)
			return nil
		}
		s.drop()
	}
	c, err := s.client()
	if err != nil {
		return err
	}
	if err := c.DialWithContext(ctx); err != nil {
		return err
	}
	if err := c.Send(msg); err != nil {
		_ = c.Close()
		return err
	}
	s.open = c
	s.idle = time.AfterFunc(idleFor, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.drop()
	})
	return nil
}

// drop closes the connection that is open; the lock is held.
func (s *Sender) drop() {
	if s.open == nil {
		return
	}
	s.idle.Stop()
	_ = s.open.Close()
	s.open = nil
}

// Close ends the connection, if one is open.
func (s *Sender) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.drop()
}

// kindOf words a fault without what the server said, which may repeat the receiver's address.
func kindOf(err error) string {
	var se *gomail.SendError
	var ne net.Error
	switch {
	case errors.As(err, &se):
		return "the server refused it (" + se.Reason.String() + ")"
	case errors.As(err, &ne):
		return "the server does not answer"
	}
	return "failed"
}
