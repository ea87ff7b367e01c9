import type { Budget } from '../../core/delivery/budget.ts';
import type { MailChannel, SlackChannel } from '../../core/delivery/channels.ts';
import { addUnfinished, type ClaimedItem, getRepeatDelay, type Intent } from '../../core/delivery/claim.ts';
import type { Abilities } from '../../core/delivery/decide.ts';
import { addUncertainSend } from '../../core/delivery/delivered-record.ts';
import { createNotConfigured, isGone, type SendOutcome } from '../../core/delivery/delivery.ts';
import { getSecondsUntilDigestSlot } from '../../core/delivery/rate-limit.ts';
import { renderOrPlain } from '../../core/notice/plain-notice.ts';
import type { Target } from '../../core/routing/route-notice.ts';
import type { Log } from '../../core/shared/log.ts';
import { type Millis, SECOND } from '../../core/shared/time.ts';
import type { Digest } from '../../core/storm/digest.ts';
import {
  renderMailDigest,
  renderPlainMailDigest,
  renderPlainSlackDigest,
  renderSlackDigest,
} from '../../core/storm/digest-message.ts';
import {
  CLOCK_MARGIN,
  type DigestRecord,
  getDestinationKey,
  getDigestDueAt,
  type Storm,
} from '../../core/storm/storm.ts';
import type { DigestStore, StormEntries } from '../../core/storm/storm-store.ts';
import { slackNotConfigured } from './limit-channels.ts';
import { type ClaimPorts, type Held, runUnderClaim } from './under-claim.ts';

export type PublishDigestPorts = ClaimPorts & {
  storms: { entries: StormEntries; digests: DigestStore };
  stormAfter: number;
  mailDomain: string;
  publicUrl?: string;
  log: Log;
};

export type DigestRequest = {
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
export async function publishDigest(ports: PublishDigestPorts, ask: DigestRequest): Promise<SendOutcome> {
  const { clock, storms } = ports;
  const storm = { place: getDestinationKey(ask.target), startedAt: ask.startedAt };
  const now = clock.now();
  const shown = await storms.digests.read(storm);
  if (!ask.closing && shown.shownAt >= ask.since + CLOCK_MARGIN) return delivered(shown);
  const dueAt = getDigestDueAt(shown, storm.startedAt, ask.abilities);
  if (dueAt > now) return later(ask, dueAt - now);
  // A message anew may be there already; an edit changes nothing that it has not changed before.
  const anew = isAnew(ask, shown);
  const wait = anew ? getRepeatDelay(addUnfinished(shown, now).uncertainSends, now) : 0;
  if (wait > 0) return later(ask, wait);
  const intent = anew ? { key: ask.key, seq: 0, firing: true, at: now } : undefined;
  const item: ClaimedItem<DigestRecord> = {
    claim: (claim) => storms.digests.claim(storm, claim),
    save: (record, holder) => storms.digests.save(storm, record, holder),
  };
  const outcome = await runUnderClaim(ports, item, { budget: ask.budget, before: shown, intent }, (held) =>
    showHeld(ports, ask, storm, { ...held, intent }),
  );
  return outcome ?? later(ask, 2 * SECOND);
}

async function showHeld(
  ports: PublishDigestPorts,
  ask: DigestRequest,
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
    ...(ref === undefined ? {} : { ref }),
    ...(closedAt === undefined ? {} : { closedAt }),
  };
}

async function send(
  { mailDomain, log }: PublishDigestPorts,
  { target, slack, mail }: DigestRequest,
  { ref }: DigestRecord,
  digest: Digest,
): Promise<SendOutcome> {
  const failed = (error: unknown) =>
    log.error('a digest could not be written out; it goes out plain', {
      place: getDestinationKey(target),
      error,
    });
  if (target.channel === 'email') {
    if (mail === undefined) return createNotConfigured('SMTP_HOST is not set');
    const place = getDestinationKey(target);
    const message = renderOrPlain(
      () => renderMailDigest(digest, target.to, place, mailDomain),
      (why) => renderPlainMailDigest(digest, target.to, place, mailDomain, why),
      failed,
    );
    return mail.send(message);
  }
  if (slack === undefined) return slackNotConfigured;
  const message = renderOrPlain(
    () => renderSlackDigest(digest),
    (why) => renderPlainSlackDigest(digest, why),
    failed,
  );
  if (ref === undefined || !slack.canEdit) return slack.post(target.to, message);
  const edited = await slack.update(ref, message);
  return isGone(edited) ? slack.post(target.to, message) : edited;
}

function isAnew({ target, slack }: DigestRequest, { ref }: DigestRecord): boolean {
  return target.channel === 'email' || ref === undefined || slack?.canEdit === false;
}

function delivered({ ref }: DigestRecord): SendOutcome {
  return { kind: 'delivered', ...(ref === undefined ? {} : { ref }) };
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
