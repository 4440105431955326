package engine

import (
	"fmt"
	"maps"

	"go.temporal.io/server/common/config"
	"go.temporal.io/server/common/log"
	"go.temporal.io/server/tools/common/schema"
	toolsql "go.temporal.io/server/tools/sql"
)

// migrate brings one of the engine's databases to the version this engine needs. It is safe to run again, and after a
// kill half way: the tool skips what is there.
func migrate(cfg config.SQL, name string, logger log.Logger) error {
	// Hundreds of small statements: their commits need not each wait for the disk, since a later commit that does wait
	// carries them along, and after a power cut the task goes on where the schema's version says.
	cfg.ConnectAttributes = maps.Clone(cfg.ConnectAttributes)
	cfg.ConnectAttributes["synchronous_commit"] = "off"
	conn, err := toolsql.NewConnection(&cfg, logger)
	if err != nil {
		return fmt.Errorf("connecting to the engine's database %s: %w", cfg.DatabaseName, err)
	}
	defer conn.Close()
	if _, err := conn.ReadSchemaVersion(); err != nil {
		setup := schema.NewSetupSchemaTask(conn, &schema.SetupConfig{InitialVersion: "0.0"}, logger)
		if err := setup.Run(); err != nil {
			return fmt.Errorf("preparing the engine's database %s: %w", cfg.DatabaseName, err)
		}
	}
	update := schema.NewUpdateSchemaTask(conn, &schema.UpdateConfig{SchemaName: name}, logger)
	if err := update.Run(); err != nil {
		return fmt.Errorf("bringing the engine's database %s up to date: %w", cfg.DatabaseName, err)
	}
	return nil
}
