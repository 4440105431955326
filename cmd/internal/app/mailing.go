package app

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/api/service/mail"
	"github.com/qunbei/qunbei/api/web"
	"github.com/qunbei/qunbei/models/domain"
)

// mailing is where mail goes: a server, the demo's own mailbox, or nowhere.
func mailing(c Config) (*mail.Sender, *mail.Sink, error) {
	if c.SMTP == "" {
		if !c.Demo {
			return nil, nil, nil
		}
		sink, err := mail.NewSink(time.Now)
		if err != nil {
			return nil, nil, err
		}
		sender, err := mail.NewSender(sink.SMTP())
		return sender, sink, err
	}
	cfg, err := smtp(c.SMTP, c.MailFrom)
	if err != nil {
		return nil, nil, err
	}
	sender, err := mail.NewSender(cfg)
	return sender, nil, err
}

// smtp reads host:port, or smtp://user:password@host:port.
func smtp(address, from string) (mail.SMTP, error) {
	if from == "" {
		return mail.SMTP{}, fmt.Errorf("mail has no sender: set %s", EnvMailFrom)
	}
	out := mail.SMTP{From: from}
	if strings.Contains(address, "://") {
		u, err := url.Parse(address)
		if err != nil || u.Hostname() == "" {
			return out, fmt.Errorf("the mail server's address cannot be read: check %s", EnvSMTP)
		}
		out.User = u.User.Username()
		out.Password, _ = u.User.Password()
		address = u.Host
	}
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return out, fmt.Errorf("the mail server's address has no port: check %s", EnvSMTP)
	}
	out.Host = host
	if out.Port, err = strconv.Atoi(port); err != nil || out.Port < 1 || out.Port > 65535 {
		return out, fmt.Errorf("the mail server's port is no port: check %s", EnvSMTP)
	}
	out.Plain = loopback(host)
	return out, nil
}

// demoMailbox shows the demo's mails by person.
type demoMailbox struct {
	sink   *mail.Sink
	people func(ctx context.Context) (*domain.Directory, error)
}

// List implements web.Mailbox.
func (m demoMailbox) List(ctx context.Context, person domain.EmployeeID) ([]web.Mail, error) {
	dir, err := m.people(ctx)
	if err != nil {
		return nil, fmt.Errorf("look up who mails are for: %w", err)
	}
	var out []web.Mail
	for _, r := range m.sink.List(500) {
		if w := asMail(r, dir); person == "" || w.Person == person || w.Outside {
			out = append(out, w)
		}
	}
	return out, nil
}

// Get implements web.Mailbox.
func (m demoMailbox) Get(ctx context.Context, id string) (web.Mail, error) {
	all, err := m.List(ctx, "")
	if err != nil {
		return web.Mail{}, err
	}
	for _, w := range all {
		if w.ID == id {
			return w, nil
		}
	}
	return web.Mail{}, &service.Error{Kind: service.NotFound, Code: "not_found"}
}

func asMail(r mail.Received, dir *domain.Directory) web.Mail {
	w := web.Mail{ID: r.ID, To: r.To, Subject: r.Subject, Text: r.Body, At: r.At}
	for id, p := range dir.Employees {
		if p.Email != "" && strings.EqualFold(p.Email, r.To) {
			w.Person = id
			break
		}
	}
	if w.Person == "" { // nobody in the demo is from outside: whoever tries it opens their links
		w.Outside = dir.OutsiderByMail(r.To)
	}
	return w
}
