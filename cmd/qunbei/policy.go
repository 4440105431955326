package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/qunbei/qunbei/cmd/internal/app"
	"github.com/qunbei/qunbei/models/store"
)

// policyCommand checks a policy file as the service would, stores it, and puts the first one into force.
func policyCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "policy", Short: "The company's rules: policies and working calendars"}
	var calendar bool
	cmd.PersistentFlags().BoolVar(&calendar, "calendar", false, "a working calendar, not a policy")
	kind := func() (store.RulesKind, string) {
		if calendar {
			return store.Calendars, "calendar"
		}
		return store.Policies, "policy"
	}
	read := func(path string) ([]byte, error) {
		raw, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("the file cannot be read: %w", err)
		}
		return raw, nil
	}
	cmd.AddCommand(&cobra.Command{
		Use: "check FILE", Short: "Check a policy file: faults with line, column and remedy", Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			raw, err := read(args[0])
			if err != nil {
				return err
			}
			k, word := kind()
			version, _, err := app.CheckRules(k, raw)
			if err != nil {
				return err
			}
			fmt.Printf("The %s is sound. Its version is %s.\n", word, version)
			return nil
		},
	}, &cobra.Command{
		Use: "put FILE", Short: "Store a policy file as a draft", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			raw, err := read(args[0])
			if err != nil {
				return err
			}
			var conf app.Config
			conf.FromEnv()
			conf.Log = logger()
			k, word := kind()
			version, fresh, err := app.PutRules(c.Context(), conf, k, raw)
			if err != nil {
				return err
			}
			if !fresh {
				fmt.Printf("The %s %s is on record already.\n", word, version)
				return nil
			}
			fmt.Printf("The %s %s is stored as a draft. Two process administrators put it into force under /policies.\n", word, version)
			return nil
		},
	}, &cobra.Command{
		Use: "activate VERSION", Short: "Put a stored version into force; for set-up only, before the first case",
		Long: `Put a stored version into force at once. This is for setting the service up: it works before the first case was filed and
before two people put a version into force. From then on one process administrator proposes a version under /policies
and another one activates it.`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			var conf app.Config
			conf.FromEnv()
			conf.Log = logger()
			k, word := kind()
			if err := app.SetUpRules(c.Context(), conf, k, args[0]); err != nil {
				return err
			}
			fmt.Printf("The %s %s is in force. This was set-up: from now on changes take two people, under /policies.\n", word, args[0])
			return nil
		},
	})
	return cmd
}
