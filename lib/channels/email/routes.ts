import type { ChannelRoutes, RoutingRequest } from '../../core/routing/channel-routes.ts';
import type { Target } from '../../core/routing/target.ts';
import type { Route } from '../../core/runbook/runbook.ts';

export const EMAIL = 'email';

export type MailAccess = {
  isConfigured: boolean;
  /** Addresses by the name of the variable that holds them. */
  mailLists: Readonly<Record<string, string[]>>;
};

/** Mail is configured by its server. `mailLists` are the lists that routing.yaml names. */
export function readMailRoutes(
  { SMTP_HOST }: { SMTP_HOST?: string | undefined },
  { mailLists }: Pick<MailAccess, 'mailLists'>,
): ChannelRoutes {
  return createMailRoutes({ isConfigured: SMTP_HOST !== undefined, mailLists });
}

/** One mail per incident and notice to all recipients: two lists with the same person give one mail. */
export function createMailRoutes({ isConfigured, mailLists }: MailAccess): ChannelRoutes {
  const toTarget = (addresses: string[]): Target[] => {
    const to = listOnce(addresses);
    return isConfigured && to.length > 0 ? [{ channel: EMAIL, destination: EMAIL, to }] : [];
  };
  return {
    channel: EMAIL,
    isConfigured,
    readBy: 'people',
    isOneService: true,
    lastResort: 'last-route',
    oneDestination: EMAIL,
    findTargets: (request) => toTarget(listRecipients(mailLists, request)),
    listAddresses: ({ email }) => email ?? [],
    formatTarget: ({ to }) => `mail to ${[to].flat().join(', ')}`,
    getLoudness: ({ to }) => to.length,
    reachEverybody: (catalog) =>
      toTarget(listMailAddresses(mailLists, [...catalog.routes, { email: catalog.mailLists }]))[0],
  };
}

function listRecipients(
  mailLists: MailAccess['mailLists'],
  { current, known, addsToKnown, contacts, readersOfEnd }: RoutingRequest,
): string[] {
  const people = [...contacts, ...readersOfEnd].flatMap((person) => person.email ?? []);
  return [...listMailAddresses(mailLists, addsToKnown ? current : known), ...people];
}

/** The addresses of some routes, in their order; a variable that is not set has none. */
export function listMailAddresses(mailLists: MailAccess['mailLists'], routes: readonly Route[]): string[] {
  return routes
    .flatMap(({ email = [] }) => email)
    .flatMap(
      (entry) =>
        (entry.includes('@') ? [entry] : Object.hasOwn(mailLists, entry) ? mailLists[entry] : []) ?? [],
    );
}

function listOnce(addresses: string[]): string[] {
  const byAddress = new Map<string, string>();
  for (const address of addresses) {
    const same = address.toLowerCase();
    if (!byAddress.has(same)) byAddress.set(same, address);
  }
  return [...byAddress.values()];
}
