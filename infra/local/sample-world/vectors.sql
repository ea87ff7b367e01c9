-- What agents asked the language model, and the vector search over it. After trading.sql.

SET ROLE cryptofunk;

CREATE TABLE llm_decisions (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  agent_name text NOT NULL REFERENCES agent_status,
  model text NOT NULL,
  prompt text NOT NULL,
  response text,
  latency_ms integer NOT NULL,
  created_at timestamptz NOT NULL
);

INSERT INTO llm_decisions (agent_name, model, prompt, response, latency_ms, created_at)
SELECT agent_name, 'claude-sonnet', 'Should the position in BTC/USDT be kept?',
       CASE WHEN status = 'ACTIVE' THEN 'Reduce it by a third.' END,
       800 + n * 130, last_heartbeat - n * interval '2 minutes'
FROM agent_status, generate_series(0, 9) AS n;

ANALYZE;
RESET ROLE;
