import type { TimelineLine } from '../api/answers.ts';
import { Time } from '../words/time.tsx';

/** Everything that happened, in order. */
export function Timeline({ timeline }: { timeline: readonly TimelineLine[] }) {
  return (
    <section aria-labelledby="timeline">
      <h2 id="timeline">Timeline</h2>
      {timeline.length === 0 && <p class="muted">Nothing has been written down yet.</p>}
      <ol class="timeline">
        {timeline.map((line, at) => (
          <li key={at} class={line.what}>
            <Time at={line.at} seconds />
            <div>
              <span class="what">{line.what}</span> {line.summary}
              {line.by !== undefined && !line.summary.includes(line.by) && <span> by {line.by}</span>}
              {line.note !== undefined && <q>{line.note}</q>}
            </div>
          </li>
        ))}
      </ol>
    </section>
  );
}
