/** Alertname of the incident that a missing sign of life opens. */
export const HEARTBEAT_MISSING = 'HeartbeatMissing';
