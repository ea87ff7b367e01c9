/** Dynalite ships no types; this is what the local stack uses of it. */
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
