import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDynamoHistory } from '../../lib/adapters/dynamodb/history/history.ts';
import { createDynamoIncidentStore } from '../../lib/adapters/dynamodb/incidents/incident-store.ts';
import { findSharedLabels, getLabel } from '../../lib/core/alert/labels.ts';
import { evaluateCel } from '../../lib/core/diagnosis/expressions/cel.ts';
import { webhookAlert, webhookBody } from '../support/factories/webhook.ts';
import { FirstResponder } from '../support/harness/first-responder.ts';
import { type LocalTable, startLocalTable } from '../support/servers/local-table.ts';

let local: LocalTable;

beforeAll(async () => {
  local = await startLocalTable();
});

afterAll(() => local.close());

/** Property names that every JavaScript object has, and names with a meaning for libraries. */
const names = [
  ...new Set([
    ...Object.getOwnPropertyNames(Object.prototype),
    ...Object.getOwnPropertyNames(Map.prototype),
    '__proto__',
    'prototype',
    'then',
    'toJSON',
    'length',
    'name',
    '',
  ]),
];

/** The system over the real stores, whose table refuses what Amazon's would. */
function systemOnTable(): FirstResponder {
  const system = new FirstResponder();
  system.world.incidents = Object.assign(system.world.incidents, createDynamoIncidentStore(local.table));
  system.world.history = Object.assign(system.world.history, createDynamoHistory(local.table));
  return system;
}

/** A payload as text, because an object literal cannot have a label called `__proto__`. */
function bodyWith(system: FirstResponder, name: string): string {
  const alerts = ['marked', 'neighbour'].map((pod) =>
    webhookAlert({ alertname: `Alert ${name}`, startsAt: system.now, labels: { pod } }),
  );
  return webhookBody(alerts).replace('"pod":"marked"', `"pod":"marked",${JSON.stringify(name)}:"x"`);
}

describe('an alert whose label or annotation has a name that every object has', () => {
  it.each(names)('is processed, notified and listed, and so is the next alert: %j', async (name) => {
    const system = systemOnTable();
    const body = bodyWith(system, name).replaceAll(
      '"annotations":{',
      `"annotations":{${JSON.stringify(name)}:"y",`,
    );

    const result = await system.receive([], body);
    await system.drain();

    expect(result).toMatchObject({ kind: 'accepted', incidents: [{ outcome: 'opened' }], rejected: [] });
    const id = result.kind === 'accepted' ? (result.incidents[0]?.id ?? '') : '';
    const record = await system.world.history.record(id);
    expect(record?.incident).toMatchObject({ status: 'open', effects: [] });
    expect(record?.alerts.map(({ labels }) => labels['pod'])).toEqual(['marked', 'neighbour']);
    expect(system.slack.roots('#cryptofunk-critical')).toHaveLength(1);
    // Code that reads a missing `labels[name]` would find the inherited property and show its source.
    expect(JSON.stringify([system.slack.posted, system.mail.sent])).not.toContain('native code');
    const list = await system.world.history.list({ from: 0, to: system.now + 1, limit: 100 });
    expect(list.incidents.map((each) => each.id)).toContain(id);
  });

  it('shows such a label where the alerts are not grouped by it', async () => {
    const system = new FirstResponder();
    await system.receive([webhookAlert({ startsAt: system.now, labels: { constructor: 'acme' } })]);
    await system.drain();

    expect(JSON.stringify(system.slack.roots('#cryptofunk-critical'))).toContain('constructor=acme');
  });

  it.each(names)('does not keep its runbook from reading other labels: %j', (name) => {
    const labels = Object.fromEntries([
      ['pod', 'a'],
      [name, 'x'],
    ]);

    const read = ['labels.pod', `labels[${JSON.stringify(name)}]`, 'has(labels.absent)'].map((expression) =>
      evaluateCel(expression, { labels, result: { rows: [labels] } }),
    );

    expect(read).toEqual(['a', 'x', false].map((value) => ({ kind: 'ok', value })));
  });

  it('is distinguished by that label, and never by an inherited property', () => {
    const [marked, neighbour] = [{ pod: 'a', constructor: 'x' }, { pod: 'b' }];

    expect(findSharedLabels([marked, neighbour])).toEqual({});
    expect(getLabel(neighbour, 'constructor')).toBeUndefined();
    expect(getLabel(marked, 'constructor')).toBe('x');
  });
});
