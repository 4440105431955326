package mail

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestAMailArrivesAsWritten(t *testing.T) {
	sink, err := NewSink(time.Now)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = sink.Close(context.Background()) }()
	sender, err := NewSender(sink.SMTP())
	if err != nil {
		t.Fatal(err)
	}
	defer sender.Close()
	text := Render(Notice{Kind: "ask", Number: "G-2026-00042", Title: "研发中心-数据备份", Link: "http://localhost:8080/cases/1", Decide: "http://localhost:8080/l/" + strings.Repeat("Ab-_9", 25), Lang: "zh-CN"})
	if err := sender.Send(t.Context(), Message{ID: "k1", To: "zhao@demo.example", Subject: text.Subject, Body: text.Body, HTML: text.HTML}); err != nil {
		t.Fatal(err)
	}
	got := sink.List(10)
	if len(got) != 1 || got[0].Subject != text.Subject || strings.TrimSpace(got[0].Body) != strings.TrimSpace(text.Body) || strings.TrimSpace(got[0].HTML) != strings.TrimSpace(text.HTML) || got[0].To != "zhao@demo.example" {
		t.Fatalf("got %+v", got)
	}
}

func TestABadAddressIsNotRepeatedInTheError(t *testing.T) {
	sender, err := NewSender(SMTP{Host: "127.0.0.1", Port: 1, From: "a@b.example", Plain: true})
	if err != nil {
		t.Fatal(err)
	}
	err = sender.Send(t.Context(), Message{To: "no address at all\r\nBcc: x@y.example"})
	if !errors.Is(err, ErrAddress) || strings.Contains(err.Error(), "x@y") {
		t.Fatalf("got %v", err)
	}
	err = sender.Send(t.Context(), Message{To: "who@y.example", Subject: "s", Body: "b"})
	if err == nil || strings.Contains(err.Error(), "who@") {
		t.Fatalf("a server that is not there: %v", err)
	}
}

func TestTheSinkKeepsTheLastMails(t *testing.T) {
	s := &Sink{now: time.Now}
	for i := range sinkKeeps + 7 {
		s.keep(Received{Subject: fmt.Sprint(i)})
	}
	got := s.List(sinkKeeps * 2)
	if len(got) != sinkKeeps || got[0].Subject != fmt.Sprint(sinkKeeps+6) || got[len(got)-1].Subject != "7" {
		t.Fatalf("%d kept, newest %s, oldest %s", len(got), got[0].Subject, got[len(got)-1].Subject)
	}
}
