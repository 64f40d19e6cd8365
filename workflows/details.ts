import type { EndStatus, Position } from '../src/journey/runtime';

/** Where the person is, waiting for what, until when: Markdown for the Temporal Web UI. */
export function currentDetails(
  positions: readonly Position[],
  end: { readonly status: EndStatus; readonly goalId: string | null } | null,
): string {
  if (end !== null) {
    return end.goalId === null ? `**${end.status}**` : `**${end.status}**: goal \`${end.goalId}\``;
  }
  return positions.map(describe).join('\n');
}

function describe({ label, node, visit, waitingFor, waitUntil }: Position): string {
  const place = `- **${escape(label)}** (\`${node}\`${visit > 1 ? `, visit ${visit}` : ''})`;
  const waiting = waitingFor === null ? '' : `, waiting for ${waitingFor}`;
  const until = waitUntil === null ? '' : ` until ${new Date(waitUntil).toISOString()}`;
  return `${place}${waiting}${until}`;
}

function escape(text: string): string {
  return text.replace(/[\\`*_[\]<>]/g, (character) => `\\${character}`);
}
