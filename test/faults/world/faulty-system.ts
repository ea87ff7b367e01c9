import { createReceiveWebhook } from '../../../handlers/receive-webhook.ts';
import type { AlertmanagerProbe } from '../../../lib/core/diagnosis/checks/probe.ts';
import type { RequestedAction } from '../../../lib/core/incident/requested-action.ts';
import type { Silencer } from '../../../lib/core/incident/silencer.ts';
import { MINUTE, type Millis } from '../../../lib/core/shared/time.ts';
import { deliverMessage } from '../../../lib/flow/deliver/deliver-message.ts';
import type { DeliverNoticeResult } from '../../../lib/flow/deliver/record-delivery.ts';
import { diagnoseIncident } from '../../../lib/flow/diagnose/diagnose-incident.ts';
import { handleAction } from '../../../lib/flow/incident/handle-action.ts';
import type { TickPorts } from '../../../lib/flow/tick/tick.ts';
import { catalog } from '../../support/factories/catalog.ts';
import { bearer, httpEvent, lambdaContext } from '../../support/factories/http-event.ts';
import { webhookBody } from '../../support/factories/webhook.ts';
import { Crash } from '../../support/fakes/faults.ts';
import { createMemorySilencer } from '../../support/fakes/memory-silencer.ts';
import { whileTimePasses } from '../../support/fakes/while-time-passes.ts';
import { FirstResponder, silentLog } from '../../support/harness/first-responder.ts';
import { type PlantedFault, plantedFromOutside, plantFault } from '../planted/planted-fault.ts';
import { strikeClients, struckCalls } from './instrument.ts';

const TOKEN = 'token-of-the-faults-suite';

/** Receives of a message before its queue gives it to the dead letters: infra/queues.yml. */
const DIAGNOSE_RECEIVES = 4;

const noPictures = { encode: async () => new Uint8Array() };

type Options = ConstructorParameters<typeof FirstResponder>[0] & { planted?: PlantedFault | undefined };

/** Slack and mail, and a program that is notified of everything. */
const everyChannel = catalog();
const usualCatalog = { ...everyChannel, routes: [...everyChannel.routes, { webhook: 'ops' }] };

/**
 * The whole system with every port under the recorder of faults: the stores and queues, the clients of the channels,
 * Alertmanager, the silencer and the diagnosis. A consumer that died or failed leaves its message on the queue, a
 * person or Alertmanager repeats what was not answered with success, and a tick comes each minute.
 */
export class FaultySystem extends FirstResponder {
  readonly silencer: Silencer;
  readonly start: Millis;
  readonly planted: PlantedFault | undefined;

  constructor(options: Options = {}) {
    super({
      buttons: { canSilence: () => true },
      webhooks: ['ops'],
      catalog: usualCatalog,
      ...options,
    });
    const { faults } = this.world;
    this.start = this.now;
    strikeClients(faults, this);
    const silencer = createMemorySilencer();
    this.silencer = {
      silence: struckCalls(
        faults.port('silencer'),
        'silence',
        (...args) => silencer.silence(...args),
        () => ({ kind: 'failed', reason: 'no answer within 1.3 s' }),
      ),
    };
    const checks = faults.port('checks');
    const { diagnose } = this;
    this.diagnose = (request) => checks.run('diagnose', () => diagnose(request));
    this.planted = options.planted ?? plantedFromOutside();
    plantFault(this.world, this.planted);
  }

  /** Pictures cost most of the time, and no fault lies in them. */
  override openChannels(change: Parameters<FirstResponder['openChannels']>[0] = {}) {
    return super.openChannels({ pictures: noPictures, ...change });
  }

  override get tickPorts(): TickPorts {
    const ports = super.tickPorts;
    const { alertmanager } = ports;
    if (alertmanager === undefined) return ports;
    const struck: AlertmanagerProbe = {
      alerts: struckCalls(
        this.alertmanagerPort,
        'alerts',
        (...args) => alertmanager.alerts(...args),
        () => ({ kind: 'failed', reason: 'no answer within 5 s' }),
      ),
    };
    return { ...ports, alertmanager: struck };
  }

  private get alertmanagerPort() {
    return this.world.faults.port('alertmanager');
  }

  /** The status that Alertmanager gets for a webhook; 0 when the process died and there is none. */
  async post(body: string): Promise<number> {
    const handler = createReceiveWebhook({
      tokens: [{ source: 'prod', token: TOKEN }],
      ports: this.receivePorts,
      clock: this.world.clock,
      log: silentLog,
    });
    const event = httpEvent({
      method: 'POST',
      path: '/webhooks/alertmanager',
      headers: bearer(TOKEN),
      body,
    });
    const { statusCode = 200 } = await handler({ ...event, source: '' }, lambdaContext);
    return this.world.faults.crashed ? 0 : statusCode;
  }

  /** For faults that are planted in front of a function. */
  get receivePorts() {
    return { ...this.world, ...this.changePorts };
  }

  postAlerts(alerts: Record<string, unknown>[], change: Record<string, unknown> = {}): Promise<number> {
    return this.post(webhookBody(alerts, change));
  }

  /** A click on a button in Slack; the private reply. */
  press(action: RequestedAction, by = 'Ana') {
    const ports = {
      ...this.changePorts,
      silencer: this.silencer,
      publicUrl: 'https://api.example',
      abortAfter: () => new AbortController().signal,
    };
    return handleAction(ports, { action, by, now: this.now });
  }

  override async consumeDiagnose(): Promise<boolean> {
    const message = this.world.effects.receive();
    if (!message) return false;
    await this.processDiagnose(message);
    return true;
  }

  /** As the queue's consumer, and past the last receive as the consumer of its dead letters. */
  private async processDiagnose(
    message: NonNullable<ReturnType<FirstResponder['world']['effects']['receive']>>,
  ): Promise<void> {
    const { effects, faults } = this.world;
    if (this.planted === 'message-deleted-first') effects.done(message);
    const isDeadLetter = message.receives > DIAGNOSE_RECEIVES;
    const { muting, ...unmuted } = this.diagnosePorts;
    await diagnoseIncident(isDeadLetter ? unmuted : { ...unmuted, muting }, {
      message: message.body,
      attempt: message.receives,
      isDeadLetter,
    });
    if (faults.crashed) throw new Crash('before the message was taken off the queue');
    effects.done(message);
  }

  override async consumeDeliver(skipGroups?: ReadonlySet<string>) {
    const { deliveries, clock, faults } = this.world;
    const message = deliveries.receive(skipGroups);
    if (!message) return undefined;
    const { body, receives: attempt, group } = message;
    if (this.planted === 'message-deleted-first') deliveries.done(message);
    const result = await whileTimePasses<DeliverNoticeResult>(
      clock,
      deliverMessage(this.deliverPorts, { message: body, attempt }),
    );
    if (faults.crashed) throw new Crash('before the message was taken off the queue');
    if (result.kind === 'done') deliveries.done(message);
    return { group, retried: result.kind === 'retry' };
  }

  /** Both queues once, where a message that fails waits for the next time with those behind it in its group. */
  async consumeAll(): Promise<void> {
    await this.consumeEffects();
    const waiting = new Set<string>();
    for (;;) {
      const next = this.world.deliveries.waiting.find(({ group }) => !waiting.has(group));
      if (next === undefined) return;
      const consumed = await this.consumeDeliver(waiting).catch(() => undefined);
      if (consumed === undefined || consumed.retried) waiting.add(next.group);
    }
  }

  private async consumeEffects(): Promise<void> {
    const { effects } = this.world;
    const waiting = new Set<string>();
    for (;;) {
      const message = effects.receive(waiting);
      if (message === undefined) return;
      const done = await this.processDiagnose(message).then(
        () => true,
        () => false,
      );
      if (!done) waiting.add(message.group);
    }
  }

  /** As a deployment goes on: a tick and both queues, each minute. */
  async settle(minutes: number): Promise<void> {
    for (let minute = 0; minute < minutes; minute += 1) {
      this.world.clock.advance(MINUTE);
      await this.tick().catch(() => undefined);
      await this.consumeAll();
    }
  }
}
