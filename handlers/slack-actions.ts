import { readSlackAction, type SlackActionReading } from '../lib/channels/slack/action-schema.ts';
import type { SendActionReply } from '../lib/channels/slack/client/response-url.ts';
import { renderLine } from '../lib/channels/slack/render/mrkdwn.ts';
import { actionReplies } from '../lib/core/notice/document/action-replies.ts';
import type { Line } from '../lib/core/notice/document/document-types.ts';
import type { Millis } from '../lib/core/shared/time.ts';
import { type HandleActionPorts, handleAction } from '../lib/flow/incident/handle-action.ts';
import { wireSlackActions } from '../lib/wiring.ts';
import { decodeBody } from './middleware/decode-body.ts';
import { toJsonResult, toProblem } from './middleware/http.ts';
import { serveRequests } from './middleware/init-once.ts';
import { refuseParameters } from './middleware/parameters.ts';
import { createRoute, type RouteParts } from './middleware/route.ts';
import { verifySlack } from './middleware/verify-slack.ts';

/** Slack shows a warning at 3 s; the reply to the person and the way back need the rest. */
const DONE_WITHIN: Millis = 1_900;
const MAX_BODY_BYTES = 1024 * 1024;
const MAX_ANSWER = 2000;

export type SlackActionsParts = RouteParts & {
  signingSecret: string | undefined;
  ports: HandleActionPorts;
  reply: SendActionReply;
  clock: { after(ms: Millis, signal: AbortSignal): Promise<void> };
};

/** POST /slack/actions: a click on a button under a Slack message, answered to that person within 3 s. */
export function createSlackActions({ signingSecret, ports, reply, ...parts }: SlackActionsParts) {
  const { clock, log } = parts;

  return createRoute(parts, verifySlack(signingSecret, clock), {
    parameters: refuseParameters,
    body: decodeBody(undefined, MAX_BODY_BYTES),
    handle: async (_, { event }) => {
      const reading = readSlackAction(event.body ?? '');
      if (reading.kind === 'nothing') return toJsonResult(200, {});
      if (reading.kind === 'unreadable')
        return toProblem(400, 'The body is not an action of a first-responder button.');

      const text = renderLine(await handleWithinTime(reading), MAX_ANSWER);
      if (reading.responseUrl !== undefined) {
        const sent = await reply(reading.responseUrl, text);
        if (sent.kind === 'failed') log.warn('slack action not answered', { reason: sent.reason });
      }
      return toJsonResult(200, { response_type: 'ephemeral', replace_original: false, text });
    },
  });

  async function handleWithinTime({
    slackAction,
    by,
  }: Extract<SlackActionReading, { kind: 'action' }>): Promise<Line> {
    const done = new AbortController();
    const late = clock.after(DONE_WITHIN, done.signal).then(() => {
      log.warn('slack action took too long', { slackAction });
      return actionReplies.tooLate();
    });
    const handling = handleAction(ports, { action: slackAction, by, now: clock.now() }).catch(
      (error: unknown) => {
        log.error('slack action failed', { slackAction, error });
        return actionReplies.failed();
      },
    );
    const line = await Promise.race([handling, late]);
    done.abort();
    return line;
  }
}

export const handler = serveRequests(wireSlackActions, createSlackActions);
