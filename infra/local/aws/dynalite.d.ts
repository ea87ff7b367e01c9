/** Dynalite ships no types; these are the ones that the local stack uses. */
declare module 'dynalite' {
  import type { Server } from 'node:http';

  type DynaliteOptions = {
    createTableMs?: number;
    deleteTableMs?: number;
    updateTableMs?: number;
    path?: string;
  };

  export default function dynalite(options?: DynaliteOptions): Server;
}
