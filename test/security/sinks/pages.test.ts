import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../../lib/adapters/clock/system-clock.ts';
import { renderMail, renderPlainMail } from '../../../lib/channels/email/render/message.ts';
import { storedIncident } from '../../support/factories/stored-incident.ts';
import { createMemoryWorld } from '../../support/fakes/memory-world.ts';
import { type ConsoleBrowser, startConsoleBrowser } from '../../support/servers/console-browser.ts';
import { stopServing } from '../../support/servers/serve.ts';
import { READ_TOKEN, serveApi, WRITE_TOKEN } from '../../support/servers/served-api.ts';
import { findEscapes } from '../payloads/find-escapes.ts';
import { HARMLESS, shownWords } from '../payloads/harmless.ts';
import { storeHostileIncidents } from '../payloads/hostile-incidents.ts';
import { hostileNotice } from '../payloads/hostile-notice.ts';
import { payloads } from '../payloads/payloads.ts';

// Pages and mails in a real browser: which elements there are, where they lead, and whether anything of a payload ran.

let url: string;
let browser: ConsoleBrowser;
let ids: string[];
const dialogs: string[] = [];

beforeAll(async () => {
  const now = systemClock.now();
  const world = createMemoryWorld(now);
  ids = await storeHostileIncidents(world, now - 60_000);
  for (const [index, { text }] of payloads.entries()) {
    if (text.length > 2_000) continue;
    const incident = storedIncident({
      key: `list${index}`,
      alertname: text,
      source: text,
      group: { [text || 'x']: text },
      openedAt: now - 120_000 - index,
      tiers: { clockStartedAt: now },
      paging: { lastAt: now },
    });
    await world.incidents.write(incident, 0);
  }
  url = await serveApi(world, {
    list: async () => ({ count: 0, letters: [], unreadable: 0 }),
    redrive: async () => ({ redriven: 0, remaining: 0 }),
  });
  browser = await startConsoleBrowser(url);
});

afterAll(async () => {
  await browser?.close();
  await stopServing();
});

async function signedIn(token: string): Promise<Page> {
  const page = await browser.page({ token });
  page.on('dialog', (dialog) => {
    dialogs.push(dialog.message());
    void dialog.dismiss();
  });
  return page;
}

/** The kinds of elements of a document, the addresses in it, and its visible text. */
type Look = { kinds: string[]; addresses: string[]; text: string; pwned: unknown };

/** A function for the browser: the look of a document. */
const LOOK = `(root) => {
  const all = [...root.querySelectorAll('*')];
  const kindOf = (element) => [element.localName, ...[...element.attributes].map(({ name }) => name).toSorted()].join(' ');
  return {
    kinds: [...new Set(all.map(kindOf))],
    addresses: [...new Set(all.filter((each) => !each.closest('head')).flatMap((each) => ['href', 'src', 'action', 'srcset', 'data'].flatMap((name) =>
      each.hasAttribute(name) ? [each.getAttribute(name)] : [])))],
    text: root.body.textContent,
    pwned: top.pwned,
  };
}`;

function lookAt(page: Page): Promise<Look> {
  return page.evaluate<Look>(`(${LOOK})(document)`);
}

/** What an element may have that a payload would need. The page's own have none of these. */
function dangers({ kinds, addresses }: Look): string[] {
  const active = kinds.filter((kind) =>
    /^(iframe|object|embed|base|form action|template|noscript|math|animate|use|foreignobject)\b| on[a-z]+\b| srcdoc\b| popovertarget\b/.test(
      kind,
    ),
  );
  return [
    ...active,
    ...addresses.filter((address) => !/^(https?:\/\/|\/|\.\.?\/|#|console|$)/.test(address)),
  ];
}

describe('console', () => {
  it('open incidents show a thousand payloads as text, and nothing of them runs', async () => {
    const page = await signedIn(READ_TOKEN);
    await page.goto('/console');
    const items = page.locator('.incidents li');
    await items.first().waitFor();
    for (let more = page.getByRole('button', { name: 'Load more' }); (await more.count()) > 0; ) {
      const before = await items.count();
      await more.click();
      await items.nth(before).waitFor();
      more = page.getByRole('button', { name: 'Load more' });
    }
    const look = await lookAt(page);

    expect(dangers(look)).toEqual([]);
    expect(look.pwned).toBeUndefined();
    expect(await missingFrom(look.text)).toEqual([]);
  });

  it('a page of the history shows its payloads as text', async () => {
    const page = await signedIn(READ_TOKEN);
    await page.goto('/console/history');
    await page.locator('.incidents li').first().waitFor();
    const look = await lookAt(page);

    expect(dangers(look)).toEqual([]);
    expect(look.pwned).toBeUndefined();
    expect(look.text).toMatch(/top\.pwned/);
  });

  it('an incident shows its alerts, findings, people and timeline as text', async () => {
    const page = await signedIn(WRITE_TOKEN);
    let text = '';
    for (const id of ids) {
      await page.goto(`/console/incidents/${id}`);
      await page.locator('main h2').first().waitFor();
      await page.evaluate('document.querySelectorAll("details").forEach((each) => { each.open = true; })');
      const look = await lookAt(page);

      expect(dangers(look), id).toEqual([]);
      expect(look.pwned).toBeUndefined();
      text += look.text;
    }

    expect(await missingFrom(text)).toEqual([]);
  });

  it('a report shows its Markdown as text', async () => {
    const page = await signedIn(READ_TOKEN);
    for (const id of ids.slice(0, 5)) {
      await page.goto(`/console/incidents/${id}/report`);
      await page.locator('pre.report').waitFor();
      const look = await lookAt(page);

      expect(dangers(look), id).toEqual([]);
      expect(await page.locator('pre.report *').count()).toBe(0);
    }
  });

  it('asked no other server, opened no dialog, and violated no policy', () => {
    expect(dialogs).toEqual([]);
    expect(browser.complaints()).toEqual([]);
    expect(browser.requests().filter((each) => !each.startsWith(url) && !each.startsWith('data:'))).toEqual(
      [],
    );
  });
});

/** Payloads whose words cannot be read in a text. */
function missingFrom(text: string): Promise<string[]> {
  const seen = comparable(text);
  return findEscapes((payload) => {
    const words = shownWords(payload);
    if (words !== undefined && !isHidden(payload))
      expect(seen.includes(comparable(words)), 'is not shown').toBe(true);
  });
}

/** Redaction hides credentials of addresses, and what stands behind a secret's name. */
function isHidden(text: string): boolean {
  return /:\/?\/?[^ ]*@|pass|token|\[redacted\]/i.test(text);
}

function comparable(text: string): string {
  return text.normalize('NFC').replace(/[\s\p{Cc}\p{Cf}]/gu, '');
}

const BATCH = 60;

describe('mail as HTML', () => {
  it('has the elements of a harmless one, and each text as text', async () => {
    const page = await blankPage();
    // Two spaces in a row are kept by an element of their own.
    const harmless = await readHtml(page, [HARMLESS, 'two  words', ' '].map(htmlOf));
    const [kinds, addresses] = [
      harmless.flatMap((each) => each.kinds),
      harmless.flatMap((each) => each.addresses),
    ];
    const seen = new Map<string, Look>();
    for (let at = 0; at < payloads.length; at += BATCH) {
      const texts = payloads.slice(at, at + BATCH).map(({ text }) => text);
      const read = await readHtml(page, texts.map(htmlOf));
      for (const [index, look] of read.entries()) seen.set(texts[index] ?? '', look);
    }

    const escapes = await findEscapes((text) => {
      const look = seen.get(text);
      expect(look?.kinds.filter((kind) => !kinds.includes(kind))).toEqual([]);
      expect(look?.addresses.filter((address) => !addresses.includes(address))).toEqual([]);
      const words = shownWords(text);
      if (words !== undefined) expect(comparable(look?.text ?? '')).toContain(comparable(words));
    });

    expect(escapes).toEqual([]);
  });

  it('runs nothing and asks nobody, even where scripts would run', async () => {
    const page = await blankPage();
    const before = browser.requests().length;
    const active = payloads.filter(({ family }) => ['html', 'svg', 'javascript', 'css'].includes(family));
    for (let at = 0; at < active.length; at += BATCH) {
      const texts = active.slice(at, at + BATCH).map(({ text }) => text);
      const documents = texts.flatMap((text) => [htmlOf(text), renderPlainMail([text, text]).html]);
      await page.evaluate(`Promise.all(${JSON.stringify(documents)}.map((html) => new Promise((done) => {
        const frame = document.createElement('iframe');
        frame.onload = () => { frame.remove(); done(); };
        frame.srcdoc = html;
        document.body.append(frame);
      })))`);
    }

    expect(await page.evaluate('top.pwned')).toBeUndefined();
    expect(
      browser
        .requests()
        .slice(before)
        .filter((each) => /evil\.example/.test(each)),
    ).toEqual([]);
    expect(dialogs).toEqual([]);
  });

  it('would notice a script, and a picture', async () => {
    const page = await blankPage();
    const [look] = await readHtml(page, [
      '<body><img src=x onerror="top.pwned=1"><svg onload="top.pwned=1">',
    ]);

    expect(look && dangers(look)).toEqual(['img onerror src', 'svg onload', 'x']);
  });
});

async function blankPage(): Promise<Page> {
  const page = await browser.page();
  page.on('dialog', (dialog) => {
    dialogs.push(dialog.message());
    void dialog.dismiss();
  });
  await page.goto('about:blank');
  return page;
}

function htmlOf(text: string): string {
  return renderMail(hostileNotice(text), { to: ['ops@example.com'], domain: 'example.com' }).html;
}

/** As a mail client parses them; scripts do not run here. */
function readHtml(page: Page, documents: string[]): Promise<Look[]> {
  return page.evaluate<Look[]>(
    `${JSON.stringify(documents)}.map((html) => (${LOOK})(new DOMParser().parseFromString(html, 'text/html')))`,
  );
}
