import { escapeMarkup, type Markup } from '../../../lib/channels/email/render/markup.ts';
import { messageStyle } from './message-style.ts';

/** The page around the received messages. `nonce` permits the page's only script in the content security policy. */
export function inboxPage(content: Markup, nonce: string): string {
  return escapeMarkup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>first-responder inbox</title>
<style>${{ html: style }}</style>
</head>
<body>
<header><h1>first-responder inbox</h1><p>What people would have received on Slack and by mail. Stand-ins: nothing left this machine.</p></header>
<main id="content">${content}</main>
<script nonce="${nonce}">${{ html: script }}</script>
</body>
</html>
`.html;
}

/** The part of the page that is fetched again. */
export function inboxContent(slack: Markup, mails: Markup): Markup {
  return escapeMarkup`<div class="column slack"><h2>Slack</h2>${slack}</div><div class="column mails"><h2>Mail</h2>${mails}</div>`;
}

const style = `${messageStyle}
header{padding:16px 24px 0}h1{margin:0;font-size:20px}header p{margin:2px 0 0;color:var(--soft);font-size:13px}
main{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,560px),1fr));gap:20px;padding:16px 24px;align-items:start}
`;

/**
 * Fetches the content again and swaps it only when it changed, so that nothing closes while somebody reads. A click
 * goes to the inbox, which signs the action like Slack; the next content shows its result.
 */
const script = `
const main = document.getElementById('content');
let last;
async function fetchContent() {
  try {
    const response = await fetch('content', { cache: 'no-store' });
    const text = await response.text();
    if (response.ok && last !== undefined && text !== last) {
      const open = [...main.querySelectorAll('article:has(> .content > details[open])')].map((each) => each.id);
      main.innerHTML = text;
      for (const id of open) document.getElementById(id)?.querySelector('details')?.setAttribute('open', '');
    }
    if (response.ok) last = text;
  } catch {}
}
async function refresh() {
  await fetchContent();
  setTimeout(refresh, 1500);
}
async function press(element) {
  const { channel, ts } = element.closest('.actions').dataset;
  const { action } = element.dataset;
  const { value } = element;
  if (!value) return;
  element.disabled = true;
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ channelId: channel, ts, action, value });
  const said = await fetch('press', { method: 'POST', headers, body }).then(
    async (response) => (response.ok ? undefined : response.text()),
    () => 'The inbox does not answer.',
  );
  await fetchContent();
  element.disabled = false;
  if (element.tagName === 'SELECT') element.value = '';
  if (said) alert(said);
}
main.addEventListener('click', (event) => {
  const button = event.target.closest('button[data-action]');
  if (button) press(button);
});
main.addEventListener('change', (event) => {
  if (event.target.matches('select[data-action]')) press(event.target);
});
refresh();
`;
