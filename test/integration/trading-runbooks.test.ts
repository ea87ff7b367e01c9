import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import {
  commandsOf,
  finding,
  heartbeat,
  rowsOf,
  type SampleDiagnosis,
  startSampleDiagnosis,
  stepIds,
} from '../support/sample-diagnosis.ts';

let world: SampleDiagnosis;

beforeAll(async () => {
  world = await startSampleDiagnosis();
});

afterAll(() => world?.close());

describe('CircuitBreakerOpen', () => {
  const own: Record<string, string[]> = {
    exchange: ['exchange_log', 'rejected_orders', 'exchange_health'],
    llm: ['llm_log', 'llm_health', 'llm_decisions'],
    database: ['database_log', 'database', 'database_disk'],
  };
  const common = ['state', 'failing', 'failures', 'successes', 'alerts'];

  test.each(['exchange', 'llm', 'database'])('makes the checks of %s by the label', async (service) => {
    const diagnosis = await world.diagnose('CircuitBreakerOpen', [{ service }]);

    expect(stepIds(diagnosis).toSorted()).toEqual([...common, ...(own[service] ?? [])].toSorted());
  });

  test('makes those of all services that fire, and of none that does not', async () => {
    const both = await world.diagnose('CircuitBreakerOpen', [{ service: 'exchange' }, { service: 'llm' }]);
    const other = await world.diagnose('CircuitBreakerOpen', [{ service: 'redis' }]);

    expect(stepIds(both)).toEqual(
      expect.arrayContaining([...(own['exchange'] ?? []), ...(own['llm'] ?? [])]),
    );
    expect(stepIds(both)).not.toContain('database_log');
    expect(stepIds(other).toSorted()).toEqual(common.toSorted());
  });

  test('says which breakers are open, how much fails, and why', async () => {
    const exchange = await world.diagnose('CircuitBreakerOpen', [{ service: 'exchange' }]);
    const llm = await world.diagnose('CircuitBreakerOpen', [{ service: 'llm' }]);
    const database = await world.diagnose('CircuitBreakerOpen', [{ service: 'database' }]);

    expect(finding(exchange, 'state').sentence).toBe('2 of 3 circuit breakers open: exchange, llm');
    expect(finding(exchange, 'failing').sentence).toBe(
      '71 % of the calls to llm failed in the last 5 min, 38 % to exchange',
    );
    expect(finding(exchange, 'rejected_orders').sentence).toMatch(
      /^14 of \d\d orders rejected in 15 min, all for: exchange: 429 too many requests \(the last .+ ago\)$/,
    );
    expect(finding(exchange, 'exchange_log').sentence).toMatch(
      /^\d+ errors in the last 100 lines of the order executor; the newest: .*exchange: (429 too many requests|API key rejected)/,
    );
    expect(finding(exchange, 'alerts').sentence).toMatch(
      /^2 CircuitBreakerOpen alerts at Alertmanager, the oldest for 14 m \d\d s$/,
    );
    expect(finding(llm, 'llm_health').sentence).toBe(
      'Bifrost fails its health check: HTTP 503: upstream unavailable',
    );
    expect(finding(llm, 'llm_decisions').sentence).toMatch(
      /^40 of \d+ LLM decisions in 1 h got no answer: orderbook-agent 10, sentiment-agent 10, technical-agent 10, trend-agent 10$/,
    );
    expect(finding(database, 'database').sentence).toBe(
      'the database answers, but 10 of 10 connections are used, 0 idle, 3 waiting for a lock',
    );
    expect(finding(database, 'database_disk').sentence).toBe("87 % of the database's disk is full");
    expect(commandsOf(llm)).toContainEqual(
      expect.stringMatching(/alertname=CircuitBreakerOpen service=llm$/),
    );
  });
});

describe('HighErrorRate', () => {
  test('names the service that fails most and what it depends on before it quotes logs', async () => {
    const diagnosis = await world.diagnose('HighErrorRate');

    expect(stepIds(diagnosis).slice(0, 3)).toEqual(['by_service', 'health', 'api_errors']);
    expect(finding(diagnosis, 'health').sentence).toBe(
      '2 of 7 services failing their health check: bifrost (HTTP 503: upstream unavailable), market-data-server (could not connect: connection refused)',
    );
    expect(finding(diagnosis, 'usage').sentence).toBe(
      '3 limits nearly reached: postgres 94 % CPU, api 92 % CPU, api 95.1 % memory',
    );
    expect(finding(diagnosis, 'outside').sentence).toMatch(
      /^\d+ failed calls to outside in the last \d+ lines of the MCP servers; the newest: .*exchange: /,
    );
    expect(finding(diagnosis, 'by_service').sentence).toBe(
      'api fails 9.4 % of its requests, the highest of 2 services; others: orchestrator 2 %',
    );
    expect(finding(diagnosis, 'tools').sentence).toBe(
      '2 of 3 MCP tools failing: get_ticker 0.8 times a second, place_order 0.3 times a second',
    );
    expect(finding(diagnosis, 'up').sentence).toBe('postgres, redis, nats up');
  });

  test('looks at the log of the service that fires when it is neither api nor orchestrator', async () => {
    const api = await world.diagnose('HighErrorRate');
    const other = await world.diagnose('HighErrorRate', [{ service: 'risk-analyzer-server' }]);

    expect(stepIds(api)).not.toContainEqual(expect.stringMatching(/^service_errors/));
    expect(stepIds(other)).toContain('service_errors:risk-analyzer-server');
  });
});

describe('TradingSessionFailure', () => {
  test('says which session failed, on what, and where to look', async () => {
    const diagnosis = await world.diagnose('TradingSessionFailure');

    expect(stepIds(diagnosis).slice(0, 3)).toEqual(['sessions', 'servers', 'orchestrator']);
    expect(finding(diagnosis, 'servers').sentence).toBe(
      '1 of 4 MCP servers failing: market-data-server (could not connect: connection refused)',
    );
    expect(finding(diagnosis, 'orchestrator').sentence).toMatch(
      /^orchestrator ready, but restarted 3 times, last exit Error \(1\) 14 m \d\d s ago$/,
    );
    expect(commandsOf(diagnosis)[0]).toBe(
      'kubectl logs -n cryptofunk deployment/market-data-server --tail=100',
    );
    expect(finding(diagnosis, 'sessions').sentence).toMatch(
      /^LIVE session 7f3a1c52 FAILED 13 m \d\d s ago: market-data-server:9201 refused the connection; 1 session marked RUNNING$/,
    );
    expect(finding(diagnosis, 'agents').sentence).toMatch(
      /^5 of 7 agents stopped, in error or silent for over 5 min, 4 for: bifrost: connection reset by peer \(last heard: sentiment-agent, /,
    );
    expect(finding(diagnosis, 'orders').sentence).toMatch(/^\d+ of \d+ orders in 10 min rejected$/);
  });

  test('counts an agent as missing that was killed and still calls itself active', async () => {
    onTestFinished(() => world.inDatabase(heartbeat('risk-agent', '4 seconds')));
    await world.inDatabase(heartbeat('risk-agent', '20 minutes'));

    const diagnosis = await world.diagnose('TradingSessionFailure');

    expect(finding(diagnosis, 'agents').sentence).toMatch(/^6 of 7 agents stopped, in error or silent/);
    expect(rowsOf(finding(diagnosis, 'agents'))).toContainEqual(
      expect.arrayContaining(['risk-agent', 'ACTIVE']),
    );
  });

  test('is content on resolve with a session that was started after the one that failed', async () => {
    const session = '11111111-2222-4333-8444-555555555555';
    onTestFinished(() => world.inDatabase(`DELETE FROM trading_sessions WHERE session_id = '${session}'`));
    await world.inDatabase(
      `INSERT INTO trading_sessions (session_id, mode, status, created_at)
       VALUES ('${session}', 'LIVE', 'RUNNING', now() - interval '65 seconds')`,
    );

    const diagnosis = await world.diagnose('TradingSessionFailure', undefined, 'resolved');

    expect(finding(diagnosis, 'sessions')).toMatchObject({
      verdict: 'normal',
      sentence: expect.stringMatching(/^LIVE session 11111111 runs since 1 m 0\d s$/),
    });
    expect(stepIds(diagnosis).toSorted()).toEqual(['orders', 'servers', 'sessions', 'signals']);
  });
});

describe('PositionLimitExceeded', () => {
  test('names the position, its share of the limit, and who let it through', async () => {
    const diagnosis = await world.diagnose('PositionLimitExceeded');

    expect(finding(diagnosis, 'exposure').sentence).toBe(
      'BTC/USDT is at 105 % of its limit, 1 of 4 symbols above; others: ETH/USDT 40.2 %, SOL/USDT 29.4 %, ADA/USDT 5.4 %',
    );
    expect(finding(diagnosis, 'positions').sentence).toBe(
      'LONG 1.25 BTC/USDT worth 105,438, 58 % of the value of 4 open positions; P&L -8,563; opened by trend-agent 7 h 00 m ago',
    );
    expect(finding(diagnosis, 'approvals').sentence).toMatch(
      /^risk-agent allowed it 12 m \d\d s ago: approved LONG BTC\/USDT 1\.25 although exposure 105437 > limit 100000$/,
    );
    expect(finding(diagnosis, 'history:BTC/USDT').sentence).toMatch(
      /^BTC\/USDT over the last hour: min [\d,]+ · max 105,438 · now 105,438 USD$/,
    );
    expect(finding(diagnosis, 'limits_log').sentence).toMatch(
      /limit max_position_usd=100000 exceeded: BTC\/USDT 105437\.50 allowed=true reason=override$/,
    );
  });

  test('begins with the symbol of the alert, even when another position is larger', async () => {
    const diagnosis = await world.diagnose('PositionLimitExceeded', [{ symbol: 'SOL/USDT' }]);

    expect(finding(diagnosis, 'positions').sentence).toMatch(/^LONG 210 SOL\/USDT worth 29,379, 16 % of /);
    expect(finding(diagnosis, 'approvals').sentence).toBe('no signal says why it was allowed');
  });
});

describe('MaxDrawdownExceeded', () => {
  test('finds the session that loses, not the newest one, which never started', async () => {
    const diagnosis = await world.diagnose('MaxDrawdownExceeded');

    expect(finding(diagnosis, 'sessions').sentence).toBe(
      '11.9 % drawdown in LIVE session c41d0b7e (RUNNING, started 9 h 00 m ago): P&L -18,628, ROI -7.45 %',
    );
    expect(finding(diagnosis, 'drawdown').sentence).toMatch(
      /^drawdown still growing: from [\d.]+ to 11\.9 % in the last hour$/,
    );
  });

  test('tells whether the market loses or one strategy', async () => {
    const diagnosis = await world.diagnose('MaxDrawdownExceeded');

    expect(finding(diagnosis, 'open_positions').sentence).toBe(
      '4 of 4 symbols open at a loss, together -13,815; worst BTC/USDT -8,563 (price -7.5 % since entry, opened by trend-agent)',
    );
    expect(finding(diagnosis, 'losing_trades').sentence).toBe(
      '27 trades closed at a loss within a day, together -5,564; worst SHORT XRP/USDT -333 by trend-agent',
    );
    expect(finding(diagnosis, 'by_agent').sentence).toBe(
      "79.9 % of the loss is trend-agent's: -14,889 of -18,628, 15 of its 22 trades at a loss",
    );
  });

  test('offers to pause while orders still go through, and to resume only with a warning', async () => {
    const diagnosis = await world.diagnose('MaxDrawdownExceeded');

    expect(finding(diagnosis, 'trading').sentence).toMatch(
      /^trading is not halted: \d+ orders in 10 min, \d+ filled, the last .+ ago$/,
    );
    expect(diagnosis.commands[0]).toMatchObject({
      command: 'kubectl scale -n cryptofunk deployment/orchestrator --replicas=0',
      caution: expect.stringContaining('open positions stay open'),
    });
    expect(diagnosis.commands[1]?.caution).toMatch(/trades again at once/);
  });
});
