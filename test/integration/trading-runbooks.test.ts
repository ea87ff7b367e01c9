import { afterAll, beforeEach, describe, expect, onTestFinished } from 'vitest';
import { commandsOf, findingOf, rowsOf, stepIds } from '../support/assertions/diagnosis-parts.ts';
import { runChecks } from '../support/harness/run-checks.ts';
import { heartbeat, type SampleWorld, startSampleWorld } from '../support/servers/sample-world.ts';
import { test } from '../support/vitest/with-database.ts';

let world: SampleWorld;

test.beforeAll(async ({ server }) => {
  world = await startSampleWorld({ server });
});

beforeEach(() => world.keepFresh());

afterAll(() => world?.close());

describe('TradingSessionFailure', () => {
  test('names the failed session, the reason, and where to look', async () => {
    const diagnosis = await runChecks(world, 'TradingSessionFailure');

    expect(stepIds(diagnosis).slice(0, 3)).toEqual(['sessions', 'servers', 'orchestrator']);
    expect(findingOf(diagnosis, 'servers').sentence).toBe(
      '1 of 4 MCP servers failing: market-data-server (could not connect: connection refused)',
    );
    expect(findingOf(diagnosis, 'orchestrator').sentence).toMatch(
      /^orchestrator ready, but restarted 3 times, last exit Error \(1\) 14 m 00 s ago$/,
    );
    expect(commandsOf(diagnosis)[0]).toBe(
      'kubectl logs -n cryptofunk deployment/market-data-server --tail=100',
    );
    expect(findingOf(diagnosis, 'sessions').sentence).toMatch(
      /^LIVE session 7f3a1c52 FAILED 13 m \d\d s ago: market-data-server:9201 refused the connection; 1 session marked RUNNING$/,
    );
    expect(findingOf(diagnosis, 'agents').sentence).toMatch(
      /^5 of 7 agents stopped, in error or silent for over 5 min, 4 for: bifrost: connection reset by peer \(last heard: sentiment-agent, /,
    );
    expect(findingOf(diagnosis, 'orders').sentence).toMatch(/^\d+ of \d+ orders in 10 min rejected$/);
  });

  test('counts an agent as missing that was killed and still reports itself as active', async () => {
    onTestFinished(async () => void (await world.inDatabase(heartbeat('risk-agent', '4 seconds'))));
    await world.inDatabase(heartbeat('risk-agent', '20 minutes'));

    const diagnosis = await runChecks(world, 'TradingSessionFailure');

    expect(findingOf(diagnosis, 'agents').sentence).toMatch(/^6 of 7 agents stopped, in error or silent/);
    expect(rowsOf(findingOf(diagnosis, 'agents'))).toContainEqual(
      expect.arrayContaining(['risk-agent', 'ACTIVE']),
    );
  });

  test('finds no problem on resolve with a session that started after the failed one', async () => {
    const session = '11111111-2222-4333-8444-555555555555';
    onTestFinished(
      async () =>
        void (await world.inDatabase(`DELETE FROM trading_sessions WHERE session_id = '${session}'`)),
    );
    await world.inDatabase(
      `INSERT INTO trading_sessions (session_id, mode, status, created_at)
       VALUES ('${session}', 'LIVE', 'RUNNING', now() - interval '65 seconds')`,
    );

    const diagnosis = await runChecks(world, 'TradingSessionFailure', { reason: 'resolved' });

    expect(findingOf(diagnosis, 'sessions')).toMatchObject({
      verdict: 'normal',
      sentence: expect.stringMatching(/^LIVE session 11111111 runs since 1 m \d\d s$/),
    });
    expect(stepIds(diagnosis).toSorted()).toEqual(['orders', 'servers', 'sessions', 'signals']);
  });
});

describe('PositionLimitExceeded', () => {
  test('names the position, its share of the limit, and who let it through', async () => {
    const diagnosis = await runChecks(world, 'PositionLimitExceeded');

    expect(findingOf(diagnosis, 'exposure').sentence).toBe(
      'BTC/USDT is at 105 % of its limit, 1 of 4 symbols above; others: ETH/USDT 40.2 %, SOL/USDT 29.4 %, ADA/USDT 5.4 %',
    );
    expect(findingOf(diagnosis, 'positions').sentence).toBe(
      'LONG 1.25 BTC/USDT worth 105,438, 58 % of the value of 4 open positions; P&L -8,563; opened by trend-agent 7 h 00 m ago',
    );
    expect(findingOf(diagnosis, 'approvals').sentence).toMatch(
      /^risk-agent allowed it 12 m \d\d s ago: approved LONG BTC\/USDT 1\.25 although exposure 105437 > limit 100000$/,
    );
    expect(findingOf(diagnosis, 'history:BTC/USDT').sentence).toMatch(
      /^BTC\/USDT over the last hour: min [\d,]+ · max 105,438 · now 105,438 USD$/,
    );
    expect(findingOf(diagnosis, 'limits_log').sentence).toMatch(
      /limit max_position_usd=100000 exceeded: BTC\/USDT 105437\.50 allowed=true reason=override$/,
    );
  });

  test('begins with the symbol of the alert, even when another position is larger', async () => {
    const diagnosis = await runChecks(world, 'PositionLimitExceeded', { labels: [{ symbol: 'SOL/USDT' }] });

    expect(findingOf(diagnosis, 'positions').sentence).toMatch(/^LONG 210 SOL\/USDT worth 29,379, 16 % of /);
    expect(findingOf(diagnosis, 'approvals').sentence).toBe('no signal says why it was allowed');
  });
});

describe('MaxDrawdownExceeded', () => {
  test('finds the session that loses, not the newest one, which never started', async () => {
    const diagnosis = await runChecks(world, 'MaxDrawdownExceeded');

    expect(findingOf(diagnosis, 'sessions').sentence).toBe(
      '11.9 % drawdown in LIVE session c41d0b7e (RUNNING, started 9 h 00 m ago): P&L -18,628, ROI -7.45 %',
    );
    expect(findingOf(diagnosis, 'drawdown').sentence).toMatch(
      /^drawdown still growing: from [\d.]+ to 11\.9 % in the last hour$/,
    );
  });

  test('shows whether the market loses or one strategy', async () => {
    const diagnosis = await runChecks(world, 'MaxDrawdownExceeded');

    expect(findingOf(diagnosis, 'open_positions').sentence).toBe(
      '4 of 4 symbols open at a loss, together -13,815; worst BTC/USDT -8,563 (price -7.5 % since entry, opened by trend-agent)',
    );
    expect(findingOf(diagnosis, 'losing_trades').sentence).toBe(
      '27 trades closed at a loss within a day, together -5,564; worst SHORT XRP/USDT -333 by trend-agent',
    );
    expect(findingOf(diagnosis, 'by_agent').sentence).toBe(
      "79.9 % of the loss is trend-agent's: -14,889 of -18,628, 15 of its 22 trades at a loss",
    );
  });

  test('offers to pause while orders still go through, and to resume only with a warning', async () => {
    const diagnosis = await runChecks(world, 'MaxDrawdownExceeded');

    expect(findingOf(diagnosis, 'trading').sentence).toMatch(
      /^trading is not halted: \d+ orders in 10 min, \d+ filled, the last .+ ago$/,
    );
    expect(diagnosis.commands[0]).toMatchObject({
      command: 'kubectl scale -n cryptofunk deployment/orchestrator --replicas=0',
      caution: expect.stringContaining('open positions stay open'),
    });
    expect(diagnosis.commands[1]?.caution).toMatch(/trades again at once/);
  });
});
