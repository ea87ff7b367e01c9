import { createHmac } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import * as z from 'zod';
import { readBlock } from '../slack/read-block.ts';
import type { LocalSlack } from '../slack/slack.ts';

const slackActionSchema = z.object({
  channelId: z.string(),
  ts: z.string(),
  action: z.string(),
  value: z.string(),
});

type LocalSlackAction = z.infer<typeof slackActionSchema>;

/** The status of the answer, and its text, which is for the person only after a failure. */
export type SendLocalSlackAction = (
  slackAction: LocalSlackAction,
) => Promise<{ status: number; text: string }>;

export type LocalSlackActionsOptions = {
  /** The address of the functions. */
  api: string;
  secret: string;
  slack: Pick<LocalSlack, 'messages' | 'responseUrl'>;
};

/** The person who clicks on this machine, in Slack's format. */
const localUser = { id: 'U00000001', username: 'you', name: 'you', team_id: 'T00000000' };
const MAX_PRESS_BYTES = 10_000;
const PATIENCE = 10_000;

/** Sends Slack actions for the stand-in's messages: only for existing buttons, signed like Slack. */
export function createLocalSlackActions({
  api,
  secret,
  slack,
}: LocalSlackActionsOptions): SendLocalSlackAction {
  return async ({ channelId, ts, action, value }) => {
    const message = slack.messages().find((each) => each.channelId === channelId && each.ts === ts);
    const element = message?.blocks
      .map(readBlock)
      .flatMap((block) => (block.kind === 'actions' ? block.elements : []))
      .find((each) => each.action === action && each.choices.some((choice) => choice.value === value));
    if (message === undefined || element === undefined) {
      return { status: 404, text: 'There is no such button any more.' };
    }
    const chosen = element.menu ? { selected_option: { value } } : { value };
    const payload = {
      type: 'block_actions',
      user: localUser,
      container: { type: 'message', channel_id: channelId, message_ts: ts },
      response_url: slack.responseUrl(message),
      actions: [{ action_id: action, type: element.menu ? 'static_select' : 'button', ...chosen }],
    };
    const body = new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
    const timestamp = String(Math.floor(Date.now() / 1000));
    const digest = createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex');
    const response = await fetch(`${api}/slack/actions`, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        'x-slack-request-timestamp': timestamp,
        'x-slack-signature': `v0=${digest}`,
      },
      body,
      signal: AbortSignal.timeout(PATIENCE),
    });
    return { status: response.status, text: await response.text() };
  };
}

/** An action from the inbox's own page; no other page may act in somebody's name. */
export async function takeSlackAction(
  request: IncomingMessage,
  slackAction: SendLocalSlackAction | undefined,
): Promise<{ status: number; text: string }> {
  if (!isFromOwnPage(request)) return { status: 403, text: 'Only the inbox page may press.' };
  if (slackAction === undefined) return { status: 404, text: 'Presses cannot be signed here.' };
  const parsed = slackActionSchema.safeParse(parseJson(await readSome(request)));
  if (!parsed.success) return { status: 400, text: 'This is not a press.' };
  try {
    return await slackAction(parsed.data);
  } catch (error) {
    return { status: 502, text: error instanceof Error ? error.message : 'The API does not answer.' };
  }
}

function isFromOwnPage({ headers }: IncomingMessage): boolean {
  const host = headers.host ?? '';
  return /^(localhost|127\.0\.0\.1):\d+$/.test(host) && headers.origin === `http://${host}`;
}

async function readSome(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) {
    text += String(chunk);
    if (text.length > MAX_PRESS_BYTES) return '';
  }
  return text;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
