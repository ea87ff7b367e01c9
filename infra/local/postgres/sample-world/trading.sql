-- A database in the manner of CryptoFunk's, in trouble: agents went silent together, a session loses money and the
-- next one did not start, a position is above its limit, orders are rejected, a query is slow. All times count from
-- now, so that it is always fresh. Run as the superuser in an empty database.

CREATE EXTENSION pg_stat_statements;

GRANT pg_monitor, pg_read_all_data, pg_use_reserved_connections TO first_responder;
ALTER ROLE first_responder SET default_transaction_read_only = on;

SET ROLE cryptofunk;

CREATE TABLE trading_sessions (
  session_id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  mode text NOT NULL CHECK (mode IN ('PAPER', 'LIVE')),
  status text NOT NULL CHECK (status IN ('RUNNING', 'STOPPED', 'FAILED')),
  total_pnl numeric(18, 2) NOT NULL DEFAULT 0,
  max_drawdown numeric(8, 4) NOT NULL DEFAULT 0,
  roi_percentage numeric(8, 3) NOT NULL DEFAULT 0,
  error_message text,
  created_at timestamptz NOT NULL DEFAULT now(),
  stopped_at timestamptz
);

CREATE TABLE agent_status (
  agent_name text PRIMARY KEY,
  agent_type text NOT NULL,
  status text NOT NULL CHECK (status IN ('ACTIVE', 'STARTING', 'ERROR', 'STOPPED')),
  last_heartbeat timestamptz,
  error_message text
);

CREATE TABLE positions (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  session_id uuid NOT NULL REFERENCES trading_sessions,
  opened_by text NOT NULL REFERENCES agent_status,
  symbol text NOT NULL,
  side text NOT NULL CHECK (side IN ('LONG', 'SHORT')),
  quantity numeric(20, 8) NOT NULL,
  entry_price numeric(20, 8) NOT NULL,
  current_price numeric(20, 8) NOT NULL,
  exit_price numeric(20, 8),
  unrealized_pnl numeric(18, 2),
  realized_pnl numeric(18, 2),
  status text NOT NULL CHECK (status IN ('OPEN', 'CLOSED')),
  opened_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ON positions (status, symbol);

CREATE TABLE orders (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  session_id uuid NOT NULL REFERENCES trading_sessions,
  symbol text NOT NULL,
  side text NOT NULL CHECK (side IN ('BUY', 'SELL')),
  quantity numeric(20, 8) NOT NULL,
  status text NOT NULL CHECK (status IN ('NEW', 'FILLED', 'CANCELLED', 'REJECTED')),
  error_message text,
  created_at timestamptz NOT NULL
);
CREATE INDEX ON orders (created_at);

CREATE TABLE agent_signals (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  agent_name text NOT NULL REFERENCES agent_status,
  symbol text NOT NULL,
  signal text NOT NULL CHECK (signal IN ('BUY', 'SELL', 'HOLD')),
  confidence numeric(4, 3) NOT NULL,
  reasoning text NOT NULL,
  created_at timestamptz NOT NULL
);
CREATE INDEX ON agent_signals (agent_name, created_at);

-- The newest session is not the one that loses money: it never started.
INSERT INTO trading_sessions (session_id, mode, status, max_drawdown, error_message, created_at, stopped_at)
VALUES
  ('c41d0b7e-52f6-4a8e-9d13-6b0e7f2a9c58', 'LIVE', 'RUNNING', 0.1190, NULL, now() - interval '9 hours', NULL),
  ('7f3a1c52-9d04-4b6e-8c1f-2a5e90d7b413', 'LIVE', 'FAILED', 0, 'market-data-server:9201 refused the connection', now() - interval '13 minutes 40 seconds', now() - interval '13 minutes 35 seconds'),
  ('0e8b6f19-3c7a-4d52-a6f4-91d2c5b80a37', 'PAPER', 'FAILED', 0, 'market-data-server:9201 refused the connection', now() - interval '3 days', now() - interval '3 days');
INSERT INTO trading_sessions (mode, status, total_pnl, max_drawdown, roi_percentage, created_at, stopped_at)
VALUES ('LIVE', 'STOPPED', 6210.10, 0.0310, 2.484, now() - interval '2 days', now() - interval '1 day');

-- Four agents went silent within the same minute and name the same cause; one has a cause of its own.
INSERT INTO agent_status (agent_name, agent_type, status, last_heartbeat, error_message)
VALUES
  ('technical-agent', 'analysis', 'ERROR', now() - interval '14 minutes 02 seconds', 'bifrost: connection reset by peer'),
  ('orderbook-agent', 'analysis', 'ERROR', now() - interval '14 minutes 05 seconds', 'bifrost: connection reset by peer'),
  ('sentiment-agent', 'analysis', 'ERROR', now() - interval '13 minutes 58 seconds', 'bifrost: connection reset by peer'),
  ('trend-agent', 'strategy', 'ERROR', now() - interval '14 minutes 11 seconds', 'bifrost: connection reset by peer'),
  ('arbitrage-agent', 'strategy', 'STOPPED', now() - interval '2 hours 12 minutes', 'exchange: API key rejected'),
  ('reversion-agent', 'strategy', 'ACTIVE', now() - interval '9 seconds', NULL),
  ('risk-agent', 'risk', 'ACTIVE', now() - interval '4 seconds', NULL);

INSERT INTO positions (session_id, opened_by, symbol, side, quantity, entry_price, current_price, unrealized_pnl, status, opened_at)
SELECT session_id, opened_by, symbol, 'LONG', quantity, entry_price, current_price,
       round(quantity * (current_price - entry_price), 2), 'OPEN', now() - age
FROM trading_sessions,
     (VALUES
       ('trend-agent', 'BTC/USDT', 1.25, 91200.0, 84350.0, interval '7 hours'),
       ('trend-agent', 'ETH/USDT', 14.0, 3120.0, 2874.5, interval '6 hours'),
       ('reversion-agent', 'SOL/USDT', 210.0, 148.2, 139.9, interval '3 hours'),
       ('reversion-agent', 'ADA/USDT', 9000.0, 0.612, 0.604, interval '2 hours')
     ) AS open (opened_by, symbol, quantity, entry_price, current_price, age)
WHERE status = 'RUNNING';

-- Two of three closed trades lost, those of the trend agent most.
INSERT INTO positions (session_id, opened_by, symbol, side, quantity, entry_price, current_price, exit_price, realized_pnl, status, opened_at, updated_at)
SELECT session_id, opened_by, symbol, side, quantity, entry_price, exit_price, exit_price,
       round(quantity * (exit_price - entry_price) * CASE side WHEN 'SHORT' THEN -1 ELSE 1 END, 2),
       'CLOSED', closed_at - interval '9 minutes', closed_at
FROM trading_sessions,
     generate_series(1, 40) AS n,
     LATERAL (SELECT
       (ARRAY['reversion-agent', 'trend-agent', 'arbitrage-agent', 'trend-agent'])[1 + n % 4] AS opened_by,
       (ARRAY['BTC/USDT', 'ETH/USDT', 'SOL/USDT', 'ADA/USDT', 'XRP/USDT'])[1 + n % 5] AS symbol,
       (ARRAY[87100.0, 2904.0, 141.5, 0.606, 2.28])[1 + n % 5] * (1 + 0.0015 * (n % 7)) AS entry_price,
       (ARRAY[0.11, 3.6, 72.0, 14000.0, 4100.0])[1 + n % 5] AS quantity,
       CASE WHEN n % 6 = 1 THEN 'SHORT' ELSE 'LONG' END AS side,
       now() - n * interval '11 minutes' AS closed_at
     ) AS trade,
     LATERAL (SELECT CASE WHEN n % 3 = 0 THEN 0.006 ELSE (-0.0117 - 0.0026 * (n % 5)) * (1 + 0.6 * (n % 2)) END AS gained) AS outcome,
     LATERAL (SELECT round(entry_price * (1 + gained * CASE side WHEN 'SHORT' THEN -1 ELSE 1 END), 8) AS exit_price) AS closed
WHERE status = 'RUNNING';

-- What the session is worth is what its trades made of 250,000.
UPDATE trading_sessions AS session
   SET total_pnl = made.total, roi_percentage = round(made.total / 2500, 3)
  FROM (SELECT session_id, sum(coalesce(realized_pnl, unrealized_pnl)) AS total FROM positions GROUP BY 1) AS made
 WHERE made.session_id = session.session_id;

-- Rejections began with the silence of the agents.
INSERT INTO orders (session_id, symbol, side, quantity, status, error_message, created_at)
SELECT session_id,
       (ARRAY['BTC/USDT', 'ETH/USDT', 'SOL/USDT'])[1 + n % 3],
       CASE WHEN n % 2 = 0 THEN 'BUY' ELSE 'SELL' END,
       0.1 * (1 + n % 9),
       CASE WHEN n <= 28 AND n % 2 = 0 THEN 'REJECTED' ELSE 'FILLED' END,
       CASE WHEN n <= 28 AND n % 2 = 0 THEN 'exchange: 429 too many requests' END,
       now() - n * interval '30 seconds'
FROM trading_sessions, generate_series(1, 240) AS n
WHERE status = 'RUNNING';

INSERT INTO agent_signals (agent_name, symbol, signal, confidence, reasoning, created_at)
SELECT agent_name, 'BTC/USDT', (ARRAY['BUY', 'HOLD', 'SELL'])[1 + n % 3], 0.4 + (n % 5) * 0.1,
       CASE agent_type WHEN 'risk' THEN 'volatility within its band' ELSE 'momentum and order book disagree' END,
       last_heartbeat - n * interval '1 minute'
FROM agent_status, generate_series(0, 29) AS n;

-- Why a position above its limit is there: one agent wanted it, and the risk agent let it through.
INSERT INTO agent_signals (agent_name, symbol, signal, confidence, reasoning, created_at)
VALUES
  ('trend-agent', 'BTC/USDT', 'BUY', 0.710, 'breakout above 91000 on rising volume, size 1.25', now() - interval '7 hours 2 minutes'),
  ('risk-agent', 'BTC/USDT', 'BUY', 0.550, 'approved LONG BTC/USDT 1.25 although exposure 105437 > limit 100000', now() - interval '12 minutes');

-- Stands for a query without an index: as slow on every machine, which a large table would not be.
CREATE FUNCTION correlated_signals(symbol text, OUT correlated bigint) LANGUAGE sql AS
$$ SELECT count(*) FROM agent_signals AS signal, pg_sleep(0.15) WHERE signal.symbol = $1 $$;
SELECT correlated FROM correlated_signals('BTC/USDT');
SELECT correlated FROM correlated_signals('ETH/USDT');
SELECT correlated FROM correlated_signals('SOL/USDT');

RESET ROLE;
