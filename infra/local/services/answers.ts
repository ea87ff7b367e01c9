/** The answer of a service of the sample world to a GET. */
export type Answer = { status: number; type: 'application/json' | 'text/plain'; body: string };

/** The connections are those of the sample database; the memory will soon kill the pod. */
const apiMetrics = `# HELP database_connections Connections of the pool by state.
# TYPE database_connections gauge
database_connections{state="active"} 10
database_connections{state="idle"} 0
database_connections{state="max"} 10
# HELP database_connection_waits Requests that wait for a connection.
# TYPE database_connection_waits gauge
database_connection_waits 31
# HELP go_goroutines Number of goroutines that currently exist.
# TYPE go_goroutines gauge
go_goroutines 1841
# HELP process_resident_memory_bytes Resident memory size in bytes.
# TYPE process_resident_memory_bytes gauge
process_resident_memory_bytes 5.10656512e+08
`;

const healthy: Answer = { status: 200, type: 'application/json', body: '{"status":"ok"}' };

/** Answers by service and path. */
export const answers: Record<string, Record<string, Answer>> = {
  api: { '/health': healthy, '/metrics': { status: 200, type: 'text/plain', body: apiMetrics } },
  bifrost: { '/health': { status: 503, type: 'text/plain', body: 'upstream unavailable' } },
  'technical-indicators-server': { '/health': healthy },
  'risk-analyzer-server': { '/health': healthy },
  'order-executor-server': { '/health': healthy },
  orchestrator: { '/health': healthy },
};

/** Down: nothing accepts a connection there. */
export const refusing = ['market-data-server'];
