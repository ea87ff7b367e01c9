import { escapeMarkup, type Markup } from '../../../lib/channels/email/render/markup.ts';
import type { LocalMail } from '../mail/read-mail.ts';

/**
 * The mails, newest first. HTML is shown in a frame that may run nothing and has no access to this page. `name` is for
 * a page that shows several lists.
 */
export function renderMails(mails: LocalMail[], name = 'mail'): Markup {
  if (mails.length === 0) return escapeMarkup`<p class="empty">No mail yet.</p>`;
  return escapeMarkup`${mails.map((mail, index) => mailMarkup(mail, `${name}-${index}`, index === mails.length - 1)).toReversed()}`;
}

function mailMarkup(mail: LocalMail, tab: string, newest: boolean): Markup {
  const body = escapeMarkup`<summary><b>${mail.subject}</b><span class="context"><span>from ${mail.from}</span> <span>to ${mail.recipients.join(', ')}</span> <time>${new Date(mail.at).toISOString().slice(11, 19)} UTC</time></span></summary>
<div class="tabs"><input type="radio" name="${tab}" id="${tab}-html" checked><label for="${tab}-html">HTML</label><input type="radio" name="${tab}" id="${tab}-text"><label for="${tab}-text">Text</label><input type="radio" name="${tab}" id="${tab}-headers"><label for="${tab}-headers">Headers</label>
<iframe class="pane html" loading="lazy" sandbox="" title="${mail.subject}" srcdoc="${withPictures(mail)}"></iframe><pre class="pane text">${mail.text}</pre><pre class="pane headers">${mail.headerLines.join('\n')}</pre></div>`;
  return newest
    ? escapeMarkup`<details class="mail" open>${body}</details>`
    : escapeMarkup`<details class="mail">${body}</details>`;
}

/** Replaces content ids by the mail's own pictures; a page cannot reach the parts of a mail otherwise. */
function withPictures({ html, attachments }: LocalMail): string {
  return attachments
    .filter(({ related, contentType }) => related && contentType === 'image/png')
    .reduce(
      (page, { contentId, base64 }) =>
        page.replaceAll(`src="cid:${contentId}"`, `src="data:image/png;base64,${base64}"`),
      html,
    );
}
