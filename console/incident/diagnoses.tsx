import type { Finding, ShownDiagnosis } from '../api/answers.ts';
import { countWords } from '../words/amount.ts';
import { durationWords } from '../words/duration.ts';
import { Time } from '../words/time.tsx';
import { attentionFirst } from './attention-first.ts';
import { EvidenceView } from './evidence.tsx';

/** The findings, the newest diagnosis first; findings that need attention stand before the others. */
export function Diagnoses({ diagnoses }: { diagnoses: readonly ShownDiagnosis[] }) {
  const newestFirst = diagnoses.toReversed();
  const [newest, ...earlier] = newestFirst;
  return (
    <section aria-labelledby="findings">
      <h2 id="findings">Findings</h2>
      {newest === undefined ? <p class="muted">No look has been taken yet.</p> : <Look diagnosis={newest} />}
      {earlier.length > 0 && (
        <details class="earlier">
          <summary>{countWords(earlier.length, 'earlier diagnosis')}</summary>
          {earlier.map((diagnosis) => (
            <Look key={diagnosis.id} diagnosis={diagnosis} />
          ))}
        </details>
      )}
    </section>
  );
}

function Look({ diagnosis }: { diagnosis: ShownDiagnosis }) {
  const { startedAt, finishedAt, findings, skipped } = diagnosis;
  const attention = findings.filter(({ verdict }) => verdict === 'attention').length;
  const took = (Date.parse(finishedAt) - Date.parse(startedAt)) / 1000;
  return (
    <div class="look">
      <p class="muted">
        Diagnosed at <Time at={startedAt} seconds />,{' '}
        {took < 10 ? `${took.toFixed(1)} s` : durationWords(took)}: {attention} of{' '}
        {countWords(findings.length, 'check')} {attention === 1 ? 'needs' : 'need'} attention
      </p>
      {skipped !== undefined && <p class="problem">{skipped}</p>}
      <ul class="findings">
        {attentionFirst(findings).map((finding) => (
          <li key={finding.stepId + finding.title} class={finding.verdict}>
            <FindingView finding={finding} />
          </li>
        ))}
      </ul>
    </div>
  );
}

const VERDICTS = { attention: 'attention', normal: 'fine', unchecked: 'not checked' } as const;

function FindingView({ finding }: { finding: Finding }) {
  const { title, verdict, sentence, evidence } = finding;
  return (
    <>
      <p class="finding">
        <span class={`badge ${verdict}`}>{VERDICTS[verdict]}</span>{' '}
        <strong class="sentence">{sentence}</strong>
        <span class="muted title">{title}</span>
      </p>
      {evidence !== undefined &&
        (verdict === 'attention' ? (
          <EvidenceView evidence={evidence} title={title} />
        ) : (
          <details>
            <summary>What it saw</summary>
            <EvidenceView evidence={evidence} title={title} />
          </details>
        ))}
    </>
  );
}
