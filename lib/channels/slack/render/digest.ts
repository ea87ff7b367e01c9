import { type Digest, listPlainDigestLines, writeDigest } from '../../../core/storm/digest.ts';
import type { SlackMessage } from '../slack-client.ts';
import { renderBlocks } from './blocks.ts';
import { renderPlainSlack } from './message.ts';
import { renderLine } from './mrkdwn.ts';

const MAX_PREVIEW = 300;

/** The digest for Slack, within its limits however many incidents it holds. It mentions nobody. */
export function renderSlackDigest(digest: Digest): SlackMessage {
  const document = writeDigest(digest);
  return { text: renderLine([document.preview], MAX_PREVIEW), blocks: renderBlocks(document, []) };
}

/** For a digest that cannot be rendered: as many of its incidents as fit, and the error. */
export function renderPlainSlackDigest(digest: Digest, why: string): SlackMessage {
  return renderPlainSlack(listPlainDigestLines(digest, why));
}
