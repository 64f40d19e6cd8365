import { v7 } from 'uuid';

/** A new UUIDv7: unique, and in the order of creation, so that lists page by id. */
export function newId(): string {
  return v7();
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Whether PostgreSQL would take the text as a uuid in its usual spelling. */
export function isUuid(text: string): boolean {
  return UUID.test(text);
}
