import type { Effect } from '../../lib/core/incident/effect-schema.ts';
import type { Incident } from '../../lib/core/incident/incident.ts';
import { deliverMessage } from '../../lib/flow/deliver/deliver-message.ts';
import { diagnoseIncident } from '../../lib/flow/diagnose/diagnose-incident.ts';
import { addMaintenance, endMaintenance } from '../../lib/flow/maintenance/maintenances.ts';
import { whileTimePasses } from '../support/fakes/while-time-passes.ts';
import { FirstResponder } from '../support/harness/first-responder.ts';
import type { Disturbance, History } from './arbitrary-history.ts';
import type { Arrival, Millis, State } from './history.ts';
import { readState } from './read-state.ts';
import { createTellings, type Tellings } from './tellings.ts';
import { type Step, unfoldHistory } from './unfold-history.ts';
import { matchersOf, toBody, toListed } from './wire.ts';

/** What the system did with a history. */
export type Played = {
  steps: Step[];
  /** In the order of the steps: the state after each. */
  states: (State | undefined)[];
  /** Every effect that notifies people, in the order published, and whether a maintenance muted it. */
  effects: { incidentId: string; effect: Effect; muted: boolean }[];
  tellings: Tellings;
  /** Flows that threw without a planned fault. */
  failures: { at: Millis; message: string }[];
  /** The destinations of each effect. */
  routed: Map<string, string[]>;
  /** Messages that still wait at the end, by effect and destination. */
  waiting: { effectId: string; destination: string }[];
};

/** The real flows on fakes; a planted fault replaces parts of it. */
export class Player extends FirstResponder {
  readonly tellings = createTellings(this);
  /** Whether the next conditional write loses a race. */
  losesRace = false;
  lostRaces = 0;
  /** Flows that threw without a planned fault. */
  readonly failures: Played['failures'] = [];
  private readonly severities: History['severities'];
  private queueStopsUntil = 0;
  private readonly maintenanceIds = new Map<string, string>();

  constructor(severities: History['severities']) {
    super();
    this.severities = severities;
    this.found = [];
    const { write } = this.world.incidents;
    this.world.incidents.write = async (incident, expectedVersion) => {
      if (!this.losesRace) return write(incident, expectedVersion);
      this.losesRace = false;
      this.lostRaces += 1;
      return 'conflict';
    };
  }

  get latest(): Incident | undefined {
    return [...this.world.incidents.items.values()].at(-1);
  }

  async step({ arrival, disturbances }: Step): Promise<void> {
    this.world.clock.set(arrival.at);
    for (const each of disturbances) await this.prepare(each);
    await this.dying(disturbances, 'arrival', () => this.handle(arrival, disturbances));
    // Time that a function spends is not the time of the others.
    this.losesRace = false;
    this.world.clock.set(arrival.at);
    await this.dying(disturbances, 'queues', () => this.drain());
    this.world.clock.set(arrival.at);
  }

  /** The deliver queue goes on, so that all is notified. */
  async finish(): Promise<void> {
    this.queueStopsUntil = 0;
    await this.dying([], 'queues', () => this.drain());
  }

  override async consumeDeliver(skipGroups: ReadonlySet<string> = new Set()) {
    if (this.now < this.queueStopsUntil) return undefined;
    const next = this.world.deliveries.waiting.find(({ group }) => !skipGroups.has(group))?.body;
    if (next === undefined) return undefined;
    return this.tellings.during(next, () => super.consumeDeliver(skipGroups));
  }

  private async prepare(it: Disturbance): Promise<void> {
    switch (it.kind) {
      case 'conflict':
        this.losesRace = true;
        return;
      case 'lost-answer':
        this[it.from].script('lost-answer');
        return;
      case 'queue-stops':
        this.queueStopsUntil = this.now + it.for;
        return;
      case 'late-duplicate':
        return this.repeatMessage(it);
      // These happen while the arrival is handled.
      case 'death':
      case 'twice':
        return;
    }
  }

  /** Runs `act` until its planned death, and then once more in a new process. */
  private async dying(
    disturbances: Disturbance[],
    where: 'arrival' | 'queues',
    act: () => Promise<unknown>,
  ): Promise<void> {
    const { faults } = this.world;
    const death = disturbances.find((each) => each.kind === 'death' && each.in === where);
    if (death?.kind === 'death') faults.failAt(death.call, death.moment);
    try {
      await act();
    } catch (error) {
      // The queue brings the message again; whoever called a function calls it again.
      if (!faults.crashed && where === 'arrival')
        this.failures.push({ at: this.now, message: String(error) });
      const died = faults.crashed;
      faults.restart();
      if (died && where === 'arrival') await act();
    }
    faults.restart();
  }

  private async handle(arrival: Arrival, disturbances: Disturbance[]): Promise<void> {
    const twice = disturbances.some(({ kind }) => kind === 'twice');
    const raced = this.lostRaces;
    await Promise.all([this.handleOnce(arrival), twice ? this.handleOnce(arrival) : undefined]);
    // A tick that lost a race leaves the incident to the next one.
    if (arrival.kind === 'tick' && this.lostRaces > raced) await this.handleOnce(arrival);
  }

  private async handleOnce(arrival: Arrival): Promise<void> {
    switch (arrival.kind) {
      case 'webhook':
        await this.receive([], toBody(arrival.alerts, arrival.truncated));
        return;
      case 'acknowledge':
        if (this.latest) await this.acknowledge(this.latest.id, arrival.by);
        return;
      case 'resolve-by-hand':
        if (this.latest) await this.resolve(this.latest.id, arrival.by);
        return;
      case 'maintenance':
        return this.maintain(arrival);
      case 'maintenance-ended': {
        const id = this.maintenanceIds.get(arrival.id);
        if (id !== undefined) await endMaintenance(this.world, { id, now: this.now });
        return;
      }
      case 'tick':
        this.alertmanager = toListed(arrival.answer, this.severities);
        await this.tick();
    }
  }

  private async maintain({ id, names, until }: Extract<Arrival, { kind: 'maintenance' }>): Promise<void> {
    const request = {
      matchers: matchersOf(names),
      from: this.now,
      to: until,
      by: 'Ana',
      reason: 'upgrade',
    };
    const made = await addMaintenance(this.world, { request, unique: id, now: this.now });
    this.maintenanceIds.set(id, made.id);
  }

  private async repeatMessage({
    queue,
    pick,
  }: Extract<Disturbance, { kind: 'late-duplicate' }>): Promise<void> {
    if (queue === 'diagnose') {
      const { sent } = this.world.effects;
      const message = sent[pick % Math.max(1, sent.length)];
      if (message)
        await diagnoseIncident(this.diagnosePorts, { message: structuredClone(message), attempt: 2 });
      return;
    }
    const { sent, waiting } = this.world.deliveries;
    const done = sent.filter((each) => !waiting.some(({ body }) => body.key === each.key));
    const message = done[pick % Math.max(1, done.length)];
    if (message === undefined) return;
    const deliver = () =>
      whileTimePasses(
        this.world.clock,
        deliverMessage(this.deliverPorts, { message: structuredClone(message), attempt: 2 }),
      );
    // If it fails once more, SQS brings it once more.
    await this.tellings.during(message, deliver).catch(() => undefined);
  }
}

/** Plays a history through the real flows. `plant` puts a fault into the system first. */
export async function playHistory(history: History, plant?: (player: Player) => void): Promise<Played> {
  const steps = unfoldHistory(history);
  const player = new Player(history.severities);
  plant?.(player);
  const states: Played['states'] = [];
  for (const step of steps) {
    await player.step(step);
    states.push(readState(player.world.incidents.items));
  }
  await player.finish();
  const { effects, deliveries } = player.world;
  const notices = deliveries.sent.filter((each) => each.kind === 'notice');
  // A place that has heard that it fires is notified the end in any case.
  const notified = new Set(
    player.tellings.all.flatMap(({ as, effectId }) => (as === 'edit' ? [] : effectId)),
  );
  const muted = new Set(
    notices.flatMap((each) =>
      each.muted !== undefined && !notified.has(each.effect.id) ? each.effect.id : [],
    ),
  );
  const routed = new Map<string, string[]>();
  for (const { effect, target } of notices) {
    const known = routed.get(effect.id) ?? [];
    if (!known.includes(target.destination)) routed.set(effect.id, [...known, target.destination]);
  }
  return {
    steps,
    states,
    effects: effects.sent
      .filter(({ effect }) => effect.kind === 'notify')
      .map(({ incidentId, effect }) => ({ incidentId, effect, muted: muted.has(effect.id) })),
    tellings: player.tellings,
    failures: player.failures,
    routed,
    waiting: deliveries.waiting.flatMap(({ body }) =>
      body.kind === 'notice' ? [{ effectId: body.effect.id, destination: body.target.destination }] : [],
    ),
  };
}
