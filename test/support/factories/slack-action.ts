import { createHmac } from 'node:crypto';

export const SIGNING_SECRET = 'signing-secret-of-tests';

export type SlackActionFactory = {
  action: string;
  /** The value of a button, or of a menu's option. */
  value?: string;
  option?: string;
  user?: Record<string, unknown>;
  responseUrl?: string;
};

/** The body that Slack posts for an action: a form whose field `payload` is JSON. */
export function slackActionBody(slackAction: SlackActionFactory): string {
  const {
    action,
    value,
    option,
    responseUrl,
    user = { id: 'U012345AB', name: 'ana', username: 'ana' },
  } = slackAction;
  const payload = {
    type: 'block_actions',
    user,
    api_app_id: 'A0123',
    team: { id: 'T0123', domain: 'cryptofunk' },
    container: { type: 'message', message_ts: '1795490732.000100', channel_id: 'C0123', is_ephemeral: false },
    response_url: responseUrl,
    actions: [
      {
        type: option === undefined ? 'button' : 'static_select',
        action_id: action,
        block_id: 'incident-1',
        action_ts: '1795490733.000100',
        value,
        selected_option: option === undefined ? undefined : { value: option },
      },
    ],
  };
  return new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
}

/** The headers with which Slack signs a body. `at` in ms. */
export function slackSignature(body: string, at: number, secret = SIGNING_SECRET): Record<string, string> {
  const timestamp = String(Math.floor(at / 1000));
  const digest = createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex');
  return {
    'content-type': 'application/x-www-form-urlencoded',
    'x-slack-request-timestamp': timestamp,
    'x-slack-signature': `v0=${digest}`,
  };
}
