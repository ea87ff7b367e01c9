import { contactsSchema } from '../../../lib/core/runbook/contacts-schema.ts';
import { heartbeatSchema } from '../../../lib/core/runbook/heartbeat-schema.ts';
import {
  defaultRunbookSchema,
  escalationSchema,
  routingSchema,
  runbookSchema,
  severitiesSchema,
} from '../../../lib/core/runbook/runbook-schema.ts';

/** The schema of each file under runbooks/, by its name without an ending; `runbook` are all under alerts/. */
export const fileSchemas = {
  runbook: runbookSchema,
  default: defaultRunbookSchema,
  routing: routingSchema,
  escalation: escalationSchema,
  contacts: contactsSchema,
  heartbeat: heartbeatSchema,
  severities: severitiesSchema,
} as const;
