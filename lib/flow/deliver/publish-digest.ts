import type { Channel } from '../../core/channel/channel.ts';
import type { Budget } from '../../core/delivery/budget.ts';
import { addUnfinished, type ClaimedItem, getRepeatDelay, type Intent } from '../../core/delivery/claim.ts';
import { addUncertainSend } from '../../core/delivery/delivered-record.ts';
import { isMissing, type SendOutcome } from '../../core/delivery/delivery.ts';
import { getSecondsUntilDigestSlot } from '../../core/delivery/rate-limit.ts';
import type { Target } from '../../core/routing/target.ts';
import type { RunbookCatalog } from '../../core/runbook/runbook.ts';
import { hashSha256 } from '../../core/shared/hash.ts';
import type { Log } from '../../core/shared/log.ts';
import { type Millis, SECOND } from '../../core/shared/time.ts';
import type { Digest } from '../../core/storm/digest.ts';
import {
  CLOCK_MARGIN,
  type DigestRecord,
  getDestinationKey,
  getDigestDueAt,
  getStormAfter,
  type Storm,
} from '../../core/storm/storm.ts';
import type { DigestStore, StormEntries } from '../../core/storm/storm-store.ts';
import { renderOrPlain } from './render-notice.ts';
import { editRendered, sendRendered } from './send-rendered.ts';
import { type ClaimPorts, type Held, runUnderClaim } from './under-claim.ts';

export type PublishDigestPorts = ClaimPorts & {
  storms: { entries: StormEntries; digests: DigestStore };
  catalog: Pick<RunbookCatalog, 'stormAfter'>;
  publicUrl?: string;
  log: Log;
};

export type DigestRequest = {
  target: Target;
  startedAt: Millis;
  /** Entries added by this time have to be shown. */
  since: Millis;
  /** Closes the digest: the storm is over. */
  closing: boolean;
  /** Limited to the run's budget and to its rate. */
  channel: Channel;
  /** Key of the message that needs this. */
  key: string;
  attempt: number;
  budget: Budget;
};

/**
 * Makes sure that the digest shows every entry added by `since`. Edits are rate-limited: a request soon after
 * an edit comes again later, when another may have shown its entry. `delivered` once the entry is shown.
 */
export async function publishDigest(ports: PublishDigestPorts, request: DigestRequest): Promise<SendOutcome> {
  const { clock, storms } = ports;
  const storm = { place: getDestinationKey(request.target), startedAt: request.startedAt };
  const now = clock.now();
  const shown = await storms.digests.read(storm);
  if (!request.closing && shown.shownAt >= request.since + CLOCK_MARGIN) return delivered(shown);
  const dueAt = getDigestDueAt(shown, storm.startedAt, request.channel.digestTiming);
  if (dueAt > now) return later(request, dueAt - now);
  // A new message may have arrived already; repeating an edit is harmless.
  const isNew = postsNew(request, shown);
  const { dropsRepeats } = request.channel.abilities;
  const wait = isNew && !dropsRepeats ? getRepeatDelay(addUnfinished(shown, now).uncertainSends, now) : 0;
  if (wait > 0) return later(request, wait);
  const intent = isNew ? { key: request.key, seq: 0, firing: true, at: now } : undefined;
  const item: ClaimedItem<DigestRecord> = {
    claim: (claim) => storms.digests.claim(storm, claim),
    save: (record, holder) => storms.digests.save(storm, record, holder),
  };
  const outcome = await runUnderClaim(
    ports,
    item,
    { budget: request.budget, before: shown, intent },
    (held) => publishHeld(ports, request, storm, { ...held, intent }),
  );
  return outcome ?? later(request, 2 * SECOND);
}

async function publishHeld(
  ports: PublishDigestPorts,
  request: DigestRequest,
  storm: Storm,
  { record: before, intent, save }: Held<DigestRecord> & { intent: Intent | undefined },
): Promise<SendOutcome> {
  const { clock, storms } = ports;
  // The record under the claim: another run may have shown the entry, or posted the message to edit.
  if (!request.closing && before.shownAt >= request.since + CLOCK_MARGIN) {
    await save(before);
    return delivered(before);
  }
  const readAt = clock.now();
  const closedAt = before.closedAt ?? (request.closing ? readAt : undefined);
  const outcome = await send(ports, request, before, {
    startedAt: storm.startedAt,
    entries: await storms.entries.all(storm),
    stormAfter: getStormAfter(ports.catalog),
    now: readAt,
    closedAt,
    publicUrl: ports.publicUrl,
  });
  const known = addUncertainSend(before, outcome, intent, clock.now());
  await save(outcome.kind === 'delivered' ? after(before, outcome, readAt, closedAt) : known);
  return outcome;
}

function after(
  before: DigestRecord,
  { ref = before.ref }: Extract<SendOutcome, { kind: 'delivered' }>,
  shownAt: Millis,
  closedAt: Millis | undefined,
): DigestRecord {
  return {
    shownAt,
    claimUntil: 0,
    ref,
    closedAt,
  };
}

async function send(
  { log }: PublishDigestPorts,
  { target, channel, attempt }: DigestRequest,
  { ref }: DigestRecord,
  digest: Digest,
): Promise<SendOutcome> {
  const rendered = await renderOrPlain(
    () => channel.render({ kind: 'digest', digest }, target),
    (why) => channel.renderPlain({ kind: 'digest', digest, why }, target),
    (error) =>
      log.error('a digest could not be rendered; it is sent as plain text', {
        place: getDestinationKey(target),
        error,
      }),
  );
  if (rendered === undefined) return { kind: 'delivered', ref };
  const edited =
    ref !== undefined && channel.abilities.edit ? await editRendered(channel, ref, rendered) : undefined;
  if (edited !== undefined && !isMissing(edited)) return edited;
  return (
    await sendRendered(channel, rendered, target, { key: toContentKey(target, digest), seq: 0, attempt })
  ).outcome;
}

/** Two messages with the same incidents in the same state are one, for servers that drop repeats. */
function toContentKey(target: Target, { startedAt, closedAt, entries }: Digest): string {
  const shown = entries.map(({ incidentId, seq, state }) => `${incidentId} ${seq} ${state}`).toSorted();
  const about = `${getDestinationKey(target)} ${startedAt} ${closedAt === undefined ? '' : 'closed'}`;
  return hashSha256([about, ...shown].join('\n'), 40);
}

function postsNew({ channel }: DigestRequest, { ref }: DigestRecord): boolean {
  return ref === undefined || !channel.abilities.edit;
}

function delivered({ ref }: DigestRecord): SendOutcome {
  return { kind: 'delivered', ref };
}

function later({ key, attempt }: DigestRequest, wait: Millis): SendOutcome {
  return {
    kind: 'retryable',
    reason: 'rate_limited',
    detail: 'in the digest of a storm, which shows it in a moment',
    unasked: true,
    retryAfterMs: getSecondsUntilDigestSlot(wait, key, attempt),
  };
}
