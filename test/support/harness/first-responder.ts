import { createMailChannel } from '../../../lib/channels/email/channel.ts';
import { createPngEncoder } from '../../../lib/channels/email/client/png-encoder.ts';
import { createMemoryMail } from '../../../lib/channels/email/memory-mail.ts';
import type { PictureEncoder } from '../../../lib/channels/email/render/draw-chart.ts';
import { createSlackChannel } from '../../../lib/channels/slack/channel.ts';
import { createMemorySlack } from '../../../lib/channels/slack/memory-slack.ts';
import type { SlackRateLimit } from '../../../lib/channels/slack/rate-limit.ts';
import { createWebhookChannel } from '../../../lib/channels/webhook/channel.ts';
import { createMemoryWebhook } from '../../../lib/channels/webhook/memory-webhook.ts';
import { createWebhookRoutes } from '../../../lib/channels/webhook/routes.ts';
import type { Channel } from '../../../lib/core/channel/channel.ts';
import type { ActiveAlert, AlertmanagerProbe } from '../../../lib/core/diagnosis/checks/probe.ts';
import type { DiagnosisRequest } from '../../../lib/core/diagnosis/diagnose-effect.ts';
import type { Diagnosis, Finding } from '../../../lib/core/diagnosis/findings/finding.ts';
import type { ChannelRoutes } from '../../../lib/core/routing/channel-routes.ts';
import type { RunbookCatalog } from '../../../lib/core/runbook/runbook.ts';
import type { Log } from '../../../lib/core/shared/log.ts';
import { DAY, MINUTE, type Millis } from '../../../lib/core/shared/time.ts';
import type { StatisticsQuery } from '../../../lib/core/statistics/query-schema.ts';
import { type DeliverPorts, deliverMessage } from '../../../lib/flow/deliver/deliver-message.ts';
import type { DeliverNoticeResult } from '../../../lib/flow/deliver/record-delivery.ts';
import {
  type CurrentMaintenances,
  createCurrentMaintenances,
} from '../../../lib/flow/diagnose/apply-maintenance.ts';
import {
  type DiagnoseIncidentPorts,
  diagnoseIncident,
} from '../../../lib/flow/diagnose/diagnose-incident.ts';
import { showStatistics } from '../../../lib/flow/history/show-statistics.ts';
import { acknowledgeIncident, resolveIncident } from '../../../lib/flow/incident/change-incident.ts';
import { receiveWebhook } from '../../../lib/flow/receive/receive-webhook.ts';
import { type TickPorts, tick } from '../../../lib/flow/tick/tick.ts';
import { forIncidents, forNotices } from '../../../scripts/compile-runbooks.ts';
import { catalog as defaultCatalog } from '../factories/catalog.ts';
import { type ConfiguredChannels, configuredChannels, toRoutes } from '../factories/configured-channels.ts';
import { finding } from '../factories/finding.ts';
import { webhookBody } from '../factories/webhook.ts';
import { Crash } from '../fakes/faults.ts';
import { createMemoryWorld, type MemoryWorld } from '../fakes/memory-world.ts';
import { whileTimePasses } from '../fakes/while-time-passes.ts';

export const silentLog: Log = { info() {}, warn() {}, error() {} };

type Options = {
  catalog?: RunbookCatalog;
  canEdit?: boolean;
  /** Absent: messages have no buttons. */
  buttons?: NonNullable<DeliverPorts['buttons']>;
  channels?: ConfiguredChannels;
  /** Names of webhooks; none by default. */
  webhooks?: string[];
  /** The rate limit at Slack; none by default, so that no test has to wait for a slot. */
  slackRateLimit?: SlackRateLimit;
};

/** `listed`: what other peers have. */
type Down = { down: string; listed?: ActiveAlert[] };

const unlimited: SlackRateLimit = { perChannel: 0, perEdit: 0 };

/**
 * The whole system on fakes, with a clock that a test moves: webhooks in, notices out. Queues are processed only on
 * request, and a failed message comes again, like in a deployment.
 */
export class FirstResponder {
  readonly world: MemoryWorld;
  readonly catalog: RunbookCatalog;
  readonly slack;
  readonly mail;
  readonly webhook;
  readonly diagnosed: string[] = [];
  /** The findings of the runbook's checks from now on. */
  found: Finding[] = [finding()];
  /** Runs the runbook's checks; a test may make them fail. */
  diagnose: (request: DiagnosisRequest) => Promise<Diagnosis>;
  /** What Alertmanager's API answers: fingerprints or alerts that fire or are silenced, or a reason why it cannot be asked. */
  alertmanager: (string | ActiveAlert)[] | { suppressed: string[] } | Down = {
    down: 'connection refused',
  };
  /** Whether a silence covers every alert in its answers. */
  silenced = false;
  log: Log = silentLog;
  asked = 0;
  private readonly buttons: Options['buttons'];
  private current: CurrentMaintenances;
  /** When a group's next message is visible again, for tests that let time pass for it. */
  readonly awayUntil = new Map<string, Millis>();
  private readonly channels: ConfiguredChannels;
  private readonly slackRateLimit: SlackRateLimit;
  private readonly webhooks: string[];
  private owners = 0;

  constructor(options: Options = {}) {
    this.world = createMemoryWorld();
    this.buttons = options.buttons;
    this.current = createCurrentMaintenances(this.world.maintenances);
    this.catalog = options.catalog ?? defaultCatalog();
    this.channels = options.channels ?? configuredChannels;
    this.slackRateLimit = options.slackRateLimit ?? unlimited;
    this.slack = createMemorySlack({
      canEdit: options.canEdit ?? true,
      now: this.world.clock.now,
      pause: this.world.clock.pause,
    });
    this.mail = createMemoryMail({ pause: this.world.clock.pause });
    this.webhook = createMemoryWebhook({ pause: this.world.clock.pause });
    this.webhooks = options.webhooks ?? [];
    this.diagnose = async ({ incident, effect }) => {
      this.diagnosed.push(effect.reason);
      return {
        schema: 1,
        id: effect.id,
        incidentId: incident.id,
        seq: effect.seq,
        reason: effect.reason,
        startedAt: this.world.clock.now(),
        finishedAt: this.world.clock.now(),
        findings: structuredClone(this.found),
        commands: [],
      };
    };
  }

  get now(): number {
    return this.world.clock.now();
  }

  /** With the part of the catalog that functions which change incidents are deployed with. */
  get changePorts() {
    return { ...this.world, catalog: forIncidents(this.catalog), backOff: async () => {} };
  }

  get diagnosePorts(): DiagnoseIncidentPorts {
    return {
      ...this.world,
      catalog: this.catalog,
      channels: this.routes,
      muting: {
        ...this.changePorts,
        maintenances: this.world.maintenances,
        current: this.current,
      },
      diagnose: (request) => this.diagnose(request),
      log: this.log,
    };
  }

  get deliverPorts(): DeliverPorts {
    return {
      ...this.world,
      catalog: forNotices(this.catalog),
      channels: this.openChannels(),
      unique: () => `run ${++this.owners}`,
      log: this.log,
      buttons: this.buttons,
    };
  }

  receive(alerts: Record<string, unknown>[], body = webhookBody(alerts), source = 'prod') {
    return receiveWebhook(this.changePorts, { source, body, now: this.now });
  }

  acknowledge(id: string, by = 'Ana') {
    return acknowledgeIncident(this.changePorts, { id, by, now: this.now });
  }

  resolve(id: string, by = 'Ana') {
    return resolveIncident(this.changePorts, { id, by, now: this.now });
  }

  get tickPorts(): TickPorts {
    return {
      ...this.changePorts,
      channels: this.routes,
      alertmanager: this.probe(),
      abortAfter: () => new AbortController().signal,
      log: this.log,
    };
  }

  tick() {
    return tick(this.tickPorts, { stopAfterMs: 45_000 });
  }

  statistics(query: Partial<StatisticsQuery> = {}) {
    const day = Math.floor(this.now / DAY) * DAY;
    const ports = { ...this.world.statistics, catalog: forIncidents(this.catalog) };
    return showStatistics(ports, { from: day, to: day + DAY, tz: 'UTC', ...query }, this.now);
  }

  /** A minute passes, like in a deployment: tick, then the queues. */
  async minute(): Promise<void> {
    this.world.clock.advance(MINUTE);
    await this.tick();
    await this.drain();
  }

  async minutes(count: number): Promise<void> {
    for (let i = 0; i < count; i += 1) await this.minute();
  }

  /** Consumes one message of the diagnose queue; false when there is none. Throws what the consumer throws. */
  async consumeDiagnose(): Promise<boolean> {
    const message = this.world.effects.receive();
    if (!message) return false;
    await diagnoseIncident(this.diagnosePorts, { message: message.body, attempt: message.receives });
    // A swallowed crash in its last step was a crash all the same, and a dead run deletes no message.
    if (this.world.faults.crashed) throw new Crash('before the message was taken off the queue');
    this.world.effects.done(message);
    return true;
  }

  /** Consumes one message of the deliver queue; a retry leaves it there. */
  async consumeDeliver(
    skipGroups?: ReadonlySet<string>,
  ): Promise<{ group: string; retried: boolean } | undefined> {
    const message = this.world.deliveries.receive(skipGroups);
    if (!message) return undefined;
    const { body, receives: attempt } = message;
    const result = await whileTimePasses<DeliverNoticeResult>(
      this.world.clock,
      deliverMessage(this.deliverPorts, { message: body, attempt }),
    );
    if (result.kind === 'done') this.world.deliveries.done(message);
    return { group: message.group, retried: result.kind === 'retry' };
  }

  /** Processes both queues once; a message to be retried waits for the next time. */
  async drain(): Promise<void> {
    while (await this.consumeDiagnose());
    const waiting = new Set<string>();
    for (;;) {
      const consumed = await this.consumeDeliver(waiting);
      if (!consumed) return;
      if (consumed.retried) waiting.add(consumed.group);
    }
  }

  private get routes(): ChannelRoutes[] {
    return [...toRoutes(this.configured), createWebhookRoutes(this.webhooks)];
  }

  /** The channels with their fakes. Those of `without` have lost their configuration since the notices were routed. */
  openChannels(change: { without?: string[]; pictures?: PictureEncoder } = {}): Channel[] {
    const { without = [], pictures = createPngEncoder() } = change;
    return [
      createSlackChannel({
        client: without.includes('slack') || this.configured.slack === 'none' ? undefined : this.slack,
        rateLimit: this.slackRateLimit,
      }),
      createMailChannel({
        client: without.includes('email') || !this.configured.mail ? undefined : this.mail,
        mailLists: this.configured.mailLists,
        domain: 'example.com',
        pictures,
        log: this.log,
      }),
      createWebhookChannel({
        client: without.includes('webhook') || this.webhooks.length === 0 ? undefined : this.webhook,
        names: this.webhooks,
      }),
    ];
  }

  private get configured(): ConfiguredChannels {
    return this.slack.canEdit ? this.channels : { ...this.channels, slack: 'webhook' };
  }

  private probe(): AlertmanagerProbe {
    return {
      alerts: async () => {
        this.asked += 1;
        const answer = this.alertmanager;
        if ('down' in answer) {
          const { down: reason, listed } = answer;
          return { kind: 'failed', reason, listed };
        }
        const suppressed = 'suppressed' in answer;
        const state = suppressed || this.silenced ? 'suppressed' : 'active';
        const firing = suppressed ? answer.suppressed : answer;
        return {
          kind: 'ok',
          value: firing.map((each) => (typeof each === 'string' ? activeAlert(each, state) : each)),
        };
      },
    };
  }
}

function activeAlert(fingerprint: string, state: ActiveAlert['state']): ActiveAlert {
  return { fingerprint, labels: {}, annotations: {}, startsAt: 0, state };
}
