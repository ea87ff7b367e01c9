import axios from 'axios';

const SLACK_HOST = 'hooks.slack.com';

export type SlackReplyOptions = {
  /** SLACK_API_URL: a stand-in for Slack also receives the replies to its own actions. */
  apiUrl?: string;
  timeoutMs: number;
};

/**
 * Answers Slack actions at their `response_url`, visible only to the person who clicked. The address comes with the
 * request, so only Slack's own host is called, over TLS, or the host of SLACK_API_URL. Errors of axios hold the
 * address, which lets its holder post, so none of their text is passed on.
 */
export function createSlackReply({ apiUrl, timeoutMs }: SlackReplyOptions): SendActionReply {
  const standIn = apiUrl === undefined ? undefined : new URL(apiUrl);
  return async (responseUrl, text) => {
    const url = URL.parse(responseUrl);
    if (!url || !isAllowed(url, standIn))
      return { kind: 'failed', reason: 'its address is not one of Slack' };
    try {
      const { status } = await axios.post<string>(
        url.href,
        { response_type: 'ephemeral', replace_original: false, text },
        {
          timeout: timeoutMs,
          signal: AbortSignal.timeout(timeoutMs),
          responseType: 'text',
          maxRedirects: 0,
          maxContentLength: 100_000,
          proxy: false,
          validateStatus: () => true,
        },
      );
      return status === 200 ? { kind: 'delivered' } : { kind: 'failed', reason: `HTTP ${status}` };
    } catch (error) {
      const code = axios.isAxiosError(error) ? (error.code ?? '') : '';
      return { kind: 'failed', reason: /^[A-Z0-9_]{1,40}$/.test(code) ? code : 'no answer' };
    }
  };
}

function isAllowed(url: URL, standIn: URL | undefined): boolean {
  if (url.username || url.password) return false;
  if (url.protocol === 'https:' && url.host === SLACK_HOST) return true;
  return standIn !== undefined && url.protocol === standIn.protocol && url.host === standIn.host;
}

/**
 * Sends `text`, as mrkdwn, to the person who acted, at the response URL of the action. Never throws; a
 * failure's reason does not contain the URL.
 */
export type SendActionReply = (
  responseUrl: string,
  text: string,
) => Promise<{ kind: 'delivered' } | { kind: 'failed'; reason: string }>;
