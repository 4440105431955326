package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/qunbei/qunbei/models/directory"
)

// directoryCommand checks address book exports and writes the demo's files.
func directoryCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "directory", Short: "The company's address book"}
	cmd.AddCommand(&cobra.Command{
		Use: "check FILE", Short: "Read an export of WeCom, DingTalk or Feishu and list every faulty row", Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			raw, err := os.ReadFile(args[0])
			if err != nil {
				return fmt.Errorf("the file cannot be read: %w", err)
			}
			book, faults, err := directory.Parse(args[0], raw)
			if err != nil {
				return err
			}
			for _, f := range faults {
				fmt.Println(f.Text("en"))
			}
			fmt.Printf("%d people, %d faults.\n", len(book.People), len(faults))
			if len(faults) > 0 {
				return fmt.Errorf("the file has faults")
			}
			return nil
		},
	})
	var seed int64
	demo := &cobra.Command{
		Use: "demo company.xlsx|company.csv|groups.xlsx", Short: "Write a file of the demo company", Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			raw, err := demoFile(args[0], seed)
			if err != nil {
				return err
			}
			return os.WriteFile(args[0], raw, 0o644)
		},
	}
	demo.Flags().Int64Var(&seed, "seed", 1, "the generator's seed")
	cmd.AddCommand(demo)
	return cmd
}
