import { TROUBLE_BEGAN } from './sample-cluster.ts';

/** One line of a container's log; `ago` in seconds before now. */
export type SampleLine = { ago: number; text: string };

/** `{time}` is the time of the line, `{n}` a number that differs from line to line. */
type Script = {
  /** Its lines on a normal day, in turn. */
  calm: string[];
  /** Its further lines since the trouble began, in turn. */
  trouble: string[];
};

const SECONDS_BETWEEN = 6;
/** More than any runbook asks for. */
const LINES = 400;
/** Of so many lines one reports the trouble. */
const TROUBLE_EVERY = 4;

const agents = [
  '{time} INFO  heartbeat sent',
  '{time} INFO  market data received symbol=BTC/USDT candles={n}',
  '{time} INFO  signal published symbol=ETH/USDT action=HOLD confidence=0.6',
  '{time} DEBUG decision cache hit ratio=0.8{n}',
];
const resetByBifrost = '{time} ERROR bifrost: connection reset by peer attempt={n}';

const scripts: Record<string, Script> = {
  bifrost: {
    calm: [
      '{time} INFO  request completed latency_ms=8{n} model=gpt-4o-mini status=200',
      '{time} INFO  key pool healthy keys=4',
      '{time} INFO  request completed latency_ms=7{n} model=gpt-4o-mini status=200',
    ],
    trouble: [
      '{time} ERROR upstream api.openai.example: connection reset by peer',
      '{time} WARN  request completed latency_ms=8420 model=gpt-4o-mini status=503',
    ],
  },
  orchestrator: {
    calm: [
      '{time} INFO  consensus reached symbol=BTC/USDT votes=5',
      '{time} INFO  trading cycle completed duration_ms=4{n}',
      '{time} INFO  agents polled answered=7',
    ],
    trouble: [
      '{time} ERROR trading session 7f3a failed to start: market-data-server:9201 refused the connection',
      '{time} WARN  consensus without quorum symbol=BTC/USDT votes=2',
    ],
  },
  api: {
    calm: [
      '{time} INFO  GET /api/v1/positions 200 duration_ms=1{n}',
      '{time} INFO  GET /api/v1/agents 200 duration_ms=2{n}',
      '{time} INFO  websocket clients connected=1{n}',
    ],
    trouble: [
      '{time} ERROR vector search failed: type "vector" does not exist operation=semantic_search',
      '{time} ERROR dimension mismatch: expected 1536, got 768',
      '{time} ERROR context deadline exceeded (timeout) in similar decisions',
      '{time} INFO  route registered POST /api/v1/decisions/similar',
      '{time} ERROR GET /api/v1/sessions 500: sorry, too many clients already',
    ],
  },
  'order-executor-server': {
    calm: [
      '{time} INFO  order filled symbol=SOL/USDT quantity=0.{n}',
      '{time} INFO  order book refreshed symbol=BTC/USDT levels=50',
    ],
    trouble: [
      '{time} ERROR exchange: 429 too many requests tool=place_order',
      '{time} ERROR exchange: API key rejected account=arbitrage',
    ],
  },
  postgres: {
    calm: [
      '{time} [71] LOG: checkpoint complete: wrote {n} buffers (0.4%); 0 WAL file(s) added',
      '{time} [71] LOG: checkpoint starting: time',
      '{time} [88] LOG: automatic vacuum of table "cryptofunk.public.agent_signals": index scans: 1',
    ],
    trouble: [
      '{time} [4{n}] FATAL: sorry, too many clients already',
      '{time} [4711] LOG: process 4713 still waiting for ShareLock on transaction 88{n} after 1000.1 ms',
    ],
  },
  'risk-analyzer-server': {
    calm: [
      '{time} INFO  portfolio valued positions=4',
      '{time} INFO  calculate_var completed duration_ms=3{n}',
    ],
    trouble: [
      '{time} WARN  limit max_position_usd=100000 exceeded: BTC/USDT 105437.50 allowed=true reason=override',
    ],
  },
  'risk-agent': {
    calm: agents,
    trouble: ['{time} WARN  approved LONG BTC/USDT 1.25 although exposure 105437 > limit 100000'],
  },
  'market-data-server': {
    calm: [
      '{time} INFO  candles stored symbol=BTC/USDT count={n}',
      '{time} INFO  get_ticker completed duration_ms=4{n}',
    ],
    trouble: [
      '{time} ERROR listener :9201 closed: too many open files',
      '{time} WARN  get_ticker completed duration_ms=41{n}',
    ],
  },
  'technical-agent': {
    calm: agents,
    trouble: [resetByBifrost, '{time} WARN  retry buffer grows entries=19{n} bytes=241172480'],
  },
  'orderbook-agent': { calm: agents, trouble: [resetByBifrost] },
  'sentiment-agent': { calm: agents, trouble: [resetByBifrost] },
  'trend-agent': { calm: agents, trouble: [resetByBifrost] },
};

const calmAgent: Script = { calm: agents, trouble: [] };
const unremarkable: Script = {
  calm: ['{time} INFO  request served duration_ms=1{n}', '{time} INFO  health check passed'],
  trouble: [],
};

/** The lines of a deployment's container, oldest first, up to `endsAgo` seconds before now. */
export function sampleLog(deployment: string, now: number, endsAgo = 0): SampleLine[] {
  const script = scripts[deployment] ?? (deployment.endsWith('-agent') ? calmAgent : unremarkable);
  const lines: SampleLine[] = [];
  for (let index = LINES; index > 0; index -= 1) {
    const ago = endsAgo + index * SECONDS_BETWEEN - 4;
    lines.push({ ago, text: filled(spoken(script, index, ago), now - ago * 1_000, index) });
  }
  return lines;
}

/** The lines of the container before the last restart, up to its last. */
export function previousLog(
  deployment: string,
  exit: { reason: string; ago: number },
  now: number,
): SampleLine[] {
  const end =
    exit.reason === 'OOMKilled'
      ? '{time} WARN  heap 251 MiB of 256 MiB, collecting garbage'
      : '{time} ERROR giving up after 5 attempts, exiting with 1';
  const last = { ago: exit.ago, text: filled(end, now - exit.ago * 1_000, 1) };
  return [...sampleLog(deployment, now, exit.ago), last];
}

function spoken(script: Script, index: number, ago: number): string {
  const { calm, trouble } = script;
  const isTrouble = trouble.length > 0 && ago <= TROUBLE_BEGAN && index % TROUBLE_EVERY === 0;
  const lines = isTrouble ? trouble : calm;
  return lines[(isTrouble ? index / TROUBLE_EVERY : index) % lines.length] ?? '';
}

function filled(line: string, at: number, index: number): string {
  const time = new Date(at).toISOString();
  return line.replaceAll('{time}', time).replaceAll('{n}', String(10 + ((index * 37) % 90)));
}
