import { LONGEST_SEND } from '../../core/delivery/budget.ts';
import { meet, type Pause, type Scripted } from '../scripted-calls.ts';
import type { MailClient, MailMessage } from './mail-client.ts';

// For tests: the contract suite of the channels holds it to the real client.

export type MemoryMail = MailClient & {
  /** Mails that arrived, oldest first. */
  readonly sent: MailMessage[];
  /** Every attempt, failed ones included. */
  readonly calls: MailMessage[];
  script: (...next: Scripted[]) => void;
  /** Forgets what was scripted. */
  recover: () => void;
};

/** A mail server in memory. */
export function createMemoryMail(options: { pause?: Pause } = {}): MemoryMail {
  const sent: MailMessage[] = [];
  const calls: MailMessage[] = [];
  const scripted: Scripted[] = [];

  return {
    sent,
    calls,
    script: (...next) => void scripted.push(...next),
    recover: () => void scripted.splice(0),
    async send(mail, within = LONGEST_SEND) {
      calls.push(mail);
      return meet(
        scripted,
        async () => options.pause?.(within),
        () => {
          sent.push(mail);
          return { kind: 'delivered' };
        },
      );
    },
  };
}
