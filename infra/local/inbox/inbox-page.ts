import { type Markup, markup } from '../../../lib/core/notice/email-markup.ts';

/** The page around what was received. `nonce` is the one script's permit in the content security policy. */
export function inboxPage(content: Markup, nonce: string): string {
  return markup`<!doctype html>
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
  return markup`<div class="column slack"><h2>Slack</h2>${slack}</div><div class="column mails"><h2>Mail</h2>${mails}</div>`;
}

const style = `
:root{--bg:#f4f4f5;--panel:#fff;--text:#1d1c1d;--soft:#616061;--line:#e4e4e7;--code:#f4f4f5;--codetext:#b3123f;--link:#1264a3;--mention:#fff3d6;--mentiontext:#8a5a00}
@media (prefers-color-scheme:dark){:root{--bg:#121316;--panel:#1a1d21;--text:#d1d2d3;--soft:#9a9b9e;--line:#33363b;--code:#222529;--codetext:#e8912d;--link:#4aa3e0;--mention:#4a3a12;--mentiontext:#f2c744}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--text);font:15px/1.47 -apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif}
header{padding:16px 24px 0}h1{margin:0;font-size:20px}header p{margin:2px 0 0;color:var(--soft);font-size:13px}
main{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,560px),1fr));gap:20px;padding:16px 24px;align-items:start}
h2{font-size:16px;margin:0 0 8px}
.channel,.mail,.empty{background:var(--panel);border:1px solid var(--line);border-radius:8px;margin:0 0 16px}
.empty{padding:16px;color:var(--soft)}
h3{margin:0;padding:10px 16px;border-bottom:1px solid var(--line);font-size:15px}
.message{display:flex;gap:10px;padding:12px 16px}.message+.message{border-top:1px solid var(--line)}
.avatar{flex:none;width:36px;height:36px;border-radius:6px;background:#b91c1c;color:#fff;font-weight:700;font-size:13px;display:grid;place-items:center}
.content{min-width:0;flex:1}
.by{font-size:14px}.by time,.edited,.context{color:var(--soft);font-size:12px}
.app{background:var(--line);color:var(--soft);border-radius:3px;padding:0 4px;font-size:10px;font-weight:700}
.preview{display:none}
h4{margin:4px 0;font-size:17px;overflow-wrap:anywhere}
.section{margin:4px 0 8px;white-space:pre-wrap;overflow-wrap:anywhere}
.context{display:flex;flex-wrap:wrap;gap:2px 14px;margin:4px 0;overflow-wrap:anywhere}
pre{margin:4px 0;padding:8px 10px;background:var(--code);border:1px solid var(--line);border-radius:4px;font:12px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace;white-space:pre-wrap;overflow-wrap:anywhere}
code{padding:1px 4px;background:var(--code);border:1px solid var(--line);border-radius:3px;color:var(--codetext);font:12px ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace}
a{color:var(--link)}
.mention{background:var(--mention);color:var(--mentiontext);border-radius:3px;padding:0 3px;font-weight:600}
.thread{margin-top:6px;border-left:3px solid var(--line);padding-left:8px}.thread>summary{color:var(--link);font-size:13px;font-weight:600;cursor:pointer}
.mail{padding:10px 16px}.mail>summary{cursor:pointer}.mail>summary .context{margin-left:16px}
.actions{display:flex;flex-wrap:wrap;gap:8px;margin:8px 0}
.button{font-family:inherit;font-size:13px;font-weight:600;line-height:1.2;padding:6px 12px;border:1px solid var(--line);border-radius:4px;background:var(--panel);color:var(--text);cursor:pointer;text-decoration:none}
.button.primary{background:#007a5a;border-color:#007a5a;color:#fff}.button:disabled{opacity:.6;cursor:default}
.button:hover{border-color:var(--soft)}.button:focus-visible{outline:2px solid var(--link);outline-offset:2px}
.answer{margin:6px 0;padding:6px 10px;border:1px dashed var(--line);border-radius:6px;font-size:14px;overflow-wrap:anywhere}
.tabs{margin-top:8px}.tabs input{position:absolute;opacity:0}.tabs label{display:inline-block;padding:3px 10px;border:1px solid var(--line);border-radius:4px;margin-right:4px;font-size:13px;cursor:pointer}
.tabs input:checked+label{background:var(--link);color:#fff}.tabs input:focus-visible+label{outline:2px solid var(--link);outline-offset:2px}
.pane{display:none;width:100%;margin-top:8px}
iframe.pane{height:760px;resize:vertical;border:1px solid var(--line);border-radius:4px;background:#fff}
.tabs input:nth-of-type(1):checked~.html,.tabs input:nth-of-type(2):checked~.text,.tabs input:nth-of-type(3):checked~.headers{display:block}
`;

/**
 * Fetches the content again and swaps it only when it changed, so that nothing closes while one reads. A press goes to
 * the inbox, which signs it as Slack does; what came of it is in the content that is fetched next.
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
