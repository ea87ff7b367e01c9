import { type DecodedPng, decode } from 'fast-png';

/** Separate from the encoder: nothing that is deployed reads pictures. */
export function decodePng(png: Uint8Array): DecodedPng {
  return decode(png);
}
