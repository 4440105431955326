// Package engine runs the Temporal server and its web page inside this process, on PostgreSQL: databases and schema,
// the settings that suit one machine, our authorizer, and the namespaces.
package engine

import (
	"fmt"
	"net"
	"slices"
	"strconv"
	"time"

	"go.temporal.io/server/common/cluster"
	"go.temporal.io/server/common/config"
	"go.temporal.io/server/common/membership/static"
	"go.temporal.io/server/common/persistence/sql/sqlplugin/postgresql"
	"go.temporal.io/server/common/primitives"
	"go.temporal.io/server/temporal"

	"github.com/qunbei/qunbei/cmd/qunbei-solo/internal/guard"
)

// Names of the engine's databases.
const (
	MainDatabase       = "temporal"
	VisibilityDatabase = "temporal_visibility"
)

// Shards is the number of history shards, which can never change after the first start. 16 was measured best on one
// machine (1.22 times the approvals of 4 shards).
const Shards = 16

// Database is how the engine reaches PostgreSQL. The databases must be there.
type Database struct {
	// Addr is host:port.
	Addr string
	// SocketDir, when set, is used instead of Addr's host.
	SocketDir      string
	User, Password string
	// TLS demands an encrypted connection, for a server on another machine.
	TLS bool
}

// Config is all the engine needs to know.
type Config struct {
	Database Database
	// BindIP is the address to listen on; empty is 127.0.0.1.
	BindIP string
	// Port is the frontend's gRPC port; 0 picks a free one.
	Port int
	// UIPort is the web page's; 0 picks a free one, -1 is no web page.
	UIPort int
	// Services are the roles to run, all four when empty. With fewer, the roles find each other through the database,
	// on the engine's customary ports, and Frontend must say where the frontend is.
	Services []string
	// Frontend is host:port of the frontend, when this process does not run it.
	Frontend string
	// BroadcastIP is told to the other processes when Services is not all four.
	BroadcastIP string
	// Small keeps fewer workflows and events at hand: a program that shares its machine with everything else.
	Small bool
	// Namespace is made, or its retention adjusted, at start.
	Namespace string
	// Retention is how long closed runs are kept; 0 is 90 days. Our own export keeps histories for ever.
	Retention time.Duration
	// Tokens say who the operator is.
	Tokens guard.Tokens
	// LogFile receives warnings and errors as JSON lines; empty is stderr.
	LogFile string
	// LogLevel is debug, info, warn or error; empty is warn.
	LogLevel string
}

// customary are the engine's usual gRPC and membership ports by role.
var customary = map[primitives.ServiceName][2]int{
	primitives.FrontendService: {7233, 6933},
	primitives.HistoryService:  {7234, 6934},
	primitives.MatchingService: {7235, 6935},
	primitives.WorkerService:   {7239, 6939},

	primitives.InternalFrontendService: {7236, 6936},
}

func (c *Config) whole() bool {
	return len(c.Services) == 0 || len(c.Services) == len(temporal.DefaultServices)
}

func (c *Config) services() []string {
	services := c.Services
	if len(services) == 0 {
		services = temporal.DefaultServices
	}
	if c.inner() && slices.Contains(services, string(primitives.FrontendService)) {
		services = append(slices.Clone(services), string(primitives.InternalFrontendService))
	}
	return services
}

// inner says whether the engine's own workers need a frontend of their own: they have no token to show, so where one is
// demanded they are let in by another port, which must be reachable from the engine's roles alone.
func (c *Config) inner() bool { return c.Tokens.Service != "" }

func (c *Config) bindIP() string {
	if c.BindIP == "" {
		return "127.0.0.1"
	}
	return c.BindIP
}

// sql is the datastore of one of the two databases. conns is for each role's pool, so four times that in all.
func (c *Config) sql(database string, conns int) config.SQL {
	attributes := map[string]string{"sslmode": "disable"}
	if c.Database.TLS {
		attributes["sslmode"] = "verify-full"
	}
	if c.Database.SocketDir != "" {
		attributes["host"] = c.Database.SocketDir
	}
	return config.SQL{
		PluginName:        postgresql.PluginNamePGX, // 1.42 times the approvals of the older driver
		DatabaseName:      database,
		ConnectAddr:       c.Database.Addr,
		ConnectProtocol:   "tcp",
		User:              c.Database.User,
		Password:          c.Database.Password,
		ConnectAttributes: attributes,
		MaxConns:          conns,
		MaxIdleConns:      conns,
		MaxConnLifetime:   time.Hour,
	}
}

// build makes the server's configuration and, for a whole engine, the fixed addresses of its roles: gossip between four
// parts of one process would only cost time at start. The second value is the frontend's address.
func (c *Config) build() (*config.Config, string, map[primitives.ServiceName]static.Hosts, error) {
	// Each connection is a process of the database with plans of its own: eight megabytes on a small machine.
	mainConns, visibilityConns := 20, 5
	if c.Small {
		mainConns, visibilityConns = 8, 2
	}
	main, visibility := c.sql(MainDatabase, mainConns), c.sql(VisibilityDatabase, visibilityConns)
	out := &config.Config{
		Persistence: config.Persistence{
			DefaultStore:     "main",
			VisibilityStore:  "visibility",
			NumHistoryShards: Shards,
			DataStores: map[string]config.DataStore{
				"main":       {SQL: &main},
				"visibility": {SQL: &visibility},
			},
		},
		DCRedirectionPolicy: config.DCRedirectionPolicy{Policy: "noop"},
		Archival: config.Archival{
			History:    config.HistoryArchival{State: "disabled"},
			Visibility: config.VisibilityArchival{State: "disabled"},
		},
		NamespaceDefaults: config.NamespaceDefaults{Archival: config.ArchivalNamespaceDefaults{
			History:    config.HistoryArchivalNamespaceDefaults{State: "disabled"},
			Visibility: config.VisibilityArchivalNamespaceDefaults{State: "disabled"},
		}},
		Services: map[string]config.Service{},
	}
	out.Global.Membership = config.Membership{MaxJoinDuration: 30 * time.Second, BroadcastAddress: c.BroadcastIP}
	if out.Global.Membership.BroadcastAddress == "" {
		out.Global.Membership.BroadcastAddress = "127.0.0.1"
	}
	hosts := map[primitives.ServiceName]static.Hosts{}
	frontend := c.Frontend
	for name, ports := range customary {
		if name == primitives.InternalFrontendService && !c.inner() {
			continue
		}
		grpc, membership, ip := ports[0], ports[1], c.bindIP()
		switch {
		case name == primitives.FrontendService:
			grpc = c.Port
		case c.whole():
			grpc, ip = 0, "127.0.0.1" // the inner roles are nobody else's business
		}
		if grpc == 0 {
			free, err := freePort(ip)
			if err != nil {
				return nil, "", nil, err
			}
			grpc = free
		}
		out.Services[string(name)] = config.Service{RPC: config.RPC{GRPCPort: grpc, MembershipPort: membership, BindOnIP: ip}}
		addr := net.JoinHostPort(reachable(ip), strconv.Itoa(grpc))
		hosts[name] = static.Hosts{All: []string{addr}, Self: addr}
		if name == primitives.FrontendService && frontend == "" {
			frontend = addr
		}
	}
	out.PublicClient = config.PublicClient{HostPort: frontend}
	if c.inner() {
		out.PublicClient = config.PublicClient{} // the roles find the inner frontend themselves
	}
	out.ClusterMetadata = &cluster.Config{
		EnableGlobalNamespace:    false,
		FailoverVersionIncrement: 10,
		MasterClusterName:        "active",
		CurrentClusterName:       "active",
		ClusterInformation: map[string]cluster.ClusterInformation{
			"active": {Enabled: true, InitialFailoverVersion: 1, RPCAddress: frontend},
		},
	}
	if !c.whole() {
		hosts = nil
	}
	return out, frontend, hosts, nil
}

// reachable turns "all addresses" into one that can be dialled.
func reachable(ip string) string {
	if parsed := net.ParseIP(ip); parsed != nil && parsed.IsUnspecified() {
		return "127.0.0.1"
	}
	return ip
}

func freePort(ip string) (int, error) {
	l, err := net.Listen("tcp", net.JoinHostPort(ip, "0"))
	if err != nil {
		return 0, fmt.Errorf("finding a free port: %w", err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}
