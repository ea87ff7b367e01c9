import type { TimelineLine } from '../api/answers.ts';
import { countWords } from '../words/amount.ts';
import { Time } from '../words/time.tsx';

/** The prefix of a sentence: the reason of a notice, or the kind of another entry. */
function label(line: TimelineLine): string {
  switch (line.kind) {
    case 'alert':
      return `alert ${line.what}`;
    case 'diagnosed':
      return 'diagnosed';
    case 'notified':
      return `notified · ${line.outcome}`;
    case 'acknowledgement':
    case 'tier':
    case 'incident':
      return line.what;
  }
}

/** Whether a line stands out: a failure, or a finding that needs attention. */
function isNoteworthy(line: TimelineLine): boolean {
  if (line.kind === 'notified') return line.outcome === 'failed' || line.outcome === 'retrying';
  return line.kind === 'diagnosed' && line.attention > 0;
}

/** All events, in order. */
export function Timeline({ timeline, leftOut }: { timeline: readonly TimelineLine[]; leftOut: number }) {
  return (
    <section aria-labelledby="timeline">
      <h2 id="timeline">Timeline</h2>
      {timeline.length === 0 && <p class="muted">Nothing has been written down yet.</p>}
      {leftOut > 0 && <p class="muted">{countWords(leftOut, 'older line')} left out</p>}
      <ol class="timeline">
        {timeline.map((line) => (
          <li key={line.id} class={`kind-${line.kind} ${isNoteworthy(line) ? 'noteworthy' : ''}`}>
            <Time at={line.at} seconds />
            <div>
              <span class="what">{label(line)}</span>
              {line.summary}
              {'by' in line && line.by !== undefined && !line.summary.includes(line.by) && ` by ${line.by}`}
              {'note' in line && line.note !== undefined && !line.summary.includes(line.note) && (
                <q>{line.note}</q>
              )}
            </div>
          </li>
        ))}
      </ol>
    </section>
  );
}
