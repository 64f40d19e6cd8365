import './global-setup';

// jest calls the default export, once, after the last test file.
export default async function closeDesk(): Promise<void> {
  await globalThis.throughlineServerDesk?.close();
}
