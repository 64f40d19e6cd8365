/** The guides as text: what a test can check of them. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../support/fixture';

export const GUIDES = [
  'README.md',
  'ARCHITECTURE.md',
  'CONTRIBUTING.md',
  'docs/effects.md',
  'docs/mail.md',
  'docs/deploy.md',
  'docs/scaling.md',
  'docs/security.md',
] as const;

export interface FencedBlock {
  /** What stands behind the opening fence: `sh`, `json`, … */
  readonly language: string;
  readonly text: string;
  /** Line of its first line, from 1. */
  readonly line: number;
  /** The HTML comment in the line above the fence; empty without one. */
  readonly comment: string;
}

export function textOf(file: string): string {
  return readFileSync(path.join(ROOT, file), 'utf8');
}

export function exists(file: string): boolean {
  return existsSync(path.join(ROOT, file));
}

/** The fenced blocks of a page, in order. */
export function fencedBlocks(page: string): FencedBlock[] {
  const blocks: FencedBlock[] = [];
  const lines = page.split('\n');
  for (let index = 0; index < lines.length; index += 1) {
    const opening = /^```(\w*)$/.exec(lines[index] ?? '');
    if (!opening) continue;
    const end = lines.indexOf('```', index + 1);
    blocks.push({
      language: opening[1] ?? '',
      text: lines.slice(index + 1, end).join('\n'),
      line: index + 2,
      comment: /^<!-- (.*) -->$/.exec(lines[index - 1] ?? '')?.[1] ?? '',
    });
    index = end;
  }
  return blocks;
}

/** Headings as GitHub names them in links. */
export function anchorsOf(page: string): string[] {
  return [...page.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );
}
