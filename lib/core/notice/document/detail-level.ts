/** How many rows, lines and steps of each kind a message has room for. */
export type DetailLevel = {
  findings: number;
  /** Findings with their evidence under them; the others take one line each. */
  evidence: number;
  /** Characters of one finding's sentence. */
  sentence: number;
  /** Characters of one alert's description. */
  description: number;
  /** Characters of a table's line; a wider line wraps on a phone. */
  width: number;
  /** Characters of a table's cell. */
  cell: number;
  /** Characters for normal checks next to findings that need attention, and for checks that failed. */
  others: number;
  /** Whether a chart follows its sentence on the same line instead of below. */
  inlineCharts: boolean;
  changes: number;
  rows: number;
  lines: number;
  alerts: number;
  commands: number;
  steps: number;
  /** Whether the alert's own expression is drawn, although it is no check. */
  alertExpression: boolean;
};

/** The root message in a channel: a phone's first screen and a little more. */
export const compact: DetailLevel = {
  findings: 3,
  evidence: 1,
  sentence: 140,
  description: 500,
  width: 34,
  cell: 16,
  others: 60,
  inlineCharts: true,
  changes: 4,
  rows: 3,
  lines: 3,
  alerts: 5,
  commands: 3,
  steps: 2,
  alertExpression: false,
};

/** A thread, whose readers want everything. */
export const full: DetailLevel = {
  findings: 20,
  evidence: 20,
  sentence: Number.POSITIVE_INFINITY,
  description: 1_500,
  width: Number.POSITIVE_INFINITY,
  cell: Number.POSITIVE_INFINITY,
  others: Number.POSITIVE_INFINITY,
  inlineCharts: false,
  changes: 20,
  rows: 20,
  lines: 20,
  alerts: 50,
  commands: 10,
  steps: 20,
  alertExpression: false,
};

/** A mail shows charts as pictures, first of all the one of the alert's expression. */
export const mailDetail: DetailLevel = { ...full, alertExpression: true };
