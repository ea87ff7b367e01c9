import { MINUTE, SECOND } from '../../lib/core/shared/time.ts';
import {
  type Disturbance,
  type Event,
  type History,
  type Name,
  names,
  type Sending,
  type Writes,
} from './arbitrary-history.ts';
import type { Answer, Arrival, Millis, ReportedAlert } from './history.ts';

/** When every history begins. */
export const START: Millis = Date.UTC(2026, 10, 24, 3);
const FAR_FUTURE = Date.UTC(9999, 11, 31);
/** Ticks at the end, so that everything under way arrives and is notified. */
const LAST_MINUTES = 3;
/** Ticks come between the seconds at which people and senders act. */
const TICK_AT = 17 * SECOND;

/** What reaches first-responder, and what goes wrong while it does. */
export type Step = { arrival: Arrival; disturbances: Disturbance[] };

/** Turns a history of the world into what reaches first-responder, in order. */
export function unfoldHistory(history: History): Step[] {
  const world = new World(history);
  for (const event of history.events) world.happen(event);
  world.settle();
  return world.steps;
}

type Underway = { at: Millis; alerts: ReportedAlert[]; truncated: number };

/** The truth: which alerts fire, what each peer has notified of it, and what is on its way. */
class World {
  readonly steps: Step[] = [];
  private readonly history: History;
  private now = START;
  private ahead: Millis;
  private readonly firing = new Map<Name, ReportedAlert>();
  private readonly silenced = new Set<Name>();
  /** Ends that a peer has not sent yet. */
  private readonly unnotified: [Map<Name, ReportedAlert>, Map<Name, ReportedAlert>] = [new Map(), new Map()];
  private underway: Underway[] = [];
  private disturbances: Disturbance[] = [];
  private maintenances: { id: string; until: Millis }[] = [];
  private made = 0;
  private alertmanager: Extract<Event, { do: 'alertmanager' }> = {
    do: 'alertmanager',
    is: 'up',
    without: [],
  };

  constructor(history: History) {
    this.history = history;
    this.ahead = history.ahead;
  }

  happen(event: Event): void {
    switch (event.do) {
      case 'fire':
        return this.fire(event.name, event.sends);
      case 'end':
        return this.end(event.name, event.sends);
      case 'repeat':
        return this.send(event.peer, event.sending);
      case 'wait':
        return this.wait(event.minutes, event.tickEvery);
      case 'step-clock':
        this.ahead += event.minutes * MINUTE;
        return;
      case 'acknowledge':
      case 'resolve-by-hand':
        this.arrive({ at: this.now, kind: event.do, by: event.by });
        // Nothing in the world happens at the same moment.
        return this.advance(this.now + SECOND);
      case 'maintain':
        return this.maintain(event.names, event.minutes * MINUTE);
      case 'end-maintenance':
        return this.endMaintenance();
      case 'silence':
        this.silenced.add(event.name);
        return;
      case 'unsilence':
        this.silenced.delete(event.name);
        return;
      case 'alertmanager':
        this.alertmanager = event;
        return;
      case 'disturb':
        this.disturbances.push(event.by);
    }
  }

  settle(): void {
    this.wait(LAST_MINUTES, 1);
  }

  private fire(name: Name, sends: [Sending, Sending]): void {
    if (this.firing.has(name)) return;
    this.firing.set(name, {
      name,
      status: 'firing',
      severity: this.history.severities[name],
      startsAt: this.write(this.history.writes[name].start),
      endsAt: undefined,
    });
    this.sendBoth(sends);
  }

  private end(name: Name, sends: [Sending, Sending]): void {
    const alert = this.firing.get(name);
    if (alert === undefined) return;
    this.firing.delete(name);
    const end = this.write(this.history.writes[name].end);
    for (const unnotified of this.unnotified)
      unnotified.set(name, { ...alert, status: 'resolved', endsAt: end });
    this.sendBoth(sends);
  }

  private write(as: Writes): Millis | undefined {
    switch (as) {
      case 'by-clock':
        return this.now + this.ahead;
      case 'absent':
        return undefined;
      case 'zero':
        return 0;
      case 'far-future':
        return FAR_FUTURE;
    }
  }

  private sendBoth([first, second]: [Sending, Sending]): void {
    this.send(0, first);
    this.send(1, second);
    this.advance(this.now + SECOND);
  }

  /** A peer sends its whole group: what fires, and what ended since it sent it last. Silenced alerts are left out. */
  private send(peer: 0 | 1, { delay, again, lost, max = names.length }: Sending): void {
    const ended = this.unnotified[peer];
    const all = names.flatMap((name) => this.firing.get(name) ?? ended.get(name) ?? []);
    const alerts = all.filter(({ name }) => !this.silenced.has(name as Name));
    ended.clear();
    if (alerts.length === 0 || lost) return;
    const webhook = { alerts: alerts.slice(0, max), truncated: Math.max(0, alerts.length - max) };
    this.underway.push({ at: this.now + delay, ...webhook });
    if (again !== undefined) this.underway.push({ at: this.now + delay + again, ...webhook });
  }

  private maintain(covered: Name[], length: Millis): void {
    this.made += 1;
    const maintenance = { id: `m${this.made}`, until: this.now + length };
    this.maintenances.push(maintenance);
    this.arrive({ at: this.now, kind: 'maintenance', names: covered, ...maintenance });
    // Every run knows of it by then.
    this.advance(this.now + 15 * SECOND);
  }

  private endMaintenance(): void {
    const current = this.maintenances.findLast(({ until }) => until > this.now);
    if (current === undefined) return;
    this.maintenances = this.maintenances.filter((each) => each !== current);
    this.arrive({ at: this.now, kind: 'maintenance-ended', id: current.id });
  }

  private wait(minutes: number, tickEvery: number): void {
    for (let passed = 0; passed < minutes; passed += tickEvery) {
      const length = Math.min(tickEvery, minutes - passed) * MINUTE;
      const end = this.now + length;
      const tickAt = Math.floor((end - TICK_AT) / MINUTE) * MINUTE + TICK_AT;
      this.advance(tickAt);
      this.tick();
      this.advance(end);
    }
  }

  private advance(to: Millis): void {
    const due = this.underway.filter(({ at }) => at <= to).toSorted((a, b) => a.at - b.at);
    this.underway = this.underway.filter(({ at }) => at > to);
    for (const webhook of due) {
      this.now = Math.max(this.now, webhook.at);
      this.arrive({ kind: 'webhook', ...webhook, at: this.now });
    }
    this.now = Math.max(this.now, to);
  }

  private tick(): void {
    this.arrive({ at: this.now, kind: 'tick', answer: this.answer() });
    if (this.alertmanager.is === 'restarting') this.alertmanager = { ...this.alertmanager, is: 'up' };
  }

  private answer(): Answer {
    const active = [...this.firing.values()].filter(({ name }) => !this.silenced.has(name as Name));
    const silenced = [...this.firing.keys()].filter((name) => this.silenced.has(name));
    switch (this.alertmanager.is) {
      case 'up':
        return { kind: 'answer', active, silenced };
      // Its API is empty until Prometheus has sent the alerts again.
      case 'restarting':
        return { kind: 'answer', active: [], silenced: [] };
      case 'partly': {
        const { without } = this.alertmanager;
        return { kind: 'partly', active: active.filter(({ name }) => !without.includes(name as Name)) };
      }
      case 'down':
        return { kind: 'down' };
    }
  }

  private arrive(arrival: Arrival): void {
    this.steps.push({ arrival, disturbances: this.disturbances });
    this.disturbances = [];
  }
}
