package mail

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	netmail "net/mail"
	"net/textproto"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/emersion/go-smtp"
)

// Received is a mail in the demo's mailbox.
type Received struct {
	ID      string    `json:"id"`
	At      time.Time `json:"at"`
	From    string    `json:"from"`
	To      string    `json:"to"`
	Subject string    `json:"subject"`
	Body    string    `json:"body"` // the text
	HTML    string    `json:"html,omitempty"`
}

// Bounds of the demo's mailbox.
const (
	sinkKeeps   = 500
	sinkMaxSize = 1 << 20
)

// Sink is an SMTP server that keeps the last mails in memory instead of delivering them: the demo's mailbox, and the
// tests'. It listens on this machine only.
type Sink struct {
	mu    sync.Mutex
	mails []Received // oldest first
	next  int
	ln    net.Listener
	srv   *smtp.Server
	now   func() time.Time
}

// NewSink listens on a free local port and starts to receive.
func NewSink(now func() time.Time) (*Sink, error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("mail: open the demo's mailbox: %w", err)
	}
	s := &Sink{ln: ln, now: now}
	s.srv = smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &session{sink: s}, nil }))
	s.srv.Domain = "localhost"
	s.srv.MaxMessageBytes = sinkMaxSize
	s.srv.MaxRecipients = 50
	s.srv.ReadTimeout, s.srv.WriteTimeout = 30*time.Second, 30*time.Second
	go func() { _ = s.srv.Serve(ln) }() // ends with Close
	return s, nil
}

// SMTP is how a Sender reaches the sink.
func (s *Sink) SMTP() SMTP {
	a, _ := s.ln.Addr().(*net.TCPAddr)
	return SMTP{Host: "127.0.0.1", Port: a.Port, From: "群备 <qunbei@demo.example>", Plain: true}
}

// Close stops receiving; what came in stays readable.
func (s *Sink) Close(ctx context.Context) error { return s.srv.Shutdown(ctx) }

// List gives the newest mails first, at most limit.
func (s *Sink) List(limit int) []Received {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := min(limit, len(s.mails))
	out := slices.Clone(s.mails[len(s.mails)-n:])
	slices.Reverse(out)
	return out
}

func (s *Sink) keep(r Received) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.next++
	r.ID, r.At = fmt.Sprintf("m%06d", s.next), s.now().UTC()
	s.mails = append(s.mails, r)
	if over := len(s.mails) - sinkKeeps; over > 0 {
		s.mails = slices.Delete(s.mails, 0, over)
	}
}

type session struct {
	sink *Sink
	from string
	to   []string
}

func (s *session) Reset()        { s.from, s.to = "", nil }
func (s *session) Logout() error { return nil }

func (s *session) Mail(from string, _ *smtp.MailOptions) error { s.from = from; return nil }

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error { s.to = append(s.to, to); return nil }

// Data reads the mail; one that cannot be read is refused as a server would.
func (s *session) Data(r io.Reader) error {
	msg, err := netmail.ReadMessage(io.LimitReader(r, sinkMaxSize))
	if err != nil {
		return &smtp.SMTPError{Code: 554, EnhancedCode: smtp.EnhancedCode{5, 6, 0}, Message: "the message cannot be read"}
	}
	got := Received{From: s.from, To: strings.Join(s.to, ", ")}
	if err := got.read(textproto.MIMEHeader(msg.Header), msg.Body); err != nil {
		return &smtp.SMTPError{Code: 554, EnhancedCode: smtp.EnhancedCode{5, 6, 0}, Message: "the text cannot be read"}
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(msg.Header.Get("Subject"))
	if err != nil {
		subject = msg.Header.Get("Subject")
	}
	got.Subject = subject
	s.sink.keep(got)
	return nil
}

// read takes text and HTML from a mail or one of its parts.
func (r *Received) read(h textproto.MIMEHeader, body io.Reader) error {
	kind, params, err := mime.ParseMediaType(h.Get("Content-Type"))
	if err != nil {
		kind = "text/plain"
	}
	if strings.HasPrefix(kind, "multipart/") {
		parts := multipart.NewReader(body, params["boundary"])
		for {
			p, err := parts.NextRawPart()
			if errors.Is(err, io.EOF) {
				return nil
			}
			if err != nil {
				return err
			}
			if err := r.read(p.Header, p); err != nil {
				return err
			}
		}
	}
	switch strings.ToLower(h.Get("Content-Transfer-Encoding")) {
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	}
	text, err := io.ReadAll(io.LimitReader(body, sinkMaxSize))
	if err != nil {
		return err
	}
	if s := strings.ReplaceAll(string(text), "\r\n", "\n"); kind == "text/html" {
		r.HTML = s
	} else {
		r.Body = s
	}
	return nil
}
