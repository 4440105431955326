package service

import (
	"context"
	"errors"

	"github.com/qunbei/qunbei/models/store"
)

// templateUses counts the agreements made from a text.
func (s *Service) templateUses(context.Context, string) (TemplateUses, error) {
	return TemplateUses{}, nil
}

// onRecord tells whether a file is a document that was sealed here.
func (s *Service) onRecord(context.Context, string) (bool, error) { return false, nil }

var errNoAgreements = errors.New("there are no agreements yet")

func (s *Service) sweepMaterial(context.Context, store.TemplateSweep) error {
	return &fate{code: "too_early", after: relayMost, cause: errNoAgreements, expected: true}
}

func (s *Service) sweepWithdrawn(context.Context, store.TemplateSweep) error {
	return &fate{code: "too_early", after: relayMost, cause: errNoAgreements, expected: true}
}
