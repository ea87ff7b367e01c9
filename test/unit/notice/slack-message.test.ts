import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkSlackBlocks } from '../../../infra/local/slack/check-slack-blocks.ts';
import {
  renderPlainSlackMessage,
  renderSlackDetails,
  renderSlackReply,
  renderSlackRoot,
  renderSlackUserAction,
  renderSlackWebhook,
} from '../../../lib/channels/slack/render/message.ts';
import type { SlackMessage } from '../../../lib/channels/slack/slack-client.ts';
import type { Finding } from '../../../lib/core/diagnosis/findings/finding.ts';
import { noticeReasons } from '../../../lib/core/incident/effect.ts';
import type { Notice } from '../../../lib/core/notice/notice.ts';
import { MINUTE } from '../../../lib/core/shared/time.ts';
import { noticeOfHostileAlerts } from '../../support/arbitraries/arbitrary-incident.ts';
import { arbitraryNotice, hostileText } from '../../support/arbitraries/arbitrary-notice.ts';
import {
  SAMPLE_OPENED_AT,
  sampleGroupNotice,
  sampleNotice,
  sampleResolvedNotice,
} from '../../support/factories/sample-notice.ts';

const mentions = ['<!channel>', '<@U012345AB>'];

describe('the root message of an incident that fires', () => {
  it('first says what and how severe, then the impact, the findings and the commands', () => {
    const text = allText(renderSlackRoot(sampleNotice(), mentions));

    const order = [
      '<!channel> <@U012345AB>',
      '🔴 CRITICAL DatabaseConnectionPoolCritical',
      'open 12 s',
      'Every new query waits',
      'What we found (3 of 6 checks need attention)',
      '10 of 10 connections in use',
      'agent-runner  idle in transac…  7',
      'min 3 · max 10 · now 10',
      '✔ disk 61 %\u00a0\u00a0 ✔ no replication lag',
      'Bifrost logs*: could not check (kubernetes: 403)',
      'Do next',
      'SELECT pg_terminate_backend(4711);',
      'restart the api',
      'Told: on-call (L1)',
    ].map((part) => text.indexOf(part));
    expect(order).toEqual(order.toSorted((a, b) => a - b));
    expect(order).not.toContain(-1);
  });

  it('starts its preview with the severity and fits a lock screen', () => {
    const { text } = renderSlackRoot(sampleNotice(), mentions);

    expect(text).toMatch(/^CRITICAL DatabaseConnectionPoolCritical: Every new query waits/);
    expect(text.length).toBeLessThan(150);
  });

  it('shows times in the reader’s zone, with UTC for clients that cannot', () => {
    const text = allText(renderSlackRoot(sampleNotice(), []));

    expect(text).toContain(
      `<!date^${SAMPLE_OPENED_AT / 1000}^{date_short_pretty} {time}|2026-11-24 03:12 UTC>`,
    );
    expect(text).toContain('|2026-11-24 03:27 UTC>');
  });

  it('counts a group and names the most severe alerts', () => {
    const text = allText(renderSlackRoot(sampleGroupNotice(12), []));

    expect(text).toContain('WARNING AgentDown - 12 agents down (technical-agent, risk-agent, … +10)');
    expect(text).toContain('Alerts (12 of 12 firing)');
    expect(text).toContain('… 7 more');
  });

  it('says why when nothing was checked', () => {
    const text = allText(renderSlackRoot(sampleNotice({ findings: [], notDiagnosed: 'out of time' }), []));

    expect(text).toContain('Nothing was checked: out of time');
  });

  it('says that it is not verified, and why', () => {
    const text = allText(
      renderSlackRoot(sampleNotice({ unverified: 'alertmanager: connection refused' }), []),
    );

    expect(text).toContain('could not confirm that it still fires: alertmanager: connection refused');
  });

  it('drops the deadline after an acknowledgement, and names the person', () => {
    const acknowledged = { by: 'Ana', at: SAMPLE_OPENED_AT + 4 * MINUTE, note: 'on it' };

    const text = allText(renderSlackRoot(sampleNotice({ acknowledged }), []));

    expect(text).toMatch(/Acknowledged by Ana at .* \(after 4 min\): on it/);
    expect(text).not.toContain('acknowledge by');
    expect(text).toContain('L2 at');
  });
});

describe('mentions', () => {
  it('are left out of a notice that does not interrupt, or is about a resolve', () => {
    const quiet = renderSlackRoot(sampleNotice({ ping: false }), mentions);
    const over = renderSlackRoot(sampleResolvedNotice({ ping: true }), mentions);

    expect(JSON.stringify([quiet, over])).not.toMatch(/<!channel>|<@U/);
  });

  it('are shown as text when they are not mentions', () => {
    const text = allText(
      renderSlackRoot(sampleNotice(), ['@oncall', '<!channel|x> <https://evil.example|y>']),
    );

    expect(text).toContain('@oncall &lt;!channel|x&gt; &lt;https://evil.example|y&gt;');
  });
});

describe('the root message of an incident that resolved', () => {
  it('shows its duration, the comparison, and who acknowledged', () => {
    const text = allText(renderSlackRoot(sampleResolvedNotice(), []));

    expect(text).toContain('✅ RESOLVED after 22 min DatabaseConnectionPoolCritical');
    expect(text).toContain('*Still needs attention although the alert resolved*: Blocking sessions');
    expect(text).toContain('*Before and after*');
    expect(text).toContain('10 of 10 connections in use, 0 idle → 4 of 10 connections in use');
    expect(text).toContain('❗ *Blocking sessions*: pid 4711 blocks 3 sessions → pid 4802 blocks 1 session');
    expect(text).toContain('Acknowledged by Ana');
    expect(text).not.toContain('Do next');
  });
});

describe('the buttons under a root message', () => {
  const buttons = { asOf: 3, acknowledge: true, silence: true };
  const links = { ...sampleNotice().links, runbook: 'https://runbooks.example/pool' };

  it('carry the possible actions, the incident and the version shown', () => {
    const { blocks } = renderSlackRoot(sampleNotice({ buttons, links }), []);

    const value = '3 4f1d2c3b5a697887.000001';
    expect(blocks.find(({ type }) => type === 'actions')).toMatchObject({
      block_id: 'incident-3',
      elements: [
        { type: 'button', text: { text: 'Acknowledge' }, value },
        {
          type: 'static_select',
          placeholder: { text: 'Silence' },
          options: [{ value: `1h ${value}` }, { value: `4h ${value}` }, { value: `1d ${value}` }],
        },
        { type: 'button', text: { text: 'Resolve' }, value },
        { type: 'button', text: { text: 'Runbook' }, url: 'https://runbooks.example/pool' },
      ],
    });
  });

  it('are only those that still apply', () => {
    const acknowledged = sampleNotice({ buttons: { ...buttons, acknowledge: false }, links });
    const noAlertmanager = sampleNotice({ buttons: { ...buttons, silence: false } });

    expect(labels(renderSlackRoot(acknowledged, []))).toEqual(['Silence', 'Resolve', 'Runbook']);
    expect(labels(renderSlackRoot(noAlertmanager, []))).toEqual(['Acknowledge', 'Resolve']);
    expect(labels(renderSlackRoot(sampleNotice({ links }), []))).toEqual([]);
  });

  it('replace the link to the runbook, which stays if there are no buttons', () => {
    const withButtons = allText(renderSlackRoot(sampleNotice({ buttons, links }), []));
    const without = allText(renderSlackRoot(sampleNotice({ links }), []));

    expect(withButtons).not.toContain('|Runbook>');
    expect(without).toContain('<https://runbooks.example/pool|Runbook>');
  });

  it("are left out of replies and of an incoming webhook's posts", () => {
    const notice = sampleNotice({ buttons, links });

    expect(labels(renderSlackReply(notice, []))).toEqual([]);
    expect(labels(renderSlackWebhook(notice, []))).toEqual([]);
  });

  it('are shown next to an active silence', () => {
    const until = SAMPLE_OPENED_AT + 60 * MINUTE;

    const text = allText(renderSlackRoot(sampleNotice({ buttons, silenced: { by: 'Ana', until } }), []));

    expect(text).toMatch(/Silenced by Ana until <!date\^\d+\^.*2026-11-24 04:12 UTC>/);
  });

  function labels({ blocks }: SlackMessage): string[] {
    type Element = { text?: { text: string }; placeholder?: { text: string } };
    const actions = blocks.find(({ type }) => type === 'actions') as { elements: Element[] } | undefined;
    return (actions?.elements ?? []).map(({ text, placeholder }) => (text ?? placeholder)?.text ?? '');
  }
});

describe('a reply in the thread', () => {
  it('leads with what is new', () => {
    const notice = sampleNotice({
      reason: 'escalated',
      tier: 2,
      happened: 'Not resolved in time: escalated to L2.',
    });

    const text = allText(renderSlackReply(notice, mentions));

    expect(text).toContain('DatabaseConnectionPoolCritical - escalated to L2');
    expect(text).toContain('*Not resolved in time: escalated to L2.*');
    expect(text).toContain('What we found');
  });

  it('is short after an acknowledgement', () => {
    const acknowledged = { by: 'Ana', at: SAMPLE_OPENED_AT + MINUTE };
    const notice = sampleNotice({
      reason: 'acknowledged',
      ping: false,
      happened: 'Acknowledged by Ana.',
      acknowledged,
    });

    const text = allText(renderSlackReply(notice, []));

    expect(text).toContain('Acknowledged by Ana');
    expect(text).not.toContain('What we found');
  });

  it('lists all alerts of a group that the root had no room for', () => {
    const text = allText(renderSlackReply(sampleGroupNotice(30, { reason: 'joined' }), []));

    expect(text).toContain('arbitrage-agent-29');
  });
});

describe('the message for an incoming webhook', () => {
  it('has everything and says that it cannot be updated', () => {
    const text = allText(renderSlackWebhook(sampleNotice({ reason: 'reminder' }), mentions));

    expect(text).toContain('<!channel>');
    expect(text).toContain('- not acknowledged');
    expect(text).toContain('SELECT pg_terminate_backend(4711);');
    expect(text).toContain('can neither edit nor thread');
  });
});

describe('commands', () => {
  it('are shown exactly as they are to be pasted', () => {
    const command = `psql -c "SELECT '<a>' && 'b' > 1;" | grep -v '&amp;'`;

    const text = allText(renderSlackRoot(sampleNotice({ commands: [{ text: 'Look', command }] }), []));

    expect(unescaped(text)).toContain(`\`\`\`\n${command}\n\`\`\``);
  });

  it.each([
    ['too long', `echo ${'x'.repeat(2000)}`],
    ['holding a fence', 'echo ```'],
    ['holding a control character', 'echo \u001b[2K; rm'],
  ])('are left out entirely when %s, and the message says so', (_why, command) => {
    const text = allText(renderSlackRoot(sampleNotice({ commands: [{ text: 'Look', command }] }), []));

    expect(text).not.toContain('echo');
    expect(text).toMatch(/1\. \*Look\*[\s\S]*\((too long|not shown)/);
  });
});

describe('a message that is too long', () => {
  const crowded = sampleNotice({
    findings: Array.from({ length: 20 }, (_, index) => ({
      ...(sampleNotice().findings[0] ?? expect.fail()),
      title: `check ${index}`,
      sentence: `finding ${index} ${'very long '.repeat(60)}`,
    })),
    commands: Array.from({ length: 10 }, (_, index) => ({
      text: `step ${index}`,
      command: `run "${'y'.repeat(900)}"`,
    })),
    response: Array.from({ length: 20 }, (_, index) => `decide ${index} ${'z'.repeat(400)}`),
  });

  it('keeps the most important parts and says that it was shortened', () => {
    const text = allText(renderSlackWebhook(crowded, mentions));

    expect(text).toContain('Every new query waits');
    expect(text).toContain('finding 0');
    expect(text).toContain('Told: on-call');
    expect(text).toContain('Shortened to fit Slack');
    expect(text).not.toContain('decide 19');
  });
});

describe('a message of any notice', () => {
  const anyMessage = fc
    .tuple(
      fc.oneof(
        { weight: 4, arbitrary: arbitraryNotice },
        { weight: 1, arbitrary: noticeOfHostileAlerts(fc.integer({ min: 1, max: 60 })) },
      ),
      fc.array(fc.oneof(fc.constantFrom(...mentions), hostileText), { maxLength: 30 }),
    )
    .chain(([notice, targets]) =>
      fc
        .constantFrom(renderSlackRoot, renderSlackReply, renderSlackWebhook, details, userAction)
        .map((render) => render(notice, targets)),
    );

  it('stays within every limit of Slack', () => {
    fc.assert(
      fc.property(anyMessage, (message) => {
        expect(checkSlackBlocks(message.blocks)).toMatchObject({ kind: 'ok' });
        expect(message.text.length).toBeGreaterThan(0);
        expect(message.text.length).toBeLessThanOrEqual(300);
      }),
      { numRuns: 150 },
    );
  });

  it('stays within them for every reason, with 10,000 alerts whose annotations have 100 kB', () => {
    const notices = fc.sample(noticeOfHostileAlerts(fc.constantFrom(1, 40, 10_000)), 6);

    for (const notice of notices) {
      for (const reason of noticeReasons) {
        for (const render of [renderSlackRoot, renderSlackReply, renderSlackWebhook, details]) {
          const message = render({ ...notice, reason }, mentions);
          expect(checkSlackBlocks(message.blocks)).toMatchObject({ kind: 'ok' });
          expect(message.text.length).toBeLessThanOrEqual(300);
          expect(renderPlainSlackMessage(message, notice, mentions).text.length).toBeLessThanOrEqual(3000);
        }
      }
    }
  });

  it('has no mention but the target’s, no half character, no control character', () => {
    fc.assert(
      fc.property(anyMessage, (message) => {
        for (const text of texts(message)) {
          expect(text.isWellFormed()).toBe(true);
          expect(text).not.toMatch(/(?![\n\t])\p{Cc}|\p{Bidi_Control}/u);
          const specials = text.match(/<[^>]*>?/g) ?? [];
          for (const special of specials) {
            expect(special).toMatch(
              /^<(!channel|@U012345AB|!here|!subteam\^S012345|!date\^\d+\^[^|<>]+\|[^<>]+ UTC|https?:[^<>|]+\|[^<>|`]+)>$/,
            );
          }
          expect(text.replace(/<[^>]*>/g, '')).not.toMatch(/[<>]/);
          expect(text).not.toMatch(/&(?!amp;|lt;|gt;)/);
        }
        // Hostile text contains these two as well; only whole mentions of the target may come through.
        const [first] = message.blocks;
        expect(JSON.stringify([message.text, message.blocks.filter((block) => block !== first)])).not.toMatch(
          /<!channel>|<!here>|<@U/,
        );
      }),
      { numRuns: 150 },
    );
  });

  it('never leaves a fixed-width block open or broken', () => {
    fc.assert(
      fc.property(anyMessage, (message) => {
        for (const text of texts({
          ...message,
          blocks: message.blocks.filter((each) => each.type !== 'header'),
        })) {
          const outside = text.replace(/(^|\n)```\n[\s\S]*?\n```(?=\n|$)/g, '$1');
          expect(outside).not.toContain('```');
          expect(outside.replace(/`[^`\n]+`/g, '')).not.toContain('`');
        }
      }),
      { numRuns: 150 },
    );
  });

  it('takes no more time to render for a notice of a hundred kilobytes', () => {
    const huge = sampleNotice({ summary: '🔥'.repeat(50_000), alertname: '<'.repeat(100_000) });

    const message = renderSlackRoot(huge, []);

    expect(checkSlackBlocks(message.blocks)).toMatchObject({ kind: 'ok' });
    expect(allText(message)).toContain('🔥…');
  });
});

/** The thread's details; the root again if there are none. */
function details(notice: Notice): SlackMessage {
  return renderSlackDetails(notice) ?? renderSlackRoot(notice, []);
}

/** A person who writes as much as the API allows. */
function userAction({ reason, at }: Notice, words: string[]): SlackMessage {
  const output = words.join(' ');
  const done = { by: output.slice(0, 100), note: output.repeat(20).slice(0, 1_000) };
  return renderSlackUserAction({ reason, at, userAction: done, summary: `Acknowledged by ${output}` });
}

function texts(message: SlackMessage): string[] {
  const inBlocks = message.blocks.flatMap((block) => {
    const { text, elements } = block as { text?: { text: string }; elements?: { text: Shown }[] };
    return [...(text ? [text] : []), ...(elements ?? [])].map((each) => shownText(each.text));
  });
  return [message.text, ...inBlocks];
}

/** A text object's text is a string, a button's is a text object, a menu has only our texts. */
type Shown = string | { text: string } | undefined;

function shownText(shown: Shown): string {
  return typeof shown === 'object' ? shown.text : (shown ?? '');
}

function allText(message: SlackMessage): string {
  return texts(message).slice(1).join('\n');
}

function unescaped(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}

describe('failed checks', () => {
  const unchecked = (stepId: string, sentence: string): Finding => ({
    stepId,
    title: stepId,
    kind: 'sql',
    verdict: 'unchecked',
    sentence,
    tookMs: 1,
  });

  it('share one line if they share one reason', () => {
    const refused = 'could not connect: connection refused';
    const findings = [
      unchecked('locks', refused),
      unchecked('pods', 'kubernetes: 403'),
      unchecked('lag', refused),
    ];

    const text = allText(renderSlackRoot(sampleNotice({ findings }), []));

    expect(text).toContain('locks, lag*: could not check (could not connect: connection refused)');
    expect(text.split(refused)).toHaveLength(2);
    expect(text).toContain('What we found (none of 3 checks could be made)');
  });
});
