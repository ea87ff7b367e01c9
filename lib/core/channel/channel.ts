import type { Abilities } from '../delivery/decide.ts';
import type { MessageRef, SendFailure, SendOutcome } from '../delivery/delivery.ts';
import type { FailureWords } from '../delivery/fail-over.ts';
import type { Bucket } from '../delivery/rate-limit.ts';
import type { NoticeReason } from '../incident/effect.ts';
import type { UserAction } from '../incident/effect-schema.ts';
import type { MaintenanceSummary } from '../maintenance/summarize-maintenance.ts';
import type { Line } from '../notice/document/document-types.ts';
import type { Notice } from '../notice/notice.ts';
import type { PlainNotice } from '../notice/plain-notice.ts';
import type { ChannelRoutes } from '../routing/channel-routes.ts';
import type { Target } from '../routing/target.ts';
import type { Millis } from '../shared/time.ts';
import type { Digest } from '../storm/digest.ts';
import type { DigestTiming } from '../storm/storm.ts';

/**
 * What a channel renders. The target's mentions interrupt only in a notice that pings while it fires.
 * - `root`: the incident's own message, or every message where messages cannot be edited. `ownId`: set when it must
 *   not be taken for the message of the same version that another destination did not accept
 * - `reply`: the news, for the thread under the root
 * - `details`: what the root has no room for, for its thread
 * - `action`: what a person did, for the thread. `others`: earlier ones that are not there yet
 * - `digest`: a storm's incidents
 * - `summary`: what fired during a maintenance
 */
export type Piece =
  | { kind: 'root'; notice: Notice; ownId?: string }
  | { kind: 'reply'; notice: Notice }
  | { kind: 'details'; notice: Notice }
  | { kind: 'action'; action: ShownAction; others: { at: Millis; line: Line }[] }
  | { kind: 'digest'; digest: Digest }
  | { kind: 'summary'; id: string; summary: MaintenanceSummary };

export type ShownAction = { reason: NoticeReason; at: Millis; userAction: UserAction; summary: string };

/** What a channel renders when a piece could not be composed or rendered; so little that it cannot fail itself. */
export type PlainPiece =
  | { kind: 'notice'; notice: PlainNotice; why: string; ownId?: string }
  | { kind: 'digest'; digest: Digest; why: string }
  | { kind: 'summary'; id: string; lines: string[] };

/** A rendered piece. `simpler`: what to send if the server refuses it as it is. */
export type Rendered<Body> = { body: Body; simpler?: Body };

/**
 * How one send is done. `key` is the same for every attempt that says the same, for servers that drop repeats. `seq` is the
 * version of the incident that the message is about, 0 for what is not about one. `attempt` counts the
 * attempts of the message from 1. The whole send ends within `withinMs`, whatever the server does.
 */
export type Sending<State> = {
  state?: State | undefined;
  key: string;
  seq: number;
  attempt: number;
  withinMs?: Millis | undefined;
};

export type SendResult<State> = { outcome: SendOutcome; state?: State | undefined };

/**
 * A channel: renders what people read, sends it, and knows the limits of its server. `Body` is what it renders;
 * `State` is what it remembers of an incident at a destination, which is kept in the destination's record.
 * Failures are outcomes; nothing here throws but `render`.
 */
export interface Channel<Body = unknown, State = unknown> extends ChannelRoutes {
  readonly abilities: Abilities;
  readonly failureWords: FailureWords;
  readonly digestTiming: DigestTiming;
  /** `undefined`: there is nothing to show, as for details that the root has already. */
  render(piece: Piece, to: Target, state?: State): Promise<Rendered<Body> | undefined>;
  renderPlain(piece: PlainPiece, to: Target, state?: State): Rendered<Body>;
  /** Sends a message of its own. The `ref` of its outcome is for `edit` and `reply`. */
  send(body: Body, to: Target, sending: Sending<State>): Promise<SendResult<State>>;
  /** Edits a message. Fails as `not_found` where messages cannot be edited. */
  edit(ref: MessageRef, body: Body, withinMs?: Millis): Promise<SendOutcome>;
  /** Answers a message in its thread; `broadcast`: shown in the place itself as well. */
  reply(
    ref: MessageRef,
    body: Body,
    options: { broadcast: boolean; withinMs?: Millis | undefined },
  ): Promise<SendOutcome>;
  /** The limits of the server that a call counts against; none: it may be called at any time. */
  listBuckets(operation: 'send' | 'edit' | 'reply', destination: string): Bucket[];
}

/** The outcome of an edit or a reply at a channel that can do neither. */
export const cannotEdit: SendFailure = {
  kind: 'permanent',
  reason: 'not_found',
  detail: 'messages there can be neither edited nor answered',
};
