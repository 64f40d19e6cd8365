/** The page that shows a workspace at a glance; it names workflows and ids, and nobody. */
import type { EnrollmentRow } from '../db/enrollments';
import type { StatusCount } from '../db/overview';
import { END_STATUSES, OPEN_STATUSES } from '../journey/enrollment-status';
import type { StuckRow } from '../db/stuck';
import type { WorkflowRow } from '../db/workflows';
import { html, type Markup, NOTHING } from './markup';
import { type Page, pageText, table, when } from './page';

export interface Overview {
  readonly at: Date;
  readonly workflows: readonly WorkflowRow[];
  /** Whether there are more of them than are listed. */
  readonly hasMore: boolean;
  readonly counts: readonly StatusCount[];
  readonly stuck: { readonly count: number; readonly newest: readonly StuckRow[] };
  readonly failures: readonly EnrollmentRow[];
}

export interface Elsewhere {
  readonly inboxUrl?: string | undefined;
  readonly temporalUi?: { readonly url: string; readonly namespace: string } | undefined;
}

const STUCK_REASONS = {
  not_started: 'Temporal has not been told of her',
  wait_over: 'what she waits for is due',
  step_open: 'a step is open without a reason',
  no_step: 'she stands nowhere',
} as const;

/** The overview of a workspace; `signedIn` offers a way out. */
export function overviewPage(
  overview: Overview,
  elsewhere: Elsewhere,
  options: { readonly live: boolean; readonly signedIn: boolean },
): string {
  const out = options.signedIn
    ? html`<form method="post" action="/"><input type="hidden" name="key" value=""><button class="plain">Sign out</button></form>`
    : NOTHING;
  return pageText({
    title: 'Overview',
    links: linksTo(elsewhere),
    live: { on: options.live, toggle: options.live ? '/?live=off' : '/' },
    body: html`<p class="quiet">As of ${when(overview.at)}, all times in UTC.</p>
${tiles(overview)}
<h2>Workflows</h2>${workflowTable(overview)}
<h2>Stuck</h2>${stuckTable(overview, elsewhere)}
<h2>Latest failures</h2>${failureTable(overview, elsewhere)}
${out}`,
  });
}

/** Asks for a key; says what was wrong with the one before. */
export function signInPage(elsewhere: Elsewhere, problem?: string): string {
  const told =
    problem === undefined ? NOTHING : html`<p class="bad" role="alert" id="problem">${problem}</p>`;
  const described =
    problem === undefined ? NOTHING : html` aria-describedby="problem" aria-invalid="true"`;
  return pageText({
    title: 'Throughline',
    links: linksTo(elsewhere),
    body: html`<form class="sheet" method="post" action="/">${told}<label for="key">API key</label><input id="key" name="key" type="password" autocomplete="current-password" required autofocus${described}><button>Show the overview</button><p class="quiet">A key of the workspace that may read workflows and enrollments. <code>npm start</code> prints one.</p></form>`,
  });
}

function linksTo({ inboxUrl, temporalUi }: Elsewhere): Page['links'] {
  return [
    ...(inboxUrl === undefined ? [] : [{ text: 'Inbox', url: inboxUrl }]),
    ...(temporalUi === undefined ? [] : [{ text: 'Temporal Web UI', url: temporalUi.url }]),
    { text: 'Every route', url: '/docs' },
  ];
}

const sum = (
  counts: readonly StatusCount[],
  statuses: readonly string[],
  workflowId?: string,
): number =>
  counts
    .filter((row) => statuses.includes(row.status))
    .filter((row) => workflowId === undefined || row.workflowId === workflowId)
    .reduce((total, { count }) => total + count, 0);

function tiles({ counts, workflows, stuck, hasMore }: Overview): Markup {
  const active = workflows.filter(({ status }) => status === 'active').length;
  const failed = sum(counts, ['failed']);
  const tile = (name: string, value: string | number, isBad = false) =>
    html`<div><dt>${name}</dt><dd class="${isBad ? 'bad' : ''}">${value}</dd></div>`;
  return html`<dl class="tiles">${[
    tile('People in flight', sum(counts, OPEN_STATUSES)),
    tile('Stuck', stuck.count, stuck.count > 0),
    tile('Failed', failed, failed > 0),
    tile('Reached a goal', sum(counts, ['goal_reached'])),
    tile('Active workflows', `${active}${hasMore ? ' or more' : ''}`),
  ]}</dl>`;
}

function workflowTable({ workflows, counts, hasMore }: Overview): Markup {
  if (workflows.length === 0)
    return html`<p class="sheet quiet">None yet. <code>npm run throughline -- apply journeys/welcome.yaml</code> makes one.</p>`;
  const columns = ['Workflow', 'Status', '#Version', '#In flight', '#Completed', '#Goal reached'];
  const rows = workflows.map(({ id, key, name, status, activeVersion }) => {
    const number = (value: number, isBad = false) =>
      html`<td class="number${isBad && value > 0 ? ' bad' : ''}">${value}</td>`;
    const ends = END_STATUSES.map((end) => number(sum(counts, [end], id), end === 'failed'));
    return html`<tr><th scope="row">${name}<br><code class="quiet">${key}</code></th><td class="${status === 'active' ? 'good' : 'quiet'}">${status}</td><td class="number">${activeVersion ?? '–'}</td>${number(sum(counts, OPEN_STATUSES, id))}${ends}</tr>`;
  });
  const more = hasMore
    ? html`<p class="quiet">The newest ${workflows.length} are listed.</p>`
    : NOTHING;
  return html`${table('Workflows', [...columns, '#Exited', '#Failed', '#Cancelled'], rows)}${more}`;
}

function stuckTable({ stuck }: Overview, elsewhere: Elsewhere): Markup {
  if (stuck.count === 0) return html`<p class="sheet quiet">Nobody.</p>`;
  const rows = stuck.newest.map(
    ({ enrollment, reason, foundAt }) =>
      html`<tr><td class="when">${when(foundAt)}</td><td>${enrollment.workflowKey}</td><td>${STUCK_REASONS[reason]}</td><td>${enrollmentLink(enrollment, elsewhere)}</td></tr>`,
  );
  return table('Stuck', ['Found', 'Workflow', 'Why', 'Enrollment'], rows);
}

function failureTable({ failures }: Overview, elsewhere: Elsewhere): Markup {
  if (failures.length === 0) return html`<p class="sheet quiet">None.</p>`;
  const rows = failures.map((row) => {
    const { code = 'unknown', nodeId = '' } = (row.error ?? {}) as Record<string, string>;
    const ended = row.endedAt === null ? html`–` : when(row.endedAt);
    return html`<tr><td class="when">${ended}</td><td>${row.workflowKey}</td><td>${nodeId}</td><td><code class="bad">${code}</code></td><td>${enrollmentLink(row, elsewhere)}</td></tr>`;
  });
  return table('Latest failures', ['When', 'Workflow', 'Node', 'Code', 'Enrollment'], rows);
}

/** Her execution in Temporal's Web UI, where there is one. */
function enrollmentLink(
  { id, temporalWorkflowId }: EnrollmentRow,
  { temporalUi }: Elsewhere,
): Markup {
  if (temporalUi === undefined) return html`<code>${id}</code>`;
  const { url, namespace } = temporalUi;
  const path = ['namespaces', namespace, 'workflows', temporalWorkflowId].map(encodeURIComponent);
  return html`<a href="${url.replace(/\/+$/, '')}/${path.join('/')}"><code>${id}</code></a>`;
}
