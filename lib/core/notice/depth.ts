/** How many rows, lines and steps of each kind a message has room for. */
export type Depth = {
  findings: number;
  changes: number;
  rows: number;
  lines: number;
  alerts: number;
  commands: number;
  steps: number;
  /** Whether the alert's own expression is drawn although it is no check that could need attention. */
  ownExpression: boolean;
};

/** The root message in a channel: a phone's first screen and a little more. */
export const glance: Depth = {
  findings: 4,
  changes: 6,
  rows: 6,
  lines: 6,
  alerts: 10,
  commands: 3,
  steps: 4,
  ownExpression: false,
};

/** A thread: whoever reads it wants all of it. */
export const inFull: Depth = {
  findings: 20,
  changes: 20,
  rows: 20,
  lines: 20,
  alerts: 50,
  commands: 10,
  steps: 20,
  ownExpression: false,
};

/** A mail shows curves as pictures, and what fired is the first that people want to see. */
export const inMail: Depth = { ...inFull, ownExpression: true };
