/**
 * Says `text`, as mrkdwn, to the person who pressed a button, at the address that came with the press. Never throws;
 * a failure is a few words without the address.
 */
export type PressReply = (
  responseUrl: string,
  text: string,
) => Promise<{ kind: 'delivered' } | { kind: 'failed'; reason: string }>;
