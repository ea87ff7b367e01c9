import { useMemo, useState } from 'preact/hooks';
import type { Api } from '../api/client.ts';
import { saveFile } from '../files/save-file.ts';
import { FreshnessLine } from '../live/freshness.tsx';
import { useLive } from '../live/use-live.ts';
import { Link } from '../routing/navigation.tsx';
import { useTitle } from '../words/use-title.ts';

/** The draft of a post-mortem, as Markdown to copy or save. */
export function ReportPage({ api, id }: { api: Api; id: string }) {
  const load = useMemo(() => (signal: AbortSignal) => api.report(id, signal), [api, id]);
  const { value, refused, freshness, refresh } = useLive(load, undefined);
  const [outcome, setOutcome] = useState('');
  useTitle('Post-mortem draft');

  async function copy(text: string): Promise<void> {
    const copied = await navigator.clipboard.writeText(text).then(
      () => true,
      () => false,
    );
    setOutcome(copied ? 'Copied' : 'The browser does not allow it; download it instead');
  }

  return (
    <>
      <h1>Post-mortem draft</h1>
      <p>
        <Link to={{ page: 'incident', id }}>Back to the incident</Link>
      </p>
      {refused && (
        <p class="problem" role="alert">
          {refused.detail}
        </p>
      )}
      {value === undefined && !refused && (
        <FreshnessLine freshness={freshness} everyMs={5_000} onRetry={refresh} />
      )}
      {value !== undefined && (
        <>
          <div class="actions">
            <button type="button" class="primary" onClick={() => void copy(value)}>
              Copy Markdown
            </button>
            <button type="button" onClick={() => saveFile([value], `incident-${id}.md`, 'text/markdown')}>
              Download
            </button>
            <span class="note" role="status">
              {outcome}
            </span>
          </div>
          <pre class="report" tabIndex={0} aria-label="Post-mortem draft as Markdown">
            {value}
          </pre>
        </>
      )}
    </>
  );
}
