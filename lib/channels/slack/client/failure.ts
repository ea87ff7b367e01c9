import {
  WebAPIHTTPError,
  WebAPIPlatformError,
  WebAPIRateLimitedError,
  WebAPIRequestError,
} from '@slack/web-api';
import type { FailureReason, SendFailure } from '../../../core/delivery/delivery.ts';
import { clip } from '../../../core/shared/clip.ts';

/**
 * Slack's error codes that mean something other than "this message will never be accepted".
 * https://docs.slack.dev/reference/methods/chat.postMessage#errors and chat.update's.
 */
const known: Record<string, { kind: SendFailure['kind']; reason: FailureReason }> = {
  ratelimited: { kind: 'retryable', reason: 'rate_limited' },
  rate_limited: { kind: 'retryable', reason: 'rate_limited' },
  message_limit_exceeded: { kind: 'retryable', reason: 'rate_limited' },
  internal_error: { kind: 'retryable', reason: 'unavailable' },
  fatal_error: { kind: 'retryable', reason: 'unavailable' },
  service_unavailable: { kind: 'retryable', reason: 'unavailable' },
  team_added_to_org: { kind: 'retryable', reason: 'unavailable' },
  external_channel_migrating: { kind: 'retryable', reason: 'unavailable' },
  update_failed: { kind: 'retryable', reason: 'unavailable' },
  request_timeout: { kind: 'retryable', reason: 'timeout' },
  channel_not_found: { kind: 'misconfigured', reason: 'not_found' },
  is_archived: { kind: 'misconfigured', reason: 'not_found' },
  not_in_channel: { kind: 'misconfigured', reason: 'not_found' },
  is_inactive: { kind: 'misconfigured', reason: 'not_found' },
  channel_is_frozen: { kind: 'misconfigured', reason: 'not_found' },
  message_not_found: { kind: 'permanent', reason: 'not_found' },
  thread_not_found: { kind: 'permanent', reason: 'not_found' },
  cannot_reply_to_message: { kind: 'permanent', reason: 'not_found' },
  thread_locked: { kind: 'permanent', reason: 'not_found' },
  restricted_action_thread_locked: { kind: 'permanent', reason: 'not_found' },
  restricted_action_non_threadable_channel: { kind: 'permanent', reason: 'not_found' },
  cant_update_message: { kind: 'permanent', reason: 'not_found' },
  edit_window_closed: { kind: 'permanent', reason: 'not_found' },
  restricted_action: { kind: 'misconfigured', reason: 'not_found' },
  restricted_action_read_only_channel: { kind: 'misconfigured', reason: 'not_found' },
  restricted_action_thread_only_channel: { kind: 'misconfigured', reason: 'not_found' },
  messages_tab_disabled: { kind: 'misconfigured', reason: 'not_found' },
  invalid_auth: { kind: 'misconfigured', reason: 'unauthorized' },
  not_authed: { kind: 'misconfigured', reason: 'unauthorized' },
  token_revoked: { kind: 'misconfigured', reason: 'unauthorized' },
  token_expired: { kind: 'misconfigured', reason: 'unauthorized' },
  account_inactive: { kind: 'misconfigured', reason: 'unauthorized' },
  access_denied: { kind: 'misconfigured', reason: 'unauthorized' },
  accesslimited: { kind: 'misconfigured', reason: 'unauthorized' },
  ekm_access_denied: { kind: 'misconfigured', reason: 'unauthorized' },
  enterprise_is_restricted: { kind: 'misconfigured', reason: 'unauthorized' },
  no_permission: { kind: 'misconfigured', reason: 'unauthorized' },
  not_allowed_token_type: { kind: 'misconfigured', reason: 'unauthorized' },
  org_login_required: { kind: 'misconfigured', reason: 'unauthorized' },
  team_access_not_granted: { kind: 'misconfigured', reason: 'unauthorized' },
  two_factor_setup_required: { kind: 'misconfigured', reason: 'unauthorized' },
  missing_scope: { kind: 'misconfigured', reason: 'unauthorized' },
};

/** The form of Slack's error codes; anything longer comes from a proxy. */
export const ERROR_CODE = /^[a-z0-9_]{1,60}$/;

/** Statuses that are about the message even without a code. */
export const PAYLOAD_TOO_LARGE = 413;

/** Errors after the connection was made: Slack may have read the request. */
const brokenOff: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET', 'ETOOLONG']);

/** The outcome of a failed call to Slack's Web API. The detail never holds the token. */
export function toSlackFailure(error: unknown, token: string): SendFailure {
  const failure = classify(error);
  return { ...failure, detail: clip(failure.detail.replaceAll(token, '[token]'), 500) };
}

function classify(error: unknown): SendFailure {
  if (error instanceof WebAPIRateLimitedError) {
    return {
      kind: 'retryable',
      reason: 'rate_limited',
      detail: 'Slack: 429',
      retryAfterMs: error.retryAfter * 1000,
    };
  }
  if (error instanceof WebAPIHTTPError) return httpFailure(error.statusCode);
  if (error instanceof WebAPIPlatformError) return platformFailure(error);
  const cause = error instanceof WebAPIRequestError ? error.original : error;
  const text = cause instanceof Error ? `${cause.name} ${cause.message}` : String(cause);
  if (/retry header/i.test(text)) return { kind: 'retryable', reason: 'rate_limited', detail: 'Slack: 429' };
  if (/timeout|timed out|abort/i.test(text)) {
    return {
      kind: 'retryable',
      reason: 'timeout',
      detail: 'Slack did not answer in time',
      mayHaveArrived: true,
    };
  }
  const code = systemCode(cause);
  if (code !== undefined && brokenOff.has(code)) {
    const detail = `Slack's answer broke off (${code})`;
    return { kind: 'retryable', reason: 'unavailable', detail, mayHaveArrived: true };
  }
  const detail = `Slack could not be reached${code === undefined ? '' : ` (${code})`}`;
  return { kind: 'retryable', reason: 'unavailable', detail };
}

/** Slack answers with 200 and a code; any other answer says nothing about this message. */
function httpFailure(status: number): SendFailure {
  const detail = `Slack: HTTP ${status}`;
  if (status === PAYLOAD_TOO_LARGE) return { kind: 'permanent', reason: 'rejected', detail };
  return { kind: 'retryable', reason: 'unavailable', detail };
}

function platformFailure(error: WebAPIPlatformError): SendFailure {
  const code: unknown = error.data.error;
  const messages = error.data.response_metadata?.messages ?? [];
  // An answer that is no JSON arrives here as its whole text: a proxy's error page, not Slack's answer.
  if (typeof code !== 'string' || !ERROR_CODE.test(code)) {
    return { kind: 'retryable', reason: 'unavailable', detail: 'Slack: an answer without an error code' };
  }
  const outcome = Object.hasOwn(known, code) ? known[code] : undefined;
  return {
    ...(outcome ?? { kind: 'permanent', reason: 'rejected' }),
    detail: `Slack: ${[code, ...messages].join(' ')}`,
  };
}

function systemCode(error: unknown): string | undefined {
  for (let each = error; each instanceof Error; each = each.cause) {
    if ('code' in each && typeof each.code === 'string') return each.code;
  }
  return undefined;
}
