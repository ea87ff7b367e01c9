import type { Channel, Piece, Rendered } from '../../core/channel/channel.ts';
import type { NoticeMessage } from '../../core/delivery/deliver-message-schema.ts';
import type { Incident } from '../../core/incident/incident.ts';
import type { Notice } from '../../core/notice/notice.ts';
import { describeError, type PlainNotice, toPlainNotice } from '../../core/notice/plain-notice.ts';
import type { Target } from '../../core/routing/target.ts';
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
  { effect, target }: Pick<NoticeMessage, 'effect' | 'target'>,
  compose: () => Promise<Notice>,
): Promise<PreparedNotice> {
  const plain = toPlainNotice(incident, effect, publicUrl);
  const failed = (error: unknown) =>
    log.error('a notice could not be rendered; it is sent as plain text', {
      incidentId: incident.id,
      destination: target.destination,
      error,
    });
  try {
    return { composed: { kind: 'notice', notice: await compose() }, plain, failed };
  } catch (error) {
    failed(error);
    return { composed: { kind: 'failed', why: describeError(error) }, plain, failed };
  }
}

/** Where a piece is to be shown, and what the channel remembers of the incident there. */
type Place = { to: Target; state?: unknown; ownId?: string | undefined };

/** Renders a piece of a notice; as plain text if the notice could not be composed or rendered. */
export async function renderNotice(
  channel: Channel,
  { composed, plain, failed }: PreparedNotice,
  toPiece: (notice: Notice) => Piece,
  { to, state, ownId }: Place,
): Promise<Rendered<unknown> | undefined> {
  const renderPlain = (why: string) =>
    channel.renderPlain({ kind: 'notice', notice: plain, why, ownId }, to, state);
  if (composed.kind === 'failed') return renderPlain(composed.why);
  return renderOrPlain(() => channel.render(toPiece(composed.notice), to, state), renderPlain, failed);
}

/** What `render` gives; if it fails, what `plain` gives for the reason. `failed` receives the error for the log. */
export async function renderOrPlain<T>(
  render: () => Promise<T>,
  plain: (why: string) => T,
  failed: (error: unknown) => void,
): Promise<T> {
  try {
    return await render();
  } catch (error) {
    failed(error);
    return plain(describeError(error));
  }
}
