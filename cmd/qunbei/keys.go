package main

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/qunbei/qunbei/cmd/internal/app"
	"github.com/qunbei/qunbei/workflows/codec"
)

// keysCommand shows and rotates the keys in the data folder.
func keysCommand() *cobra.Command {
	folder := func() (string, error) {
		var c app.Config
		c.FromEnv()
		if c.DataDir == "" {
			return "", fmt.Errorf("the folder with the keys is missing: set %s", app.EnvData)
		}
		return c.DataDir, nil
	}
	open := func() (*codec.Keyring, error) {
		data, err := folder()
		if err != nil {
			return nil, err
		}
		kek, err := codec.KEKFromEnv(os.Getenv)
		if err != nil {
			return nil, err
		}
		return codec.Open(filepath.Join(data, app.KeysFolder), codec.Options{KEK: kek, MustExist: true})
	}
	cmd := &cobra.Command{Use: "keys", Short: "The keys that encrypt histories, sign decisions and seal documents"}
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
		&cobra.Command{Use: "rotate", Short: "Add new primary keys and a new platform seal; the old ones stay for reading and verifying", Args: cobra.NoArgs,
			RunE: func(*cobra.Command, []string) error {
				data, err := folder()
				if err != nil {
					return err
				}
				k, err := open()
				if err != nil {
					return err
				}
				if err := k.Rotate(); err != nil {
					return err
				}
				fmt.Println("New keys are in force. Running programs take them up when they next meet them, or at a restart.")
				sealed, err := app.RotateSeal(data, time.Now())
				switch {
				case err != nil:
					return fmt.Errorf("the keys of histories and decisions were rotated, the platform's seal was not: %w", err)
				case sealed:
					fmt.Println("The platform's seal has a new key too. Start serve and work again: until then they seal with the old one, and call documents under the new one a stranger's. Documents sealed before keep verifying.")
				default:
					fmt.Println("There is no platform seal yet: the first start makes one.")
				}
				return nil
			}},
	)
	return cmd
}
