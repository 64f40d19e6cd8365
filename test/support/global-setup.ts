import { DESK } from './server-address';
import { openServerDesk, type ServerDesk } from './server-desk';

declare global {
  var throughlineServerDesk: ServerDesk | undefined;
}

// jest calls the default export, once, before any test file.
export default async function openDesk(): Promise<void> {
  const desk = await openServerDesk();
  globalThis.throughlineServerDesk = desk;
  process.env[DESK] = desk.url;
}
