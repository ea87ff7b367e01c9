import type { AlertDetail } from '../alert/alert.ts';
import { withholdCommand } from '../diagnosis/fill-commands.ts';
import type { Diagnosis } from '../diagnosis/findings/finding.ts';
import type { Incident } from '../incident/incident.ts';
import { isSecretLink } from '../redaction/links.ts';
import { redact } from '../redaction/redact.ts';
import { redactNamedText, redactTexts } from '../redaction/redact-texts.ts';
import type { IncidentRecord } from './history.ts';

/**
 * A record as people may read it. Before anything is chosen by its size, because redaction changes sizes. What matches by raw
 * labels, as the choice of the runbook, takes the record as it is stored.
 */
export function redactRecord({ incident, alerts, diagnoses, ...texts }: IncidentRecord): IncidentRecord {
  return {
    ...redactTexts(texts),
    incident: redactIncident(incident),
    alerts: alerts.map(redactDetail),
    diagnoses: diagnoses.map(redactDiagnosis),
  };
}

/** Without the lists that hold ids and times only: there may be 10,000 of them. */
function redactIncident({ alerts, firings, textHashes, ...texts }: Incident): Incident {
  return { ...redactTexts(texts), alerts, firings, textHashes };
}

/** A link with a secret is left out: half an address leads nowhere. */
function redactDetail({ generatorURL, ...texts }: AlertDetail): AlertDetail {
  return { ...redactTexts(texts), generatorURL: isSecretLink(generatorURL) ? '' : generatorURL };
}

/** Findings were redacted before they were stored; the rules may have become better since. */
export function redactDiagnosis({ commands, about, ...texts }: Diagnosis): Diagnosis {
  return {
    ...redactTexts(texts),
    about: about?.map(([name, value]): [string, string] => [redact(name), redactNamedText(name, value)]),
    commands: commands.map(withholdCommand),
  };
}
