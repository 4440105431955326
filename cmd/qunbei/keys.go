package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/qunbei/qunbei/cmd/internal/app"
	"github.com/qunbei/qunbei/workflows/codec"
)

// keysCommand shows and rotates the keys in the data folder.
func keysCommand() *cobra.Command {
	open := func() (*codec.Keyring, error) {
		var c app.Config
		c.FromEnv()
		if c.DataDir == "" {
			return nil, fmt.Errorf("the folder with the keys is missing: set %s", app.EnvData)
		}
		kek, err := codec.KEKFromEnv(os.Getenv)
		if err != nil {
			return nil, err
		}
		return codec.Open(filepath.Join(c.DataDir, app.KeysFolder), codec.Options{KEK: kek, MustExist: true})
	}
	cmd := &cobra.Command{Use: "keys", Short: "The keys that encrypt histories and sign decisions"}
	cmd.AddCommand(
		&cobra.Command{Use: "public", Short: "Print the public keys that auditors verify decisions with", Args: cobra.NoArgs,
			RunE: func(*cobra.Command, []string) error {
				k, err := open()
				if err != nil {
					return err
				}
				raw, err := k.PublicKeysJSON()
				if err != nil {
					return err
				}
				fmt.Println(string(raw))
				return nil
			}},
		&cobra.Command{Use: "rotate", Short: "Add new primary keys; the old ones stay for reading", Args: cobra.NoArgs,
			RunE: func(*cobra.Command, []string) error {
				k, err := open()
				if err != nil {
					return err
				}
				if err := k.Rotate(); err != nil {
					return err
				}
				fmt.Println("New keys are in force. Running programs take them up when they next meet them, or at a restart.")
				return nil
			}},
	)
	return cmd
}
