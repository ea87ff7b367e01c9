import type { Budget } from '../../core/delivery/budget.ts';
import type { MailChannel, SlackChannel } from '../../core/delivery/channels.ts';
import { type ClaimedItem, type Intent, repeatAfter, withUnfinished } from '../../core/delivery/claim.ts';
import type { Abilities } from '../../core/delivery/decide.ts';
import { withDoubt } from '../../core/delivery/delivered-record.ts';
import { isGone, notConfigured, type SendOutcome } from '../../core/delivery/delivery.ts';
import { digestAwayFor } from '../../core/delivery/rate-limit.ts';
import { writeOrPlain } from '../../core/notice/plain-notice.ts';
import type { Target } from '../../core/routing/route-notice.ts';
import type { Log } from '../../core/shared/log.ts';
import { type Millis, SECOND } from '../../core/shared/time.ts';
import type { Digest } from '../../core/storm/digest.ts';
import {
  plainMailDigest,
  plainSlackDigest,
  renderMailDigest,
  renderSlackDigest,
} from '../../core/storm/digest-message.ts';
import { CLOCK_MARGIN, type DigestRecord, digestDueAt, placeOf, type Storm } from '../../core/storm/storm.ts';
import type { DigestStore, StormEntries } from '../../core/storm/storm-store.ts';
import { noSlack } from './limit-channels.ts';
import { type ClaimPorts, type Held, underClaim } from './under-claim.ts';

export type ShowDigestPorts = ClaimPorts & {
  storms: { entries: StormEntries; digests: DigestStore };
  stormAfter: number;
  mailDomain: string;
  publicUrl?: string;
  log: Log;
};

export type DigestAsk = {
  target: Target;
  startedAt: Millis;
  /** What was put in at this time has to be in it. */
  since: Millis;
  /** Says that the storm is over. */
  closing: boolean;
  abilities: Abilities;
  /** Already paced; absent: not configured. */
  slack?: SlackChannel | undefined;
  mail?: MailChannel | undefined;
  /** Of the message on whose behalf this is done. */
  key: string;
  attempt: number;
  budget: Budget;
};

/**
 * Sees to it that people can read in the digest what was put in by `since`. Edits are few: whoever comes while one has
 * just been made comes again a little later, by when another may have done it for all. `delivered` when it is shown.
 */
export async function showDigest(ports: ShowDigestPorts, ask: DigestAsk): Promise<SendOutcome> {
  const { clock, storms } = ports;
  const storm = { place: placeOf(ask.target), startedAt: ask.startedAt };
  const now = clock.now();
  const shown = await storms.digests.read(storm);
  if (!ask.closing && shown.shownAt >= ask.since + CLOCK_MARGIN) return delivered(shown);
  const dueAt = digestDueAt(shown, storm.startedAt, ask.abilities);
  if (dueAt > now) return later(ask, dueAt - now);
  // A message anew may be there already; an edit changes nothing that it has not changed before.
  const anew = isAnew(ask, shown);
  const wait = anew ? repeatAfter(withUnfinished(shown, now).doubt, now) : 0;
  if (wait > 0) return later(ask, wait);
  const intent = anew ? { key: ask.key, seq: 0, firing: true, at: now } : undefined;
  const item: ClaimedItem<DigestRecord> = {
    claim: (claim) => storms.digests.claim(storm, claim),
    save: (record, holder) => storms.digests.save(storm, record, holder),
  };
  const outcome = await underClaim(ports, item, { budget: ask.budget, before: shown, intent }, (held) =>
    showHeld(ports, ask, storm, { ...held, intent }),
  );
  return outcome ?? later(ask, 2 * SECOND);
}

async function showHeld(
  ports: ShowDigestPorts,
  ask: DigestAsk,
  storm: Storm,
  { record: before, intent, save }: Held<DigestRecord> & { intent: Intent | undefined },
): Promise<SendOutcome> {
  const { clock, storms } = ports;
  // As it is under the claim: another run may have shown it, or made the message that is to be edited.
  if (!ask.closing && before.shownAt >= ask.since + CLOCK_MARGIN) {
    await save(before);
    return delivered(before);
  }
  const readAt = clock.now();
  const closedAt = before.closedAt ?? (ask.closing ? readAt : undefined);
  const outcome = await send(ports, ask, before, {
    startedAt: storm.startedAt,
    entries: await storms.entries.all(storm),
    stormAfter: ports.stormAfter,
    now: readAt,
    ...(closedAt === undefined ? {} : { closedAt }),
    ...(ports.publicUrl === undefined ? {} : { publicUrl: ports.publicUrl }),
  });
  const known = withDoubt(before, outcome, intent, clock.now());
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
    ...(ref === undefined ? {} : { ref }),
    ...(closedAt === undefined ? {} : { closedAt }),
  };
}

async function send(
  { mailDomain, log }: ShowDigestPorts,
  { target, slack, mail }: DigestAsk,
  { ref }: DigestRecord,
  digest: Digest,
): Promise<SendOutcome> {
  const failed = (error: unknown) =>
    log.error('a digest could not be written out; it goes out plain', { place: placeOf(target), error });
  if (target.channel === 'email') {
    if (mail === undefined) return notConfigured('SMTP_HOST is not set');
    const place = placeOf(target);
    const message = writeOrPlain(
      () => renderMailDigest(digest, target.to, place, mailDomain),
      (why) => plainMailDigest(digest, target.to, place, mailDomain, why),
      failed,
    );
    return mail.send(message);
  }
  if (slack === undefined) return noSlack;
  const message = writeOrPlain(
    () => renderSlackDigest(digest),
    (why) => plainSlackDigest(digest, why),
    failed,
  );
  if (ref === undefined || !slack.canEdit) return slack.post(target.to, message);
  const edited = await slack.update(ref, message);
  return isGone(edited) ? slack.post(target.to, message) : edited;
}

function isAnew({ target, slack }: DigestAsk, { ref }: DigestRecord): boolean {
  return target.channel === 'email' || ref === undefined || slack?.canEdit === false;
}

function delivered({ ref }: DigestRecord): SendOutcome {
  return { kind: 'delivered', ...(ref === undefined ? {} : { ref }) };
}

function later({ key, attempt }: DigestAsk, wait: Millis): SendOutcome {
  return {
    kind: 'retryable',
    reason: 'rate_limited',
    detail: 'in the digest of a storm, which shows it in a moment',
    unasked: true,
    retryAfterMs: digestAwayFor(wait, key, attempt),
  };
}
