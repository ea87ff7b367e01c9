import type { SendOutcome } from '../../../lib/core/delivery/delivery.ts';

/** Slack's answer when the channel of a message does not exist. */
export const noChannel: SendOutcome = {
  kind: 'misconfigured',
  reason: 'not_found',
  detail: 'Slack: channel_not_found',
};

/** A mail server's answer when it has no such mailbox. */
export const unknownMailbox: SendOutcome = {
  kind: 'misconfigured',
  reason: 'not_found',
  detail: 'SMTP: 550 5.1.1 no such user (EENVELOPE)',
};
