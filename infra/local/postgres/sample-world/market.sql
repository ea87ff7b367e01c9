-- What fills the disk because nobody looks after it: a month of candlesticks, a quarter of them deleted but never
-- vacuumed, and trading sessions of last season. After trading.sql.

SET ROLE cryptofunk;

CREATE TABLE candlesticks (
  symbol text NOT NULL,
  open_time timestamptz NOT NULL,
  open numeric(20, 8) NOT NULL,
  high numeric(20, 8) NOT NULL,
  low numeric(20, 8) NOT NULL,
  close numeric(20, 8) NOT NULL,
  volume numeric(24, 8) NOT NULL
) WITH (autovacuum_enabled = off);

INSERT INTO candlesticks
SELECT symbol, now() - n * interval '5 minutes', price, price * 1.004, price * 0.995, price * 1.001, 12 + n % 90
  FROM (VALUES ('BTC/USDT', 84350.0), ('ETH/USDT', 2874.5), ('SOL/USDT', 139.9)) AS traded (symbol, price),
       generate_series(1, 9000) AS n;
CREATE INDEX ON candlesticks (symbol, open_time);
DELETE FROM candlesticks WHERE open_time < now() - interval '23 days';

INSERT INTO trading_sessions (mode, status, total_pnl, created_at, stopped_at)
SELECT 'PAPER', 'STOPPED', 40 - n, now() - n * interval '1 day', now() - n * interval '1 day' + interval '8 hours'
  FROM generate_series(95, 142) AS n;

ANALYZE;
RESET ROLE;
