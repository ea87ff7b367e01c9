import { escapeMarkup, type Markup } from '../../../lib/channels/email/render/markup.ts';
import type { LocalSlackMessage } from '../slack/local-slack-messages.ts';
import { type MrkdwnToken, parseMrkdwn } from '../slack/parse-mrkdwn.ts';
import { readBlock, type ShownElement } from '../slack/read-block.ts';

/** Slack's messages by channel, newest first, each thread under its root. */
export function renderSlackMessages(messages: LocalSlackMessage[]): Markup {
  if (messages.length === 0) return escapeMarkup`<p class="empty">No Slack message yet.</p>`;
  const channels = Map.groupBy(messages, (message) => message.channel || 'incoming webhook');
  return escapeMarkup`${[...channels].map(([name, inChannel]) => channelMarkup(name, inChannel))}`;
}

function channelMarkup(name: string, messages: LocalSlackMessage[]): Markup {
  const roots = messages.filter((message) => message.threadTs === undefined).toReversed();
  return escapeMarkup`<section class="channel"><h3>${name}</h3>${roots.map((root) =>
    messageMarkup(
      root,
      messages.filter((message) => message.threadTs === root.ts),
    ),
  )}</section>`;
}

/** The replies to the person who clicked, visible to nobody else; only the newest is useful. */
function answersMarkup({ answers }: LocalSlackMessage): Markup[] {
  const newest = answers?.at(-1);
  if (newest === undefined) return [];
  return [
    escapeMarkup`<div class="answer"><span class="edited">Only visible to you</span> ${mrkdwnMarkup(newest)}</div>`,
  ];
}

function messageMarkup(message: LocalSlackMessage, replies: LocalSlackMessage[]): Markup {
  const edited = message.edits > 0 ? [escapeMarkup` <span class="edited">(edited)</span>`] : [];
  const shared = message.broadcast
    ? [escapeMarkup` <span class="edited">also sent to the channel</span>`]
    : [];
  const content =
    message.blocks.length > 0
      ? message.blocks.map((block) => blockMarkup(block, message))
      : [mrkdwnMarkup(message.text)];
  const count = replies.length === 1 ? '1 reply' : `${replies.length} replies`;
  const thread =
    replies.length > 0
      ? [
          escapeMarkup`<details class="thread"><summary>${count}</summary>${replies.map((reply) => messageMarkup(reply, []))}</details>`,
        ]
      : [];
  return escapeMarkup`<article class="message" id="m-${message.ts}"><div class="avatar" aria-hidden="true">FR</div><div class="content"><div class="by"><b>first-responder</b> <span class="app">APP</span> ${timeMarkup(Number(message.ts) * 1000)}${edited}${shared}</div><div class="preview">${plainText(message.text)}</div>${content}${answersMarkup(message)}${thread}</div></article>`;
}

function blockMarkup(raw: Record<string, unknown>, message: LocalSlackMessage): Markup {
  const block = readBlock(raw);
  switch (block.kind) {
    case 'header':
      return escapeMarkup`<h4>${block.text}</h4>`;
    case 'section':
      return escapeMarkup`${block.texts.map((text) => escapeMarkup`<div class="section">${mrkdwnMarkup(text)}</div>`)}`;
    case 'context':
      return escapeMarkup`<div class="context">${block.texts.map((text) => escapeMarkup`<span>${mrkdwnMarkup(text)}</span>`)}</div>`;
    case 'actions':
      return escapeMarkup`<div class="actions" data-channel="${message.channelId}" data-ts="${message.ts}">${block.elements.map(elementMarkup)}</div>`;
    case 'divider':
      return escapeMarkup`<hr>`;
    case 'other':
      return escapeMarkup`<div class="context">[${block.type}]</div>`;
  }
}

function elementMarkup({ action, label, primary, menu, choices, url }: ShownElement): Markup {
  if (url !== undefined) {
    return /^https?:/.test(url)
      ? escapeMarkup`<a class="button" href="${url}" target="_blank" rel="noreferrer">${label}</a>`
      : escapeMarkup`<span>${label}</span>`;
  }
  if (menu) {
    const options = choices.map(
      (choice) => escapeMarkup`<option value="${choice.value}">${choice.label}</option>`,
    );
    return escapeMarkup`<select class="button" data-action="${action}" aria-label="${label}"><option value="" selected>${label}</option>${options}</select>`;
  }
  const kind = primary ? 'button primary' : 'button';
  return escapeMarkup`<button type="button" class="${kind}" data-action="${action}" value="${choices[0]?.value ?? ''}">${label}</button>`;
}

function mrkdwnMarkup(text: string): Markup {
  return escapeMarkup`${parseMrkdwn(text).map(tokenMarkup)}`;
}

function tokenMarkup(token: MrkdwnToken): Markup {
  switch (token.kind) {
    case 'text':
      return escapeMarkup`${token.text}`;
    case 'bold':
      return escapeMarkup`<b>${token.text}</b>`;
    case 'italic':
      return escapeMarkup`<i>${token.text}</i>`;
    case 'strike':
      return escapeMarkup`<s>${token.text}</s>`;
    case 'code':
      return escapeMarkup`<code>${token.text}</code>`;
    case 'pre':
      return escapeMarkup`<pre>${token.text}</pre>`;
    case 'mention':
      return escapeMarkup`<span class="mention">${token.text}</span>`;
    case 'date':
      return escapeMarkup`<time title="${token.text}">${token.text}</time>`;
    case 'link':
      return /^https?:/.test(token.url)
        ? escapeMarkup`<a href="${token.url}" target="_blank" rel="noreferrer">${token.text}</a>`
        : escapeMarkup`${token.text}`;
  }
}

/** The notification preview, without marks. */
function plainText(mrkdwn: string): string {
  return parseMrkdwn(mrkdwn)
    .map((token) => token.text)
    .join('');
}

function timeMarkup(millis: number): Markup {
  const words = new Date(millis).toISOString().slice(11, 19);
  return escapeMarkup`<time title="${new Date(millis).toISOString()}">${words} UTC</time>`;
}
