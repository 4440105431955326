package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/qunbei/qunbei/models/policy"
)

// policyCommand checks a policy file as the service would.
func policyCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "policy", Short: "The company's rules"}
	cmd.AddCommand(&cobra.Command{
		Use: "check FILE", Short: "Check a policy file: faults with line, column and remedy", Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			raw, err := os.ReadFile(args[0])
			if err != nil {
				return fmt.Errorf("the policy file cannot be read: %w", err)
			}
			p, err := policy.Parse(raw)
			if err != nil {
				return err
			}
			fmt.Printf("The policy is sound. Its version is %s.\n", p.Version)
			return nil
		},
	})
	return cmd
}
