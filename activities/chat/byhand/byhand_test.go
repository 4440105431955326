package byhand_test

import (
	"testing"

	"github.com/qunbei/qunbei/activities/chat/byhand"
	"github.com/qunbei/qunbei/activities/chat/conform"
	"github.com/qunbei/qunbei/models/domain"
)

func TestConforms(t *testing.T) {
	conform.Run(t, func(*testing.T) conform.Subject {
		return conform.Subject{Connector: byhand.Connector{}, People: []domain.EmployeeID{"p1"}, Run: "r"}
	})
}
