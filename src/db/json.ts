/** What a jsonb column holds. The room of the database knows no room that could lend it these types. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;

export interface JsonObject {
  readonly [key: string]: Json;
}
