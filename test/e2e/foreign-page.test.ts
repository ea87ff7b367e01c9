import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startChromium } from '../support/servers/headless-chromium.ts';
import {
  READ_TOKEN,
  type RunningFirstResponder,
  startFirstResponder,
  WRITE_TOKEN,
} from '../support/servers/running-first-responder.ts';
import { serve, stopServing } from '../support/servers/serve.ts';

let stack: RunningFirstResponder;
let browser: Browser;
let inbox: string;
let elsewhere: string;

beforeAll(async () => {
  stack = await startFirstResponder({});
  inbox = /^Inbox: (\S+)/m.exec(stack.log())?.[1] ?? '';
  const page = '<!DOCTYPE html><title>Elsewhere</title>';
  elsewhere = await serve((_request, response) =>
    response.writeHead(200, { 'content-type': 'text/html' }).end(page),
  );
  browser = await startChromium();
});

afterAll(async () => {
  await browser?.close();
  await stack?.stop();
  await stopServing();
});

async function pageAt(url: string): Promise<Page> {
  const page = await browser.newPage();
  await page.goto(url);
  return page;
}

type Asked = { method?: string; headers?: Record<string, string>; body?: string };

/** What a script on the page gets: a status, or the browser's refusal. */
function fetchOn(page: Page, url: string, init: Asked = {}): Promise<number | string> {
  return page.evaluate(
    ([address, options]) =>
      fetch(address, options).then(
        ({ status }) => status,
        ({ name }: Error) => name,
      ),
    [url, init] as const,
  );
}

test('a page of another port reads nothing, with the published tokens or where there is none', async () => {
  const page = await pageAt(elsewhere);
  const headers = { authorization: `Bearer ${WRITE_TOKEN}` };

  const outcomes = [
    await fetchOn(page, `${stack.url}/incidents`, { headers }),
    await fetchOn(page, `${stack.url}/maintenance`, { method: 'POST', headers, body: '{}' }),
    await fetchOn(page, `${stack.url}/health`),
    await fetchOn(page, `${inbox}/messages`),
  ];

  expect(outcomes).toEqual(Array.from(outcomes, () => 'TypeError'));
});

test('the console and the inbox read their own servers', async () => {
  const origin = new URL(stack.url);

  const consolePage = await pageAt(`http://localhost:${origin.port}/console`);
  const inboxPage = await pageAt(inbox);

  const headers = { authorization: `Bearer ${READ_TOKEN}` };
  expect(await fetchOn(consolePage, `http://localhost:${origin.port}/incidents`, { headers })).toBe(200);
  expect(await fetchOn(inboxPage, `${inbox}/content`)).toBe(200);
});

test('a link from another page leads to the console', async () => {
  const page = await pageAt(elsewhere);

  await page.setContent(`<a href="${stack.url}/console">incident</a>`);
  await page.click('a');

  await page.waitForURL(`${stack.url}/console`);
  expect(await page.title()).not.toBe('');
});
