import { describe, expect, it } from 'vitest';
import { renderMail } from '../../../lib/channels/email/render/message.ts';
import { renderSlackReply, renderSlackRoot } from '../../../lib/channels/slack/render/message.ts';
import type { Evidence } from '../../../lib/core/diagnosis/findings/finding.ts';
import type { Notice } from '../../../lib/core/notice/notice.ts';
import { MINUTE } from '../../../lib/core/shared/time.ts';
import { finding } from '../../support/factories/finding.ts';
import { sampleNotice, sampleResolvedNotice } from '../../support/factories/sample-notice.ts';

function mail(notice: Notice): string {
  return renderMail(notice, { to: ['ops@example.com'], domain: 'example.com' }).text;
}

/** The texts of a message's blocks, unescaped as far as these tests need. */
function slack(message: ReturnType<typeof renderSlackRoot>): string {
  return JSON.parse(`"${JSON.stringify(message.blocks).replaceAll('\\"', "'").replaceAll('"', "'")}"`);
}

function withFindings(...findings: Notice['findings']): Notice {
  return sampleNotice({ findings });
}

describe('log lines under a finding', () => {
  const lines = Array.from({ length: 20 }, (_, n) => `03:${String(n).padStart(2, '0')} line ${n}`);
  const log = finding({
    stepId: 'log',
    kind: 'kubernetes',
    sentence: '37 errors in the last 200 lines.',
    evidence: { kind: 'text', lines, omitted: 17 },
  });

  it('are the newest if there is little room, and the older ones are counted', () => {
    const root = slack(renderSlackRoot(withFindings(log), []));

    expect(root).toContain('… 34 earlier\n```\n03:17 line 17\n');
    expect(root).toContain('03:19 line 19\n```');
    expect(root).not.toContain('line 16');
  });

  it('are the newest in an HTML mail, because the next steps follow below', () => {
    const { html } = renderMail(withFindings(log), { to: ['ops@example.com'], domain: 'example.com' });

    expect(html).toContain('… 32 earlier');
    expect(html).toContain('>03:15 line 15<br>');
    expect(html).not.toContain('line 14');
  });

  it("are all kept lines in the thread and in a mail's plain text", () => {
    const texts = [slack(renderSlackReply(withFindings(log), [])), mail(withFindings(log))];

    for (const text of texts) {
      expect(text).toContain('03:00 line 0');
      expect(text.indexOf('… 17 earlier')).toBeLessThan(text.indexOf('03:00 line 0'));
    }
  });

  it('stay the newest when even a thread has no room for long lines', () => {
    const long = lines.map((line) => `${line} ${'x'.repeat(300)}`);
    const evidence: Evidence = { kind: 'text', lines: long, omitted: 0 };

    const reply = slack(renderSlackReply(withFindings({ ...log, evidence }), []));

    expect(reply).toContain('line 19');
    expect(reply).not.toContain('line 2 ');
    expect(reply).toMatch(/… 1\d earlier/);
  });
});

describe('a table under a finding', () => {
  it('has no empty column', () => {
    const pods = finding({
      kind: 'kubernetes',
      evidence: {
        kind: 'table',
        columns: ['pod', 'status', 'restarts', 'last exit', 'ended'],
        rows: [
          ['api-1', 'Running', '0', '', ''],
          ['api-2', 'Running', '3', '', ''],
        ],
        omitted: 4,
      },
    });

    const text = mail(withFindings(pods));

    expect(text).toContain('    pod    status   restarts\n    api-1  Running         0\n');
    expect(text).toContain('… 4 more');
  });
});

describe('a check that ran for several agents', () => {
  const run = (agent: string, change: Partial<Notice['findings'][number]> = {}) =>
    finding({ stepId: `log:${agent}`, title: `log (${agent})`, kind: 'kubernetes', ...change });

  it('names the agent if its sentence does not', () => {
    const text = mail(
      withFindings(
        run('technical-agent', { sentence: '3 errors in the log.' }),
        run('risk-agent', { sentence: 'risk-agent was killed for memory.' }),
      ),
    );

    expect(text).toContain('❗ technical-agent: 3 errors in the log.');
    expect(text).toContain('❗ risk-agent was killed for memory.');
  });

  it('shows equal results of several agents once', () => {
    const agents = ['a', 'b', 'c', 'd', 'e'];
    const fine = agents.map((agent) => run(agent, { verdict: 'normal', sentence: 'No error in the log' }));
    const text = mail(withFindings(...fine, run('f', { verdict: 'normal', sentence: 'Nothing logged' })));

    expect(text).toContain('✔ a, b, c +2: No error in the log');
    expect(text.match(/No error/g)).toHaveLength(1);
    expect(text).toContain('✔ f: Nothing logged');
  });

  it('names the agents for which it failed, and those over the limit', () => {
    const unchecked = { verdict: 'unchecked', sentence: 'kubernetes: 403.' } as const;
    const beyond = { verdict: 'unchecked', sentence: '7 more not looked at: g, h +5' } as const;

    const text = mail(
      withFindings(
        run('a', unchecked),
        run('b', unchecked),
        finding({ stepId: 'top', title: 'usage', ...unchecked }),
        finding({ stepId: 'log:beyond', title: 'log', ...beyond }),
      ),
    );

    expect(text).toContain('◌ log (a, b), usage: could not check (kubernetes: 403)');
    expect(text).toContain('◌ log: 7 more not looked at: g, h +5');
    expect(text).toContain('(NONE OF 3 CHECKS COULD BE MADE)');
  });
});

describe('many normal checks', () => {
  it('are all listed, on as many lines as needed', () => {
    const fine = Array.from({ length: 30 }, (_, n) =>
      finding({ stepId: `s${n}`, verdict: 'normal', sentence: `check ${n} ${'is fine '.repeat(10)}` }),
    );

    const text = slack(renderSlackReply(withFindings(...fine), []));

    for (let n = 0; n < 30; n += 1) expect(text).toContain(`✔ check ${n} is fine`);
  });
});

describe('the heading of the findings', () => {
  it('gives their age when they are old', () => {
    const { at } = sampleNotice();

    expect(mail(sampleNotice({ diagnosedAt: at - 14 * MINUTE }))).toContain(
      'WHAT WE FOUND 14 MIN AGO (3 OF 6',
    );
    expect(mail(sampleNotice({ diagnosedAt: at - 2_000 }))).toContain('WHAT WE FOUND (3 OF 6');
  });

  it('says that nothing was checked after the resolve', () => {
    const notice = sampleResolvedNotice({ findings: [], comparison: [], notDiagnosed: 'out of time' });

    expect(mail(notice)).toContain('◌ Nothing was checked after it resolved: out of time');
  });

  it('after the resolve includes evidence for what still needs attention', () => {
    const notice = sampleResolvedNotice();
    const [, blockers] = notice.findings;
    const evidence: Evidence = { kind: 'text', lines: ['UPDATE positions'], omitted: 0 };
    if (!blockers) throw new Error('the sample has no second finding');

    const text = mail({
      ...notice,
      findings: [
        { ...blockers, evidence },
        finding({ stepId: 'lag', verdict: 'unchecked', sentence: 'refused' }),
      ],
    });

    expect(text).toContain('pid 4802 blocks 1 session\n    UPDATE positions\n✔ Connections by state');
    expect(text).toContain('ALSO CHECKED\n\n◌ lag: could not check (refused)');
  });
});

describe('the previous episode and other open incidents', () => {
  const { openedAt, at } = sampleNotice();
  const around: Notice['around'] = {
    previousEpisode: {
      incidentId: 'k.1',
      openedAt: at - 90 * MINUTE,
      resolvedAt: at - 68 * MINUTE,
      findings: [
        { stepId: 'disk', title: 'Disk', sentence: 'disk 91 %' },
        { stepId: 'blockers', title: 'Blocking sessions', sentence: 'pid 12 blocks 5 sessions.' },
        { stepId: 'connections', title: 'Connections by state', sentence: '10 of 10 connections.' },
      ],
      recent: { count: 20, atLeast: true },
    },
    otherIncidents: {
      incidents: [
        { id: 'o.1', alertname: 'AgentDown', group: { agent: 'risk-agent' }, severity: 'critical', openedAt },
      ],
      more: 2,
      atLeast: false,
    },
  };

  it('follow the next steps and precede the people notified, in the root and in the mail', () => {
    for (const text of [
      slack(renderSlackRoot(sampleNotice({ around }), [])),
      mail(sampleNotice({ around })),
    ]) {
      const order = ['pg_terminate_backend', 'Last time', 'Also open', 'Told:'].map((part) =>
        text.indexOf(part),
      );
      expect(order).toEqual(order.toSorted((a, b) => a - b));
      expect(order).not.toContain(-1);
    }
  });

  it('include the earlier finding that is most urgent now', () => {
    expect(mail(sampleNotice({ around }))).toContain(
      'Last time (of at least 20 in 30 days): 1 h 30 min ago, 22 min, not acknowledged; ' +
        'same finding then: 10 of 10 connections (and 1 more)\n' +
        'Also open: AgentDown risk-agent (12 s), 2 more\n',
    );
  });
});
