/** The pages that people look at: their frame, tables, instants. */
import { html, type Markup, NOTHING } from './markup';
import { pageStyle, policyOf } from './page-style';

const STYLE = pageStyle(`
:root { color-scheme: light dark; --ground: #f7f7f4; --card: #fff; --ink: #1c1f22; --quiet: #5b6066; --line: #dbdbd4;
  --accent: #0a5a9c; --bad: #9f2419; --good: #1c6b3a; }
@media (prefers-color-scheme: dark) { :root { --ground: #14171a; --card: #1d2125; --ink: #e8eaec; --quiet: #a6adb5;
  --line: #363c43; --accent: #86bff5; --bad: #ff9f94; --good: #86d6a3; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
main, header { max-width: 68rem; margin: 0 auto; padding: 0 1.25rem; }
header { display: flex; flex-wrap: wrap; gap: .25rem 1.5rem; align-items: baseline; padding-top: 1.5rem; }
header nav { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; margin-left: auto; }
main { padding-bottom: 3rem; }
h1 { font-size: 1.25rem; margin: 0; } h2 { font-size: 1.05rem; margin: 2rem 0 .5rem; }
p { margin: .5rem 0; } ul { margin: .5rem 0; padding-left: 1.25rem; } li { overflow-wrap: anywhere; } a { color: var(--accent); text-underline-offset: .15em; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: .2rem; }
.quiet { color: var(--quiet); } .bad { color: var(--bad); } .good { color: var(--good); }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: .75rem; margin: 1.25rem 0 0; }
.tiles div, .sheet { background: var(--card); border: 1px solid var(--line); border-radius: .6rem; padding: .75rem 1rem; }
.tiles dt { color: var(--quiet); } .tiles dd { margin: 0; font-size: 1.6rem; font-variant-numeric: tabular-nums; }
.scroll { overflow-x: auto; background: var(--card); border: 1px solid var(--line); border-radius: .6rem; }
table { width: 100%; border-collapse: collapse; }
th, td { padding: .5rem .9rem; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); }
tbody tr:last-child > * { border-bottom: 0; } th:not(.number), td:not(.number) { min-width: 8rem; } thead th { color: var(--quiet); font-weight: 500; white-space: nowrap; }
tbody th { font-weight: 600; } .number { text-align: right; font-variant-numeric: tabular-nums; }
.when { white-space: nowrap; font-variant-numeric: tabular-nums; color: var(--quiet); }
code, pre { font: 13px/1.5 ui-monospace, monospace; overflow-wrap: anywhere; }
pre { white-space: pre-wrap; margin: .75rem 0 0; }
dl.facts { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1rem; margin: 1rem 0; }
.facts dt { color: var(--quiet); } .facts dd { margin: 0; overflow-wrap: anywhere; }
iframe { display: block; width: 100%; height: 30rem; border: 1px solid var(--line); border-radius: .6rem; background: #fff; }
details { margin-top: 1rem; } summary { cursor: pointer; }
form.sheet { max-width: 30rem; margin-top: 1.5rem; padding: 1.25rem; }
label { display: block; font-weight: 600; margin-bottom: .35rem; }
input { width: 100%; font: inherit; padding: .55rem .7rem; border: 1px solid var(--quiet); border-radius: .4rem;
  background: var(--ground); color: inherit; }
button { font: inherit; padding: .5rem 1.1rem; margin-top: .75rem; border: 0; border-radius: .4rem; cursor: pointer;
  background: var(--accent); color: var(--card); }
button.plain { margin-top: 2rem; background: none; color: var(--accent); padding: 0; text-decoration: underline; }
`);

/** What a page may do; `more` opens what it needs. */
export const pagePolicy = (more?: string): string => policyOf(STYLE, more);

export interface Page {
  readonly title: string;
  /** Links at the top. */
  readonly links: readonly { readonly text: string; readonly url: string }[];
  readonly body: Markup;
  /** Whether it loads itself anew, and the address at which it does not, or does again. */
  readonly live?: { readonly on: boolean; readonly toggle: string } | undefined;
}

const RELOAD_SECONDS = 5;

/** A whole document. */
export function pageText({ title, links, body, live }: Page): string {
  const reload = live?.on ? html`<meta http-equiv="refresh" content="${RELOAD_SECONDS}">` : NOTHING;
  const listed = links.map(({ text, url }) => html`<a href="${url}">${text}</a> `);
  const toggle = live
    ? html`<a href="${live.toggle}">${live.on ? 'Stop updating' : `Update every ${RELOAD_SECONDS} s`}</a>`
    : NOTHING;
  const { text } = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">${reload}<link rel="icon" href="data:,"><title>${title} · Throughline</title>${STYLE.element}</head>
<body><header><h1>${title}</h1><nav aria-label="Elsewhere">${listed}${toggle}</nav></header><main>${body}</main></body></html>`;
  return text;
}

/** A table that scrolls by itself where it is too wide; `columns` that begin with `#` hold numbers. */
export function table(
  caption: string,
  columns: readonly string[],
  rows: readonly Markup[],
): Markup {
  const heads = columns.map((column) =>
    column.startsWith('#')
      ? html`<th scope="col" class="number">${column.slice(1)}</th>`
      : html`<th scope="col">${column}</th>`,
  );
  return html`<div class="scroll" role="region" aria-label="${caption}" tabindex="0"><table><thead><tr>${heads}</tr></thead><tbody>${rows}</tbody></table></div>`;
}

/** An instant as people of every zone read it alike. */
export function when(instant: Date): Markup {
  const iso = instant.toISOString();
  return html`<time datetime="${iso}">${iso.slice(0, 10)} ${iso.slice(11, 19)}</time>`;
}
