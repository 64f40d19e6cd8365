/** What an operator may do to one enrollment. */
import type { Transport } from './transport';
import type {
  CommandInputs,
  EnrollmentCommand,
  EnrollmentState,
  List,
  Page,
  Steered,
} from './types';

/** The steering of enrollments by their ids. A command that is refused fails with `command.refused` and its `reason`. */
export function steeringCalls(call: Transport) {
  const at = (id: string) => `/enrollments/${encodeURIComponent(id)}`;
  const command =
    <T extends keyof CommandInputs>(type: T) =>
    (id: string, input: CommandInputs[T]) =>
      call<Steered>({ method: 'POST', path: `${at(id)}/${type}`, body: input });
  return {
    /** Lets her stand still until she is resumed. */
    pause: (id: string, input: CommandInputs['pause'] = {}) => command('pause')(id, input),
    /** Lets her go on; the policies are those of the pause unless told. */
    resume: (id: string, input: CommandInputs['resume'] = {}) => command('resume')(id, input),
    cancel: (id: string, input: CommandInputs['cancel'] = {}) => command('cancel')(id, input),
    /** Leaves a node at once, as if its wait were over. */
    skip: (id: string, input: CommandInputs['skip'] = {}) => command('skip')(id, input),
    /** Goes on at another node; all her paths end. */
    jump: command('jump'),
    /** Goes on in another published version. */
    migrate: command('migrate'),
    /** Visits the node that failed once more, and goes on. */
    retry: (id: string) => call<EnrollmentState>({ method: 'POST', path: `${at(id)}/retry` }),
    /** What was ordered, and what became of it; the newest first. */
    commands: (id: string, page: Page = {}) =>
      call<List<EnrollmentCommand>>({
        method: 'GET',
        path: `${at(id)}/commands`,
        query: { ...page },
      }),
  };
}
