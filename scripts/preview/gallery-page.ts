import { messageStyle } from '../../infra/local/inbox/message-style.ts';
import { renderMails } from '../../infra/local/inbox/render-mails.ts';
import { renderSlackMessages } from '../../infra/local/inbox/render-slack-messages.ts';
import { escapeMarkup, type Markup } from '../../lib/channels/email/render/markup.ts';
import { galleryStyle } from './gallery-style.ts';
import type { PreviewRow } from './make-preview.ts';
import { type MomentName, momentNames } from './moments.ts';
import type { RenderedMoment } from './render-moment.ts';

/**
 * All notices on one page that needs neither network nor scripts: a table of alerts and reasons, and one view for each
 * cell. The address chooses the view (`#AgentDown-opened`).
 */
export function galleryPage(rows: PreviewRow[]): string {
  return escapeMarkup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="content-security-policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<title>first-responder notices</title>
<style>${{ html: messageStyle + galleryStyle }}</style>
</head>
<body>
<header><h1><a href="#">first-responder notices</a></h1>${theme()}</header>
<main>
${rows.flatMap((row, index) => row.moments.map((moment) => view(rows, row, index, moment)))}
${overview(rows)}
</main>
</body>
</html>
`.html;
}

function theme(): Markup {
  const choices = ['auto', 'light', 'dark'].map((name) =>
    name === 'auto'
      ? escapeMarkup`<label><input type="radio" name="theme" id="theme-auto" checked> auto</label>`
      : escapeMarkup`<label><input type="radio" name="theme" id="theme-${name}"> ${name}</label>`,
  );
  return escapeMarkup`<fieldset class="theme"><legend>Colours</legend>${choices}</fieldset>`;
}

function overview(rows: PreviewRow[]): Markup {
  const head = momentNames.map((name) => escapeMarkup`<th scope="col">${words(name)}</th>`);
  const body = rows.map(
    (row) =>
      escapeMarkup`<tr><th scope="row">${row.title}</th>${momentNames.map((name) => escapeMarkup`<td>${cell(row, name)}</td>`)}</tr>`,
  );
  return escapeMarkup`<section class="overview"><h2>Every alert, and every reason to be told of it</h2><div class="scrolling" role="region" aria-label="Alerts and reasons" tabindex="0"><table><thead><tr><th scope="col">Alert</th>${head}</tr></thead><tbody>${body}</tbody></table></div></section>`;
}

function cell(row: PreviewRow, name: MomentName): Markup {
  return has(row, name)
    ? escapeMarkup`<a href="#${anchor(row, name)}" aria-label="${row.title} ${words(name)}">show</a>`
    : escapeMarkup`never`;
}

function view(rows: PreviewRow[], row: PreviewRow, index: number, rendered: RenderedMoment): Markup {
  const { name } = rendered.moment;
  const id = anchor(row, name);
  const reasons = row.moments.map(({ moment }) =>
    moment.name === name
      ? escapeMarkup`<a href="#${anchor(row, moment.name)}" aria-current="page">${words(moment.name)}</a>`
      : escapeMarkup`<a href="#${anchor(row, moment.name)}">${words(moment.name)}</a>`,
  );
  return escapeMarkup`<section class="view" id="${id}"><nav aria-label="Alerts">${neighbour(rows[index - 1], name, '←')}<h2>${row.title}</h2>${neighbour(rows[index + 1], name, '→')}</nav>
<nav class="reasons" aria-label="Reasons">${reasons}</nav>
${refusal(rendered)}<div class="columns"><div class="column slack"><h2>Slack</h2><p class="how">${how(rendered)}</p><p class="notification">${notification(rendered)}</p>${renderSlackMessages(rendered.slack)}</div>
<div class="column mails"><h2>Mail</h2>${mail(rendered, id)}</div></div></section>
`;
}

function neighbour(row: PreviewRow | undefined, name: MomentName, arrow: string): Markup {
  if (row === undefined) return escapeMarkup`<span></span>`;
  const there = has(row, name) ? name : (row.moments[0]?.moment.name ?? name);
  return escapeMarkup`<a href="#${anchor(row, there)}">${arrow} ${row.title}</a>`;
}

function how({ slack }: RenderedMoment): string {
  const [root, reply] = slack;
  if (root === undefined) return 'No message in Slack.';
  if (root.edits === 0)
    return 'A new message, and all else that is known as a quiet reply. The notification:';
  if (reply === undefined) return 'The message is edited in place; nothing rings. Its one line of text:';
  if (reply.broadcast)
    return 'A reply that is shown in the channel, and the message edited. The notification:';
  return 'A quiet reply in the thread, and the message edited. The reply in one line:';
}

function notification({ slack }: RenderedMoment): string {
  const [root, reply] = slack;
  return (root?.edits === 0 ? root : (reply ?? root))?.text ?? '';
}

function mail({ mail: sent }: RenderedMoment, id: string): Markup {
  return sent === undefined
    ? escapeMarkup`<p class="empty">No mail: it is not worth one.</p>`
    : renderMails([sent], `${id}-mail`);
}

function refusal({ refused }: RenderedMoment): Markup {
  return refused.length === 0
    ? escapeMarkup``
    : escapeMarkup`<p class="refused">Slack would refuse this: ${refused.join('; ')}</p>`;
}

function has(row: PreviewRow, name: MomentName): boolean {
  return row.moments.some(({ moment }) => moment.name === name);
}

function anchor(row: PreviewRow, name: MomentName): string {
  return `${row.title}-${name}`;
}

function words(name: MomentName): string {
  return name.replace('escalated-', 'escalated to ').replace('-', ' ');
}
