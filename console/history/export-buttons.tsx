import { useEffect, useRef, useState } from 'preact/hooks';
import type { ExportFormat } from '../api/answers.ts';
import type { Api } from '../api/client.ts';
import { saveFile } from '../files/save-file.ts';
import { countWords } from '../words/amount.ts';
import { collectExport } from './collect-export.ts';

const formats = {
  csv: { name: 'CSV', type: 'text/csv' },
  jsonl: { name: 'JSON lines', type: 'application/jsonl' },
} as const satisfies Record<ExportFormat, { name: string; type: string }>;

/** All incidents that pass the filters as a file, whether or not they are on the page. */
export function ExportButtons({ api, parameters }: { api: Api; parameters: Record<string, string> }) {
  const [outcome, setOutcome] = useState('');
  const [busy, setBusy] = useState(false);
  const abort = useRef<AbortController>(undefined);
  useEffect(() => {
    setOutcome('');
    setBusy(false);
    return () => abort.current?.abort();
  }, [api, parameters]);

  async function save(format: ExportFormat): Promise<void> {
    const { signal } = (abort.current = new AbortController());
    setBusy(true);
    setOutcome('Fetching …');
    const answer = await collectExport(api.exportPage, format, parameters, signal, (pages) =>
      setOutcome(`${countWords(pages, 'part')} fetched …`),
    );
    if (answer.kind === 'aborted' || signal.aborted) return;
    setBusy(false);
    if (answer.kind === 'ok') saveFile(answer.value, `incidents.${format}`, formats[format].type);
    setOutcome(answer.kind === 'ok' ? 'Downloaded' : answer.detail);
  }

  return (
    <div class="actions exports">
      {(['csv', 'jsonl'] as const).map((format) => (
        <button key={format} type="button" disabled={busy} onClick={() => void save(format)}>
          Download {formats[format].name}
        </button>
      ))}
      <span class="note" role="status">
        {outcome}
      </span>
    </div>
  );
}
