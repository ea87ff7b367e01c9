/** How bad an alert is, lowest first. The three levels of the runbook's "Alert Severity Levels". */
export const severities = ['info', 'warning', 'critical'] as const;

export type Severity = (typeof severities)[number];

/** Position on the scale: info 0, warning 1, critical 2. */
export function getSeverityRank(severity: Severity): number {
  return severities.indexOf(severity);
}

export function isHigher(a: Severity, b: Severity): boolean {
  return getSeverityRank(a) > getSeverityRank(b);
}

/** The highest of the given severities; `undefined` for an empty list. */
export function findHighestSeverity(list: Iterable<Severity>): Severity | undefined {
  let highest: Severity | undefined;
  for (const severity of list) {
    if (highest === undefined || isHigher(severity, highest)) highest = severity;
  }
  return highest;
}
