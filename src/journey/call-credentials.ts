/** The credentials of a call, as its node says them. */
import { renderText } from './call-render';
import type { Evaluators, Facts } from './facts';

export type Credentials =
  | { readonly type: 'bearer'; readonly token: string }
  | { readonly type: 'basic'; readonly username: string; readonly password: string }
  | { readonly type: 'header'; readonly name: string; readonly value: string };

/** The header that carries them. Rejects with EvaluationFailed. */
export async function renderCredentials(
  auth: Credentials,
  facts: Facts,
  evaluators: Evaluators,
  base64: (text: string) => string,
): Promise<Readonly<Record<string, string>>> {
  const render = (template: string) => renderText(template, facts, evaluators);
  if (auth.type === 'bearer') return { authorization: `Bearer ${await render(auth.token)}` };
  if (auth.type === 'header') return { [auth.name]: await render(auth.value) };
  const pair = `${await render(auth.username)}:${await render(auth.password)}`;
  return { authorization: `Basic ${base64(pair)}` };
}
