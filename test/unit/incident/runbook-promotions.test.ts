import { describe, expect, it } from 'vitest';
import type { Alert } from '../../../lib/core/alert/alert.ts';
import { groupAlerts } from '../../../lib/core/grouping/group-alerts.ts';
import { findPolicy } from '../../../lib/core/runbook/find-runbook.ts';
import { MINUTE } from '../../../lib/core/shared/time.ts';
import { ourRunbooks } from '../../support/factories/our-runbooks.ts';
import { fingerprintOf, Scenario, T0 } from '../../support/harness/incident-scenario.ts';

/** Plays alerts of one alertname as ingest does, with the project's own runbook. */
class RunbookScenario {
  readonly alertname: string;
  readonly scenario: Scenario;
  readonly keys = new Set<string>();

  constructor(alertname: string) {
    this.alertname = alertname;
    this.scenario = new Scenario(findPolicy(ourRunbooks, alertname));
  }

  fires(minute: number, labels: Record<string, string>, since = minute): this {
    return this.deliver(minute, labels, { startsAt: T0 + since * MINUTE, endsAt: 0 });
  }

  ends(minute: number, labels: Record<string, string>, since: number): this {
    return this.deliver(minute, labels, { startsAt: T0 + since * MINUTE, endsAt: T0 + minute * MINUTE });
  }

  private deliver(
    minute: number,
    labels: Record<string, string>,
    times: Pick<Alert, 'startsAt' | 'endsAt'>,
  ): this {
    const alert: Alert = {
      source: 'prod',
      fingerprint: fingerprintOf(Object.values(labels).join()),
      status: times.endsAt === 0 ? 'firing' : 'resolved',
      labels: { alertname: this.alertname, severity: 'warning', ...labels },
      annotations: {},
      generatorURL: '',
      ...times,
    };
    for (const { identity, alerts } of groupAlerts(ourRunbooks, [alert], { externalURL: '' })) {
      this.keys.add(identity.key);
      this.scenario.play(minute, { type: 'received', identity, alerts });
    }
    return this;
  }
}

describe('CircuitBreakerOpen', () => {
  it('becomes critical when a second service is open, because both share an incident', () => {
    const played = new RunbookScenario('CircuitBreakerOpen').fires(0, { service: 'exchange' });
    expect(played.scenario.incident?.severity).toBe('warning');

    played.fires(1, { service: 'llm' });

    expect(played.keys.size).toBe(1);
    expect(played.scenario.incident?.severity).toBe('critical');
    expect(played.scenario.notified).toEqual(['opened!', 'raised!']);
  });

  it('stays a warning while one service is open on several instances', () => {
    const played = new RunbookScenario('CircuitBreakerOpen')
      .fires(0, { service: 'exchange', instance: 'a' })
      .fires(1, { service: 'exchange', instance: 'b' });

    expect(played.scenario.incident?.severity).toBe('warning');
  });

  it('becomes critical when it has been open for 15 minutes', () => {
    const played = new RunbookScenario('CircuitBreakerOpen').fires(0, { service: 'database' });
    played.scenario.tick(14);
    expect(played.scenario.incident?.severity).toBe('warning');

    played.scenario.tick(15);

    expect(played.scenario.incident?.severity).toBe('critical');
    expect(played.scenario.notified).toEqual(['opened!', 'raised!']);
  });
});

describe('PositionLimitExceeded', () => {
  it('becomes critical with the third violation within an hour, across episodes', () => {
    const symbol = { symbol: 'BTC/USDT' };
    const played = new RunbookScenario('PositionLimitExceeded')
      .fires(0, symbol)
      .ends(5, symbol, 0)
      .fires(25, symbol)
      .ends(30, symbol, 25);
    expect(played.scenario.incident).toMatchObject({ severity: 'warning', episode: 2 });

    played.fires(55, symbol);

    expect(played.scenario.incident).toMatchObject({ severity: 'critical', episode: 3 });
  });

  it('counts violations of any symbol, but never repeated webhooks', () => {
    const played = new RunbookScenario('PositionLimitExceeded').fires(0, { symbol: 'BTC/USDT' });
    for (let minute = 1; minute < 10; minute += 1) played.fires(minute, { symbol: 'BTC/USDT' }, 0);
    played.fires(10, { symbol: 'ETH/USDT' });
    expect(played.scenario.incident?.severity).toBe('warning');

    played.fires(11, { symbol: 'SOL/USDT' });

    expect(played.keys.size).toBe(1);
    expect(played.scenario.incident?.severity).toBe('critical');
  });

  it('stays a warning when violations are far apart', () => {
    const symbol = { symbol: 'BTC/USDT' };
    const played = new RunbookScenario('PositionLimitExceeded').fires(0, symbol).ends(5, symbol, 0);
    played.fires(40, symbol).ends(45, symbol, 40).fires(80, symbol);

    expect(played.scenario.incident?.severity).toBe('warning');
  });
});
