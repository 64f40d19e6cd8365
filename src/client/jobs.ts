/** What is done for many: commands, entries, and moving people to another version. */
import type { Transport } from './transport';
import type {
  CommandsForMany,
  EntryForecast,
  EntryOfMany,
  Job,
  JobRefusal,
  List,
  MigrationInput,
  MigrationPlan,
  MigrationPlanInput,
  Page,
} from './types';

/** Jobs by their ids. */
export function jobCalls(call: Transport) {
  const at = (id: string) => `/jobs/${encodeURIComponent(id)}`;
  return {
    /** The job with its progress. */
    get: (id: string) => call<Job>({ method: 'GET', path: at(id) }),
    /** The newest first. */
    list: (page: Page = {}) =>
      call<List<Job>>({ method: 'GET', path: '/jobs', query: { ...page } }),
    pause: (id: string) => call<Job>({ method: 'POST', path: `${at(id)}/pause` }),
    /** Goes on behind the last one ordered. */
    resume: (id: string) => call<Job>({ method: 'POST', path: `${at(id)}/resume` }),
    /** Ends it; what it has ordered stays ordered. */
    cancel: (id: string) => call<Job>({ method: 'POST', path: `${at(id)}/cancel` }),
    /** Those for whom it could do nothing, in its order. */
    refused: (id: string, page: Page = {}) =>
      call<List<JobRefusal>>({ method: 'GET', path: `${at(id)}/refused`, query: { ...page } }),
  };
}

/** What is done to everybody in a workflow. */
export function crowdCalls(call: Transport) {
  const at = (idOrKey: string) => `/workflows/${encodeURIComponent(idOrKey)}`;
  const post = <T>(path: string, body: object) => call<T>({ method: 'POST', path, body });
  return {
    /** For how many a command would be. */
    countForMany: async (idOrKey: string, input: CommandsForMany): Promise<number> => {
      const dry = { ...input, dryRun: true };
      return (await post<{ count: number }>(`${at(idOrKey)}/enrollments/commands`, dry)).count;
    },
    /** Orders one command for many enrollments, at a rate. */
    orderForMany: (idOrKey: string, input: CommandsForMany) =>
      post<Job>(`${at(idOrKey)}/enrollments/commands`, input),
    /** How many of them would enter now, and why the others would not. */
    forecastMany: (idOrKey: string, input: EntryOfMany) =>
      post<EntryForecast>(`${at(idOrKey)}/enrollments/bulk`, { ...input, dryRun: true }),
    /** Lets many people enter, at a rate: those on a list, who meet a filter, by id, or of a CSV file. */
    enrollMany: (idOrKey: string, input: EntryOfMany) =>
      post<Job>(`${at(idOrKey)}/enrollments/bulk`, input),
    /** Tells what a migration would do, and does nothing. */
    planMigration: (idOrKey: string, input: MigrationPlanInput) =>
      post<MigrationPlan>(`${at(idOrKey)}/migrations/plan`, input),
    /** Moves people to another version, at a rate. */
    migrate: (idOrKey: string, input: MigrationInput) =>
      post<Job>(`${at(idOrKey)}/migrations`, input),
  };
}
