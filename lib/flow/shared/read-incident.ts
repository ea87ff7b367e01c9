import type { Incident } from '../../core/incident/incident.ts';
import type { IncidentStore } from '../../core/incident/incident-store.ts';

/** The incident of a queue message. Throws when it is not there yet: the message comes again. */
export async function readIncident(
  { incidents }: { incidents: Pick<IncidentStore, 'get'> },
  incidentId: string,
): Promise<Incident> {
  const incident = await incidents.get(incidentId);
  if (incident === undefined) throw new Error(`incident ${incidentId} is not there yet`);
  return incident;
}
