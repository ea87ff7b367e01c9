import { isEnd } from '../incident/effect.ts';
import type { Incident } from '../incident/incident.ts';
import { isFiring } from '../incident/status.ts';
import type { Millis } from '../shared/time.ts';
import type { NoticeMessage } from './deliver-message-schema.ts';
import type { DestinationRecord } from './delivery.ts';
import { FAIL_OVER_AFTER } from './retry-delay.ts';

/**
 * Why a late quiet message is not sent; `undefined`: it is sent. A page or the end waits behind it in its
 * message group. That message updates the root and says in one reply what happened meanwhile, and who did
 * what. An acknowledgement may later drop a reminder; then the acknowledgement's line shows what this message
 * said.
 */
export function findLaterNotice(
  { effect, muted: mutedThen }: NoticeMessage,
  incident: Incident,
  record: DestinationRecord,
  now: Millis,
): string | undefined {
  const { muted } = incident;
  const { lastNews } = incident.paging;
  if (effect.ping || mutedThen !== undefined || isEnd(effect.reason)) return undefined;
  if (now - effect.at < FAIL_OVER_AFTER || muted !== undefined) return undefined;
  if (lastNews === undefined || lastNews.seq <= effect.seq) return undefined;

  if (!isFiring(incident)) {
    const isNews = record.lastShownFiring === true && record.resolvedSeq < lastNews.seq;
    return isEnd(lastNews.reason) && isNews ? 'the message of its end says it' : undefined;
  }
  const waits = !isEnd(lastNews.reason) && record.lastPingSeq < lastNews.seq;
  return waits ? 'a page after it says it' : undefined;
}
