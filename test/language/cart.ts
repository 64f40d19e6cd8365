import { parseDefinition } from '../../src/language/parse-definition';

export const mail = { subject: 'Your cart', text: 'Hi' };

export function cart(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    key: 'cart',
    name: 'Cart',
    trigger: { type: 'manual' },
    nodes: [
      { id: 'pause', type: 'wait', data: { for: '1h' } },
      { id: 'remind', type: 'send_email', data: mail },
    ],
    edges: [{ source: 'pause', target: 'remind' }],
    ...changes,
  };
}

export const wait = (id: string) => ({ id, type: 'wait', data: { for: '1h' } });
export const tag = (id: string) => ({ id, type: 'add_tag', data: { tag: 'x' } });

export function errorsOf(input: unknown) {
  return parseDefinition(input).errors.map(({ code, path, suggestion }) => ({
    code,
    path,
    ...(suggestion === undefined ? {} : { suggestion }),
  }));
}
