/** Headless Chromium, the one of this machine: nothing is downloaded. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';

const NAMES = [
  'chromium',
  'chromium-headless-shell',
  'chromium-browser',
  'google-chrome',
  'chrome',
];

/** Its path, or null after saying how to get one: then the tests that need it are skipped. */
export function findBrowser(): string | null {
  const given = process.env['CHROMIUM'];
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const found = folders.flatMap((folder) => NAMES.map((name) => join(folder, name)));
  const path = (given ? [given] : found).find(isProgram);
  if (path !== undefined) return path;
  process.stderr.write(
    `Browser: ${given ? `CHROMIUM=${given} is no program` : 'no Chromium on the PATH'}. The tests of pages are skipped; ` +
      'install one (apt-get install chromium, brew install --cask chromium), or set CHROMIUM to its path.\n',
  );
  return null;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Asks nobody but the pages that it opens. */
export function openBrowser(executablePath: string): Promise<Browser> {
  return chromium.launch({
    executablePath,
    args: [
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      ...['--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
      ...['--disable-component-update', '--disable-sync', '--disable-dev-shm-usage'],
    ],
  });
}
