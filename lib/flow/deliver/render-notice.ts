import type { DeliverMessage } from '../../core/delivery/delivery.ts';
import type { Incident } from '../../core/incident/incident.ts';
import type { Notice } from '../../core/notice/notice.ts';
import {
  describeError,
  type PlainNotice,
  renderOrPlain,
  toPlainNotice,
} from '../../core/notice/plain-notice.ts';
import type { Log } from '../../core/shared/log.ts';

/** A notice ready to be rendered. If it could not be composed, it has only a plain form. */
export type PreparedNotice = {
  composed: { kind: 'notice'; notice: Notice } | { kind: 'failed'; why: string };
  plain: PlainNotice;
  failed(error: unknown): void;
};

/** Composes a notice. An error costs its details, never the notice. */
export async function prepareNotice(
  { log, publicUrl }: { log: Log; publicUrl?: string },
  incident: Incident,
  message: DeliverMessage,
  compose: () => Promise<Notice>,
): Promise<PreparedNotice> {
  const plain = toPlainNotice(incident, message, publicUrl);
  const failed = (error: unknown) =>
    log.error('a notice could not be rendered; it is sent as plain text', {
      incidentId: incident.id,
      destination: message.target.destination,
      error,
    });
  try {
    return { composed: { kind: 'notice', notice: await compose() }, plain, failed };
  } catch (error) {
    failed(error);
    return { composed: { kind: 'failed', why: describeError(error) }, plain, failed };
  }
}

/** Renders a notice by `whole`. Uses `plainly` if it could not be composed or `whole` throws. */
export function renderNotice<T>(
  { composed, plain, failed }: PreparedNotice,
  whole: (notice: Notice) => T,
  plainly: (notice: PlainNotice, why: string) => T,
): T {
  if (composed.kind === 'failed') return plainly(plain, composed.why);
  return renderOrPlain(
    () => whole(composed.notice),
    (why) => plainly(plain, why),
    failed,
  );
}
