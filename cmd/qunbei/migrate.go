package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/qunbei/qunbei/cmd/internal/app"
)

// migrateCommand brings the database to this program's schema.
func migrateCommand() *cobra.Command {
	return &cobra.Command{
		Use: "migrate", Short: "Bring the database to this program's schema", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			var c app.Config
			c.FromEnv()
			c.Log = logger()
			if err := app.Migrate(cmd.Context(), c); err != nil {
				return err
			}
			fmt.Println("The database is at the newest schema.")
			return nil
		},
	}
}
