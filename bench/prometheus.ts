/**
 * The sum of a metric over all series that have these labels, in Prometheus' text format; 0 for what has not been
 * counted yet. The name is a regular expression.
 */
export function metric(
  text: string,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number {
  const lines = text.matchAll(new RegExp(`^${name}(\\{[^}]*\\})? ([\\d.e+]+)$`, 'gm'));
  const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  return [...lines]
    .filter(([, has = '']) => wanted.every((each) => has.includes(each)))
    .reduce((sum, [, , value]) => sum + Number(value), 0);
}
