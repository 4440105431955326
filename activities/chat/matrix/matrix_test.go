package matrix_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"github.com/qunbei/qunbei/activities/chat/conform"
	"github.com/qunbei/qunbei/activities/chat/matrix"
	"github.com/qunbei/qunbei/activities/chat/matrix/matrixtest"
)

var runs atomic.Int64

// connect is a connector to a server of its own.
func connect(t *testing.T, tune func(*matrix.Config)) (*matrix.Connector, *matrixtest.Server, *matrixtest.Breaker) {
	t.Helper()
	s := matrixtest.New(matrixtest.Accounts())
	t.Cleanup(s.Close)
	breaker := &matrixtest.Breaker{}
	c := matrix.Config{
		Homeserver: s.URL, Server: matrixtest.Name, AS: matrixtest.ASToken, HS: matrixtest.HSToken, Admin: matrixtest.AdminToken, PerSecond: 10_000,
		People: matrix.Template{Server: matrixtest.Name, Numbers: matrixtest.Cast{}}, HTTP: &http.Client{Transport: breaker},
	}
	if tune != nil {
		tune(&c)
	}
	conn, err := matrix.New(c)
	if err != nil {
		t.Fatal(err)
	}
	far := httptest.NewServer(conn.Handler())
	t.Cleanup(far.Close)
	s.PushTo(far.URL)
	return conn, s, breaker
}

func subject(tune func(*matrix.Config)) func(*testing.T) conform.Subject {
	return func(t *testing.T) conform.Subject {
		conn, s, breaker := connect(t, tune)
		return conform.Subject{
			Connector: conn, People: matrixtest.People, Nobody: matrixtest.Nobody, Run: fmt.Sprint("r", runs.Add(1)), Faults: breaker,
			Far: &matrixtest.Far{Base: s.URL, Server: matrixtest.Name, Bot: matrixtest.Bot},
		}
	}
}

func TestConforms(t *testing.T) { conform.Run(t, subject(nil)) }

func TestConformsWithoutAnAdministratorsToken(t *testing.T) {
	conform.Run(t, subject(func(c *matrix.Config) { c.Admin = "" }))
}
