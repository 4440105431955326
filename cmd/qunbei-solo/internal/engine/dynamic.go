package engine

import (
	"go.temporal.io/server/common/dynamicconfig"
)

// unlimited is a rate no single machine reaches.
const unlimited = 1_000_000

// tuned are the engine's settings for one machine, each with its reason. Keys come from the engine's own constants, so
// that a renamed one does not compile.
func tuned(cfg Config) dynamicconfig.StaticClient {
	workflows, events := 4096, 32<<20
	if cfg.Small {
		workflows, events = 512, 8<<20
	}
	return dynamicconfig.StaticClient{
		// The default limits protect a shared cluster from one tenant; here they cost 15 % of the approvals.
		dynamicconfig.FrontendRPS.Key():                                  unlimited,
		dynamicconfig.FrontendMaxNamespaceRPSPerInstance.Key():           unlimited,
		dynamicconfig.FrontendMaxNamespaceVisibilityRPSPerInstance.Key(): 1000,
		dynamicconfig.HistoryRPS.Key():                                   unlimited,
		dynamicconfig.MatchingRPS.Key():                                  unlimited,
		dynamicconfig.FrontendPersistenceMaxQPS.Key():                    unlimited,
		dynamicconfig.HistoryPersistenceMaxQPS.Key():                     unlimited,
		dynamicconfig.MatchingPersistenceMaxQPS.Key():                    unlimited,
		dynamicconfig.WorkerPersistenceMaxQPS.Key():                      unlimited,
		// Tests make one namespace for each package, all at once.
		dynamicconfig.FrontendNamespaceReplicationInducingAPIsRPS.Key():                        1000,
		dynamicconfig.FrontendMaxNamespaceNamespaceReplicationInducingAPIsRPSPerInstance.Key(): 1000,

		// One process: partitions only add hops between a task and its poller.
		dynamicconfig.MatchingNumTaskqueueReadPartitions.Key():  1,
		dynamicconfig.MatchingNumTaskqueueWritePartitions.Key(): 1,

		// Caches sized for thousands of open cases, not for a cluster's share (default 128,000 workflows).
		dynamicconfig.HistoryCacheHostLevelMaxSize.Key():     workflows,
		dynamicconfig.EventsHostLevelCacheMaxSizeBytes.Key(): events,

		// Background scans that look for damage left by lost replicas and old versions find nothing on one SQL database.
		dynamicconfig.TaskQueueScannerEnabled.Key():  false,
		dynamicconfig.HistoryScannerEnabled.Key():    false,
		dynamicconfig.ExecutionsScannerEnabled.Key(): false,

		// A namespace or search attribute is usable at once after it is made.
		dynamicconfig.ForceSearchAttributesCacheRefreshOnRead.Key(): true,
	}
}
