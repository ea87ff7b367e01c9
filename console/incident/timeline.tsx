import type { TimelineLine } from '../api/answers.ts';
import { Time } from '../words/time.tsx';

/** Everything that happened, in order. */
export function Timeline({ timeline }: { timeline: readonly TimelineLine[] }) {
  return (
    <section aria-labelledby="timeline">
      <h2 id="timeline">Timeline</h2>
      {timeline.length === 0 && <p class="muted">Nothing has been written down yet.</p>}
      <ol class="timeline">
        {timeline.map((line) => (
          <li key={line.id} class={`${line.kind} ${line.what}`}>
            <Time at={line.at} seconds />
            <div>
              <span class="what">{kindWords(line)}</span> {line.summary}
              {'by' in line && !line.summary.includes(line.by) && <span> by {line.by}</span>}
              {'note' in line && <q>{line.note}</q>}
            </div>
          </li>
        ))}
      </ol>
    </section>
  );
}

function kindWords({ kind, what }: TimelineLine): string {
  return kind === 'incident' || kind === 'acknowledgement' || kind === 'tier' ? what : `${kind} ${what}`;
}
