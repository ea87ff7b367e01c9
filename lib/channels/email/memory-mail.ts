import type { SendOutcome } from '../../core/delivery/delivery.ts';
import { createScriptedCalls, type Pause, type ScriptedCalls } from '../scripted-calls.ts';
import type { MailClient, MailMessage } from './mail-client.ts';

// For tests: the contract suite of the channels holds it to the real client.

export type MemoryMail = MailClient &
  ScriptedCalls<MailMessage> & {
    /** Mails that arrived, oldest first. */
    readonly sent: MailMessage[];
  };

/** A mail server in memory. */
export function createMemoryMail(options: { pause?: Pause } = {}): MemoryMail {
  const sent: MailMessage[] = [];
  const { answer, ...scripted } = createScriptedCalls<MailMessage>(options.pause);
  const arrive = (mail: MailMessage): SendOutcome => {
    sent.push(mail);
    return { kind: 'delivered' };
  };
  return {
    ...scripted,
    sent,
    send: (mail, within) => answer(mail, within, () => arrive(mail)),
  };
}
