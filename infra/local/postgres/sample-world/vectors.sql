-- What agents asked the language model, and the vector search over it, in trouble: pgvector did not come back with the
-- last restore, the index on the embeddings is invalid, and since Bifrost lost its upstream embeddings are missing or
-- of another model's size. After trading.sql.

SET ROLE cryptofunk;

-- What pgvector's operator answers, for the arrays that stand in for its type.
CREATE FUNCTION cosine_distance(real[], real[]) RETURNS double precision
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  RETURN (
    SELECT 1 - sum(a * b) / nullif(sqrt(sum(a * a)) * sqrt(sum(b * b)), 0)
      FROM unnest($1::float8[], $2::float8[]) AS pair (a, b)
  );
CREATE OPERATOR <=> (LEFTARG = real[], RIGHTARG = real[], FUNCTION = cosine_distance);

CREATE TABLE llm_decisions (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  agent_name text NOT NULL REFERENCES agent_status,
  model text NOT NULL,
  prompt text NOT NULL,
  response text,
  prompt_embedding real[],
  latency_ms integer NOT NULL,
  created_at timestamptz NOT NULL
);

INSERT INTO llm_decisions (agent_name, model, prompt, response, prompt_embedding, latency_ms, created_at)
SELECT agent_name, 'claude-sonnet', 'Should the position in BTC/USDT be kept?',
       CASE WHEN status = 'ACTIVE' THEN 'Reduce it by a third.' END,
       (SELECT array_agg(sin(n * 7 + length(agent_name) + i)) FROM generate_series(1, dimensions) AS i),
       -- Through Bifrost as it is, two agents wait for their answers the longest.
       (800 + n * 130) * CASE agent_name WHEN 'technical-agent' THEN 6 WHEN 'sentiment-agent' THEN 4 ELSE 1 END,
       decided_at
  FROM agent_status,
       generate_series(0, 9) AS n,
       LATERAL (SELECT last_heartbeat - n * interval '2 minutes') AS decided (decided_at),
       LATERAL (
         SELECT CASE
                  WHEN decided_at < now() - interval '13 minutes' THEN 1536
                  WHEN agent_name = 'risk-agent' THEN 768
                END
       ) AS embedded (dimensions);

CREATE INDEX llm_decisions_prompt_embedding_idx ON llm_decisions USING hash (prompt_embedding);

-- Searches read the whole table ever since; these are what the statistics remember of them.
SELECT id FROM llm_decisions
 ORDER BY prompt_embedding <=> (SELECT prompt_embedding FROM llm_decisions WHERE id = 1)
 LIMIT 10;
DO $$ BEGIN FOR n IN 1..411 LOOP PERFORM count(*) FROM llm_decisions; END LOOP; END $$;

ANALYZE llm_decisions;
RESET ROLE;

-- As an interrupted CREATE INDEX CONCURRENTLY leaves it.
UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'llm_decisions_prompt_embedding_idx'::regclass;
