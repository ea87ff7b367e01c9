import type { SlackMessage } from '../../../lib/channels/slack/slack-client.ts';
import type { NoticeMessage } from '../../../lib/core/delivery/deliver-message-schema.ts';
import { mayAlertFire } from '../../../lib/core/incident/alert-state.ts';
import type { Incident } from '../../../lib/core/incident/incident.ts';
import type { RunbookCatalog } from '../../../lib/core/runbook/runbook.ts';
import type { Severity } from '../../../lib/core/shared/severity.ts';
import { MINUTE } from '../../../lib/core/shared/time.ts';
import { catalog } from '../factories/catalog.ts';
import { webhookAlert } from '../factories/webhook.ts';
import { FirstResponder } from './first-responder.ts';

/** Contacts whom Slack can notify, so that a test can see who is notified. */
export const nightContacts: RunbookCatalog['contacts'] = {
  'on-call': { name: 'on-call', slack: 'S0ONCALL', email: ['oncall-phone@example.com'] },
  'senior-engineer': { name: 'senior engineer', slack: 'U0SENIOR', email: ['senior@example.com'] },
  'engineering-lead': { name: 'engineering lead', slack: 'U0LEAD' },
  'product-manager': { name: 'product manager', slack: 'U0PM' },
};

/** One message: minutes since the start, its reason, its highest tier, and who was interrupted by name. */
export type NightNotice = { minute: number; reason: string; tier: number; called: string[] };

/** One incident of one alert on the whole system, and the messages of each target, without silent edits of a root. */
export class Night extends FirstResponder {
  readonly start = this.now;
  readonly got: Record<string, NightNotice[]> = {};
  private severity: Severity | undefined;

  constructor(change: Partial<RunbookCatalog> = {}) {
    super({ catalog: catalog({ contacts: nightContacts, ...change }) });
    this.alertmanager = [];
  }

  get elapsed(): number {
    return (this.now - this.start) / MINUTE;
  }

  get incident(): Incident | undefined {
    return [...this.world.incidents.items.values()][0];
  }

  /** The messages of each target, one a line: `30 escalated L2 <!channel> <@U0SENIOR>`. */
  get lines(): Record<string, string[]> {
    return Object.fromEntries(
      Object.entries(this.got).map(([target, notices]) => [
        target,
        notices.map(({ minute, reason, tier, called }) => [minute, reason, `L${tier}`, ...called].join(' ')),
      ]),
    );
  }

  /** The alert fires with that severity; with another severity than before it replaces the former alert. */
  async fires(severity: Severity): Promise<void> {
    const before =
      this.severity === undefined || this.severity === severity
        ? []
        : [this.alert(this.severity, 'resolved')];
    this.severity = severity;
    await this.receive([...before, this.alert(severity, 'firing')]);
    this.alertmanager = (this.incident?.alerts ?? [])
      .filter(mayAlertFire)
      .map(({ fingerprint }) => fingerprint);
    await this.drain();
  }

  async resolves(): Promise<void> {
    if (this.severity === undefined) return;
    await this.receive([this.alert(this.severity, 'resolved')]);
    this.alertmanager = [];
    await this.drain();
  }

  async isAcknowledged(): Promise<void> {
    await this.acknowledge(this.incident?.id ?? '');
    await this.drain();
  }

  /** A tick a minute up to that one, like in a deployment. */
  async runs(until: number, happens: Record<number, () => Promise<void> | void> = {}): Promise<void> {
    while (this.elapsed < until) {
      this.world.clock.advance(MINUTE);
      await happens[this.elapsed]?.();
      await this.tick();
      await this.drain();
    }
  }

  override async consumeDeliver(skipGroups: ReadonlySet<string> = new Set()) {
    const next = this.world.deliveries.waiting.find(({ group }) => !skipGroups.has(group))?.body;
    const [calls, mails] = [this.slack.calls.length, this.mail.sent.length];
    const consumed = await super.consumeDeliver(skipGroups);
    if (next?.kind !== 'notice') return consumed;
    for (const call of this.slack.calls.slice(calls)) {
      if (call.kind !== 'update') this.note(next, calledIn(call.message));
    }
    for (const { to } of this.mail.sent.slice(mails)) this.note(next, to);
    return consumed;
  }

  private note({ target, effect: { reason, tier } }: NoticeMessage, called: string[]): void {
    const name = target.channel === 'slack' ? String(target.to) : 'mail';
    const notices = this.got[name] ?? [];
    this.got[name] = [...notices, { minute: this.elapsed, reason, tier, called }];
  }

  private alert(severity: Severity, status: 'firing' | 'resolved'): Record<string, unknown> {
    return webhookAlert({
      labels: { severity },
      status,
      startsAt: this.start,
      endsAt: status === 'resolved' ? this.now : undefined,
    });
  }
}

/** Slack's markup for the notified people, in order. */
function calledIn(message: SlackMessage): string[] {
  return [...JSON.stringify(message.blocks).matchAll(/<!channel>|<@\w+>|<!subteam\^\w+>/g)].map(
    ([each]) => each,
  );
}
