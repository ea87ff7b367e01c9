import { type Channel, cannotEdit, type Piece, type PlainPiece } from '../../core/channel/channel.ts';
import { createNotConfigured } from '../../core/delivery/delivery.ts';
import { SECOND } from '../../core/shared/time.ts';
import type { WebhookBody } from './body-schema.ts';
import {
  renderDigestBody,
  renderLinesBody,
  renderNoticeBody,
  renderPlainBody,
  renderSummaryBody,
} from './render/body.ts';
import { createWebhookRoutes } from './routes.ts';
import type { WebhookClient } from './webhook-client.ts';

export type WebhookChannelOptions = {
  /** Absent: no webhook is configured. */
  client?: WebhookClient | undefined;
  names: readonly string[];
};

/** Programs: a signed POST of a JSON notice to an address by its name (docs/webhook.md). */
export function createWebhookChannel({ client, names }: WebhookChannelOptions): Channel<WebhookBody> {
  return {
    ...createWebhookRoutes(client === undefined ? [] : names),
    abilities: { edit: false, thread: false, actions: false, dropsRepeats: true },
    failureWords: {
      who: 'The webhook',
      prefix: /^webhook \S+: /,
      paused: 'webhook: 429, and its receiver wants to be left alone',
    },
    digestTiming: { first: 5 * SECOND, between: 45 * SECOND },
    async render(piece) {
      const body = render(piece);
      return body && { body };
    },
    renderPlain: (piece) => ({ body: renderPlain(piece) }),
    async send(body, to, { key, withinMs }) {
      const name = String(to.to);
      if (client === undefined) return { outcome: createNotConfigured('NOTIFY_WEBHOOKS is not set') };
      return { outcome: await client.post({ name, key, body: JSON.stringify(body) }, withinMs) };
    },
    edit: async () => cannotEdit,
    reply: async () => cannotEdit,
    listBuckets: () => [],
  };
}

function render(piece: Piece): WebhookBody | undefined {
  switch (piece.kind) {
    case 'root':
      return renderNoticeBody(piece.notice);
    case 'digest':
      return renderDigestBody(piece.digest);
    case 'summary':
      return renderSummaryBody(piece.id, piece.summary);
    case 'reply':
    case 'details':
    case 'action':
      return undefined;
  }
}

function renderPlain(piece: PlainPiece): WebhookBody {
  switch (piece.kind) {
    case 'notice':
      return renderPlainBody(piece.notice, piece.why);
    case 'digest':
      return renderDigestBody(piece.digest);
    case 'summary':
      return renderLinesBody(piece.id, piece.lines);
  }
}
