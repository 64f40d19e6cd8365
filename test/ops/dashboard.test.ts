/** The dashboard and the page about it name metrics that exist, and all of ours are described. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { countProcess, metricNames } from '../../src/metrics';
import { exists, fencedBlocks, textOf } from '../docs/markdown';
import { ROOT } from '../support/fixture';
import { TEMPORAL_METRICS } from '../support/temporal-metrics';

interface Panel {
  readonly id: number;
  readonly title: string;
  readonly type: string;
  readonly description?: string;
  readonly targets?: readonly { readonly expr: string }[];
}

const FILE = 'ops/grafana/throughline.json';
const PAGE = 'docs/observability.md';
const dashboard = JSON.parse(readFileSync(path.join(ROOT, FILE), 'utf8')) as {
  panels: readonly Panel[];
};

beforeAll(() => countProcess());

/** Metrics carry a prefix by which they are told from functions and labels. */
const NAMED = /\b(?:throughline|temporal|process|nodejs)_\w+/g;

/** What a query reads of a histogram is named after the histogram. */
function known(): Set<string> {
  const parts = metricNames().flatMap((name) => [
    name,
    ...['_bucket', '_sum', '_count'].map((part) => `${name}${part}`),
  ]);
  return new Set([...parts, ...TEMPORAL_METRICS]);
}

const queries = dashboard.panels.flatMap(({ title, targets = [] }) =>
  targets.map(({ expr }): [title: string, expr: string] => [title, expr]),
);

test.each(queries)('"%s" asks for metrics that exist: %s', (_title, expr) => {
  const named = expr.match(NAMED) ?? [];
  expect(named.length).toBeGreaterThan(0);
  expect(named.filter((name) => !known().has(name))).toEqual([]);
});

test('its panels have ids of their own, a title, and say what they show', () => {
  const { panels } = dashboard;
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  const shown = panels.filter(({ type }) => type !== 'row');
  expect(shown.filter(({ title, description }) => !title || !description)).toEqual([]);
  expect(queries.length).toBeGreaterThanOrEqual(shown.length);
});

test('the page describes every metric of ours, and no other', () => {
  const described = [...textOf(PAGE).matchAll(/^\| `(throughline_\w+)` \|/gm)].map(([, it]) => it);
  const ours = metricNames().filter((name) => name.startsWith('throughline_'));
  expect(new Set(described)).toEqual(new Set(ours));
  expect(described).toHaveLength(ours.length);
});

test('the page links to files that exist', () => {
  const links = [...textOf(PAGE).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
  expect(links.filter((target) => !exists(path.posix.join('docs', target)))).toEqual([]);
});

test('its alarms ask for metrics that exist', () => {
  const alarms = fencedBlocks(textOf(PAGE)).filter(({ language }) => language === 'promql');
  expect(alarms.length).toBeGreaterThan(0);
  const named = alarms.flatMap(({ text }) => text.match(NAMED) ?? []);
  expect(named.filter((name) => !known().has(name))).toEqual([]);
});
