import type { ComponentChildren } from 'preact';
import type { Durations, ShownStatistics } from '../api/answers.ts';
import { amountWords, shareWords } from '../words/amount.ts';
import { durationWords } from '../words/duration.ts';

/** The numbers that need no chart. */
export function Tiles({ statistics }: { statistics: ShownStatistics }) {
  const { incidents, open, mtta, mttr, neverAcknowledged, flapping, notices, diagnoses } = statistics;
  return (
    <section aria-labelledby="numbers">
      <h2 id="numbers" class="hidden">
        Numbers
      </h2>
      <dl class="tiles">
        <Tile name="Incidents" value={amountWords(incidents)}>
          {amountWords(open)} still open
        </Tile>
        <DurationTile name="Time to acknowledge" durations={mtta} leftOut="not acknowledged" />
        <DurationTile name="Time to resolve" durations={mttr} leftOut="not resolved yet" />
        <Tile name="Never acknowledged" value={amountWords(neverAcknowledged)}>
          {shareWords(neverAcknowledged, incidents)} of all
        </Tile>
        <Tile name="Flapping" value={amountWords(flapping)}>
          {shareWords(flapping, incidents)} of all
        </Tile>
        <Tile
          name="Diagnoses that need attention"
          value={shareWords(diagnoses.neededAttention, diagnoses.count)}
        >
          {amountWords(diagnoses.neededAttention)} of {amountWords(diagnoses.count)} diagnoses
        </Tile>
        {notices.map(({ tier, notices, people, perPersonHour }) => (
          <Tile key={tier} name={`L${tier} notices`} value={amountWords(notices)}>
            {perPersonHour !== undefined && `${amountWords(perPersonHour)} per person-hour, `}
            {amountWords(people)} {people === 1 ? 'person' : 'people'}
          </Tile>
        ))}
      </dl>
    </section>
  );
}

function DurationTile({ name, durations, leftOut }: { name: string; durations: Durations; leftOut: string }) {
  const { medianSeconds, p90Seconds, counted } = durations;
  return (
    <Tile name={name} value={medianSeconds === undefined ? 'none' : durationWords(medianSeconds)}>
      {p90Seconds !== undefined && `median; p90 ${durationWords(p90Seconds)}; `}
      {amountWords(counted)} counted
      {durations.leftOut > 0 && `, ${amountWords(durations.leftOut)} ${leftOut}`}
    </Tile>
  );
}

function Tile({ name, value, children }: { name: string; value: string; children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <strong>{value}</strong>
        <span class="muted">{children}</span>
      </dd>
    </div>
  );
}
