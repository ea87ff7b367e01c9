/** A runbook with every way in which a step may run or not. */
export const queueStuck = `# yaml-language-server: $schema=../schema/runbook.json
alertname: QueueStuck
severity: warning
category: trading
summary: A queue is stuck.
impact: Orders wait.
labels: [queue, kind, pod]
group_by: [alertname, queue]
promotions:
  - { kind: open-longer, to: critical, after: 45m }
diagnostics:
  - id: depth
    title: depth
    kind: promql
    query: max(depth{queue="{{ labels.queue }}"})
    range: 1h
    sentence: deep
  - id: rows
    title: rows
    kind: sql
    query: SELECT $1::text AS queue, $2::text AS kind
    params: [labels.queue, labels.kind]
    attention: result.count > 0
    sentence: '{{ result.first.queue }} is {{ result.first.kind }}'
  - id: dead
    title: dead letters
    kind: sql
    query: SELECT 1
    when: kind="dead"
    sentence: dead
  - id: each
    title: each pod
    kind: alertmanager
    for_each: { label: pod }
    sentence: pods
  - id: others
    title: other alerts
    kind: alertmanager
    match: { queue: '{{ labels.queue }}' }
    sentence: others
verification: [rows]
commands:
  - text: Look at it
    command: queue show {{ labels.queue }}
  - text: Empty it
    command: queue purge {{ labels.queue }} {{ findings.rows.first.kind }}
    caution: its messages are lost
    when: findings.rows.count > 0
`;
