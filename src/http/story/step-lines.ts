/** What happened at the nodes, a sentence for each visit. */
import type { DeliveryRow } from '../../db/deliveries';
import type { EffectRow } from '../../db/effects';
import type { StepRow } from '../../db/steps';
import { HELD_FOR } from '../../db/workflow-pause';
import { waitOf } from '../../journey/graph';
import { apart } from '../../journey/reason';
import { placeOf, quoted } from '../words';
import { callWords, messageWords } from './effect-words';
import { idsOf, type Line, type ToldEnrollment, waitWords, when } from './line';
import { wordsOf } from './reasons';

export interface ToldStep {
  readonly step: StepRow;
  readonly delivery: DeliveryRow | undefined;
  readonly effect: EffectRow | undefined;
  /** Whether she stands nowhere else. */
  readonly isAlone: boolean;
}

export function stepLine(told: ToldEnrollment, visit: ToldStep): Line {
  const { step, delivery, effect } = visit;
  const { nodeId, port, startedAt, endedAt } = step;
  const wait = endedAt === null ? waitOfStep(told, visit).until : null;
  const until = wait ?? delivery?.deferredUntil ?? null;
  return {
    at: endedAt ?? startedAt,
    kind: delivery !== undefined ? 'message' : isCall(effect) ? 'call' : 'step',
    sentence: sentenceOf(told, visit),
    code: step.reason === null ? (delivery?.reason ?? null) : apart(step.reason).code,
    ...idsOf(told),
    ...{ nodeId, visit: step.visit, port, until },
    ...(delivery === undefined ? {} : { messageId: delivery.id }),
  };
}

/** What changes only facts of ours was never requested of anybody; its step says all. */
const isCall = (effect: EffectRow | undefined): effect is EffectRow =>
  effect !== undefined && effect.request !== null;

function sentenceOf(told: ToldEnrollment, visit: ToldStep): string {
  const { step, delivery, effect } = visit;
  const place = placeOf(told.graph, step.nodeId);
  const isOpen = step.endedAt === null;
  if (isOpen && delivery === undefined && !isCall(effect)) return standing(told, visit, place);
  const made =
    (delivery && messageWords(delivery, isOpen)) ??
    (isCall(effect) ? callWords(effect, isOpen) : null);
  return `${place}${HOW[step.status]}: ${made ?? reasonWords(step)}${wayOf(step)}.`;
}

const HOW: Readonly<Record<StepRow['status'], string>> = {
  running: '',
  waiting: '',
  completed: '',
  failed: ' failed',
  skipped: ' was skipped',
  cancelled: ' was cut short',
};

function reasonWords({ reason }: StepRow): string {
  if (reason === null) return 'nothing says why';
  const { code, words: detail } = apart(reason);
  const words = wordsOf(code);
  return detail === null ? words : `${words} (${detail})`;
}

/** A port that says nothing is left out, and so is the end of a path. */
function wayOf({ port }: StepRow): string {
  return port === null || port === 'next' ? '' : `; she left by ${quoted(port)}`;
}

function standing(told: ToldEnrollment, visit: ToldStep, place: string): string {
  const { until, words } = waitOfStep(told, visit);
  const since = `She is at ${place} since ${when(visit.step.startedAt)}`;
  if (told.row.waitingFor === HELD_FOR) return `${since}, held by the pause of the workflow.`;
  return words === null ? `${since}.` : `${since}, and ${waitWords(words, until)}.`;
}

interface Wait {
  readonly until: Date | null;
  /** What for; null where she does not wait. */
  readonly words: string | null;
}

/** The row knows the wait of one path; that of several is asked of their nodes. */
function waitOfStep({ row, graph }: ToldEnrollment, { step, isAlone }: ToldStep): Wait {
  if (isAlone) return { until: row.waitUntil, words: row.waitingFor };
  if (graph === null || !graph.has(step.nodeId)) return { until: null, words: null };
  const waiting = waitOf(graph.node(step.nodeId), step.startedAt.getTime());
  const until = waiting?.until == null ? null : new Date(waiting.until);
  return { until, words: waiting?.for ?? null };
}
