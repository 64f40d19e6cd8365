/** Milliseconds since the Unix epoch. A number and not a Date: it crosses histories and state as JSON. */
export type Instant = number;

export type Json = string | number | boolean | null | readonly Json[] | JsonObject;

export interface JsonObject {
  readonly [key: string]: Json;
}
